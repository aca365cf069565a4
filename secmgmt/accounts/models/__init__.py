"""Users, units, positions and the sign-in policy."""

from .login import ApiToken, FailedLogin, FirstPasswordLink, LoginPolicy, PasswordHistory
from .position import AdminGrant, Position
from .unit import OrgUnit, UnitName
from .user import User

__all__ = [
    "AdminGrant",
    "ApiToken",
    "FailedLogin",
    "FirstPasswordLink",
    "LoginPolicy",
    "OrgUnit",
    "PasswordHistory",
    "Position",
    "UnitName",
    "User",
]
