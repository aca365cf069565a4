"""Loading standards: idempotent, results keep the code and edition they were made with."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from secmgmt.core import digest

from . import sources
from .models import CatalogItem, Guidance, HighRiskCase, Standard

SHIPPED = ("GB/T 22239-2019", "信息安全技术 网络安全等级保护基本要求")
ITEM_FIELDS = (
    "level clause item scope layer control_point domain summary same_as_lower lower_clause sag applies_to unit_code"
).split()
OVERLAY_FIELDS = ("official_text", "weight", "applies_to_own")


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
    guidance: Iterable[sources.GuidanceRow] = (),
    cases: Iterable[sources.HighRiskCase] = (),
    is_shipped: bool = False,
) -> str:
    """Bring one standard up to date by natural codes; an organization's overlay on its items stays.

    Returns one sentence: how many items, or that nothing changed.
    """
    rows, guidance, cases = list(rows), list(guidance), list(cases)
    mark = digest.hash_value([repr(entry) for entry in (*rows, *guidance, *cases)], "sha256")
    standard, _created = Standard.objects.get_or_create(code=code, defaults={"name": name})
    if standard.digest == mark:
        return f"{code}：{len(rows)} 项，没有变化"
    guides = _load_guidance(standard, guidance)
    _load_items(standard, rows, guides)
    _load_cases(standard, cases)
    Standard.objects.filter(pk=standard.pk).update(name=name, digest=mark, is_shipped=is_shipped)
    return f"{code}：已载入 {len(rows)} 项"


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
    keys = dict(Guidance.objects.filter(standard=standard).values_list("key", "pk"))
    return {code: keys[" ".join(row.codes)] for row in guidance for code in row.codes}


def _load_items(standard: Standard, rows: list[sources.CatalogueRow], guides: dict[str, int]) -> None:
    items = [
        CatalogItem(
            standard=standard,
            order=order,
            code=row.code,
            high_risk=list(row.high_risk_2025),
            guidance_id=guides.get(row.code),
            weight=row.weight,
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
    standard.items.exclude(code__in=[row.code for row in rows]).delete()


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
