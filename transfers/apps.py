from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """Listens for new exports, which have to know under which address they were asked for."""

    name = "transfers"

    def ready(self) -> None:
        from transfers import receivers  # noqa: F401, PLC0415 - connects them
