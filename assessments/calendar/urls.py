"""URLs of the standing calendar."""

from django.urls import path

from . import views

urlpatterns = [
    path("duties/", views.board, name="duty-list"),
    path("duties/export/", views.export, name="duty-export"),
    *views.DutyRules.urls("duty-rules/"),
    path("duties/feed/", views.feed_page, name="duty-feed"),
    path("duties/feed/close/", views.feed_close, name="duty-feed-close"),
    path("duties/feed/<str:token>.ics", views.feed_ics, name="duty-ics"),
]
