"""Errors of orders, as /api shows them."""

from __future__ import annotations

from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer
from jsonapi.views import READ_ONLY, ResourceViewSet
from orders.models import ResourceError


class ResourceErrorSerializer(ResourceSerializer):
    """What kept a resource from going on, when a worker tried."""

    class Meta:
        model = ResourceError
        fields = ("name", "code", "message", "resource")
        read_only_fields = ("resource",)


@resource("resource_errors")
class ResourceErrorViewSet(ResourceViewSet):
    serializer_class = ResourceErrorSerializer
    actions_allowed = READ_ONLY
