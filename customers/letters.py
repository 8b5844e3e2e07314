"""Mails with links: to confirm an e-mail, to choose a new password.

A letter is a row first and a mail later. The link's token is drawn when the mail is sent, so that
no row ever holds it; sending again draws another, and the one before opens nothing any more.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from anonymization.doorbell import doorbell
from customers import mailbox, services
from customers.letter_words import LETTERS
from customers.models import Customer, EmailConfirmation, Letter
from customers.models.resets import digest
from customers.signals import email_was_confirmed
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from organizations.recording import recorded

MOST_AN_HOUR = 5
SEND = "customers.tasks.send"
BATCH = 100


class TooManyLetters(Exception):
    """The customer got enough letters of this kind within the hour."""


@transaction.atomic
def request_confirmation(*, customer: Customer) -> Letter:
    """Have a link sent that confirms the customer's e-mail.

    Raises TooManyLetters after 5 within an hour, Conflict when the customer is forgotten.
    """
    services.lock_for_writing(customer_id=customer.pk)
    return _write(customer, Letter.Kind.CONFIRM_EMAIL)


@transaction.atomic
def request_new_password(*, environment_id: int, email: str) -> None:
    """Have a link sent to choose a new password with.

    Nothing tells whether there is such a customer, nor whether they had 5 letters already.
    """
    known = Customer.objects.present().by_email(environment_id, email)
    customer = known.select_for_update().first()
    if customer is None:
        # As many rows as for somebody who is known: it takes as long.
        _post(Letter(environment_id=environment_id, kind=Letter.Kind.RESET_PASSWORD))
    elif _has_room(customer, Letter.Kind.RESET_PASSWORD):
        _write(customer, Letter.Kind.RESET_PASSWORD)


@transaction.atomic
def confirm_email(*, environment_id: int, token: str, caller: Caller) -> Customer:
    """Exchange a token for a confirmed e-mail, once; return whose it is.

    Raises Invalid for a token that is unknown, used, outdated or expired: all alike.
    """
    links = EmailConfirmation.objects.filter(token_hash=digest(token))
    owner = links.filter(customer__environment=environment_id).values_list("customer", flat=True)
    useless = Invalid("email_verify_token", "invalid", "is invalid")
    customer_id = owner.first()
    if customer_id is None:
        raise useless
    customer = services.lock_for_writing(customer_id=customer_id)
    link = links.select_for_update().first()
    if link is None or not link.is_good:
        raise useless
    with recorded(customer, caller):
        customer.confirmed_email = link.email
        customer.save(update_fields=["confirmed_email", "updated_at"])
    link.delete()
    email_was_confirmed.send(sender=Customer, instance=customer)
    customer.refresh_from_db()
    return customer


def send(*, letter_id: int) -> bool:
    """Send one letter that is due; False if it is not, or somebody else has it, or it failed."""
    taken = _take(letter_id)
    if taken is None:
        return False
    letter, mail = taken
    try:
        mail.send()
    except Exception as error:  # whatever mail servers and their clients raise
        letter.put_off(type(error).__name__)
        return False
    letter.mark_sent()
    return True


def send_due() -> int:
    """Send every letter that waits, and return how many that was."""
    due = list(Letter.objects.due().values_list("pk", flat=True)[:BATCH])
    return sum(send(letter_id=letter_id) for letter_id in due)


def purge_letters() -> None:
    """Forget old letters, their files, and links that have expired. Safe to repeat."""
    Letter.objects.outlived().delete()
    EmailConfirmation.objects.filter(expires_at__lte=timezone.now()).delete()
    files = mailbox.uids()
    known = set(Letter.objects.filter(uid__in=files).values_list("uid", flat=True))
    mailbox.discard(set(files) - known)


def _write(customer: Customer, kind: str) -> Letter:
    if not _has_room(customer, kind):
        raise TooManyLetters
    return _post(
        Letter(
            environment_id=customer.environment_id,
            customer=customer,
            kind=kind,
            language=customer.language,
        )
    )


def _has_room(customer: Customer, kind: str) -> bool:
    lately: int = Letter.objects.lately().filter(customer=customer, kind=kind).count()
    return lately < MOST_AN_HOUR


def _post(letter: Letter) -> Letter:
    letter.save()
    doorbell.ring_on_commit(SEND, letter.pk)
    return letter


@transaction.atomic
def _take(letter_id: int) -> tuple[Letter, EmailMessage] | None:
    """Lease a letter and write its mail; the customer's row is locked first, as everywhere."""
    due = Letter.objects.due().filter(pk=letter_id)
    owner = due.values_list("customer_id", flat=True).first()
    locked = Customer.objects.select_for_update(skip_locked=True).filter(pk=owner).first()
    if owner is not None and locked is None:
        return None
    rows = due.select_related("environment__organization")
    letter = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if letter is None:
        return None
    if locked is None or locked.is_forgotten or not locked.email:
        letter.drop()
        return None
    letter.lease()
    return letter, _compose(letter, locked)


def _compose(letter: Letter, customer: Customer) -> EmailMessage:
    organization = letter.environment.organization
    subject, text = LETTERS[letter.language][letter.kind]
    lifetime: timedelta = settings.EMAIL_CONFIRMATION_LIFETIME
    body = text.format(
        shop=organization.name,
        link=_link(organization.storefront_url, letter, customer),
        hours=int(lifetime.total_seconds() // 3600),
    )
    return EmailMessage(
        subject,
        body,
        to=[str(customer.email)],
        reply_to=[organization.support_email] if organization.support_email else None,
        headers={mailbox.HEADER: letter.uid},
    )


def _link(start: str, letter: Letter, customer: Customer) -> str:
    """Return the link into the storefront; the bare token where it has no address."""
    if letter.kind == Letter.Kind.CONFIRM_EMAIL:
        query = {"view": "email-verify", "token": _confirmation_token(customer)}
    else:
        reset = services.request_password_reset(
            environment_id=customer.environment_id, email=str(customer.email)
        )
        query = {"view": "password-reset", "email": str(customer.email), "token": str(reset.token)}
    if not start:
        return query["token"]
    return f"{start}{'&' if '?' in start else '?'}{urlencode(query)}"


def _confirmation_token(customer: Customer) -> str:
    token = secrets.token_urlsafe(32)
    EmailConfirmation.objects.update_or_create(
        customer=customer,
        defaults={
            "email": customer.email,
            "token_hash": digest(token),
            "expires_at": timezone.now() + settings.EMAIL_CONFIRMATION_LIFETIME,
        },
    )
    return token
