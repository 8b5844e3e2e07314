"""What makes this process look at permissions again before their second is over."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from oauth.models import Application
from oauth.standing import standings
from organizations.models import Membership, Role, User


def forget_standings(**event: Any) -> None:
    """See what a changed application, role, membership or user means for the next request."""
    standings.clear()


for model in (Application, Membership, Role, User):
    receiver([post_save, post_delete], sender=model)(forget_standings)
