"""The web process's entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from tenants.checks import exit_unless_restricted  # noqa: E402 - after the apps are loaded

exit_unless_restricted()
