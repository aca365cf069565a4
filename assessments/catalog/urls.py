"""URLs of the requirement catalogue."""

from . import views

urlpatterns = views.Items.urls("catalogue/")
