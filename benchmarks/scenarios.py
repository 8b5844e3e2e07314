"""What is measured, and the bar that each figure has to reach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

PAGE = "page[number]=1&page[size]=25"
INCLUDE = "include=customer_addresses,orders"
LIST = f"/api/customers?{PAGE}"
FILTERED = "filter[q][total_orders_count_eq]=3", "filter[total_orders_count]=3"
ONE = "/api/customers/{id}"

CREATE = json.dumps(
    {
        "data": {
            "type": "customers",
            "attributes": {"email": "new{n}@example.com", "reference": "made-{n}"},
        }
    }
)
PATCH = json.dumps(
    {
        "data": {
            "type": "customers",
            "id": "{id}",
            "attributes": {"reference": "again-{n}", "metadata": {"visits": "{n}"}},
        }
    }
)

Compared = Literal["ratio", "share", "extra_cpu"]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What a figure has to reach."""

    value: float
    unit: str = "x"
    at_most: bool = False

    def met(self, figure: float) -> bool:
        return figure <= self.value if self.at_most else figure >= self.value

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.value:,g} {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One kind of request to one contender."""

    contender: str
    path: str
    method: str = "GET"
    body: str | None = None
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Load:
    """Two shots that take turns: ours first.

    `drawn` are values that each server draws for itself, so that they cannot be equal.
    """

    key: str
    work: str
    ours: Shot
    theirs: Shot
    bar: Bar
    compared: Compared = "ratio"
    drawn: frozenset[str] = frozenset()

    @property
    def contenders(self) -> set[str]:
        return {self.ours.contender, self.theirs.contender}


def beside_stock(
    key: str, work: str, least: float, path: str, *, stock_path: str = "", **more: object
) -> Load:
    """Return a load that is the same for the stock project."""
    drawn = frozenset(str(more.pop("drawn", "")).split())
    return Load(
        key=key,
        work=work,
        ours=Shot(contender="clientele", path=path, **more),  # type: ignore[arg-type]
        theirs=Shot(contender="stock", path=stock_path or path, **more),  # type: ignore[arg-type]
        bar=Bar(value=least, unit="x stock DJA"),
        drawn=drawn,
    )


DRAWN = "id links email shopper_reference profile_id created_at updated_at"

LOADS = (
    beside_stock("list", "list 25 customers", 40, LIST),
    beside_stock("include", "list 25 + addresses + orders", 100, f"{LIST}&{INCLUDE}"),
    beside_stock("retrieve", "retrieve", 12, ONE),
    beside_stock("retrieve_include", "retrieve + 2 includes", 12, f"{ONE}?{INCLUDE}"),
    beside_stock(
        "create",
        "create (no password)",
        5,
        "/api/customers",
        method="POST",
        body=CREATE,
        status=201,
        drawn=DRAWN,
    ),
    beside_stock("patch", "patch", 4, ONE, method="PATCH", body=PATCH, drawn="updated_at"),
    Load(
        key="bare",
        work="list, share of the bare Django view",
        ours=Shot(contender="clientele", path=LIST),
        theirs=Shot(contender="bare", path=LIST),
        bar=Bar(value=13, unit="%"),
        compared="share",
    ),
    Load(
        key="filtered",
        work="filtered list, extra Python",
        ours=Shot(contender="clientele", path=f"{LIST}&{FILTERED[0]}"),
        theirs=Shot(contender="clientele", path=LIST),
        bar=Bar(value=0.2, unit="ms", at_most=True),
        compared="extra_cpu",
    ),
)

CURSOR = Bar(value=1.5, unit="x page 1", at_most=True)
CONT = Bar(value=2, unit="ms", at_most=True)
FORGET = Bar(value=3000, unit="/s")
MEMORY = Bar(value=80, unit="MB", at_most=True)

KEYS = [
    *(load.key for load in LOADS),
    *("sql", "cursor", "cont", "anonymize", "memory", "generator"),
]
