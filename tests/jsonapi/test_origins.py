"""What links start with: the scheme and host that a client took to get here."""

import pytest
from django.test import override_settings

from jsonapi import origins
from tests.api import error


def link(shop, **headers):
    reply = shop.integration.get("customers", **headers)
    assert reply.status_code == 200, reply.content
    return reply.json()["links"]["self"]


def test_links_start_with_the_host_that_was_asked(shop):
    for host in ("one.example", "two.example:8443", "one.example"):
        assert link(shop, Host=host).startswith(f"http://{host}/api/customers")


def test_a_host_that_is_not_ours_is_refused_also_after_it_was_known(shop):
    link(shop, Host="one.example")
    with override_settings(ALLOWED_HOSTS=["two.example"]):
        assert shop.integration.get("customers", Host="one.example").status_code == 400
        assert link(shop, Host="two.example")


def test_what_a_proxy_says_counts_behind_a_proxy_only(shop):
    said = {"Host": "inside", "X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https"}
    assert link(shop, **said).startswith("http://inside/")
    proxy = ("HTTP_X_FORWARDED_PROTO", "https")
    with override_settings(USE_X_FORWARDED_HOST=True, SECURE_PROXY_SSL_HEADER=proxy):
        assert link(shop, **said).startswith("https://shop.example/")
        said["X-Forwarded-Proto"] = "http"
        assert link(shop, **said).startswith("http://shop.example/")


def test_no_number_of_hosts_fills_the_memory(shop, monkeypatch):
    monkeypatch.setattr(origins, "MOST_REMEMBERED", 3)
    for number in range(5):
        link(shop, Host=f"shop{number}.example")
    assert len(origins._known) <= 3


@pytest.mark.parametrize("host", ["", "a b", "a/b", "[::1"])
def test_what_is_no_host_is_refused(shop, host):
    reply = shop.integration.get("customers", Host=host)
    assert reply.status_code == 400
    assert error(reply)
