"""How much a database holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Numbers of rows; `subjects` are people who are to be forgotten."""

    customers: int
    orders: int
    addresses: int
    subjects: int

    @classmethod
    def shop(cls, customers: int, subjects: int) -> Size:
        """The data set of the table: 3 orders and 1.5 addresses per customer."""
        return cls(customers, 3 * customers, customers * 3 // 2, subjects)

    @classmethod
    def read(cls, text: str) -> Size:
        """The reverse of str()."""
        return cls(*map(int, text.split("/")))

    def __str__(self) -> str:
        return f"{self.customers}/{self.orders}/{self.addresses}/{self.subjects}"

    @property
    def rows(self) -> int:
        """All of them."""
        # A subject is a customer, 3 addresses twice, 4 orders, 2 facts and a request.
        return self.customers + self.orders + 2 * self.addresses + 14 * self.subjects
