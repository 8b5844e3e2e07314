"""The caller's own organization."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from jsonapi.access import Caller
from jsonapi.models import ResourceQuerySet
from jsonapi.registry import resource
from jsonapi.serializers import Computed, ResourceSerializer
from jsonapi.views import ResourceViewSet
from organizations.models import Organization


def always() -> bool:
    """Answer for what every organization may do."""
    return True


class OrganizationSerializer(ResourceSerializer):
    """A tenant, as its applications see it. Operations staff change it in the admin."""

    domain = Computed(lambda slug: f"{slug}.{settings.DOMAIN}", "slug")
    config = serializers.ReadOnlyField()
    orders_number_editable_test = Computed(always)
    orders_number_editable_live = Computed(always)

    class Meta:
        model = Organization
        common = ("created_at", "updated_at")
        fields = (
            "name",
            "slug",
            "domain",
            "support_phone",
            "support_email",
            "logo_url",
            "favicon_url",
            "primary_color",
            "gtm_id",
            "gtm_id_test",
            "config",
            "addresses_phone_required",
            "orders_sales_channel_guest_only",
            "orders_number_editable_test",
            "orders_number_editable_live",
            "tags_max_name_length",
            "tags_max_allowed_number",
        )


@resource("organizations", singleton="organization")
class OrganizationViewSet(ResourceViewSet):
    serializer_class = OrganizationSerializer
    actions_allowed = ("retrieve",)

    @classmethod
    def rows_for(cls, caller: Caller) -> ResourceQuerySet:
        """Return the one organization that the token names."""
        return Organization.objects.filter(uid=caller.organization_id)
