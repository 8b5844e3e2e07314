"""What was attached to a person goes with them; tags come off by themselves."""

from annotations.models import Attachment
from anonymization.erasers import DeleteAttached, register


@register
class AttachmentEraser(DeleteAttached):
    """Deletes the attachments of everything that is the person's."""

    model = Attachment
    path = "subject_uid"
    generic = "attachable"
