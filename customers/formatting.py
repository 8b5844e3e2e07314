"""How an address reads."""

from __future__ import annotations

FULL_NAME = ("business", "first_name", "last_name", "company")
FULL_ADDRESS = ("line_1", "line_2", "zip_code", "city", "state_code", "country_code", "phone")


def full_name(
    business: bool, first_name: str | None, last_name: str | None, company: str | None
) -> str:
    """Return the company of a business address, the person's name of another."""
    return company or "" if business else _join(first_name, last_name)


def full_address(*parts: str | None) -> str:
    """Return `2883 Geraldine Lane Apt.23, 10013 New York NY (US) (212) 646-338-1228`."""
    line_1, line_2, zip_code, city, state_code, country_code, phone = parts
    place = _join(zip_code, city, state_code, f"({country_code})", phone)
    return f"{_join(line_1, line_2)}, {place}"


def name(*parts: str | bool | None) -> str:
    """Return the full name and the full address; takes FULL_NAME, then FULL_ADDRESS."""
    own, place = parts[: len(FULL_NAME)], parts[len(FULL_NAME) :]
    return f"{full_name(*own)}, {full_address(*place)}"  # type: ignore[arg-type]


def is_localized(lat: float | None, lng: float | None) -> bool:
    """Tell whether the address has a position."""
    return lat is not None and lng is not None


def is_geocoded() -> bool:
    """Tell whether a geocoder found the position; there is none here."""
    return False


def map_url(lat: float | None, lng: float | None) -> str | None:
    """Return a link to a map of the position, None without one."""
    if lat is None or lng is None:
        return None
    return f"https://www.openstreetmap.org/?mlat={lat}&mlon={lng}#map=17/{lat}/{lng}"


def _join(*parts: str | None) -> str:
    return " ".join([part for part in parts if part])
