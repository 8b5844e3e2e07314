"""Mails of an installation that sends none: files in DATA_DIR/mail, which the admin shows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

# Names the letter that a mail is; also good for finding it in a provider's log.
HEADER = "X-Letter"


class Mailbox(BaseEmailBackend):
    """Writes each mail into a file that only its owner may read."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = message.extra_headers[HEADER]
            handle = os.open(_file(name), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(message.message().as_bytes())
        return len(email_messages)


def folder() -> Path:
    path: Path = settings.DATA_DIR / "mail"
    return path


def read(uid: str) -> str | None:
    """Return the text of a letter's mail; None if it was really sent, or is gone."""
    try:
        message = message_from_bytes(_file(uid).read_bytes(), policy=policy.default)
    except OSError:
        return None
    return str(message.get_content())


def discard(uids: Iterable[str]) -> None:
    """Delete the files of letters. Safe to repeat."""
    for uid in uids:
        _file(uid).unlink(missing_ok=True)


def uids() -> list[str]:
    """Return the letters that have a file."""
    return [file.stem for file in folder().glob("*.eml")]


def _file(uid: str) -> Path:
    return folder() / f"{uid}.eml"
