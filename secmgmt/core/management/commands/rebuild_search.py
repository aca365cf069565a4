"""Make the site-wide search index anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from secmgmt.core import search


class Command(BaseCommand):
    """Needed after a restore or when a source's text changed; pages stay usable meanwhile."""

    help = "重建全站检索索引。"

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        for label, count in search.rebuild():
            self.stdout.write(f"{label}：{count} 条")
            total += count
        self.stdout.write(self.style.SUCCESS(f"检索索引已重建，共 {total} 条。"))
