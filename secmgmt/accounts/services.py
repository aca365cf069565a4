"""All services of accounts, under one roof for pages, API, import and commands."""

from .administrators import ask_admin_grant, confirm_admin_grant, refuse_admin_grant
from .links import issue_first_password_link, issue_first_password_links, use_first_password_link
from .passwords import change_password
from .positions import change_term, end_position, grant_position
from .secondfactor import reset_second_factor
from .tokens import issue_token, revoke_token
from .units import add_unit, change_unit, merge_unit, move_unit
from .users import create_user, disable_dormant, disable_user, enable_user, save_user

__all__ = [
    "add_unit",
    "ask_admin_grant",
    "change_password",
    "change_term",
    "change_unit",
    "confirm_admin_grant",
    "create_user",
    "disable_dormant",
    "disable_user",
    "enable_user",
    "end_position",
    "grant_position",
    "issue_first_password_link",
    "issue_first_password_links",
    "issue_token",
    "merge_unit",
    "move_unit",
    "refuse_admin_grant",
    "reset_second_factor",
    "revoke_token",
    "save_user",
    "use_first_password_link",
]
