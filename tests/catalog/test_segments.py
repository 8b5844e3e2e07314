"""Who is in a segment, and what that grants."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.models import Tag
from catalog import services
from catalog.models import PlanMembership, Segment
from catalog.segmentation import Operator, choices, criterion
from customers.models import Customer
from orders.models import Order
from tests.admin.rows import make_placed_order
from tests.factories import make_address, make_customer, make_group
from tests.orders.goods import make_coupon, make_plan, make_segment, make_sku


def members(segment):
    return {customer.email for customer in segment.members()}


@pytest.fixture
def people(shop):
    """Anna has everything, Bert nothing, and a stranger all of it in another environment."""
    anna = make_customer(
        shop.environment,
        email="Anna@Example.com",
        reference="A-1",
        company="Anna Ltd",
        language="it",
        type="business",
        locale="it_IT",
        metadata={"tier": "gold"},
        password="secret",
        confirmed_email="anna@example.com",
        customer_group=make_group(shop.environment, code="VIP"),
    )
    anna.tags.add(Tag.objects.create(environment=shop.environment, name="Loyal"))
    anna.customer_subscriptions.create(environment=shop.environment, reference="news")
    address = make_address(shop.environment, customer=anna, country_code="IT")
    anna.customer_addresses.create(environment=shop.environment, address=address)
    order = make_placed_order(shop.environment, anna)
    Order.objects.filter(pk=order.pk).update(
        placed_at=timezone.now() - timedelta(days=40), total_amount_cents=5000
    )
    bert = make_customer(shop.environment, email="bert@example.com", enabled=False)
    Customer.objects.filter(pk=bert.pk).update(created_at="2020-05-05T10:00:00Z")
    return anna, bert


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("email", "is", "ANNA@example.com", "anna"),
        ("email", "is_not", "anna@example.com", "bert"),
        ("email", "contains", "NN", "anna"),
        ("email", "starts", "b", "bert"),
        ("email", "ends", ".COM", "anna bert"),
        ("reference", "filled", "", "anna"),
        ("reference", "empty", "", "bert"),
        ("reference", "is_not", "x", "anna bert"),
        ("company", "contains", "%", ""),
        ("total_orders_count", "is", "1", "anna"),
        ("total_orders_count", "at_least", "1", "anna"),
        ("total_orders_count", "at_most", "0", "bert"),
        ("created_at", "before", "2020-05-06", "bert"),
        ("created_at", "since", "2020-05-06", "anna"),
        ("created_at", "since", "2020-05-05", "anna bert"),
        ("created_at", "within", "2", "anna"),
        ("created_at", "older", "2", "bert"),
        ("email_confirm", "is", "yes", "anna"),
        ("has_password", "is", "No", "bert"),
        ("enabled", "is", "no", "bert"),
        ("status", "any", "Acquired, repeat", "anna"),
        ("status", "none", "acquired", "bert"),
        ("type", "any", "business", "anna"),
        ("type", "none", "business", "bert"),
        ("language", "any", "it", "anna"),
        ("locale", "any", "it_it", "anna"),
        ("group", "any", "vip,other", "anna"),
        ("group", "none", "vip", "bert"),
        ("metadata", "any", "tier = gold", "anna"),
        ("metadata", "none", "tier=gold", "bert"),
        ("tags", "any", "loyal", "anna"),
        ("tags", "all", "loyal, other", ""),
        ("country", "any", "it", "anna"),
        ("lists", "any", "News", "anna"),
        ("lists", "none", "news", "bert"),
        ("last_order", "within", "30", ""),
        ("last_order", "older", "30", "anna"),
        ("first_order", "empty", "", "bert"),
        ("first_order", "filled", "", "anna"),
        ("spent", "at_least", "50.00 EUR", "anna"),
        ("spent", "at_least", "50.01 EUR", ""),
        ("spent", "at_most", "0 USD", "anna bert"),
        ("bought", "any", "nothing", ""),
        ("repeating", "any", "active", ""),
        ("memberships", "any", "tea", ""),
    ],
)
@pytest.mark.usefixtures("people")
def test_rules_find_their_customers(shop, name, operator, value, expected):
    segment = make_segment(shop.environment, (name, operator, value))

    assert members(segment) == {f"{one}@example.com" for one in expected.split()}


def test_every_question_has_been_asked():
    mark = test_rules_find_their_customers.pytestmark[-1]
    asked = {name for name, *_ in mark.args[1]}

    assert asked == {name for name, _ in choices()}


def test_purchases_count(shop):
    order = make_placed_order(shop.environment, shop.alice)
    order.line_items.update(sku_code="MUG")
    segment = make_segment(shop.environment, ("bought", "any", "MUG, other"))

    assert members(segment) == {"alice@example.com"}


def test_all_rules_or_any(shop, people):
    rules = (("total_orders_count", "at_least", "1"), ("email", "starts", "b"))

    assert members(make_segment(shop.environment, *rules)) == set()
    assert len(members(make_segment(shop.environment, *rules, match="any"))) == 2


def test_a_segment_without_rules_is_empty(shop, people):
    for match in ("all", "any"):
        assert members(make_segment(shop.environment, match=match)) == set()


def test_membership_changes_with_the_facts(shop):
    segment = make_segment(shop.environment, ("total_orders_count", "at_least", "1"))
    assert services.segments_of(customer=shop.alice) == []

    make_placed_order(shop.environment, shop.alice)

    assert services.segments_of(customer=shop.alice) == [segment]
    assert services.segments_of(customer=shop.bob) == []


def test_a_segment_knows_its_own_environment_only(shop, rival):
    segment = make_segment(shop.environment, ("email", "contains", "@"))
    assert shop.alice
    assert rival.alice

    assert members(segment) == {"alice@example.com"}
    assert set(segment.members()) == {shop.alice}
    assert services.segments_of(customer=rival.alice) == []


def test_who_is_forgotten_is_in_no_segment(shop):
    segment = make_segment(shop.environment, ("email", "contains", "@"))
    assert members(segment) == set()
    gone = make_customer(shop.environment, anonymization_status="started")
    waiting = make_customer(shop.environment, anonymization_status="requested")

    assert members(segment) == {waiting.email}
    assert services.segments_of(customer=gone) == []


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("unheard_of", "is", "x"),
        ("email", "at_least", "x"),
        ("email", "is", ""),
        ("email", "is", "   "),
        ("reference", "filled", "x"),
        ("total_orders_count", "is", "many"),
        ("total_orders_count", "is", "99999999999"),
        ("total_orders_count", "is", "²"),
        ("created_at", "before", "yesterday"),
        ("created_at", "within", "0"),
        ("created_at", "within", "99999999"),
        ("created_at", "is", "2026-01-01"),
        ("enabled", "is", "maybe"),
        ("spent", "at_least", "100"),
        ("spent", "at_least", "100 XXY"),
        ("spent", "at_least", "NaN EUR"),
        ("spent", "at_least", "0.001 EUR"),
        ("spent", "at_least", "1e99 EUR"),
        ("tags", "any", ","),
        ("tags", "any", ",".join("ab" for _ in range(101))),
    ],
)
def test_a_rule_without_sense_is_refused(shop, name, operator, value):
    with pytest.raises(ValidationError):
        make_segment(shop.environment, (name, operator, value))


def test_a_question_that_is_asked_no_more_finds_nobody(shop):
    segment = make_segment(shop.environment, ("email", "contains", "@"))
    assert shop.alice in segment.members()

    segment.rules.update(criterion="unheard_of")

    assert members(segment) == set()
    assert services.segments_of(customer=shop.alice) == []


@pytest.mark.parametrize("operator", Operator)
def test_every_operator_belongs_to_a_question(operator):
    kinds = [criterion(name).kind for name, _ in choices()]

    assert any(operator in kind.operators for kind in kinds)


def test_offers_say_which_segments_grant_them(shop):
    known = make_segment(shop.environment, ("email", "contains", "@"), name="Known")
    alices = make_segment(shop.environment, ("email", "starts", "alice"), name="Alices")
    bobs = make_segment(shop.environment, ("email", "starts", "bob"), name="Bobs")
    both = make_plan(shop.environment, known, alices, bobs)
    make_plan(shop.environment)
    make_plan(shop.environment, bobs)
    make_plan(shop.environment, known, enabled=False)
    coupon = make_coupon(shop.environment, alices)
    make_coupon(shop.environment, known, expires_at=timezone.now())
    mug = make_sku(shop.environment)
    mug.segments.add(known)

    plans = services.eligible_plans(customer=shop.alice)

    assert plans == [both]
    assert plans[0].granting == [alices, known]
    assert services.eligible_coupons(customer=shop.alice) == [coupon]
    assert services.eligible_coupons(customer=shop.bob) == []
    assert services.eligible_skus(customer=shop.bob) == [mug]


def test_offers_of_another_environment_are_none(shop, rival):
    segment = make_segment(rival.environment, ("email", "contains", "@"))
    make_plan(rival.environment, segment)
    assert services.eligible_plans(customer=rival.alice)

    assert services.eligible_plans(customer=shop.alice) == []


@pytest.mark.parametrize(
    ("find", "queries"),
    [
        (services.eligible_plans, 5),
        (services.eligible_coupons, 5),
        (services.eligible_skus, 6),
    ],
)
def test_finding_offers_costs_the_same_however_many_there_are(shop, find, queries):
    def add():
        number = Segment.objects.count()
        segment = make_segment(
            shop.environment,
            ("email", "contains", "@"),
            ("spent", "at_most", f"{number} EUR"),
            ("tags", "none", "rude"),
        )
        make_plan(shop.environment, segment)
        make_coupon(shop.environment, segment)
        make_sku(shop.environment).segments.add(segment)

    assert shop.alice

    def cost():
        with CaptureQueriesContext(connection) as captured:
            found = find(customer=shop.alice)
        return len(found), len(captured)

    add()
    assert cost() == (1, queries)
    for _ in range(9):
        add()

    assert cost() == (10, queries)


def test_it_is_explained_why_somebody_is_in_a_segment(shop, people):
    anna, bert = people
    segment = make_segment(
        shop.environment,
        ("total_orders_count", "at_least", "1"),
        ("spent", "at_least", "10 EUR"),
        ("tags", "any", "loyal"),
        ("email", "starts", "b"),
        match="any",
    )

    reasons = services.explain(segment=segment, customers=[anna, bert])

    assert reasons == {
        anna.pk: [
            "Placed orders is at least 1 (1)",
            "Spent on placed orders is at least 10 EUR (€50,00)",
            "Tags is or has any of loyal",
        ],
        bert.pk: ["E-mail starts with b (bert@example.com)"],
    }


def test_memberships_wait_for_a_confirmed_address(shop):
    plan = make_plan(shop.environment, code="tea")
    known = make_customer(shop.environment, email="k@example.com", confirmed_email="k@example.com")
    rows = [
        PlanMembership(environment=shop.environment, customer=customer, plan=plan)
        for customer in (shop.alice, known)
    ]
    for row in rows:
        services.add_membership(membership=row)

    assert [row.status for row in rows] == ["pending", "active"]
    tea = make_segment(shop.environment, ("memberships", "any", "tea"))
    assert members(tea) == {known.email}
    assert services.activate_memberships(customer=shop.alice) == 1
    assert services.activate_memberships(customer=shop.alice) == 0
    assert members(tea) == {known.email, shop.alice.email}
