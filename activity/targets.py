"""Where callbacks may go: public addresses, unless settings.WEBHOOKS_TO_PRIVATE_ADDRESSES.

Whoever may make a webhook makes this server send requests. It must not be made to send them to
what stands behind its own firewall (OWASP API7, server-side request forgery). So a name is
resolved once, all its addresses are looked at, and the connection goes to one of those.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings

DEFAULT_PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024  # below are mail, databases of old and the like
LONGEST_URL = 2000
# All public addresses of IPv6, and addresses that look public but stand for others.
PUBLIC_V6 = ip_network("2000::/3")
DISGUISES = [ip_network(one) for one in ("2002::/16", "192.0.0.0/24", "192.88.99.0/24")]


class BadTarget(ValueError):
    """A URL that nothing is sent to; the text says why, without naming an address."""


@dataclass(frozen=True, slots=True)
class Target:
    """A callback URL, taken apart. `host` is in ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of Host (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Return where a URL leads, as far as it can be told without asking. Raises BadTarget."""
    if not url.isprintable() or " " in url or len(url) > LONGEST_URL:
        raise BadTarget("is not a valid URL")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        path.encode("ascii")
    except ValueError:
        raise BadTarget("is not a valid URL") from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise BadTarget("is not a valid URL")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise BadTarget("must have neither user nor fragment")
    target = Target(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], path)
    _check(target)
    return target


def addresses_of(target: Target) -> list[str]:
    """Resolve a target. Raises BadTarget when any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadTarget("has no public address") from None
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not _goes_anywhere() and not all(map(is_public, addresses)):
        raise BadTarget("has no public address")
    return addresses


def is_public(text: str) -> bool:
    """Tell whether an address, of IPv4 or IPv6, is one of the public internet and just that."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address) and address not in PUBLIC_V6:
        return False
    return not any(address in network for network in DISGUISES)


def _check(target: Target) -> None:
    if _goes_anywhere():
        return
    if target.port < FIRST_FREE_PORT and target.port not in DEFAULT_PORTS.values():
        raise BadTarget("must have another port")
    try:
        public = is_public(target.host)
    except ValueError:
        public = target.host != "localhost"  # other names are looked up when they are used
    if not public:
        raise BadTarget("has no public address")


def _goes_anywhere() -> bool:
    allowed: bool = settings.WEBHOOKS_TO_PRIVATE_ADDRESSES
    return allowed
