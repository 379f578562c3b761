from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Ledger"

    def ready(self) -> None:
        from audit import ledger, personal  # noqa: F401
