"""Rounds: the contenders take turns, and a figure is the median of what each round says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import Any

from benchmarks.compare import demand_equal
from benchmarks.contenders import Contender
from benchmarks.databases import base_environment
from benchmarks.processes import answer
from benchmarks.scenarios import Load, Shot
from benchmarks.settings import Pace

Round = dict[str, Any]

RESERVED = 1_000_000
"""Numbers that one round may use for what it creates."""


@dataclass
class Measured:
    """Both sides of a load, round by round."""

    ours: list[Round] = field(default_factory=list)
    theirs: list[Round] = field(default_factory=list)

    def ratios(self, key: str) -> list[float]:
        """Return ours divided by theirs, per round."""
        return [a[key] / b[key] for a, b in zip(self.ours, self.theirs, strict=True)]

    def figure(self, compared: str) -> float:
        """Return what the bar is about."""
        if compared == "extra_cpu":
            pairs = zip(self.ours, self.theirs, strict=True)
            return median(a["cpu_ms"] - b["cpu_ms"] for a, b in pairs)
        return median(self.ratios("rps")) * (100 if compared == "share" else 1)


@dataclass
class Field:
    """The contenders that run, and the ids of rows to ask for."""

    contenders: Mapping[str, Contender]
    ids: list[str]
    pace: Pace
    postmaster: int
    numbers: Any = field(default_factory=lambda: count(RESERVED, RESERVED))

    def check(self, load: Load) -> None:
        """Raise NotEqual unless both sides answer the same."""
        if load.compared == "extra_cpu":
            return
        ours, theirs = (self.document(shot) for shot in (load.ours, load.theirs))
        demand_equal(load.key, ours, theirs, load.drawn)

    def document(self, shot: Shot) -> Any:
        one, number = self.ids[0], f"{next(self.numbers):09d}"
        path = shot.path.replace("{id}", one)
        body = shot.body and shot.body.replace("{id}", one)
        # Both get the same values, save the address: no two customers may have the same.
        sent = body and body.replace("new{n}@", f"new{number}@").replace("{n}", f"{1:09d}")
        return self.contenders[shot.contender].json(shot.method, path, sent)

    async def measure(self, load: Load, told: Callable[[str], None]) -> Measured:
        """Let both sides take turns."""
        measured = Measured()
        for turn in range(self.pace.rounds):
            for shot, rounds in ((load.ours, measured.ours), (load.theirs, measured.theirs)):
                told(f"{load.work}, round {turn + 1}: {shot.contender}")
                rounds.append(await self.fire(shot))
        return measured

    async def fire(self, shot: Shot) -> Round:
        """Load one contender for a while."""
        contender = self.contenders[shot.contender]
        plan = {
            "port": contender.port,
            "workers": contender.workers(),
            "postmaster": self.postmaster,
            "per_worker": contender.connections,
            "seconds": self.pace.seconds,
            "minimum": self.pace.minimum,
            "method": shot.method,
            "path": shot.path,
            "headers": contender.headers,
            "body": shot.body,
            "ids": self.ids,
            "first": next(self.numbers),
            "status": shot.status,
        }
        found: Round = await answer("benchmarks.load", environment=base_environment(), given=plan)
        return found


def summary(rounds: list[Round]) -> dict[str, Any]:
    """Return the median of each figure of some rounds."""
    keys = (
        *("rps", "p50_ms", "p99_ms", "cpu_ms", "database_ms"),
        *("generator_cpu", "bytes", "requests"),
    )
    return {key: median(one[key] for one in rounds) for key in keys}
