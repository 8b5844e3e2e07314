"""Where the endpoints of `/api/v1/sdk` are, with a slash at the end or without."""

from django.urls import re_path

from compat.storefront import views
from compat.storefront.errors import not_found

ENDPOINTS = {
    "auth/register": views.RegisterView,
    "auth/login": views.LoginView,
    "auth/logout": views.LogoutView,
    "password/update": views.PasswordUpdateView,
    "customer": views.CustomerView,
    "customer/refresh": views.RefreshView,
}

urlpatterns = [
    *(re_path(rf"^api/v1/sdk/{path}/?$", view.as_view()) for path, view in ENDPOINTS.items()),
    re_path(r"^api/v1/sdk(?:/|$)", not_found),
]
