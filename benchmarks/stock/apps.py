from django.apps import AppConfig


class StockConfig(AppConfig):
    """The stock project's only app; its label names the user model."""

    name = "benchmarks.stock"
    label = "stock"
