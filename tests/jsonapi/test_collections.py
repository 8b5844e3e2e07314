"""Lists: pages, sorting, filters."""

import pytest

from tests.api import error
from tests.factories import make_customer, make_group


def emails(reply):
    assert reply.status_code == 200, reply.content
    return [row["attributes"]["email"] for row in reply.json()["data"]]


@pytest.fixture
def crowd(shop):
    return [
        make_customer(shop.environment, email=f"c{number:02}@example.com") for number in range(30)
    ]


def test_a_list_has_ten_rows_unless_asked_for_more(shop, crowd):
    body = shop.integration.get("customers").json()

    assert len(body["data"]) == 10
    assert body["meta"] == {"record_count": 30, "page_count": 3}


def test_page_links_keep_the_other_parameters(shop, crowd):
    query = {"page[number]": "2", "page[size]": "5", "sort": "-email"}

    links = shop.integration.get("customers", query).json()["links"]

    base = "http://testserver/api/customers?"
    assert links == {
        "self": f"{base}page%5Bnumber%5D=2&page%5Bsize%5D=5&sort=-email",
        "first": f"{base}page%5Bnumber%5D=1&page%5Bsize%5D=5&sort=-email",
        "prev": f"{base}page%5Bnumber%5D=1&page%5Bsize%5D=5&sort=-email",
        "next": f"{base}page%5Bnumber%5D=3&page%5Bsize%5D=5&sort=-email",
        "last": f"{base}page%5Bnumber%5D=6&page%5Bsize%5D=5&sort=-email",
    }


def test_the_first_page_has_no_previous_and_the_last_no_next(shop, crowd):
    first = shop.integration.get("customers", {"page[size]": "25"}).json()["links"]
    last = shop.integration.get("customers", {"page[size]": "25", "page[number]": "2"}).json()

    assert set(first) == {"self", "first", "next", "last"}
    assert set(last["links"]) == {"self", "first", "prev", "last"}
    assert len(last["data"]) == 5


def test_pages_neither_skip_nor_repeat(shop, crowd):
    seen = []
    for number in range(1, 5):
        query = {"page[number]": str(number), "page[size]": "8", "sort": "status"}
        seen += emails(shop.integration.get("customers", query))

    assert sorted(seen) == [customer.email for customer in crowd]


def test_an_empty_list_has_one_empty_page(shop):
    body = shop.integration.get("customers").json()

    assert body["data"] == []
    assert body["meta"] == {"record_count": 0, "page_count": 1}


def test_a_page_beyond_the_last_is_empty(shop, crowd):
    body = shop.integration.get("customers", {"page[number]": "999999999999999999"}).json()

    assert body["data"] == []
    assert body["links"]["prev"].startswith("http://testserver/api/customers?page%5Bnumber%5D=3&")


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ({"page[size]": "26"}, "INVALID_PAGE_VALUE", "page[size]"),
        ({"page[size]": "0"}, "INVALID_PAGE_VALUE", "page[size]"),
        ({"page[size]": "ten"}, "INVALID_PAGE_VALUE", "page[size]"),
        ({"page[number]": "-1"}, "INVALID_PAGE_VALUE", "page[number]"),
        ({"page[number]": "9" * 5000}, "INVALID_PAGE_VALUE", "page[number]"),
        ({"page[number]": "٣"}, "INVALID_PAGE_VALUE", "page[number]"),
        ({"page[offset]": "1"}, "INVALID_PAGE_OBJECT", "page[offset]"),
        ({"sort": "password"}, "INVALID_SORT_CRITERIA", "sort"),
        ({"sort": "customer_group__name"}, "INVALID_SORT_CRITERIA", "sort"),
        ({"sort": ""}, "INVALID_SORT_CRITERIA", "sort"),
        ({"fields[customers]": "password"}, "INVALID_FIELD", "fields[customers]"),
        ({"fields[people]": "email"}, "INVALID_RESOURCE", "fields[people]"),
        ({"include": "friends"}, "INVALID_INCLUDE", "include"),
        ({"include": "orders.friends"}, "INVALID_INCLUDE", "include"),
        ({"include": "email"}, "INVALID_INCLUDE", "include"),
        ({"filter[password]": "x"}, "FILTER_NOT_ALLOWED", "filter[password]"),
        ({"filter[q][password_eq]": "x"}, "INVALID_FILTERS_SYNTAX", "filter[q][password_eq]"),
        ({"filter[q][email]": "x"}, "INVALID_FILTERS_SYNTAX", "filter[q][email]"),
        ({"filter[q][nope_eq]": "x"}, "INVALID_FILTERS_SYNTAX", "filter[q][nope_eq]"),
        (
            {"filter[q][total_orders_count_gt]": "x"},
            "INVALID_FILTER_VALUE",
            "filter[q][total_orders_count_gt]",
        ),
        (
            {"filter[q][total_orders_count_cont]": "1"},
            "INVALID_FILTER_VALUE",
            "filter[q][total_orders_count_cont]",
        ),
        (
            {"filter[q][created_at_gt]": "2026-13-99"},
            "INVALID_FILTER_VALUE",
            "filter[q][created_at_gt]",
        ),
        ({"filter[q][email_eq]": "a\0b"}, "INVALID_FILTER_VALUE", "filter[q][email_eq]"),
        ({"filter[q][metadata_jcont]": "{"}, "INVALID_FILTER_VALUE", "filter[q][metadata_jcont]"),
        ({"filter[q][email_null]": "maybe"}, "INVALID_FILTER_VALUE", "filter[q][email_null]"),
        ({"colour": "red"}, "PARAM_NOT_ALLOWED", "colour"),
        ({"filter[q][a][b]": "red"}, "PARAM_NOT_ALLOWED", "filter[q][a][b]"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(shop, query, code, parameter):
    refused = error(shop.integration.get("customers", query))

    assert (refused["status"], refused["code"]) == ("400", code)
    assert refused["source"] == {"parameter": parameter}


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("email_eq", "ANN@example.com", ["ann"]),
        ("email_not_eq", "ann@example.com", ["ben", "cat"]),
        ("email_in", "ann@example.com,cat@example.com", ["ann", "cat"]),
        ("email_not_in", "ann@example.com,cat@example.com", ["ben"]),
        ("email_not_eq_all", "ann@example.com,cat@example.com", ["ben"]),
        ("email_start", "an", ["ann"]),
        ("email_not_start", "an", ["ben", "cat"]),
        ("email_start_any", "an,be", ["ann", "ben"]),
        ("email_end", "n@example.com", ["ann", "ben"]),
        ("email_not_end_any", "n@example.com,t@example.com", ["ann", "ben", "cat"]),
        ("email_not_end_all", "n@example.com,t@example.com", []),
        ("email_cont", "at@", ["cat"]),
        ("email_i_cont", "AT@", ["cat"]),
        ("email_not_cont", "at@", ["ann", "ben"]),
        ("email_cont_any", "ann,ben", ["ann", "ben"]),
        ("email_cont_all", "n,e,b", ["ben"]),
        ("email_not_i_cont_all", "ann,ben", ["cat"]),
        ("email_matches", "%n@%", ["ann", "ben"]),
        ("email_does_not_match", "%n@%", ["cat"]),
        ("email_does_not_match_any", "%n@%,%t@%", ["ann", "ben", "cat"]),
        ("email_matches_all", "%n@%,b%", ["ben"]),
        ("reference_eq", "A1", ["ann"]),
        ("reference_not_eq", "A1", ["ben"]),
        ("reference_eq_or_null", "A1", ["ann", "cat"]),
        ("reference_not_eq_or_null", "A1", ["ben", "cat"]),
        ("reference_in_or_null", "A1,x", ["ann", "cat"]),
        ("reference_not_in_or_null", "A1,x", ["ben", "cat"]),
        ("reference_null", "true", ["cat"]),
        ("reference_null", "false", ["ann", "ben"]),
        ("reference_not_null", "true", ["ann", "ben"]),
        ("reference_not_null", "false", ["cat"]),
        ("reference_present", "true", ["ann"]),
        ("reference_present", "false", ["ben", "cat"]),
        ("reference_blank", "true", ["ben", "cat"]),
        ("has_password_true", "true", ["ann"]),
        ("has_password_false", "true", ["ben", "cat"]),
        ("has_password_true", "false", ["ben", "cat"]),
        ("has_password_eq", "true", ["ann"]),
        ("total_orders_count_gteq", "1", ["ben"]),
        ("total_orders_count_lt", "1", ["ann", "cat"]),
        ("total_orders_count_gt_any", "0,1", ["ben"]),
        ("total_orders_count_lteq_all", "0,1", ["ann", "cat"]),
        ("status_eq", "repeat", ["ben"]),
        ("metadata_jcont", '{"tier":"gold"}', ["cat"]),
        ("metadata_present", "true", ["cat"]),
        ("email_or_reference_cont", "A1", ["ann"]),
        ("email_or_reference_eq", "A1", ["ann"]),
        ("customer_group_name_eq", "VIP & co", ["ann"]),
        ("customer_group_name_not_eq", "VIP & co", ["ben"]),
        ("customer_group_name_null", "true", ["cat"]),
        ("customer_group_null", "true", ["cat"]),
        ("customer_group_null", "false", ["ann", "ben"]),
        ("customer_group_present", "true", ["ann", "ben"]),
        ("email_or_customer_group_code_eq", "plain", ["ben"]),
        ("created_at_gt", "2020-01-01", ["ann", "ben", "cat"]),
        ("created_at_lt", "2020-01-01T00:00:00.000Z", []),
        ("anonymization_status_null", "true", ["ann", "ben", "cat"]),
    ],
)
def test_a_predicate_finds_exactly(shop, key, value, found):
    vip = make_group(shop.environment, name="VIP & co")
    plain = make_group(shop.environment, name="Plain", code="plain")
    make_customer(
        shop.environment, email="ann@example.com", reference="A1", password="x", customer_group=vip
    )
    make_customer(
        shop.environment,
        email="ben@example.com",
        reference="",
        total_orders_count=2,
        customer_group=plain,
    )
    make_customer(shop.environment, email="cat@example.com", metadata={"tier": "gold", "n": 1})

    reply = shop.integration.get("customers", {f"filter[q][{key}]": value})

    assert [email.split("@")[0] for email in emails(reply)] == found


def test_filters_are_anded_and_counted(shop, crowd):
    query = {"filter[q][email_start]": "c0", "filter[q][email_cont]": "5"}

    body = shop.integration.get("customers", query).json()

    assert body["meta"]["record_count"] == 1


@pytest.mark.parametrize(
    "query", [{"filter[email]": "c03@example.com"}, {"filter[created_at_from]": "2020-01-01"}]
)
def test_plain_filters_work_too(shop, crowd, query):
    assert "c03@example.com" in emails(shop.integration.get("customers", query))


def test_ids_filter_lists_rows(shop, crowd):
    query = {"filter[ids]": f"{crowd[3].uid},{crowd[5].uid},unknown"}

    assert emails(shop.integration.get("customers", query)) == [crowd[3].email, crowd[5].email]


def test_sorting_follows_each_criterion(shop):
    for email, reference in (("a@x.com", "2"), ("b@x.com", "1"), ("c@x.com", "2")):
        make_customer(shop.environment, email=email, reference=reference)

    reply = shop.integration.get("customers", {"sort": "-reference,email"})

    assert emails(reply) == ["a@x.com", "c@x.com", "b@x.com"]


def test_a_row_that_matches_twice_is_listed_once(shop):
    for reference in ("news", "offers"):
        shop.alice.customer_subscriptions.create(environment=shop.environment, reference=reference)

    reply = shop.integration.get(
        "customers", {"filter[q][customer_subscriptions_reference_present]": "true"}
    )

    assert emails(reply) == ["alice@example.com"]
    assert reply.json()["meta"]["record_count"] == 1
