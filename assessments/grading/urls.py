"""URLs of gradings."""

from django.urls import path

from . import views

urlpatterns = [
    *views.Gradings.urls("gradings/"),
    path("gradings/preview/", views.preview, name="grading-preview"),
    path("gradings/<int:pk>/experts/", views.experts, name="grading-experts"),
    path("gradings/<int:pk>/experts/<int:invitation>/withdraw/", views.withdraw, name="grading-withdraw"),
    path("gradings/<int:pk>/report/<slug:form>/", views.report, name="grading-report"),
]
