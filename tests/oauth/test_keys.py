"""Signing keys: published before use, rotated without a gap, kept encrypted."""

from datetime import timedelta
from io import StringIO

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from oauth import keys
from oauth.keys import KeyRing, ring
from oauth.models import SigningKey
from tests.oauth.wire import granted, is_good, segment

HALF_A_MINUTE = timedelta(seconds=31)


def guest_token(shop):
    return granted(shop.channel, grant_type="client_credentials")["access_token"]


def rotate(*options):
    out = StringIO()
    call_command("rotate_keys", *options, stdout=out)
    ring.clear()
    return out.getvalue()


def age(by):
    for key in SigningKey.objects.all():
        key.created_at -= by
        key.save()
    ring.clear()


def kid_of(token):
    return segment(token, 0)["kid"]


def published():
    return {key["kid"]: key for key in Client().get("/.well-known/jwks.json").json()["keys"]}


def test_anybody_can_verify_a_token_with_the_published_key(shop):
    token = guest_token(shop)

    reply = Client().get("/.well-known/jwks.json")

    assert reply["Cache-Control"] == "public, max-age=300"
    (key,) = reply.json()["keys"]
    assert {name: key[name] for name in ("kty", "use", "alg", "e")} == {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS512",
        "e": "AQAB",
    }
    assert set(key) == {"kty", "use", "alg", "e", "n", "kid"}
    assert key["kid"] == kid_of(token)
    public = jwt.PyJWK(key)
    assert jwt.decode(token, public, algorithms=["RS512"])["scope"] == "market:all"


def test_keys_are_published_before_the_first_token(db):
    assert len(published()) == 1


def test_a_rotation_signs_nobody_out(shop):
    before = guest_token(shop)
    age(HALF_A_MINUTE)

    assert "new key" in rotate()
    meanwhile = guest_token(shop)
    age(HALF_A_MINUTE)
    after = guest_token(shop)

    assert kid_of(before) == kid_of(meanwhile) != kid_of(after)
    assert set(published()) == {kid_of(before), kid_of(after)}
    assert [is_good(token) for token in (before, meanwhile, after)] == [True] * 3


def test_a_process_that_has_not_heard_of_the_new_key_still_accepts_its_tokens(shop):
    guest_token(shop)
    elsewhere = KeyRing()
    elsewhere.current()
    rotate("--compromised")
    token = guest_token(shop)
    assert kid_of(token) not in elsewhere.current()

    elsewhere._read_at -= keys.REREAD_AT_MOST_EVERY

    assert elsewhere.get(kid_of(token))


def test_strangers_cannot_make_it_reread_the_table(shop, django_assert_num_queries):
    ring.current()

    with django_assert_num_queries(0):
        for number in range(50):
            assert ring.get(f"{number:064x}") is None


def test_a_stolen_key_is_worth_nothing_at_once(shop):
    stolen = guest_token(shop)
    assert is_good(stolen)

    rotate("--compromised")

    assert not is_good(stolen)
    assert is_good(guest_token(shop))
    assert len(published()) == 1


def test_keys_retire_when_their_last_token_has_expired(shop):
    first = kid_of(guest_token(shop))
    rotate()
    age(timedelta(days=14))
    rotate()
    assert len(published()) == 3

    age(timedelta(days=2))
    rotate()

    assert len(published()) == 3
    assert first not in published()


def test_private_keys_are_not_stored_in_clear(shop):
    guest_token(shop)
    row = SigningKey.objects.get()

    assert "PRIVATE" in ring.signing.private
    assert "PRIVATE" not in row.private_key
    assert "PRIVATE" not in row.public_key


def test_a_new_secret_key_makes_a_new_key_and_old_tokens_stay_good(shop, settings):
    old = guest_token(shop)
    settings.SECRET_KEY = "another, long enough to be one"
    ring.clear()

    new = guest_token(shop)

    assert kid_of(new) != kid_of(old)
    assert is_good(old)
    assert is_good(new)


def test_a_changed_secret_key_may_name_the_one_before(shop, settings):
    old = guest_token(shop)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another, long enough to be one"
    ring.clear()

    assert kid_of(guest_token(shop)) == kid_of(old)


def test_a_key_has_2048_bits(db):
    key = jwt.get_algorithm_by_name("RS512").prepare_key(keys.make_key().public_key)

    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048


def test_the_database_refuses_a_key_id_that_is_none(db):
    with pytest.raises(IntegrityError, match="oauth_key_id_is_64_hex"), transaction.atomic():
        SigningKey.objects.create(kid="short", public_key="", private_key="")
    with pytest.raises(IntegrityError, match="oauth_keys_retire"), transaction.atomic():
        SigningKey.objects.create(kid="0" * 64, retired_at=timezone.now() - timedelta(days=1))
