"""RSA keys for tokens: kept encrypted, read into each process, rotated without a gap."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import pairwise

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.encoding import force_bytes

from oauth.models import LONGEST_LIFETIME, SigningKey

# A new key is published this long before it signs, so that every process knows it by then.
PUBLISHED_BEFORE_USE = timedelta(seconds=30)
REREAD_AFTER = 10.0  # seconds
REREAD_AT_MOST_EVERY = 1.0  # seconds, whatever key ids strangers make up
LOCK = 0x6F617574  # of pg_advisory_xact_lock, while the first key is made


@dataclass(frozen=True)
class Key:
    """A key of the ring. `private` is None where SECRET_KEY cannot decrypt it any more."""

    kid: str
    public: str
    private: str | None

    @cached_property
    def jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key (RFC 7517)."""
        key = serialization.load_pem_public_key(self.public.encode())
        numbers = key.public_numbers()  # type: ignore[union-attr]
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS512",
            "kid": self.kid,
            "n": _base64url(numbers.n),  # type: ignore[union-attr]
            "e": _base64url(numbers.e),  # type: ignore[union-attr]
        }


class KeyRing:
    """The keys as this process knows them, at most 10 seconds old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything; the next use reads the table."""
        self._read_at = float("-inf")
        self._keys: dict[str, Key] = {}
        self._signing: Key | None = None

    def current(self) -> dict[str, Key]:
        """Return the keys that verify, by key id."""
        if time.monotonic() - self._read_at > REREAD_AFTER:
            self._read()
        return self._keys

    def get(self, kid: str) -> Key | None:
        """Return a key; an unknown id is worth another look at the table, once a second."""
        key = self.current().get(kid)
        if key is None and time.monotonic() - self._read_at > REREAD_AT_MOST_EVERY:
            self._read()
            key = self._keys.get(kid)
        return key

    @property
    def signing(self) -> Key:
        """The key that signs; made now if there is none."""
        self.current()
        signing = self._signing
        if signing is None:
            ensure_key()
            signing = self._read()
        if signing is None:
            raise RuntimeError("no signing key can be decrypted")
        return signing

    def published(self) -> list[dict[str, str]]:
        """Return the public keys as JSON Web Keys, the one that signs among them."""
        signing = self.signing
        return [key.jwk for key in {signing.kid: signing, **self._keys}.values()]

    def _read(self) -> Key | None:
        with self._lock:
            rows = list(SigningKey.objects.order_by("created_at", "pk"))
            retired = {row.kid for row in rows if row.retired_at is not None}
            active = [(_key(row), row) for row in rows if row.retired_at is None]
            # A key goes when its row says so, not when its row is missing.
            kept = {kid: key for kid, key in self._keys.items() if kid not in retired}
            self._keys = kept | {key.kid: key for key, _ in active}
            self._signing = _choose(active)
            self._read_at = time.monotonic()
            return self._signing


ring = KeyRing()


def _key(row: SigningKey) -> Key:
    return Key(row.kid, row.public_key, decrypt(row.private_key))


def _choose(active: list[tuple[Key, SigningKey]]) -> Key | None:
    """Return the newest published key; before any is, the oldest: all processes agree on it."""
    usable = [(key, row) for key, row in active if key.private]
    published = timezone.now() - PUBLISHED_BEFORE_USE
    ready = [key for key, row in usable if row.created_at <= published]
    return ready[-1] if ready else next((key for key, _ in usable), None)


def make_key() -> SigningKey:
    """Save and return a new RSA key of 2048 bits."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey.objects.create(
        kid=secrets.token_hex(32),
        public_key=public.decode(),
        private_key=_box().encrypt(private).decode(),
    )


@transaction.atomic
def ensure_key() -> None:
    """Make a key unless one can sign; of several processes, one makes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    stored = SigningKey.objects.filter(retired_at=None).values_list("private_key", flat=True)
    if not any(decrypt(private) for private in stored):
        make_key()


@transaction.atomic
def rotate(*, at_once: bool = False) -> SigningKey:
    """Make a new key, and retire those whose last token has expired.

    The new key signs after 30 seconds. `at_once` is for a stolen key: every other key is
    retired, its tokens become invalid within 10 seconds and the new one signs immediately.
    """
    key = make_key()
    now = timezone.now()
    active = SigningKey.objects.filter(retired_at=None).order_by("-created_at", "-pk")
    for newer, older in pairwise(active):
        if at_once or newer.created_at < now - LONGEST_LIFETIME:
            older.retired_at = now
            older.save(update_fields=["retired_at"])
    transaction.on_commit(ring.clear)
    return key


def decrypt(token: str) -> str | None:
    """Return the private key in clear; None if it was encrypted with another SECRET_KEY."""
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    return MultiFernet(
        [_fernet(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(secret: str | bytes) -> Fernet:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=b"oauth signing keys")
    return Fernet(base64.urlsafe_b64encode(derivation.derive(force_bytes(secret))))


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
