"""URLs of scanning."""

from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.http import require_http_methods

from . import views
from .sheets import RuleSheet

urlpatterns = [
    path(
        "scans/import/",
        login_required(require_http_methods(["GET", "POST"])(views.import_scan)),
        name="scan-import",
    ),
    *views.Scans.urls("scans/"),
    *views.Findings.urls("scan-findings/"),
    *RuleSheet.urls("scanner-rules/"),
    *views.Rules.urls("scanner-rules/"),
]
