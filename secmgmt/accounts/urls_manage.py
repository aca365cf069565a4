"""The administrators' areas."""

from django.urls import path

from .sheets import PositionSheets, UnitSheets, UserSheets
from .views import security, system

app_name = "administration"
urlpatterns = [
    *system.Units.urls("units/"),
    *UnitSheets.urls("units/"),
    path("units/<int:pk>/move/", system.MoveUnit.as_view(), name="unit-move"),
    path("units/<int:pk>/merge/", system.MergeUnit.as_view(), name="unit-merge"),
    *system.Users.urls("users/"),
    *UserSheets.urls("users/"),
    path("users/password-links/", system.PasswordLinks.as_view(), name="user-links"),
    path("users/<int:pk>/disable/", system.DisableUser.as_view(), name="user-disable"),
    path("users/<int:pk>/enable/", system.EnableUser.as_view(), name="user-enable"),
    path("users/<int:pk>/password-link/", system.PasswordLink.as_view(), name="user-link"),
    *security.Positions.urls("positions/"),
    *PositionSheets.urls("positions/"),
    path("positions/<int:pk>/term/", security.PositionTerm.as_view(), name="position-term"),
    path("positions/<int:pk>/end/", security.EndPosition.as_view(), name="position-end"),
    *security.Grants.urls("admin-grants/"),
    path("policy/", security.Policy.as_view(), name="policy"),
    *security.Factors.urls("second-factors/"),
    path("second-factors/<int:pk>/reset/", security.ResetFactor.as_view(), name="factor-reset"),
]
