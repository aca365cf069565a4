"""URLs of the requirement catalogue."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods

from . import upload_views, views

BASE = "catalogue/standards/"


def reads(route: str, view: Callable[..., Any], name: str, **kwargs: str) -> URLPattern:
    """A page or file that only reads."""
    return path(BASE + route, login_required(require_GET(view)), kwargs, name=name)


def sends(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    """A page with a form."""
    return path(BASE + route, login_required(require_http_methods(["GET", "POST"])(view)), name=name)


urlpatterns = [
    *views.Items.urls("catalogue/"),
    *views.Standards.urls(BASE),
    reads("<int:pk>/export/", views.export, "standard-export"),
    reads("<int:pk>/export/guidance/", views.export, "standard-export-guidance", part="guidance"),
    sends("<int:pk>/delete/", upload_views.standard_delete, "standard-delete"),
    sends("<int:pk>/overlay/", upload_views.overlay, "standard-overlay"),
    reads("<int:pk>/overlay/template/", upload_views.overlay_template, "standard-overlay-template"),
    sends("<int:pk>/overlay/<slug:token>/", upload_views.overlay_preview, "standard-overlay-preview"),
    sends("import/", upload_views.standard_import, "standard-import"),
    reads("import/template/<slug:part>/", upload_views.standard_template, "standard-import-template"),
    sends("import/<slug:token>/", upload_views.standard_preview, "standard-import-preview"),
]
