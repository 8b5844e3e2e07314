from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Watches over every writing of tags."""

    name = "annotations"

    def ready(self) -> None:
        from annotations import receivers  # noqa: F401, PLC0415 - connects them
