"""Puts tags on resources and takes them off again, by name."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from annotations.models import TAG_NAME, Tag, Taggable
from anonymization.owners import environment_of


@transaction.atomic
def add_tags(*, resource: Taggable, names: str) -> None:
    """Add the tags in a comma list of names; unknown names and repetitions do nothing.

    Raises Invalid when the resource would have more tags than the organization allows.
    """
    resource.tags.add(*_named(resource, names))


@transaction.atomic
def remove_tags(*, resource: Taggable, names: str) -> None:
    """Remove the tags in a comma list of names, if they are there."""
    resource.tags.remove(*_named(resource, names))


def _named(resource: Taggable, names: str) -> QuerySet[Tag]:
    wanted = {name.strip().lower() for name in names.split(",")}
    valid = [name for name in wanted if re.fullmatch(TAG_NAME, name)]
    tags: QuerySet[Tag] = Tag.objects.filter(environment=environment_of(resource))
    return tags.alias(lower=Lower("name")).filter(lower__in=valid)
