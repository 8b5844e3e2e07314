"""A client of /customers with a secret key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client


class Door:
    """Sends JSON with a key; `call` returns status and body."""

    def __init__(self, key: str | None) -> None:
        self.key = key
        self.client = Client()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        media_type = headers.pop("Content-Type", "application/json")
        return self.client.generic(
            method, path, data, content_type=media_type, headers={**sent, **headers}
        )

    def get(self, path: str = "", **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.client.get(f"/customers{path}", query, headers=headers)

    def post(self, path: str = "", body: Any = None, **headers: str) -> Any:
        return self.send("POST", f"/customers{path}", body, **headers)

    def delete(self, path: str) -> Any:
        return self.send("DELETE", f"/customers{path}")

    def make(self, **body: Any) -> dict[str, Any]:
        reply = self.post("", body)
        assert reply.status_code == 201, reply.content
        return reply.json()

    def source(self, kind: str = "creditCard", **details: Any) -> str:
        reply = self.send("POST", "/sources", {"type": kind, **details})
        assert reply.status_code == 201, reply.content
        return reply.json()["id"]


def refusal(reply: Any) -> tuple[int, str, str, str | None]:
    """Return status, type, code and parameter of a refusal with one fault."""
    body = reply.json()
    assert set(body) == {"type", "errors"}, body
    assert len(body["errors"]) == 1, body
    (fault,) = body["errors"]
    assert set(fault) - {"parameter"} == {"code", "message"}
    assert fault["message"]
    return reply.status_code, body["type"], fault["code"], fault.get("parameter")


@pytest.fixture
def door(shop) -> Door:
    return Door(shop.application.secret)
