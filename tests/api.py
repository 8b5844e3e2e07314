"""An HTTP client that speaks JSON:API, and what it gets its token with."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.test import Client

MEDIA_TYPE = "application/vnd.api+json"


class Api:
    """A client with a token; bodies are documents, paths start below /api."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token
        self.client = Client()

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Accept": MEDIA_TYPE, **headers}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        media_type = sent.pop("Content-Type", MEDIA_TYPE)
        return self.client.generic(
            method, f"/api/{path}", data, content_type=media_type, headers=sent
        )

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(
            f"/api/{path}",
            query or {},
            headers={
                "Accept": MEDIA_TYPE,
                **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
                **headers,
            },
        )

    def post(self, resource_type: str, **members: Any) -> Any:
        return self.request("POST", resource_type, document(resource_type, **members))

    def patch(self, resource_type: str, uid: str, **members: Any) -> Any:
        body = document(resource_type, id=uid, **members)
        return self.request("PATCH", f"{resource_type}/{uid}", body)

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path)


def document(resource_type: str, **members: Any) -> dict[str, Any]:
    """Return a request document; relationships are given as `name=row` pairs."""
    relationships = members.pop("relationships", {})
    data = {"type": resource_type, "attributes": members.pop("attributes", {}), **members}
    data["relationships"] = {name: {"data": linked} for name, linked in relationships.items()}
    return {"data": data}


def identifier(resource_type: str, row: Any) -> dict[str, str]:
    return {"type": resource_type, "id": row.uid}


def token_for(application: Any, **grant: Any) -> str:
    """Return an access token, got at /oauth/token as a client would."""
    body = {"client_id": application.client_id, "grant_type": "client_credentials", **grant}
    if application.secret:
        body["client_secret"] = application.secret
    reply = Client().post("/oauth/token", body, content_type="application/json")
    assert reply.status_code == 200, reply.content
    return str(reply.json()["access_token"])


def assertion(owner_type: str, uid: str) -> str:
    """Return what the official client's createAssertion makes: nobody checks its signature."""
    claims = {"https://commercelayer.io/claims": {"owner": {"type": owner_type, "id": uid}}}
    parts = [{"alg": "HS512", "typ": "JWT"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(text.rstrip("=") for text in texts), "c2lnbmF0dXJl"])


def token_of_owner(application: Any, owner_type: str, uid: str) -> str:
    """Return a token of `application` for a user or customer."""
    return token_for(
        application,
        grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion=assertion(owner_type, uid),
    )


def error(reply: Any) -> dict[str, Any]:
    """Return the only error of a refusal."""
    errors = reply.json()["errors"]
    assert len(errors) == 1, errors
    return errors[0]
