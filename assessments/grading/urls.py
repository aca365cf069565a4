"""URLs of gradings."""

from . import views

urlpatterns = views.Gradings.urls("gradings/")
