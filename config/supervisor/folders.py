"""Folders for servers that must not run as root: who owns them and who can reach them."""

import errno
import hashlib
import os
import pwd
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ELSEWHERE = Path("/var/lib/clientele")
"""Root's home for a database below a folder that only root may enter."""

LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432.lock")
"""Bytes that Linux leaves for the folder of a Unix socket."""


@dataclass(frozen=True)
class Account:
    """The unprivileged user that stands in for root."""

    uid: int
    gid: int

    def may(self, access: int, path: Path) -> bool:
        """Whether the permission bits of `path` grant `access`: 4 read, 2 write, 1 enter."""
        facts = path.stat()
        shift = 6 if facts.st_uid == self.uid else 3 if facts.st_gid == self.gid else 0
        return facts.st_mode >> shift & access == access


def stand_in() -> Account | None:
    """The user `nobody` when we are root: PostgreSQL refuses to run as root. Otherwise None."""
    if os.geteuid():
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable(path: Path, account: Account | None) -> bool:
    """Whether `account` may enter every folder on the way to `path`, and read it."""
    if account is None:
        return True
    path = path.resolve()
    return account.may(4, path) and all(account.may(1, folder) for folder in path.parents)


def enterable(folder: Path, account: Account | None) -> bool:
    """Whether `account` may enter `folder` and every folder on the way to it."""
    return account is None or all(
        account.may(1, step) for step in (folder.resolve(), *folder.resolve().parents)
    )


def make_data_dir(folder: Path) -> None:
    """Make DATA_DIR. Raises ImproperlyConfigured where that, or writing there, is not allowed."""
    try:
        make_passable(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "Permission denied")
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR={folder}: {error.strerror}; name a folder you can write to"
        ) from None


def make_passable(folder: Path) -> None:
    """Make a private folder; root's can be passed through, for the server inside it."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o700 if os.geteuid() else 0o711)


def make_private(folder: Path, account: Account | None = None) -> Path:
    """Make `folder` unless it exists, for `account` alone, and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account and folder.stat().st_uid == 0:
        os.chown(folder, account.uid, account.gid)
    return folder


def server_home(folder: Path, account: Account | None) -> Path:
    """Return `folder`, or, where `account` cannot reach it, the place that it now links to."""
    if folder.is_symlink():
        if not folder.exists():
            raise ImproperlyConfigured(
                f"DATA_DIR: {folder} links to {folder.readlink()}, which is gone;"
                " bring it back, or remove the link to start empty"
            )
    elif not enterable(folder.parent, account):
        if folder.exists():
            raise ImproperlyConfigured(
                f"DATA_DIR: the user nobody, who runs PostgreSQL for root, can no longer enter"
                f" {folder.parent}; let it (chmod o+x), or choose another DATA_DIR"
            )
        make_passable(ELSEWHERE)
        folder.symlink_to(make_private(ELSEWHERE / secrets.token_hex(8), account))
    return make_private(folder.resolve(), account)


def socket_folder(folder: Path, account: Account | None = None) -> Path:
    """Return `folder`, or a short private one elsewhere when a socket's name would not fit."""
    if len(os.fsencode(folder)) <= LONGEST_SOCKET:
        return make_private(folder, account)
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = make_private(Path(tempfile.gettempdir()) / f"clientele-{name}", account)
    if short.is_symlink() or short.stat().st_uid != (account.uid if account else os.geteuid()):
        raise ImproperlyConfigured(f"DATA_DIR={folder}: is too long and {short} is not ours")
    return short


def copy_for(account: Account | None, sources: list[Path], target: Path) -> None:
    """Copy folders into `target` so that `account` can read them; all or nothing."""
    unfinished = target.with_name(f"{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    for source in sources:
        shutil.copytree(source, unfinished / source.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if account:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    unfinished.rename(target)
