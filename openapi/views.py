"""The document, and a page to try it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openapi.document import document


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """GET /api/openapi.json"""
    return HttpResponse(document(), content_type="application/json")


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """GET /api/docs: Swagger UI, from this server's own files."""
    return render(request, "openapi/explorer.html")
