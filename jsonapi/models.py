"""The abstract base of everything the API shows."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models

if TYPE_CHECKING:
    from jsonapi.access import Caller

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CLOCK_DIGITS = 8  # milliseconds since 1970 fit until the year 8888
RANDOM_DIGITS = 10  # 59 bits: nobody guesses a neighbour's id
# How a random byte becomes a digit; those that would make some digits likelier are left out.
LETTERS = bytes(ALPHABET[byte % len(ALPHABET)].encode()[0] for byte in range(256))
UNFAIR = bytes(range(256 // len(ALPHABET) * len(ALPHABET), 256))

PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


def new_uid() -> str:
    """Return a random public id of 18 letters and digits that sorts by creation time."""
    slow, fast = divmod(time.time_ns() // 1_000_000, len(PAIRS))
    return _clock_digits(slow) + PAIRS[fast] + _random_digits()


def _random_digits() -> str:
    drawn = b""
    while len(drawn) < RANDOM_DIGITS:
        drawn += os.urandom(16).translate(LETTERS, UNFAIR)
    return drawn[:RANDOM_DIGITS].decode()


@lru_cache(maxsize=1)
def _clock_digits(slow: int) -> str:
    """Return all digits of the clock but the last two: the same for nearly four seconds."""
    return digits(slow, CLOCK_DIGITS - 2)


def digits(number: int, length: int) -> str:
    """Return a number in base 62, with an even number of digits."""
    pairs = []
    for _ in range(length // 2):
        number, pair = divmod(number, len(PAIRS))
        pairs.append(PAIRS[pair])
    return "".join(pairs[::-1])


UID = re.compile(r"\A[A-Za-z0-9_-]{1,40}\Z")


class UidField(models.CharField):  # type: ignore[type-arg]
    """A public id, compared byte by byte so that it sorts by creation time."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options.setdefault("default", new_uid)
        options.setdefault("editable", False)
        options.setdefault("db_collation", "C")
        super().__init__(**options)


class ResourceQuerySet(models.QuerySet[Any]):
    """Rows of one resource. Everything a caller may see starts at `visible_to`."""

    def visible_to(self, caller: Caller) -> Self:
        """Return the rows `caller` may know about; all others do not exist for them."""
        raise NotImplementedError

    def scope(self, caller: Caller) -> dict[str, Any] | None:
        """Return the column values that alone decide what `caller` may see; None if more does.

        It has to be defined by the class that defines `visible_to`.
        """
        return None

    def changeable_by(self, caller: Caller) -> Self:
        """Return the visible rows `caller` may update or delete."""
        return self.visible_to(caller)

    def computed(self) -> Self:
        """Return the rows with every attribute that is not a column annotated."""
        return self


class Resource(models.Model):
    """What every resource has: a public id, two timestamps, references and metadata."""

    uid = UidField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    reference = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    reference_origin = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    metadata = models.JSONField(default=dict, blank=True)

    # Relationship -> the foreign keys that lead to it, one after the other: it is read only.
    detours: ClassVar[Mapping[str, str]] = {}
    objects: ClassVar[Any] = ResourceQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.uid}"

    @classmethod
    def tenancy(cls, caller: Caller) -> dict[str, Any]:
        """Return the column values that place a new row where `caller` may see it."""
        raise NotImplementedError

    def validate_delete(self) -> None:
        """Raise jsonapi.errors.Locked if the row is still in use."""
