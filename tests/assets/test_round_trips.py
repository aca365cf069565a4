"""Every workbook of the product: whatever is stored, exported and imported again it changes nothing."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models, transaction
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assets.components.sheets import COMPONENT_SHEET
from assets.connections.sheets import HOSTING_SHEET, LINK_SHEET
from assets.datasets.sheets import DATA_SHEET
from assets.inventory.sheets import NETWORK_SHEET, OBJECT_SHEET, ZONE_SHEET
from secmgmt.accounts.sheets import POSITION_SHEET, UNIT_SHEET, USER_SHEET
from secmgmt.core import sheets_reading
from secmgmt.core.sheets import Sheet
from secmgmt.core.sheets_views import SheetViews, opened
from tests.architecture.cast import Cast

SHEETS = {
    "object": OBJECT_SHEET, "network": NETWORK_SHEET, "zone": ZONE_SHEET, "component": COMPONENT_SHEET,
    "data": DATA_SHEET, "link": LINK_SHEET, "hosting": HOSTING_SHEET, "unit": UNIT_SHEET, "user": USER_SHEET,
    "position": POSITION_SHEET,
}  # fmt: skip
HOSTILE = (
    "=1+1", "@cmd", "-2", "+8", "001", " 前后 ", "甲\n乙", "甲\r\n乙", "2026-01-31", "1e5", "是", "'引", "\t", "🀄",
    "_x000D_", "_x005F_",
)  # fmt: skip
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"))
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(LETTERS, max_size=20))
FREE = ("note", "measure", "interim", "expected", "root_cause", "resources", "progress", "controls")
DATES = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))


QUICK = settings(
    max_examples=4, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), database=None,
    derandomize=True,
)  # fmt: skip


def strategy_of(field: models.Field) -> Any:
    """What the database may hold in a column; None where the test leaves what the factories put."""
    if field.is_relation or field.unique or field.name in ("name", "is_secret_register"):
        return None
    if field.choices:
        return st.sampled_from([key for key, _label in field.flatchoices])
    if isinstance(field, models.BooleanField):
        return st.booleans()
    if isinstance(field, models.DateField):
        return DATES
    if isinstance(field, models.DecimalField):
        return st.decimals(0, 10**9, places=2).map(Decimal)
    if isinstance(field, models.IntegerField):
        return st.integers(1, 5)
    return TEXTS.map(lambda text: text[: field.max_length])


def values_for(sheet: Sheet) -> Any:
    """Values of some of the sheet's columns; what the database's own conditions speak of stays."""
    bound = {"external_party", "valid_until", "since", "until", "valid_from", "relation"}
    fields = [sheet.model._meta.get_field(name) for name in sheet.columns if name not in bound]
    return st.fixed_dictionaries({f.name: s for f in fields if (s := strategy_of(f)) is not None})


def kinds(base: type) -> list[type]:
    """Every import page there is."""
    return [kind for child in base.__subclasses__() for kind in (child, *kinds(child))]


def other_sheets() -> dict[str, Sheet]:
    """The workbooks of what the cast has rows of, by name."""
    get_resolver().url_patterns  # noqa: B018  # every page is imported by its URLs
    found = {kind.name: kind.sheet for kind in kinds(SheetViews) if hasattr(kind, "sheet")}
    assert set(SHEETS) <= set(found)
    return {name: sheet for name, sheet in found.items() if name not in SHEETS}


def test_the_rows_of_every_other_workbook_come_back_as_they_were(db):
    cast = Cast()
    for name, sheet in other_sheets().items():
        subjects = ("owner@own", "rules_keeper@below", "inspector@below", "unit_lead@own", "leader@below")
        people = [cast.person(subject) for subject in subjects]
        tried = ((user, list(sheet.queryset().visible_to(user, "change"))) for user in people)
        user, rows = next((found for found in tried if found[1]), (None, []))
        assert user is not None, f"the cast has no row of {name} that anybody may change"
        text = [column for column in sheet.columns if column in FREE]
        for row, hostile in zip(rows, HOSTILE, strict=False):
            sheet.model.objects.filter(pk=row.pk).update(**dict.fromkeys(text, hostile.strip() or "无"))
        stored = list(sheet.queryset().visible_to(user, "change"))
        result = sheets_reading.preview(sheet, opened(io.BytesIO(sheet.export(stored, user)), sheet), user)
        assert (name, result.refusals, result.changes, result.adds) == (name, [], [], [])
        assert result.unchanged == len(stored) > 0


@pytest.mark.parametrize("name", SHEETS)
def test_whatever_is_stored_comes_back_as_it_was(city, world: SimpleNamespace, name):
    sheet = SHEETS[name]
    user = {"unit": city.sysadmin, "user": city.sysadmin, "position": city.secadmin}.get(name, city.lin)
    rows = list(sheet.queryset().visible_to(user, "change"))
    assert rows

    @settings(QUICK)
    @given(st.lists(values_for(sheet), min_size=1, max_size=len(rows[:4])))
    def comes_back(found: list[dict[str, Any]]) -> None:
        with transaction.atomic():
            for row, values in zip(rows, found, strict=False):
                if "code" in values:  # never empty, never twice
                    values["code"] += str(row.pk)
                if values:
                    sheet.model.objects.filter(pk=row.pk).update(**values)
            stored = list(sheet.queryset().visible_to(user, "change"))
            book = opened(io.BytesIO(sheet.export(stored, user)), sheet)
            result = sheets_reading.preview(sheet, book, user)
            transaction.set_rollback(True)
        assert (result.refusals, result.changes, result.adds) == ([], [], [])
        assert result.unchanged == len(stored)

    comes_back()
