"""URLs of the portal."""

from django.urls import path

from . import health, views
from .trail import Trail

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("health/", health.page, name="health"),
    *Trail.urls("audit/"),
]
