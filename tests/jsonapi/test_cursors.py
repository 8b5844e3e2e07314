"""page[after] and page[before]"""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api import error
from tests.factories import make_customer


def walk(shop, query, link="next"):
    """Follow links until they end; return the e-mails of each page."""
    reply = shop.integration.get("customers", query).json()
    pages = [[row["attributes"]["email"][0] for row in reply["data"]]]
    while link in reply["links"]:
        path = reply["links"][link].removeprefix("http://testserver/api/")
        reply = shop.integration.request("GET", path).json()
        pages.append([row["attributes"]["email"][0] for row in reply["data"]])
    return pages


@pytest.fixture
def seven(shop):
    references = ["2", "1", None, "2", "1", None, "3"]
    return [
        make_customer(shop.environment, email=f"{letter}@example.com", reference=reference)
        for letter, reference in zip("abcdefg", references, strict=True)
    ]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (None, "abcdefg"),
        ("-created_at", "gfedcba"),
        ("email", "abcdefg"),
        ("-email", "gfedcba"),
        ("reference", "beadgcf"),
        ("-reference", "fcgdaeb"),
        ("reference,-email", "ebdagfc"),
        ("-reference,email", "cfgadbe"),
    ],
)
@pytest.mark.parametrize("size", ["1", "2", "3", "7", "25"])
def test_a_walk_meets_every_row_once_in_order(shop, seven, sort, expected, size):
    query = {"page[after]": "", "page[size]": size} | ({"sort": sort} if sort else {})

    pages = walk(shop, query)

    assert "".join(letter for page in pages for letter in page) == expected
    assert all(len(page) == int(size) for page in pages[:-1])


@pytest.mark.parametrize("sort", ["email", "-reference", "reference,-email"])
def test_a_walk_backwards_sees_the_same_rows(shop, seven, sort):
    forwards = walk(shop, {"page[after]": "", "page[size]": "25", "sort": sort})[0]

    pages = walk(shop, {"page[before]": "", "page[size]": "2", "sort": sort}, link="prev")

    assert [letter for page in reversed(pages) for letter in page] == forwards


def test_rows_that_come_and_go_disturb_nobody(shop, seven):
    first = shop.integration.get("customers", {"page[after]": "", "page[size]": "3"}).json()
    seven[2].delete()
    make_customer(shop.environment, email="h@example.com")

    rest = walk(shop, {"page[after]": _cursor(first["links"]["next"]), "page[size]": "25"})

    assert rest == [["d", "e", "f", "g", "h"]]


def _cursor(link):
    return parse_qs(urlsplit(link).query)["page[after]"][0]


def test_a_cursor_page_is_not_counted(shop, seven):
    body = shop.integration.get("customers", {"page[after]": ""}).json()

    assert body["meta"] == {}
    assert set(body["links"]) == {"self"}


def test_a_cursor_reveals_no_key(shop, seven):
    link = shop.integration.get("customers", {"page[after]": "", "page[size]": "1"}).json()[
        "links"
    ]["next"]

    assert str(seven[0].pk).encode() not in _cursor(link).encode()[:8]
    assert _cursor(link).startswith("gAAAA")


@pytest.mark.parametrize("cursor", ["x", "gAAAAAB", "é", "a" * 10_000, "\0"])
@pytest.mark.parametrize("key", ["after", "before"])
def test_a_made_up_cursor_is_refused(shop, key, cursor):
    refused = error(shop.integration.get("customers", {f"page[{key}]": cursor}))

    assert (refused["code"], refused["source"]) == (
        "INVALID_PAGE_VALUE",
        {"parameter": f"page[{key}]"},
    )


def test_a_cursor_of_another_sort_is_refused(shop, seven):
    query = {"page[after]": "", "page[size]": "1", "sort": "email"}
    cursor = _cursor(shop.integration.get("customers", query).json()["links"]["next"])

    refused = error(shop.integration.get("customers", {"page[after]": cursor, "sort": "-email"}))

    assert refused["code"] == "INVALID_PAGE_VALUE"
