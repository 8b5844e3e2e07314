"""What requests below /api meet, and what they are spared."""

import pytest

SAFETY = ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")


@pytest.fixture
def seen(shop, client):
    """Ask for a customer, with further headers; return the reply."""

    def seen(**headers):
        authorization = {"Authorization": f"Bearer {shop.integration.token}"}
        return client.get(f"/api/customers/{shop.alice.uid}", headers=authorization | headers)

    return seen


def test_replies_are_as_safe_as_pages(seen, client):
    page, reply = client.get("/healthz"), seen()

    assert reply.status_code == 200
    assert [reply[name] for name in SAFETY] == [page[name] for name in SAFETY]


def test_replies_tell_their_length_and_what_they_depend_on(seen):
    reply = seen()

    assert reply["Content-Length"] == str(len(reply.content))
    assert reply["Vary"] == "Accept, origin"


def test_what_has_no_content_has_no_length(shop):
    reply = shop.integration.delete(f"customers/{shop.alice.uid}")

    assert reply.status_code == 204
    assert "Content-Length" not in reply


def test_browsers_of_other_origins_may_read_them(seen):
    assert seen(Origin="https://shop.example")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in seen()


def test_strange_hosts_are_refused(seen, settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    assert seen(Host="other.example").status_code == 400
    assert seen(Host="testserver").status_code == 200


def test_there_are_no_cookies(seen, client):
    client.cookies["sessionid"] = "anything"

    assert not seen().cookies
