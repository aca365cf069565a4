"""How old what is reused may be: two numbers of days, loaded with their basis and changed by the keeper of rules."""

from __future__ import annotations

import datetime as dt

from .reuse_models import ReuseRule

SHIPPED_ON = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
PLATFORM_AGE, EVIDENCE_AGE = "platform-age", "evidence-age"
SHIPPED = {
    PLATFORM_AGE: (
        "平台自评估结果的有效天数", 365,
        "按第三级以上系统每年开展一次测评的要求类推（待核对）；超过的，承载系统的继承项转为待确认。",
    ),
    EVIDENCE_AGE: (
        "证据的有效天数", 365,
        "管理惯例（待核对）；写明有效期的证据按其有效期，其余自上传之日起算，超过的须更新。",
    ),
}  # fmt: skip


def load_rules() -> str:
    """Load the rules that are missing; what was changed stays."""
    at, known = SHIPPED_ON, set(ReuseRule.objects.values_list("code", flat=True))
    missing = [
        ReuseRule(code=code, name=name, days=days, basis=basis, created_at=at, updated_at=at)
        for code, (name, days, basis) in SHIPPED.items()
        if code not in known
    ]
    ReuseRule.objects.bulk_create(missing)
    return f"沿用与继承规则：已载入 {len(missing)} 条" if missing else "沿用与继承规则：没有变化"


def days_of(code: str) -> int:
    """The days of a rule; the shipped ones before rules are loaded."""
    found = ReuseRule.objects.filter(code=code).values_list("days", flat=True).first()
    return found or SHIPPED[code][1]
