"""Lists of customers: filters, and pages by cursor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from anonymization.models import Status
from compat.customers.errors import Refused
from compat.customers.fields import MEANINGS
from compat.customers.serializers import ASKED
from customers.models import Customer, Departure
from jsonapi.access import Caller

DEFAULT_LIMIT, LARGEST_LIMIT = 10, 100
MOST_IDS = 100
TIMES = {"createdTime": "created_at", "updatedTime": "updated_at"}
COMPARISONS = ("gt", "gte", "lt", "lte", "eq")
TIME_PARAMETER = re.compile(r"\A(createdTime|updatedTime)(?:\[(\w+)\])?\Z")
PLAIN = ("limit", "startingAfter", "endingBefore", "email", "ids", "requestToBeForgotten")
SECOND = timedelta(seconds=1)


def page(caller: Caller, query: QueryDict) -> tuple[list[Customer], bool]:
    """Return the customers that a query asks for, newest first, and whether there are more.

    The place of a row is its primary key, which nothing changes: rows that come and go between
    two pages neither repeat nor skip the others. Raises Refused for a bad parameter.
    """
    _check_names(query)
    values = {name: query.getlist(name)[-1] for name in query}
    limit = _limit(values)
    rows = Customer.objects.visible_to(caller).prefetch_related("customer_payment_sources")
    found = _filtered(rows, {**values, "ids": ",".join(query.getlist("ids"))})
    before = "endingBefore" in values  # counts alone if both are given
    cursor = "endingBefore" if before else "startingAfter"
    if cursor in values:
        place = _place(caller, values[cursor], cursor)
        found = found.filter(pk__gt=place) if before else found.filter(pk__lt=place)
    some = list(found.order_by("pk" if before else "-pk")[: limit + 1])
    shown = some[:limit]
    return (shown[::-1] if before else shown), len(some) > limit


def _check_names(query: QueryDict) -> None:
    for name in query:
        time = TIME_PARAMETER.match(name)
        known = time[2] in (None, *COMPARISONS) if time else name in PLAIN
        if not known:
            raise Refused(400, "unknown_parameter", "Unknown parameter.", name)
        if any("\0" in value for value in query.getlist(name)):
            raise _invalid(name)


def _invalid(name: str, message: str = "") -> Refused:
    return Refused(400, "invalid_parameter", message or f"Not a valid {name}.", name)


def _limit(query: Mapping[str, str]) -> int:
    raw = query.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"[0-9]{1,3}", raw) or not 1 <= int(raw) <= LARGEST_LIMIT:
        raise _invalid("limit", f"A limit is a whole number from 1 to {LARGEST_LIMIT}.")
    return int(raw)


def _filtered(rows: QuerySet[Customer], query: Mapping[str, str]) -> QuerySet[Customer]:
    if "email" in query:
        rows = rows.filter(email=query["email"].strip().lower())
    if query["ids"]:
        rows = rows.filter(uid__in=_ids(query))
    if "requestToBeForgotten" in query:
        asked = MEANINGS.get(query["requestToBeForgotten"].lower())
        if asked is None:
            raise Refused(400, "invalid_boolean", "Neither true nor false.", "requestToBeForgotten")
        rows = rows.filter(_asked() if asked else _not_asked())
    for name in query:
        if time := TIME_PARAMETER.match(name):
            rows = rows.filter(_during(TIMES[time[1]], time[2] or "eq", _time(name, query[name])))
    return rows


def _asked() -> Q:
    return Q(anonymization_status__in=ASKED)


def _not_asked() -> Q:
    others = [status for status in Status if status not in ASKED]
    return Q(anonymization_status=None) | Q(anonymization_status__in=others)


def _ids(query: Mapping[str, str]) -> list[str]:
    ids = [one.strip() for one in query["ids"].split(",")]
    if len(ids) > MOST_IDS:
        raise _invalid("ids", f"At most {MOST_IDS} ids at once.")
    return [one for one in ids if one]


def _time(name: str, raw: str) -> datetime:
    try:
        time = parse_datetime(raw.strip())
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise Refused(400, "invalid_format", "Not a time such as 2020-01-01T00:00:00Z.", name)
    return time.astimezone(UTC)


def _during(column: str, comparison: str, time: datetime) -> Q:
    """Compare with what is shown: times without their fractions of a second."""
    floor = time.replace(microsecond=0)
    ceiling = floor if floor == time else floor + SECOND
    conditions: dict[str, Any] = {
        "gt": Q(**{f"{column}__gte": floor + SECOND}),
        "gte": Q(**{f"{column}__gte": ceiling}),
        "lt": Q(**{f"{column}__lt": ceiling}),
        "lte": Q(**{f"{column}__lt": floor + SECOND}),
        "eq": Q(**{f"{column}__gte": ceiling, f"{column}__lt": floor + SECOND}),
    }
    condition: Q = conditions[comparison]
    return condition


def _place(caller: Caller, uid: str, name: str) -> int:
    """Return where a customer stands in the list, or stood until they were deleted."""
    here = Customer.objects.visible_to(caller).filter(uid=uid).values_list("pk", flat=True)
    gone = Departure.objects.visible_to(caller).filter(uid=uid).values_list("place", flat=True)
    place = here.first() or gone.first()
    if place is None:
        raise _invalid(name, "No customer has this id, or had it lately.")
    return int(place)
