"""How many queries something costs."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def cost(call: Callable[[], Any]) -> int:
    """Count the queries of `call`.

    Those about tokens do not count: each process asks now and then what was revoked, whatever
    request happens to come along.
    """
    with CaptureQueriesContext(connection) as queries:
        call()
    return len([query for query in queries if "oauth_" not in query["sql"]])
