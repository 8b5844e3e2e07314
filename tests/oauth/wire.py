"""What clients send to the authorization server, and how its tokens read."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.test import Client

from tests.factories import PASSWORD

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
INVALID_TOKEN = {
    "title": "Invalid token",
    "detail": "The access token you provided is invalid.",
    "code": "INVALID_TOKEN",
    "status": "401",
}


def post(path: str, body: Any, content_type: str = "application/json", **headers: str) -> Any:
    return Client().post(path, body, content_type=content_type, headers=headers)


def ask(application: Any = None, **body: Any) -> Any:
    """Send what js-auth sends to /oauth/token; `application` adds its credentials."""
    return post("/oauth/token", credentials(application) | body)


def credentials(application: Any) -> dict[str, str]:
    if application is None:
        return {}
    sent = {"client_id": application.client_id}
    return sent | ({"client_secret": application.secret} if application.secret else {})


def granted(application: Any, **body: Any) -> dict[str, Any]:
    """Return the reply to a request that must succeed."""
    reply = ask(application, **body)
    assert reply.status_code == 200, reply.content
    return reply.json()


def sign_in(shop: Any, **body: Any) -> dict[str, Any]:
    """Return the tokens of Alice."""
    return granted(
        shop.channel, grant_type="password", username=shop.alice.email, password=PASSWORD, **body
    )


def revoke(application: Any, token: str, **body: Any) -> Any:
    return post("/oauth/revoke", {"client_id": application.client_id, "token": token, **body})


def refused(reply: Any) -> tuple[Any, ...]:
    """Return the title, code and status of the only error, whose form is checked."""
    (error,) = reply.json()["errors"]
    assert set(error) == {"title", "detail", "code", "status", "meta"}
    assert error["status"] == reply.status_code
    assert error["meta"] == {}
    assert reply["Cache-Control"] == "no-store"
    return error["title"], error["code"], error["status"]


def is_good(token: str) -> bool:
    """Tell whether the API accepts a token; if not, it must say so as official clients expect."""
    reply = Client().get("/api/application", headers={"Authorization": f"Bearer {token}"})
    if reply.status_code == 200:
        return True
    assert (reply.status_code, reply.json()["errors"]) == (401, [INVALID_TOKEN])
    return False


def claims(token: str) -> dict[str, Any]:
    return segment(token, 1)


def segment(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def encode(part: Any) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def assertion(payload: Any) -> str:
    """Return a JWT with a signature of nobody, around `payload`."""
    return f"{encode({'alg': 'HS512', 'typ': 'JWT'})}.{encode(payload)}.{encode(b'nobody')}"


def claim(**members: Any) -> str:
    """Return the assertion of js-auth's createAssertion."""
    return assertion({"https://commercelayer.io/claims": members, "iat": 1_790_000_000})


def owner(row: Any) -> dict[str, str]:
    return {"type": type(row).__name__, "id": row.uid}
