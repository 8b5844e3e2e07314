"""Where things are sold, what is sold, for how much, and lists of it."""

from activity.models import new_secret
from catalog.models.bundles import Bundle
from catalog.models.markets import (
    Counter,
    Market,
    MarketQuerySet,
    StockLocation,
    Store,
    enabled_for,
)
from catalog.models.offers import Coupon, Plan, PlanMembership
from catalog.models.payment_methods import (
    PaymentMethod,
    PaymentMethodQuerySet,
    offered_to,
)
from catalog.models.price_lists import PriceList
from catalog.models.segments import Segment, SegmentRule
from catalog.models.shipping_methods import Scheme, ShippingMethod
from catalog.models.skus import (
    Price,
    PriceQuerySet,
    Sku,
    SkuList,
    SkuListItem,
    SkuListItemQuerySet,
    SkuListQuerySet,
    SkuQuerySet,
)
from catalog.models.subscription_models import Strategy, SubscriptionModel

__all__ = [
    "Bundle",
    "Counter",
    "Coupon",
    "Market",
    "MarketQuerySet",
    "PaymentMethod",
    "PaymentMethodQuerySet",
    "Plan",
    "PlanMembership",
    "Price",
    "PriceList",
    "PriceQuerySet",
    "Scheme",
    "Segment",
    "SegmentRule",
    "ShippingMethod",
    "Sku",
    "SkuList",
    "SkuListItem",
    "SkuListItemQuerySet",
    "SkuListQuerySet",
    "SkuQuerySet",
    "StockLocation",
    "Store",
    "Strategy",
    "SubscriptionModel",
    "enabled_for",
    "new_secret",
    "offered_to",
]
