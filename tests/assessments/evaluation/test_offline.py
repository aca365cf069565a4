"""Work without network: the workbook goes out protected, comes back, and nothing is lost or overwritten."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from assessments.evaluation import offline_book, services
from assessments.models import Answer, Assessment
from secmgmt.core.models import AuditEvent
from tests.assets.factories import make_object
from tests.support import City

from .conftest import DAY
from .test_journey import signed_in

PLACES = {title: place for place, (_key, title, _width) in enumerate(offline_book.COLUMNS, 1)}


def exported(client: Any, assessment: Assessment) -> Any:
    """The workbook as a person opens it."""
    response = client.get(reverse("assessments:assessment-offline-workbook", args=[assessment.pk]))
    assert response.status_code == 200
    return load_workbook(BytesIO(response.content))


def write(book: Any, number: int, **values: str) -> None:
    """Fill cells of a row: result, found, risk, cases."""
    for name, value in values.items():
        book["填报"].cell(number, offline_book.PLACE[name] + 1).value = value


def send(client: Any, assessment: Assessment, content: Any) -> Any:
    """Bring a workbook (or plain bytes) back."""
    if not isinstance(content, bytes):
        out = BytesIO()
        content.save(out)
        content = out.getvalue()
    url = reverse("assessments:assessment-offline", args=[assessment.pk])
    return client.post(url, {"file": SimpleUploadedFile("现场.xlsx", content)})


def confirm(client: Any, page: Any, url: str, **picks: str) -> Any:
    """Press the button of the preview."""
    seen = page.context["plan"].seen
    return client.post(url, {"seen": seen, **picks})


def test_a_filled_workbook_is_previewed_and_kept_as_one_act(assessment, city: City):
    client = signed_in(city.lin)
    book = exported(client, assessment)
    assert book["填报"].protection.sheet and book["填报"]["A2"].protection.locked
    assert not book["填报"].cell(2, offline_book.PLACE["result"] + 1).protection.locked
    write(book, 2, result="符合")
    write(book, 3, result="不符合", found="机房无防火门", risk="高")
    response = send(client, assessment, book)
    page = client.get(response["Location"])
    assert [line.row.order for line in page.context["changes"]] == [1, 2]
    assert not assessment.answers.exclude(result="").exists()
    assert confirm(client, page, response["Location"]).status_code == 302
    rows = list(assessment.answers.order_by("order")[:3])
    assert [row.result for row in rows] == ["met", "unmet", ""]
    assert (rows[1].found, rows[1].risk, rows[1].answered_by, rows[1].version) == ("机房无防火门", "高", city.lin, 2)
    event = AuditEvent.objects.get(verb="assessments.assessment.offline_import")
    assert event.detail["items"] == 2
    assert client.get(response["Location"]).status_code == 404


def test_what_both_sides_changed_is_chosen_item_by_item(assessment, city: City, at):
    client = signed_in(city.lin)
    book = exported(client, assessment)
    first, second, third = assessment.answers.order_by("order")[:3]
    for row in (first, second, third):
        services.save_answer(answer=row.pk, version=row.version, result="partial", found="网上", by=city.lin, at=at)
    write(book, 2, result="符合")
    write(book, 3, result="符合")
    response = send(client, assessment, book)
    page = client.get(response["Location"])
    assert [line.row.pk for line in page.context["conflicts"]] == [first.pk, second.pk]
    assert page.context["plan"].newer == 1 and not page.context["changes"]
    refused = confirm(client, page, response["Location"], **{f"pick-{first.pk}": "mine"})
    assert refused.status_code == 422 and "还有 1 项冲突没有选择" in refused.content.decode()
    picks = {f"pick-{first.pk}": "mine", f"pick-{second.pk}": "theirs"}
    assert confirm(client, page, response["Location"], **picks).status_code == 302
    results = assessment.answers.order_by("order").values_list("result", flat=True)[:3]
    assert list(results) == ["met", "partial", "partial"]


def test_a_change_during_the_preview_is_shown_again_and_not_overwritten(assessment, city: City, at):
    client = signed_in(city.lin)
    book = exported(client, assessment)
    write(book, 2, result="符合")
    response = send(client, assessment, book)
    page = client.get(response["Location"])
    first = assessment.answers.order_by("order")[0]
    services.save_answer(answer=first.pk, version=1, result="unmet", found="现场复核", by=city.lin, at=at)
    again = confirm(client, page, response["Location"])
    assert again.status_code == 409 and len(again.context["conflicts"]) == 1
    assert Answer.objects.get(pk=first.pk).result == "unmet"


def test_an_assignee_brings_back_only_the_items_that_are_his(assessment, city: City, at):
    layer = assessment.answers.order_by("order")[0].layer
    services.assign_layer(assessment=assessment, layer=layer, user=city.nobody, by=city.lin, at=at)
    client = signed_in(city.nobody)
    book = exported(client, assessment)
    last = assessment.total + 1
    assert book["填报"].cell(last, offline_book.PLACE["result"] + 1).protection.locked
    write(book, 2, result="符合")
    write(book, last, result="符合")
    response = send(client, assessment, book)
    page = client.get(response["Location"])
    assert [line.reason for line in page.context["blocked"]] == ["这一项不由您填写。"]
    confirm(client, page, response["Location"])
    answers = assessment.answers.order_by("order")
    assert (answers.first().result, answers.last().result) == ("met", "")


def other_book(client: Any, assessment: Assessment, city: City, at: Any) -> Any:
    """The workbook of another assessment of the same level."""
    obj = make_object(city.health, "另一系统", security_level=3, business_level=3, service_level=3, graded_on=DAY)
    other = services.create_assessment(protected_object=obj, title="另一次", report_date=DAY, by=city.lin, at=at)
    return exported(client, other)


def tampered(client: Any, assessment: Assessment, city: City, at: Any) -> Any:
    """An identity that was edited."""
    book = other_book(client, assessment, city, at)
    book["身份"]["B3"].value = str(assessment.pk)
    return book


def moved_base(client: Any, assessment: Assessment, city: City, at: Any) -> Any:
    """A mark of another row."""
    book = exported(client, assessment)
    place = offline_book.PLACE["base"] + 1
    book["填报"].cell(2, place).value = book["填报"].cell(3, place).value
    return book


def other_items(client: Any, assessment: Assessment, city: City, at: Any) -> Any:
    """The items are no longer those that were exported."""
    book = exported(client, assessment)
    first = assessment.answers.order_by("order")[0]
    Answer.objects.filter(pk=first.pk).update(summary="另一要求")
    return book


def bad_word(client: Any, assessment: Assessment, city: City, at: Any) -> Any:
    """A result that is none."""
    book = exported(client, assessment)
    write(book, 4, result="基本符合")
    return book


def plain_book(*args: Any) -> Any:
    """A workbook of somebody else's making."""
    book = Workbook()
    book.active.append(["姓名", "电话"])
    book.active.append(["甲", "1"])
    return book


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (other_book, "属于另一次自评估（工作表“身份” B3"),
        (tampered, "身份信息被改动过"),
        (moved_base, "L2：校验码被改动过"),
        (other_items, "条款不是同一套"),
        (bad_word, "F4：结果“基本符合”"),
        (plain_book, "不是本页导出的离线填报工作簿"),
        (lambda *args: b"not a workbook at all", "不是 Excel 工作簿"),
    ],
)
def test_a_wrong_workbook_is_refused_by_name_and_nothing_is_kept(assessment, city: City, at, made, told):
    client = signed_in(city.lin)
    response = send(client, assessment, made(client, assessment, city, at))
    assert response.status_code == 422 and told in response.content.decode()
    assert not assessment.answers.exclude(result="").exists()
    assert AuditEvent.objects.filter(verb="refused.import").exists()


def test_211_items_go_out_in_a_second_and_come_back_in_two(assessment, city: City):
    client = signed_in(city.lin)  # processor time: the machine is shared
    client.get(reverse("assessments:assessment-offline", args=[assessment.pk]))
    begun = time.process_time()
    book = client.get(reverse("assessments:assessment-offline-workbook", args=[assessment.pk])).content
    out = time.process_time() - begun
    book = load_workbook(BytesIO(book))
    for number in range(2, assessment.total + 2):
        write(book, number, result="部分符合", found="现场核查", risk="中")
    file = BytesIO()
    book.save(file)
    begun = time.process_time()
    response = send(client, assessment, file.getvalue())
    page = client.get(response["Location"])
    confirm(client, page, response["Location"])
    back = time.process_time() - begun
    assert assessment.answers.filter(result="partial").count() == 211
    assert out <= 1.0 and back <= 2.0, (out, back)
