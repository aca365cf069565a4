"""URLs of projects and their gates."""

from django.urls import path

from . import act_views, sheets, views

urlpatterns = [
    path("projects/board/", act_views.board, name="project-board"),
    path("projects/<int:pk>/start/<slug:gate>/", act_views.start, name="project-start"),
    path("projects/<int:pk>/override/", act_views.override, name="project-override"),
    *views.Projects.urls("projects/"),
    path("gate-reviews/<int:pk>/invite/", act_views.invite, name="gatereview-invite"),
    path("gate-reviews/<int:pk>/opinions/<int:opinion>/withdraw/", act_views.withdraw, name="gatereview-withdraw"),
    path("gate-reviews/<int:pk>/meeting/", act_views.meeting, name="gatereview-meeting"),
    path("gate-reviews/<int:pk>/rest/", act_views.examine_rest, name="gatereview-rest"),
    *views.GateReviews.urls("gate-reviews/"),
    path("gate-review-items/<int:pk>/examine/", act_views.examine, name="gatereviewitem-examine"),
    *views.GateReviewItems.urls("gate-review-items/"),
    path("gate-opinions/<int:pk>/give/", act_views.give, name="gateopinion-give"),
    *views.GateOpinions.urls("gate-opinions/"),
    *sheets.GateItemSheet.urls("gate-items/"),
    *views.GateItems.urls("gate-items/"),
    *sheets.GateDepartmentSheet.urls("gate-departments/"),
    *views.GateDepartments.urls("gate-departments/"),
]
