"""A tenant's host: portal, admin, API."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from gateway.problems import bad_request, page_not_found, server_error
from portal.views.theme import theme_post
from tenants.admin import tenant_site

handler400 = bad_request
handler404 = page_not_found
handler500 = server_error

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", tenant_site.urls),
    path("api/v1/", include("portal.api.urls")),
    path(
        "api/openapi.json",
        SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="openapi",
    ),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="openapi", authentication_classes=[], permission_classes=[]),
        name="api_docs",
    ),
    path("theme/", theme_post, name="theme"),
    path("", include("portal.urls_session")),
    path("", include("portal.urls")),
]
