"""What the apps above learn about requests to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.dispatch import Signal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anonymization.models import AnonymizationRequest
    from anonymization.people import People
    from jsonapi.access import Caller
    from organizations.models import User

# Sent inside the transaction of each change of status, once for all requests that it changes,
# with `sender` AnonymizationRequest, `requests` (the rows, already changed, one status for all),
# `people` (whom they are about, with the keys of those who still have a row), `event` (one of
# anonymization_request, anonymization_started, anonymization_completed, anonymization_failed,
# anonymization_cancel), `actor` (the User who asked, None for a worker) and `caller` (None
# outside the API).
anonymization_changed = Signal()


def announce(
    event: str,
    requests: Sequence[AnonymizationRequest],
    people: People,
    *,
    actor: User | None = None,
    caller: Caller | None = None,
) -> None:
    """Tell the apps above that `event` happened to all `requests`; says nothing about none."""
    if requests:
        anonymization_changed.send(
            type(requests[0]),
            requests=requests,
            people=people,
            event=event,
            actor=actor,
            caller=caller,
        )
