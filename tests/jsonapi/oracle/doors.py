"""The same request at two doors: the API's, and the oracle's. What comes out is compared."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.test import RequestFactory, override_settings
from django.urls import resolve, set_urlconf

URLCONF = "tests.jsonapi.oracle.views"
# `url` is DRF's name for the self link, and ours for an attribute of attachments.
CLAIMED = {"jwt_custom_claim", "jwt_customer", "jwt_markets", "jwt_stock_locations"}
SETTINGS = {**settings.REST_FRAMEWORK, "URL_FIELD_NAME": "self"}


def ask_oracle(token, path, query=None):
    """Return DJA's reply to GET /api/<path>."""
    bearer = {"Authorization": f"Bearer {token}"}
    request = RequestFactory().get(f"/api/{path}", query or {}, headers=bearer)
    with override_settings(REST_FRAMEWORK=SETTINGS):
        set_urlconf(URLCONF)
        try:
            view, arguments, named = resolve(f"/api/{path}", URLCONF)
            return view(request, *arguments, **named).render()
        finally:
            set_urlconf(None)


def assert_same(api, path, query=None):
    """Demand the same JSON of both doors; return the document as the engine wrote it."""
    ours, theirs = api.get(path, query), ask_oracle(api.token, path, query)
    assert ours.status_code == theirs.status_code == 200, (ours.content, theirs.content)
    assert canonical(ours.content) == canonical(theirs.content), (path, query)
    return ours.json()


def canonical(content):
    """Return a document such that `==` means equal JSON.

    Numbers are equal when they are the same decimal, never to true or false. The order of
    `data` is specified and stays; that of `included` and of linkage is not.
    """
    document = json.loads(
        content, object_pairs_hook=_members, parse_int=Decimal, parse_float=Decimal
    )
    document.pop("jsonapi", None)  # stock DJA does not say its version
    if "links" in document:
        document["links"] = {name: _address(link) for name, link in document["links"].items()}
    if "included" in document:
        document["included"].sort(key=_identity)
    data = document["data"] if isinstance(document["data"], list) else [document["data"]]
    for resource in [*data, *document.get("included", [])]:
        for relationship in (resource or {}).get("relationships", {}).values():
            if isinstance(relationship.get("data"), list):
                relationship["data"].sort(key=_identity)
        _forget_claims(resource or {})
    return _tagged(document)


def _forget_claims(resource):
    """Leave out what comes from the token, not from the declaration."""
    for member in ("attributes", "relationships"):
        for name in CLAIMED & resource.get(member, {}).keys():
            del resource[member][name]


def _members(pairs):
    assert len(dict(pairs)) == len(pairs), f"a name occurs twice: {pairs}"
    return dict(pairs)


def _identity(resource):
    return resource["type"], resource["id"]


def _address(link):
    parts = urlsplit(link)
    return parts.scheme, parts.netloc, parts.path, sorted(parse_qsl(parts.query))


def _tagged(value):
    """Tell true from 1."""
    if isinstance(value, dict):
        return {name: _tagged(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_tagged(member) for member in value]
    return ("boolean", value) if isinstance(value, bool) else value
