"""What is forgotten of a catalog: wish lists and memberships."""

from anonymization.erasers import Delete, register
from catalog.models import PlanMembership, SkuList, SkuListItem


@register
class SkuListEraser(Delete):
    model = SkuList
    path = "customer__uid"


@register
class SkuListItemEraser(Delete):
    model = SkuListItem
    path = "sku_list__customer__uid"


@register
class PlanMembershipEraser(Delete):
    model = PlanMembership
    path = "customer__uid"
