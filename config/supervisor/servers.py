"""The two servers everything needs: somebody else's, or embedded ones that we run."""

from dataclasses import dataclass, field

import psycopg
import redis
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.supervisor.children import Child
from config.supervisor.console import progress
from config.supervisor.folders import make_private
from config.supervisor.options import Options
from config.supervisor.postgres import UNSAFE, Postgres
from config.supervisor.redis import ONCE, Redis

DATABASE = "clientele"


@dataclass
class Servers:
    """PostgreSQL and Redis as the options want them; `children` are the ones we started."""

    postgres: Postgres | None
    redis: Redis | None
    options: Options
    children: list[Child] = field(default_factory=list)

    @classmethod
    def of(cls, options: Options, *, durable: bool = True) -> "Servers":
        logs = make_private(options.data_dir / "logs")
        return cls(
            postgres=None
            if options.database_url
            else Postgres.below(options.data_dir, logs, **({} if durable else UNSAFE)),
            redis=None
            if options.redis_url
            else Redis.below(options.data_dir, logs, durable=durable),
            options=options,
        )

    @property
    def urls(self) -> dict[str, str]:
        """The two variables that every program of the project reads."""
        return {
            "DATABASE_URL": self.postgres.url(DATABASE)
            if self.postgres
            else self.options.database_url,
            "REDIS_URL": self.redis.url if self.redis else self.options.redis_url,
        }

    async def start(self) -> None:
        """Return when both answer and the database exists."""
        if self.postgres:
            await self.start_postgres(self.postgres)
        else:
            check_database(self.options.database_url)
        if self.redis:
            server = self.run(self.redis.server())
            await server.ready(self.redis.answers)
            progress("Redis answers")
        else:
            check_redis()

    async def start_postgres(self, postgres: Postgres) -> None:
        if not postgres.data.exists():
            progress("Making a PostgreSQL cluster")
        await postgres.initialize()
        server = self.run(postgres.server())
        await server.ready(postgres.answers)
        postgres.create_database(DATABASE)
        progress(f"PostgreSQL answers, its data is in {postgres.home}")

    def run(self, server: Child) -> Child:
        self.children.append(server)
        server.keep()
        return server

    async def stop(self) -> None:
        """Stop what we started, last one first."""
        for child in reversed(self.children):
            await child.stop()


def check_database(url: str) -> None:
    """Raise ImproperlyConfigured, without the password, when the database does not answer."""
    try:
        psycopg.connect(url, connect_timeout=int(env.CONNECT_TIMEOUT)).close()
    except psycopg.Error as error:
        reason = str(error).splitlines()[0]
        raise ImproperlyConfigured(
            f"DATABASE_URL: {reason}; start that server, correct the address,"
            " or unset it to use the embedded one"
        ) from None


def check_redis() -> None:
    """Only warn: requests are answered without Redis, and the worker waits for it."""
    try:
        redis.Redis.from_url(env.redis("REDIS_URL"), socket_connect_timeout=2, retry=ONCE).ping()
    except redis.RedisError as error:
        progress(f"REDIS_URL: {error}; going on without it until it answers")
