"""What is forgotten of orders: who it was. What was sold, when and for how much has to stay."""

from typing import Any, ClassVar

from anonymization.erasers import Delete, DeleteAttached, Eraser, register
from anonymization.expressions import RandomHex
from customers.erasers import AddressEraser
from orders.models import (
    Authorization,
    Capture,
    ExternalPayment,
    LineItem,
    Order,
    OrderSubscription,
    OrderSubscriptionItem,
    RecurringOrderCopy,
    Refund,
    ResourceError,
    Return,
    ReturnLineItem,
    Shipment,
    Void,
)
from orders.states import SubscriptionStatus

ACCOUNTS = "tax law wants to know what was sold, when, for how much and with which tax"
STATE = "how far it got says nothing about a person"
SETTING = "a setting of the shop, not a person"
LINK = "leads to a row that is erased itself"
PLACE = "the place of supply decides taxes"
TIME = "when it happened says nothing about a person without a name"


@register
class OrderAddressEraser(AddressEraser):
    """Finds a guest's addresses too: they belong to an order, not to a customer."""

    def paths(self) -> tuple[str, ...]:
        return (
            *super().paths(),
            "shipped_order__customer__uid",
            "billed_order__customer__uid",
            "origin_of_return__order__customer__uid",
        )


@register
class OrderEraser(Eraser):
    model = Order
    path = "customer__uid"
    keep = {
        **dict.fromkeys(
            (
                "number",
                "currency_code",
                "tax_included",
                "tax_rate",
                "subtotal_amount_cents",
                "shipping_amount_cents",
                "payment_method_amount_cents",
                "payment_method_price_cents",
                "discount_amount_cents",
                "adjustment_amount_cents",
                "gift_card_amount_cents",
                "total_tax_amount_cents",
                "subtotal_tax_amount_cents",
                "total_amount_cents",
                "total_taxable_amount_cents",
                "total_amount_with_taxes_cents",
                "fees_amount_cents",
                "duty_amount_cents",
                "place_total_amount_cents",
                "skus_count",
                "shipments_count",
                "authorization_amount_cents",
            ),
            ACCOUNTS,
        ),
        **dict.fromkeys(
            ("status", "payment_status", "fulfillment_status", "errors_count", "guest"), STATE
        ),
        **dict.fromkeys(
            ("autorefresh", "place_async", "market", "store", "payment_method"), SETTING
        ),
        **dict.fromkeys(
            ("customer", "shipping_address", "billing_address", "order_subscription"), LINK
        ),
        "country_code": PLACE,
        **dict.fromkeys(
            (
                "created_at",
                "placed_at",
                "approved_at",
                "cancelled_at",
                "payment_updated_at",
                "fulfillment_updated_at",
                "refreshed_at",
                "archived_at",
                "subscription_created_at",
                "expires_at",
            ),
            TIME,
        ),
    }
    replace = {"token": RandomHex()}
    secret = {"token"}


@register
class ExternalPaymentEraser(Delete):
    model = ExternalPayment
    path = ("customer__uid", "order__customer__uid", "wallet__customer__uid")
    secret = {"payment_source_token", "options"}


@register
class LineItemEraser(Eraser):
    model = LineItem
    path = "order__customer__uid"
    keep = {
        **dict.fromkeys(
            (
                "sku",
                "sku_code",
                "bundle",
                "bundle_code",
                "item_type",
                "frequency",
                "name",
                "image_url",
                "quantity",
                "currency_code",
                "unit_amount_cents",
                "priced_by_catalog",
                "compare_at_amount_cents",
                "discount_cents",
                "total_amount_cents",
                "tax_rate",
                "tax_amount_cents",
            ),
            ACCOUNTS,
        ),
        "order": LINK,
        "created_at": TIME,
    }


@register
class OrderSubscriptionEraser(Eraser):
    """Whoever is forgotten gets nothing more."""

    model = OrderSubscription
    path = "customer__uid"
    keep = {
        **dict.fromkeys(
            (
                "sequence",
                "frequency",
                "occurrencies",
                "errors_count",
                "succeeded_on_last_run",
            ),
            STATE,
        ),
        **dict.fromkeys(
            (
                "activate_by_source_order",
                "place_target_order",
                "itemized",
                "renewal_alert_period",
                "market",
                "subscription_model",
            ),
            SETTING,
        ),
        **dict.fromkeys(("customer", "source_order"), LINK),
        **dict.fromkeys(("created_at", "starts_at", "expires_at", "last_run_at"), TIME),
    }
    replace = {"status": SubscriptionStatus.CANCELLED}


@register
class OrderSubscriptionItemEraser(Eraser):
    model = OrderSubscriptionItem
    path = "order_subscription__customer__uid"
    keep = {
        **dict.fromkeys(
            (
                "sku",
                "sku_code",
                "bundle",
                "bundle_code",
                "quantity",
                "currency_code",
                "unit_amount_cents",
            ),
            ACCOUNTS,
        ),
        **dict.fromkeys(("order_subscription", "source_line_item"), LINK),
        "created_at": TIME,
    }


@register
class RecurringOrderCopyEraser(Eraser):
    model = RecurringOrderCopy
    path = "order_subscription__customer__uid"
    keep = {
        **dict.fromkeys(("status", "errors_count"), STATE),
        **dict.fromkeys(("place_target_order", "reuse_wallet"), SETTING),
        **dict.fromkeys(("source_order", "target_order", "order_subscription"), LINK),
        **dict.fromkeys(("created_at", "due_at", "started_at", "completed_at", "failed_at"), TIME),
    }


@register
class ReturnEraser(Eraser):
    model = Return
    path = ("customer__uid", "order__customer__uid")
    keep = {
        **dict.fromkeys(
            (
                "number",
                "skus_count",
                "currency_code",
                "estimated_refund_amount_cents",
                "refund_amount_cents",
            ),
            ACCOUNTS,
        ),
        "status": STATE,
        "stock_location": SETTING,
        **dict.fromkeys(
            ("order", "customer", "origin_address", "reference_capture", "reference_refund"), LINK
        ),
        **dict.fromkeys(
            (
                "created_at",
                "approved_at",
                "cancelled_at",
                "shipped_at",
                "rejected_at",
                "received_at",
                "refunded_at",
                "archived_at",
            ),
            TIME,
        ),
    }


@register
class ShipmentEraser(Eraser):
    """Where it went is said by the order's address, which is erased itself."""

    model = Shipment
    path = "order__customer__uid"
    keep = {
        **dict.fromkeys(
            ("number", "currency_code", "cost_amount_cents", "price_cents", "skus_count"), ACCOUNTS
        ),
        "status": STATE,
        **dict.fromkeys(("market", "shipping_method"), SETTING),
        "order": LINK,
        **dict.fromkeys(
            (
                "created_at",
                "on_hold_at",
                "picking_at",
                "packing_at",
                "ready_to_ship_at",
                "shipped_at",
                "delivered_at",
            ),
            TIME,
        ),
    }


@register
class ReturnLineItemEraser(Eraser):
    model = ReturnLineItem
    path = ("return__customer__uid", "return__order__customer__uid")
    keep = {
        **dict.fromkeys(("quantity", "currency_code", "total_amount_cents"), ACCOUNTS),
        **dict.fromkeys(("return", "line_item"), LINK),
        **dict.fromkeys(("created_at", "restocked_at"), TIME),
    }


class TransactionEraser(Eraser):
    """Money that moved stays in the books."""

    path = "order__customer__uid"
    money: ClassVar[tuple[str, ...]] = ()
    links: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        amounts = ("number", "currency_code", "amount_cents", "succeeded", *cls.money)
        cls.keep = {
            **dict.fromkeys(amounts, ACCOUNTS),
            **dict.fromkeys(("order", *cls.links), LINK),
            "created_at": TIME,
        }


@register
class AuthorizationEraser(TransactionEraser):
    model = Authorization
    money = ("captured_cents", "voided_cents", "capture_amount_cents")


@register
class CaptureEraser(TransactionEraser):
    model = Capture
    money = ("refunded_cents", "refund_amount_cents")
    links = ("reference_authorization", "return")


@register
class VoidEraser(TransactionEraser):
    model = Void
    links = ("reference_authorization",)


@register
class RefundEraser(TransactionEraser):
    model = Refund
    links = ("reference_capture", "return")


@register
class ResourceErrorEraser(DeleteAttached):
    """Deletes what was wrong with the person's orders."""

    model = ResourceError
    path = "subject_uid"
    generic = "resource"
