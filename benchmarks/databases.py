"""The seeded databases, kept for the next run, and the copy that one run may write to."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from benchmarks.processes import finish
from benchmarks.seeding import MARK
from benchmarks.settings import ROOT
from benchmarks.sizes import Size
from config.supervisor.console import progress
from config.supervisor.postgres import Postgres

RUN = "run"
"""The copy: every run starts from the same rows."""


@dataclass(frozen=True)
class Databases:
    """One cluster, and the environment of programs that work on it."""

    postgres: Postgres
    postmaster: int
    """Its process id."""
    environment: Mapping[str, str]

    def on(self, name: str) -> dict[str, str]:
        """Return the environment of a program that uses one database."""
        return {**self.environment, "DATABASE_URL": self.postgres.url(name)}

    def query(self, name: str, statement: Any, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run one statement outside of any transaction."""
        with psycopg.connect(
            self.postgres.url(name), autocommit=True, row_factory=tuple_row
        ) as connection:
            cursor = connection.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def width(self, name: str, statement: str) -> int:
        """Return the number of a statement's columns."""
        with psycopg.connect(self.postgres.url(name)) as connection:
            return len(connection.execute(statement.encode()).description or ())

    async def seeded(self, size: Size) -> str:
        """Return the database of a size; seeds it unless it is there and its schema is ours."""
        name = f"seed_{str(size).replace('/', '_')}"
        wanted = stamp(size)
        if self.stamp_of(name) == wanted:
            return name
        progress(f"Seeding {size.customers:,} customers, {size.orders:,} orders")
        self.recreate(name)
        environment = self.on(name)
        await finish([sys.executable, "manage.py", "migrate", "--verbosity=0"], environment)
        await finish([sys.executable, "-m", "benchmarks.seed", str(size), wanted], environment)
        return name

    def stamp_of(self, name: str) -> str | None:
        try:
            ((found,),) = self.query(name, f"SELECT stamp FROM {MARK}")
        except psycopg.Error:
            return None  # no such database, or a seed that was interrupted
        return str(found)

    def facts(self, name: str) -> dict[str, Any]:
        """Return what the seed wrote down: ids and secrets."""
        ((facts,),) = self.query(name, f"SELECT facts FROM {MARK}")
        return dict(facts)

    def copy(self, seed: str) -> str:
        """Make the run's own copy of a seed and return its name."""
        self.recreate(RUN, "TEMPLATE", sql.Identifier(seed), "STRATEGY FILE_COPY")
        self.query("postgres", "CHECKPOINT")
        return RUN

    def recreate(self, name: str, *options: Any) -> None:
        known = sql.Identifier(name)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(known)
        words = [one if isinstance(one, sql.Composable) else sql.SQL(one) for one in options]
        self.query("postgres", drop)
        self.query("postgres", sql.SQL(" ").join([sql.SQL("CREATE DATABASE"), known, *words]))

    def drop_copy(self) -> None:
        """Give the disk back."""
        self.query("postgres", f"DROP DATABASE IF EXISTS {RUN} WITH (FORCE)")


def stamp(size: Size) -> str:
    """Return what changes with the size, the schema and the seed."""
    files = [*ROOT.glob("*/migrations/*.py"), *(ROOT / "benchmarks").glob("seed*.py")]
    digest = hashlib.sha256(str(size).encode())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def base_environment(**more: str) -> dict[str, str]:
    """Return ours, without what would lead programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return {**kept, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONUNBUFFERED": "1", **more}
