"""Catalogue files as data: requirement items, guidance, high-risk cases and an organization's overlay.

The columns are those of the shipped files (data/README.md); a header may be the column's key or one of
its Chinese names. Any other standard loads from the same columns: only level, clause, layer,
control_point, domain and summary are needed, the others have neutral defaults.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.utils.translation import gettext as _

from assessments.catalog.files import Columns, Problem, Record, Source, SourceError, read_records, refuse
from assessments.catalog.rows import CatalogueRow, GuidanceRow, HighRiskCase, Overlay, OverlayRow
from assessments.catalog.selection import CLOUD_SCOPE, COVERED_LEVELS, GENERAL_SCOPE, SCOPES

__all__ = [
    "CatalogueRow", "GuidanceRow", "HighRiskCase", "Overlay", "OverlayRow", "Problem", "SourceError",
    "check_references", "parse_cases", "parse_catalogue", "parse_guidance", "parse_overlay", "shipped_cases",
    "shipped_catalogue", "shipped_guidance",
]  # fmt: skip

DATA = Path(__file__).parent / "data"
EDITION = "GB/T 22239-2019"
CATALOGUE_FILE = DATA / "gbt22239-2019.csv"
GUIDANCE_FILE = DATA / "guidance.csv"
CASES_FILE = DATA / "high-risk-2025-cases.csv"

DOMAINS = ("技术", "管理")
RISKS = ("高", "中", "低")
WEIGHTS = MappingProxyType({"一般": 1, "重要": 2, "关键": 3, "1": 1, "2": 2, "3": 3})
RESPONSIBILITIES = MappingProxyType(
    {
        "provider": "provider",
        "tenant": "tenant",
        "both": "both",
        "云服务商": "provider",
        "云服务客户": "tenant",
        "双方": "both",
    }
)
UNCHANGED, ENHANCED, NEW = "Y", "enhanced", "new"
CHANGES = MappingProxyType(
    {UNCHANGED: UNCHANGED, ENHANCED: ENHANCED, NEW: NEW, "不变": UNCHANGED, "增强": ENHANCED, "新增": NEW}
)

_CODE = re.compile(r"\S{1,32}")
_CASE = re.compile(r"\d+(\.\d+){1,4}")


def _columns(required: str, ignored: str = "", **headers: str) -> Columns:
    spellings = {key: tuple(names.split()) for key, names in headers.items()}
    return Columns(MappingProxyType(spellings), frozenset(required.split()), frozenset(ignored.split()))


CATALOGUE_COLUMNS = _columns(
    "level clause layer control_point domain summary",
    level="等级 级别",
    clause="条款 条款号",
    item="项 项号",
    scope="范围 适用范围",
    layer="安全层面 安全类 层面",
    control_point="控制点",
    domain="领域 技术/管理",
    summary="要求 要求概述 测评项",
    same_as_lower="与低一级相比",
    lower_clause="低一级条款",
    sag="SAG 属性标识",
    applies_to="适用责任",
    unit_code="测评单元编号",
    high_risk_2025="高风险判例",
    weight="重要程度",
)
GUIDANCE_COLUMNS = _columns(
    "codes objects check evidence typical_gap remedy risk",
    codes="条款 编码",
    objects="测评对象",
    check="检查方法",
    evidence="证据",
    typical_gap="常见问题",
    remedy="整改建议",
    risk="建议风险",
)
CASES_COLUMNS = _columns(
    "case_no case_title scope min_level mapped_items",
    case_no="案例编号",
    case_title="案例名称",
    scope="范围",
    min_level="起始等级",
    condition="适用条件",
    target="适用对象",
    mapped_items="对应条款",
)
OVERLAY_COLUMNS = _columns(
    "code",
    "等级 范围 控制点 要求概述",
    code="条款 编码 条款编码",
    official_text="官方原文 标准原文",
    weight="重要程度",
    applies_to="适用责任",
)


# --- parsing -----------------------------------------------------------------------------------------


def parse_catalogue(
    source: Source, *, name: str = "", cases: Container[str] | None = None
) -> tuple[CatalogueRow, ...]:
    """The items of a standard, in the order of the file. SourceError lists everything that is wrong.

    With `cases`, the numbers of the high-risk guideline, any other number is refused.
    """
    records, problems = read_records(source, CATALOGUE_COLUMNS, name=name)
    rows = [_catalogue_row(record) for record in records]
    _complain_of_repeats(records, [row.code for row in rows], "clause")
    _complain_of_repeats(records, [row.unit_code for row in rows], "unit_code")
    _check_lineage(records, rows)
    if cases is not None:
        text = _("高风险指引中没有判例“%(word)s”")
        _complain_of_lost(records, [row.high_risk_2025 for row in rows], cases, "high_risk_2025", text)
    refuse(problems)
    return tuple(rows)


def _catalogue_row(record: Record) -> CatalogueRow:
    scope = record.choice("scope", _same(SCOPES), default=GENERAL_SCOPE)
    row = CatalogueRow(
        level=_level(record, "level"),
        clause=_code(record, "clause"),
        item=record.text("item", limit=8),
        scope=scope,
        layer=record.text("layer", limit=40, required=True),
        control_point=record.text("control_point", limit=60, required=True),
        domain=_required_choice(record, "domain", DOMAINS),
        summary=record.text("summary", limit=500, required=True),
        same_as_lower=record.choice("same_as_lower", CHANGES, default=""),
        lower_clause=record.text("lower_clause", limit=40),
        sag=record.choice("sag", _same("SAG"), default="G"),
        applies_to=record.choice(
            "applies_to", RESPONSIBILITIES, default="both" if scope == CLOUD_SCOPE else ""
        ),
        unit_code=record.text("unit_code", limit=40),
        high_risk_2025=record.words("high_risk_2025", pattern=_CASE),
        weight=record.choice("weight", WEIGHTS, default=None),
    )
    if row.applies_to and scope != CLOUD_SCOPE:
        record.complain("applies_to", _("只用于云计算扩展要求"))
    return row


def parse_guidance(
    source: Source, *, name: str = "", known: Container[str] | None = None
) -> tuple[GuidanceRow, ...]:
    """What is shown beside the items. No item may have two rows.

    With `known`, the codes of the catalogue it is for, any other code is refused.
    """
    records, problems = read_records(source, GUIDANCE_COLUMNS, name=name)
    rows = []
    seen: set[str] = set()
    for record in records:
        codes = record.words("codes", pattern=_CODE)
        for code in codes:
            if code in seen:
                record.complain("codes", _("“%(code)s”已在前面出现") % {"code": code})
        if not codes:
            record.complain("codes", _("不能为空"))
        seen.update(codes)
        texts = {
            key: record.text(key, limit=600, required=True)
            for key in ("check", "evidence", "typical_gap", "remedy")
        }
        objects = record.text("objects", limit=200, required=True).split("；")
        risk = _required_choice(record, "risk", RISKS)
        rows.append(GuidanceRow(codes=codes, objects=tuple(objects), risk=risk, **texts))
    if known is not None:
        _complain_of_lost(records, [row.codes for row in rows], known, "codes", _("条款表中没有条款“%(word)s”"))
    refuse(problems)
    return tuple(rows)


def parse_cases(source: Source, *, name: str = "") -> tuple[HighRiskCase, ...]:
    """The high-risk cases. Their numbers look like clause numbers and are none."""
    records, problems = read_records(source, CASES_COLUMNS, name=name)
    rows = []
    for record in records:
        number = record.text("case_no", limit=20, required=True)
        if number and not _CASE.fullmatch(number):
            record.complain("case_no", _("“%(word)s”的写法不对") % {"word": number})
        items = record.words("mapped_items", pattern=_CODE)
        if not items:
            record.complain("mapped_items", _("不能为空"))
        rows.append(
            HighRiskCase(
                case_no=number,
                case_title=record.text("case_title", limit=100, required=True),
                scope=_required_choice(record, "scope", SCOPES),
                min_level=_level(record, "min_level"),
                condition=record.text("condition", limit=60),
                target=record.text("target", limit=60),
                mapped_items=items,
            )
        )
    _complain_of_repeats(records, [row.case_no for row in rows], "case_no")
    refuse(problems)
    return tuple(rows)


def parse_overlay(
    source: Source, *, name: str = "", rows: Iterable[CatalogueRow] | None = None
) -> Overlay:
    """An organization's own wording, weights and reading of cloud responsibility, by item.

    With `rows`, the catalogue it is for (anything with code and scope), codes it does not have and
    responsibilities of items outside the cloud extension are refused.
    """
    catalogue = None if rows is None else {row.code: row for row in rows}
    records, problems = read_records(source, OVERLAY_COLUMNS, name=name)
    overlay = []
    for record in records:
        row = OverlayRow(
            code=_code(record, "code"),
            official_text=record.text("official_text", limit=3000),
            weight=record.choice("weight", WEIGHTS, default=None),
            applies_to=record.choice("applies_to", RESPONSIBILITIES, default=""),
            line=record.line,
            cells=record.cells,
        )
        overlay.append(row)
        if catalogue is None or not row.code:
            continue
        if row.code not in catalogue:
            record.complain("code", _("目录中没有“%(code)s”") % {"code": row.code})
        elif row.applies_to and catalogue[row.code].scope != CLOUD_SCOPE:
            record.complain("applies_to", _("只用于云计算扩展要求"))
    _complain_of_repeats(records, [row.code for row in overlay], "code")
    refuse(problems)
    return Overlay(frozenset(records[0].headers) - {"code"}, tuple(overlay))


# --- rules ---------------------------------------------------------------------------------------------


def check_references(
    rows: Sequence[CatalogueRow],
    *,
    guidance: Iterable[GuidanceRow] = (),
    cases: Iterable[HighRiskCase] = (),
    file: str,
) -> None:
    """Whether three files fit together: SourceError lists codes and cases that lead nowhere.

    Guidance may leave items out; the mapping of high-risk cases must be the same from both sides, and a
    case may only name items of its own scope, from its own level up.
    """
    by_code = {row.code: row for row in rows}
    problems: list[Problem] = []

    def complain(message: str, **words: object) -> None:
        problems.append(Problem(file, 0, "", message % words))

    for code in (code for note in guidance for code in note.codes if code not in by_code):
        complain(_("指引所指的条款 %(code)s 不在目录中"), code=code)
    pairs = set()
    for case in cases:
        for code in case.mapped_items:
            pairs.add((case.case_no, code))
            row = by_code.get(code)
            if row is None:
                complain(_("案例 %(case)s 所指的条款 %(code)s 不在目录中"), case=case.case_no, code=code)
            elif row.scope != case.scope or row.level < case.min_level:
                complain(_("案例 %(case)s 与条款 %(code)s 的范围或等级不合"), case=case.case_no, code=code)
    claimed = {(number, row.code) for row in rows for number in row.high_risk_2025}
    for number, code in sorted(pairs ^ claimed):
        complain(_("案例 %(case)s 与条款 %(code)s 的对应只在一方出现"), case=number, code=code)
    refuse(problems)


def _check_lineage(records: list[Record], rows: list[CatalogueRow]) -> None:
    """Every predecessor exists one level down, is named when there is one, and has one successor."""
    known = {(row.level, row.code) for row in rows}
    followed = Counter((row.level, row.lower_clause) for row in rows)
    for record, row in zip(records, rows, strict=True):
        if bool(row.lower_clause) != (row.same_as_lower in (UNCHANGED, ENHANCED)):
            record.complain("lower_clause", _("应在不变或增强时填写，且只在此时填写"))
        elif row.lower_clause and (row.level - 1, row.lower_clause) not in known:
            words = {"level": row.level - 1, "code": row.lower_clause}
            record.complain("lower_clause", _("第 %(level)d 级没有条款 %(code)s") % words)
        elif row.lower_clause and followed[row.level, row.lower_clause] > 1:
            record.complain("lower_clause", _("%(code)s 被多个条款沿用") % {"code": row.lower_clause})


def _complain_of_repeats(records: list[Record], values: list[str], key: str) -> None:
    seen: set[str] = set()
    for record, value in zip(records, values, strict=True):
        if value and value in seen:
            record.complain(key, _("“%(code)s”已在前面出现") % {"code": value})
        seen.add(value)


def _complain_of_lost(
    records: list[Record], values: Iterable[Iterable[str]], known: Container[str], key: str, text: str
) -> None:
    """A problem for each word that leads nowhere, at its own cell."""
    for record, words in zip(records, values, strict=True):
        for word in words:
            if word not in known:
                record.complain(key, text % {"word": word})


def _same(words: Iterable[str]) -> dict[str, str]:
    return {word: word for word in words}


def _required_choice(record: Record, key: str, choices: Sequence[str]) -> str:
    record.text(key, limit=40, required=True)
    return record.choice(key, _same(choices), default="")


def _level(record: Record, key: str) -> int:
    record.text(key, limit=40, required=True)
    return record.choice(key, {str(level): level for level in COVERED_LEVELS}, default=0)


def _code(record: Record, key: str) -> str:
    code = record.text(key, limit=32, required=True)
    if code and not _CODE.fullmatch(code):
        record.complain(key, _("“%(word)s”的写法不对") % {"word": code})
    return code


# --- what is shipped -----------------------------------------------------------------------------------


@cache
def shipped_catalogue() -> tuple[CatalogueRow, ...]:
    """GB/T 22239-2019: 942 items of levels 1–4, general and four extensions, in our own words."""
    return parse_catalogue(CATALOGUE_FILE)


@cache
def shipped_guidance() -> tuple[GuidanceRow, ...]:
    """Guidance for every item of the shipped catalogue."""
    return parse_guidance(GUIDANCE_FILE)


@cache
def shipped_cases() -> tuple[HighRiskCase, ...]:
    """The 81 cases of the 2025 high-risk guideline."""
    return parse_cases(CASES_FILE)
