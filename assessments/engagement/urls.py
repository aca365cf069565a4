"""URLs of engagements."""

from django.urls import path

from . import views

urlpatterns = [
    *views.Engagements.urls("engagements/"),
    path("engagements/<int:pk>/papers/<slug:document>/", views.paper, name="engagement-paper"),
    path("engagements/<int:pk>/findings/new/", views.finding, name="engagement-finding"),
    path("engagements/<int:pk>/findings/<int:row>/drop/", views.drop, name="engagement-drop"),
    path("engagements/<int:pk>/results/", views.begin_results, name="engagement-results"),
    path("engagements/<int:pk>/people/", views.people, name="engagement-people"),
    path("engagements/<int:pk>/people/<int:account>/dismiss/", views.dismiss, name="engagement-dismiss"),
    *views.Agencies.urls("agencies/"),
]
