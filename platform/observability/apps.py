from django.apps import AppConfig


class ObservabilityConfig(AppConfig):
    name = "observability"

    def ready(self) -> None:
        from observability import errors, tracing

        errors.configure()
        tracing.configure()
