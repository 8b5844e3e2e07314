"""What was attached to a person goes with them; tags come off by themselves."""

from annotations.models import Attachment, Link, Notification
from anonymization.erasers import DeleteAttached, register


@register
class AttachmentEraser(DeleteAttached):
    """Deletes the attachments of everything that is the person's."""

    model = Attachment
    path = "subject_uid"
    generic = "attachable"


@register
class LinkEraser(DeleteAttached):
    """Deletes the links to what is the person's."""

    model = Link
    path = "subject_uid"
    generic = "item"


@register
class NotificationEraser(DeleteAttached):
    """Deletes the notifications beside what is the person's."""

    model = Notification
    path = "subject_uid"
    generic = "notifiable"
