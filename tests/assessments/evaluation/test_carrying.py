"""Carry-over: a system goes from level 2 to level 3 through the pages, and what was answered goes along by lineage."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.evaluation import services
from assessments.models import Assessment, CatalogItem, EvidenceTerm
from secmgmt.core import attachments, errors
from secmgmt.core.clock import today
from secmgmt.core.workflow import seen_token
from tests.assessments.grading.support import draft, proof, take
from tests.assets.factories import make_object
from tests.support import CastClient, City

from .reusing import begin, confirmed, graded, row_of, settle
from .test_inheritance import client_of


def begun_by_page(client: CastClient, obj: Any, **values: Any) -> Assessment:
    sent = {"protected_object": obj.pk, "title": f"{obj} 自评估", "report_date": today().isoformat(), **values}
    answer = client.post(reverse("assessments:assessment-create"), sent)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return Assessment.objects.latest("pk")


def step(user: Any, row: Assessment, name: str) -> Any:
    row.refresh_from_db()
    address = reverse("assessments:assessment-transition", args=[row.pk, name])
    return client_of(user).post(address, {"seen": seen_token(row), "opinion": "同意。"})


def regraded(city: City, obj: Any, order: str) -> None:
    """Determined anew, as the pages have it."""
    grading = draft(city, obj, business_public_order=order, service_public_order=order)
    assert take(city.lin, grading, "submit").status_code == 302
    assert take(city.lin, grading, "record_pass", **proof()).status_code == 302
    obj.refresh_from_db()


def kinds_of_change() -> dict[str, CatalogItem]:
    """One general item of level 3 for each way it stands to level 2."""
    rows = CatalogItem.objects.filter(level=3, scope="通用").order_by("order")
    return {change: rows.filter(same_as_lower=change).first() for change in ("Y", "enhanced", "new")}


def test_a_system_regraded_from_two_to_three_takes_its_answers_along_by_lineage(city: City, at):
    load_shipped()
    obj = make_object(city.health, "门户网站", owner=city.lin)
    regraded(city, obj, "general")
    assert obj.security_level == 2
    lin = client_of(city.lin)
    first = begun_by_page(lin, obj)
    kinds = kinds_of_change()
    same, more, new = kinds["Y"], kinds["enhanced"], kinds["new"]
    settle(first, {same.lower_clause: "partial"}, city.lin)
    assert step(city.lin, first, "submit").status_code == 302
    assert step(city.zhou, first, "confirm").status_code == 302

    regraded(city, obj, "serious")
    assert obj.security_level == 3
    second = begun_by_page(lin, obj, carry="last", title="三级自评估")
    assert (first.level, second.level) == (2, 3)
    taken, shown, blank = (row_of(second, item.code) for item in (same, more, new))
    assert (taken.result, taken.pending, taken.reuse) == ("partial", "carried", "carried")
    assert taken.found.endswith("机密差距") and taken.risk == "中"
    assert (shown.result, shown.pending, shown.reuse) == ("", "", "shown")  # the lower answer is shown, not taken
    assert (blank.result, blank.reuse, blank.sources.count()) == ("", "", 0)
    source = shown.sources.get()
    assert (source.code, source.result, source.dated) == (more.lower_clause, "met", first.report_date)
    page = lin.get(shown.get_absolute_url()).content.decode()
    assert "上次答复" in page and "未直接采用" in page

    refused = step(city.lin, second, "submit")
    assert refused.status_code == 422 and "沿用上次，待确认" in refused.content.decode()
    sent = {"result": "partial", "version": taken.version}
    assert lin.post(reverse("assessments:answer-save", args=[taken.pk]), sent).status_code == 302
    assert row_of(second, same.code).pending == ""
    compared = lin.get(reverse("assessments:assessment-compare", args=[second.pk])).content.decode()
    assert "要求提高" in lin.get(
        reverse("assessments:assessment-compare", args=[second.pk]), {"show": "open"}
    ).content.decode() and "新增条款" in compared


def test_expired_evidence_is_renewed_before_its_answer_is_confirmed(city: City, at):
    load_shipped()
    obj = graded(city.health, "档案系统", owner=city.lin)
    first = begin(obj, city.lin, at - dt.timedelta(days=200))
    code = first.answers.first().code
    file = attachments.attach(
        parent=row_of(first, code), upload=SimpleUploadedFile("保单.txt", "保单".encode()), by=city.lin,
        at=at - dt.timedelta(days=200), declared_not_secret=True,
    )  # fmt: skip
    EvidenceTerm.objects.create(attachment=file, valid_until=at.date() - dt.timedelta(days=1))
    settle(first, None, city.lin)
    Assessment.objects.filter(pk=first.pk).update(state="confirmed")
    first.refresh_from_db()
    second = begin(obj, city.lin, at, previous=first)
    row = row_of(second, code)
    assert (row.result, row.pending) == ("met", "expired")
    with pytest.raises(errors.Invalid) as refused:
        services.save_answer(answer=row.pk, version=row.version, result="met", by=city.lin, at=at)
    assert "已过有效期" in str(refused.value.errors)
    attachments.attach(
        parent=row, upload=SimpleUploadedFile("新保单.txt", "新保单".encode()), by=city.lin, at=at,
        declared_not_secret=True,
    )  # fmt: skip
    kept = services.save_answer(answer=row.pk, version=row.version, result="met", by=city.lin, at=at)
    assert (kept.result, kept.pending) == ("met", "")


def test_answers_are_carried_only_from_the_same_objects_confirmed_assessment(city: City, at):
    load_shipped()
    obj, other = (graded(city.health, name, owner=city.lin) for name in ("甲", "乙"))
    foreign = confirmed(other, city.lin, city.zhou, at - dt.timedelta(days=9))
    with pytest.raises(errors.Invalid):
        begin(obj, city.lin, at, previous=foreign)
    answer = client_of(city.lin).post(reverse("assessments:assessment-create"), {
        "protected_object": obj.pk, "title": "甲", "report_date": today().isoformat(), "carry": str(foreign.pk),
    })  # fmt: skip
    assert answer.status_code == 422
