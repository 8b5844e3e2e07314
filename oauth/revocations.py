"""Which tokens are refused before they expire.

The truth is the table `oauth_revocation`, and each process rereads what is new in it at most
every half second: one query by index that nearly always returns nothing. A counter in Redis
would save no more than that, and a flushed or restarted Redis would bring stolen tokens back
to life. An unreachable database fails closed: no revocations, no requests.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from oauth.models import LONGEST_LIFETIME, Revocation
from oauth.subjects import Subject

REREAD_AFTER = 0.5  # seconds; half of the second that revocation may take
FORGET_EVERY = 60.0  # seconds

# Transactions that were still running at the last read may have committed since, in any
# order; `horizon` is the oldest of them. So nothing is missed however long a commit takes.
NEWS = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       subject, value, issued_before, expires_at
FROM (SELECT 1) AS always
LEFT JOIN oauth_revocation ON transaction >= %s AND expires_at > now()
"""


class Revocations:
    """The revocations as this process knows them, at most half a second old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything; the next use reads the whole table."""
        self._read_at = float("-inf")
        self._swept_at = time.monotonic()
        self._horizon = 0
        self._known: dict[Subject, tuple[float, float]] = {}  # issued before, expires at

    def expire(self) -> None:
        """Make the next use read what is new."""
        self._read_at = float("-inf")

    def cover(self, subjects: Iterable[Subject], issued_at: float) -> bool:
        """Tell whether any of `subjects` was revoked for tokens issued at `issued_at` (Unix)."""
        if time.monotonic() - self._read_at > REREAD_AFTER:
            self._read()
        known = self._known
        if not known:
            return False
        return any(subject in known and issued_at <= known[subject][0] for subject in subjects)

    def _read(self) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._read_at <= REREAD_AFTER:
                return  # another thread has just read
            self._read_at = now  # before the query, so that `expire` during it is not lost
            try:
                self._learn()
            except BaseException:
                self.expire()
                raise
            if now - self._swept_at > FORGET_EVERY:
                self._forget(now)

    def _learn(self) -> None:
        rows = _news(self._horizon)
        if rows[0][0] < self._horizon:  # restored from a backup: numbers start again
            self._known = {}
            rows = _news(0)
        self._horizon = rows[0][0]
        for _, subject, value, issued_before, expires_at in rows:
            if subject is not None:
                self._add((subject, value), issued_before.timestamp(), expires_at.timestamp())

    def _add(self, subject: Subject, issued_before: float, expires_at: float) -> None:
        before = self._known.get(subject)
        if before is None or before[0] < issued_before:
            self._known[subject] = (issued_before, expires_at)

    def _forget(self, now: float) -> None:
        today = time.time()
        self._known = {key: times for key, times in self._known.items() if times[1] > today}
        self._swept_at = now


revocations = Revocations()


def revoke(subject: Subject, *, good_for: timedelta = LONGEST_LIFETIME) -> None:
    """Refuse every token of `subject` issued until now: here at once, elsewhere within 0.5 s.

    `good_for` is how long such a token could still live. Single tokens and families are
    refused whenever they were issued, so that no difference of clocks can save them.
    """
    kind, value = subject
    now = timezone.now()
    forever = kind in (Revocation.Subject.TOKEN, Revocation.Subject.FAMILY)
    Revocation.objects.create(
        subject=kind,
        value=value,
        issued_before=now + good_for if forever else now,
        expires_at=now + good_for,
    )
    revocations.expire()
    transaction.on_commit(revocations.expire)


def _news(horizon: int) -> list[tuple[int, str, str, datetime, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(NEWS, [horizon])
        rows: list[tuple[int, str, str, datetime, datetime]] = cursor.fetchall()
    return rows
