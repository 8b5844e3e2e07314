"""Everything that changes orders: keyword-only, atomic, safe to repeat.

Locks are always taken in one order: customers by ascending primary key, then the order, then
its lines. Erasing a person locks the customer first too, so nobody waits in a circle.
"""

from orders.services.addresses import (
    clone_address,
    fill_address_from_other,
    save_to_address_book,
)
from orders.services.counting import find_differences, reconcile, recount_orders
from orders.services.lines import add_line, change_line, refresh, refresh_prices, remove_line
from orders.services.locking import lock_order
from orders.services.paying import (
    change_payment,
    create_payment,
    pay_with,
    payment_of,
    save_to_wallet,
)
from orders.services.payments import (
    authorize,
    capture,
    fulfill,
    refund,
    set_authorization_amount,
)
from orders.services.placing import place, place_now, validate
from orders.services.renewals import (
    announce_renewals,
    carry_out,
    claim,
    put_off,
    renew,
    renew_due,
)
from orders.services.returns import (
    add_return_line,
    archive_return,
    change_return_line,
    create_return,
    move_return,
    remove_return_line,
    restock,
    set_return_refund,
)
from orders.services.shipments import change_shipment, move_shipment
from orders.services.subscription_items import add_item, change_item, remove_item
from orders.services.subscriptions import (
    change_subscription,
    convert_subscription,
    create_subscription,
    move_subscription,
    subscribe,
)
from orders.services.transactions import (
    capture_authorization,
    refund_capture,
    set_capture_amount,
    set_refund_amount,
    void_authorization,
)
from orders.services.transitions import (
    approve,
    approve_and_capture,
    archive,
    cancel,
    make_pending,
    start_editing,
    stop_editing,
)
from orders.services.writing import create_order, delete_order, update_order

__all__ = [
    "add_item",
    "add_line",
    "add_return_line",
    "announce_renewals",
    "approve",
    "approve_and_capture",
    "archive",
    "archive_return",
    "authorize",
    "cancel",
    "capture",
    "capture_authorization",
    "carry_out",
    "change_item",
    "change_line",
    "change_payment",
    "change_return_line",
    "change_shipment",
    "change_subscription",
    "claim",
    "clone_address",
    "convert_subscription",
    "create_order",
    "create_payment",
    "create_return",
    "create_subscription",
    "delete_order",
    "fill_address_from_other",
    "find_differences",
    "fulfill",
    "lock_order",
    "make_pending",
    "move_return",
    "move_shipment",
    "move_subscription",
    "pay_with",
    "payment_of",
    "place",
    "place_now",
    "put_off",
    "reconcile",
    "recount_orders",
    "refresh",
    "refresh_prices",
    "refund",
    "refund_capture",
    "remove_item",
    "remove_line",
    "remove_return_line",
    "renew",
    "renew_due",
    "restock",
    "save_to_address_book",
    "save_to_wallet",
    "set_authorization_amount",
    "set_capture_amount",
    "set_refund_amount",
    "set_return_refund",
    "start_editing",
    "stop_editing",
    "subscribe",
    "update_order",
    "validate",
    "void_authorization",
]
