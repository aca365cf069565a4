"""Columns of the lists of scanning."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import state, tag_, when

TONES = {"critical": "bad", "high": "bad", "medium": "warn"}


def severity_cell(row: Any) -> Any:
    """Severity in its tone."""
    return tag_(row.get_severity_display(), TONES.get(row.severity, ""))


FINDINGS = Table(
    [
        Column("title", _("检测项"), link=True, sort="title"),
        Column("problem", _("问题"), value=lambda row: row.problem or row.queue or "—"),
        Column("address", _("地址和端口"), render=lambda row: two_lines(row.address, row.port), sort="address"),
        Column("component", _("部件"), value=lambda row: row.component or _("未识别地址")),
        Column("severity", _("严重程度"), render=severity_cell),
        Column("items", _("对应条款（第三级）"), value=lambda row: row.items or _("未映射"), css="mono"),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
        Column("last_seen", _("最近发现"), render=lambda row: when(localdate(row.last_seen)), sort="last_seen"),
        Column("times", _("次数"), align="num", sort="times"),
        Column("gone_on", _("不再出现"), render=lambda row: when(row.gone_on) if row.gone_on else "—", sort="gone_on"),
        Column("port", _("端口"), css="mono", default=False),
        Column("first_seen", _("首次发现"), sort="first_seen", default=False),
        Column("cves", "CVE", default=False),
        Column("unit", _("单位"), default=False),
    ],
    default_sort="-last_seen",
)
SCANS = Table(
    [
        Column("file", _("文件"), link=True, sort="file"),
        Column("source", _("扫描器")),
        Column("unit", _("单位")),
        Column("scanned_at", _("扫描时间"), sort="scanned_at"),
        Column("hosts", _("主机"), align="num"),
        Column("added", _("新发现"), align="num"),
        Column("again", _("再次发现"), align="num"),
        Column("gone", _("不再出现"), align="num"),
        Column("unmapped", _("未映射"), align="num"),
        Column("unmatched", _("未识别地址"), align="num"),
    ],
    default_sort="-scanned_at",
)
RULES = Table(
    [
        Column("code", _("编号"), link=True, sort="code"),
        Column("order", _("次序"), align="num", sort="order"),
        Column("source", _("扫描器")),
        Column("match_field", _("看什么")),
        Column("pattern", _("匹配"), css="mono"),
        Column("problem", _("问题"), sort="problem"),
        Column("items", _("对应条款（第三级）"), css="mono"),
        Column("risk", _("风险")),
        Column("enabled", _("启用")),
        Column("basis", _("依据"), default=False),
    ],
    default_sort="order",
)
