"""What accounts contributes: all roles, the administrators' pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, SearchSource
from secmgmt.core.permissions import ACTION_LABELS

from .demo import create_accounts
from .roles import ADMIN_ROLES, BUSINESS_ROLES
from .search import administrators_page, user_text
from .todos import administrators_todos
from .users import tidy

EVERYBODY = tuple(role.code for role in BUSINESS_ROLES)

ACTION_LABELS.update(
    {
        "create": _("登记"),
        "disable": _("停用"),
        "enable": _("启用"),
        "disable_dormant": _("长期未登录停用"),
        "move": _("移动"),
        "merge": _("并入"),
        "grant": _("授权"),
        "term": _("变更任期"),
        "end": _("结束"),
        "ask": _("申请"),
        "enrol": _("绑定验证器"),
        "remove": _("解除验证器"),
        "reset": _("取消第二因素"),
        "recover": _("恢复第二因素"),
        "link_issue": _("签发口令链接"),
        "link_issue_many": _("批量签发口令链接"),
        "link_use": _("使用口令链接"),
        "issue": _("签发令牌"),
        "revoke": _("吊销令牌"),
        "recovery_codes": _("重生成恢复码"),
        "ok": _("登录"),
        "logout": _("退出"),
    }
)
ACT_LABELS.update(
    {
        "demo.accounts": _("载入演示账户"),
        "password.stored-anew": _("口令改用新的保存方式"),
        "demo.accounts-renewed": _("更新演示账户"),
        "login.demo": _("演示链接登录"),
        "login.ok": _("登录"),
        "logout.forced": _("会话被终止"),
        "position.withdraw": _("撤回岗位"),
    }
)


def _only(*admin_roles: str) -> Callable[[Any], bool]:
    return lambda user: user.admin_role in admin_roles


GROUP = _("系统管理")
MENU = (
    MenuEntry(GROUP, _("单位"), "administration:unit-list", "tree", order=900, visible=_only("system_admin")),
    MenuEntry(
        GROUP, _("用户"), "administration:user-list", "users", order=901, visible=_only("system_admin")
    ),
    MenuEntry(
        GROUP, _("岗位"), "administration:position-list", "key", order=902, visible=_only("security_admin")
    ),
    MenuEntry(
        GROUP,
        _("管理员授权"),
        "administration:admingrant-list",
        "shield",
        order=903,
        visible=_only("security_admin", "system_admin"),
    ),
    MenuEntry(
        GROUP, _("第二因素"), "administration:factor-list", "lock", order=904, visible=_only("security_admin")
    ),
    MenuEntry(
        GROUP, _("登录策略"), "administration:policy", "gear", order=905, visible=_only("security_admin")
    ),
    MenuEntry(_("个人"), _("我的账户"), "me:profile", "user", order=990, visible=lambda user: True),
)

MANIFEST = Manifest(
    app="accounts",
    roles=BUSINESS_ROLES + ADMIN_ROLES,
    menu=MENU,
    todos=(administrators_todos,),
    chores=(tidy,),
    search=(
        SearchSource(
            "accounts.User",
            _("用户"),
            user_text,
            title=lambda user: user.audit_name,
            icon="user",
            related=("unit",),
            where=lambda user: str(user.unit or ""),
            url=administrators_page,
            order=50,
        ),
    ),
    grants={
        **{code: {"accounts.OrgUnit": ("view",)} for code in EVERYBODY},
        "system_admin": {
            "accounts.OrgUnit": ("view", "add", "change", "merge", "export", "import"),
            "accounts.User": ("view", "add", "change", "disable", "export", "import"),
            "accounts.AdminGrant": ("view", "confirm"),
        },
        "security_admin": {
            "accounts.OrgUnit": ("view",),
            "accounts.User": ("view", "grant", "recover"),
            "accounts.Position": ("view", "add", "change", "end", "export", "import"),
            "accounts.LoginPolicy": ("view", "change"),
            "accounts.AdminGrant": ("view", "add", "confirm"),
        },
        "audit_admin": {"core.AuditEvent": ("view", "export")},
    },
    demo=((10, create_accounts),),
)
