"""Whatever platforms, tables and own answers come together: an item is never met unless all that carry it are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assessments.catalog.lineage import Lineage
from assessments.evaluation import points
from assessments.evaluation.inheritance import Platforms, Standing, lay_on
from assessments.evaluation.responsibility import Table, whole_of
from assessments.models import Answer, Assessment
from secmgmt.core import errors
from secmgmt.core.clock import today

LEVELS = st.integers(2, 4)
RESULTS = st.sampled_from(points.RESULTS)
# c3 repeats c2, d3 asks for more than d2, e3 is new.
LINEAGE = Lineage([("c2", "", ""), ("d2", "", ""), ("c3", "Y", "c2"), ("d3", "enhanced", "d2"), ("e3", "new", "")])
CODES = ("c2", "d2", "c3", "d3", "e3")
PLATFORM = st.fixed_dictionaries({
    "valid": st.booleans(), "level": LEVELS, "share": st.sampled_from(("platform", "joint", "own")),
    "answers": st.dictionaries(st.sampled_from(CODES), RESULTS),
})  # fmt: skip


def standing_of(platform: dict[str, Any]) -> Standing:
    if not platform["valid"]:
        return Standing({}, 0, "没有已确认的评估")
    answers = {code: Answer(code=code, result=result) for code, result in platform["answers"].items()}
    return Standing(answers, platform["level"], "")


def holds(platform: dict[str, Any], code: str, level: int) -> bool:
    """Whether this platform's word on the item is 符合 or 不适用 and may be taken at all."""
    kin = LINEAGE.kin_among(code, platform["answers"])
    good = (points.MET, points.NOT_APPLICABLE)
    return (
        platform["valid"] and platform["level"] >= level and bool(kin)
        and all(one.relation != "lower" and platform["answers"][one.code] in good for one in kin)
    )  # fmt: skip


@given(st.lists(PLATFORM, min_size=1, max_size=3), st.sampled_from(CODES), LEVELS, RESULTS)
def test_an_item_is_met_only_where_every_platform_that_carries_it_and_the_own_part_are(platforms, code, level, own):
    day = Platforms(today())
    tables = []
    for number, platform in enumerate(platforms):
        hosting = SimpleNamespace(platform=SimpleNamespace(pk=number, __str__=lambda self: "平台"))
        table = Table("iaas", [SimpleNamespace(code=code, share=platform["share"], agreed=platform["share"])])
        tables.append((hosting, table))
        day._standings[(number, "S")] = standing_of(platform)
    part = day.part(code, Assessment(standard_code="S", level=level), tables, LINEAGE)
    carrying = [one for one in platforms if one["share"] != "own"]
    if not carrying:
        assert part is None  # 自行
        return
    row = Answer(code=code)
    lay_on(row, part)
    all_hold = all(holds(one, code, level) for one in carrying)
    assert row.result != points.MET or all_hold
    if not part.result:
        assert (row.pending, row.result) == ("waiting", "") and all(one.reason or one.result for one in part.sources)
    try:
        whole = whole_of(row, own)
    except errors.Invalid:
        return
    if whole == points.MET:
        assert all_hold and own in (points.MET, points.NOT_APPLICABLE)
