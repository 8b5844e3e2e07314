"""Amounts on the wire: each is shown as an integer, a number and a text."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.money import as_float, formatted, validate_currency
from jsonapi.serializers import Computed, ResourceSerializer, StrictCharField


def names(amount: str) -> tuple[str, str, str]:
    """Return the three attributes that show an amount: integer, float and text."""
    return f"{amount}_cents", f"{amount}_float", f"formatted_{amount}"


class MoneySerializer(ResourceSerializer):
    """Shows each amount that `Meta.amounts` names, e.g. "total_amount", in three ways.

    The model has a column `<amount>_cents` and a `currency_code`.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        declared: dict[str, Computed] = {}
        for amount in cls.Meta.amounts:
            cents, as_number, as_text = names(amount)
            cls.Meta.fields = (*cls.Meta.fields, cents, as_number, as_text)
            declared[as_number] = Computed(as_float, cents, "currency_code", remembered=True)
            declared[as_text] = Computed(formatted, cents, "currency_code", remembered=True)
        cls._declared_fields = {**cls._declared_fields, **declared}


class TextsField(serializers.ListField):
    """A list of texts, kept in an array. It can be neither filtered nor sorted."""

    def __init__(self, column: str, **options: Any) -> None:
        self.columns = (column,)
        child = StrictCharField(max_length=255)
        super().__init__(child=child, required=False, max_length=100, **options)


class CurrencyField(StrictCharField):
    """A currency, which on create may be left to what else is said."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=3, validators=[validate_currency], **options)


class SkuCodeField(StrictCharField):
    """The code of the SKU; on create it can stand for the relationship `sku`."""

    columns = ("sku__code",)

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=255, **options)

    def get_attribute(self, instance: Any) -> str:
        code: str = instance.sku.code
        return code
