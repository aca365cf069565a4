"""Sampling and comparison by themselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assessments.inspection.comparison import compare
from assessments.inspection.sampling import propose, short_of

pytestmark = pytest.mark.pure


def parts(kind: str, count: int, **values):
    return [
        SimpleNamespace(kind=kind, name=f"{kind}{n}", is_key=False, vendor="", model=f"m{n % 3}", version_text="")
        for n in range(count)
    ]


@pytest.mark.parametrize(("level", "expected"), [(1, 1), (2, 2), (3, 2), (4, 3)])
def test_as_many_of_a_class_as_its_level_asks(level, expected):
    drawn = propose(parts("server", 6), level=level, seed="x")
    assert len(drawn) == expected
    if level == 4:
        assert {row.model for row in drawn} == {"m0", "m1", "m2"}
    assert not short_of(parts("server", 6), drawn, level=level)


def test_the_draw_is_the_same_again_and_key_components_come_first():
    rows = parts("server", 9) + parts("network", 1)
    rows[5].is_key = True
    first = propose(rows, level=3, seed="甲")
    assert first == propose(list(reversed(rows)), level=3, seed="甲")
    assert rows[5] in first and len(first) == 3
    with pytest.raises(ValueError, match="level"):
        propose(rows, level=5, seed="甲")


@pytest.mark.parametrize(
    ("own", "found", "expected"),
    [
        ("met", "met", "agrees"), ("met", "unmet", "worse"), ("met", "partial", "worse"),
        ("unmet", "partial", "better"), ("partial", "not_applicable", "better"), ("met", "not_applicable", "agrees"),
        ("", "met", "not_assessed"),
        ("met", "", ""),
    ],
)  # fmt: skip
def test_the_inspections_result_stands_beside_the_units_own(own, found, expected):
    assert compare(own, found) == expected
