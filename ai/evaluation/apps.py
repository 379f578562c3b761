from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "ai.evaluation"
    label = "evaluation"
    verbose_name = "Evaluation"

    def ready(self) -> None:
        from ai.evaluation import checks, handlers, ledger, personal  # noqa: F401
