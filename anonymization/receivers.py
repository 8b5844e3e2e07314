"""The fence: nothing personal is written to a person who is being, or has been, forgotten.

Without locks of its own: the write holds the row it changed, or points at the person's row with
the row it made, and erasing needs the same rows. One of the two comes first.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from anonymization.erasers import registered, subject
from anonymization.errors import BeingForgotten
from anonymization.owners import environment_of, owner_of
from anonymization.services import is_forgotten
from jsonapi import signals


@receiver(signals.resource_created)
def refuse_additions(*, instance: Any, drawn: bool = False, **facts: Any) -> None:
    """Undo the making of a row that belongs to a forgotten person."""
    if not (drawn and _is_person(instance)):  # nobody was forgotten under an id made just now
        _refuse(instance)


@receiver(signals.resource_updated)
def refuse_changes(
    *, instance: Any, changes: dict[str, Any], locked: bool = False, **facts: Any
) -> None:
    """Undo a change of a personal field; an order may still be approved or cancelled."""
    eraser = registered().get(type(instance))
    if eraser is None or not changes.keys() & eraser.personal_fields():
        return
    if not (locked and _is_person(instance)):
        _refuse(instance)
    elif instance.is_forgotten:  # their own row says so
        raise BeingForgotten


def _is_person(instance: Any) -> bool:
    person = subject()
    return person is not None and type(instance) is person.model


def _refuse(instance: Any) -> None:
    environment_id, owner = environment_of(instance), owner_of(instance)
    if environment_id is None or owner is None:
        return
    if is_forgotten(environment_id=environment_id, subject_uid=owner):
        raise BeingForgotten
