"""URLs of risk assessments."""

from django.urls import path

from . import sheets, views

urlpatterns = [
    *views.RiskAssessments.urls("risk-assessments/"),
    *sheets.RiskSheet.urls("risks/"),
    path("risks/<int:pk>/accept/", views.accept, name="risk-accept"),
    *views.Risks.urls("risks/"),
]
