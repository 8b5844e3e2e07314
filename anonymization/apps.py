from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AnonymizationConfig(AppConfig):
    """Finds each app's `erasers.py` as the admin finds `admin.py`."""

    name = "anonymization"

    def ready(self) -> None:
        from anonymization import checks, receivers  # noqa: F401, PLC0415 - registers both

        autodiscover_modules("erasers")
