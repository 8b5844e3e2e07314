"""Which admin site Django's admin uses."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    """Django's admin, on the site of the staff."""

    default_site = "organizations.staff.site.StaffSite"
