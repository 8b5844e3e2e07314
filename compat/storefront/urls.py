"""Where the endpoints of `/api/v1/sdk` are, with a slash at the end or without."""

from django.urls import re_path

from compat.storefront import mails, offers, pictures, views
from compat.storefront.errors import not_found

ENDPOINTS = {
    "auth/register": views.RegisterView,
    "auth/login": views.LoginView,
    "auth/logout": views.LogoutView,
    "password/forgot": mails.ForgotPasswordView,
    "password/reset": mails.ResetPasswordView,
    "password/update": views.PasswordUpdateView,
    "customer": views.CustomerView,
    "customer/refresh": views.RefreshView,
    "customer/plans": offers.PlansView,
    "customer/coupons": offers.CouponsView,
    "customer/product_sku": offers.SkusView,
    "customer/email/verify": mails.VerifyEmailView,
    "customer/picture": pictures.PictureView,
}

urlpatterns = [
    *(re_path(rf"^api/v1/sdk/{path}/?$", view.as_view()) for path, view in ENDPOINTS.items()),
    re_path(r"^api/v1/sdk(?:/|$)", not_found),
]
