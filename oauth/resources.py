"""GET /api/application: the client that a token was issued to."""

from jsonapi.registry import resource
from jsonapi.serializers import Computed, ResourceSerializer
from jsonapi.views import ResourceViewSet
from oauth.models import Application, is_public


def first(uris: list[str]) -> str | None:
    """Return the first of the registered addresses."""
    return uris[0] if uris else None


class ApplicationSerializer(ResourceSerializer):
    public_access = Computed(is_public, "kind", "secret_hash")
    redirect_uri = Computed(first, "redirect_uris")

    class Meta:
        model = Application
        fields = ("name", "kind", "public_access", "redirect_uri", "scopes")


@resource("applications", singleton="application")
class ApplicationViewSet(ResourceViewSet):
    """Read-only: applications are made in the admin."""

    serializer_class = ApplicationSerializer
    actions_allowed = ("retrieve",)
