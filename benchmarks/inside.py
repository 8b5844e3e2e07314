"""The product without a socket: a client in the same process, signed in as an integration."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from benchmarks.contenders import MEDIA_TYPE
from benchmarks.seeding import MARK
from benchmarks.settings import AUTHORITY


def signed_in() -> Client:
    """Return a client with an access token."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT facts::text FROM {MARK}")
        facts = json.loads(cursor.fetchone()[0])
    form = {
        "grant_type": "client_credentials",
        "client_id": facts["client_id"],
        "client_secret": facts["client_secret"],
    }
    reply = Client().post(
        "/oauth/token", urlencode(form), content_type="application/x-www-form-urlencoded"
    )
    token = reply.json()["access_token"]
    return Client(
        headers={"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE, "Host": AUTHORITY}
    )
