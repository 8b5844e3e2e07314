"""/api/v1/sdk: what customers read and change of their own record."""

import pytest

from compat.storefront.words import EN
from customers.models import Customer
from tests.compat.sdk import Sdk, faults, sentence
from tests.factories import PASSWORD, make_address, make_customer
from tests.orders import goods


def test_what_is_not_sent_stays_and_what_is_empty_is_cleared(as_ada):
    as_ada.use(as_ada.put(first_name="Ada", last_name="Byron", phone="15145550100", title="Ms"))

    data = as_ada.use(as_ada.put(last_name="", phone=None))

    assert (data["first_name"], data["last_name"], data["phone"]) == ("Ada", None, None)
    assert (data["title"], data["username"]) == ("Ms", "ada-b")


def test_an_update_gives_a_fresh_token(as_ada):
    before = as_ada.token

    assert as_ada.use(as_ada.put(first_name="Ada"))["token"] != before
    assert as_ada.put().status_code == 200


def test_metadata_is_merged_and_null_removes(as_ada):
    saved = [{"title": "A page", "url": "https://x.example"}]
    as_ada.put(metadata={"a": "1", "metadata_saved_pages": saved})

    data = as_ada.put(metadata={"a": None, "b": "2"}).json()["data"]

    assert data["metadata"] == {"b": "2", "metadata_saved_pages": saved}


def test_nobody_confirms_or_enables_themselves(as_ada, ada):
    Customer.objects.filter(pk=ada.pk).update(enabled=False)

    data = as_ada.use(as_ada.put(email_confirm=True, enabled=True, id=1, total_orders_count=5))

    assert data["email_confirm"] is False
    ada.refresh_from_db()
    assert (ada.enabled, ada.total_orders_count) == (False, 0)


def test_an_update_is_refused_field_by_field(shop, as_ada):
    make_customer(shop.environment, email="bob@example.com", username="bob")

    assert faults(as_ada.put(email="BOB@example.com"))["email"] == ["This email is already in use."]
    assert faults(as_ada.put(username="Bob")) == {"username": ["This username is already in use."]}
    assert set(faults(as_ada.put(email="x", phone="1", username="?"))) == {
        "email",
        "phone",
        "username",
    }


def test_changes_are_in_the_audit_trail_and_seen_at_the_other_door(shop, as_ada, ada):
    as_ada.put(email="new@example.com", first_name="Ada")

    attributes = shop.integration.get(f"customers/{ada.uid}").json()["data"]["attributes"]
    assert attributes["email"] == "new@example.com"
    entries = shop.integration.get("event_stores").json()["data"]
    assert {"first_name", "email"} <= entries[0]["attributes"]["payload"].keys()
    assert entries[0]["attributes"]["who"]["owner"]["id"] == ada.uid


def test_a_new_password_needs_the_old_one_and_ends_all_sessions(as_ada, ada):
    other = Sdk(as_ada.site)
    other.use(other.post("auth/login", email=ada.email, password=PASSWORD))
    new = {"new_password": "a better one", "confirm_new_password": "a better one"}

    wrong = as_ada.post("password/update", old_password="wrong", **new)
    assert sentence(wrong) == (400, "The old password is wrong.")
    data = as_ada.use(as_ada.post("password/update", old_password=PASSWORD, **new))

    assert data["token"]
    assert as_ada.post("customer").status_code == 200
    assert sentence(other.post("customer"))[0] == 403
    assert other.post("auth/login", email=ada.email, password=PASSWORD).status_code == 404
    assert other.post("auth/login", email=ada.email, password="a better one").status_code == 200


@pytest.mark.parametrize(
    ("new", "confirmed", "key"),
    [
        ("short", "short", "min_length"),
        ("longer", "other", "confirmed"),
        (PASSWORD, PASSWORD, "different"),
    ],
)
def test_a_bad_new_password_is_refused(as_ada, new, confirmed, key):
    reply = as_ada.post(
        "password/update",
        old_password=PASSWORD,
        new_password=new,
        confirm_new_password=confirmed,
    )

    assert faults(reply) == {"new_password": [EN[key].format(name="new password", count=6)]}


def test_everything_that_is_theirs_is_in_the_customer(shop, as_ada, ada):
    address = make_address(shop.environment, customer=ada)
    ada.customer_addresses.create(environment=shop.environment, address=address)
    details = {"brand": "Visa", "lastFourDigits": "1111"}
    ada.customer_payment_sources.create(
        environment=shop.environment, is_default=True, details=details
    )
    order = goods.make_placed(goods.make_market(shop.environment), ada)
    goods.make_pending(goods.make_market(shop.environment), ada)

    data = as_ada.post("customer").json()["data"]

    (shown,) = data["addresses"]
    assert (shown["line1"], shown["postal_code"], shown["country"]) == (
        "2883 Geraldine Lane",
        "10013",
        "US",
    )
    (source,) = data["sources"]
    assert source == data["source"]
    assert (source["is_default"], source["properties"]["last4"]) == (True, "1111")
    (bought,) = data["orders"]
    assert (bought["id"], bought["currency"], bought["amount"], bought["quantity"]) == (
        order.pk,
        "eur",
        1000,
        1,
    )
    assert bought["items"][0]["product_sku_name"] == "A mug"
    assert data["currency"] == "eur"
