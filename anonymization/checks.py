"""Refuses to start while a model could keep a person's data unnoticed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldError
from django.db.models import ForeignKey, Model

from anonymization.erasers import Eraser, registered
from anonymization.impersonal import reasons
from anonymization.introspection import Unerasable, blank, has_field
from anonymization.models import AnonymizationRequest

Erasers = Mapping[type[Model], Eraser]


@register()
def check_erasers(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check every installed model against the registered erasers."""
    return problems(apps.get_models(), registered())


def problems(models: Collection[type[Model]], erasers: Erasers) -> list[CheckMessage]:
    """Return what is wrong with `erasers`, if `models` were all there are."""
    found = list(_without_subject(erasers))
    for model in _personal(models, erasers):
        if model not in erasers:
            found.append(_unguarded(model))
    for eraser in erasers.values():
        found += [*_unknown_names(eraser), *_unerasable(eraser), *_lost(eraser)]
    return found


def _without_subject(erasers: Erasers) -> Iterator[CheckMessage]:
    if sum(eraser.subject for eraser in erasers.values()) != 1:
        yield Error(
            "Exactly one eraser must be the person.",
            hint="Set `subject = True` on the eraser of the customer model only.",
            id="anonymization.E005",
        )


def _personal(models: Collection[type[Model]], erasers: Erasers) -> Iterator[type[Model]]:
    """Yield the models that lead to the person, or can: by keys, or by hanging on any row."""
    reached = {model for model, eraser in erasers.items() if eraser.subject}
    grown = True
    while grown:
        new = {model for model in models if model not in reached and _targets(model) & reached}
        reached |= new
        grown = bool(new)
    for model in models:
        if model in reached or _hangs_on_anything(model):
            yield model


def _targets(model: type[Model]) -> set[Any]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and (model, field.name) not in reasons()
    }


def _hangs_on_anything(model: type[Model]) -> bool:
    if model is AnonymizationRequest:
        return False  # the proof of erasure: ids and times only
    generic = any(isinstance(field, GenericForeignKey) for field in model._meta.private_fields)
    return generic or has_field(model, "subject_uid")


def _unguarded(model: type[Model]) -> CheckMessage:
    return Error(
        f"{model._meta.label} leads to a person, but nothing erases it.",
        hint=f"Register an eraser in {model._meta.app_label}/erasers.py.",
        obj=model,
        id="anonymization.E001",
    )


def _unknown_names(eraser: Eraser) -> Iterator[CheckMessage]:
    fields = {field.name for field in eraser.model._meta.concrete_fields}
    links = {
        field.name
        for field in eraser.model._meta.get_fields(include_hidden=True)
        if field.many_to_many
    }
    named = {
        "keep": (set(eraser.keep), fields | links),
        "replace": (set(eraser.replace), fields),
        "secret": (set(eraser.secret), fields),
    }
    for option, (names, known) in named.items():
        for name in sorted(names - known):
            yield Error(
                f"{type(eraser).__name__}.{option} names {name!r}, which"
                f" {eraser.model._meta.label} does not have.",
                obj=type(eraser),
                id="anonymization.E002",
            )


def _unerasable(eraser: Eraser) -> Iterator[CheckMessage]:
    if not eraser.erases_fields:
        return
    for name, field in eraser.erased_fields().items():
        try:
            blank(field)
        except Unerasable:
            yield Error(
                f"{eraser.model._meta.label}.{name} can be neither null nor blank when erased.",
                hint=f"Put it into {type(eraser).__name__}.replace, or .keep and say why.",
                obj=type(eraser),
                id="anonymization.E003",
            )


def _lost(eraser: Eraser) -> Iterator[CheckMessage]:
    for path in (*eraser.paths(), eraser.environment_path):
        try:
            if path is not None:
                eraser.model._base_manager.filter(**{f"{path}__isnull": True})
        except FieldError:
            yield Error(
                f"{type(eraser).__name__}: no {path!r} leads away from {eraser.model._meta.label}.",
                obj=type(eraser),
                id="anonymization.E004",
            )
