from django.apps import AppConfig

from config.celery import app


class ConfigConfig(AppConfig):
    """Loads Celery with Django, so that every @shared_task belongs to our application."""

    name = "config"
    celery_app = app
