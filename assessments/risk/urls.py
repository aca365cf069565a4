"""URLs of risk assessments."""

from django.urls import path

from . import list_views, sheets, views

urlpatterns = [
    path("risk-assessments/<int:pk>/inventory/", views.take_inventory, name="riskassessment-inventory"),
    *views.RiskAssessments.urls("risk-assessments/"),
    *sheets.AssetSheet.urls("risk-assets/"),
    *views.RiskAssets.urls("risk-assets/"),
    *sheets.RiskSheet.urls("risks/"),
    path("risks/<int:pk>/accept/", views.accept, name="risk-accept"),
    *views.Risks.urls("risks/"),
    *sheets.ThreatSheet.urls("threats/"),
    *list_views.Threats.urls("threats/"),
    *sheets.VulnerabilitySheet.urls("vulnerabilities/"),
    *list_views.Vulnerabilities.urls("vulnerabilities/"),
    *list_views.RiskMatrices.urls("risk-matrices/"),
]
