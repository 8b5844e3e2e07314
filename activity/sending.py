"""Sending a callback: one POST over a connection of its own, within a time, and no more.

What comes back is a status. Bodies are not read, redirects not followed, and what the other side
calls its status is not repeated: only numbers and our own words are kept.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.client import HTTPException
from threading import Timer
from time import monotonic

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from activity.targets import BadTarget, Target, addresses_of, target_of

ANSWER_WITHIN = 5.0  # seconds, from the beginning to the status
CONNECT_WITHIN = 2.0  # seconds for one address
MOST_ADDRESSES = 3
TIMEOUT = "timeout"
UNREACHABLE = "no connection"
UNTRUSTED = "no trusted certificate"
REFUSED = "no public address"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a callback: a status of HTTP as text, or None with what went wrong."""

    code: str | None
    message: str

    @property
    def is_success(self) -> bool:
        """True for a status of 2xx."""
        return self.code is not None and self.code.startswith("2")


def send(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """POST a body and return what came of it; never raises for what the other side does."""
    deadline = monotonic() + ANSWER_WITHIN
    try:
        target = target_of(url)
        connection = _connect(target, addresses_of(target), deadline)
        with closing(connection):
            return _post(connection, target, headers, body, deadline)
    except BadTarget:
        return Answer(None, REFUSED)
    except ssl.SSLError:
        return Answer(None, UNTRUSTED)
    except (OSError, HTTPError, HTTPException):
        return Answer(None, UNREACHABLE if monotonic() < deadline else TIMEOUT)


def _connect(target: Target, addresses: list[str], deadline: float) -> HTTPConnection:
    """Connect to the first address that answers. Raises OSError or HTTPError."""
    for address in addresses[:MOST_ADDRESSES]:
        connection = _connection(target, address, min(CONNECT_WITHIN, _remaining(deadline)))
        try:
            connection.connect()
        except HTTPError:
            connection.close()
        else:
            return connection
    raise ConnectionError


def _connection(target: Target, address: str, timeout: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=timeout)
    # The address was looked up before; who it belongs to is still the question of the name.
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout,
        ssl_context=_trust(),
        server_hostname=target.host,
    )


def _post(
    connection: HTTPConnection,
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    deadline: float,
) -> Answer:
    # Timeouts of sockets begin anew with each byte that drips in; this one does not.
    watchdog = Timer(_remaining(deadline), _hang_up, [connection])
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.sock.settimeout(_remaining(deadline))
        connection.request(
            "POST",
            target.path,
            body,
            {"Host": target.host_header, **headers},
            preload_content=False,
        )
        status = connection.getresponse().status
        _remaining(deadline)  # what was cut off can look complete
    finally:
        watchdog.cancel()
    return Answer(str(status), _phrase(status))


def _remaining(deadline: float) -> float:
    """Return the seconds that are left. Raises TimeoutError when there are none."""
    remaining = deadline - monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def _hang_up(connection: HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in _known_statuses() else "unknown status"


@cache
def _known_statuses() -> frozenset[int]:
    return frozenset(HTTPStatus)
