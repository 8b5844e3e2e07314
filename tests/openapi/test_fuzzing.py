"""Generated requests: nothing fails, and nothing is answered that the document does not say.

A few for each operation here; CASES=20 makes it some thousands.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from openapi.document import assembled
from tests.security.world import rows

CASES = int(os.environ.get("CASES", "1"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CALLERS = ("integration", "as_alice", "guest", "nobody")
# Found while the tests are collected: declarations need no database.
DOCUMENT = schemathesis.openapi.from_dict(assembled())
DOCUMENT.app = application
OPERATIONS = [found.ok() for found in DOCUMENT.get_all_operations()]
TAGS = sorted({operation.tags[0] for operation in OPERATIONS})


@pytest.fixture
def tokens(shop):
    """The token of each kind of caller."""
    return {name: getattr(shop, name).token for name in CALLERS if name != "nobody"}


@pytest.fixture
def _connected(tokens):
    """A server closes its connection after a request; the test's has to stay."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.usefixtures("_connected")
def test_every_reply_is_as_documented(tag, shop, tokens):
    known = {name: row.uid for name, row in rows(shop.environment, shop.alice).items()}
    for operation in OPERATIONS:
        if operation.tags[0] == tag:
            named = next((part for part in operation.path.split("/") if part in known), "")
            _fuzz(operation, tokens, known.get(named, "unknown"))


def _fuzz(operation, tokens, uid):
    @given(case=operation.as_strategy(), caller=st.sampled_from(CALLERS), own=st.booleans())
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def run(case, caller, own):
        if own and "id" in case.path_parameters:
            case.path_parameters["id"] = uid
        token = tokens.get(caller)
        with transaction.atomic():
            case.call_and_validate(
                checks=CHECKS, headers={"Authorization": f"Bearer {token}"} if token else None
            )
            transaction.set_rollback(True)

    run()
