"""A defect answers in the error format of the door it happened behind."""

import json

import pytest
from django.test import Client, RequestFactory

from config.failures import server_error
from jsonapi.negotiation import MEDIA_TYPE


@pytest.mark.parametrize(("path", "status"), [("/api/customers", "500"), ("/oauth/token", 500)])
def test_clients_get_their_own_format(path, status):
    reply = server_error(RequestFactory().get(path))

    (error,) = json.loads(reply.content)["errors"]
    assert reply.status_code == 500
    assert (error["code"], error["status"]) == ("INTERNAL_SERVER_ERROR", status)


def test_a_form_without_a_token_is_no_concern_of_the_api():
    reply = Client(enforce_csrf_checks=True).post("/api/nowhere", {})

    assert reply.status_code == 404
    assert reply["Content-Type"] == MEDIA_TYPE


def test_people_get_a_page():
    reply = server_error(RequestFactory().get("/admin/"))

    assert reply.status_code == 500
    assert reply["Content-Type"].startswith("text/html")
