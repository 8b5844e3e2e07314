"""Resources whose rows are locked after their order."""

from __future__ import annotations

from typing import Any

from jsonapi.access import Caller
from jsonapi.views import ResourceViewSet
from orders import services
from orders.models import Order


class OrderFirst(ResourceViewSet):
    """Locks customer and order before the row itself: the one order of all locks."""

    def order_of(self, row: Any) -> Order:
        """Return the order that a row belongs to."""
        raise NotImplementedError

    def before_lock(self, caller: Caller, uid: str) -> None:
        """Lock the customer and the order of a row that is about to change."""
        row = self.rows_for(caller).filter(uid=uid).first()
        if row is not None:
            services.lock_order(order=self.order_of(row))
