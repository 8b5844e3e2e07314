"""What the apps above learn about requests to be forgotten."""

from django.dispatch import Signal

# Sent inside the transaction of each change of status, with `sender` AnonymizationRequest,
# `request` (the row, already changed), `event` (one of anonymization_request,
# anonymization_started, anonymization_completed, anonymization_failed, anonymization_cancel),
# `actor` (the User who asked, None for a worker) and `caller` (None outside the API).
anonymization_changed = Signal()
