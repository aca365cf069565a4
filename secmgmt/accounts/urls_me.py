"""My account."""

from django.urls import path

from .views import own

app_name = "me"
urlpatterns = [
    path("", own.Profile.as_view(), name="profile"),
    path("edit/", own.EditProfile.as_view(), name="edit"),
    path("shortcuts/", own.Shortcuts.as_view(), name="shortcuts"),
    path("tokens/new/", own.IssueToken.as_view(), name="token-issue"),
    path("tokens/<int:pk>/revoke/", own.RevokeToken.as_view(), name="token-revoke"),
]
