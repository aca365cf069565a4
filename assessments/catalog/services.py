"""Loading standards and an organization's overlay: idempotent, results keep what they were made with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from secmgmt.core import audit, digest, errors, permissions, previews, search

from . import sources
from .models import CatalogItem, Guidance, HighRiskCase, Standard

SHIPPED = ("GB/T 22239-2019", "信息安全技术 网络安全等级保护基本要求")
ITEM_FIELDS = (
    "level clause item scope layer control_point domain summary same_as_lower lower_clause sag applies_to unit_code"
    " weight"
).split()
OVERLAY_FIELDS = {"official_text": "official_text", "weight": "weight_own", "applies_to": "applies_to_own"}
"""Column of an overlay's file → field of the item."""


def shipped_standard() -> Standard | None:
    """The standard that is assessed against when nobody chooses another; None before it is loaded."""
    return Standard.objects.filter(code=SHIPPED[0]).first()


def load_shipped() -> str:
    """Load GB/T 22239-2019 with guidance and cases; says what it did."""
    return load(
        *SHIPPED,
        rows=sources.shipped_catalogue(),
        guidance=sources.shipped_guidance(),
        cases=sources.shipped_cases(),
        is_shipped=True,
    )


@transaction.atomic
def load(
    code: str,
    name: str,
    *,
    rows: Iterable[sources.CatalogueRow],
    guidance: Iterable[sources.GuidanceRow] | None = None,
    cases: Iterable[sources.HighRiskCase] = (),
    is_shipped: bool = False,
) -> str:
    """Bring one standard up to date by natural codes; an organization's overlay on its items stays.

    ``guidance`` None leaves what there is. Returns one sentence: how many items, or that nothing changed.
    """
    rows, cases = list(rows), list(cases)
    mark = mark_of(name, rows, guidance, cases)
    values = {"name": name, "edition": code.rpartition("-")[2]}
    standard, _created = Standard.objects.get_or_create(code=code, defaults=values)
    if standard.digest == mark:
        return f"{code}：{len(rows)} 项，没有变化"
    guides = _guides_of(standard) if guidance is None else _load_guidance(standard, list(guidance))
    _load_items(standard, rows, guides)
    _load_cases(standard, cases)
    Standard.objects.filter(pk=standard.pk).update(**values, digest=mark, is_shipped=is_shipped)
    search.refresh_many(standard.items.select_related("guidance"))
    return f"{code}：已载入 {len(rows)} 项"


def mark_of(
    name: str,
    rows: Sequence[sources.CatalogueRow],
    guidance: Iterable[sources.GuidanceRow] | None,
    cases: Iterable[sources.HighRiskCase] = (),
) -> str:
    """The digest of a standard's files: the same again means that there is nothing to load."""
    return digest.hash_value([name, *(repr(entry) for entry in (*rows, *(guidance or ()), *cases))], "sha256")


def _guides_of(standard: Standard) -> dict[str, int]:
    return {code: pk for pk, key in standard.guidance.values_list("pk", "key") for code in key.split()}


def _load_guidance(standard: Standard, guidance: list[sources.GuidanceRow]) -> dict[str, int]:
    Guidance.objects.bulk_create(
        [
            Guidance(
                standard=standard,
                key=" ".join(row.codes),
                objects_text="；".join(row.objects),
                check_text=row.check,
                evidence=row.evidence,
                typical_gap=row.typical_gap,
                remedy=row.remedy,
                risk=row.risk,
            )
            for row in guidance
        ],
        update_conflicts=True,
        unique_fields=["standard", "key"],
        update_fields=["objects_text", "check_text", "evidence", "typical_gap", "remedy", "risk"],
    )
    standard.guidance.exclude(key__in=[" ".join(row.codes) for row in guidance]).delete()
    return _guides_of(standard)


def _load_items(standard: Standard, rows: list[sources.CatalogueRow], guides: dict[str, int]) -> None:
    items = [
        CatalogItem(
            standard=standard,
            order=order,
            code=row.code,
            high_risk=list(row.high_risk_2025),
            guidance_id=guides.get(row.code),
            **{field: getattr(row, field) for field in ITEM_FIELDS},
        )
        for order, row in enumerate(rows)
    ]
    CatalogItem.objects.bulk_create(
        items,
        update_conflicts=True,
        unique_fields=["standard", "code"],
        update_fields=["order", "high_risk", "guidance", *ITEM_FIELDS],
        batch_size=300,
    )
    for item in standard.items.exclude(code__in=[row.code for row in rows]):
        search.forget(item)
        item.delete()


def _load_cases(standard: Standard, cases: list[sources.HighRiskCase]) -> None:
    HighRiskCase.objects.bulk_create(
        [
            HighRiskCase(
                standard=standard,
                case_no=case.case_no,
                title=case.case_title,
                scope=case.scope,
                min_level=case.min_level,
                condition=case.condition,
                target=case.target,
            )
            for case in cases
        ],
        update_conflicts=True,
        unique_fields=["standard", "case_no"],
        update_fields=["title", "scope", "min_level", "condition", "target"],
    )


# -- a standard of one's own ---------------------------------------------------------------------------------


def check_replaceable(standard: Standard | None) -> None:
    """A standard is replaced by an upload only while nothing rests on it. Raises Conflict."""
    if standard is None:
        return
    if standard.is_shipped:
        message = _("%s 随产品提供，不能用上传替换；本单位的原文、权重和责任请在标准页上传“本单位解读”。")
        raise errors.Conflict(message % standard)
    count = standard.assessments.count()
    if count:
        words = {"code": standard, "n": count}
        raise errors.Conflict(_("%(code)s 已有 %(n)d 次自评估采用，不再替换；有修订请换一个版本号上传。") % words)


def check_as_previewed(name: str, stored: Any, seen: Any) -> None:
    """What was shown before confirming is still what is stored. Raises Conflict."""
    if stored != seen:
        raise errors.Conflict(_("%s 在预览之后被人改过，什么都没有写入。请重新上传核对。") % name)


@audit.audited
def store_standard(
    *,
    code: str,
    name: str,
    rows: Sequence[sources.CatalogueRow],
    guidance: Sequence[sources.GuidanceRow] | None,
    seen: str,
    token: str,
    file: str,
    by: Any,
    at: dt.datetime,
) -> Standard:
    """Store an uploaded standard as it was previewed: all of it or nothing, and once.

    ``seen``: the digest the standard had at the preview, "" when there was none. Raises NotAllowed, Conflict.
    """
    permissions.require(by, Standard, "import")
    previews.claim(token, at)
    standard = Standard.objects.select_for_update().filter(code=code).first()
    check_replaceable(standard)
    check_as_previewed(code, standard.digest if standard else "", seen)
    load(code, name, rows=rows, guidance=guidance)
    standard = Standard.objects.get(code=code)
    detail = {"file": file, "items": len(rows), "guidance": len(guidance or ()), "digest": standard.digest}
    table = [[row.code, repr(row)] for row in rows]
    audit.record("assessments.standard.import", standard, by=by, at=at, detail=detail, rows=table)
    return standard


def check_deletable(standard: Standard) -> None:
    """Only an uploaded standard that nothing was assessed against is deleted. Raises Conflict."""
    if standard.is_shipped:
        raise errors.Conflict(_("%s 随产品提供，不能删除。") % standard)
    count = standard.assessments.count()
    if count:
        words = {"code": standard, "n": count}
        raise errors.Conflict(_("%(code)s 已有 %(n)d 次自评估采用，不能删除。") % words)


@audit.audited
def delete_standard(*, standard: Standard, seen: str, by: Any, at: dt.datetime) -> None:
    """Delete an uploaded standard with its items, guidance and overlay, as it was shown (``seen``: its digest).

    Raises NotAllowed, Conflict.
    """
    permissions.require(by, Standard, "import")
    standard = Standard.objects.select_for_update().get(pk=standard.pk)
    check_deletable(standard)
    check_as_previewed(standard.code, standard.digest, seen)
    items = list(standard.items.all())
    detail = {"name": standard.name, "items": len(items), "digest": standard.digest}
    audit.record("assessments.standard.delete", standard, by=by, at=at, detail=detail)
    search.forget_many(items)
    standard.delete()


# -- overlay -------------------------------------------------------------------------------------------------


@audit.audited
def apply_overlay(
    *, standard: Standard, changes: list[dict[str, Any]], token: str, file: str, by: Any, at: dt.datetime
) -> int:
    """Lay previewed changes over a standard's items: all of them or nothing, and once. How many cells.

    ``changes``: {code, field, before, after}. Raises NotAllowed, and Conflict when a cell is no longer as it was
    previewed. Assessments begun before keep what they froze.
    """
    permissions.require(by, CatalogItem, "overlay")
    previews.claim(token, at)
    rows = standard.items.select_for_update(of=("self",)).select_related("guidance")
    items = {item.code: item for item in rows.filter(code__in={change["code"] for change in changes})}
    touched: dict[str, CatalogItem] = {}
    for change in changes:
        item = items.get(change["code"])
        check_as_previewed(change["code"], getattr(item, change["field"], ...), change["before"])
        if item is not None:  # refused just now where it is none
            setattr(item, change["field"], change["after"])
            touched[item.code] = item
    CatalogItem.objects.bulk_create(  # ten times as fast as bulk_update
        touched.values(), update_conflicts=True, unique_fields=["id"], update_fields=list(OVERLAY_FIELDS.values()),
        batch_size=300,
    )  # fmt: skip
    search.refresh_many(touched.values())
    table = [[change[name] for name in ("code", "field", "before", "after")] for change in changes]
    detail = {"file": file, "items": len(touched), "codes": list(touched)[:200]}
    audit.record("assessments.standard.overlay", standard, by=by, at=at, detail=detail, rows=table)
    return len(changes)
