"""URLs of the portal."""

from django.urls import path

from . import decisions, doctemplate_views, health, views
from .centre import File, Preview, Runs, Schedules
from .city import City, Rows
from .trail import Trail

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("city/", City.as_view(), name="city"),
    path("figures/<slug:figure>/", Rows.as_view(), name="figure"),
    path("decisions/", decisions.page, name="decisions"),
    path("decisions/decide/", decisions.decide, name="decide"),
    path("health/", health.page, name="health"),
    *Trail.urls("audit/"),
    path("reports/templates/starter/", doctemplate_views.starter_file, name="template-starter"),
    path("reports/templates/<int:pk>/sample/", doctemplate_views.sample_file, name="template-sample"),
    *doctemplate_views.Templates.urls("reports/templates/"),
    *Runs.urls("reports/"),
    path("reports/scheduled/", Schedules.as_view(), name="schedules"),
    path("reports/<int:pk>/file/", File.as_view(), name="report-file"),
    path("reports/<slug:kind>/preview/", Preview.as_view(), name="report-preview"),
]
