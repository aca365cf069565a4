"""A scanner's file becomes problems: matched, mapped, recognized over repeated imports, and what is gone marked."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import audit, digest, errors, permissions, records, search

from .models import FindingState, Scan, ScanFinding, ScannerRule
from .parsing import Found, Report, read
from .queries import Addresses, units_for
from .rules import Matcher

_RULES = Path(__file__).parent / "data" / "rules.csv"
SEEN = ("scan", "rule", "component", "unit", "title", "problem", "items", "severity", "cves", "detail")


def load_rules() -> str:
    """Bring the product's rules in; one that is there already stays as people have it."""
    known = set(ScannerRule.objects.values_list("code", flat=True))
    at = timezone.now()
    with _RULES.open(encoding="utf-8") as file:
        rows = [
            ScannerRule(order=order * 10, created_at=at, updated_at=at, **row)
            for order, row in enumerate(csv.DictReader(file), 1)
            if row["code"] not in known
        ]
    ScannerRule.objects.bulk_create(rows)
    return _("扫描映射规则：新增 %d 条。") % len(rows)


def severity_of(found: Found) -> str:
    """Severity by CVSS v3 ranges (FIRST, CVSS v3.1 clause 5); an open port is a lead and only told."""
    if found.is_open_port:
        return "info"
    bounds = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
    return next((name for bound, name in bounds if found.cvss >= bound), "info")


def worth_keeping(found: Found, rule: ScannerRule | None) -> bool:
    """An open port or a mere hint is a problem only where a rule speaks of it."""
    return rule is not None or not (found.is_open_port or found.cvss == 0)


def fingerprint(source: str, found: Found) -> str:
    """What makes a problem the same one in another file."""
    return digest.hash_value([source, found.address, found.port, found.key])


class Import:
    """One file being taken in: reads it all first, then writes."""

    def __init__(self, *, unit: Any, name: str, by: Any, at: dt.datetime) -> None:
        self.unit, self.name, self.by, self.at = unit, name, by, at
        self.report = Report()
        self.found: dict[str, tuple[Found, ScannerRule | None]] = {}

    def read(self, file: IO[bytes], progress: Any = None) -> None:
        """Read the whole file; what no rule speaks of and is no weakness is passed over. Raises FileRefused."""
        matcher = Matcher(ScannerRule.objects.filter(enabled=True).order_by("order", "code"))
        for count, found in enumerate(read(file, self.report), 1):
            rule = matcher.rule_for(self.report.source, found)
            if worth_keeping(found, rule):
                self.found.setdefault(fingerprint(self.report.source, found), (found, rule))
            if progress and count % 500 == 0:
                progress(count)

    @property
    def moment(self) -> dt.datetime:
        """When was scanned: never later than the import."""
        return min(self.report.scanned_at or self.at, self.at)


@audit.audited
def store_scan(*, work: Import, file_digest: str, by: Any, at: dt.datetime) -> Scan:
    """Write what was read: new problems, those seen again, those gone. Raises NotAllowed, Conflict (same file)."""
    unit = units_for(by).filter(pk=work.unit.pk).select_for_update().first()
    if unit is None:
        raise errors.NotAllowed(_("您不能为这个单位导入扫描结果。"), who_may=permissions.who_may(Scan, "import"))
    if Scan.objects.filter(unit=unit, digest=file_digest).exists():
        raise errors.Conflict(_("这份文件已经导入过，没有再写第二遍。"))
    report = work.report
    scan = Scan(
        unit=unit, source=report.source, file=work.name[:120], digest=file_digest, scanned_at=work.moment,
        hosts=len(report.hosts),
    )  # fmt: skip
    records.stamp(scan, by=by, at=at)
    scan.save()
    reach = ScanFinding.objects.filter(source=report.source, unit__path__startswith=unit.path)
    places, table, fresh, again = Addresses(by, unit), [], [], []
    seen_before = reach.filter(fingerprint__in=work.found).select_related("component", "scan")
    known = {row.fingerprint: row for row in places.spoken_of(seen_before)}
    for mark, (found, rule) in work.found.items():
        row = known.get(mark)
        if row is None:
            row = ScanFinding(
                unit=unit, fingerprint=mark, source=report.source, address=found.address, port=found.port,
                first_seen=work.moment, last_seen=work.moment,
            )  # fmt: skip
            fresh.append(row)
        else:
            row.times += 1
            row.first_seen, row.last_seen = min(row.first_seen, work.moment), max(row.last_seen, work.moment)
            row.gone_on = None if row.last_seen == work.moment else row.gone_on
            again.append(row)
        _describe(row, found, rule, scan, places)
        records.stamp(row, by=by, at=at)
    ScanFinding.objects.bulk_create(fresh, batch_size=300)
    ScanFinding.objects.bulk_create(
        again, update_conflicts=True, unique_fields=["id"], batch_size=300,
        update_fields=[*SEEN, "times", "first_seen", "last_seen", "gone_on", "updated_at", "updated_by", "version"],
    )  # fmt: skip
    table += [audit.row_of(row, "add", before={}, after={"title": row.title}) for row in fresh]
    scan.added, scan.again, scan.gone = len(fresh), len(again), _mark_gone(reach, work, places, again)
    rows = [*fresh, *again]
    scan.unmapped = sum(not row.items for row in rows)
    scan.unmatched = sum(row.component_id is None for row in rows)
    scan.save()
    search.refresh_many(fresh)
    counts = {name: getattr(scan, name) for name in ("hosts", "added", "again", "gone", "unmapped", "unmatched")}
    audit.record("assessments.scan.import", scan, by=by, at=at, detail={"file": scan.file, **counts}, table=table)
    return scan


def _describe(row: ScanFinding, found: Found, rule: ScannerRule | None, scan: Scan, places: Addresses) -> None:
    """What this scan says of a problem; a component a person chose stays."""
    row.scan, row.rule, row.title, row.detail = scan, rule, found.title[:200], found.text
    row.problem, row.items = (rule.problem, rule.items) if rule else ("", "")
    row.severity, row.cves = severity_of(found), " ".join(found.cves)[:300]
    if row.component_id is None:
        row.component = places.component_at(found.address)
        if row.component is not None:
            row.unit = row.component.protected_object.unit


def _mark_gone(reach: Any, work: Import, places: Addresses, again: list[ScanFinding]) -> int:
    """Problems at the scanned addresses this scan no longer shows, unless a later one did."""
    rows = reach.filter(address__in=work.report.hosts, gone_on=None, last_seen__lt=work.moment)
    shown = {row.pk for row in again}
    gone = [row.pk for row in places.spoken_of(rows.select_related("scan")) if row.pk not in shown]
    return reach.filter(pk__in=gone).update(gone_on=timezone.localdate(work.moment))


def returned(scan: Scan) -> list[ScanFinding]:
    """Problems said to be fixed that this scan shows again."""
    return list(ScanFinding.objects.filter(scan=scan, state=FindingState.FIXED))
