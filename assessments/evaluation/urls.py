"""URLs of self-assessments."""

from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import answering, offline_views, responsibility_views, reuse_views, views

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
    path("assessments/<int:pk>/carried/", reuse_views.confirm_carried, name="assessment-carried"),
    path("assessments/<int:pk>/renew/", reuse_views.renew, name="assessment-renew"),
    path("assessments/<int:pk>/compare/", reuse_views.compare, name="assessment-compare"),
    path("assessments/items/<int:pk>/source/<int:file>/", reuse_views.source_file, name="answer-source-file"),
    path("assessments/items/<int:pk>/term/<int:file>/", reuse_views.set_term, name="answer-term"),
    *responsibility_views.ResponsibilitySheet.urls("responsibility/"),
    *responsibility_views.Responsibilities.urls("responsibility/"),
    *responsibility_views.ReuseRules.urls("reuse-rules/"),
    path("hostings/<int:pk>/fill/", responsibility_views.fill, name="hosting-fill"),
    path("hostings/<int:pk>/agree/", responsibility_views.agree, name="hosting-agree"),
    path("hostings/<int:pk>/share/", responsibility_views.share, name="hosting-share"),
    path("assessments/items/<int:pk>/components/", answering.save_components, name="answer-components"),
]
