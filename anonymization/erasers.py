"""What is forgotten with a person: each app's `erasers.py` registers its models here.

Every field is erased unless its eraser keeps it and says why, so a field added tomorrow is
erased tomorrow. An eraser is to `anonymization` what `admin.py` is to the Django admin.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import Any, ClassVar, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model, Q, QuerySet, Value
from django.db.models.functions import Now

from anonymization import queries
from anonymization.introspection import (
    blank,
    children,
    hangers_on,
    has_field,
    is_pointed_at,
    keeping_pace,
    links,
)
from anonymization.lookups import Later
from anonymization.people import People, Person
from anonymization.prepared import Prepared
from jsonapi import registry

Owners = Mapping[Any, set[Person]]  # primary key of a row -> whose it is
Found = Mapping[type[Model], Owners]
Report = dict[str, dict[str, int]]  # model label -> {"erased" or "deleted": rows}, if there were

# What makes a row a row of this tenant, not of a person.
STRUCTURE = frozenset({"environment", "uid", "updated_at"})
ROWS_AT_ONCE = 500


class Eraser:
    """Finds, then erases, the rows of one model that belong to some people."""

    model: ClassVar[type[Model]]
    # Lookups from the model to the person's public id; a row belongs if any of them leads there.
    # Through foreign keys to the person's row, or to a column that names who it is.
    path: ClassVar[str | tuple[str, ...]]
    # Field or many-to-many name -> why it may survive. Everything else is erased.
    keep: ClassVar[Mapping[str, str]] = {}
    # Field name -> its new value, where null, blank and the default are not valid: a constant,
    # an SQL expression, or a function of the row as it was, which takes longer.
    replace: ClassVar[Mapping[str, Any]] = {}
    # Erased, but never exported.
    secret: ClassVar[Collection[str]] = frozenset()
    # True for the one model that *is* the person, and knows if it `is_forgotten`: its row is
    # locked before anything is erased.
    subject: ClassVar[bool] = False
    # For that one: the condition on columns of its row that it is not `is_forgotten`.
    present: ClassVar[Q] = Q()
    # Lookup from the model to its environment; None if keys to the person's row identify it.
    environment_path: ClassVar[str | None] = "environment"
    # False if the rows do not survive, so that no field needs a blank value.
    erases_fields: ClassVar[bool] = True
    # Field name -> what it holds once a request to be forgotten has been carried out.
    mark: ClassVar[Mapping[str, Any]] = {}
    # True where most rows hold nothing to erase: those are not written again.
    sparse: ClassVar[bool] = False
    # What the report says became of the rows.
    verb: ClassVar[str] = "erased"

    def find(self, people: People, found: Found) -> Owners:
        """Return which rows are whose. `found` are the rows of the resources, see `find_all`."""
        owners: dict[Any, set[Person]] = {}
        for path in self.paths():
            for key, person in self._along(path, people):
                if key in owners:
                    owners[key].add(person)
                else:
                    owners[key] = {person}
        return owners

    def erase(self, keys: Collection[Any], **also: Any) -> int:
        """Erase the rows with these primary keys and return how many. Safe to repeat.

        `also` is written with it: a second change of the same rows would take as long again.
        """
        count = self._blank(keys, also)
        # After the rows, which now are locked: whoever was linking one has finished.
        for unlinking in _unlinking(self):
            unlinking.send(keys=keys)
        return count

    def rows(self, keys: Collection[Any]) -> QuerySet[Any]:
        """Return the rows with these primary keys."""
        return self.model._base_manager.filter(pk__among=keys)

    def paths(self) -> tuple[str, ...]:
        """Return all lookups that lead to the person."""
        return (self.path,) if isinstance(self.path, str) else self.path

    def erased_fields(self) -> dict[str, Field[Any, Any]]:
        """Return the columns that are neither kept nor replaced nor structure."""
        return {
            field.name: field
            for field in self.model._meta.concrete_fields
            if not (field.primary_key or field.generated or field.name in STRUCTURE)
            and field.name not in self.keep
            and field.name not in self.replace
        }

    def personal_fields(self) -> frozenset[str]:
        """Return the columns that may hold something about the person."""
        return frozenset([*self.erased_fields(), *self.replace])

    def _along(self, path: str, people: People) -> Iterator[tuple[Any, Person]]:
        link, _, name = path.rpartition("__")
        if name == "uid":
            # The key of the person's row says more than the id, and needs no join to find it.
            owned = queries.owned(self.model, f"{link}__pk" if link else "pk")
            for key, person in owned.rows(keys=people.by_key):
                yield key, people.by_key[person]
            return
        named = queries.named(self.model, str(self.environment_path), path)
        for key, *person in named.rows(places=people.environments, uids=people.uids):
            if (one := tuple(person)) in people.persons:
                yield key, one

    def _blank(self, keys: Collection[Any], also: Mapping[str, Any]) -> int:
        blanking, drawn = _blanking(self, tuple(also.items()))
        if drawn:
            self._rewrite(self.rows(keys), drawn)
        count = blanking.count(keys=keys) if blanking else self.rows(keys).count()
        return len(keys) if self.sparse else count

    def _rewrite(self, rows: QuerySet[Any], drawn: Mapping[str, Callable[[Any], Any]]) -> None:
        """Give each row values of its own."""
        changed = list(rows)
        for row in changed:
            for name, value in [(name, draw(row)) for name, draw in drawn.items()]:
                setattr(row, name, value)
        self.model._base_manager.bulk_update(changed, drawn, batch_size=ROWS_AT_ONCE)

    def _differs(self, values: Mapping[str, Any]) -> Q:
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        different = Q(pk__in=[])
        for name, value in values.items():
            expression = hasattr(value, "resolve_expression")
            new = value if expression else Value(value, fields[name])
            different |= Q(**{f"{name}__differs": new})
        return different


class Delete(Eraser):
    """Deletes people's rows instead of erasing their fields."""

    erases_fields = False
    verb = "deleted"

    def erase(self, keys: Collection[Any], **also: Any) -> int:
        """Delete the rows with these primary keys and return how many. Safe to repeat."""
        if is_pointed_at(self.model):
            return self.rows(keys).delete()[1].get(self.model._meta.label, 0)
        for hanger_on, kind, key in hangers_on(self.model):
            mine = {kind: ContentType.objects.get_for_model(self.model), f"{key}__among": keys}
            hanger_on._base_manager.filter(**mine).delete()
        return queries.deleting(self.model, "pk").count(keys=keys)


class AttachedEraser(Eraser):
    """Erases rows that may hang on any resource through a GenericForeignKey.

    A row belongs to a person by its own `path`, or by hanging on a row that does.
    """

    generic: ClassVar[str]  # the GenericForeignKey

    def find(self, people: People, found: Found) -> Owners:
        """Return also what hung on a row before that became the person's."""
        owners = defaultdict(set, super().find(people, found))
        hanging = queries.hanging(self.model, self.generic)
        for model, persons in found.items():
            if persons:
                kind = ContentType.objects.get_for_model(model).pk
                for key, parent in hanging.rows(kinds=[kind], keys=persons):
                    owners[key].update(persons[parent])
        return owners


class DeleteAttached(AttachedEraser, Delete):
    """Deletes rows that hang on a person's resources."""


@cache
def _blanking(
    eraser: Eraser, also: tuple[tuple[str, Any], ...]
) -> tuple[Prepared | None, dict[str, Callable[[Any], Any]]]:
    """Return what erases fields, if any, and the new values that each row draws before that."""
    values = {name: blank(field) for name, field in eraser.erased_fields().items()}
    values |= {**eraser.replace, **dict(also)}
    drawn = {name: value for name, value in values.items() if callable(value)}
    fixed = {name: value for name, value in values.items() if name not in drawn}
    rows = eraser.model._base_manager.filter(pk__among=Later("keys"))
    if eraser.sparse:
        rows = rows.filter(eraser._differs(fixed))
    if has_field(eraser.model, "updated_at"):
        fixed["updated_at"] = Now()
    changes = keeping_pace(eraser.model, fixed)
    return (Prepared.update(rows, changes) if fixed else None), drawn


@cache
def _unlinking(eraser: Eraser) -> list[Prepared]:
    """Return what takes rows off everything that an automatic link table links them with."""
    return [
        queries.deleting(link, f"{column}__pk") for link, column in links(eraser.model, eraser.keep)
    ]


class RowsHaveMoved(Exception):
    """Somebody deleted rows while they were being erased."""


Registered = TypeVar("Registered", bound=type[Eraser])
_erasers: dict[type[Model], Eraser] = {}


def register(eraser: Registered) -> Registered:
    """Class decorator: erase the model's rows with their person."""
    _erasers[eraser.model] = eraser()
    in_order.cache_clear()
    return eraser


def registered() -> Mapping[type[Model], Eraser]:
    """Return every model that is erased with its person, and how."""
    return _erasers


def resources() -> Iterator[tuple[str, Eraser]]:
    """Yield the JSON:API types whose rows can be a person's, save what only hangs on others."""
    for model, eraser in _erasers.items():
        resource_type = registry.type_of(model)
        if resource_type is not None and not isinstance(eraser, AttachedEraser):
            yield resource_type, eraser


def subject() -> Eraser | None:
    """Return the eraser of the model that is the person."""
    return next((eraser for eraser in _erasers.values() if eraser.subject), None)


def people(persons: Collection[Person]) -> People:
    """Look up which of these persons still have a row."""
    wanted = People(frozenset(persons), {})
    person = subject()
    if person is None or not wanted.persons:
        return wanted
    rows = queries.named(person.model, "environment", "uid")
    found = rows.rows(places=wanted.environments, uids=wanted.uids)
    known = {key: (place, uid) for key, place, uid in found}
    return People(wanted.persons, {key: one for key, one in known.items() if one in wanted.persons})


def lock_people(some: People, *, skip_locked: bool = False) -> People:
    """Lock these persons' rows until the transaction ends; return those now in our hands.

    Everything that changes a person's data takes this lock first, and in the order of primary
    keys, so that nobody waits in a circle. With `skip_locked`, whom somebody else holds is left
    out. Who has no row needs no lock.
    """
    person = subject()
    if person is None:
        return some
    locked = {key for (key,) in queries.locking(person.model, skip_locked).rows(keys=some.by_key)}
    taken = {one for key, one in some.by_key.items() if key not in locked}
    return some.only(some.persons - taken)


def lock_subject(environment_id: int, subject_uid: str) -> bool:
    """Lock one person's row; return False if there is none."""
    return bool(lock_people(people([(environment_id, subject_uid)])).by_key)


def erase_all(environment_id: int, subject_uid: str) -> Report:
    """Erase one person; must run in a transaction. Returns how many rows of each model."""
    person = (environment_id, subject_uid)
    return erase_people(lock_people(people([person]))).get(person, {})


def erase_people(some: People, *, mark: bool = False) -> dict[Person, Report]:
    """Erase locked persons from every registered model, and return a report on each.

    As they are locked, nothing can be attached to them meanwhile. All rows are found before any
    is touched, because erasing one can cut the path to another. `mark` says that they asked for
    it. Raises RowsHaveMoved if it cannot say who of several lost how many rows.
    """
    found = find_all(some)
    reports: dict[Person, Report] = {person: {} for person in some.persons}
    for eraser in in_order():
        if not (owners := found[eraser.model]):
            continue
        count = eraser.erase(owners.keys(), **(eraser.mark if mark else {}))
        counts = Counter(chain.from_iterable(owners.values()))
        if count != len(owners):  # some were deleted by whoever needs no lock on the person
            counts = _recounted(count, some)
        label, verb = eraser.model._meta.label, eraser.verb
        for person, number in counts.items():
            reports[person][label] = _line(verb, number)
    return reports


@lru_cache
def _line(verb: str, number: int) -> dict[str, int]:
    return {verb: number}  # most people have the same few


def _recounted(count: int, some: People) -> Counter[Person]:
    if len(some.persons) > 1:
        raise RowsHaveMoved
    return Counter(dict.fromkeys(some.persons, count)) if count else Counter()


def find_all(some: People) -> Found:
    """Return the rows of every registered model: what is handed out is what is forgotten."""
    found: dict[type[Model], Owners] = {}
    for _, eraser in resources():
        found[eraser.model] = eraser.find(some, {})
    own = dict(found)
    for model, eraser in _erasers.items():
        if model not in own:
            found[model] = eraser.find(some, own)
    return found


@cache
def in_order() -> tuple[Eraser, ...]:
    """Return the erasers, those of models that point at others first, the person's last."""
    ordered: dict[type[Model], Eraser] = {}
    entered: set[type[Model]] = set()

    def visit(model: type[Model]) -> None:
        if model in entered:
            return  # done, or a circle of foreign keys: any order will do
        entered.add(model)
        for child in children(model, _erasers):
            visit(child)
        ordered[model] = _erasers[model]

    everyone = sorted(_erasers, key=lambda model: (_erasers[model].subject, model._meta.label))
    for model in everyone:
        visit(model)
    return tuple(sorted(ordered.values(), key=lambda eraser: eraser.subject))
