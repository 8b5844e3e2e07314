"""One way to write a phone number, a user name, a locale. Each raises ValidationError."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale
from django.core.exceptions import ValidationError
from django_countries import countries

from customers.models.profiles import PHONE, USERNAME

LOCALE_FORM = re.compile(r"\A([A-Za-z]{2})[-_]([A-Za-z]{2})\Z")


def phone_number(text: str) -> str:
    """Return the digits of a phone number: 5 to 20 of them."""
    digits = re.sub(r"[^0-9]", "", text)
    if not re.fullmatch(PHONE, digits):
        raise ValidationError("A phone number has 5 to 20 digits.", code="phone")
    return digits


def user_name(text: str) -> str:
    """Return a user name as it is: letters, digits, dashes and underscores."""
    if not re.fullmatch(USERNAME, text):
        raise ValidationError(
            "A user name has letters, digits, dashes and underscores only.", code="username"
        )
    return text


@cache
def languages() -> frozenset[str]:
    """Return the codes of ISO 639-1; the names that come with them are megabytes to read."""
    return frozenset(name for name in map(str, Locale("en").languages) if len(name) == 2)


def locale_name(text: str) -> str:
    """Return `en_US` for `en-us`: a language of ISO 639-1 and a country of ISO 3166-1."""
    found = LOCALE_FORM.match(text)
    language, country = (found[1].lower(), found[2].upper()) if found else ("", "")
    if language not in languages() or country not in countries:
        raise ValidationError("A locale is a language and a country, as in en_US.", code="locale")
    return f"{language}_{country}"
