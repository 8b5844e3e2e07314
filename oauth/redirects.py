"""Where a browser may be sent with an authorization code."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def validate_redirect_uri(uri: str) -> None:
    """Raise ValidationError unless `uri` is https, http on this machine, or an app's own.

    A native app's own scheme contains a dot, like com.example.shop (RFC 8252).
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError as error:
        raise ValidationError("is not a URI", "invalid") from error
    web = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not (web and host) and "." not in parts.scheme:
        raise ValidationError("must be https, or http on localhost, or an app's own scheme")
    if "#" in uri or "@" in parts.netloc or not uri.isascii() or " " in uri:
        raise ValidationError("must not hold a fragment, a user, spaces or non-ASCII text")
