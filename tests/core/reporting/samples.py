"""Documents the reporting tests draw."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from secmgmt.core.reporting.document import (
    BarChart,
    Box,
    Contents,
    Cover,
    Diagram,
    Document,
    GroupRow,
    Heading,
    KeyValues,
    LineChart,
    Link,
    Meta,
    PageBreak,
    Paragraph,
    RadarChart,
    Series,
    Signature,
    Signer,
    SignOff,
    Table,
    Zone,
)

WHEN = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LAYERS = ("安全物理环境", "安全通信网络", "安全区域边界", "安全计算环境", "安全管理中心", "安全管理制度")
# Full of marks that must not start or end a line, at many distances.
HARD = (
    "经访谈（系统管理员、安全管理员）并核查“口令策略”，发现：《运维管理办法》第三条（“定期更换”）未执行；"
    "主机 /etc/login.defs 中 PASS_MAX_DAYS=99999，审计记录仅保存 90 天……低于“不少于六个月”的要求——须整改！"
    "依据 GB/T 22239-2019、GB/T 28448-2019（8.1.4.3 b）），覆盖率 87.3%，详见〔2026〕17 号【附件 1】。"
)


def hard_text(number: int) -> str:
    """Text that begins at another place for each number, so that all marks meet all line ends."""
    return "核" * (1 + number % 7) + HARD[number * 3 % 40 :] + "（" + "内容" * (number % 5) + "）。"


def meta(**options) -> Meta:
    return Meta(WHEN, **{"generated_by": "等保管理系统", "number": "许网评〔2026〕17 号", **options})


def document(*blocks, title: str = "测试报告", **options) -> Document:
    return Document(title, blocks, meta=meta(**options))


def item_rows(count: int = 211) -> list:
    rows: list = []
    for number in range(1, count + 1):
        if number % 5 == 1:
            rows.append(GroupRow(f"{LAYERS[number % 6]} · 控制点 {number // 5 + 1}"))
        result = ("符合", "部分符合", "不符合", "不适用")[number % 4]
        rows.append(
            (number, f"8.1.{number % 10}.{number % 7} a)", hard_text(number), result, hard_text(number + 9))
        )
    return rows


def pictures() -> list:
    half = [Decimal("60.5"), 77.5, 94, 73, 90, None]
    return [
        RadarChart(
            "图 1　符合率", LAYERS, [Series("本次", half), Series("上次", [50] * 6)], "边界最低。", 100, "%"
        ),
        BarChart(
            "图 2　分布",
            LAYERS,
            [Series("符合", range(6)), Series("不符合", [1] * 6, "bad")],
            "共 6 项。",
            stacked=True,
        ),
        LineChart(
            "图 3　得分",
            ("2024", "2025", "2026"),
            [Series("得分", (70, None, 84))],
            "连年提高。",
            100,
            "分",
            goal=80,
        ),
        Diagram(
            "图 4　拓扑",
            "边界为单机。",
            560,
            160,
            [Zone(8, 8, 250, 140, "政务外网区")],
            [
                Box(20, 60, 120, 44, "边界防火墙", "单机", "warn", "/assets/1/"),
                Box(300, 60, 120, 44, "共享平台"),
            ],
            [Link([(140, 82), (300, 82)], "网闸", dashed=True, arrow=True)],
        ),
    ]


def full_report(rows: int = 211) -> Document:
    """Every kind of block; with 211 rows the level-3 report of forty pages and more."""
    return document(
        Cover(
            "政务服务平台\n自评估报告",
            "（第三级）",
            "市大数据局",
            date(2026, 11, 23),
            "许网评〔2026〕17 号",
            [("被评估系统", "政务服务平台"), ("责任单位", "市大数据局")],
            "结论供参考。",
        ),
        Contents(2),
        PageBreak(),
        Heading(1, "一、基本情况"),
        Heading(2, "（一）被评估系统"),
        Paragraph(HARD),
        KeyValues([("系统名称", "政务服务平台"), ("上线日期", date(2019, 6, 18)), ("备案", True)], 2),
        *pictures(),
        Paragraph("得分按缺陷扣分法计算。", "note"),
        Paragraph("优先解决高风险问题。", "quote"),
        Table(
            ("安全类", "符合率/%"),
            [(layer, Decimal("87.30")) for layer in LAYERS],
            caption="表 1　符合率",
            note="四舍五入。",
        ),
        Heading(1, "二、逐项结果"),
        Table(
            ("序号", "条款", "要求", "结果", "发现"), item_rows(rows), (4, 10, 36, 10, 40), "表 2　逐项结果"
        ),
        Heading(1, "三、签署"),
        Signature(["评估人员", Signer("网安负责人", "李某某", date(2026, 11, 21), "同意。")]),
        SignOff("市大数据局", date(2026, 11, 23)),
        title="政务服务平台自评估报告",
        footer="内部资料",
        demo=True,
    )
