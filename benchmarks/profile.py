"""python -m benchmarks.profile KEY: where the product's time goes, without a server around it."""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection

from benchmarks.contenders import MEDIA_TYPE
from benchmarks.inside import signed_in
from benchmarks.scenarios import LOADS

WARM, TIMED = 20, 200
LINES = 40


def main() -> None:
    load = next(one for one in LOADS if one.key == sys.argv[1])
    client, people = signed_in(), ids()
    number = time.time_ns() // 1000 % 10**8 * 10

    def once(index: int) -> Any:
        one = people[index % len(people)]
        path = load.ours.path.replace("{id}", one)
        body = (load.ours.body or "").replace("{id}", one).replace("{n}", f"{number + index:09d}")
        send = getattr(client, load.ours.method.lower())
        more = {"data": body, "content_type": MEDIA_TYPE} if body else {}
        response = send(path, **more)
        if response.status_code != load.ours.status:
            sys.exit(f"{path}: {response.status_code} {response.content[:500]!r}")

    for index in range(WARM):
        once(index)
    begun, started = time.process_time(), time.perf_counter()
    for index in range(WARM, WARM + TIMED):
        once(index)
    cpu, wall = time.process_time() - begun, time.perf_counter() - started
    print(f"{load.work}: {1000 * cpu / TIMED:.2f} ms CPU, {1000 * wall / TIMED:.2f} ms wall")
    profiler = cProfile.Profile()
    profiler.enable()
    for index in range(WARM + TIMED, WARM + 2 * TIMED):
        once(index)
    profiler.disable()
    for order in ("tottime", "cumulative"):
        pstats.Stats(profiler).sort_stats(order).print_stats(LINES)


def ids() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uid FROM customers_customer WHERE anonymization_status IS NULL"
            " ORDER BY id LIMIT 1000"
        )
        return [uid for (uid,) in cursor.fetchall()]


if __name__ == "__main__":
    main()
