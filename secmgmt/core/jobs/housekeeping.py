"""Files and rows that nobody needs any more, and those that lost each other."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import asdict, dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage

from .. import audit, previews
from ..models.job import Job, JobState, PeriodicRun
from ..models.report import ReportRun
from ..models.trail import Attachment
from .context import RESULTS

log = logging.getLogger(__name__)
RESULT_DAYS = 30
ORPHAN_HOURS = 24  # a file younger than this may belong to a transaction that has not committed
PERIOD_DAYS = 7
IMPORTS = (previews.UPLOADS, previews.PREVIEWS)


@dataclass
class Tidied:
    """What was removed, and what is wrong: attachment files without a row, rows without their file or record."""

    old_results: int = 0
    orphan_results: int = 0
    old_imports: int = 0
    attachment_orphans: int = 0
    missing_files: int = 0
    lost_records: int = 0


def housekeeping(at: dt.datetime) -> Tidied:
    """Remove old result files and those of killed workers; report the rest.

    An attachment file without a row is evidence of something: it is counted and logged, never deleted here.
    """
    tidied = Tidied()
    _drop_old_results(at, tidied)
    _drop_orphan_results(at, tidied)
    _drop_imports(at, tidied)
    _compare_attachments(at, tidied)
    _find_lost_records(tidied)
    PeriodicRun.objects.filter(at__lt=at - dt.timedelta(days=PERIOD_DAYS)).delete()
    if any(asdict(tidied).values()):
        with audit.act():
            audit.record("storage.housekeeping", by=None, at=at, detail=asdict(tidied))
    return tidied


def _drop_old_results(at: dt.datetime, tidied: Tidied) -> None:
    old = Job.objects.filter(state=JobState.DONE, finished_at__lt=at - dt.timedelta(days=RESULT_DAYS))
    kept = ReportRun.objects.values("storage_key")
    for job in old.exclude(result_key="").exclude(result_key__in=kept).only("pk", "result_key")[:1000]:
        default_storage.delete(job.result_key)
        Job.objects.filter(pk=job.pk).update(result_key="")
        tidied.old_results += 1


def _drop_orphan_results(at: dt.datetime, tidied: Tidied) -> None:
    known = set(Job.objects.exclude(result_key="").values_list("result_key", flat=True))
    known |= set(ReportRun.objects.values_list("storage_key", flat=True))
    for key in _old_files(RESULTS, at):
        if key not in known:
            default_storage.delete(key)
            tidied.orphan_results += 1


def _drop_imports(at: dt.datetime, tidied: Tidied) -> None:
    """Uploads nobody read and previews nobody confirmed: they hold what is in no record."""
    for folder in IMPORTS:
        for key in _old_files(folder, at):
            default_storage.delete(key)
            tidied.old_imports += 1


def _compare_attachments(at: dt.datetime, tidied: Tidied) -> None:
    known = set(Attachment.objects.values_list("storage_key", flat=True))
    folders = {key.rpartition("/")[0] for key in known} | {"attachments"}
    found = {key for folder in folders for key in _old_files(folder, at, hours=0)}
    old = {key for folder in folders for key in _old_files(folder, at)}
    for key in sorted(old - known - {""}):
        tidied.attachment_orphans += 1
        log.error("attachment file %s has no row", key)
    for key in sorted(known - found):
        tidied.missing_files += 1
        log.error("attachment %s has lost its file", key)


def _find_lost_records(tidied: Tidied) -> None:
    """Attachments whose record is gone: nobody can reach them, and like a file without a row they are evidence."""
    kinds = Attachment.objects.order_by().values_list("content_type_id", flat=True).distinct()
    for kind in map(ContentType.objects.get_for_id, kinds):
        rows, model = Attachment.objects.filter(content_type=kind), kind.model_class()
        if model is not None:
            rows = rows.exclude(object_id__in=model._base_manager.order_by().values("pk"))
        for pk, name in rows.values_list("pk", "name"):
            tidied.lost_records += 1
            log.error("attachment %s (%s) has lost its record", pk, name)


def _old_files(folder: str, at: dt.datetime, hours: int = ORPHAN_HOURS) -> list[str]:
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    keys = [f"{folder}/{name}" if folder else name for name in names]
    if not hours:
        return keys
    limit = at - dt.timedelta(hours=hours)
    return [key for key in keys if default_storage.get_modified_time(key) < limit]
