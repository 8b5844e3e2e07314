from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JsonApiConfig(AppConfig):
    """Finds each app's `resources.py` and `triggers.py` as the admin finds `admin.py`."""

    name = "jsonapi"
    verbose_name = "JSON:API"

    def ready(self) -> None:
        autodiscover_modules("resources", "triggers")
