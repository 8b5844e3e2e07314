from django.apps import AppConfig
from importlib import import_module


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        import_module("customers.receivers")
