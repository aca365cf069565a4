"""Write the audit chain's head to the anchor file."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from secmgmt.core import audit_trail


class Command(BaseCommand):
    """One line a call, none when nothing is new."""

    help = "把审计链头追加到库外锚点文件（AUDIT_ANCHOR_FILE）。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchor = audit_trail.anchor()
        except OSError as error:
            where = f"{settings.AUDIT_ANCHOR_FILE}（{error.strerror}）"
            raise CommandError(f"锚点文件写不进去：{where}", returncode=2) from error
        if anchor is None:
            self.stdout.write("没有新的审计记录，锚点不变。")
        else:
            self.stdout.write(f"已锚定第 {anchor.seq} 条 {anchor.digest[:16]}… → {settings.AUDIT_ANCHOR_FILE}")
