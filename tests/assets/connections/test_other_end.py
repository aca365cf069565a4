"""What the unit at the other end of a connection reads of the object: that it is there, no person, number or place."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from assets.connections import services
from secmgmt.core import search
from secmgmt.core.clock import now
from tests.assets.factories import make_component, make_hosting, make_link, make_object
from tests.jobs import run_queued

SECRETS = ("欧阳联系", "13812345678", "138****5678", "13987654321", "核心机房乙柜", "10.77.1.9")


def told(response) -> str:
    """All the text of an answer: of a workbook that of its parts."""
    content = response.getvalue()
    if not content.startswith(b"PK"):
        return content.decode()
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


@pytest.mark.parametrize("part", ["links", "hostings"])
def test_the_other_end_reads_nobodys_number_and_no_place_by_any_door(browse, city, part):
    values = {"contact": SECRETS[0], "contact_phone": SECRETS[1], "operator_phone": SECRETS[3]}
    ours, theirs = make_object(city.health, "健康平台", **values), make_object(city.data, "市政务云平台")
    server = make_component(ours, "边界防火墙", location=SECRETS[4], address=SECRETS[5])
    if part == "links":
        row = make_link(ours, theirs, from_component=server)
        services.show_links([row], by=city.lin, at=now())
    else:
        row = make_hosting(ours, theirs, since=dt.date(2025, 1, 1))
        services.show_hostings([row], by=city.lin, at=now())
    for each in (ours, server, theirs, row):
        search.refresh(each)
    qin = browse(city.qin)
    page, api = f"/{part}/{row.pk}/", f"/api/v1/{part}"
    qin.post(f"/{part}/export/all/")
    (job,) = run_queued()
    doors = (page, f"{page}history/", f"/{part}/", f"/{part}/export/", api, f"{api}/{row.pk}", "/search/?q=健康", "/",
             theirs.get_absolute_url(), f"{theirs.get_absolute_url()}topology/", f"/jobs/{job.pk}/result/")  # fmt: skip
    for door in doors:
        response = qin.get(door)
        assert response.status_code in (200, 403), door
        assert [word for word in SECRETS if word in told(response)] == [], door
    assert qin.get(page).status_code == qin.get(f"{api}/{row.pk}").status_code == 200
    shut = [ours.get_absolute_url(), f"/api/v1/objects/{ours.pk}", server.get_absolute_url()]
    assert [qin.get(door).status_code for door in shut] == [404] * 3
    assert all(ours.get_absolute_url() not in told(qin.get(f"/search/?q={word}")) for word in SECRETS)
