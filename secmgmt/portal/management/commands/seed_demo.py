"""``manage.py seed_demo``: the demo city with everything the apps contribute, in their order; again adds nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser

from secmgmt.accounts.models import User
from secmgmt.core import manifest
from secmgmt.core.clock import now


class Command(BaseCommand):
    """Runs the manifests' demo entries by their numbers."""

    help = "演示数据：虚构的颍川市，全部标为演示；可重复执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        """``--password``: one password for all demo accounts; without it they have none."""
        parser.add_argument("--password", default="", help="给全部演示账户设同一个口令（仅供本机演示）")

    def handle(self, *args: Any, password: str = "", **options: Any) -> None:
        """Refused in production: demo people must not stand beside real ones."""
        if not settings.LOCAL:
            raise CommandError("DEBUG=0：演示数据只能写入演示或开发环境。")
        entries = sorted(manifest.collect("demo"), key=lambda entry: entry[0])
        for number, create in entries:
            create(now())
            self.stdout.write(f"{number:>4}  {create.__module__}.{create.__qualname__}")
        if password:
            changed = User.objects.filter(is_demo=True).update(
                password=make_password(password), must_change_password=False, password_changed_at=now()
            )
            self.stdout.write(f"      {changed} 个演示账户已设口令")
        self.stdout.write(self.style.SUCCESS(f"完成：{len(entries)} 组演示数据"))
