"""Requesting and cancelling anonymization, one by one and for many."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from activity.models import EventStore
from anonymization import services
from anonymization.models import AnonymizationRequest
from customers.models import Customer
from tests.admin.conftest import messages_of
from tests.admin.rows import address, make_placed_order, page_of

SUBMITTED = {"_form_submitted": "on"}


def press(client, customer, name, data=SUBMITTED):
    url = reverse(f"admin:customers_customer_{name}", args=[customer.pk])
    return client.post(url, data)


def press_on_request(client, row, name):
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[row.pk])
    return client.post(url, SUBMITTED)


def bulk(client, name, *customers, **data):
    keys = [customer.pk for customer in customers]
    data = {"action": name, "_selected_action": keys, **data}
    return client.post(address(Customer, "changelist"), data)


def status(customer):
    customer.refresh_from_db()
    return customer.anonymization_status


def test_it_asks_before_it_acts(shop, staff):
    url = reverse("admin:customers_customer_request_anonymization", args=[shop.alice.pk])
    assert b"erased for good" in staff.get(url).content
    assert press(staff, shop.alice, "request_anonymization", {}).status_code == 200
    assert status(shop.alice) is None


def test_a_request_is_opened_and_cancelled_on_the_customers_page(shop, boss, staff):
    assert press(staff, shop.alice, "request_anonymization").status_code == 302
    assert status(shop.alice) == "requested"
    request = AnonymizationRequest.objects.get(subject_uid=shop.alice.uid)
    assert request.requester == boss
    page = staff.get(page_of(shop.alice)).content.decode()
    assert "Can be cancelled until" in page
    assert "Cancel anonymization" in page
    assert "user boss@acme.example, through the admin" in page

    press(staff, shop.alice, "cancel_anonymization")

    assert status(shop.alice) == "cancelled"


def test_a_dialog_is_told_where_to_go(shop, staff):
    url = reverse("admin:customers_customer_request_anonymization", args=[shop.alice.pk])
    reply = staff.post(url, SUBMITTED, headers={"HX-Request": "true"})
    assert reply["HX-Redirect"] == page_of(shop.alice)


def test_a_refusal_becomes_a_message(shop, staff):
    reply = press(staff, shop.alice, "cancel_anonymization")
    assert reply.status_code == 302
    assert messages_of(reply) == ["Cancel anonymization: there is no open request to cancel."]
    assert not LogEntry.objects.exists()


def test_many_are_requested_after_a_question(shop, staff):
    asked = bulk(staff, "request_for_selected", shop.alice, shop.bob)
    assert b"alice@example.com" in asked.content
    assert status(shop.alice) is None

    bulk(staff, "request_for_selected", shop.alice, shop.bob, confirmed="yes")

    assert (status(shop.alice), status(shop.bob)) == ("requested", "requested")


def test_many_report_each_refusal(shop, staff):
    press(staff, shop.alice, "request_anonymization")
    reply = bulk(staff, "cancel_for_selected", shop.alice, shop.bob, confirmed="yes")
    assert messages_of(reply)[-2:] == [
        f"customer {shop.bob.uid}: Cancel anonymization: there is no open request to cancel.",
        "Cancel anonymization: done for 1.",
    ]
    assert status(shop.alice) == "cancelled"


@pytest.fixture
def forgotten(shop, boss):
    request = services.request_anonymization(
        environment_id=shop.environment.pk, subject_uid=shop.alice.uid, requester=boss
    )
    AnonymizationRequest.objects.filter(pk=request.pk).update(not_before=request.requested_at)
    assert services.process(request_id=request.pk)
    assert status(shop.alice) == "completed"
    return shop.alice


def test_a_forgotten_customer_is_read_only_and_cannot_be_asked_for_again(forgotten, staff):
    page = staff.get(page_of(forgotten))
    assert page.context["has_change_permission"] is False
    assert page.context["actions_detail"] == []
    reply = press(staff, forgotten, "request_anonymization")
    assert messages_of(reply) == ["Request anonymization: has already been carried out."]


def test_requests_are_cancelled_from_their_own_list_and_page(shop, staff):
    for customer in (shop.alice, shop.bob):
        press(staff, customer, "request_anonymization")
    one, other = AnonymizationRequest.objects.order_by("pk")

    press_on_request(staff, one, "cancel")
    data = {"action": "cancel_selected", "_selected_action": [one.pk, other.pk]}
    reply = staff.post(address(AnonymizationRequest, "changelist"), data)

    assert status(shop.alice) == status(shop.bob) == "cancelled"
    assert any("no open request" in text for text in messages_of(reply))


def test_a_failed_request_is_opened_again(shop, boss, staff):
    request = services.request_anonymization(
        environment_id=shop.environment.pk, subject_uid=shop.alice.uid, requester=boss
    )
    request.fail("RuntimeError")
    assert b"Request again" in staff.get(page_of(request)).content

    press_on_request(staff, request, "request_again")

    assert status(shop.alice) == "requested"
    assert AnonymizationRequest.objects.count() == 2


def test_requests_are_nobodys_to_edit(shop, staff):
    press(staff, shop.alice, "request_anonymization")
    request = AnonymizationRequest.objects.get()
    assert staff.post(page_of(request), {"status": "cancelled"}).status_code == 403
    assert staff.post(page_of(request, "delete"), {"post": "yes"}).status_code == 403


def test_a_customer_without_orders_is_deleted_with_every_trace(shop, staff):
    reply = staff.post(page_of(shop.alice, "delete"), {"post": "yes"})
    assert reply.status_code == 302
    assert not Customer.objects.filter(pk=shop.alice.pk).exists()
    entries = EventStore.objects.filter(resource_uid=shop.alice.uid)
    assert "alice@example.com" not in str(list(entries.values()))


def test_a_customer_with_orders_is_not_deleted(shop, staff):
    make_placed_order(shop.environment, shop.alice)

    asked = staff.get(page_of(shop.alice, "delete"))
    staff.post(page_of(shop.alice, "delete"), {"post": "yes"})
    bulk(staff, "delete_selected", shop.alice, shop.bob, post="yes")

    assert b"has orders" in asked.content
    assert Customer.objects.filter(pk__in=[shop.alice.pk, shop.bob.pk]).count() == 2
