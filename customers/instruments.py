"""What may be shown of a means of payment, in the words of the wallet and of payment gateways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jsonapi.errors import Invalid

# What a wallet calls it, and what a `payment_instrument` does.
WORDS = {
    "brand": "card_type",
    "lastFourDigits": "card_last_digits",
    "expirationMonth": "card_expiry_month",
    "expirationYear": "card_expiry_year",
}
FORMS = {
    "card_type": r".{1,100}",
    "card_last_digits": r"[0-9]{4}",
    "card_expiry_month": r"0?[1-9]|1[0-2]",
    "card_expiry_year": r"2[0-9]{3}",
}
NUMBERS = ("expirationMonth", "expirationYear")


def check_instrument(instrument: Mapping[str, Any]) -> None:
    """Raise Invalid where what looks like a card's says more than may be kept, or nonsense."""
    for name, form in FORMS.items():
        value = instrument.get(name)
        if value is not None and not re.fullmatch(form, str(value)):
            raise Invalid("payment_instrument", "invalid", f"has an invalid {name}")


def details_of(instrument: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a wallet shows of a payment instrument."""
    found = {ours: instrument.get(theirs) for ours, theirs in WORDS.items()}
    return {
        name: int(value) if name in NUMBERS else str(value)
        for name, value in found.items()
        if value is not None
    }


def instrument_of(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a wallet shows as a payment instrument."""
    return {theirs: details[ours] for ours, theirs in WORDS.items() if ours in details}
