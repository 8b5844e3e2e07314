"""The kinds of relationship, and how the related rows of many parents are found at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Exists, ForeignKey, ManyToManyField, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.reverse_related import ManyToOneRel, OneToOneRel

from jsonapi import sql

quote = connection.ops.quote_name


def column(model: type[Model], name: str) -> str:
    """Return the SQL name of a column."""
    return f"{quote(model._meta.db_table)}.{quote(name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """SQL about related rows: the key of a row's parent, a join, a condition on the keys."""

    parent: str
    condition: str
    join: str = ""


class Relationship:
    """A named link from one resource to others of the type that `model` belongs to.

    `path` is the ORM lookup from the parent to the related row.
    """

    many = False
    derived = False  # follows from other rows, so that it is not written here
    model: type[Model]

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path

    def of(self, parent: Model) -> Q:
        """Return the condition on `model` that selects what belongs to `parent`."""
        raise NotImplementedError

    def children(self) -> Children:
        """Return how the SELECT of the related type finds the rows of many parents."""
        raise NotImplementedError

    def having(self, related: QuerySet[Any]) -> Q:
        """Return the condition on a parent that it leads to some of the `related` rows."""
        return Q(**{f"{self.path}__in": related})


class ToOne(Relationship):
    """A foreign key of the parent."""

    def __init__(self, name: str, field: ForeignKey[Any, Any]) -> None:
        super().__init__(name, field.name)
        self.field = field
        self.column = field.attname
        self.model = field.related_model

    def of(self, parent: Model) -> Q:
        return Q(pk=getattr(parent, self.column))

    def children(self) -> Children:
        key = column(self.model, "id")
        return Children(parent=key, condition=f"{key} = ANY(%s)")


class Detour(ToOne):
    """A foreign key of a row that the parent points at."""

    derived = True

    def __init__(self, name: str, path: str, model: type[Model]) -> None:
        Relationship.__init__(self, name, path)
        self.column = f"{path}_id"
        self.model = model

    def of(self, parent: Model) -> Q:
        return _at_the_end(parent, self.path)


class DetourToMany(Relationship):
    """The rows of a to-many relationship of a row that the parent points at."""

    many = True
    derived = True

    def __init__(self, name: str, path: str, key: ForeignKey[Any, Any], far: Relationship) -> None:
        super().__init__(name, path)
        self.key = key
        self.far = far
        self.model = far.model

    def of(self, parent: Model) -> Q:
        return _at_the_end(parent, self.path)

    def children(self) -> Children:
        far = self.far.children()
        table = quote(self.key.model._meta.db_table)
        way = f" INNER JOIN {table} ON {column(self.key.model, self.key.column)} = {far.parent}"
        parent = column(self.key.model, "id")
        return Children(parent=parent, join=far.join + way, condition=f"{parent} = ANY(%s)")


class Reverse(Relationship):
    """The rows whose foreign key points at the parent."""

    many = True
    derived = True

    def __init__(self, name: str, relation: ManyToOneRel) -> None:
        super().__init__(name, relation.name)
        self.field = relation.field
        self.model = relation.related_model

    def of(self, parent: Model) -> Q:
        return Q(**{self.field.attname: parent.pk})

    def children(self) -> Children:
        key = column(self.model, self.field.column)
        return Children(parent=key, condition=f"{key} = ANY(%s)")


class ReverseOne(Reverse):
    """The one row whose foreign key points at the parent."""

    many = False


class ManyToMany(Relationship):
    """Rows linked through a table of pairs."""

    many = True

    def __init__(self, name: str, field: ManyToManyField[Any, Any]) -> None:
        super().__init__(name, field.name)
        self.through: Any = field.remote_field.through
        self.source = f"{field.m2m_field_name()}_id"
        self.target = f"{field.m2m_reverse_field_name()}_id"
        self.model = field.related_model

    def of(self, parent: Model) -> Q:
        links = self.through._base_manager.filter(**{self.source: parent.pk})
        return Q(pk__in=links.values(self.target))

    def children(self) -> Children:
        parent, child = column(self.through, self.source), column(self.through, self.target)
        table = quote(self.through._meta.db_table)
        join = f" INNER JOIN {table} ON {child} = {column(self.model, 'id')}"
        return Children(parent=parent, join=join, condition=f"{parent} = ANY(%s)")


class Generic(Relationship):
    """Rows of a model that may hang on a resource of any type."""

    many = True
    derived = True

    def __init__(self, name: str, field: GenericRelation) -> None:
        super().__init__(name, field.name)
        self.field = field
        self.parent = field.model
        self.model = field.related_model

    def of(self, parent: Model) -> Q:
        kind = ContentType.objects.get_for_model(self.parent)
        return Q(content_type_id=kind.pk, **{self.field.object_id_field_name: parent.pk})

    def children(self) -> Children:
        kind = ContentType.objects.get_for_model(self.parent)
        parent = column(self.model, self.field.object_id_field_name)
        is_kind = f"{column(self.model, 'content_type_id')} = {kind.pk}"
        return Children(parent=parent, condition=f"{is_kind} AND {parent} = ANY(%s)")


def _at_the_end(parent: Model, path: str) -> Q:
    """Return the condition on the rows that a path of several keys leads to."""
    ways = type(parent)._base_manager.filter(pk=parent.pk)
    return Q(pk__in=ways.values(path))


Rule = Callable[[Callable[[str], Any]], Q]
"""Says which rows belong to one, whose columns it asks for by name: values, or expressions."""


class Match:
    """A to-many attribute of a model: the rows of another that a rule finds for each of its own."""

    def __init__(self, model: type[Model], rule: Rule) -> None:
        self.model = model
        self.rule = rule

    def __get__(self, row: Model | None, owner: type[Model]) -> Any:
        if row is None:
            return self
        return self.model._default_manager.filter(self.rule(lambda name: getattr(row, name)))


class Matching(Relationship):
    """The rows that a rule finds for each parent; no key leads to them."""

    many = True
    derived = True

    def __init__(self, name: str, parent: type[Model], match: Match) -> None:
        super().__init__(name, "")
        self.parent = parent
        self.model = match.model
        self.rule = match.rule

    def of(self, parent: Model) -> Q:
        return self.rule(lambda name: getattr(parent, name))

    def children(self) -> Children:
        key = column(self.parent, "id")
        return Children(parent=key, join=self._join, condition=f"{key} = ANY(%s)")

    def having(self, related: QuerySet[Any]) -> Q:
        return Q(Exists(related.filter(self.rule(OuterRef))))

    @cached_property
    def _join(self) -> str:
        rule = self.rule(lambda name: RawSQL(column(self.parent, name), ()))  # noqa: S611
        table = quote(self.parent._meta.db_table)
        return f" INNER JOIN {table} ON {sql.text(self.model, rule)}"


class Together:
    """A to-many attribute of a model: what several of its relationships lead to, as one list."""

    def __init__(self, *names: str) -> None:
        self.names = names


class Mixed(Relationship):
    """What several relationships of a row lead to, each to another type; read only."""

    many = True
    derived = True

    def __init__(self, name: str, kinds: tuple[Relationship, ...]) -> None:
        super().__init__(name, "")
        self.kinds = kinds


class Polymorphic(Relationship):
    """A link to one resource of any type: links only, and written as an identifier."""

    def __init__(self, name: str, field: GenericForeignKey) -> None:
        super().__init__(name, field.name)
        self.field = field

    def model_of(self, parent: Model) -> type[Model]:
        """Return the model at the other end of this parent's link."""
        kind = ContentType.objects.get_for_id(getattr(parent, f"{self.field.ct_field}_id"))
        return kind.model_class() or ContentType

    def of(self, parent: Model) -> Q:
        return Q(pk=getattr(parent, self.field.fk_field))


def relationship(model: type[Model], name: str) -> Relationship | None:
    """Return the relationship that `name` is on `model`; None when it is an attribute."""
    path = getattr(model, "detours", {}).get(name)
    if path:
        return _detour(model, name, path)
    said = getattr(model, name, None)
    if isinstance(said, Together):
        kinds = (relationship(model, one) for one in said.names)
        return Mixed(name, tuple(kind for kind in kinds if kind))
    return Matching(name, model, said) if isinstance(said, Match) else _declared(model, name)


def _detour(model: type[Model], name: str, path: str) -> Relationship:
    first, _, rest = path.partition("__")
    key = model._meta.get_field(first)
    if rest and isinstance(key, ForeignKey):
        far = relationship(key.related_model, rest)
        if far is not None and far.many:
            return DetourToMany(name, path, key, far)
    return Detour(name, path, _end(model, path))


def _declared(model: type[Model], name: str) -> Relationship | None:
    for private in model._meta.private_fields:
        if private.name == name and isinstance(private, GenericForeignKey):
            return Polymorphic(name, private)
    fields = {field.name: field for field in model._meta.get_fields()}
    field = fields.get(name)
    if isinstance(field, GenericRelation):
        return Generic(name, field)
    if isinstance(field, ManyToManyField):
        return ManyToMany(name, field)
    if isinstance(field, ForeignKey):
        return ToOne(name, field)
    if isinstance(field, ManyToOneRel) and not field.hidden:
        kind = ReverseOne if isinstance(field, OneToOneRel) else Reverse
        return kind(name, field)
    return None


def _end(model: type[Model], path: str) -> type[Model]:
    """Return where a path along foreign keys leads."""
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model


def inverses(model: type[Model], models: Collection[type[Model]]) -> list[str]:
    """Return the relationships that other resources' foreign keys give to `model`."""
    return [
        relation.name
        for relation in model._meta.related_objects
        if isinstance(relation, ManyToOneRel)
        and not relation.hidden
        and relation.related_model in models
    ]
