"""The product's settings, and one app more: the step that is measured."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, SHARED_APPS

SHARED_APPS = [*SHARED_APPS, "benchmarks.engine"]
INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.engine"]
