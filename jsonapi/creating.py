"""Creating many resources of one type at once, by the rules of a POST.

Each is checked on its own; then all are stored by one command, and so is what is recorded of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jsonapi import pipeline, storing, triggers
from jsonapi.documents import Document
from jsonapi.identifiers import ToManyField
from jsonapi.schema import Schema
from jsonapi.serializers import ResourceSerializer
from jsonapi.writes import Write

Checked = tuple[Write, ResourceSerializer]


def is_plain(schema: Schema, document: Document) -> bool:
    """Tell whether creating a resource takes no more than checking and storing it."""
    if schema.serializer.create is not ResourceSerializer.create:
        return False
    if not storing.is_plain(schema.model) or document.attributes.keys() & triggers.of(schema.type):
        return False
    fields = schema.serializer.writable()
    return not any(isinstance(fields.get(name), ToManyField) for name in document.relationships)


def create_all(checked: Sequence[Checked]) -> list[Any]:
    """Store plain resources of one type that were checked; tell the apps above, and return them.

    Inside a transaction. Raises what the database or one of the apps raises, if one of them is
    refused: then the transaction has to be undone.
    """
    if not checked:
        return []
    with storing.gathered():
        rows = [{**serializer.validated_data, **write.extra()} for write, serializer in checked]
        made = storing.create_many(checked[0][0].schema, rows)
        for (write, _), (instance, row) in zip(checked, made, strict=True):
            write.tell_of_new(instance, row)
    pipeline.flush()
    return [instance for instance, _ in made]
