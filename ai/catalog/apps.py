from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "ai.catalog"
    label = "catalog"
    verbose_name = "Model catalogue"

    def ready(self) -> None:
        from ai.catalog import ledger  # noqa: F401
