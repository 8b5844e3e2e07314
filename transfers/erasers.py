"""What is forgotten of a person in files: inputs that name them, exports that show them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import EmailField, Model
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from anonymization.erasers import (
    Delete,
    DeleteAttached,
    Eraser,
    Found,
    Owners,
    register,
    subject,
)
from anonymization.people import People, Person
from transfers import fence
from transfers.models import Cleanup, Export, ExportedRow, ExportPart, Import, ImportInput, Status

ASKED = "what was asked for, without whom"
PROGRESS = "how far it got says nothing about a person"
WHO = "public ids of the application and the user that asked"
FILE = "leads to a file, which is deleted with whoever is in it"
FORGOTTEN = "belonged to somebody who was forgotten"
Words = Mapping[tuple[int, str], set[Person]]  # environment, id or e-mail address -> whose it is


@register
class ImportInputEraser(Delete):
    """Deletes the inputs that wait and name a person, one of their resources or an address."""

    model = ImportInput
    path = ()
    environment_path = "job__environment"

    def find(self, people: People, found: Found) -> Owners:
        """Return the inputs that hold an id or an e-mail address of what was found."""
        rows = ImportInput.objects.filter(job__environment__pk__among=people.environments)
        if not rows.exists():
            return {}
        words = words_of(found)
        test = "EXISTS (SELECT 1 FROM UNNEST(mentions) AS word WHERE word = ANY(%s::text[]))"
        named = rows.alias(is_named=RawSQL(test, ([word for _, word in words],)))  # noqa: S611
        columns = ("pk", "job__environment", "mentions")
        return _owners(named.filter(is_named=True).values_list(*columns), words)

    def erase(self, keys: Collection[Any], **also: Any) -> int:
        """Delete the inputs; their imports tell which were left out."""
        places = defaultdict(list)
        for job_id, position in self.rows(keys).values_list("job_id", "position"):
            places[job_id].append(position)
        for job in Import.objects.filter(pk__among=places).select_for_update().order_by("pk"):
            job.warnings_count += len(places[job.pk])
            job.warnings_log |= {str(position): [FORGOTTEN] for position in places[job.pk]}
            job.save(update_fields=["warnings_count", "warnings_log", "updated_at"])
        return super().erase(keys, **also)


@register
class ExportedRowEraser(DeleteAttached):
    """Deletes whole files in which there is something of the person."""

    model = ExportedRow
    path = "subject_uid"
    generic = "resource"
    environment_path = "job__environment"

    def find(self, people: People, found: Found) -> Owners:
        """Return the rows in files, of which no more are written until the erasing is over."""
        fence.close(people.environments)
        return super().find(people, found)

    def erase(self, keys: Collection[Any], **also: Any) -> int:
        """Delete the files; one that was still being written is begun anew."""
        jobs = set(self.rows(keys).values_list("job_id", flat=True))
        count = super().erase(keys, **also)
        ExportedRow.objects.filter(job__pk__among=jobs).delete()
        ExportPart.objects.filter(job__pk__among=jobs).delete()
        exports = Export.objects.filter(pk__among=jobs)
        exports.update(attachment_url=None, secret=None, expires_at=None)
        exports.filter(status=Status.IN_PROGRESS).update(
            position=0, processed_count=0, records_count=None, last_key=None, not_before=Now()
        )
        return count


class FilterEraser(Eraser):
    """Erases the filters of a job that name a person."""

    path = ()

    def find(self, people: People, found: Found) -> Owners:
        """Return the jobs whose filters hold the person's id or e-mail address."""
        person = subject()
        jobs = self.model._base_manager.filter(
            environment__pk__among=people.environments, filters__isnull=False
        )
        if person is None or not jobs.exists():
            return {}
        words = words_of({person.model: {key: {one} for key, one in people.by_key.items()}})
        test = (
            "EXISTS (SELECT 1 FROM UNNEST(%s::text[]) AS word"
            " WHERE STRPOS(LOWER(filters::text), word) > 0)"
        )
        sought = [word.lower() for _, word in words]
        rows = jobs.alias(is_named=RawSQL(test, (sought,)))  # noqa: S611
        columns = ("pk", "environment", "filters")
        return {
            key: persons
            for key, place, text in rows.filter(is_named=True).values_list(*columns)
            if (persons := _named_in(text, place, words))
        }


@register
class ExportEraser(FilterEraser):
    model = Export
    keep = {
        **dict.fromkeys(
            (
                *("resource_type", "format", "includes", "fields", "dry_data", "jwt_filters"),
                "created_at",
            ),
            ASKED,
        ),
        **dict.fromkeys(
            (
                *("status", "started_at", "completed_at", "interrupted_at", "processed_count"),
                *("errors_count", "errors_log", "not_before", "attempts", "position"),
                *("records_count", "last_key"),
            ),
            PROGRESS,
        ),
        "asked_by": WHO,
        **dict.fromkeys(("attachment_url", "base_url", "secret", "expires_at"), FILE),
    }


@register
class CleanupEraser(FilterEraser):
    model = Cleanup
    keep = {
        **dict.fromkeys(("resource_type", "created_at"), ASKED),
        **dict.fromkeys(
            (
                *("status", "started_at", "completed_at", "interrupted_at", "processed_count"),
                *("errors_count", "errors_log", "not_before", "attempts", "position"),
                *("records_count", "last_key"),
            ),
            PROGRESS,
        ),
        "asked_by": WHO,
    }


def words_of(found: Found) -> Words:
    """Return the public ids and the e-mail addresses in rows, and whose they are."""
    words: defaultdict[tuple[int, str], set[Person]] = defaultdict(set)
    for model, owners in found.items():
        if not owners:
            continue
        columns = ("pk", "environment", "uid", *_emails(model))
        rows = model._base_manager.filter(pk__among=owners).values_list(*columns)
        for key, place, *texts in rows:
            for text in filter(None, texts):
                words[place, text.lower() if "@" in text else text].update(owners[key])
    return words


def _emails(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, EmailField)]


def _owners(rows: Iterable[tuple[Any, int, list[str]]], words: Words) -> Owners:
    """Return whose the rows are; a word says so only in its environment."""
    owners = {
        key: set().union(*(words.get((place, word), ()) for word in mentioned))
        for key, place, mentioned in rows
    }
    return {key: persons for key, persons in owners.items() if persons}


def _named_in(filters: Any, place: int, words: Words) -> set[Person]:
    text = json.dumps(filters, ensure_ascii=False).lower()
    return {
        one
        for (environment_id, word), persons in words.items()
        if environment_id == place and word.lower() in text
        for one in persons
    }
