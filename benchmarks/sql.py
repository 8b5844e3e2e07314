"""The database alone: pgbench as the floor, EXPLAIN ANALYZE for single statements."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

from benchmarks.databases import Databases, base_environment
from benchmarks.processes import answer, output_of

ABOUT = 'FROM "customers_customer"'
TRIES = 7
CLIENTS = 4


async def statements(databases: Databases, name: str, *paths: str) -> dict[str, list[str]]:
    """Return what the product asks the database about customers, per path."""
    found: dict[str, list[str]] = await answer(
        "benchmarks.statements", *paths, environment=databases.on(name)
    )
    return {path: [one for one in some if ABOUT in one] for path, some in found.items()}


def milliseconds(databases: Databases, name: str, statement: str) -> float:
    """Return how long PostgreSQL takes to execute a statement, the median of some tries."""
    times = []
    for _ in range(TRIES):
        ((plan,),) = databases.query(name, "EXPLAIN (ANALYZE, FORMAT JSON) " + statement)
        times.append(plan[0]["Execution Time"])
    return median(times)


def plan(databases: Databases, name: str, statement: str) -> str:
    """Return the plan of a statement as text."""
    rows = databases.query(name, "EXPLAIN (ANALYZE, BUFFERS) " + statement)
    return "\n".join(line for (line,) in rows)


async def pgbench(databases: Databases, name: str, statement: str, seconds: float) -> float:
    """Return how many times a second four clients get the answer of a prepared statement."""
    names = ", ".join(f"c{number}" for number in range(databases.width(name, statement)))
    # A view, because pgbench would take the colons of a time format for its own variables.
    databases.query(name, "DROP VIEW IF EXISTS bench_page")
    databases.query(name, f"CREATE VIEW bench_page ({names}) AS {statement}")
    script = Path(databases.environment["DATA_DIR"]) / "page.sql"
    script.write_text("SELECT * FROM bench_page;\n")
    postgres = databases.postgres
    command = [
        *(str(postgres.binaries / "pgbench"), "--no-vacuum", "--protocol=prepared"),
        *(f"--client={CLIENTS}", f"--time={max(1, round(seconds))}", f"--file={script}"),
        *("--host", str(postgres.sockets), "--username=postgres", name),
    ]
    text = (await output_of(command, base_environment())).decode()
    found = re.search(r"^tps = ([\d.]+)", text, re.MULTILINE)
    assert found, text  # noqa: S101
    return float(found[1])
