from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Customers and listings"

    def ready(self) -> None:
        from crm import ledger, personal  # noqa: F401
