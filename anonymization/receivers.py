"""The fence: nothing personal is written to a person who is being, or has been, forgotten.

Without locks of its own: the write holds the row it changed, or points at the person's row with
the row it made, and erasing needs the same rows. One of the two comes first.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.dispatch import receiver

from anonymization.erasers import Eraser, registered, subject
from anonymization.errors import BeingForgotten
from anonymization.owners import environment_of, owner_of
from anonymization.services import is_forgotten
from jsonapi import signals, sql
from jsonapi.parts import NOTHING, Part, Writing, within


def _of_additions(writing: Writing) -> Part | None:
    """Nothing where nobody owns a row, and where the row is a person who is new."""
    model = writing.schema.model
    is_owned = getattr(model, "owner_path", None) is not None
    return None if is_owned and _person(model) is None else NOTHING


def _of_changes(writing: Writing) -> Part | None:
    """A condition on a person's own row; it is asked under the lock of the row, as it then is."""
    model = writing.schema.model
    eraser, person = registered().get(model), _person(model)
    if eraser is None or not eraser.personal_fields().intersection(writing.names):
        return NOTHING
    return Part(condition=sql.text(model, person.present)) if person else None


@receiver(signals.resource_created)
@within(_of_additions)
def refuse_additions(*, instance: Any, drawn: bool = False, **facts: Any) -> None:
    """Undo the making of a row that belongs to a forgotten person."""
    if not (drawn and _person(type(instance))):  # nobody was forgotten under an id made just now
        _refuse(instance)


@receiver(signals.resource_updated)
@within(_of_changes)
def refuse_changes(
    *, instance: Any, changes: dict[str, Any], locked: bool = False, **facts: Any
) -> None:
    """Undo a change of a personal field; an order may still be approved or cancelled."""
    eraser = registered().get(type(instance))
    if eraser is None or not changes.keys() & eraser.personal_fields():
        return
    if not (locked and _person(type(instance))):
        _refuse(instance)
    elif instance.is_forgotten:  # their own row says so
        raise BeingForgotten


def _person(model: type[Model]) -> Eraser | None:
    """Return the eraser of a model that is the person, None for any other model."""
    person = subject()
    return person if person is not None and person.model is model else None


def _refuse(instance: Any) -> None:
    environment_id, owner = environment_of(instance), owner_of(instance)
    if environment_id is None or owner is None:
        return
    if is_forgotten(environment_id=environment_id, subject_uid=owner):
        raise BeingForgotten
