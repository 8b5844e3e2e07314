"""Every door of this package, and how each tells a failure."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from compat.customers.errors import failure as customers_failure
from compat.customers.urls import urlpatterns as customers
from compat.storefront.errors import failure as storefront_failure
from compat.storefront.urls import urlpatterns as storefront

urlpatterns = [*customers, *storefront]

# Start of the path: what answers a failure outside of every view, given its status and a text.
FAILURES: dict[str, Callable[[HttpRequest, int, str], HttpResponse]] = {
    "/customers": customers_failure,
    "/sources": customers_failure,
    "/api/v1/sdk": storefront_failure,
}
