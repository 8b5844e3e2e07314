"""What a run shows while it runs: one line that grows, or a line per step in a log."""

from __future__ import annotations

import sys
import time

WIDTH = 30


class Progress:
    """A bar on a terminal; elsewhere a line at every tenth."""

    def __init__(self, title: str, total: int) -> None:
        self.title = title
        self.total = max(1, total)
        self.done = 0
        self.started = time.monotonic()
        self.shown = -1

    def advance(self, steps: int, what: object = "") -> None:
        """Show that `steps` more are done."""
        self.done += steps
        self.say(what)

    def say(self, what: object) -> None:
        """Show what is going on now."""
        share = min(1.0, self.done / self.total)
        bar = "█" * int(share * WIDTH) + "░" * (WIDTH - int(share * WIDTH))
        seconds = time.monotonic() - self.started
        line = f"{self.title} {bar} {share:4.0%} {seconds:4.0f} s  {what}"
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\033[K{line}")
        elif int(share * 10) > self.shown:
            self.shown = int(share * 10)
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def end(self) -> None:
        """Leave the line."""
        if sys.stdout.isatty():
            sys.stdout.write("\n")
