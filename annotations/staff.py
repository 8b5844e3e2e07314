"""Forms of what can be tagged."""

from __future__ import annotations

from typing import Any

from jsonapi.errors import Invalid
from organizations.staff import StaffForm


class TaggedForm(StaffForm):
    """Keeps the organization's limit on how many tags one resource may have."""

    def check(self, data: dict[str, Any]) -> None:
        environment = data.get("environment") or self.instance.environment
        most = environment.organization.tags_max_allowed_number
        if len(data.get("tags") or ()) > most:
            raise Invalid("tags", "too_many", f"must be at most {most}", count=most)
