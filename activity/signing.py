"""How a receiver knows that a callback is ours: two signatures, made with one shared secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

MEDIA_TYPE = "application/vnd.api+json"
AGENT = "Clientele"


def headers(*, topic: str, message_id: str, secret: str, body: bytes) -> dict[str, str]:
    """Return the headers of a callback.

    `X-CommerceLayer-Signature` is the base64 of the HMAC-SHA256 of the body with the secret.
    `Webhook-Signature` is that of https://www.standardwebhooks.com (version 1): it covers an id,
    which every attempt repeats, and the time in seconds since 1970, so that nobody can send an
    old callback again.
    """
    sent_at = str(int(time.time()))
    content = b".".join([message_id.encode(), sent_at.encode(), body])
    return {
        "Content-Type": MEDIA_TYPE,
        "User-Agent": AGENT,
        "X-CommerceLayer-Topic": topic,
        "X-CommerceLayer-Signature": _mac(secret.encode(), body),
        "Webhook-Id": message_id,
        "Webhook-Timestamp": sent_at,
        # Its libraries read secrets as base64, which hexadecimal digits are as well.
        "Webhook-Signature": f"v1,{_mac(base64.b64decode(secret), content)}",
    }


def _mac(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
