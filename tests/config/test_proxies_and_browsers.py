"""Storefronts in browsers, and a proxy in front."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client


def preflight(path):
    return Client().options(
        path,
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )


@pytest.mark.parametrize("path", ["/api/customers", "/oauth/token", "/.well-known/jwks.json"])
def test_a_browser_may_call_from_another_origin(path):
    reply = preflight(path)

    assert reply.status_code == 200
    assert reply["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in reply["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in reply


@pytest.mark.parametrize("path", ["/admin/login/", "/oauth/authorize"])
def test_pages_with_cookies_are_not_shared(db, path):
    reply = Client().get(path, headers={"Origin": "https://shop.example"})

    assert "Access-Control-Allow-Origin" not in reply


def test_origins_can_be_listed(settings):
    settings.CORS_ALLOW_ALL_ORIGINS = False
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]

    assert preflight("/api/skus")["Access-Control-Allow-Origin"] == "https://shop.example"
    settings.CORS_ALLOWED_ORIGINS = ["https://other.example"]
    assert "Access-Control-Allow-Origin" not in preflight("/api/skus")


def read(name, **environment):
    """Return a setting as a process with this environment reads it."""
    code = f"import json; from config import settings; print(json.dumps(settings.{name}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_proxy_is_believed_only_when_told_to():
    assert read("SECURE_PROXY_SSL_HEADER") is None
    assert read("SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="True") == [
        "HTTP_X_FORWARDED_PROTO",
        "https",
    ]
    assert read("SESSION_COOKIE_SECURE", BEHIND_PROXY="True") is True


def test_links_follow_the_proxy(shop, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.USE_X_FORWARDED_HOST = True
    seen = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "acme.clientele.example"}

    links = shop.integration.get("customers", **seen).json()["links"]

    assert links["first"].startswith("https://acme.clientele.example/api/customers?")


def test_people_sign_in_behind_tls(shop, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client(enforce_csrf_checks=True)
    seen = {"Host": "testserver", "X-Forwarded-Proto": "https", "Origin": "https://testserver"}
    client.get("/admin/login/", headers=seen)
    token = client.cookies["csrftoken"].value

    reply = client.post(
        "/admin/login/",
        {"username": "nobody@example.com", "password": "x", "csrfmiddlewaretoken": token},
        headers={**seen, "Referer": "https://testserver/admin/login/"},
    )

    assert reply.status_code == 200  # the form again, with its error: not a refused form
