"""Some persons at once: who they are, and which rows they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

Person = tuple[int, str]  # environment's primary key, public id


@dataclass(frozen=True, slots=True)
class People:
    """Persons of any environments, with the primary keys of those who still have a row."""

    persons: frozenset[Person]
    by_key: Mapping[Any, Person]

    @property
    def environments(self) -> set[int]:
        """The primary keys of all their environments."""
        return {environment_id for environment_id, _ in self.persons}

    @property
    def uids(self) -> set[str]:
        """All their public ids; each says who it is only together with its environment."""
        return {uid for _, uid in self.persons}

    def only(self, persons: Collection[Person]) -> People:
        """Return those of them who are among `persons`."""
        kept = self.persons.intersection(persons)
        keys = {key: person for key, person in self.by_key.items() if person in kept}
        return People(kept, keys)
