"""What is forgotten of a catalog: wish lists and memberships."""

from anonymization.erasers import Delete, register
from anonymization.impersonal import leads_to_nobody
from catalog.models import Bundle, PlanMembership, SkuList, SkuListItem, StockLocation

leads_to_nobody(
    StockLocation,
    "address",
    because="where a place of the shop is: an address of a person is refused, and no person can"
    " get one of a place, which the database holds",
)

leads_to_nobody(
    Bundle,
    "sku_list",
    because="what the shop sells together: a list of a customer is refused, and no customer can"
    " get a list with bundles, which the database holds",
)


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
