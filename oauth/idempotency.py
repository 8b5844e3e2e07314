"""Where the keys of `Idempotency-Key` are remembered: with who may use them."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from jsonapi.idempotency import Made
from oauth.models import IdempotencyKey

KEPT_FOR = timedelta(hours=24)


class Keys:
    """The table of keys. Held by locks that end with the transaction, however it ends."""

    def hold(self, digest: str) -> bool:
        """Hold a key until the end of the transaction; False if somebody else does."""
        number = int.from_bytes(bytes.fromhex(digest)[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
            (held,) = cursor.fetchone()
        return bool(held)

    def find(self, digest: str) -> tuple[str, Made] | None:
        """Return the fingerprint that a key came with, and what was made; None for a new one."""
        known = IdempotencyKey.objects.live().filter(digest=digest).first()
        if known is None:
            return None
        return known.fingerprint, [tuple(one) if one else None for one in known.made]

    def keep(self, digest: str, fingerprint: str, made: Made) -> None:
        """Remember a key for 24 hours."""
        IdempotencyKey.objects.update_or_create(
            digest=digest,
            defaults={
                "fingerprint": fingerprint,
                "made": list(made),
                "expires_at": timezone.now() + KEPT_FOR,
            },
        )
