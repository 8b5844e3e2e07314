"""Viewsets as DJA's documentation writes them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework_json_api.views import ModelViewSet, RelationshipView

from benchmarks.stock.models import Customer, CustomerAddress, Order
from benchmarks.stock.serializers import (
    CustomerAddressSerializer,
    CustomerSerializer,
    OrderSerializer,
)


class TenantViewSet(ModelViewSet):
    """Rows of the environment that the token is for."""

    lookup_field = "uid"

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        return rows.filter(environment_id=self.request.auth["environment_id"])

    def perform_create(self, serializer: Any) -> None:
        serializer.save(environment_id=self.request.auth["environment_id"])


class CustomerViewSet(TenantViewSet):
    queryset = Customer.objects.order_by("id")
    serializer_class = CustomerSerializer
    filterset_fields = {
        "email": ("exact", "icontains"),
        "total_orders_count": ("exact", "gt", "lt"),
        "created_at": ("gte", "lte"),
    }
    ordering_fields = ("email", "created_at", "updated_at", "total_orders_count")
    prefetch_for_includes = {
        "customer_addresses": [
            Prefetch(
                "customer_addresses",
                CustomerAddress.objects.select_related("address").order_by("id"),
            )
        ],
        "orders": [Prefetch("orders", Order.objects.select_related("market").order_by("id"))],
    }


class CustomerAddressViewSet(TenantViewSet):
    queryset = CustomerAddress.objects.order_by("id")
    serializer_class = CustomerAddressSerializer
    select_for_includes = {"__all__": ["customer", "address"]}


class OrderViewSet(TenantViewSet):
    queryset = Order.objects.order_by("id")
    serializer_class = OrderSerializer
    select_for_includes = {"__all__": ["customer", "market"]}


class CustomerRelationshipView(RelationshipView):
    lookup_field = "uid"
    queryset = Customer.objects.all()


class CustomerAddressRelationshipView(RelationshipView):
    lookup_field = "uid"
    queryset = CustomerAddress.objects.all()


class OrderRelationshipView(RelationshipView):
    lookup_field = "uid"
    queryset = Order.objects.all()


VIEWSETS = {
    "customers": CustomerViewSet,
    "customer_addresses": CustomerAddressViewSet,
    "orders": OrderViewSet,
}
RELATIONSHIPS = {
    "customers": CustomerRelationshipView,
    "customer_addresses": CustomerAddressRelationshipView,
    "orders": OrderRelationshipView,
}
