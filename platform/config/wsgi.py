"""The web process's entry point."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from tenants.checks import exit_unless_restricted  # noqa: E402 - after the apps are loaded

exit_unless_restricted()

# What is loaded stays as long as the process does. Walking all of it took the collector some 200 ms of CPU, in the
# middle of a request.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
