"""``manage.py create_administrators``: the three separated administrators, each with a one-time link."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from secmgmt.accounts.bootstrap import create_administrator, recover_account
from secmgmt.accounts.models import User
from secmgmt.core.clock import now
from secmgmt.core.errors import DomainError
from secmgmt.core.management import turned_away

KINDS = (
    ("system_admin", "ADMIN_SYSTEM"),
    ("security_admin", "ADMIN_SECURITY"),
    ("audit_admin", "ADMIN_AUDIT"),
)


class Command(BaseCommand):
    """Asks for account and name, or reads ``ADMIN_SYSTEM=account:name`` and its two siblings."""

    help = (
        "Make the system, security and audit administrator that do not exist yet; print their one-time links."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Address of the site, and the operator's way back in."""
        parser.add_argument("--site", default=os.environ.get("SITE_URL", ""), help="https://host of the site")
        parser.add_argument("--recover", metavar="ACCOUNT", help="a new first-password link for this account")
        parser.add_argument(
            "--reset-second-factor",
            action="store_true",
            help="with --recover: the lost authenticator goes too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per account; nothing secret is stored."""
        site = options["site"].rstrip("/")
        try:
            if options["recover"]:
                factor = options["reset_second_factor"]
                made = [recover_account(username=options["recover"], at=now(), second_factor=factor)]
            else:
                made = self._make()
        except DomainError as error:
            raise turned_away("create_administrators", error) from error
        for user, token in made:
            link = site + reverse("account_first_password", args=[token])
            self.stdout.write(f"{user.get_admin_role_display() or user.name}\t{user.username}\t{link}")
        if made:
            self.stdout.write("链接 24 小时内有效，只能用一次；首次登录须绑定验证器。")

    def _make(self) -> list[tuple[User, str]]:
        made = []
        for role, variable in KINDS:
            label = User.AdminRole(role).label
            if User.objects.filter(admin_role=role, is_active=True).exists():
                self.stdout.write(f"{label}\t已有，跳过")
                continue
            username, name = self._ask(str(label), variable)
            made.append(create_administrator(role=role, username=username, name=name, at=now()))
        return made

    def _ask(self, label: str, variable: str) -> tuple[str, str]:
        given = os.environ.get(variable, "")
        if given:
            username, _colon, name = given.partition(":")
            return username, name or label
        try:
            return input(f"{label}的账号: ").strip(), input(f"{label}的姓名: ").strip()
        except EOFError as error:
            raise CommandError(f"没有输入；也可设置环境变量 {variable}=账号:姓名") from error
