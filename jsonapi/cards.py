"""Tells card numbers and security codes, which are refused wherever they stand.

What looks like a card number has an issuer's prefix, a length that goes with it, and a right check
digit (ISO/IEC 7812); other long numbers, such as times and ids, pass.
"""

from __future__ import annotations

import re

from jsonapi.errors import BadRequest

MESSAGE = (
    "Card numbers and security codes are not accepted, anywhere in a request: send the token"
    " that your payment gateway gave you for the card."
)
GAP = rb"(?:[ +-]|%20)"
NUMBER = re.compile(
    rb"(?<![0-9A-Za-z.])"
    rb"(?:\d{14,19}"  # in one piece, or in groups of 4-4-4-4, 4-6-5 or 4-6-4
    rb"|\d{4}" + GAP + rb"\d{4}" + GAP + rb"\d{4}" + GAP + rb"\d{2,4}(?:" + GAP + rb"\d{1,3})?"
    rb"|\d{4}" + GAP + rb"\d{6}" + GAP + rb"\d{4,5})"
    rb"(?![0-9A-Za-z]|\.\d)"
)
SECURITY = rb"(?:card[_-]?)?(?:cvc2?|cvv2?|security[_-]?code|verification[_-]?(?:code|value))"
CODE = re.compile(
    # a member of JSON, or a field of a form
    rb'"' + SECURITY + rb'"\s*:\s*"?\d{3,4}"?\s*[,}]'
    rb"|(?:^|[&\[.])" + SECURITY + rb"\]?=\d{3,4}(?:&|$)",
)
# What has to be there before anybody looks closer: as much as the shortest number.
DIGITS = re.compile(rb"\d{4}[\d +%-]{10}")
# Prefixes from and to, and the lengths of numbers that begin so.
ISSUERS = (
    ("4", "4", {16, 19}),
    ("51", "55", {16}),
    ("2221", "2720", {16}),
    ("34", "34", {15}),
    ("37", "37", {15}),
    ("300", "305", {14, 16}),
    ("36", "36", {14, 16}),
    ("38", "39", {14, 16}),
    ("3528", "3589", {16}),
    ("50", "50", {16}),
    ("56", "58", {16}),
    ("60", "69", {16}),
    ("62", "62", {17, 18, 19}),
)


class CardRefused(BadRequest):
    """400: there is a card in the request."""

    def __init__(self) -> None:
        super().__init__("CARD_DATA_REFUSED", "Card data refused", MESSAGE)


def has_card(data: bytes) -> bool:
    """Tell whether there is a card number or a security code in `data`."""
    if not data:
        return False
    if DIGITS.search(data):
        numbers = (re.sub(rb"%20|\D", b"", one).decode() for one in NUMBER.findall(data))
        if any(is_card_number(one) for one in numbers):
            return True
    lower = data.lower()
    is_likely = b"cv" in lower or b"security" in lower or b"verification" in lower
    return is_likely and CODE.search(lower) is not None


def is_card_number(digits: str) -> bool:
    """Tell whether digits have the prefix, the length and the check digit of a card."""
    known = any(
        low <= digits[: len(low)] <= high and len(digits) in lengths
        for low, high, lengths in ISSUERS
    )
    return known and _check_sum(digits) % 10 == 0


def _check_sum(digits: str) -> int:
    """Add up as Luhn did: every second digit from the right counts double."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(map(int, digits[::-2])) + sum(doubled)
