"""The routes that there are: read off the URL configuration, never listed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.urls import get_resolver
from django.views.generic import RedirectView

from tenants.admin import operator_site, tenant_site

PAGES_OF_A_MODEL = ("changelist", "add", "change", "history", "delete")
ARGUMENT = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


@dataclass(frozen=True)
class Route:
    """A route as the table writes it. One of an admin's model names it, and which of its pages this is."""

    section: str
    path: str
    methods: tuple[str, ...]
    model: str = ""
    page: str = ""
    redirects: bool = False


def _walk(patterns: Any, before: str = "/") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + _GROUP.sub(r"<\1>", str(pattern.pattern)).strip("^$")
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path, pattern


def _section(path: str, public: bool) -> str:
    if public:
        return "public host"
    if path.startswith("/api/v1/"):
        return "api"
    if path.startswith("/api/"):
        return "documents"
    return "admin pages" if path.startswith("/admin/") else "portal"


def _model_pages(site: AdminSite) -> dict[str, tuple[str, str]]:
    return {
        f"{model._meta.app_label}_{model._meta.model_name}_{page}": (model._meta.label_lower, page)
        for model in site._registry
        for page in PAGES_OF_A_MODEL
    }


@cache
def routes() -> tuple[Route, ...]:
    """Every route of a tenant's host and of the public host."""
    found = []
    for urls, site in ((settings.ROOT_URLCONF, tenant_site), (settings.PUBLIC_SCHEMA_URLCONF, operator_site)):
        public = site is operator_site
        pages = _model_pages(site)
        for path, pattern in _walk(get_resolver(urls).url_patterns):
            admin = path.startswith("/admin/")
            model, page = pages.get(str(pattern.name), ("", "")) if admin else ("", "")
            view = getattr(pattern.callback, "view_class", None)
            redirects = isinstance(view, type) and issubclass(view, RedirectView)
            if admin and redirects:
                continue  # leads to the change page of an object, and is refused there
            section = ("operators' admin" if public else "admin") if model else _section(path, public)
            methods = ("GET", "POST", "PUT", "PATCH", "DELETE") if section == "api" else ("GET", "POST")
            found.append(Route(section, path, methods, model, page, redirects))
    return tuple(found)
