"""Notes what kept a resource from going on, for whoever looks later."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType

from anonymization.owners import owner_of
from jsonapi.errors import Invalid
from orders.models import Order, ResourceError


def note_errors(*, order: Order, refusal: Invalid) -> None:
    """Replace the errors of a locked order by those of a refusal: rules and words, no values."""
    clear_errors(order=order)
    kind = ContentType.objects.get_for_model(order)
    for error in refusal.errors:
        ResourceError.objects.create(
            environment_id=order.environment_id,
            name=error["source"]["pointer"].rpartition("/")[2],
            code=error["meta"]["error"].upper(),
            message=error["title"][:255],
            content_type=kind,
            object_id=order.pk,
            subject_uid=owner_of(order),
        )
    order.errors_count = len(refusal.errors)


def clear_errors(*, order: Order) -> None:
    """Forget what was wrong with a locked order."""
    if order.errors_count:
        order.resource_errors.all().delete()
    order.errors_count = 0
