from django.apps import AppConfig


class OpenApiConfig(AppConfig):
    """Describes every door of the project, and lets people try them in a browser."""

    name = "openapi"
