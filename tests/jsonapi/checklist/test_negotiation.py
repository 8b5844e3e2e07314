"""Rows J001 to J020: content negotiation."""

import pytest

from tests.api import MEDIA_TYPE, Api, error

PROFILE = f'{MEDIA_TYPE};profile="https://example.org/p"'
EXTENSION = f'{MEDIA_TYPE};ext="https://example.org/ext/none"'
CURSORS = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
ATOMIC = "https://jsonapi.org/ext/atomic"


def is_error_document(reply, status):
    return (
        reply.status_code == status
        and reply["Content-Type"] == MEDIA_TYPE
        and len(reply.json()["errors"]) > 0
    )


def test_j001_every_reply_has_exactly_the_media_type(subject):
    to_many = f"relationships/{subject.to_many}"
    paths = ["", f"/{subject.rows[0].uid}", f"/{subject.rows[0].uid}/{subject.to_many}"]
    replies = [subject.get(subject.type + path) for path in paths]
    replies.append(subject.get(subject.path(subject.rows[0], to_many)))
    replies.append(subject.post(subject.new()))
    replies.append(subject.patch(subject.rows[0], attributes={"reference": "x"}))

    assert {reply.status_code for reply in replies} == {200, 201}
    assert {reply["Content-Type"] for reply in replies} == {MEDIA_TYPE}


def test_j002_errors_of_the_framework_are_documents(subject):
    assert is_error_document(subject.get(f"{subject.type}/unknown"), 404)
    assert is_error_document(subject.get(f"{subject.type}?sort=nope"), 400)
    assert is_error_document(subject.api.request("PUT", subject.first, subject.new()), 405)
    text = {"Content-Type": "text/plain"}
    assert is_error_document(subject.post(subject.new(), **text), 415)
    assert is_error_document(subject.get(Accept=f"{MEDIA_TYPE};foo=1"), 406)
    assert is_error_document(subject.post(b"{"), 400)


@pytest.mark.parametrize("path", ["no-such-collection", "no_such_collection", "{}/1/2/3/4"])
def test_j003_addresses_that_lead_nowhere_are_documents(subject, path):
    assert is_error_document(subject.get(path.format(subject.first)), 404)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(f"{MEDIA_TYPE}; charset=utf-8", id="j004"),
        pytest.param(f"{PROFILE};version=1", id="j005"),
        pytest.param(EXTENSION, id="j006"),
        pytest.param("application/json", id="j020"),
        pytest.param(f'{MEDIA_TYPE};ext="{ATOMIC}"', id="not-here"),
    ],
)
def test_j004_a_body_in_another_media_type_is_refused(subject, sent):
    reply = subject.post(subject.new(), **{"Content-Type": sent})

    assert is_error_document(reply, 415)
    assert error(reply)["source"] == {"header": "Content-Type"}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(PROFILE, id="j008"),
        pytest.param('Application/Vnd.API+json ; Profile="https://example.org/p"', id="j019"),
        pytest.param(f'{MEDIA_TYPE};profile="https://example.org/a;b,c"', id="quoted"),
    ],
)
def test_j008_an_unknown_profile_is_ignored(subject, sent):
    assert subject.post(subject.new(), **{"Content-Type": sent}).status_code == 201


@pytest.mark.parametrize(
    "accepted",
    [
        pytest.param(f"{MEDIA_TYPE}; charset=utf-8", id="j009"),
        pytest.param(f"{MEDIA_TYPE};foo=1, {MEDIA_TYPE};bar=2", id="j009-several"),
        pytest.param(EXTENSION, id="j011"),
        pytest.param("text/html", id="html"),
        pytest.param(f"{MEDIA_TYPE};q=0", id="unwanted"),
    ],
)
def test_j009_what_cannot_be_accepted_is_refused(subject, accepted):
    reply = subject.get(Accept=accepted)

    assert is_error_document(reply, 406)
    assert error(reply)["source"] == {"header": "Accept"}


@pytest.mark.parametrize(
    "accepted",
    [
        pytest.param(f"{MEDIA_TYPE};foo=1, {MEDIA_TYPE}", id="j010"),
        pytest.param(f"{EXTENSION}, {MEDIA_TYPE}", id="j012"),
        pytest.param(PROFILE, id="j013"),
        pytest.param(f"{MEDIA_TYPE};q=0.8, */*;q=0.1", id="j015"),
        pytest.param("", id="j016-none"),
        pytest.param("*/*", id="j016-any"),
        pytest.param(f'{MEDIA_TYPE};profile="a,b;q=0"', id="quoted"),
    ],
)
def test_j010_what_can_be_accepted_is_answered_plainly(subject, accepted):
    reply = subject.get(Accept=accepted)

    assert (reply.status_code, reply["Content-Type"]) == (200, MEDIA_TYPE)


def test_j014_a_supported_profile_is_named(subject):
    media_type = f'{MEDIA_TYPE};profile="{CURSORS}"'

    reply = subject.get(Accept=media_type)

    assert (reply.status_code, reply["Content-Type"]) == (200, media_type)


def test_j017_replies_depend_on_accept(subject):
    replies = [subject.get(), subject.get(f"{subject.type}/unknown"), subject.get("nowhere")]
    replies += [subject.post(subject.new()), subject.get(Accept="text/html")]
    replies.append(subject.api.request("OPTIONS", subject.type))

    assert all("accept" in reply["Vary"].lower() for reply in replies)


def test_j018_the_jsonapi_member_of_a_body_plays_no_part(subject):
    body = subject.new() | {"jsonapi": {"version": "1.1", "ext": ["https://example.org/none"]}}

    assert subject.post(body).status_code == 201


def test_j017_strangers_are_told_too(subject):
    reply = Api("nonsense").get(subject.type)

    assert is_error_document(reply, 401)
    assert "accept" in reply["Vary"].lower()
    assert reply["WWW-Authenticate"].startswith("Bearer")
