"""Remove audit rows past the retention."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from secmgmt.core import audit_trail, errors
from secmgmt.core.clock import now
from secmgmt.core.management import turned_away


class Command(BaseCommand):
    """Run by whoever may delete in the database; the application's own role may not (operations manual)."""

    help = "清理超过保留期的审计记录，并在链上留下检查点。少于 180 天的期限被拒绝（退出码 2）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-days", type=int, default=settings.AUDIT_RETENTION_DAYS, help="保留天数")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = audit_trail.purge(by=None, at=now(), keep_days=options["keep_days"])
        except errors.DomainError as error:
            raise turned_away("purge_audit", error, 2) from error
        self.stdout.write(self.style.SUCCESS(f"已清理 {count} 条，保留最近 {options['keep_days']} 天。"))
