from django.apps import AppConfig


class AIConfig(AppConfig):
    name = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from ai import checks, handlers, ledger, metrics, personal  # noqa: F401
