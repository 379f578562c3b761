import gc

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The last of all apps: when it is ready, all are."""

    name = "config"

    def ready(self) -> None:
        """Have garbage collected again (the settings switched that off), and none looked for in what is loaded."""
        gc.freeze()
        gc.enable()
