from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CatalogConfig(AppConfig):
    """Finds each app's `criteria.py` as the admin finds `admin.py`."""

    name = "catalog"

    def ready(self) -> None:
        autodiscover_modules("criteria")
