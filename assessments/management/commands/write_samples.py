"""Write docs/samples/: every kind of document as it comes out of the demo, always of the same day.

Works on a database of its own (``make samples`` gives it one): it seeds the demo as of ``AT`` and refuses a
database that holds units already.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from assessments.catalog.models import Standard
from assessments.catalog.sheets import overlay_workbook
from assessments.evaluation import reports as evaluation_reports
from assessments.evaluation.models import Assessment
from assessments.grading import reports as grading_reports
from assessments.grading.models import Grading
from assets.inventory.sheets import OBJECT_SHEET
from assets.inventory.tables import OBJECTS
from assets.models import ProtectedObject
from secmgmt.accounts.models import OrgUnit, User
from secmgmt.core import manifest, parents
from secmgmt.core.reporting.archive import stable_zip
from secmgmt.core.reporting.render import render
from secmgmt.core.reporting.xlsx_cells import export_rows

AT = dt.datetime(2026, 3, 16, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NETWORK = "市电子政务网络"  # went through the whole cycle
OWNER = "owner.health"


class Command(BaseCommand):
    """``manage.py write_samples``, on an empty migrated database."""

    help = "由演示数据生成 docs/samples/ 的样例文件"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL or OrgUnit.objects.exists():
            raise CommandError("样例只在空的演示数据库上生成，请运行 make samples。")
        call_command("load_catalogs", verbosity=0)
        for _number, create in sorted(manifest.collect("demo"), key=lambda entry: entry[0]):
            create(AT)
        folder = Path(settings.BASE_DIR) / "docs" / "samples"
        for name, data in documents().items():
            (folder / name).write_bytes(data)
            self.stdout.write(f"{name}  {len(data) // 1024} KB")


def documents() -> dict[str, bytes]:
    """File name → content."""
    grading = Grading.objects.get(protected_object__name=NETWORK)
    assessment = Assessment.objects.get(protected_object__name=NETWORK)
    owner, rows = User.objects.get(username=OWNER), ProtectedObject.objects.open_ones()
    reports = {
        "grading-report": (grading_reports.build, grading, ("pdf", "docx")),
        "self-assessment-report": (evaluation_reports.build, assessment, ("pdf", "docx", "xlsx")),
    }
    found = {
        f"{name}.{fmt}": render(build(subject, by=subject.protected_object.owner, at=AT), fmt)
        for name, (build, subject, formats) in reports.items()
        for fmt in formats
    }
    leader = User.objects.get(username="leader")
    heads, values = OBJECTS.export(
        rows.visible_to(leader, "export"), QueryDict(), lambda listed: parents.field_limits(leader, listed)
    )
    title = str(ProtectedObject._meta.verbose_name)
    workbooks = {
        "inventory-export.xlsx": export_rows(heads, list(values), title=title, moment=AT),
        "inventory-template.xlsx": OBJECT_SHEET.template(owner),
        "catalogue-overlay.xlsx": overlay_workbook(Standard.objects.get(is_shipped=True)),
    }
    return found | {name: stable_zip(data, AT) for name, data in workbooks.items()}
