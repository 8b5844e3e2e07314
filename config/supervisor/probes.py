"""Asks the web server whether it is ready."""

from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from config.supervisor.options import Options


def is_ready(options: Options) -> bool:
    """One request, straight to the server whatever proxies the environment names."""
    connection = HTTPConnection(urlsplit(options.local_url).netloc, timeout=2)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    return False
