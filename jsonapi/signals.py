"""What the engine tells the apps above it, inside the transaction of the write.

Each is sent with `sender` (the model), `instance`, `caller` and `request`; the first two also
with `changes`, `{attribute: [from, to]}`. `resource_created` may say `drawn`: the public id was
made just now, not chosen by the client. `resource_updated` brings `triggers`, the names of the
trigger attributes that acted, and may say `locked`: the instance was read under its lock.
"""

from django.dispatch import Signal

resource_created = Signal(use_caching=True)
resource_updated = Signal(use_caching=True)
resource_deleted = Signal(use_caching=True)
