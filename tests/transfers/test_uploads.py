import json

import pytest

from customers.models import Customer
from organizations.models import Role
from tests import factories
from tests.api import Api, error, token_for
from tests.orders import goods
from tests.transfers.steps import finish, upload
from transfers.models import Import, ImportInput


def uploaded(api, body, media_type="text/csv", resource_type="customers", **query):
    reply = upload(api, body, media_type, resource_type, **query)
    assert reply.status_code == 201, reply.content
    return Import.objects.get(uid=reply.json()["data"]["id"])


def stored(job):
    rows = ImportInput.objects.filter(job=job).order_by("position")
    return [json.loads(content) for content in rows.values_list("content", flat=True)]


def test_a_file_of_csv_is_imported(shop):
    group = factories.make_group(shop.environment)
    body = (
        "\ufeffemail;reference;customer_group_id;metadata\r\n"
        f'ada@example.com;"one; two\r\nthree";{group.uid};"{{""tier"": 1}}"\r\n'
        "\r\n"
        "byron@example.com;;;\r\n"
    ).encode()

    job = finish(uploaded(shop.integration, body))

    assert (job.inputs_size, job.processed_count, job.errors_log) == (2, 2, {})
    ada = Customer.objects.get(email="ada@example.com")
    assert (ada.reference, ada.customer_group) == ("one; two\r\nthree", group)
    assert ada.metadata == {"tier": 1}
    assert Customer.objects.get(email="byron@example.com").reference is None


def test_cells_become_what_the_attribute_is(shop):
    body = b"name,quantity,unit_amount_cents,tax_rate,order_id\n'+1,3,250,0.22,{order}\n"
    order = goods.make_order(goods.make_market(shop.environment), shop.alice).uid

    job = finish(
        uploaded(
            shop.integration, body.replace(b"{order}", order.encode()), "text/csv", "line_items"
        )
    )

    assert job.errors_log == {}
    (line,) = shop.integration.get(f"orders/{order}/line_items").json()["data"]
    shown = line["attributes"]
    assert (shown["name"], shown["quantity"], shown["unit_amount_cents"]) == ("+1", 3, 250)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b'[{"email": "a@example.com"}, {"email": "b@example.com"}]'),
        ("application/json", b' [ {"email":"a@example.com"} ,\n{"email":"b@example.com"}\n] \n'),
        ("application/x-ndjson", b'{"email": "a@example.com"}\n{"email": "b@example.com"}\n'),
        ("application/json", b'{"email": "a@example.com"} {"email": "b@example.com"}'),
        ("text/csv", b"email\na@example.com\nb@example.com"),
        ("text/csv; charset=utf-8", b'"email"\r\na@example.com\r\n"b@example.com"\r\n'),
    ],
)
def test_a_file_may_be_json_json_lines_or_csv(shop, media_type, body):
    job = uploaded(shop.integration, body, media_type)

    assert stored(job) == [{"email": "a@example.com"}, {"email": "b@example.com"}]


@pytest.mark.parametrize("body", [b"[]", b" ", b"\n"])
def test_an_empty_file_is_an_import_without_inputs(shop, body):
    job = finish(uploaded(shop.integration, body, "application/json"))

    assert (job.status, job.inputs_size) == ("completed", 0)


def test_an_input_may_lie_across_the_pieces_in_which_a_file_is_read(shop):
    rows = [{"email": f"{n}@example.com", "reference": "ü" * 240} for n in range(2_000)]

    for media_type, body in (
        ("application/json", json.dumps(rows).encode()),
        ("application/json", json.dumps(rows, ensure_ascii=False, indent=1).encode()),
        (
            "text/csv",
            "\n".join(["email,reference", *map(",".join, map(dict.values, rows))]).encode(),
        ),
    ):
        assert stored(uploaded(shop.integration, body, media_type)) == rows


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b'[{"email": "a@example.com"}'),
        ("application/json", b'[{"email": "a@example.com"},]'),
        ("application/json", b'[{"email": "a@example.com"} {"email": "b@example.com"}]'),
        ("application/json", b'[{"email": "a@example.com"}] {}'),
        ("application/json", b'[["a"]]'),
        ("application/json", b'"a"'),
        ("application/json", b'[{"email": NaN}]'),
        ("application/json", b'[{"email": "\\ud800"}]'),
        ("application/json", b'[{"email": "' + b"x" * 200_000 + b'"}]'),
        ("application/json", b'[{"a":' * 50_000),
        ("application/json", b'[{"email": "\xff"}]'),
        ("text/csv", b"email\n\xff@example.com\n"),
        ("text/csv", b"ada@example.com,Ada\nbyron@example.com,Byron\n"),
        ("text/csv", b"email,email\na@example.com,b@example.com\n"),
        ("text/csv", b"email\na@example.com,b\n"),
        ("text/csv", b'email\n"a@example.com\n'),
        ("text/csv", b'email\n"a"b\n'),
        ("text/csv", b"email\n" + b"x" * 200_000),
    ],
)
def test_a_malformed_file_is_refused_as_a_whole(shop, media_type, body):
    reply = upload(shop.integration, body, media_type)

    assert reply.status_code == 400, reply.content
    assert error(reply)["code"] == "INVALID_DATA_FORMAT"
    assert not Import.objects.exists()
    assert not ImportInput.objects.exists()


def test_other_types_of_files_and_unknown_parameters_are_refused(shop):
    assert upload(shop.integration, b"x", "application/zip").status_code == 415
    assert upload(shop.integration, b"email\n", shoe_size="1").status_code == 400
    assert upload(shop.integration, b"email\n", resource_type="unheard_of").status_code == 422
    assert upload(shop.integration, b"email\n", skip_errors="perhaps").status_code == 422


def test_only_back_ends_that_may_import_get_in(shop):
    clerk = Role.objects.create(
        organization=shop.organization,
        name="Clerk",
        kind="custom",
        permissions={"imports": ["create"], "customers": ["list"]},
    )
    narrow = factories.make_application(shop.environment, "integration", role=clerk)

    assert upload(Api(), b"email\n").status_code == 401
    assert upload(shop.guest, b"email\n").status_code == 401
    assert upload(shop.as_alice, b"email\n").status_code == 401
    assert upload(Api(token_for(narrow)), b"email\n").status_code == 401
    assert upload(shop.integration, b"email\n").status_code == 201


@pytest.mark.parametrize("size", [1, 20_000])
def test_a_file_with_a_card_in_it_is_refused_however_large(shop, size):
    rows = [{"email": f"{n}@example.com", "reference": "x" * 50} for n in range(size)]
    rows[-1]["reference"] = "4111 1111 1111 1111"

    reply = upload(shop.integration, json.dumps(rows).encode(), "application/json")

    assert reply.status_code == 400
    assert error(reply)["code"] == "CARD_DATA_REFUSED"
    assert not ImportInput.objects.exists()
