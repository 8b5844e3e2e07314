"""`Idempotency-Key`: a POST that is sent again is answered again, but not done again.

The key is remembered in the transaction of the write itself: both happened, or neither. What is
remembered is which resources were made, not what they looked like; the second reply shows them
as they are by then, and nothing personal is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from jsonapi.access import caller_of
from jsonapi.errors import ApiError, BadRequest, Conflict
from jsonapi.requests import Request

HEADER = "Idempotency-Key"
LONGEST = 255  # characters

Made = Sequence[tuple[str, str] | None]  # types and ids, None for what made no resource


class KeyReused(ApiError):
    """422: the key came with another request before."""

    status_code = 422
    code = "IDEMPOTENCY_KEY_REUSED"
    title = "Idempotency key reused"
    detail = "The key belongs to another request; use a new one."
    header = HEADER


class Store(Protocol):
    """Where keys are remembered: the engine has no tables."""

    def hold(self, digest: str) -> bool:
        """Hold a key until the end of the transaction; False if somebody else does."""

    def find(self, digest: str) -> tuple[str, Made] | None:
        """Return the fingerprint that a key came with, and what was made; None for a new one."""

    def keep(self, digest: str, fingerprint: str, made: Made) -> None:
        """Remember a key."""


_stores: list[Store] = []


def use(store: Store) -> None:
    """Remember keys in `store` from now on."""
    _stores[:] = [store]


def once(
    request: Request,
    do: Callable[[], tuple[HttpResponse, Made]],
    again: Callable[[Made], HttpResponse],
) -> HttpResponse:
    """Answer by `do`, or by `again` where the request's key says that it was done before.

    Raises Conflict while it is being done, KeyReused for a key of another request.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return do()[0]
    digest, fingerprint = _digest(request, key), _fingerprint(request)
    store = _stores[0]
    with transaction.atomic():
        if not store.hold(digest):
            raise Conflict("The request with this key is being processed.", header=HEADER)
        known = store.find(digest)
        if known is None:
            response, made = do()
            store.keep(digest, fingerprint, made)
            return response
    if known[0] != fingerprint:
        raise KeyReused
    response = again(known[1])
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: Request, key: str) -> str:
    """Return what a key is remembered by: it is its caller's own, and may be anything."""
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise BadRequest(
            "INVALID_IDEMPOTENCY_KEY",
            "Invalid idempotency key",
            f"A key has 1 to {LONGEST} printable characters of ASCII.",
            header=HEADER,
        )
    caller = caller_of(request)
    scope = [caller.environment_id, caller.application_id, caller.owner_type, caller.owner_id]
    if not caller.is_trusted and caller.owner_id is None:
        # Guests share an application: a key is good for the token that it came with.
        scope.append(request.META.get("HTTP_AUTHORIZATION", ""))
    return _keyed([*scope, key])


def _fingerprint(request: Request) -> str:
    return _keyed([request.path, request.data])


def _keyed(facts: Any) -> str:
    text = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
    return salted_hmac("jsonapi.idempotency", text, algorithm="sha256").hexdigest()
