"""Links in mails: confirming an e-mail, choosing a new password."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anonymization.erasers import erase_all
from catalog import services as catalog
from catalog.models import PlanMembership
from customers import letters, mailbox
from customers.letter_words import LETTERS
from customers.models import Customer, CustomerPasswordReset, EmailConfirmation, Letter
from tests.compat.sdk import Sdk, faults, sentence
from tests.factories import PASSWORD, make_user
from tests.orders import goods

NEW = {"password": "a better one", "password_confirmation": "a better one"}


def sent():
    """Send what waits; return the mails."""
    mail.outbox = []
    letters.send_due()
    return mail.outbox


def link_in(message):
    found = re.search(r"https?://\S+", message.body)
    return {name: values[0] for name, values in parse_qs(urlsplit(found[0]).query).items()}


@pytest.fixture
def shop_with_site(shop):
    shop.organization.storefront_url = "https://shop.example/account?from=mail"
    shop.organization.support_email = "help@shop.example"
    shop.organization.save()
    return shop


@pytest.fixture
def token(shop_with_site, as_ada):
    """A token that was mailed to Ada."""
    assert as_ada.get("customer/email/verify").status_code == 200
    (message,) = sent()
    return link_in(message)["token"]


def test_registering_sends_a_link_that_confirms_once(shop_with_site, sdk):
    sdk.register(email="ada@example.com")
    (message,) = sent()
    assert message.to == ["ada@example.com"]
    assert message.reply_to == ["help@shop.example"]
    link = link_in(message)
    assert (link["view"], link["from"]) == ("email-verify", "mail")

    reply = sdk.post("customer/email/verify", email_verify_token=link["token"])

    assert reply.status_code == 200
    assert reply.json()["data"]["email_confirm"] is True
    assert "token" not in reply.json()["data"]
    again = sdk.post("customer/email/verify", email_verify_token=link["token"])
    assert sentence(again) == (404, "The confirmation link is invalid or has expired.")


def test_a_new_email_has_to_be_confirmed_anew(shop_with_site, as_ada, token):
    as_ada.post("customer/email/verify", email_verify_token=token)

    assert as_ada.use(as_ada.put(email="new@example.com"))["email_confirm"] is False

    (message,) = sent()
    assert message.to == ["new@example.com"]
    reply = as_ada.post("customer/email/verify", email_verify_token=link_in(message)["token"])
    assert reply.json()["data"]["email_confirm"] is True


def test_other_changes_send_nothing(as_ada):
    as_ada.put(first_name="Ada", email="ADA@example.com")

    assert sent() == []


def test_asking_again_voids_the_link_before(as_ada, token):
    as_ada.get("customer/email/verify")
    (message,) = sent()

    assert sentence(as_ada.post("customer/email/verify", email_verify_token=token))[0] == 404
    newer = link_in(message)["token"]
    assert as_ada.post("customer/email/verify", email_verify_token=newer).status_code == 200


def test_a_link_for_another_email_or_an_old_one_is_void(as_ada, ada, token):
    Customer.objects.filter(pk=ada.pk).update(email="other@example.com")
    assert sentence(as_ada.post("customer/email/verify", email_verify_token=token))[0] == 404

    Customer.objects.filter(pk=ada.pk).update(email="ada@example.com")
    EmailConfirmation.objects.update(expires_at=timezone.now())
    assert sentence(as_ada.post("customer/email/verify", email_verify_token=token))[0] == 404


def test_a_link_is_good_at_its_own_site_only(rival, ada, token):
    foreign = Sdk(rival.environment.pk)

    assert sentence(foreign.post("customer/email/verify", email_verify_token=token))[0] == 404


@pytest.mark.parametrize("sent_token", [None, "", 5])
def test_a_missing_token_is_a_fault(sdk, sent_token):
    body = {} if sent_token is None else {"email_verify_token": sent_token}

    assert set(faults(sdk.post("customer/email/verify", **body))) == {"email_verify_token"}


def test_the_database_does_not_know_the_token(token):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM customers_emailconfirmation c")
        rows = cursor.fetchone()[0]

    assert "ada@example.com" in rows
    assert token not in rows


def test_who_is_confirmed_already_is_told(as_ada, token):
    as_ada.post("customer/email/verify", email_verify_token=token)

    assert sentence(as_ada.get("customer/email/verify")) == (
        404,
        "This email is already confirmed.",
    )


def test_five_letters_an_hour_are_enough(as_ada):
    for _ in range(5):
        assert as_ada.get("customer/email/verify").status_code == 200

    reply = as_ada.get("customer/email/verify")
    assert sentence(reply)[0] == 429
    assert int(reply["Retry-After"]) == 3600

    Letter.objects.update(created_at=F("created_at") - timedelta(hours=1))
    assert as_ada.get("customer/email/verify").status_code == 200


def test_confirming_opens_memberships_that_wait(shop, as_ada, ada, token):
    plan = goods.make_plan(shop.environment)
    catalog.add_membership(
        membership=PlanMembership(environment=shop.environment, customer=ada, plan=plan)
    )
    (waiting,) = as_ada.post("customer").json()["data"]["memberships"]
    assert (waiting["status"], waiting["subscription"]["plan"]["id"]) == ("pending", plan.pk)

    data = as_ada.post("customer/email/verify", email_verify_token=token).json()["data"]

    assert [one["status"] for one in data["memberships"]] == ["active"]


def test_a_forgotten_password_is_replaced_by_a_link(shop_with_site, as_ada, ada):
    sdk = Sdk(as_ada.site)
    assert sdk.post("password/forgot", email="ADA@example.com").status_code == 200
    (message,) = sent()
    link = link_in(message)
    assert (link["view"], link["email"]) == ("password-reset", "ada@example.com")

    reply = sdk.post("password/reset", email=link["email"], token=link["token"], **NEW)

    assert reply.status_code == 200
    assert "token" not in reply.json()["data"]
    assert sentence(as_ada.post("customer"))[0] == 403
    assert sdk.post("auth/login", email=ada.email, password="a better one").status_code == 200
    again = sdk.post("password/reset", email=link["email"], token=link["token"], **NEW)
    assert sentence(again) == (404, "The link is invalid or has expired.")


def test_nobody_learns_who_is_known(sdk, ada):
    known = sdk.post("password/forgot", email=ada.email)
    unknown = sdk.post("password/forgot", email="nobody@example.com")

    assert known.content == unknown.content
    assert [message.to for message in sent()] == [["ada@example.com"]]
    assert set(Letter.objects.values_list("status", flat=True)) == {"sent", "dropped"}


def test_a_mailbox_is_not_flooded(sdk, ada):
    for _ in range(7):
        assert sdk.post("password/forgot", email=ada.email).status_code == 200

    assert len(sent()) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"token": "wrong"},
        {"email": "other@example.com"},
        {"password": "short", "password_confirmation": "short"},
        {"password_confirmation": "another one"},
        {"token": None},
    ],
)
def test_every_failure_to_reset_is_the_same(sdk, ada, change):
    sdk.post("password/forgot", email=ada.email)
    (message,) = sent()
    # Without an address of the storefront the mail has the bare token.
    code = re.search(r"^\S{43}$", message.body, re.M)[0]

    reply = sdk.post("password/reset", **{"email": ada.email, "token": code, **NEW, **change})

    assert sentence(reply) == (404, "The link is invalid or has expired.")
    assert Customer.objects.get(pk=ada.pk).check_password(PASSWORD)


@pytest.mark.parametrize("language", sorted(LETTERS))
def test_letters_are_in_the_customers_language(shop_with_site, sdk, ada, language):
    Customer.objects.filter(pk=ada.pk).update(language=language)
    sdk.post("password/forgot", email=ada.email)

    (message,) = sent()

    assert message.subject == LETTERS[language]["reset_password"][0]
    assert "https://shop.example/" in message.body


def test_a_mail_server_that_is_down_is_tried_again(as_ada, settings):
    as_ada.get("customer/email/verify")
    settings.EMAIL_BACKEND = "tests.compat.test_mails.Broken"

    assert letters.send_due() == 0
    letter = Letter.objects.get()
    assert (letter.status, letter.attempts, letter.last_error) == ("waiting", 1, "OSError")
    assert letter.not_before > timezone.now()

    for _ in range(7):
        Letter.objects.update(not_before=timezone.now())
        letters.send_due()
    assert Letter.objects.get().status == "failed"


class Broken:
    """A mail server that is down."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise OSError("secret of ada@example.com")


def test_nothing_is_sent_to_somebody_who_is_forgotten_meanwhile(as_ada, ada):
    as_ada.get("customer/email/verify")
    Customer.objects.filter(pk=ada.pk).update(anonymization_status="started")

    assert sent() == []
    assert Letter.objects.get().status == "dropped"


@pytest.fixture
def files(settings, tmp_path):
    settings.EMAIL_BACKEND = "customers.mailbox.Mailbox"
    settings.DATA_DIR = tmp_path
    return tmp_path / "mail"


def test_without_a_mail_server_mails_are_files_that_staff_can_read(shop, as_ada, files):
    as_ada.get("customer/email/verify")
    letters.send_due()

    (file,) = files.glob("*.eml")
    assert file.stat().st_mode & 0o077 == 0
    letter = Letter.objects.get()
    staff = Client()
    staff.force_login(make_user(shop.organization, is_staff=True))
    page = staff.get(reverse("admin:customers_letter_change", args=[letter.pk])).content.decode()
    assert mailbox.read(letter.uid).splitlines()[2] in page


def test_staff_of_another_shop_cannot(shop, rival, as_ada, files):
    as_ada.get("customer/email/verify")
    letters.send_due()
    staff = Client()
    staff.force_login(make_user(rival.organization, is_staff=True))

    page = staff.get(reverse("admin:customers_letter_change", args=[Letter.objects.get().pk]))

    assert page.status_code in (302, 403, 404)


def test_letters_and_files_go_with_the_customer(
    as_ada, ada, files, django_capture_on_commit_callbacks
):
    as_ada.get("customer/email/verify")
    letters.send_due()
    assert list(files.glob("*.eml"))

    with django_capture_on_commit_callbacks(execute=True):
        erase_all(ada.environment_id, ada.uid)

    assert not Letter.objects.exists()
    assert not EmailConfirmation.objects.exists()
    assert list(files.glob("*.eml")) == []


def test_old_letters_and_stray_files_are_swept(as_ada, files):
    as_ada.get("customer/email/verify")
    letters.send_due()
    (files / "stray.eml").write_text("x")
    letters.purge_letters()
    assert len(list(files.glob("*.eml"))) == 1

    Letter.objects.update(created_at=timezone.now() - timedelta(days=31))
    letters.purge_letters()

    assert not Letter.objects.exists()
    assert list(files.glob("*.eml")) == []


@pytest.mark.django_db(transaction=True)
def test_one_letter_is_sent_once_however_many_workers_come(ada):
    letters.request_new_password(environment_id=ada.environment_id, email=ada.email)
    letter = Letter.objects.get()

    def work(_):
        try:
            return letters.send(letter_id=letter.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert CustomerPasswordReset.objects.count() == 1
