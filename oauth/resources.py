"""GET /api/application: the client that a token was issued to."""

from jsonapi.access import Caller
from jsonapi.claims import claim
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


@claim("jwt_customer", "customers", many=False)
def customer(caller: Caller) -> list[str]:
    """Return whom the token belongs to, if that is a customer."""
    owner = caller.owner("Customer")
    return [] if owner is None else [owner]


@claim("jwt_markets", "markets", many=True)
def markets(caller: Caller) -> list[str]:
    """Return the markets of the token's scope; none where it names none."""
    return list(caller.market_ids or ())


@claim("jwt_stock_locations", "stock_locations", many=True)
def stock_locations(caller: Caller) -> list[str]:
    """Return the stock locations of the token's scope."""
    market = caller.claims.get("market") or {}
    return list(market.get("stock_location_ids") or ())
