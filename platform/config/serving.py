"""How gunicorn serves: what its master does before it forks the workers (`--config python:config.serving`)."""

import gc
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from config.settings.environment import ROOT

TEMPLATES = ROOT / "templates"


def when_ready(server: Any) -> None:
    """Load what pages need, once for all workers, and take it out of the collector's sight.

    Otherwise each worker loads it with its first pages, and Python walks all of it, some 230,000 objects, in each full
    collection: 130 ms in one of some thirty pages of the inbox. What is left to walk takes 3 ms.
    """
    for urls in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        reverse("admin:index", urlconf=urls)
    for file in sorted(TEMPLATES.rglob("*.html")):
        get_template(str(file.relative_to(TEMPLATES)))
    gc.collect()
    gc.freeze()
