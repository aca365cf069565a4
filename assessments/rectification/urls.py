"""URLs of rectification."""

from . import views
from .sheets import RectificationSheet

urlpatterns = [
    *RectificationSheet.urls("rectifications/"),
    *views.Rectifications.urls("rectifications/"),
    *views.DueRules.urls("rectifications/due-rules/"),
    *views.RouteRules.urls("rectifications/routes/"),
]
