"""Which items apply: levels by marking, extensions by kind and side of a cloud."""

from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.catalog.selection import (
    CLOUD_SCOPE,
    EXTENSION_SCOPES,
    EXTENSIONS,
    GENERAL_SCOPE,
    LevelNotCovered,
    applicable,
)
from assessments.catalog.sources import shipped_catalogue

ROWS = shipped_catalogue()
levels = st.integers(1, 4)
extensions = st.lists(st.sampled_from(EXTENSIONS), max_size=6)

GENERAL = {1: 55, 2: 135, 3: 211, 4: 228}
ADDED = {  # by extension, at levels 1–4; the tenant's and provider's cloud rows share those of both
    "mobile": (5, 14, 19, 21),
    "iot": (4, 7, 20, 21),
    "ics": (9, 15, 21, 22),
}


def row(**kwargs):
    return SimpleNamespace(**{"level": 3, "scope": GENERAL_SCOPE, "sag": "G", "applies_to": "", **kwargs})


def codes(rows):
    return [item.code for item in rows]


@pytest.mark.parametrize(("level", "count"), GENERAL.items())
def test_the_general_items_of_each_level_are_as_many_as_printed(level, count):
    chosen = applicable(ROWS, business=level, service=level)
    assert len(chosen) == count
    assert {item.level for item in chosen} == {level}
    assert {item.scope for item in chosen} == {GENERAL_SCOPE}


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("extension", list(ADDED))
def test_each_extension_adds_the_items_of_its_level(extension, level):
    chosen = applicable(ROWS, business=level, service=level, extensions=[extension])
    assert len(chosen) == GENERAL[level] + ADDED[extension][level - 1]


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_both_sides_of_a_cloud_together_take_every_cloud_item_once(level):
    cloud = {
        side: [
            item
            for item in applicable(ROWS, business=level, service=level, extensions=sides)
            if item.scope == CLOUD_SCOPE
        ]
        for side, sides in {
            "provider": ["cloud_provider"],
            "tenant": ["cloud_tenant"],
            "both": ["cloud_provider", "cloud_tenant"],
        }.items()
    }
    assert {item.applies_to for item in cloud["provider"]} == {"provider", "both"}
    assert {item.applies_to for item in cloud["tenant"]} == {"tenant", "both"}
    assert codes(cloud["both"]) == codes(r for r in ROWS if r.scope == CLOUD_SCOPE and r.level == level)
    assert len(cloud["both"]) == (11, 29, 46, 49)[level - 1]
    shared = [item for item in cloud["both"] if item.applies_to == "both"]
    assert len(cloud["provider"]) + len(cloud["tenant"]) == len(cloud["both"]) + len(shared)


def test_a_level_3_object_with_everything_has_317_items_and_a_level_4_one_341():
    assert len(applicable(ROWS, business=3, service=3, extensions=EXTENSIONS)) == 317
    assert len(applicable(ROWS, business=4, service=4, extensions=EXTENSIONS)) == 341


def test_an_s3a2g3_object_takes_its_service_items_from_level_2():
    chosen = applicable(ROWS, business=3, service=2)
    assert Counter((item.sag, item.level) for item in chosen) == {("G", 3): 181, ("S", 3): 24, ("A", 2): 4}
    assert [item.code for item in chosen if item.sag == "A"] == [
        "7.1.1.9a",
        "7.1.1.9b",
        "7.1.4.8a",
        "7.1.4.8b",
    ]


def test_an_s2a3g3_object_takes_its_information_items_from_level_2():
    chosen = applicable(ROWS, business=2, service=3)
    assert Counter((item.sag, item.level) for item in chosen) == {("G", 3): 181, ("S", 2): 15, ("A", 3): 6}


def test_extension_items_follow_their_own_marking_too():
    rows = [row(scope="物联网", sag=sag, level=level) for level in (2, 3) for sag in ("S", "A", "G")]
    chosen = applicable(rows, business=2, service=3, extensions=["iot"])
    assert [(item.sag, item.level) for item in chosen] == [("S", 2), ("A", 3), ("G", 3)]


@settings(max_examples=40)  # each looks at the whole catalogue
@given(levels, levels, extensions)
def test_every_selection_is_an_ordered_part_of_the_catalogue_without_repeats(business, service, chosen):
    result = applicable(ROWS, business=business, service=service, extensions=chosen)
    positions = [ROWS.index(item) for item in result]
    assert positions == sorted(set(positions))
    own = {"S": business, "A": service, "G": max(business, service)}
    assert all(item.level == own[item.sag] for item in result)
    assert {item.scope for item in result} == {GENERAL_SCOPE, *(EXTENSION_SCOPES[name] for name in chosen)}


@given(levels, levels, extensions, extensions)
def test_further_extensions_only_add_items(business, service, some, more):
    few = applicable(ROWS, business=business, service=service, extensions=some)
    many = applicable(ROWS, business=business, service=service, extensions=some + more)
    assert set(codes(few)) <= set(codes(many))
    assert many == applicable(ROWS, business=business, service=service, extensions=reversed(some + more))


@given(levels, levels)
def test_no_requirement_is_taken_together_with_its_own_predecessor(business, service):
    result = applicable(ROWS, business=business, service=service, extensions=EXTENSIONS)
    chosen = set(codes(result))
    assert not [item.code for item in result if item.lower_clause in chosen]


@given(levels, levels)
def test_a_higher_level_never_asks_for_fewer_items(business, service):
    if business < 4:
        low = applicable(ROWS, business=business, service=service)
        assert len(applicable(ROWS, business=business + 1, service=service)) >= len(low)


@pytest.mark.parametrize(("business", "service", "named"), [(5, 2, "business"), (1, 5, "service")])
def test_level_5_is_refused_as_not_covered(business, service, named):
    with pytest.raises(LevelNotCovered, match=f"{named} is level 5"):
        applicable(ROWS, business=business, service=service)
    assert issubclass(LevelNotCovered, ValueError)


@pytest.mark.parametrize("wrong", [0, 6, -1, True, 3.0, "3", None])
def test_what_is_no_level_is_named(wrong):
    with pytest.raises(ValueError, match=f"business must be .*{wrong!r}"):
        applicable(ROWS, business=wrong, service=3)
    with pytest.raises(ValueError, match="service must be"):
        applicable(ROWS, business=3, service=wrong)


@pytest.mark.parametrize("wrong", ["cloud", "big_data", "", None, 1, ["iot"]])
def test_an_unknown_extension_is_named(wrong):
    with pytest.raises(ValueError, match="unknown extension") as raised:
        applicable(ROWS, business=3, service=3, extensions=["iot", wrong])
    assert repr(wrong) in str(raised.value)


def test_a_bare_string_is_not_taken_as_a_sequence_of_letters():
    with pytest.raises(ValueError, match="not the string 'mobile'"):
        applicable(ROWS, business=3, service=3, extensions="mobile")


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "3"},
        {"level": True},
        {"scope": "大数据"},
        {"sag": "X"},
        {"scope": "云计算", "applies_to": ""},
    ],
)
def test_a_row_that_cannot_be_placed_is_refused_and_not_left_out(wrong):
    with pytest.raises(ValueError, match=next(reversed(wrong))):
        applicable([row(**wrong)], business=3, service=3)


def test_no_rows_give_no_items():
    assert applicable([], business=1, service=1) == []
