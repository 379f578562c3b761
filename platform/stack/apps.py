"""Makes the `stack` management command known to Django."""

from django.apps import AppConfig


class StackAppConfig(AppConfig):
    """An app without models."""

    name = "stack"
