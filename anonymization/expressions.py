"""A person's latest request, as the API shows it, computed by the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    Func,
    JSONField,
    Value,
    When,
)
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import JSONObject

from anonymization.models import TIMES


class Formatted(Func):
    """A point in time as `2025-03-15 11:39:21 UTC`, whatever the connection's time zone."""

    template = """TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')"""
    output_field = CharField()


class WithoutNulls(Func):
    """A JSON object without the members that are null, at every depth."""

    function = "JSONB_STRIP_NULLS"
    output_field = JSONField()


class RandomHex(Func):
    """32 random hexadecimal digits, drawn anew for each row."""

    template = "REPLACE(GEN_RANDOM_UUID()::text, '-', '')"
    output_field = CharField()
    arity = 0


def info_expression() -> Case:
    """Return `anonymization_info` for an outer row of a person.

    The outer row needs `environment_id`, `uid` and `anonymization_status`; where that is null
    the answer is {} without a look at the requests. A look is left to a function, because a
    subquery would be prepared by each statement, also by those that find nobody to ask about.
    """
    nothing = Value({}, output_field=JSONField())
    info = Func(
        *(F("environment_id"), F("uid")), function="ANONYMIZATION_INFO", output_field=JSONField()
    )
    return Case(When(anonymization_status=None, then=nothing), default=info)


def steps_expression(person: Mapping[str, str]) -> WithoutNulls:
    """Return the status of a request, when what happened, and who asked.

    `person` says what is told of these: names of members and of columns of users.
    """
    members: dict[str, Expression | Combinable] = {
        "status": F("status"),
        **{name: Formatted(F(name)) for name in TIMES},
        "requester": _person("requester", person),
        "cancellation_requester": _person("cancellation_requester", person),
    }
    return WithoutNulls(JSONObject(**members))


def _person(relation: str, person: Mapping[str, str]) -> Case:
    fields: dict[str, Any] = {key: F(f"{relation}__{name}") for key, name in person.items()}
    known = When(**{f"{relation}__isnull": False}, then=JSONObject(**fields))
    return Case(known, default=None, output_field=JSONField())
