"""A bare Django view: two middlewares, no database, bytes that are there already."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="unused",  # noqa: S106
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
)

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()


def listing(_request: HttpRequest, **_path: Any) -> HttpResponse:
    """Return the product's own bytes."""
    return HttpResponse(BODY, content_type="application/vnd.api+json")


urlpatterns = [path("api/customers", listing)]
application = get_wsgi_application()
