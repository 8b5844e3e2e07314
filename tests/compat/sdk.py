"""A storefront that talks to /api/v1/sdk."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_customer


class Sdk:
    """Sends JSON, with a bearer token if there is one."""

    def __init__(self, site: Any, language: str | None = None) -> None:
        self.site = site
        self.language = language
        self.token: str | None = None
        self.client = Client()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        media_type = headers.pop("Content-Type", "application/json")
        return self.client.generic(
            method, self.url(path), data, content_type=media_type, headers=headers
        )

    def url(self, path: str) -> str:
        query = {"site_id": self.site, "language": self.language}
        given = urlencode({name: value for name, value in query.items() if value is not None})
        return f"/api/v1/sdk/{path}?{given}"

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self.send("POST", path, body)

    def put(self, **body: Any) -> Any:
        return self.send("PUT", "customer", body)

    def use(self, reply: Any) -> dict[str, Any]:
        """Go on with the token of a reply; return its data."""
        assert reply.status_code == 200, reply.content
        data: dict[str, Any] = reply.json()["data"]
        self.token = data["token"]
        return data

    def register(self, **body: Any) -> dict[str, Any]:
        return self.use(self.post("auth/register", **{"password": PASSWORD, **body}))


def sentence(reply: Any) -> tuple[int, str]:
    """Return status and text of a refusal in one sentence."""
    body = reply.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"status", "message"}
    assert body["error"]["status"] == reply.status_code
    return reply.status_code, body["error"]["message"]


def faults(reply: Any) -> dict[str, list[str]]:
    """Return the faults of fields."""
    assert reply.status_code == 400, reply.content
    body = reply.json()
    assert set(body) == {"errors"}, body
    assert all(isinstance(texts, list) and texts for texts in body["errors"].values())
    found: dict[str, list[str]] = body["errors"]
    return found


@pytest.fixture
def sdk(shop) -> Sdk:
    return Sdk(shop.environment.pk)


@pytest.fixture
def ada(shop):
    return make_customer(
        shop.environment, email="ada@example.com", username="ada-b", password=PASSWORD
    )


@pytest.fixture
def as_ada(sdk, ada) -> Sdk:
    """A storefront that Ada has signed in to."""
    sdk.use(sdk.post("auth/login", email=ada.email, password=PASSWORD))
    return sdk
