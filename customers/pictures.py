"""Storing pictures and getting rid of them, so that a crash leaves no file behind.

The row comes before the files; one that is nobody's is garbage, which a sweeper takes away with
its files. So a picture that is replaced, or whose customer is forgotten, is only cut off in the
transaction: from then on nobody can fetch it.
"""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from anonymization.doorbell import doorbell
from customers.imaging import encode, read_picture
from customers.models import Customer, Picture
from customers.models.pictures import SIZES
from customers.services import lock_for_writing

SWEEP = "customers.tasks.sweep_pictures"


def storage() -> Storage:
    """Return where files are: a local folder, or a bucket."""
    return storages["pictures"]


def set_picture(*, customer: Customer, data: bytes) -> Picture:
    """Give a customer a picture instead of the one they had.

    Raises BadPicture, or Conflict when the customer is being forgotten.
    """
    kind, image = read_picture(data)
    picture: Picture = Picture.objects.create(format=kind, width=image.width)
    for size, content in encode(kind, image, SIZES):
        storage().save(picture.name(size), ContentFile(content))
    with transaction.atomic():
        lock_for_writing(customer_id=customer.pk)
        _cut_off(customer)
        picture.customer = customer
        picture.save(update_fields=["customer"])
    return picture


@transaction.atomic
def remove_picture(*, customer: Customer) -> None:
    """Take a customer's picture away; nothing where there is none."""
    lock_for_writing(customer_id=customer.pk)
    _cut_off(customer)


def sweep() -> int:
    """Delete the files of all pictures that are nobody's, then their rows; return how many."""
    swept = 0
    for key in list(Picture.objects.abandoned().values_list("pk", flat=True)):
        with transaction.atomic():
            rows = Picture.objects.abandoned().filter(pk=key)
            picture = rows.select_for_update(skip_locked=True).first()
            if picture is None:
                continue
            for name in picture.names():
                storage().delete(name)
            picture.delete()
            swept += 1
    return swept


def _cut_off(customer: Customer) -> None:
    if Picture.objects.filter(customer=customer).update(customer=None, not_before=timezone.now()):
        doorbell.ring_on_commit(SWEEP)
