"""Programs that a run starts and waits for. They die with the run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from benchmarks.settings import ROOT
from config.supervisor.children import LEASH
from config.supervisor.errors import StartFailed


async def finish(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a program to its end; it writes to our terminal. Raises StartFailed."""
    await output_of(command, environment, show=True)


async def answer(
    module: str, *arguments: str, environment: Mapping[str, str], given: Any = None
) -> Any:
    """Run one of our modules and return the JSON that it prints. Raises StartFailed."""
    command = [sys.executable, "-m", module, *arguments]
    text = await output_of(command, environment, given=json.dumps(given).encode())
    return json.loads(text)


async def output_of(
    command: list[str],
    environment: Mapping[str, str],
    *,
    given: bytes | None = None,
    show: bool = False,
) -> bytes:
    """Run a program to its end and return what it printed. Raises StartFailed."""
    leash = [sys.executable, "-I", "-S", LEASH, -1, -1, int(signal.SIGKILL), os.getpid()]
    process = await asyncio.create_subprocess_exec(
        *(*map(str, leash), *command),
        stdin=asyncio.subprocess.PIPE if given else asyncio.subprocess.DEVNULL,
        stdout=None if show else asyncio.subprocess.PIPE,
        stderr=None if show else asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    try:
        output, complaint = await process.communicate(given)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        said = (complaint or b"").decode(errors="replace").strip()
        raise StartFailed(f"{' '.join(command[1:4])} failed\n{said[-3000:]}".strip())
    return output or b""
