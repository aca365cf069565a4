"""Load the shipped catalogues: standards, incident classes, templates, checklists."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from secmgmt.core import audit, manifest
from secmgmt.core.clock import now


class Command(BaseCommand):
    """Runs what every app registered; loading again changes nothing. Each is an act of the operator's."""

    help = "装载各应用自带的目录数据（标准条款、事件分类、模板、检查表）；可重复执行。"

    def handle(self, *args: Any, **options: Any) -> None:
        loaders = [(m.app, load) for m in manifest.manifests() for load in m.catalogs]
        for app, load in loaders:
            with audit.act():
                said = load()
                audit.record("catalog.load", by=None, at=now(), detail={"app": app, "said": said})
            self.stdout.write(f"{app}：{said}")
        self.stdout.write(self.style.SUCCESS(f"目录装载完成，共 {len(loaders)} 项。"))
