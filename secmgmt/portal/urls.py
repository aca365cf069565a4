"""URLs of the portal."""

from django.urls import path

from . import health, views
from .centre import File, Preview, Runs
from .trail import Trail

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("health/", health.page, name="health"),
    *Trail.urls("audit/"),
    *Runs.urls("reports/"),
    path("reports/<int:pk>/file/", File.as_view(), name="report-file"),
    path("reports/<slug:kind>/preview/", Preview.as_view(), name="report-preview"),
]
