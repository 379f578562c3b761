from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "gateway"
    verbose_name = "API"

    def ready(self) -> None:
        from gateway import ledger, personal  # noqa: F401
