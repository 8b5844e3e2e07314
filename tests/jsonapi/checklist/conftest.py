"""The resources that the rows are asked of, made once; what a test writes is undone."""

import pytest
from django.db import transaction

from tests.cast import Shop
from tests.jsonapi.checklist.atomic import ACCEPT, MEMBER
from tests.jsonapi.checklist.subjects import SUBJECTS


@pytest.fixture(scope="package", params=SUBJECTS, ids=lambda kind: kind.type)
def made(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield request.param(Shop("checklist"))
        transaction.set_rollback(True)


@pytest.fixture
def subject(made, db):
    """A resource with rows: the first has everything, the second nothing."""
    known = dict(vars(made.shop))
    yield made
    # Whom the test called into being is gone with its rows.
    vars(made.shop).clear()
    vars(made.shop).update(known)


@pytest.fixture
def send(subject):
    def sent(*operations, query="", **headers):
        body = {MEMBER: list(operations)}
        types = {"Content-Type": ACCEPT, "Accept": ACCEPT, **headers}
        return subject.post(body, f"operations{query}", **types)

    return sent


@pytest.fixture
def post(subject):
    def posted(body, **headers):
        return subject.post(
            body, "operations", **{"Content-Type": ACCEPT, "Accept": ACCEPT}, **headers
        )

    return posted
