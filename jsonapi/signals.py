"""What the engine tells the apps above it, inside the transaction of the write.

Each is sent with `sender` (the model), `instance`, `caller` and `request`;
`resource_updated` also with `changes`, `{attribute: [from, to]}`, and `triggers`, the names
of the trigger attributes that acted.
"""

from django.dispatch import Signal

resource_created = Signal()
resource_updated = Signal()
resource_deleted = Signal()
