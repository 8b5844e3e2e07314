"""What a run measures, how long, and where it keeps its things."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".local" / "bench"
RESULTS = ROOT / "benchmarks" / "results.json"

HOST = "127.0.0.1"
AUTHORITY = "shop.example"
"""The Host header of every request, so that the links in all replies are the same."""

CUSTOMERS = 100_000
DEEP = 1_000_000
"""Customers in the database of the scenarios `cursor` and `cont`."""

SUBJECTS = 10_000
"""People seeded to be forgotten."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long to measure."""

    rounds: int
    seconds: float
    """Per contender, scenario and round."""
    minimum: int
    """Requests that a round takes at least, however slow the contender."""


FULL = Pace(rounds=5, seconds=5, minimum=40)
QUICK = Pace(rounds=2, seconds=2, minimum=8)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The command line, checked."""

    customers: int
    only: tuple[str, ...]
    pace: Pace
    profile: bool

    def wants(self, key: str) -> bool:
        """Tell whether a scenario was selected."""
        return not self.only or key in self.only


def read(keys: list[str]) -> Settings:
    """Return the command line; exits with a usage line when it is wrong."""
    parser = argparse.ArgumentParser(
        prog='make bench ARGS="..."',
        description="Measures Clientele beside a stock DJA project on the same rows, a bare"
        " Django view and raw SQL; prints a table and writes benchmarks/results.json."
        " A full run takes about 15 minutes, the first one some more to seed its databases,"
        " which are kept in .local/bench.",
        epilog=f"Scenarios: {', '.join(keys)}",
    )
    parser.add_argument(
        "--customers",
        type=size,
        default=CUSTOMERS,
        help=f"with 3 orders and 1.5 addresses each (default {CUSTOMERS:,})",
    )
    parser.add_argument("--only", default="", help="scenarios to run, e.g. list,retrieve")
    parser.add_argument(
        "--quick", action="store_true", help="2 rounds of 2 seconds: for development, not for proof"
    )
    parser.add_argument("--rounds", type=int, help=f"default {FULL.rounds}")
    parser.add_argument("--seconds", type=float, help=f"per round, default {FULL.seconds:g}")
    parser.add_argument(
        "--profile",
        action="store_true",
        help="profile Clientele's requests instead of measuring them",
    )
    given = parser.parse_args()
    only = tuple(key for key in given.only.split(",") if key)
    if unknown := set(only) - set(keys):
        parser.error(f"unknown scenarios: {', '.join(sorted(unknown))}; known: {', '.join(keys)}")
    return Settings(customers=given.customers, only=only, pace=pace(given), profile=given.profile)


def size(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if not 1_000 <= number <= 10_000_000:
        raise argparse.ArgumentTypeError("choose 1,000 to 10,000,000")
    return number


def pace(given: argparse.Namespace) -> Pace:
    base = QUICK if given.quick else FULL
    return Pace(
        rounds=given.rounds or base.rounds,
        seconds=given.seconds or base.seconds,
        minimum=base.minimum,
    )
