"""What happens elsewhere and matters to tokens: new passwords, changed roles."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from customers.models import Customer
from customers.signals import password_was_reset
from jsonapi.parts import NOTHING, Part, Writing, within
from oauth.models import Application, Owner
from oauth.services import revoke_owner
from oauth.standing import standings
from organizations.models import Environment, Membership, Role, User


def forget_standings(**event: Any) -> None:
    """Look at permissions again for the next request, before their second is over."""
    standings.clear()


for model in (Application, Membership, Role, User):
    receiver([post_save, post_delete], sender=model)(forget_standings)


def _of_passwords(writing: Writing) -> Part | None:
    """Nothing, save where a password may be replaced."""
    return None if "password" in writing.names and not writing.is_new else NOTHING


@receiver(pre_save, sender=Customer)
@receiver(pre_save, sender=User)
@within(_of_passwords)
def remember_password(instance: Owner, update_fields: Any = None, **event: Any) -> None:
    """Note the hash that a save may be about to replace."""
    if instance.pk is not None and (update_fields is None or "password" in update_fields):
        stored = type(instance)._default_manager.filter(pk=instance.pk)
        vars(instance)["_password_before"] = stored.values_list("password", flat=True).first()


@receiver(post_save, sender=Customer)
@receiver(post_save, sender=User)
@within(_of_passwords)
def sign_out(instance: Owner, **event: Any) -> None:
    """End all tokens once a password has been replaced: who knew the old one may hold some."""
    before = vars(instance).pop("_password_before", None)
    if before and before != instance.password:
        for environment_id in _environments(instance):
            revoke_owner(environment_id, type(instance).__name__, instance.uid)


@receiver(password_was_reset, sender=Customer)
def sign_out_once_more(instance: Customer, **event: Any) -> None:
    """End all tokens also of somebody who had no password before."""
    revoke_owner(instance.environment_id, "Customer", instance.uid)


def _environments(owner: Owner) -> list[int]:
    if isinstance(owner, Customer):
        return [owner.environment_id]
    rows = Environment.objects.filter(organization__memberships__user=owner)
    return list(rows.values_list("pk", flat=True))
