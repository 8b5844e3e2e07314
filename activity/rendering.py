"""What a callback says: the resource of an event as the API shows it at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from activity.models import Delivery
from activity.topics import resource_type_of
from jsonapi import query, reading, registry, sql
from jsonapi.access import Caller
from jsonapi.errors import ApiError
from jsonapi.query import Tree
from jsonapi.reading import Reader
from jsonapi.relationships import column
from jsonapi.replies import objects
from jsonapi.schema import Schema
from jsonapi.sql import Fragment
from jsonapi.visibility import visible
from organizations.models import Environment

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet

APPLICATION = "webhooks"
READING = frozenset({"list", "retrieve"})


def document(delivery: Delivery) -> bytes:
    """Return the document of the resource that a webhook is to be told of, as it is now.

    Of a resource that is gone only the id is left, and every attribute is null. What is sent is
    what GET would answer a back end now: who was forgotten meanwhile stays forgotten.
    """
    resource_type, webhook = resource_type_of(delivery.topic), delivery.webhook
    view, reader = registry.view_of(resource_type), _reader(webhook.environment)
    body = None
    if view is not None and delivery.object_id is not None:
        tree = _tree(view.declaration(), _paths(delivery), reader.caller)
        body = _resource(view, delivery.object_id, tree, reader)
    return body or _gone(resource_type, delivery.resource_uid, reader)


def identifiers(delivery: Delivery) -> dict[str, Any]:
    """Return what is kept of a document: which resource it was about."""
    return {"data": {"type": resource_type_of(delivery.topic), "id": delivery.resource_uid}}


def _resource(view: type[ResourceViewSet], key: int, tree: Tree, reader: Reader) -> bytes | None:
    is_it = Fragment(f"{column(view.model, 'id')} = %s", (key,))
    where = sql.where([is_it, visible(view, reader.caller)])
    nodes, included = reading.fetch(view, where, tree, reader)
    if not nodes:
        return None
    more = [b',"included":[', *objects(included, reader), b"]"] if tree else []
    return b"".join([b'{"data":', *objects(nodes, reader), *more, b"}"])


def _gone(resource_type: str, uid: str, reader: Reader) -> bytes:
    names = registry.schema_of(resource_type).attributes if registry.view_of(resource_type) else ()
    data = {
        "id": uid,
        "type": resource_type,
        "attributes": dict.fromkeys(names),
        "meta": reader.caller.meta,
    }
    return orjson.dumps({"data": data})


def _paths(delivery: Delivery) -> list[str]:
    """Tags are sent with the event of their change, whether asked for or not."""
    asked = delivery.webhook.include_resources
    return [*asked, "tags"] if delivery.topic.endswith(".tagged") else asked


def _tree(schema: Schema, paths: Iterable[str], caller: Caller) -> Tree:
    """Return the tree of all paths that still lead somewhere."""
    good = []
    for path in paths:
        try:
            query.includes(schema, path, caller)
        except ApiError:  # the path was good when it was written
            continue
        good.append(path)
    return query.includes(schema, ",".join(good), caller)


def reading_caller(environment: Environment) -> Caller:
    """Return who reads what webhooks are sent: a back end that may read everything."""
    organization = environment.organization
    return Caller(
        environment_id=environment.pk,
        organization_id=organization.uid,
        organization_slug=organization.slug,
        mode=environment.mode,
        kind=APPLICATION,
        application_id=APPLICATION,
        permissions=dict.fromkeys(registry.types(), READING),
    )


def _reader(environment: Environment) -> Reader:
    base_url = f"https://{environment.organization.slug}.{settings.DOMAIN}/api"
    return Reader(reading_caller(environment), base_url, {})
