"""The public host: the operators' admin and the home page."""

from django.urls import URLPattern, URLResolver, path

from portal.views.home import home
from tenants.admin import operator_site

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", operator_site.urls),
    path("", home, name="home"),
]
