"""Staff define segments and see who is in them."""

import pytest

from activity.models import EventStore
from catalog.models import PlanMembership, Segment
from tests.admin.rows import address, page_of
from tests.factories import make_customer
from tests.orders.goods import make_plan, make_segment


def form(shop, *rules, **fields):
    data = {
        "environment": shop.environment.pk,
        "name": "Known",
        "match": "all",
        "metadata": "{}",
        "rules-TOTAL_FORMS": len(rules),
        "rules-INITIAL_FORMS": 0,
    }
    for number, rule in enumerate(rules):
        for name, value in zip(("criterion", "operator", "value"), rule, strict=True):
            data[f"rules-{number}-{name}"] = value
    return data | fields


def test_a_segment_is_defined_by_rules(shop, staff):
    rules = [("email", "starts", "alice"), ("total_orders_count", "at_most", "0")]
    alice = shop.alice

    reply = staff.post(address(Segment, "add"), form(shop, *rules))

    assert reply.status_code == 302, reply.context["errors"]
    segment = Segment.objects.get()
    assert [str(rule) for rule in segment.rules.all()] == [
        "E-mail starts with alice",
        "Placed orders is at most 0",
    ]
    assert set(segment.members()) == {alice}


def test_what_becomes_of_rules_is_recorded_without_their_values(shop, staff):
    segment = make_segment(shop.environment, ("email", "starts", "alice"), name="Known")
    rule = segment.rules.get()
    kept = {"rules-INITIAL_FORMS": 1, "rules-0-id": rule.pk, "rules-0-segment": segment.pk}

    staff.post(page_of(segment), form(shop, ("email", "starts", "bob"), **kept))
    staff.post(page_of(segment), form(shop, ("email", "starts", "bob"), **kept))
    gone = {**kept, "rules-0-DELETE": "on"}
    staff.post(page_of(segment), form(shop, ("email", "starts", "bob"), **gone, match="any"))

    assert not segment.rules.exists()
    entries = EventStore.objects.about("segments", segment.uid).order_by("pk")
    changed, matched, removed = [entry for entry in entries if entry.event == "update"]
    assert matched.payload["match"] == ["all", "any"]
    before, after = changed.payload["rules"]
    assert before[0]["updated_at"] < after[0]["updated_at"]
    assert (after[0]["criterion"], after[0]["operator"]) == ("email", "starts")
    assert removed.payload["rules"] == [after, []]
    assert "alice" not in str([changed.payload, removed.payload])


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        (("total_orders_count", "at_least", "many"), b"Write a whole number."),
        (("email", "older", "7"), b"E-mail can only be compared by"),
        (("unheard_of", "is", "7"), b"Select a valid choice"),
    ],
)
def test_a_rule_without_sense_is_explained(shop, staff, rule, complaint):
    reply = staff.post(address(Segment, "add"), form(shop, rule))

    assert reply.status_code == 200
    assert complaint in reply.content
    assert not Segment.objects.exists()


def test_its_page_shows_who_is_in_it_and_why(shop, staff):
    segment = make_segment(shop.environment, ("email", "starts", "alice"))
    assert shop.alice
    assert shop.bob

    for url in (page_of(segment), f"/admin/catalog/segment/{segment.pk}/members/"):
        page = staff.get(url)
        assert page.status_code == 200
        assert b"E-mail starts with alice (alice@example.com)" in page.content
        assert b"bob@example.com" not in page.content


def test_a_customers_page_shows_their_segments(shop, staff):
    make_segment(shop.environment, ("email", "starts", "alice"), name="All the Alices")

    assert b"All the Alices" in staff.get(page_of(shop.alice)).content
    assert b"All the Alices" not in staff.get(page_of(shop.bob)).content


def test_members_come_in_pages(shop, staff):
    segment = make_segment(shop.environment, ("email", "contains", "@"))
    for _ in range(51):
        make_customer(shop.environment)
    url = f"/admin/catalog/segment/{segment.pk}/members/"

    assert b"Page 1 of 2" in staff.get(url).content
    assert b"Page 2 of 2" in staff.get(url, {"p": "2"}).content
    assert b"Page 1 of 2" in staff.get(url, {"p": "nonsense"}).content


def test_strangers_see_no_members(shop, rival, staff, member_with):
    theirs = make_segment(rival.environment, ("email", "contains", "@"))
    own = make_segment(shop.environment, ("email", "contains", "@"))
    clerk = member_with("custom", segments=["list", "retrieve"])
    assert shop.alice

    assert staff.get(f"/admin/catalog/segment/{theirs.pk}/members/").status_code == 404
    assert clerk.get(f"/admin/catalog/segment/{own.pk}/members/").status_code == 404
    assert b"alice@example.com" not in clerk.get(page_of(own)).content


def test_a_membership_begins_as_the_address_says(shop, staff):
    plan = make_plan(shop.environment)
    data = {"environment": shop.environment.pk, "plan": plan.pk, "metadata": "{}"}

    reply = staff.post(address(PlanMembership, "add"), {**data, "customer": shop.alice.pk})

    assert reply.status_code == 302, reply.context["errors"]
    assert PlanMembership.objects.get().status == "pending"
    assert plan.name.encode() in staff.get(page_of(shop.alice)).content
