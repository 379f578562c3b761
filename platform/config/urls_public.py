"""The public host: the operators' admin and the home page."""

from django.urls import URLPattern, URLResolver, path

from portal.views.home import home
from portal.views.metrics import metrics
from portal.views.theme import theme_post
from tenants.admin import operator_site

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", operator_site.urls),
    path("metrics", metrics, name="metrics"),
    path("theme/", theme_post, name="theme"),
    path("", home, name="home"),
]
