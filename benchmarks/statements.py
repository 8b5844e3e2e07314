"""python -m benchmarks.statements PATH...: the SQL that the product runs for some requests.

Prints {path: [statement...]}. DATABASE_URL names a seeded database.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.inside import signed_in


def main() -> None:
    client = signed_in()
    found = {}
    for path in sys.argv[1:]:
        client.get(path)  # what is remembered from now on is not what we are after
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        if response.status_code != 200:
            sys.exit(f"{path}: {response.status_code} {response.content[:500]!r}")
        found[path] = [query["sql"] for query in captured.captured_queries]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
