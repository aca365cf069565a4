"""Verify the audit chain; exit code 1 when it is broken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from secmgmt.core import audit_trail
from secmgmt.core.models import AuditHead

SHOWN = 50


class Command(BaseCommand):
    """Prints every break; silent about nothing."""

    help = "核验审计链：改动、缺失、截尾、库外锚点。完好时退出码为 0，有断裂时为 1。"

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = audit_trail.verify()
        for found in breaks[:SHOWN]:
            self.stderr.write(self.style.ERROR(found.text))
        if len(breaks) > SHOWN:
            self.stderr.write(f"……另有 {len(breaks) - SHOWN} 处。")
        if breaks:
            raise CommandError(f"审计链有 {len(breaks)} 处断裂。", returncode=1)
        head = AuditHead.objects.filter(pk=1).first() or AuditHead()
        span = f"第 {head.start_seq + 1} 条至第 {head.seq} 条，链头 {head.digest[:16]}…"
        self.stdout.write(self.style.SUCCESS(f"审计链完好：{span}"))
