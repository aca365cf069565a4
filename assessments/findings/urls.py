"""URLs of automatic findings."""

from django.urls import path

from . import views

urlpatterns = [
    path("findings/check/", views.check, name="finding-check"),
    *views.Findings.urls("findings/"),
    *views.Facts.urls("asked-facts/"),
    *views.FindingRules.urls("finding-rules/"),
]
