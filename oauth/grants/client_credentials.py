"""A storefront's guest, or a back end on its own behalf (RFC 6749 section 4.4)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import grants

from oauth.grants.base import Issuing


class ClientCredentialsGrant(Issuing, grants.ClientCredentialsGrant):  # type: ignore[misc]
    """Sales channels need no secret here; everybody can see their client id anyway."""

    def create_token_response(self) -> tuple[int, dict[str, Any], list[Any]]:
        return self.issue(self.scope_for(None), refreshable=False)
