"""URLs of rectification."""

from django.urls import path

from secmgmt.core.views import Role

from . import views
from .sheets import RectificationSheet

urlpatterns = [
    path("rectifications/board/", views.Board.as_view(role=Role.LIST), name="rectification-board"),
    path("rectifications/calendar/", views.Month.as_view(role=Role.LIST), name="rectification-calendar"),
    *RectificationSheet.urls("rectifications/"),
    *views.Rectifications.urls("rectifications/"),
    *views.DueRules.urls("rectifications/due-rules/"),
    *views.RouteRules.urls("rectifications/routes/"),
]
