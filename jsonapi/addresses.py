"""Addresses in replies: absolute, and escaped whatever the client left unescaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from jsonapi.requests import Request

# What may stand in a query string besides letters and digits (RFC 3986, 3.4), and what is
# escaped already; brackets may not.
QUERY = "%&=+,;:@/?!$'()*"


def own_address(request: Request) -> str:
    """Return the address that was asked, which gives the same document again."""
    query = request.META.get("QUERY_STRING", "")
    address = f"{request.origin}{request.path}"
    return f"{address}?{quote(query.encode('latin-1'), safe=QUERY)}" if query else address


def address(request: Request, parameters: Mapping[str, Any]) -> str:
    """Return the address that was asked, with other parameters."""
    query = urlencode(parameters, safe=",", quote_via=quote)
    return f"{request.origin}{request.path}?{query}"
