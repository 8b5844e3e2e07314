"""Customers sign in with an e-mail or a user name, and guessers are locked out.

Every try is counted before the password is looked at, by one statement per counter: of any
number of tries at once exactly as many are looked at as are allowed. The counters are rows, so
a flushed Redis opens no door. Unknown names are counted, and take as long, as known ones.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from customers.models import Customer
from oauth.models import SignInCount

LONGEST_PASSWORD = 1024  # characters
WINDOW = timedelta(minutes=5)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 100

COUNT = """
INSERT INTO oauth_signincount AS known (subject, count, ends_at)
VALUES (%(subject)s, 1, now() + %(window)s::interval)
ON CONFLICT (subject) DO UPDATE SET
    count = CASE WHEN known.ends_at <= now() THEN 1 ELSE known.count + 1 END,
    ends_at = CASE WHEN known.ends_at <= now() THEN excluded.ends_at ELSE known.ends_at END
RETURNING count, ceil(extract(epoch FROM ends_at - now()))::int
"""
GIVE_BACK = "UPDATE oauth_signincount SET count = greatest(count - 1, 0) WHERE subject = %s"


class WrongCredentials(Exception):
    """Unknown name, wrong password, or no password: nobody learns which."""


class LockedOut(Exception):
    """Too many tries. `wait` is for how many seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


def sign_in(
    *,
    environment_id: int,
    password: str,
    address: str,
    email: str | None = None,
    username: str | None = None,
) -> Customer:
    """Return the customer with this e-mail or user name, and this password.

    Raises WrongCredentials, or LockedOut after 10 tries for one account or 100 from one address
    within 5 minutes; a good one gives the account its tries back. Must not run in a transaction
    that may be rolled back: tries would not count.
    """
    found = _find(environment_id, email, username)
    name = f"name:{environment_id}:{(email or username or '').strip().lower()}"
    account = f"customer:{found.pk}" if found else name
    check_password(customer=found, account=account, password=password, address=address)
    if found is None or found.is_forgotten:
        raise WrongCredentials
    return found


def check_password(
    *, customer: Customer | None, password: str, address: str, account: str | None = None
) -> None:
    """Count a try and check the password of a customer. Raises WrongCredentials, LockedOut."""
    account = account or f"customer:{customer.pk if customer else None}"
    _count(account, TRIES_PER_ACCOUNT)
    _count(f"address:{address}", TRIES_PER_ADDRESS)
    # Nobody's password is as slow to check as somebody's.
    is_right = (customer or Customer()).check_password(password[:LONGEST_PASSWORD])
    if not is_right or len(password) > LONGEST_PASSWORD:
        raise WrongCredentials
    SignInCount.objects.filter(subject=_subject(account)).delete()
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [_subject(f"address:{address}")])


def _find(environment_id: int, email: str | None, username: str | None) -> Customer | None:
    if any("\0" in name for name in (email, username) if name):
        return None
    rows = Customer.objects
    named = (
        rows.by_email(environment_id, email)
        if email is not None
        else rows.by_username(environment_id, username or "")
    )
    found: Customer | None = named.first()
    return found


def _count(who: str, allowed: int) -> None:
    """Count a try. Raises LockedOut when there were too many."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"subject": _subject(who), "window": f"{WINDOW.seconds} seconds"})
        count, wait = cursor.fetchone()
    if count > allowed:
        raise LockedOut(max(wait, 1))


def _subject(who: str) -> str:
    return salted_hmac("oauth.signing_in", who, algorithm="sha256").hexdigest()
