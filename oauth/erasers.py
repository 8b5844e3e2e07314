"""Who is forgotten is signed out: on every device, within a second."""

from collections.abc import Collection
from typing import Any

from anonymization.erasers import Delete, register
from oauth.models import RefreshToken
from oauth.services import revoke_families


@register
class RefreshTokenEraser(Delete):
    """Deletes the refresh tokens and revokes the access tokens that came with them."""

    model = RefreshToken
    path = "customer__uid"
    secret = {"jti", "family"}

    def erase(self, keys: Collection[Any], **also: Any) -> int:
        """Delete them, and refuse whatever token came from the same sign-ins."""
        families = set(self.rows(keys).values_list("family", flat=True))
        count = super().erase(keys, **also)
        revoke_families(families)
        return count
