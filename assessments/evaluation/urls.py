"""URLs of self-assessments."""

from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from . import answering, views

urlpatterns = [
    *views.Assessments.urls("assessments/"),
    path("assessments/<int:pk>/answer/", answering.answer_page, name="assessment-answer"),
    path("assessments/<int:pk>/assign/", login_required(require_POST(views.assign)), name="assessment-assign"),
    path(
        "assessments/<int:pk>/report/<slug:form>/",
        login_required(require_GET(views.report)),
        name="assessment-report",
    ),
    path("assessments/items/<int:pk>/save/", answering.save_item, name="answer-save"),
    path("assessments/items/<int:pk>/evidence/", answering.evidence_page, name="answer-evidence"),
]
