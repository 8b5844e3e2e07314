"""Who may do what: the table, and the roles that narrow it."""

import pytest
from django.test import RequestFactory
from django.urls import URLResolver, get_resolver

from activity.trail import RESOURCE_TYPE as EVENT_STORES
from jsonapi import registry
from jsonapi.endpoints import Endpoint
from jsonapi.operations_view import OperationsView
from oauth.callers import caller_of
from oauth.permissions import ACTIONS, PERMISSIONS, TABLE
from organizations.models import Membership, Role
from tests.api import token_for
from tests.factories import make_application
from tests.oauth.wire import JWT_BEARER, claim, granted, owner, sign_in


def routes(patterns):
    """Every view that has an address of its own, and the names of what varies in it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "endpoint", None) or getattr(pattern.callback, "cls", None)
        if view is not None:
            yield view, pattern.pattern.regex.groupindex


def asks_the_table(view):
    return issubclass(view, Endpoint) and view is not OperationsView


def test_every_route_has_an_entry():
    views = {view for view, _ in routes(get_resolver().url_patterns) if asks_the_table(view)}
    others = {view().required_permission()[1] for view in views}
    assert set(registry.types()) >= {"customers", "orders"}
    assert others - set(registry.types()) == {EVENT_STORES}

    assert set(TABLE) == {*registry.types(), *others}
    for who in ("guest", "customer", "integration"):
        assert set(PERMISSIONS[who]) == set(TABLE)
        for actions in PERMISSIONS[who].values():
            assert actions <= set(ACTIONS.values())


def test_doors_that_ask_in_their_own_way_ask_every_time(shop):
    """An application whose role allows nothing gets no further than a stranger."""
    role = Role.objects.create(organization=shop.organization, name="Nothing", kind="custom")
    token = token_for(make_application(shop.environment, "integration", role=role))
    doors = [found for found in routes(get_resolver().url_patterns) if not asks_the_table(found[0])]
    # Its operations are permitted one by one: tests/jsonapi/checklist/test_operation_refusals.py.
    assert OperationsView in {view for view, _ in doors}

    replies = {
        (view.__name__, method): ask(view, method, names, token, shop.environment)
        for view, names in doors
        if view is not OperationsView
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(view, method) and method.upper() not in getattr(view, "public", ())
    }

    assert replies
    assert set(replies.values()) <= {401, 403}, replies


def ask(view, method, names, token, environment):
    """Return how a view answers one method, wherever it may be found."""
    request = RequestFactory().generic(
        method.upper(),
        f"/?site_id={environment.pk}",
        "{}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return view.as_view()(request, **dict.fromkeys(names, "some")).status_code


def test_a_customer_may_do_all_that_a_guest_may():
    for resource_type, actions in PERMISSIONS["guest"].items():
        assert actions <= PERMISSIONS["customer"][resource_type]


def test_guests_list_nothing_but_the_catalogue():
    lists = {name for name, actions in PERMISSIONS["guest"].items() if "list" in actions}

    assert lists <= {"bundles", "payment_methods", "prices", "shipping_methods", "skus"}


def caller(application, **body):
    body = {"grant_type": "client_credentials"} | body
    return caller_of(granted(application, **body)["access_token"])


def acting_for(application, row):
    return caller(application, grant_type=JWT_BEARER, assertion=claim(owner=owner(row)))


@pytest.fixture
def clerk(shop):
    """A role that may read everything."""
    return Role.objects.create(organization=shop.organization, name="Clerk", kind="read_only")


@pytest.fixture
def tailor(shop):
    """A role made to measure."""
    return Role.objects.create(
        organization=shop.organization,
        name="Tailor",
        kind="custom",
        permissions={"customers": ["list", "update", "fly"], "unheard_of": ["list"]},
    )


def test_sales_channels_follow_the_table(shop):
    assert caller(shop.channel).permissions == PERMISSIONS["guest"]
    signed_in = caller_of(sign_in(shop)["access_token"])
    assert signed_in.permissions == PERMISSIONS["customer"]


def test_an_integration_without_a_role_may_do_everything(shop):
    assert caller(shop.application).permissions == PERMISSIONS["integration"]
    assert acting_for(shop.application, shop.user).permissions == PERMISSIONS["integration"]


def test_a_role_narrows_an_integration_also_when_it_acts_for_somebody(shop, clerk):
    application = make_application(shop.environment, "integration", role=clerk)

    for who in (caller(application), acting_for(application, shop.user)):
        assert who.may("list", "customers")
        assert not who.may("update", "customers")
    as_customer = acting_for(application, shop.alice)
    assert as_customer.may("retrieve", "customers")
    assert not as_customer.may("update", "customers")
    assert not as_customer.may("list", "customers")


def test_a_custom_role_may_do_what_it_lists(shop, tailor):
    application = make_application(shop.environment, "integration", role=tailor)

    who = caller(application)

    assert who.permissions["customers"] == {"list", "update"}
    assert "unheard_of" not in who.permissions
    assert not who.may("list", "orders")
    assert who.may("retrieve", "organizations")


def test_a_webapp_may_do_what_its_user_may(shop, clerk):
    webapp = make_application(shop.environment, "webapp")
    admin = acting_for(webapp, shop.user)
    assert admin.may("destroy", "customers")

    Membership.objects.filter(user=shop.user).update(role=clerk)
    clerk.save()  # a changed role is noticed at once here, within a second elsewhere

    demoted = acting_for(webapp, shop.user)
    assert demoted.may("list", "customers")
    assert not demoted.may("destroy", "customers")


def test_a_webapp_without_a_user_may_only_look_at_itself(shop):
    webapp = make_application(shop.environment, "webapp")

    who = caller(webapp, grant_type=JWT_BEARER, assertion=claim(custom_claim={"a": 1}))

    assert who.permissions == {
        "applications": {"retrieve"},
        "organizations": {"retrieve"},
    }
