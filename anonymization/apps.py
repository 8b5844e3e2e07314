from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AnonymizationConfig(AppConfig):
    """Finds each app's `erasers.py` as the admin finds `admin.py`."""

    name = "anonymization"

    def ready(self) -> None:
        from anonymization import checks  # noqa: F401, PLC0415 - registers the checks

        autodiscover_modules("erasers")
