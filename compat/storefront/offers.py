"""What is offered to a customer only because of who they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from catalog import services
from compat.storefront.base import Storefront
from compat.storefront.errors import Refused
from compat.storefront.serializers import (
    EligibleCouponSerializer,
    EligiblePlanSerializer,
    EligibleSkuSerializer,
)


class OffersView(Storefront):
    """A list; no match is a 404."""

    http_method_names = ["get", "head", "options"]
    serializer_class: ClassVar[type[Serializer[Any]]]
    find: ClassVar[Callable[..., Sequence[Any]]]

    def get(self, request: Request) -> Response:
        found = type(self).find(customer=self.customer)
        if not found:
            raise Refused(404, "nothing_eligible")
        return Response({"data": self.serializer_class(found, many=True).data})


class PlansView(OffersView):
    """GET customer/plans"""

    serializer_class = EligiblePlanSerializer
    find = staticmethod(services.eligible_plans)


class CouponsView(OffersView):
    """GET customer/coupons"""

    serializer_class = EligibleCouponSerializer
    find = staticmethod(services.eligible_coupons)


class SkusView(OffersView):
    """GET customer/product_sku"""

    serializer_class = EligibleSkuSerializer
    find = staticmethod(services.eligible_skus)
