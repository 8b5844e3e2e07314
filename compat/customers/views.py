"""The endpoints of `/customers`, and the sources that are attached there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Model, QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from anonymization import services as anonymization
from compat import plain
from compat.customers.errors import Refused, exception_handler
from compat.customers.queries import page
from compat.customers.serializers import (
    ASKED,
    CustomerSerializer,
    CustomerUpdateBody,
    NewCustomerBody,
    NewSourceSerializer,
    SourceSerializer,
)
from customers import accounts, wallets
from customers.models import Customer, CustomerPaymentSource
from jsonapi.access import Caller
from jsonapi.errors import NotFound
from jsonapi.models import UID, new_uid
from oauth.secret_keys import caller_of_key
from oauth.throttle import wait_for
from oauth.verification import InvalidToken, bearer
from organizations.models import User

NOBODY = AnonymousUser()


class SecretKey(BaseAuthentication):
    """`Authorization: Bearer <secret key>`, or a back end's access token."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Caller]:
        key = bearer(request.META.get("HTTP_AUTHORIZATION", ""))
        if key is None:
            raise NotAuthenticated
        try:
            return NOBODY, caller_of_key(key)
        except InvalidToken as error:
            raise AuthenticationFailed from error

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Door(APIView):
    """What all endpoints share."""

    authentication_classes = [SecretKey]
    permission_classes = []
    parser_classes = [plain.Parser]
    renderer_classes = [plain.Renderer]
    content_negotiation_class = plain.Negotiation
    http_method_names = ["get", "head", "post", "delete", "options"]
    model: type[Model] = Customer

    def get_exception_handler(self) -> Any:
        return exception_handler

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        who = f"customers:{self.caller.environment_id}:{self.caller.application_id}"
        if wait := wait_for(who, settings.CUSTOMERS_RATE):
            raise Throttled(wait)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(*args, **kwargs)
        response["x-dr-requestid"] = new_uid()
        assert isinstance(response, Response)  # noqa: S101
        return response

    @property
    def caller(self) -> Caller:
        caller = self.request.auth
        assert isinstance(caller, Caller)  # noqa: S101
        return caller

    @property
    def context(self) -> dict[str, Any]:
        return {"live": self.caller.mode == "live"}

    def allow(self, action: str, resource_type: str = "customers") -> None:
        """Refuse what the role of the key's application does not allow."""
        if not self.caller.may(action, resource_type):
            raise Refused(403, "forbidden", "The key may not do this.")

    def customers(self) -> QuerySet[Customer]:
        rows: QuerySet[Customer] = Customer.objects.visible_to(self.caller)
        return rows.prefetch_related("customer_payment_sources")

    def find(self, uid: str) -> Customer:
        """Return a customer. Raises NotFound."""
        found = self.customers().filter(uid=uid).first() if UID.match(uid) else None
        if found is None:
            raise NotFound
        return found

    def shown(self, customer: Customer) -> dict[str, Any]:
        """Return a customer as they are in the database."""
        return dict(CustomerSerializer(self.find(customer.uid), context=self.context).data)


class CustomersView(Door):
    """GET and POST /customers"""

    def get(self, request: Request) -> Response:
        self.allow("list")
        rows, more = page(self.caller, request.query_params)
        data = CustomerSerializer(rows, many=True, context=self.context).data
        return Response({"hasMore": more, "data": data})

    def post(self, request: Request) -> Response:
        self.allow("create")
        self._refuse_taken(request.data)
        body = _valid(NewCustomerBody(data=request.data))
        customer = accounts.create_customer(
            environment_id=self.caller.environment_id, values=body.columns, caller=self.caller
        )
        return Response(self.shown(customer), status=201)

    def _refuse_taken(self, data: Any) -> None:
        """Before any other complaint: who creates twice wants to hear that, and goes on."""
        uid = data.get("id") if isinstance(data, dict) else None
        if isinstance(uid, str) and self.customers().filter(uid=uid).exists():
            raise Refused(409, "already_exists", "A customer with this id already exists.", "id")


class CustomerView(Door):
    """GET, POST and DELETE /customers/<id>"""

    def get(self, request: Request, uid: str) -> Response:
        self.allow("retrieve")
        return Response(self.shown(self.find(uid)))

    def post(self, request: Request, uid: str) -> Response:
        self.allow("update")
        customer = self.find(uid)
        body = _valid(CustomerUpdateBody(data=request.data))
        with transaction.atomic():
            if body.columns:
                accounts.update_customer(customer=customer, values=body.columns, caller=self.caller)
            self._choose_default(customer, body.validated_data)
            self._forget(customer, body.validated_data.get("requestToBeForgotten"))
            return Response(self.shown(customer))

    def delete(self, request: Request, uid: str) -> Response:
        self.allow("destroy")
        accounts.delete_customer(customer=self.find(uid), caller=self.caller)
        return Response(status=204)

    def _choose_default(self, customer: Customer, data: dict[str, Any]) -> None:
        if "defaultSourceId" not in data:
            return
        try:
            wallets.choose_default(customer=customer, source_uid=data["defaultSourceId"])
        except wallets.SourceNotFound:
            raise Refused(
                400,
                "source_not_found",
                "The source is not attached to the customer.",
                "defaultSourceId",
            ) from None

    def _forget(self, customer: Customer, wanted: bool | None) -> None:
        """Open or withdraw the request to be forgotten; nothing where it already is so."""
        if wanted is None:
            return
        # Read again under the lock: a worker may have finished meanwhile.
        locked = Customer.objects.select_for_update().get(pk=customer.pk)
        if wanted == (locked.anonymization_status in ASKED):
            return
        if locked.is_completely_forgotten:
            raise Refused(
                409,
                "restricted_update",
                "The customer has been forgotten: that cannot be undone.",
                "requestToBeForgotten",
            )
        act = anonymization.request_anonymization if wanted else anonymization.cancel_anonymization
        act(
            environment_id=customer.environment_id,
            subject_uid=customer.uid,
            requester=self._user(),
            caller=self.caller,
        )

    def _user(self) -> User | None:
        """Return the user behind an access token; a secret key stands for nobody."""
        return User.objects.filter(uid=self.caller.owner("User"), is_active=True).first()


class CustomerSourceView(Door):
    """POST and DELETE /customers/<id>/sources/<source id>"""

    http_method_names = ["post", "delete", "options"]

    def post(self, request: Request, uid: str, source_uid: str) -> Response:
        self.allow("update", "customer_payment_sources")
        source = wallets.attach_source(
            customer=self.find(uid), source_uid=_storable(source_uid), caller=self.caller
        )
        return Response(SourceSerializer(source, context=self.context).data)

    def delete(self, request: Request, uid: str, source_uid: str) -> Response:
        self.allow("destroy", "customer_payment_sources")
        wallets.detach_source(
            customer=self.find(uid), source_uid=_storable(source_uid), caller=self.caller
        )
        return Response(status=204)


class SourcesView(Door):
    """POST /sources: what a payment gateway made, to be attached to a customer."""

    http_method_names = ["post", "options"]
    model = CustomerPaymentSource

    def post(self, request: Request) -> Response:
        self.allow("create", "customer_payment_sources")
        body = _valid(NewSourceSerializer(data=request.data))
        source = wallets.create_source(caller=self.caller, values=body.columns)
        return Response(SourceSerializer(source, context=self.context).data, status=201)


class SourceView(Door):
    """GET /sources/<id>"""

    http_method_names = ["get", "head", "options"]
    model = CustomerPaymentSource

    def get(self, request: Request, uid: str) -> Response:
        self.allow("retrieve", "customer_payment_sources")
        rows = CustomerPaymentSource.objects.visible_to(self.caller).select_related("customer")
        source = rows.filter(uid=_storable(uid)).first()
        if source is None:
            raise wallets.SourceNotFound
        return Response(SourceSerializer(source, context=self.context).data)


def _valid(body: BaseSerializer[Any]) -> Any:
    body.is_valid(raise_exception=True)
    return body


def _storable(uid: str) -> str:
    if not UID.match(uid):
        raise wallets.SourceNotFound
    return uid
