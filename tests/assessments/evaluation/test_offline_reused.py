"""Work without network on what was carried over or inherited, and by API."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from assessments.evaluation import offline_book, services
from tests.support import City

from .reusing import begin, confirmed, row_of
from .test_inheritance import ROOM, cloud, joint_code, tenant  # noqa: F401 - fixtures
from .test_journey import signed_in
from .test_offline import confirm, exported, send, write

PLACE = offline_book.PLACE


def cell_of(book, number, key):
    return book["填报"].cell(number, PLACE[key] + 1)


def test_a_waiting_item_goes_out_open_and_comes_back_only_when_it_was_answered(graded, city: City, at):
    earlier = confirmed(graded, city.lin, city.zhou, at - dt.timedelta(days=300), {ROOM: "partial"})
    made = begin(graded, city.lin, at, previous=earlier)
    client = signed_in(city.lin)
    book = exported(client, made)
    rows = list(made.answers.order_by("order"))
    place = next(n for n, row in enumerate(rows, 2) if row.code == ROOM)
    assert not cell_of(book, place, "result").value and "上次部分符合" in cell_of(book, place, "who").value
    untouched = send(client, made, book)
    assert not client.get(untouched["Location"]).context["plan"].lines
    write(book, place, found="只改了说明")
    write(book, place + 1, result="符合")
    back = send(client, made, book)
    page = client.get(back["Location"])
    assert [(line.kind, line.row.code) for line in page.context["plan"].lines] == [
        ("blocked", ROOM), ("change", rows[place - 1].code)
    ]  # fmt: skip
    assert confirm(client, page, back["Location"]).status_code == 302
    waiting, answered = row_of(made, ROOM), row_of(made, rows[place - 1].code)
    assert (waiting.result, waiting.pending) == ("partial", "carried")
    assert (answered.result, answered.pending, answered.answered_by) == ("met", "", city.lin)


def test_the_own_part_of_a_joint_item_is_what_goes_out_and_comes_back(city, cloud, tenant, at):  # noqa: F811
    joint = joint_code()
    confirmed(cloud, city.qin, city.luo, at, {joint: "partial"})
    made = begin(tenant, city.lin, at)
    client = signed_in(city.lin)
    book = exported(client, made)
    places = {row.code: number for number, row in enumerate(made.answers.order_by("order"), 2)}
    assert cell_of(book, places[ROOM], "result").protection.locked
    assert "由承载平台提供" in cell_of(book, places[ROOM], "who").value
    assert not cell_of(book, places[joint], "result").value
    write(book, places[joint], result="符合", found="本方已做", risk="中")
    back = send(client, made, book)
    assert confirm(client, client.get(back["Location"]), back["Location"]).status_code == 302
    row = row_of(made, joint)
    assert (row.own_result, row.result, row.risk) == ("met", "partial", "中")
    again = exported(client, made)
    assert cell_of(again, places[joint], "result").value == "符合"
    same = send(client, made, again)
    assert not client.get(same["Location"]).context["plan"].lines


def test_a_workbook_comes_back_by_api_with_conflicts_chosen_item_by_item(graded, city: City, at):
    made = begin(graded, city.lin, at)
    client = signed_in(city.lin)
    where = reverse("api:offline-workbook", args=[made.pk])
    book = load_workbook(BytesIO(client.get(where).content))
    first = made.answers.order_by("order").first()
    services.save_answer(answer=first.pk, version=1, result="partial", found="网上", by=city.lin, at=at)
    write(book, 2, result="符合")
    write(book, 3, result="符合")
    out = BytesIO()
    book.save(out)
    plan = client.post(where, {"file": SimpleUploadedFile("现场.xlsx", out.getvalue())}).json()
    assert [line["kind"] for line in plan["lines"]] == ["conflict", "change"]
    keep = reverse("api:offline-preview", args=[made.pk, plan["token"]])
    kind = "application/json"
    assert client.post(keep, {"seen": "0" * 64}, content_type=kind).status_code == 409
    undecided = client.post(keep, {"seen": plan["seen"]}, content_type=kind)
    assert undecided.status_code == 422 and first.code in undecided.content.decode()
    sent = {"seen": plan["seen"], "picks": {str(first.pk): "theirs"}}
    assert client.post(keep, sent, content_type=kind).json() == {"written": 1}
    results = list(made.answers.order_by("order").values_list("result", flat=True)[:2])
    assert results == ["partial", "met"]
    assert client.get(keep).status_code == 404
    wrong = client.post(where, {"file": SimpleUploadedFile("现场.xlsx", b"x")})
    assert wrong.status_code == 422 and "xlsx" in wrong.content.decode()

