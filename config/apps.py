from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes `config` an app, so that its commands are found."""

    name = "config"
