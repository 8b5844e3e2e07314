from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """Listens to what the engine and the anonymization tell."""

    name = "activity"

    def ready(self) -> None:
        from activity import receivers  # noqa: F401, PLC0415 - connects them
