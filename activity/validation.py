"""Rules of webhooks that take more than one attribute."""

from __future__ import annotations

from collections.abc import Sequence

from activity import topics
from activity.targets import BadTarget, target_of
from jsonapi import query, registry
from jsonapi.access import Caller
from jsonapi.errors import ApiError, BadRequest, Denied, Invalid

MOST_PATHS = 20


def check_webhook(
    *, caller: Caller, topic: str, callback_url: str, include_resources: Sequence[str]
) -> None:
    """Check a webhook as it will be. Raises Invalid.

    A webhook is sent what its maker could read: Denied for a topic or include beyond that.
    """
    if not topics.is_known(topic):
        raise Invalid("topic", "inclusion", "is not included in the list", value=topic)
    resource_type = topics.resource_type_of(topic)
    if not caller.may("retrieve", resource_type):
        raise Denied(pointer="/data/attributes/topic")
    _check_includes(caller, resource_type, include_resources)
    try:
        target_of(callback_url)
    except BadTarget as problem:
        raise Invalid("callback_url", "invalid", str(problem)) from None


def _check_includes(caller: Caller, resource_type: str, paths: Sequence[str]) -> None:
    schema = registry.schema_of(resource_type)
    for path in paths:
        try:
            query.includes(schema, path, caller)
        except BadRequest:
            title = f"has no relationship of {resource_type} at {path[:200]}"
            raise Invalid("include_resources", "inclusion", title) from None
        except ApiError:
            raise Denied(pointer="/data/attributes/include_resources") from None
