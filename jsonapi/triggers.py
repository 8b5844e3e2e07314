"""Trigger attributes: `_place: true` in a PATCH acts, and is never returned.

    @trigger("orders", "_approve", trusted=True)
    def approve(order: Order, caller: Caller) -> None: ...

A trigger with `value`, a serializer field, takes the validated value as well. One with
`on_create` also acts in a POST.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field

from jsonapi.access import Caller
from jsonapi.errors import Denied, Invalid

Action = TypeVar("Action", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a trigger attribute does, and who may use it."""

    name: str
    act: Callable[..., None]
    trusted: bool
    value: Field[Any, Any, Any, Any] | None
    on_create: bool = False
    relationship: str = ""

    def read(self, raw: Any) -> Any:
        """Return the value to act on; None when there is nothing to do. Raises Invalid."""
        if self.value is None:
            if raw is not None and not isinstance(raw, bool):
                raise Invalid(self.name, "invalid", "must be true or false")
            return raw or None
        try:
            return None if raw is None else self.value.run_validation(raw)
        except ValidationError:
            raise Invalid(self.name, "invalid", "is invalid") from None

    def run(self, instance: Any, value: Any, caller: Caller) -> None:
        """Act. Raises Denied for a public client when the trigger needs a trusted one."""
        if self.trusted and not caller.is_trusted:
            raise Denied(pointer=f"/data/attributes/{self.name}")
        if self.value is None:
            self.act(instance, caller)
        else:
            self.act(instance, value, caller)


_triggers: dict[str, dict[str, Trigger]] = {}


def trigger(  # noqa: PLR0913
    resource_type: str,
    name: str,
    *,
    trusted: bool = False,
    value: Field[Any, Any, Any, Any] | None = None,
    on_create: bool = False,
    relationship: str = "",
) -> Callable[[Action], Action]:
    """Register a function as what attribute `name` does to a resource on update.

    With `on_create` it does so on create too. `relationship` is the one that it changes, if any.
    """

    def register(act: Action) -> Action:
        made = Trigger(name, act, trusted, value, on_create, relationship)
        _triggers.setdefault(resource_type, {})[name] = made
        return act

    return register


def of(resource_type: str) -> dict[str, Trigger]:
    """Return the triggers of a type, in the order in which they act."""
    return _triggers.get(resource_type, {})
