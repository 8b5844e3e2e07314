"""The life of one run: start in order, keep running, stop in the opposite order."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from config.supervisor import programs
from config.supervisor.children import Child
from config.supervisor.console import progress, say
from config.supervisor.credentials import secret_key, tell_address, what_to_try, write_private
from config.supervisor.folders import make_private
from config.supervisor.lock import Lock
from config.supervisor.options import ROOT, Options
from config.supervisor.orphans import MARK, stop_orphans
from config.supervisor.probes import is_ready
from config.supervisor.servers import Servers

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

STOP_ORDER = ("web", "beat", "worker")


class Supervisor:
    """Runs the servers and the programs until it is told to stop."""

    def __init__(self, options: Options, servers: Servers, lock: Lock) -> None:
        self.options = options
        self.servers = servers
        self.lock = lock
        self.programs: dict[str, Child] = {}
        self.environment = {
            **os.environ,
            **servers.urls,
            "DATA_DIR": str(options.data_dir),
            "SECRET_KEY": secret_key(options.data_dir),
            "PYTHONUNBUFFERED": "1",
            MARK: str(options.data_dir),
        }

    async def run(self) -> None:
        """Serve until a signal comes. Raises StartFailed, with everything stopped again."""
        try:
            await until_told_to_stop(self.serve)
        finally:
            await self.stop()

    async def serve(self) -> None:
        await self.servers.start()
        addresses = self.options.data_dir / "addresses.json"
        write_private(addresses, json.dumps(self.servers.urls, indent=2))
        # The web server loads meanwhile, and answers from a migrated database only.
        web = self.keep("web", grace=3.0)
        await self.child("prepare").finish()
        tell_address(self.options)
        progress("The database is migrated and seeded")
        await web.ready(lambda: is_ready(self.options))
        progress("The web server answers")
        self.keep("worker", grace=4.0)
        self.keep("beat", grace=1.0)
        what_to_try(self.options)
        await asyncio.Event().wait()

    def keep(self, name: str, *, grace: float) -> Child:
        child = self.child(name, grace=grace)
        self.programs[name] = child
        child.keep()
        return child

    def child(self, name: str, *, grace: float = 2.0) -> Child:
        return Child(
            name=name,
            command=programs.PROGRAMS[name](self.options),
            log=make_private(self.options.data_dir / "logs") / f"{name}.log",
            environment=self.environment,
            folder=ROOT,
            # To Celery, SIGQUIT means: finish soon, or give the task back.
            stop_signal=signal.SIGQUIT if name == "worker" else signal.SIGTERM,
            grace=grace,
        )

    async def stop(self) -> None:
        """Stop the web server first and the database last; leave no process."""
        self.lock.stopping()
        for name in STOP_ORDER:
            if child := self.programs.get(name):
                await child.stop()
        await self.servers.stop()
        (self.options.data_dir / "addresses.json").unlink(missing_ok=True)
        stop_orphans(self.options.data_dir)


async def until_told_to_stop(serve: Callable[[], Awaitable[None]]) -> None:
    """Run `serve` until it fails or a stop signal comes; later signals change nothing."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(serve())

    def stop(number: signal.Signals) -> None:
        say(f"\n{number.name}: stopping")
        for later in STOP_SIGNALS:
            loop.add_signal_handler(later, lambda: None)
        task.cancel()

    for number in STOP_SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN and number is signal.SIGHUP:
            continue  # nohup: to outlive the terminal is what was asked for
        loop.add_signal_handler(number, stop, number)
    with suppress(asyncio.CancelledError):
        await task
