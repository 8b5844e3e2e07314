"""`_add_tags` and `_remove_tags`, for every type that can be tagged; those of links."""

from __future__ import annotations

from rest_framework import serializers

from annotations import services
from annotations.models import Taggable
from jsonapi.access import Caller
from jsonapi.triggers import trigger
from organizations.switches import register_switches

LONGEST_LIST = 1000  # characters

register_switches("links")


def register_tag_triggers(resource_type: str) -> None:
    """Give a type both triggers; additions run first."""
    for name, act in {"_add_tags": add_tags, "_remove_tags": remove_tags}.items():
        names = serializers.CharField(max_length=LONGEST_LIST, allow_blank=True)
        trigger(resource_type, name, value=names, trusted=True, relationship="tags")(act)


def add_tags(resource: Taggable, names: str, caller: Caller) -> None:
    """Add the tags in a comma list of names."""
    services.add_tags(resource=resource, names=names)


def remove_tags(resource: Taggable, names: str, caller: Caller) -> None:
    """Remove the tags in a comma list of names."""
    services.remove_tags(resource=resource, names=names)
