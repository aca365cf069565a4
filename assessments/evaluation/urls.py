"""URLs of self-assessments."""

from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import answering, offline_views, views

urlpatterns = [
    *views.Assessments.urls("assessments/"),
    path("assessments/<int:pk>/answer/", answering.answer_page, name="assessment-answer"),
    path("assessments/<int:pk>/assign/", login_required(require_POST(views.assign)), name="assessment-assign"),
    path(
        "assessments/<int:pk>/report/<slug:form>/",
        login_required(require_GET(views.report)),
        name="assessment-report",
    ),
    path(
        "assessments/<int:pk>/offline/",
        login_required(require_http_methods(["GET", "POST"])(offline_views.upload)),
        name="assessment-offline",
    ),
    path(
        "assessments/<int:pk>/offline/workbook/",
        login_required(require_GET(offline_views.workbook)),
        name="assessment-offline-workbook",
    ),
    path(
        "assessments/<int:pk>/offline/<slug:token>/",
        login_required(require_http_methods(["GET", "POST"])(offline_views.preview)),
        name="assessment-offline-preview",
    ),
    path("assessments/items/<int:pk>/save/", answering.save_item, name="answer-save"),
    path("assessments/<int:pk>/group/", login_required(require_POST(views.answer_group)), name="assessment-group"),
    path("assessments/items/<int:pk>/", answering.item_page, name="answer-detail"),
    path("assessments/items/<int:pk>/components/", answering.save_components, name="answer-components"),
]
