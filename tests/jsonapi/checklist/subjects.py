"""Resources to ask the rows of: what they are called, and rows of them."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

import pytest

from annotations.models import Tag
from catalog.models import SkuList, SkuListItem
from tests.api import document, identifier
from tests.factories import make_customer, make_group, numbers
from tests.orders.goods import add_line, make_market, make_order, make_sku

ROWS = 8


class Subject:
    """A resource type: the names of its relationships, and rows in the order of their making.

    The first row has a related resource of each kind, the second has none. `reference` goes
    A, B, A, B, …, so that there are ties.
    """

    type: ClassVar[str]
    to_one: ClassVar[str]  # writable, may be empty
    to_one_type: ClassVar[str]
    to_many: ClassVar[str]  # belongs to the other side
    to_many_type: ClassVar[str]
    nested: ClassVar[str]  # an include path of two steps
    cycle: ClassVar[str]  # an include path that leads back

    def __init__(self, shop: Any) -> None:
        self.shop = shop
        self.api = shop.integration
        self.rows = [self.make() for _ in range(ROWS)]
        for number, row in enumerate(self.rows):
            row.reference = "AB"[number % 2]
            row.save(update_fields=["reference"])
        self.related = self.make_related()
        setattr(self.rows[0], self.to_one, self.related)
        self.rows[0].save(update_fields=[self.to_one])
        self.fill(self.rows[0])
        self.tags = [Tag.objects.create(environment=shop.environment, name=name) for name in "abc"]

    def make(self) -> Any:
        raise NotImplementedError

    def make_related(self) -> Any:
        """Return a row that the to-one relationship may lead to."""
        raise NotImplementedError

    def fill(self, row: Any) -> None:
        """Give a row three resources in its to-many relationship."""
        raise NotImplementedError

    def new(self, **members: Any) -> dict[str, Any]:
        """Return a document that can be POSTed."""
        raise NotImplementedError

    def path(self, row: Any, *steps: str) -> str:
        return "/".join([self.type, row.uid, *steps])

    @property
    def first(self) -> str:
        return self.path(self.rows[0])

    @property
    def second(self) -> str:
        return self.path(self.rows[1])

    def identifier(self, row: Any) -> dict[str, str]:
        return identifier(self.to_one_type, row)

    def get(self, path: str | None = None, **headers: str) -> Any:
        """GET a path with a raw query string; the collection unless said otherwise."""
        return self.api.request("GET", self.type if path is None else path, **headers)

    def ask(self, path: str | None = None, **query: str) -> Any:
        """GET a path; the query's names are written like `page_size` for page[size]."""
        return self.api.get(self.type if path is None else path, query_of(query))

    def post(self, body: Any, path: str | None = None, **headers: str) -> Any:
        return self.api.request("POST", path or self.type, body, **headers)

    def patch(self, row: Any, *, query: str = "", **members: Any) -> Any:
        body = document(self.type, id=row.uid, **members)
        return self.api.request("PATCH", self.path(row) + query, body)

    def write(self, method: str, path: str, data: Any) -> Any:
        return self.api.request(method, path, {"data": data})

    def follow(self, link: str) -> Any:
        return self.get(link.removeprefix("http://testserver/api/"))


def query_of(names: dict[str, str]) -> dict[str, str]:
    """Return `{"page[size]": "2"}` for `page_size="2"`; families are fields, filter and page."""
    query = {}
    for name, value in names.items():
        family, _, key = name.partition("_")
        query[f"{family}[{key}]" if key else family] = value
    return query


def escaped(query: str) -> str:
    return quote(query, safe="=&")


class Customers(Subject):
    type = "customers"
    to_one, to_one_type = "customer_group", "customer_groups"
    to_many, to_many_type = "orders", "orders"
    nested, cycle = "orders.line_items", "orders.customer"

    def make(self):
        return make_customer(self.shop.environment)

    def make_related(self):
        return make_group(self.shop.environment)

    def fill(self, row):
        market = make_market(self.shop.environment)
        for _ in range(3):
            add_line(make_order(market, row))

    def new(self, **members):
        attributes = {
            "email": f"new-{next(numbers)}@shop.example",
            **members.pop("attributes", {}),
        }
        return document(self.type, attributes=attributes, **members)


class Orders(Subject):
    type = "orders"
    to_one, to_one_type = "customer", "customers"
    to_many, to_many_type = "line_items", "line_items"
    nested, cycle = "line_items.sku", "line_items.order"

    def __init__(self, shop):
        self.market = make_market(shop.environment)
        super().__init__(shop)

    def make(self):
        return make_order(self.market)

    def make_related(self):
        return make_customer(self.shop.environment)

    def fill(self, row):
        sku = make_sku(self.shop.environment)
        add_line(row, sku=sku)
        for _ in range(2):
            add_line(row)

    def new(self, **members):
        market = {"market": identifier("markets", self.market)}
        relationships = {**market, **members.pop("relationships", {})}
        return document(self.type, relationships=relationships, **members)


class SkuLists(Subject):
    type = "sku_lists"
    to_one, to_one_type = "customer", "customers"
    to_many, to_many_type = "skus", "skus"
    nested, cycle = "sku_list_items.sku", "sku_list_items.sku_list"

    def make(self):
        name = f"List {next(numbers)}"
        return SkuList.objects.create(environment=self.shop.environment, name=name)

    def make_related(self):
        return make_customer(self.shop.environment)

    def fill(self, row):
        for _ in range(3):
            sku = make_sku(self.shop.environment)
            SkuListItem.objects.create(environment=self.shop.environment, sku_list=row, sku=sku)

    def new(self, **members):
        attributes = {"name": f"List {next(numbers)}", **members.pop("attributes", {})}
        return document(self.type, attributes=attributes, **members)


SUBJECTS = [Customers, Orders, SkuLists]

TAGGABLE = pytest.mark.parametrize("made", SUBJECTS[:2], indirect=True, ids=lambda kind: kind.type)
