"""The states of orders, subscriptions and returns, named once."""

from django.db.models import TextChoices


class OrderStatus(TextChoices):
    DRAFT = "draft"  # lacks a customer or line items
    PENDING = "pending"  # could be placed
    EDITING = "editing"  # placed, and being changed by the merchant
    PLACING = "placing"  # waits for a worker to place it
    PLACED = "placed"
    APPROVED = "approved"
    CANCELLED = "cancelled"


# What a customer's total_orders_count counts.
COUNTED = (OrderStatus.PLACED, OrderStatus.EDITING, OrderStatus.APPROVED)
# Where lines, addresses and amounts can change.
EDITABLE = (OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.EDITING)
# What a shop without its customer's token may change, and read by id.
OPEN_TO_GUESTS = (OrderStatus.DRAFT, OrderStatus.PENDING)
READABLE_BY_GUESTS = (*OPEN_TO_GUESTS, OrderStatus.PLACING, OrderStatus.PLACED)


class PaymentStatus(TextChoices):
    UNPAID = "unpaid"
    AUTHORIZED = "authorized"
    PARTIALLY_AUTHORIZED = "partially_authorized"
    PAID = "paid"
    PARTIALLY_PAID = "partially_paid"
    VOIDED = "voided"
    PARTIALLY_VOIDED = "partially_voided"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    FREE = "free"


AUTHORIZED = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_AUTHORIZED)
# Nothing has been taken from the customer yet.
UNCAPTURED = (PaymentStatus.UNPAID, *AUTHORIZED, PaymentStatus.VOIDED, PaymentStatus.FREE)
# All that was to be taken was.
CAPTURED = (
    PaymentStatus.PAID,
    PaymentStatus.PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED,
    PaymentStatus.FREE,
)


class FulfillmentStatus(TextChoices):
    UNFULFILLED = "unfulfilled"
    IN_PROGRESS = "in_progress"
    FULFILLED = "fulfilled"
    NOT_REQUIRED = "not_required"


NOT_STARTED = (FulfillmentStatus.UNFULFILLED, FulfillmentStatus.NOT_REQUIRED)


class ItemType(TextChoices):
    SKUS = "skus"
    BUNDLES = "bundles"
    GIFT_CARDS = "gift_cards"
    SHIPMENTS = "shipments"
    PAYMENT_METHODS = "payment_methods"
    ADJUSTMENTS = "adjustments"
    EXTERNAL_PROMOTIONS = "external_promotions"


# What is sold; the rest is what comes on top of it or off it.
GOODS = (ItemType.SKUS, ItemType.BUNDLES, ItemType.GIFT_CARDS)
# What comes from the catalog.
STOCKED = (ItemType.SKUS, ItemType.BUNDLES)


class ShipmentStatus(TextChoices):
    DRAFT = "draft"  # of an order that is not approved yet
    UPCOMING = "upcoming"
    CANCELLED = "cancelled"
    ON_HOLD = "on_hold"
    PICKING = "picking"
    PACKING = "packing"
    READY_TO_SHIP = "ready_to_ship"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class SubscriptionStatus(TextChoices):
    DRAFT = "draft"
    INACTIVE = "inactive"
    ACTIVE = "active"
    RUNNING = "running"  # a worker makes an order of it
    CANCELLED = "cancelled"


class CopyStatus(TextChoices):
    COMPLETED = "completed"
    FAILED = "failed"


class ReturnStatus(TextChoices):
    DRAFT = "draft"
    REQUESTED = "requested"
    APPROVED = "approved"
    CANCELLED = "cancelled"
    SHIPPED = "shipped"
    REJECTED = "rejected"
    RECEIVED = "received"
    REFUNDED = "refunded"
