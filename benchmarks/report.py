"""The table of a run, as Markdown, and the same as JSON.

python -m benchmarks.report prints the table of results.json again.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.scenarios import Bar
from benchmarks.settings import RESULTS, ROOT

PACKAGES = (
    "django",
    "djangorestframework",
    "djangorestframework-jsonapi",
    "djangorestframework-simplejwt",
    "psycopg",
    "orjson",
    "granian",
    "celery",
)


@dataclass
class Figure:
    """One line of the table. `unit` says what the value counts, or which other it is a ratio to."""

    key: str
    work: str
    value: float | None
    unit: str
    bar: Bar | None = None
    note: str = ""
    ours: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)
    rounds: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if self.bar is None:
            return None
        return self.value is not None and self.bar.met(self.value)

    @property
    def mark(self) -> str:
        return {True: "✓", False: "falls short", None: ""}[self.passed]

    @property
    def shown(self) -> str:
        if self.value is None:
            return "-"
        digits = 0 if abs(self.value) >= 100 else 1 if abs(self.value) >= 10 else 2
        return f"{self.value:,.{digits}f} {self.unit.split()[0]}"


HEAD = (
    "work",
    "measured",
    "bar",
    "",
    "by CPU",
    "requests/s",
    "other's",
    "p50 / p99 ms",
    "other's",
    "CPU ms + database",
    "other's",
)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table, aligned for a terminal."""
    rows = [HEAD, *(row(one) for one in figures)]
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(HEAD))]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        + " |"
        for cells in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    notes = [f"- {one.work}: {one.note}" for one in figures if one.note]
    return "\n".join([*lines, "", *notes] if notes else lines)


def row(one: Figure) -> tuple[str, ...]:
    return (
        one.work,
        one.shown,
        str(one.bar or ""),
        one.mark,
        by_cpu(one),
        *(rps(side) for side in (one.ours, one.theirs)),
        *(latency(side) for side in (one.ours, one.theirs)),
        *(cpu(side) for side in (one.ours, one.theirs)),
    )


def by_cpu(one: Figure) -> str:
    """Return the ratio of the CPU time that a request takes in all, which busy machines keep."""
    if not one.theirs or "stock" not in one.unit:
        return ""
    ours, theirs = (side["cpu_ms"] + side["database_ms"] for side in (one.ours, one.theirs))
    return f"{theirs / ours:.1f} x"


def rps(side: dict[str, Any]) -> str:
    return f"{side['rps']:,.{0 if side['rps'] >= 100 else 1}f}" if side else ""


def latency(side: dict[str, Any]) -> str:
    return f"{side['p50_ms']:.2f} / {side['p99_ms']:.2f}" if side else ""


def cpu(side: dict[str, Any]) -> str:
    return f"{side['cpu_ms']:.2f} + {side['database_ms']:.2f}" if side else ""


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "commit": git("rev-parse", "--short", "HEAD"),
        "changed_files": len(git("status", "--porcelain", "--untracked-files=no").splitlines()),
        "load_before": os.getloadavg()[0],
    }


def git(*arguments: str) -> str:
    """Return what git says, nothing where there is none."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def write(figures: Sequence[Figure], facts: dict[str, Any]) -> None:
    """Write results.json."""
    found = [
        {
            **asdict(one),
            "passed": one.passed,
        }
        for one in figures
    ]
    text = json.dumps({**facts, "command": sys.argv[1:], "figures": found}, indent=2)
    RESULTS.write_text(text + "\n")


def read() -> list[Figure]:
    """Return the figures of results.json."""
    found = json.loads(RESULTS.read_text())["figures"]
    for one in found:
        del one["passed"]
        one["bar"] = one["bar"] and Bar(**one["bar"])
    return [Figure(**one) for one in found]


if __name__ == "__main__":
    print(table(read()))
