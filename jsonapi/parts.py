"""What hooks come to where a write is one statement (`at_once.py`).

Receivers of signals, and a serializer's `validate`, act row by row and need the row for it. One
that is marked takes part in the statement of the write itself instead:

    @receiver(signals.resource_created)
    @within(_entry)
    def on_created(*, instance, caller, changes, **facts): ...

where `_entry` returns the `Part` of a kind of write, or None if that has to be told row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models.signals import post_save, pre_save
from django.dispatch import Signal
from rest_framework.serializers import Serializer

from jsonapi import signals
from jsonapi.access import Caller
from jsonapi.schema import Schema

Hook = TypeVar("Hook", bound=Callable[..., Any])
Values = Callable[[Caller], tuple[Any, ...]]  # of who writes


@dataclass(frozen=True, slots=True)
class Writing:
    """A kind of write: what its requests have in common. New rows get a public id of ours."""

    schema: Schema
    names: tuple[str, ...]  # attributes that the document brings
    is_new: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What a hook comes to: statements with their values, a condition, or nothing.

    The statements select from `told`: `id` and `uid` of the written row, the `columns` that they
    need besides, and `changes`, which is `{attribute: [from, to]}`; of a new row, without those
    that are `closed`. Where the condition on the row as it was fails, nothing is written: the
    write is done row by row then, which says why.
    """

    statements: tuple[str, ...] = ()
    values: Values = lambda caller: ()
    columns: tuple[str, ...] = ()
    closed: frozenset[str] = frozenset()
    condition: str = ""


NOTHING = Part()


def within(part: Callable[[Writing], Part | None]) -> Callable[[Hook], Hook]:
    """Mark a hook with what it comes to in a statement."""

    def mark(hook: Hook) -> Hook:
        hook.part = part  # type: ignore[attr-defined]
        return hook

    return mark


def parts_of(writing: Writing) -> list[Part] | None:
    """Return what all hooks of a kind of write come to; None if one needs the row."""
    found = []
    for hook in _hooks(writing):
        part = hook.part(writing) if hasattr(hook, "part") else None
        if part is None:
            return None
        found.append(part)
    return found


def _hooks(writing: Writing) -> Iterator[Callable[..., Any]]:
    model, validate = writing.schema.model, writing.schema.serializer.validate
    if validate is not Serializer.validate:
        yield validate
    if writing.is_new:
        told = [post_save, signals.resource_created]
    else:
        told = [pre_save, post_save, signals.resource_updated]
    for signal in told:
        yield from _receivers(signal, model)


def _receivers(signal: Signal, model: type) -> list[Callable[..., Any]]:
    # Django's public methods tell no more than whether there are any.
    receivers: list[Callable[..., Any]] = signal._live_receivers(model)[0]
    return receivers
