"""Exports hold one's own rows only, as text, and leave a row in the trail."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from secmgmt.core.models import AuditEvent

from .factories import make_component

LISTS = ("objects", "registry", "networks", "zones", "components", "data", "links", "hostings")


def cells(response) -> list[str]:
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize("part", LISTS)
def test_every_list_is_exported_by_who_may_and_by_nobody_else(browse, city, world, part):
    assert browse(city.lin).get(f"/{part}/export/").status_code == 200
    assert browse(city.gao).get(f"/{part}/export/").status_code == 200
    assert browse(city.xu).get(f"/{part}/export/").status_code == 403


def test_another_bureaus_rows_are_in_no_export(browse, city, world):
    for part in LISTS:
        found = " ".join(cells(browse(city.su).get(f"/{part}/export/")))
        for secret in ("卫生专网", "边界防火墙", "居民健康档案", "市政务云"):
            assert secret not in found, part
    found = cells(browse(city.lin).get("/components/export/"))
    assert "边界防火墙" in found


def test_a_name_that_is_a_formula_is_text_and_the_export_is_in_the_trail(browse, city, world):
    make_component(world.platform, '=HYPERLINK("http://x","y")')
    response = browse(city.lin).get("/components/export/")
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert AuditEvent.objects.filter(verb="assets.component.export").exists()
