"""All URLs; features are included by name so that the project package imports none of them."""

from django.urls import include, path

from . import api

urlpatterns = [
    path("", include("secmgmt.portal.urls")),
    path("", include("secmgmt.core.urls")),
    path("accounts/", include("secmgmt.accounts.urls")),
    path("api/v1/", api.urls),
    path("", include("assets.urls")),
    path("", include("assessments.urls")),
    path("me/", include("secmgmt.accounts.urls_me")),
    path("manage/", include("secmgmt.accounts.urls_manage")),
]
