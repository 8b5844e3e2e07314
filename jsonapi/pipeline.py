"""A transaction in few round trips to the database.

    with transaction():
        sql.run(...)     # BEGIN travels with the first statement
        sql.send(...)    # what nobody waits for travels with the next one,
                         # and COMMIT with the last

Every round trip wakes another process and is answered when that gets to work: together with what
the driver does for each, that takes longer than most statements. This is libpq's pipeline mode,
on Django's own connection and with the driver's own adapters. Statements of the ORM mix with it.
"""

from __future__ import annotations

import re
import select
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db import transaction as django
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import pq
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq.abc import PGresult
from psycopg.waiting import Ready, Wait

Row = tuple[Any, ...]
# Text with %s in it, and the parameters; or None for text into which they have been written.
Statement = tuple[str, tuple[Any, ...] | None]
Key = tuple[bytes, tuple[int, ...]]  # a statement as the server knows it, and its types
Answer = tuple[Key | None, PGresult]  # the statement, if the result is about preparing it

BEGIN: Statement = ("BEGIN", ())
COMMIT: Statement = ("COMMIT", ())
MOST_PREPARED = 200  # statements, for one connection
OFTEN = 5  # times after which also what has its parameters written out is prepared


class _Open(threading.local):
    """The transaction of this thread, and the connection that it uses."""

    waiting: list[Statement] | None = None
    link: Link | None = None
    database: BaseDatabaseWrapper | None = None


_open = _Open()


def database() -> BaseDatabaseWrapper:
    """Return Django's connection of this thread, which `django.db.connection` finds anew each time.

    A request asks for it often enough to notice.
    """
    found = _open.database
    if found is None:
        found = _open.database = connections[DEFAULT_DB_ALIAS]
    return found


def is_open() -> bool:
    """Tell whether statements may travel together."""
    return _open.waiting is not None


def add(statement: Statement) -> None:
    """Let a statement wait for the next one, or for COMMIT."""
    assert _open.waiting is not None  # noqa: S101
    _open.waiting.append(statement)


def run(*statements: Statement) -> list[Row]:
    """Send what waits and `statements`; return the rows of the last one."""
    link, waiting = _link(), _open.waiting or []
    if waiting:
        _open.waiting = []
    begin = [] if link.in_transaction or link.raw.autocommit else [BEGIN]
    with database().wrap_database_errors:
        return link.exchange([*begin, *waiting, *statements])


def flush() -> None:
    """Send what waits, before something that knows nothing of it."""
    if _open.waiting:
        run()


@contextmanager
def transaction() -> Iterator[None]:
    """Like Django's `atomic`; inside another transaction, too."""
    if is_open() or connection.queries_logged:
        with django.atomic():
            yield
        return
    _link()
    connection.health_check_done = True  # type: ignore[attr-defined] # just now, without a query
    with django.atomic(), connection.execute_wrapper(_after_what_waits):
        _open.waiting = []
        try:
            yield
            _finish()
        finally:
            _open.waiting = None


def _finish() -> None:
    if not connection.savepoint_ids and _link().in_transaction:
        run(COMMIT)
    elif _open.waiting:
        run()


def _after_what_waits(execute: Callable[..., Any], *arguments: Any) -> Any:
    """Keep the order of statements where the ORM sends one."""
    flush()
    return execute(*arguments)


def _link() -> Link:
    """Return the link of this thread; a new one if the server has gone away meanwhile."""
    link, connection = _open.link, database()
    if link is not None and link.raw is connection.connection:
        if connection.in_atomic_block or not link.is_closed:
            return link
        connection.close()
    connection.ensure_connection()
    link = _open.link = Link(connection.connection)
    return link


class Link:
    """A connection, and the statements that the server keeps prepared for it."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self.server = raw.pgconn
        self.adapters = Transformer(raw)
        self.prepared: dict[Key, bytes] = {}  # the least recently used first
        self.seen: Counter[str] = Counter()
        self.numbers = count()
        self.ear = select.poll()
        self.ear.register(self.server.socket, select.POLLIN)

    @property
    def is_closed(self) -> bool:
        """True when the server, who says nothing unasked, has something to say: goodbye."""
        return self.raw.closed or bool(self.ear.poll(0))

    @property
    def in_transaction(self) -> bool:
        """True from BEGIN to COMMIT, also after an error."""
        return self.server.transaction_status != pq.TransactionStatus.IDLE

    def exchange(self, statements: Sequence[Statement]) -> list[Row]:
        """Send all, then take all answers; return the rows of the last that has any.

        After one that fails nothing is done. Raises the driver's errors.
        """
        rows: list[Row] = []
        failed = None
        with self.raw.lock:
            answers = self._alone(*statements) if len(statements) == 1 else None
            answers = answers or self.raw.wait(self._exchange(statements))
        for prepared, result in answers:
            if result.status == pq.ExecStatus.TUPLES_OK:
                self.adapters.set_pgresult(result)
                rows = self.adapters.load_rows(0, result.ntuples, tuple)
            elif result.status != pq.ExecStatus.COMMAND_OK:
                failed = failed or result
                if prepared is not None:
                    self.prepared.pop(prepared, None)
        if failed is not None:
            raise psycopg.errors.error_from_result(failed)
        return rows

    def _alone(self, statement: Statement) -> list[Answer] | None:
        """Run a statement that is prepared without a pipeline; None where it is not."""
        text, params = statement
        if params is None:
            return None
        values, key = self._bound(_numbered(text), params)
        name = self.prepared.pop(key, None)
        if name is None:
            return None
        self.prepared[key] = name
        result = self.server.exec_prepared(name, values, self.adapters.formats)  # type: ignore[arg-type] # None is NULL
        return [(None, result)]

    def _exchange(self, statements: Sequence[Statement]) -> PQGen[list[Answer]]:
        server = self.server
        server.enter_pipeline_mode()
        try:
            sent = [one for statement in statements for one in self._send(*statement)]
            server.pipeline_sync()
            while server.flush():
                if (yield Wait.RW) & Ready.R:  # the server may wait for us to read, too
                    server.consume_input()
            results = yield from self._results()
            return list(zip(sent, results, strict=True))
        finally:
            with suppress(psycopg.Error):
                server.exit_pipeline_mode()

    def _results(self) -> PQGen[list[PGresult]]:
        results: list[PGresult] = []
        while True:
            while self.server.is_busy():
                yield Wait.R
                self.server.consume_input()
            result = self.server.get_result()
            if result is None:  # between two statements
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    def _send(self, text: str, params: tuple[Any, ...] | None) -> list[Key | None]:
        """Send a statement; return what each of its results is about: preparing it, or not."""
        server = self.server
        if params is None and self._is_rare(text):
            server.send_query_params(text.encode(), None)
            return [None]
        query = text.encode() if params is None else _numbered(text)
        values, key = self._bound(query, params or ())
        name = self.prepared.pop(key, None)
        sent: list[Key | None] = []
        if name is None:
            sent += [*self._make_room(), key]
            name = b"kept_%d" % next(self.numbers)
            server.send_prepare(name, *key)
        self.prepared[key] = name
        server.send_query_prepared(name, values, self.adapters.formats)
        return [*sent, None]

    def _bound(self, query: bytes, params: tuple[Any, ...]) -> tuple[Sequence[Buffer | None], Key]:
        """Return parameters as the server takes them, and what the statement is known by."""
        values = self.adapters.dump_sequence(params, [PyFormat.AUTO] * len(params))
        return values, (query, self.adapters.types or ())

    def _is_rare(self, text: str) -> bool:
        if len(self.seen) > MOST_PREPARED:
            self.seen.clear()
        self.seen[text] += 1
        return self.seen[text] <= OFTEN

    def _make_room(self) -> list[None]:
        if len(self.prepared) < MOST_PREPARED:
            return []
        name = self.prepared.pop(next(iter(self.prepared)))
        self.server.send_query_params(b"DEALLOCATE " + name, None)
        return [None]


@lru_cache(maxsize=1024)
def _numbered(text: str) -> bytes:
    """Return a statement with the placeholders of the protocol: $1, $2, ..."""
    numbers = count(1)

    def numbered(found: re.Match[str]) -> str:
        return "%" if found[0] == "%%" else f"${next(numbers)}"

    return re.sub("%%|%s", numbered, text).encode()
