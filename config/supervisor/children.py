"""A program that the supervisor starts, starts again when it dies, and stops."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.supervisor import logs
from config.supervisor.console import progress, say
from config.supervisor.errors import StartFailed
from config.supervisor.folders import Account

LEASH = Path(__file__).with_name("leash.py")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a dead child is started again; doubled each time."""

STEADY = 60.0
"""Seconds after which a child counts as healthy and its pauses start over."""

READY_WITHIN = 60.0
"""Seconds a child may take to get ready."""


@dataclass(kw_only=True)
class Child:
    """One supervised program, in a session of its own so that Ctrl-C reaches only us."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 2.0
    """Seconds between the request to stop and the order."""
    deaths: int = 0
    process: asyncio.subprocess.Process | None = None
    keeper: asyncio.Task[None] | None = field(default=None, repr=False)

    async def start(self) -> asyncio.subprocess.Process:
        """Start the program once; its output is appended to its log."""
        logs.rotate(self.log)
        uid, gid = (self.account.uid, self.account.gid) if self.account else (-1, -1)
        leash = [LEASH, uid, gid, int(self.stop_signal), os.getpid()]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", *map(str, leash), *self.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
            )
        return self.process

    async def finish(self) -> None:
        """Run the program to its end. Raises StartFailed when it fails."""
        process = await self.start()
        if await process.wait():
            raise StartFailed(self.complaint())

    def keep(self) -> None:
        """Start the program and, from now on, start it again whenever it dies."""
        self.keeper = asyncio.create_task(self.keep_running())

    async def keep_running(self) -> None:
        pause = FIRST_PAUSE
        while True:
            born = time.monotonic()
            process = await self.start()
            code = await process.wait()
            self.kill_group()
            self.deaths += 1
            if time.monotonic() - born > STEADY:
                pause = FIRST_PAUSE
            progress(f"{self.name} died ({ending(code)}); it starts again in {pause:g} s")
            say(logs.tail(self.log, lines=3))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def ready(self, probe: Callable[[], bool]) -> None:
        """Wait until `probe` answers yes. Raises StartFailed when the program dies instead."""
        deadline = time.monotonic() + READY_WITHIN
        while not probe():
            if self.deaths or time.monotonic() > deadline:
                raise StartFailed(self.complaint())
            await asyncio.sleep(0.02)

    def complaint(self) -> str:
        return f"{self.name} failed; from {self.log}:\n{logs.tail(self.log)}"

    async def stop(self) -> None:
        """Ask the program to stop, insist after `grace`, and leave nobody of its group."""
        if self.keeper:
            self.keeper.cancel()
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), self.grace)
        self.kill_group()
        await self.process.wait()

    def kill_group(self) -> None:
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
