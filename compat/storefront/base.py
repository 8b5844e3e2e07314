"""What all endpoints of `/api/v1/sdk` share: site, language, customer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from rest_framework.exceptions import ParseError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compat import plain
from compat.storefront.errors import Refused, exception_handler
from compat.storefront.serializers import describe
from compat.storefront.words import known
from customers.models import Customer
from jsonapi.access import Caller
from jsonapi.errors import TooLarge
from jsonapi.nesting import is_storable
from oauth.callers import caller_of
from oauth.storefronts import application_of
from oauth.throttle import seconds_to_wait
from oauth.verification import InvalidToken, RevokedToken, bearer
from organizations.models import Environment

LARGEST_BODY = 6 * 2**20  # bytes: a picture and what comes with it
MEMBER = re.compile(r"\A(\w+)\[([^\]]+)\]\Z")
FORMS = {"application/x-www-form-urlencoded": FormParser, "multipart/form-data": MultiPartParser}


class Negotiation(plain.Negotiation):
    """Forms are read as such, everything else as JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = FORMS.get((request.content_type or "").partition(";")[0].strip().lower())
        return next((one for one in parsers if type(one) is kind), parsers[0])


class Storefront(APIView):
    """An endpoint; `site` and `language` are those of the request, `customer` is the token's."""

    authentication_classes = []
    permission_classes = []
    parser_classes = [plain.Parser, FormParser, MultiPartParser]
    renderer_classes = [plain.Renderer]
    content_negotiation_class = Negotiation
    http_method_names = ["get", "head", "post", "put", "delete", "options"]
    model: type[Model] = Customer

    # Methods that anybody may use.
    public: frozenset[str] = frozenset()
    # Methods that may be used as often as tokens may be asked for.
    limited: frozenset[str] = frozenset()

    site: Environment
    language: str
    body: dict[str, Any]
    token: str
    caller: Caller
    customer: Customer

    def get_exception_handler(self) -> Any:
        return exception_handler

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.language = known(request.query_params.get("language"))
        super().initial(request, *args, **kwargs)
        method = str(request.method)
        if method not in self.allowed_methods or method == "OPTIONS":
            return
        if method in self.limited and (wait := seconds_to_wait(request._request)):
            raise Refused(429, "too_many", wait=wait)
        self.body = _body(request)
        self.site = _site(request, self.body)
        if method not in self.public:
            self._identify(request)

    def shown(self, customer: Customer, token: str | None = None, status: int = 200) -> Response:
        """Return the reply that shows a customer."""
        return Response(
            {"data": describe(customer, absolute=self.request.build_absolute_uri, token=token)},
            status=status,
        )

    def _identify(self, request: Request) -> None:
        self.token = _token(request, self.body)
        try:
            self.caller = caller_of(self.token)
        except RevokedToken:
            raise Refused(403, "token_revoked") from None
        except InvalidToken:
            raise Refused(401, "token_invalid") from None
        uid = self.caller.owner("Customer")
        here = self.caller.environment_id == self.site.pk
        rows = Customer.objects.visible_to(self.caller).present() if uid and here else None
        customer = rows.filter(uid=uid).first() if rows is not None else None
        if customer is None:
            raise Refused(401, "token_invalid")
        self.customer = customer


def _body(request: Request) -> dict[str, Any]:
    """Return what was sent, `metadata[color]` of forms as nested objects."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > LARGEST_BODY:
        raise TooLarge
    data = request.data
    if hasattr(data, "lists"):
        return _nested({name: values[-1] for name, values in data.lists() if values})
    if not isinstance(data, dict):
        raise ParseError
    return data


def _nested(form: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in form.items():
        if not (is_storable(name) and is_storable(value)):
            raise ParseError
        member = MEMBER.match(name)
        if member is None:
            nested[name] = value
            continue
        inside = nested.setdefault(member[1], {})
        if isinstance(inside, dict):
            inside[member[2]] = value
    return nested


def _site(request: Request, body: Mapping[str, Any]) -> Environment:
    raw = request.query_params.get("site_id") or body.get("site_id")
    if raw is None or raw == "":
        raise Refused(400, "site_missing")
    if isinstance(raw, bool) or not re.fullmatch(r"[0-9]{1,18}", str(raw)):
        raise Refused(404, "site_unknown")
    site = Environment.objects.select_related("organization").filter(pk=int(raw)).first()
    if site is None:
        raise Refused(404, "site_unknown")
    return site


def _token(request: Request, body: Mapping[str, Any]) -> str:
    if token := bearer(request.META.get("HTTP_AUTHORIZATION", "")):
        return token
    sent = body.get("auth_token")
    if isinstance(sent, str) and sent.strip():
        return sent.strip()
    raise Refused(401, "token_missing")


def stranger(site: Environment) -> Caller:
    """Return who acts while nobody is signed in: the site's own application."""
    return Caller(
        environment_id=site.pk,
        organization_id=site.organization.uid,
        organization_slug=site.organization.slug,
        mode=site.mode,
        kind="sales_channel",
        application_id=application_of(site.pk).uid,
        permissions={},
    )
