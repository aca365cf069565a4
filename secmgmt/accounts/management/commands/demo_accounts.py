"""Renew the demo accounts' passwords and sign-in links, and print them: one account per role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from secmgmt.accounts import demosignin, roles
from secmgmt.accounts.models import User
from secmgmt.core.clock import now, today

FIRST = (
    "owner.health", "lead.health", "planner.health", "expert.xu", "authority", "demo.system", "demo.security",
    "demo.audit",
)  # fmt: skip


class Command(BaseCommand):
    """``manage.py demo_accounts [--port 8000]`` (only with DEMO=1)."""

    help = "更新演示账号的口令和登录链接"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, help="default: the one the demo was started with")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("只有演示环境（DEMO=1）有演示账号。")
        chosen = chosen_accounts()
        if not chosen:
            raise CommandError("还没有演示数据，请先运行 manage.py seed_demo。")
        made = demosignin.renew([user for _label, user in chosen], at=now())
        site = f"http://{options['host']}:{port_of(options['port'])}"
        self.stdout.write(f"演示系统：{site}/")
        for label, user in chosen:
            link = site + reverse("account_demo", args=[demosignin.link_token(user)])
            self.stdout.write(f"{label}  {user.username}  口令 {made[user.pk]}\n    {link}")


def port_of(given: int | None) -> int:
    """The port that was named now, or when the demo was started."""
    kept = Path(settings.VAR_DIR) / "demo-port"
    if given is not None:
        kept.write_text(str(given))
        return given
    return int(kept.read_text()) if kept.exists() else 8000


def chosen_accounts() -> list[tuple[str, User]]:
    """(role, account): one for every role, those with waiting work first."""
    users = {user.username: user for user in User.objects.filter(is_demo=True).select_related("unit")}
    found: dict[str, User] = {}
    for name in (*FIRST, *(name for name in users if name not in FIRST)):
        user = users.get(name)
        for label in labels_of(user) if user else ():
            found.setdefault(label, user)
    return list(found.items())


def labels_of(user: User) -> list[str]:
    """The names of what a user holds today."""
    if user.admin_role:
        return [str(user.get_admin_role_display())]
    held = user.position_set.valid_on(today()).select_related("permission")
    names = {role.code: str(role.label) for role in roles.BUSINESS_ROLES}
    return [names[position.permission.codename] for position in held]
