"""The doors: /api (JSON:API), /files, /oauth, /admin, plain JSON, and the two health checks.

Collections and single resources below /api are found by `jsonapi.routing` before.
"""

from django.contrib import admin
from django.urls import include, path, re_path

from config import doors, health
from jsonapi import routing
from jsonapi.handlers import not_found

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    *doors.urlpatterns,
    path("api/", include("openapi.urls")),
    # An address of the audit trail looks like a relationship.
    path("api/", include("activity.urls")),
    path("api/", include(routing.routes())),
    re_path(r"^api(/|$)", not_found),
    path("files/", include("transfers.urls")),
    path("", include("customers.urls")),
    path("admin/", admin.site.urls),
    path("", include("oauth.urls")),
]

handler400 = "config.failures.bad_request"
handler500 = "config.failures.server_error"
