"""Scopes: `market:id:xYZkjABcde`, `store:code:outlet_ny`, `market:all`, several of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidScopeError
from django.db.models import Q

from catalog.models import Market, StockLocation, Store
from customers.models import Customer
from oauth.models import MARKET_ALL, Application, Owner

LONGEST_SCOPE = 2000  # characters
SEPARATORS = re.compile(r"[ ,]+")
ITEM = re.compile(r"(market|store|stock_location):(id|code):([^\s,]{1,255})")

Item = tuple[str, str, str]  # resource, "id" or "code", value
Uids = tuple[str, ...] | None  # None: not narrowed


@dataclass(frozen=True)
class Scope:
    """What a token reaches, with the text that asked for it; public ids in each set."""

    text: str
    markets: Uids = None
    stores: Uids = None
    stock_locations: Uids = None

    def claims(self) -> dict[str, Any]:
        """Return the token's members about markets; none where nothing is narrowed."""
        if self.markets is self.stores is self.stock_locations is None:
            return {}
        market = {
            "id": list(self.markets or ()),
            "stock_location_ids": list(self.stock_locations or ()),
            "geocoder_id": None,
            "allows_external_prices": False,
        }
        return {"market": market} | ({"store": {"id": list(self.stores)}} if self.stores else {})

    def within(self, other: Scope) -> bool:
        """Tell whether this reaches nothing that `other` does not."""
        return (
            _narrower(self.markets, other.markets)
            and _narrower(self.stores, other.stores)
            and _narrower(self.stock_locations, other.stock_locations)
        )


def resolve(text: str | None, *, application: Application, owner: Owner | None) -> Scope:
    """Return what `text` means for an application's tokens; no text asks for all it may have.

    Raises InvalidScopeError if the text is malformed, names something unknown or disabled, a
    private market whose group the owner is not in, or more than the application may have.
    """
    text = text or application.scopes
    found = Found(application.environment_id, parse(text))
    scope = found.scope(text)
    customer = owner if isinstance(owner, Customer) else None
    if found.missing or not all(market.admits(customer) for market in found.every_market()):
        raise InvalidScopeError
    if application.scopes not in (MARKET_ALL, text):
        allowed = Found(application.environment_id, parse(application.scopes))
        if not scope.within(allowed.scope(application.scopes)):
            raise InvalidScopeError
    return scope


def parse(text: str) -> set[Item | None]:
    """Split a scope at spaces and commas; None stands for `market:all`."""
    if len(text) > LONGEST_SCOPE:
        raise InvalidScopeError
    items = [item for item in SEPARATORS.split(text) if item]
    matches = [ITEM.fullmatch(item) for item in items if item != MARKET_ALL]
    if not items or None in matches:
        raise InvalidScopeError
    parsed: set[Item | None] = {match.groups() for match in matches if match}  # type: ignore[misc]
    return parsed | ({None} if MARKET_ALL in items else set())


class Found:
    """The rows that a scope names."""

    def __init__(self, environment_id: int, items: set[Item | None]) -> None:
        self.all_markets = None in items
        named = {item for item in items if item}
        self.missing: set[Item] = set(named)
        markets = Market.objects.select_related("customer_group").filter(disabled_at=None)
        self.markets = self._find("market", markets, environment_id)
        stores = Store.objects.select_related("market").filter(market__disabled_at=None)
        self.stores = self._find("store", stores, environment_id)
        self.stock_locations = self._find(
            "stock_location", StockLocation.objects.all(), environment_id
        )

    def _find(self, resource: str, rows: Any, environment_id: int) -> list[Any]:
        wanted = {item for item in self.missing if item[0] == resource}
        if not wanted:
            return []
        uids = {value for _, key, value in wanted if key == "id"}
        codes = {value for _, key, value in wanted if key == "code"}
        rows = rows.filter(Q(uid__in=uids) | Q(code__in=codes), environment_id=environment_id)
        found = list(rows.order_by("pk"))
        for row in found:
            self.missing -= {(resource, "id", row.uid), (resource, "code", row.code)}
        return found

    def every_market(self) -> set[Market]:
        """Return the markets that tokens get into, also by way of their stores."""
        return {*self.markets, *(store.market for store in self.stores)}

    def scope(self, text: str) -> Scope:
        """Raises InvalidScopeError if a store or a stock location lacks its market."""
        markets = self.markets or [store.market for store in self.stores]
        narrowed = bool(markets) and not self.all_markets
        if self.stock_locations and not (markets or self.all_markets):
            raise InvalidScopeError
        if narrowed and not self.every_market() <= set(markets):
            raise InvalidScopeError
        return Scope(
            text,
            markets=_uids(markets) if narrowed else None,
            stores=_uids(self.stores),
            stock_locations=_uids(self.stock_locations),
        )


def _uids(rows: Iterable[Any]) -> Uids:
    return tuple(dict.fromkeys(row.uid for row in rows)) or None


def _narrower(these: Uids, those: Uids) -> bool:
    return those is None or (these is not None and set(these) <= set(those))
