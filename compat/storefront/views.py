"""Signing up, in and out, and looking after oneself."""

from __future__ import annotations

from contextlib import suppress

from rest_framework.request import Request
from rest_framework.response import Response

from compat.storefront.base import Storefront, stranger
from compat.storefront.bodies import LoginBody, NewPasswordBody, ProfileBody, RegisterBody
from compat.storefront.errors import Refused
from customers import accounts, letters
from oauth import services as oauth
from oauth.signing_in import LockedOut, WrongCredentials, check_password, sign_in
from oauth.storefronts import issue_token
from oauth.throttle import address_of

POST = frozenset({"POST"})


class RegisterView(Storefront):
    """POST auth/register"""

    http_method_names = ["post", "options"]
    public = limited = POST

    def post(self, request: Request) -> Response:
        values = RegisterBody(data={"language": self.language, **self.body}).columns()
        customer = accounts.create_customer(
            environment_id=self.site.pk, values=values, caller=stranger(self.site)
        )
        letters.request_confirmation(customer=customer)
        return self.shown(customer, issue_token(customer))


class LoginView(Storefront):
    """POST auth/login"""

    http_method_names = ["post", "options"]
    public = limited = POST

    def post(self, request: Request) -> Response:
        sent = LoginBody(data=self.body).run()
        try:
            customer = sign_in(
                environment_id=self.site.pk,
                address=address_of(request._request),
                email=sent.get("email"),
                username=sent.get("username"),
                password=sent["password"],
            )
        except WrongCredentials:
            raise Refused(404, "credentials") from None
        except LockedOut as refusal:
            raise Refused(429, "locked_out", wait=refusal.wait) from None
        return self.shown(customer, issue_token(customer))


class LogoutView(Storefront):
    """POST auth/logout"""

    http_method_names = ["post", "options"]

    def post(self, request: Request) -> Response:
        oauth.revoke_claims(self.caller.claims)
        return self.shown(self.customer)


class CustomerView(Storefront):
    """POST and PUT customer"""

    http_method_names = ["post", "put", "options"]

    def post(self, request: Request) -> Response:
        return self.shown(self.customer, self.token)

    def put(self, request: Request) -> Response:
        values = ProfileBody(data=self.body).columns(self.customer)
        customer = self.customer
        if values:
            customer = accounts.update_customer(
                customer=customer, values=values, caller=self.caller
            )
        if customer.email != self.customer.email and not customer.email_confirm:
            # After five letters within the hour the address has to wait for its own.
            with suppress(letters.TooManyLetters):
                letters.request_confirmation(customer=customer)
        return self.shown(customer, issue_token(customer, after=self.caller.claims))


class RefreshView(Storefront):
    """POST customer/refresh"""

    http_method_names = ["post", "options"]

    def post(self, request: Request) -> Response:
        return self.shown(self.customer, issue_token(self.customer, after=self.caller.claims))


class PasswordUpdateView(Storefront):
    """POST password/update"""

    http_method_names = ["post", "options"]

    def post(self, request: Request) -> Response:
        sent = NewPasswordBody(data=self.body).run()
        try:
            check_password(
                customer=self.customer,
                password=sent["old_password"],
                address=address_of(request._request),
            )
        except WrongCredentials:
            raise Refused(400, "password_wrong") from None
        except LockedOut as refusal:
            raise Refused(429, "locked_out", wait=refusal.wait) from None
        customer = accounts.change_password(customer=self.customer, password=sent["new_password"])
        return self.shown(customer, issue_token(customer))
