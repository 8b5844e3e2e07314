"""Who is forgotten is signed out: on every device, within a second."""

from typing import Any

from django.db.models import QuerySet

from anonymization.erasers import Delete, register
from oauth.models import RefreshToken
from oauth.services import revoke_families


@register
class RefreshTokenEraser(Delete):
    """Deletes the refresh tokens and revokes the access tokens that came with them."""

    model = RefreshToken
    path = "customer__uid"
    secret = {"jti", "family"}

    def erase(self, rows: QuerySet[Any]) -> dict[str, int]:
        families = set(rows.values_list("family", flat=True))
        report = super().erase(rows)
        revoke_families(families)
        return report
