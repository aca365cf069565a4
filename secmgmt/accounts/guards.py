"""Who may touch whom among administrators and users (A10, A11); each rule is one small function."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import errors

from .models import Position, User


def refuse_touching_administrator(by: Any, user: User) -> None:
    """Nobody changes, moves, disables or re-links another administrator's account (A10, A11)."""
    if user.admin_role and user.pk != getattr(by, "pk", None):
        raise errors.NotAllowed(
            _("“%(name)s”是%(role)s，账户资料只能由本人修改；要停用请先经两人办理取消管理员授权。")
            % {"name": user, "role": user.get_admin_role_display()},
            obj=user,
        )


def refuse_own(by: Any, user: User, what: str) -> None:
    """Nobody does this to himself."""
    if user.pk == getattr(by, "pk", None):
        raise errors.NotAllowed(_("不能对自己的账户%(what)s。") % {"what": what}, obj=user)


def refuse_last_administrator(user: User, role: str) -> None:
    """There is always one active administrator of each kind."""
    if not user.admin_role or user.admin_role == role:
        return
    others = User.objects.filter(admin_role=user.admin_role, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise errors.Conflict(
            _("“%(name)s”是最后一名%(role)s，不能取消；请先授权另一人。")
            % {"name": user, "role": user.get_admin_role_display()},
            obj=user,
        )


def refuse_second_hat(user: User, role: str, at: dt.datetime) -> None:
    """An administrator holds neither another administrator's role nor a position (8.1.4.2 d)."""
    if not role:
        return
    if user.admin_role:
        raise errors.Conflict(_("“%(name)s”已是管理员，三种管理员不能兼任。") % {"name": user}, obj=user)
    if Position.objects.filter(user=user).exclude(valid_until__lt=timezone.localdate(at)).exists():
        raise errors.Conflict(_("“%(name)s”还有未结束的业务岗位，请先结束。") % {"name": user}, obj=user)


def refuse_same_person(item: Any, by: Any) -> None:
    """A second person confirms: neither who asked nor who gains (A10)."""
    if by.pk in (item.asked_by_id, item.user_id):
        raise errors.NotAllowed(_("须由申请人和被授权人以外的另一名管理员复核。"), obj=item)
