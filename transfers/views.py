"""The door for files: inputs of any size come in, what was exported goes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from jsonapi import media, registry, replies, sql
from jsonapi.access import caller_of
from jsonapi.documents import Document
from jsonapi.endpoints import Endpoint
from jsonapi.errors import BadRequest, NotAllowed, UnsupportedMediaType
from jsonapi.query import Query
from jsonapi.relationships import column
from jsonapi.requests import Request
from transfers import items, services, streams, writing
from transfers.models import Export, ExportPart, Format, Import

MEDIA_TYPES = {
    "text/csv": Format.CSV,
    "application/json": Format.JSON,
    "application/x-ndjson": Format.JSON,
}
DOWNLOADS = {Format.CSV: "text/csv; charset=utf-8", Format.JSON: "application/json"}
FLAGS = ("skip_errors", "cleanup_records")
PARAMETERS = ("resource_type", "parent_resource_id", "reference", *FLAGS)
SWITCHES = {"true": True, "false": False}


class UploadView(Endpoint):
    """Makes an import of a file: its attributes are in the address, its inputs in the body."""

    actions = {"post": "create"}
    repeatable = False
    model = Import

    def required_permission(self) -> tuple[str, str]:
        """Return the action and type that the permission table has to grant."""
        return str(self.action), Import.kind

    def create(self, request: Request) -> HttpResponse:
        """POST /files/imports?resource_type=customers, with CSV or JSON"""
        caller = caller_of(request)
        attributes = _attributes(request)
        if not request.META.get("CONTENT_LENGTH", "").isdecimal():
            raise BadRequest("PARAM_MISSING", "Missing Parameter", "Send a Content-Length.")
        with transaction.atomic():
            document = Document(None, {**attributes, "inputs": []}, {})
            job = writing.create(Import.kind, document, caller)
            known = items.known_names(job.resource_type)
            # Django's own request: the file must not be read as a whole.
            inputs = streams.inputs(request.http, job.format, known)
            services.add_inputs(job=job, inputs=inputs)
            return _created(request, job)


def _attributes(request: Request) -> dict[str, Any]:
    """Return the attributes of an import from address and headers. Raises ApiError."""
    name = media.parse(request.content_type or "").name
    if name not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"Send one of {', '.join(MEDIA_TYPES)}.")
    attributes: dict[str, Any] = {"format": str(MEDIA_TYPES[name])}
    for parameter, raw in request.query_params.items():
        value = str(raw)
        if parameter not in PARAMETERS:
            raise NotAllowed(parameter, parameter=parameter)
        attributes[parameter] = SWITCHES.get(value, value) if parameter in FLAGS else value
    return attributes


def _created(request: Request, job: Import) -> HttpResponse:
    view = registry.view_of(Import.kind)
    assert view is not None  # noqa: S101
    key = sql.Fragment(f" WHERE {column(Import, 'id')} = %s", (job.pk,))
    response = replies.single(view, request, Query(), key)
    response.status_code = 201
    response["Location"] = f"{replies.base_url(request)}/{Import.kind}/{job.uid}"
    return response


@require_safe
def download(_request: HttpRequest, secret: str) -> StreamingHttpResponse:
    """GET /files/exports/<secret>: the file, to whoever knows its address, until it expires."""
    if "\0" in secret:
        raise Http404
    job = Export.objects.filter(secret=secret, expires_at__gt=Now()).first()
    if job is None:
        raise Http404
    response = StreamingHttpResponse(_parts(job), content_type=DOWNLOADS[Format(job.format)])
    response["Content-Disposition"] = f'attachment; filename="{job.file_name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _parts(job: Export) -> Iterator[bytes]:
    """Yield one part after the other, each read when the one before has gone out."""
    parts = ExportPart.objects.filter(job=job).order_by("number")
    part = parts.first()
    while part is not None:
        yield bytes(part.content)
        part = parts.filter(number__gt=part.number).first()
