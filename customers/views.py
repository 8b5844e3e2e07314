"""Customers' pictures, for who knows their addresses: those are as long as a secret."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from customers.models import Picture
from customers.pictures import storage

# Short, because a picture that was removed must not live on in caches.
MAX_AGE = 300  # seconds


@require_safe
def picture(request: HttpRequest, key: str, file: str) -> FileResponse:
    """GET /pictures/<key>/<size>.<format>"""
    found = Picture.objects.filter(key=key, customer__isnull=False).first()
    name = f"{key}/{file}"
    if found is None or name not in found.names():
        raise Http404
    try:
        content = storage().open(name)
    except FileNotFoundError:
        raise Http404 from None
    headers = {
        "Cache-Control": f"private, max-age={MAX_AGE}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(content, content_type=f"image/{found.format}", headers=headers)
