import pytest

from activity.models import EventStore
from activity.services import record
from annotations.models import Tag
from tests import factories
from tests.api import error, identifier
from tests.queries import cost

pytestmark = pytest.mark.django_db


def trail(api, customer, **query):
    return api.get(f"customers/{customer.uid}/event_stores", query)


def shown(reply):
    assert reply.status_code == 200, reply.json()
    return [row["attributes"] for row in reply.json()["data"]]


@pytest.fixture
def history(shop):
    """Thirty changes of Alice."""
    for number in range(30):
        record(instance=shop.alice, event="update", payload={"n": [number, number + 1]})


def test_it_tells_who_changed_what_from_which_value_to_which(shop):
    shop.staff.patch("customers", shop.alice.uid, attributes={"reference": "r-1"})

    [entry] = shown(trail(shop.staff, shop.alice))

    assert entry["resource_type"] == "customers"
    assert entry["resource_id"] == shop.alice.uid
    assert entry["event"] == "update"
    assert entry["payload"]["reference"] == {"from": None, "to": "r-1"}
    assert entry["who"] == {
        "application": {
            "id": shop.application.uid,
            "kind": "integration",
            "public": False,
            "confidential": True,
        },
        "owner": {
            "id": shop.user.uid,
            "type": "User",
            "email": shop.user.email,
            "first_name": "Travis",
            "last_name": "Muller",
        },
    }
    assert entry["created_at"] == entry["updated_at"]
    assert entry["created_at"].endswith("+00:00")
    assert entry["reference"] == entry["reference_origin"] == entry["metadata"] == {}


def test_it_stores_no_name_of_the_staff(shop):
    shop.staff.patch("customers", shop.alice.uid, attributes={"reference": "r-1"})

    entry = EventStore.objects.get(resource_uid=shop.alice.uid)

    assert entry.who["owner"] == {"id": shop.user.uid, "type": "User"}


def test_it_never_holds_a_password(shop):
    shop.integration.patch("customers", shop.alice.uid, attributes={"password": "n3w passw0rd!"})

    assert "n3w" not in str(list(EventStore.objects.values()))


def test_a_change_of_nothing_leaves_no_entry(shop):
    shop.staff.patch("customers", shop.alice.uid, attributes={"email": shop.alice.email})

    assert shown(trail(shop.staff, shop.alice)) == []


def test_it_tells_of_the_beginning_and_the_end(shop):
    uid = shop.staff.post("tags", attributes={"name": "vip"}).json()["data"]["id"]
    shop.staff.delete(f"tags/{uid}")

    entries = shown(shop.staff.get(f"tags/{uid}/event_stores"))

    assert [entry["event"] for entry in entries] == ["destroy", "create"]


def told(api, customer):
    """The latest changes of a customer, without the time."""
    payload = shown(trail(api, customer))[0]["payload"]
    return {name: (one["from"], one["to"]) for name, one in payload.items() if name != "updated_at"}


def test_it_tells_which_relationships_changed(shop):
    one, other = (factories.make_group(shop.environment) for _ in range(2))
    groups = [identifier("customer_groups", group) for group in (one, other)]
    uid = shop.alice.uid
    for before, after in [(None, groups[0]), (groups[0], groups[1]), (groups[1], None)]:
        shop.staff.patch("customers", uid, relationships={"customer_group": after})

        assert told(shop.staff, shop.alice) == {"customer_group": (before, after)}


def test_it_tells_what_a_new_resource_was_linked_to(shop):
    group = identifier("customer_groups", factories.make_group(shop.environment))
    uid = shop.staff.post(
        "customers", attributes={"email": "n@example.com"}, relationships={"customer_group": group}
    ).json()["data"]["id"]

    [entry] = shown(shop.staff.get(f"customers/{uid}/event_stores"))

    assert entry["payload"]["customer_group"] == {"from": None, "to": group}
    assert "tags" not in entry["payload"]


def test_it_tells_which_tags_came_and_went_however_that_was_written(shop):
    tags = [Tag.objects.create(environment=shop.environment, name=name) for name in "ab"]
    a, b = sorted((identifier("tags", tag) for tag in tags), key=lambda one: one["id"])
    uid = shop.alice.uid

    shop.staff.patch("customers", uid, relationships={"tags": [b, a]})
    assert told(shop.staff, shop.alice) == {"tags": ([], [a, b])}
    shop.staff.patch("customers", uid, attributes={"_remove_tags": "a,b"})
    assert told(shop.staff, shop.alice) == {"tags": ([a, b], [])}
    body = {"data": [a]}
    shop.staff.request("POST", f"customers/{uid}/relationships/tags", body)
    assert told(shop.staff, shop.alice) == {"tags": ([], [a])}


def test_a_relationship_that_stays_leaves_no_entry(shop):
    shop.staff.patch(
        "customers", shop.alice.uid, relationships={"customer_group": None, "tags": []}
    )

    assert shown(trail(shop.staff, shop.alice)) == []


def test_it_tells_what_something_was_hung_on(shop):
    uid = shop.staff.post(
        "attachments",
        attributes={"name": "Passport"},
        relationships={"attachable": identifier("customers", shop.alice)},
    ).json()["data"]["id"]
    bob = identifier("customers", shop.bob)

    shop.staff.patch("attachments", uid, relationships={"attachable": bob})

    payload = shown(shop.staff.get(f"attachments/{uid}/event_stores"))[0]["payload"]
    alice = identifier("customers", shop.alice)
    assert payload["attachable"] == {"from": alice, "to": bob}


def test_what_is_refused_leaves_no_entry(shop):
    before = EventStore.objects.count()

    assert shop.staff.post("customers", attributes={"email": "no"}).status_code == 422
    assert EventStore.objects.count() == before


def test_pages_go_on_from_the_last_entry(shop, history):
    first = trail(shop.staff, shop.alice, **{"page[size]": 25})
    link = first.json()["links"]["next"]
    assert "page%5Bafter%5D=" in link

    second = shop.staff.client.get(
        link.removeprefix("http://testserver"),
        headers={"Authorization": f"Bearer {shop.staff.token}"},
    )

    numbers = [entry["payload"]["n"]["from"] for entry in shown(first) + shown(second)]
    assert numbers == list(range(29, -1, -1))
    assert "next" not in second.json()["links"]


def test_the_profile_of_cursors_leads_both_ways(shop, history):
    profile = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
    accept = f'application/vnd.api+json;profile="{profile}"'
    path = f"customers/{shop.alice.uid}/event_stores"

    def ask(address):
        address = address.removeprefix("http://testserver/api/")
        return shop.staff.request("GET", address, Accept=accept).json()

    first = ask(f"{path}?page[size]=20")
    second = ask(first["links"]["next"])

    assert (first["links"]["prev"], second["links"]["next"]) == (None, None)
    back = ask(second["links"]["prev"])
    ids = [entry["id"] for entry in first["data"]]
    assert [entry["id"] for entry in back["data"]] == ids
    marks = [entry["meta"]["page"]["cursor"] for entry in first["data"]]
    between = ask(f"{path}?page[after]={marks[2]}&page[before]={marks[9]}&page[size]=3")
    assert [entry["id"] for entry in between["data"]] == ids[3:6]
    assert between["meta"]["page"] == {"rangeTruncated": True}


def test_pages_are_not_counted(shop, history):
    reply = trail(shop.staff, shop.alice, sort="-id")

    assert len(shown(reply)) == 10
    assert not {"record_count", "page_count"} & reply.json()["meta"].keys()


def test_the_first_page_may_be_asked_for_by_its_number(shop, history):
    reply = trail(shop.staff, shop.alice, **{"page[number]": "1", "page[size]": "5"})

    assert len(shown(reply)) == 5
    assert "page%5Bnumber%5D" not in reply.json()["links"]["next"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"page[size]": "26"}, "INVALID_PAGE_VALUE"),
        ({"page[size]": "0"}, "INVALID_PAGE_VALUE"),
        ({"page[size]": "x"}, "INVALID_PAGE_VALUE"),
        ({"page[after]": "1-1"}, "INVALID_PAGE_VALUE"),
        ({"page[number]": "2"}, "PARAM_NOT_ALLOWED"),
        ({"filter[q][event_eq]": "update"}, "PARAM_NOT_ALLOWED"),
        ({"sort": "event"}, "PARAM_NOT_ALLOWED"),
        ({"include": "who"}, "PARAM_NOT_ALLOWED"),
    ],
)
def test_it_refuses_other_questions(shop, query, code):
    reply = trail(shop.staff, shop.alice, **query)

    assert reply.status_code == 400
    assert error(reply)["code"] == code
    assert error(reply)["source"] == {"parameter": next(iter(query))}


@pytest.mark.parametrize("who", ["guest", "as_alice"])
def test_a_public_client_may_not_look(shop, who):
    reply = trail(getattr(shop, who), shop.alice)

    assert reply.status_code == 401
    assert error(reply)["code"] == "UNAUTHORIZED"


def test_another_tenants_trail_does_not_exist(shop, rival, history):
    entry = EventStore.objects.first()

    assert shop.staff.get(f"event_stores/{entry.uid}").status_code == 200
    assert rival.staff.get(f"event_stores/{entry.uid}").status_code == 404
    assert trail(rival.staff, shop.alice).status_code == 404
    assert rival.staff.get("event_stores").json()["data"] == []


def test_one_entry_can_be_retrieved(shop, history):
    listed = shop.staff.get("event_stores").json()["data"][0]

    reply = shop.staff.get(f"event_stores/{listed['id']}")

    assert reply.json()["data"] == listed
    assert listed["links"]["self"].endswith(f"/api/event_stores/{listed['id']}")


@pytest.mark.parametrize("path", ["event_stores/%00", "nothings/1/event_stores"])
def test_what_does_not_exist_is_not_found(shop, path):
    assert shop.staff.get(path).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_nobody_can_write_it(shop, history, method):
    entry = EventStore.objects.first()

    reply = shop.staff.request(method, f"event_stores/{entry.uid}")

    assert reply.status_code in (403, 405)


def test_the_rows_are_append_only(shop, history):
    entry = EventStore.objects.first()

    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_ids_are_numbers_that_sort_by_time(shop, history):
    ids = [
        tuple(map(int, uid.split("-")))
        for uid in EventStore.objects.order_by("pk").values_list("uid", flat=True)
    ]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_a_page_costs_the_same_however_many_people_it_names(shop):
    def page():
        shown(trail(shop.staff, shop.alice, **{"page[size]": 25}))

    shop.staff.patch("customers", shop.alice.uid, attributes={"reference": "0"})
    one = cost(page)
    for number in range(9):
        shop.staff.patch("customers", shop.alice.uid, attributes={"reference": f"r-{number}"})

    assert cost(page) == one


def test_an_entry_is_not_sent_again_to_who_has_it(shop):
    shop.integration.patch("customers", shop.alice.uid, attributes={"reference": "new"})
    uid = shop.integration.get("event_stores").json()["data"][0]["id"]

    first = shop.integration.get(f"event_stores/{uid}")
    again = shop.integration.get(f"event_stores/{uid}", **{"If-None-Match": first["ETag"]})
    other = shop.integration.get(f"event_stores/{uid}", **{"If-None-Match": '"other"'})

    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert not again.content
    assert other.json() == first.json()
