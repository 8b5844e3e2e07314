"""What is forgotten of a catalog: wish lists, which say what a person longs for."""

from anonymization.erasers import Delete, register
from catalog.models import SkuList, SkuListItem


@register
class SkuListEraser(Delete):
    model = SkuList
    path = "customer__uid"


@register
class SkuListItemEraser(Delete):
    model = SkuListItem
    path = "sku_list__customer__uid"
