"""What the tests of anonymization do over and over."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from django.db import connection

from activity.models import EventStore
from anonymization import services
from anonymization.models import AnonymizationRequest


def request(customer, requester=None):
    return services.request_anonymization(
        environment_id=customer.environment_id, subject_uid=customer.uid, requester=requester
    )


def cancel(customer, requester=None):
    return services.cancel_anonymization(
        environment_id=customer.environment_id, subject_uid=customer.uid, requester=requester
    )


def latest(customer):
    return AnonymizationRequest.objects.of(customer.environment_id, customer.uid).first()


def entries(customer):
    """The kinds of the customer's audit entries, the oldest first."""
    rows = EventStore.objects.filter(environment_id=customer.environment_id)
    return list(
        rows.about("customers", customer.uid).order_by("pk").values_list("event", flat=True)
    )


def at_once(*actions):
    """Run the actions in threads of their own and return their results or exceptions."""

    def run(action):
        try:
            return action()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def eventually(condition, seconds=20):
    """Return what `condition` returns as soon as that is true; it does the waiting itself."""
    deadline = monotonic() + seconds
    while not (result := condition()):
        assert monotonic() < deadline, "it never happened"
    return result
