"""Values that are hard to write as JSON, four for each kind of column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

NASTY = (
    'Ünï "quoted" \\back\\slash/ </script> %s {id} 日本語 🦄 e\u0301 \u2028\ufeff'
    "\t\r\n\b\f\x01\x1f\x7f\x85 \ue000 \U0010fffd {0} 'single' $$ null"
)
FLOATS = (3.0, 0.1, 1e21, -1.5e-7)
INTEGERS = (0, 1, 32_767, 42)
BIG_INTEGERS = (0, 2**53 + 1, 2**62 + 1, 7)
MOMENTS = (
    datetime(2026, 1, 31, 9, 13, 6, tzinfo=UTC),
    datetime(2026, 1, 31, 9, 13, 6, 633_999, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)
OBJECTS: tuple[dict[str, Any], ...] = (
    {},
    {
        f"ключ {NASTY}": NASTY,
        "numbers": [0, -1, 2**53 + 1, 2**70, 0.1, 3.0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308],
        "booleans": {"true": True, "false": False, "one": 1, "null": None},
        "nested": [[], [[]], {}, {"": {"a": [{"b": [1, [2, {"c": "\u0001"}]]}]}}],
    },
    {"z": 1, "a": 2, "Z": 3},
    {"empty": "", "numbers look like texts": "1e21"},
)
# Columns that a constraint, or what is computed of them, wants to look a certain way.
CERTAIN: dict[str, tuple[Any, ...]] = {
    "country_code": ("IT", "US", "DE", "JP"),
    "currency_code": ("EUR", "JPY", "KWD", "XOF"),
    "interval_count": (1, 2, 120, 7),
    # Coupons take off a part or an amount, and only repeating ones have months.
    "coupons.percent_off": (10, None, 100, 1),
    "coupons.amount_off_cents": (None, 5, None, None),
    "coupons.currency_code": (None, "EUR", None, None),
    "coupons.duration": ("once", "repeating", "forever", "once"),
    "coupons.duration_in_months": (None, 3, None, None),
    "line_items.item_type": ("skus", "bundles", "skus", "gift_cards"),
    "line_items.bundle_code": (None, "BUNDLE", None, None),
    "token_hash": tuple(f"{number:064x}" for number in range(4)),
    "quantity": (1, 2, 2**31 - 1, 7),
    "order_subscription_items.unit_amount_cents": (0, 2**53 + 1, 2**31, 7),
    # Sorted by value, not letter by letter.
    "orders.number": ("10", "9", f"x {NASTY}", "100"),
    "sequence": (10, 9, 2**62, 100),
    "authorizations.amount_cents": (0, 2**53 + 1, 2**31, 7),
    "authorizations.captured_cents": (0, 2**53, 5, 3),
    "authorizations.voided_cents": (0, 1, 2**30, 4),
    "captures.amount_cents": (0, 2**53 + 1, 2**31, 7),
    "captures.refunded_cents": (0, 2**53, 5, 7),
    "refunds.amount_cents": (0, 2**53 + 1, 2**31, 7),
    "voids.amount_cents": (0, 2**53 + 1, 2**31, 7),
    "customer_payment_sources.is_default": (False, True, False, True),
    "order_subscriptions.renewal_alert_period": (24, 48, 72, 36),
    "order_subscriptions.status": ("draft", "inactive", "active", "cancelled"),
    "customers.locale": ("it_IT", "en_US", "de_DE", "ja_JP"),
    "customers.username": ("anna", "Bob_2", "c-3", "Z" * 255),
    "customers.phone": ("12345", "0" * 20, "0049301234", "99999"),
    "recurring_order_copies.status": ("completed",) * 4,
    "webhooks.include_resources": ([], ["a"], [NASTY, "b"], []),
    # An event leads to the webhooks of the same name.
    "events.name": ("a.b", "c.d", "c.d", NASTY),
    "webhooks.topic": ("x.y", "c.d", "c.d", NASTY),
    "links.starts_at": (None, *MOMENTS[:3]),
    "links.expires_at": (MOMENTS[3], None, MOMENTS[3], MOMENTS[3]),
    "tags.name": ("a", "B_2", "c-3", "Z" * 25),
}


def is_certain(resource_type: str, field: Any) -> bool:
    """Tell whether a column must not be null just because it may."""
    return f"{resource_type}.{field.name}" in CERTAIN


def value(resource_type: str, field: Any, number: int) -> Any:
    """Return what row `number` of a type has in a column."""
    name = f"{resource_type}.{field.name}"
    if certain := CERTAIN.get(name) or CERTAIN.get(field.name):
        return certain[number]
    if field.choices:
        return field.choices[number % len(field.choices)][0]
    return next(make for kind, make in KINDS if isinstance(field, kind))(field, number)


# The first that fits.
KINDS: tuple[tuple[Any, Any], ...] = (
    (models.EmailField, lambda _, number: f'mü.{number}+"x"@exämple.com'),
    (
        models.CharField | models.TextField,
        lambda field, number: f"{number} {NASTY}"[: field.max_length],
    ),
    (models.DateTimeField, lambda _, number: MOMENTS[number]),
    (models.BooleanField, lambda _, number: number % 2 == 0),
    (models.JSONField, lambda _, number: OBJECTS[number]),
    (models.FloatField, lambda _, number: FLOATS[number]),
    (models.BigIntegerField, lambda _, number: BIG_INTEGERS[number]),
    (models.IntegerField, lambda _, number: INTEGERS[number]),
    (models.DurationField | models.UUIDField, lambda *_: None),
    (ArrayField, lambda _, number: [f"https://example.com/{number}?ü={NASTY}"]),
)
