"""What is forgotten with a person: each app's `erasers.py` registers its models here.

Every field is erased unless its eraser keeps it and says why, so a field added tomorrow is
erased tomorrow. An eraser is to `anonymization` what `admin.py` is to the Django admin.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model, QuerySet
from django.db.models.functions import Now

from anonymization.introspection import blank, children, has_field, links
from jsonapi import registry

Report = dict[str, dict[str, int]]  # model label -> {"erased" or "deleted": rows}
Replacement = Callable[[Any], Any]  # gets the row as it was

# What makes a row a row of this tenant, not of a person.
STRUCTURE = frozenset({"environment", "uid", "updated_at"})
ROWS_AT_ONCE = 500


class Eraser:
    """Finds, then erases, the rows of one model that belong to one person."""

    model: ClassVar[type[Model]]
    # Lookups from the model to the person's public id; a row belongs if any of them leads there.
    path: ClassVar[str | tuple[str, ...]]
    # Field or many-to-many name -> why it may survive. Everything else is erased.
    keep: ClassVar[Mapping[str, str]] = {}
    # Field name -> its new value, where null, blank and the default are not valid.
    replace: ClassVar[Mapping[str, Replacement]] = {}
    # Erased, but never exported.
    secret: ClassVar[Collection[str]] = frozenset()
    # True for the one model that *is* the person: its row is locked before anything is erased.
    subject: ClassVar[bool] = False
    # Lookup from the model to its environment; None if the path alone identifies the tenant.
    environment_path: ClassVar[str | None] = "environment"
    # False if the rows do not survive, so that no field needs a blank value.
    erases_fields: ClassVar[bool] = True

    def keys(self, environment_id: int, subject_uid: str) -> set[Any]:
        """Return the primary keys of the person's rows."""
        rows = self.model._base_manager.all()
        if self.environment_path is not None:
            rows = rows.filter(**{self.environment_path: environment_id})
        return {
            key
            for path in self.paths()
            for key in rows.filter(**{path: subject_uid}).values_list("pk", flat=True)
        }

    def rows(self, environment_id: int, subject_uid: str) -> QuerySet[Any]:
        """Return the person's rows: what is handed out is what is forgotten."""
        return self.model._base_manager.filter(pk__in=self.keys(environment_id, subject_uid))

    def erase(self, rows: QuerySet[Any]) -> dict[str, int]:
        """Erase `rows` and return the count. Safe to repeat."""
        count = self._blank(rows)
        # After the rows, which now are locked: whoever was linking one has finished.
        self._unlink(rows)
        return {"erased": count}

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

    def _blank(self, rows: QuerySet[Any]) -> int:
        blanks = {name: blank(field) for name, field in self.erased_fields().items()}
        fresh = {name: value for name, value in blanks.items() if callable(value)}
        constants = {name: value for name, value in blanks.items() if name not in fresh}
        if has_field(self.model, "updated_at"):
            constants["updated_at"] = Now()
        replacements = {**fresh, **self.replace}
        if replacements:
            return self._rewrite(rows, constants, replacements)
        return rows.update(**constants) if constants else rows.count()

    def _rewrite(
        self,
        rows: QuerySet[Any],
        constants: dict[str, Any],
        replacements: Mapping[str, Replacement],
    ) -> int:
        names = [*constants, *replacements]
        count = 0
        for batch in batches(rows):
            for row in batch:
                values = {name: replacement(row) for name, replacement in replacements.items()}
                for name, value in (constants | values).items():
                    setattr(row, name, value)
            count += self.model._base_manager.bulk_update(batch, names)
        return count

    def _unlink(self, rows: QuerySet[Any]) -> None:
        """Remove the rows from all many-to-many relations, seen from either end."""
        for link, column in links(self.model, self.keep):
            link._base_manager.filter(**{f"{column}__in": rows.values("pk")}).delete()


class Delete(Eraser):
    """Deletes a person's rows instead of erasing their fields."""

    erases_fields = False

    def erase(self, rows: QuerySet[Any]) -> dict[str, int]:
        """Delete `rows` and return the count. Safe to repeat."""
        _, deleted = rows.delete()
        return {"deleted": deleted.get(self.model._meta.label, 0)}


class AttachedEraser(Eraser):
    """Erases rows that may hang on any resource through a GenericForeignKey.

    A row belongs to a person by its own `path`, or by hanging on a row that does.
    """

    generic: ClassVar[str]  # the GenericForeignKey

    def keys(self, environment_id: int, subject_uid: str) -> set[Any]:
        """Return also what hung on a row before that became the person's."""
        found = super().keys(environment_id, subject_uid)
        for _, eraser in resources():
            parents = eraser.keys(environment_id, subject_uid)
            if parents:
                found |= self._hanging_on(eraser.model, parents)
        return found

    def _hanging_on(self, model: type[Model], parents: Collection[Any]) -> set[Any]:
        link: Any = self.model._meta.get_field(self.generic)
        kind = ContentType.objects.get_for_model(model)
        rows = self.model._base_manager.filter(
            **{link.ct_field: kind, f"{link.fk_field}__in": parents}
        )
        return set(rows.values_list("pk", flat=True))


class DeleteAttached(AttachedEraser, Delete):
    """Deletes rows that hang on a person's resources."""


Registered = TypeVar("Registered", bound=type[Eraser])
_erasers: dict[type[Model], Eraser] = {}


def register(eraser: Registered) -> Registered:
    """Class decorator: erase the model's rows with their person."""
    _erasers[eraser.model] = eraser()
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


def lock_subject(environment_id: int, subject_uid: str, *, skip_locked: bool = False) -> bool:
    """Lock the person's row until the transaction ends; return False if there is none to lock.

    Everything that changes a person's data takes this lock first, so that nobody waits in a
    circle. With `skip_locked`, False may also mean that somebody else holds it.
    """
    person = subject()
    if person is None:
        return False
    rows = person.rows(environment_id, subject_uid).select_for_update(skip_locked=skip_locked)
    return rows.values_list("pk", flat=True).first() is not None


def subject_exists(environment_id: int, subject_uid: str) -> bool:
    """Return whether the person still has a row."""
    person = subject()
    return person is not None and person.rows(environment_id, subject_uid).exists()


def erase_all(environment_id: int, subject_uid: str) -> Report:
    """Erase a person from every registered model; must run in a transaction.

    The person's row is locked first: nothing can be attached to it meanwhile. All rows are
    found before any is touched, because erasing one can cut the path to another.
    """
    lock_subject(environment_id, subject_uid)
    found = [(eraser, eraser.rows(environment_id, subject_uid)) for eraser in in_order()]
    return {eraser.model._meta.label: eraser.erase(rows) for eraser, rows in found}


def in_order() -> list[Eraser]:
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
    return sorted(ordered.values(), key=lambda eraser: eraser.subject)


def batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield all `rows`, some at a time."""
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), ROWS_AT_ONCE):
        yield list(rows.model._base_manager.filter(pk__in=keys[start : start + ROWS_AT_ONCE]))
