"""URLs of inspections."""

from django.urls import path

from . import views
from .sheets import ItemSheet

urlpatterns = [
    *views.Inspections.urls("inspections/"),
    path("inspections/<int:pk>/sampling/", views.sampling, name="inspection-sampling"),
    path("inspections/<int:pk>/team/", views.team, name="inspection-team"),
    path("inspections/<int:pk>/team/<int:invitation>/withdraw/", views.withdraw, name="inspection-withdraw"),
    *ItemSheet.urls("inspection-items/"),
    *views.Items.urls("inspection-items/"),
    *views.Notices.urls("inspection-notices/"),
    *views.Departments.urls("departments/"),
    *views.NoticeKinds.urls("notice-kinds/"),
]
