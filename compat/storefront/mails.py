"""What customers do with the links in their mails: confirm an e-mail, choose a password."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from compat.storefront.base import Storefront, stranger
from compat.storefront.bodies import ForgotBody, ResetBody, VerifyBody
from compat.storefront.errors import Refused
from compat.storefront.words import say
from customers import letters, services
from customers.models import CustomerPasswordReset
from jsonapi.errors import Conflict, Invalid
from oauth.storefronts import issue_token

POST = frozenset({"POST"})
HOUR = 3600  # seconds


class VerifyEmailView(Storefront):
    """GET customer/email/verify sends the link, POST takes what was in it."""

    http_method_names = ["get", "post", "options"]
    public = limited = POST

    def get(self, request: Request) -> Response:
        if self.customer.email_confirm:
            raise Refused(404, "already_confirmed")
        if not self.customer.email:
            raise Refused(404, "no_email")
        try:
            letters.request_confirmation(customer=self.customer)
        except letters.TooManyLetters:
            raise Refused(429, "too_many", wait=HOUR) from None
        return self.shown(self.customer, issue_token(self.customer, after=self.caller.claims))

    def post(self, request: Request) -> Response:
        token = VerifyBody(data=self.body).run()["email_verify_token"]
        try:
            customer = letters.confirm_email(
                environment_id=self.site.pk, token=token, caller=stranger(self.site)
            )
        except (Invalid, Conflict):
            raise Refused(404, "verify_invalid") from None
        return self.shown(customer)


class ForgotPasswordView(Storefront):
    """POST password/forgot: the same reply whether somebody has the e-mail or not."""

    http_method_names = ["post", "options"]
    public = limited = POST

    def post(self, request: Request) -> Response:
        email = ForgotBody(data=self.body).run()["email"]
        letters.request_new_password(environment_id=self.site.pk, email=email)
        return Response({"data": {"message": say("reset_sent", self.language)}})


class ResetPasswordView(Storefront):
    """POST password/reset: every failure is a 404."""

    http_method_names = ["post", "options"]
    public = limited = POST

    def post(self, request: Request) -> Response:
        try:
            sent = ResetBody(data=self.body).run()
        except ValidationError:
            raise Refused(404, "reset_invalid") from None
        found = CustomerPasswordReset.objects.by_token(self.site.pk, sent["token"])
        is_theirs = found.filter(customer__email=sent["email"].strip().lower()).exists()
        if not is_theirs or sent["password"] != sent["password_confirmation"]:
            raise Refused(404, "reset_invalid")
        try:
            customer = services.reset_password(
                environment_id=self.site.pk,
                token=sent["token"],
                password_hash=make_password(sent["password"]),
            )
        except (Invalid, Conflict):
            raise Refused(404, "reset_invalid") from None
        return self.shown(customer)
