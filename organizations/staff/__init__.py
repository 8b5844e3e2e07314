"""What every app's admin.py is made of: pages that show staff their own organizations only."""

from organizations.staff.actions import Button, act_in_detail, button, refuse, step, switches
from organizations.staff.admin import (
    ReadOnlyInline,
    ScopedAdmin,
    StaffAdmin,
    StaffInline,
    TenantAdmin,
)
from organizations.staff.columns import column, link, list_url, record_link, when
from organizations.staff.filters import OwnRelatedFilter
from organizations.staff.forms import StaffForm
from organizations.staff.panels import Panel, panel
from organizations.staff.rights import rows_for
from organizations.staff.trail import recorded, staff_caller

__all__ = [
    "Button",
    "OwnRelatedFilter",
    "Panel",
    "ReadOnlyInline",
    "ScopedAdmin",
    "StaffAdmin",
    "StaffForm",
    "StaffInline",
    "TenantAdmin",
    "act_in_detail",
    "button",
    "column",
    "link",
    "list_url",
    "panel",
    "record_link",
    "recorded",
    "refuse",
    "rows_for",
    "staff_caller",
    "step",
    "switches",
    "when",
]
