from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CatalogConfig(AppConfig):
    """Finds each app's `criteria.py` as the admin finds `admin.py`."""

    name = "catalog"

    def ready(self) -> None:
        import_module("catalog.receivers")
        autodiscover_modules("criteria")
