"""URLs of filings."""

from django.urls import path

from . import views
from .sheets import FilingUnitSheet

urlpatterns = [
    *views.Filings.urls("filings/"),
    path("filings/<int:pk>/materials/<slug:slot>/", views.material, name="filing-material"),
    path("filings/<int:pk>/report/<slug:form>/", views.report, name="filing-report"),
    *views.FilingUnits.urls("filing-units/"),
    *FilingUnitSheet.urls("filing-units/"),
    *views.TermRules.urls("term-rules/"),
]
