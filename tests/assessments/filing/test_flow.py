"""A filing through HTTP: completeness, the police's answer, what it does to grading and certificate."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.filing import queries, services
from assessments.filing.models import Filing, FilingUnit, Prolongation, TermRule
from assessments.filing.terms import add_months
from assessments.grading.models import Grading, GradingState
from secmgmt.core.clock import now, today
from secmgmt.core.models import Notice, Participation
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_data, make_object
from tests.support import CastClient

from .cast_rows import make_unit_facts

pytestmark = pytest.mark.django_db
HARMS = {"business_public_order": "serious", "service_public_order": "general"}
NUMBER = "41100043001-26001"
FACTS = {
    "business_type": "3", "business": "预约挂号", "service_scope": "30", "service_users": "2", "deployment": "2",
    "network_nature": "1", "interconnection": "与政务外网互联", "in_operation_on": dt.date(2020, 1, 1),
}  # fmt: skip


def client(user):
    found = CastClient()
    found.force_login(user)
    return found


def determined(city, **values):
    """A determined level-3 object of the health bureau with all that the forms ask."""
    obj = make_object(city.health, owner=city.lin, security_level=3, business_level=3, service_level=2, **FACTS)
    make_data(obj)
    for name, value in {"credit_code": "1" * 18, "region_code": "411000", "address": "莲城路 1 号"}.items():
        setattr(city.health, name, value)
    city.health.save()
    at = now()
    Grading.objects.create(
        protected_object=obj, report_date=today(), rule_set="2025", state="determined", business_level=3,
        service_level=2, level=3, determined_at=at, created_at=at, updated_at=at, frozen_digest="f" * 64,
        **{**HARMS, **values},
    )  # fmt: skip
    return obj


def begin(city, obj, **values):
    sent = {"protected_object": obj.pk, "kind": "first", "filled_by": "林予安", "filled_on": today(), "version": 0}
    return client(city.lin).post(reverse("assessments:filing-create"), {**sent, **values})


def step(user, filing, name, **data):
    filing.refresh_from_db()
    address = reverse("assessments:filing-transition", args=[filing.pk, name])
    return client(user).post(address, {"seen": seen_token(filing), "opinion": "", **data})


def put(city, filing, slot, name="材料.txt"):
    address = reverse("assessments:filing-material", args=[filing.pk, slot])
    file = SimpleUploadedFile(name, "公开材料".encode())
    return client(city.lin).post(address, {"file": file, "declared_not_secret": "on", "note": ""})


def complete(city, obj):
    """A filing of ``obj`` ready to be handed in."""
    begin(city, obj, materials_note="其余材料纸质报送")
    if not FilingUnit.objects.filter(unit=city.health).exists():
        make_unit_facts(city.health)
    filing = Filing.objects.get(protected_object=obj)
    for slot in ("grading_report", "expert_opinion"):
        assert put(city, filing, slot).status_code == 302
    return filing


def test_what_is_missing_is_listed_with_the_page_that_mends_it(city):
    obj = determined(city)
    assert begin(city, obj).status_code == 302
    filing = Filing.objects.get(protected_object=obj)
    answer = step(city.lin, filing, "submit")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "表一：" in text and f"{reverse('assessments:filingunit-create')}?unit={city.health.pk}" in text
    assert "表五：没有附“网络拓扑结构及说明”" in text
    assert reverse("assessments:filing-material", args=[filing.pk, "topology"]) in text


def test_a_filing_goes_through_the_police_and_makes_the_level_final(city):
    obj = determined(city)
    filing = complete(city, obj)
    assert step(city.lin, filing, "submit").status_code == 302
    assert Notice.objects.filter(user=city.fang, text__contains="请受理").exists()
    assert put(city, filing, "topology").status_code == 409  # frozen
    assert step(city.fang, filing, "receive").status_code == 302
    bad = step(city.fang, filing, "file", certificate_number="4110004300-26001", certified_on=today())
    assert bad.status_code == 422 and "应为 11 位数字、横线、5 位数字" in bad.content.decode()
    assert step(city.fang, filing, "file", certificate_number=NUMBER, certified_on=today()).status_code == 302
    obj.refresh_from_db()
    filing.refresh_from_db()
    assert (filing.state, obj.filing_number, obj.gradings.get().state) == ("filed", NUMBER, GradingState.FINAL)
    assert obj.filing_valid_until == queries.terms().valid_until(today())
    state = queries.filed_state([obj.pk], today())[obj.pk]
    assert state.is_filed and not state.is_late and state.word == "已备案"


def test_a_refusal_leads_the_grading_back_to_a_draft(city):
    obj = determined(city)
    filing = complete(city, obj)
    step(city.lin, filing, "submit")
    step(city.fang, filing, "receive")
    assert step(city.fang, filing, "reject").status_code == 422  # without an opinion
    assert step(city.fang, filing, "reject", opinion="侵害程度论证不足").status_code == 302
    obj.refresh_from_db()
    grading = obj.gradings.get()
    assert (grading.state, grading.frozen_digest, obj.security_level) == (GradingState.DRAFT, "", None)


def test_the_owner_records_nothing_where_the_police_decide_here(city):
    obj = determined(city)
    refused = begin(city, obj, outside="on")
    assert refused.status_code == 422 and "不能改为补录" in refused.content.decode()
    filing = complete(city, obj)
    step(city.lin, filing, "submit")
    file = SimpleUploadedFile("回执.txt", "回执".encode())
    sent = {"decided_by": "公安局", "decided_on": today(), "file": file, "declared_not_secret": "on"}
    assert step(city.lin, filing, "record_received", **sent).status_code == 403


def test_the_owner_records_the_answers_with_their_papers_where_the_police_are_outside(city):
    city.fang.position_set.all().delete()
    obj = determined(city)
    begin(city, obj, materials_note="纸质报送", outside="on")
    make_unit_facts(city.health)
    filing = Filing.objects.get(protected_object=obj)
    for slot in ("grading_report", "expert_opinion"):
        put(city, filing, slot)
    step(city.lin, filing, "submit")

    def paper():
        file = SimpleUploadedFile("答复.txt", "答复".encode())
        return {"decided_by": "颍川市公安局", "decided_on": today(), "file": file, "declared_not_secret": "on"}

    assert step(city.lin, filing, "record_received", **{**paper(), "file": ""}).status_code == 422
    assert step(city.lin, filing, "record_received", **paper()).status_code == 302
    assert step(city.lin, filing, "record_filed", certificate_number=NUMBER, **paper()).status_code == 302
    obj.refresh_from_db()
    assert obj.filing_number == NUMBER and filing.replies.count() == 2


def test_an_extension_waits_for_its_window_and_lengthens_the_term(city):
    obj = determined(city)
    services.set_certificate(
        protected_object=obj, number=NUMBER, issued=today() - dt.timedelta(days=100), by=city.lin, at=now()
    )
    begin(city, obj, kind="extension", reason="继续使用")
    filing = Filing.objects.get(protected_object=obj)
    put(city, filing, "reason")
    early = step(city.lin, filing, "submit")
    assert early.status_code == 422 and "起才可申请延期" in early.content.decode()
    services.load_rules(now())
    TermRule.objects.filter(code="validity_since").update(day=dt.date(2020, 1, 1))
    services.set_certificate(
        protected_object=obj, number=NUMBER, issued=today() - dt.timedelta(days=1040), by=city.lin, at=now()
    )
    obj.refresh_from_db()
    before = obj.filing_valid_until
    assert before - today() < dt.timedelta(days=80)
    assert step(city.lin, filing, "submit").status_code == 302
    step(city.fang, filing, "receive")
    assert step(city.fang, filing, "file", certificate_number=NUMBER, certified_on=today()).status_code == 403
    assert step(city.fang, filing, "approve").status_code == 302
    obj.refresh_from_db()
    assert add_months(before + dt.timedelta(days=1), 36) == obj.filing_valid_until + dt.timedelta(days=1)
    assert obj.prolongations.get().kind == Prolongation.Kind.EXTENSION
    assert begin(city, obj, kind="extension", reason="再次").status_code == 302  # and not before the next window
    again = Filing.objects.get(protected_object=obj, state="preparing")
    put(city, again, "reason")
    assert step(city.lin, again, "submit").status_code == 422


def test_a_change_keeps_the_number_and_asks_for_the_forms_again(city):
    obj = determined(city)
    filing = complete(city, obj)
    for user, name in ((city.lin, "submit"), (city.fang, "receive")):
        step(user, filing, name)
    step(city.fang, filing, "file", certificate_number=NUMBER, certified_on=today())
    assert "已有备案证明" in begin(city, obj, kind="first").content.decode()
    assert begin(city, obj, kind="change", materials_note="材料同前").status_code == 302
    change = Filing.objects.get(protected_object=obj, kind="change")
    lacks = step(city.lin, change, "submit").content.decode()
    assert "没有写事由" in lacks and "表三" not in lacks
    change.reason = "单位更名"
    change.save()
    put(city, change, "reason")
    assert step(city.lin, change, "submit").status_code == 302
    step(city.fang, change, "receive")
    page = client(city.fang).get(reverse("assessments:filing-transition", args=[change.pk, "file"])).content.decode()
    assert f'value="{NUMBER}"' in page
    assert step(city.fang, change, "file", certificate_number=NUMBER, certified_on=today()).status_code == 302
    other = complete(city, determined(city))
    for user, name in ((city.lin, "submit"), (city.fang, "receive")):
        step(user, other, name)
    taken = step(city.fang, other, "file", certificate_number=NUMBER, certified_on=today())
    assert taken.status_code == 422 and "已登记在另一个定级对象上" in taken.content.decode()


def test_an_evaluation_lengthens_a_certificate_once(city):
    obj = determined(city)
    services.set_certificate(protected_object=obj, number=NUMBER, issued=dt.date(2023, 6, 1), by=city.lin, at=now())
    for _again in range(2):
        services.prolong(
            protected_object=obj, kind="evaluation", source="R-1", on=dt.date(2026, 5, 1), by=city.lin, at=now()
        )
    obj.refresh_from_db()
    assert obj.filing_valid_until == dt.date(2028, 12, 31)


def test_a_cancelled_certificate_is_gone(city):
    obj = determined(city)
    services.set_certificate(protected_object=obj, number=NUMBER, issued=today(), by=city.lin, at=now())
    begin(city, obj, kind="cancel", reason="系统停用")
    filing = Filing.objects.get(protected_object=obj)
    put(city, filing, "reason")
    step(city.lin, filing, "submit")
    step(city.fang, filing, "receive")
    assert step(city.fang, filing, "approve").status_code == 302
    obj.refresh_from_db()
    assert (obj.filing_number, obj.filing_valid_until) == ("", None)


def test_one_matter_at_a_time_and_only_what_fits_the_object(city):
    obj = determined(city)
    begin(city, obj)
    second = begin(city, obj)
    assert second.status_code == 409 and "没有办完" in second.content.decode()
    other = make_object(city.health, security_level=1)
    assert "第二级及以上的对象才备案" in begin(city, other).content.decode()
    assert "还没有备案证明" in begin(city, determined(city), kind="extension").content.decode()


def test_a_changed_rule_moves_every_certificate(city):
    services.load_rules(now())
    obj = determined(city)
    services.set_certificate(protected_object=obj, number=NUMBER, issued=dt.date(2026, 1, 10), by=city.lin, at=now())
    rule = TermRule.objects.get(code="validity_months")
    sent = {"number": 24, "basis": "本省通知", "confidence": "V2", "note": "", "version": rule.version}
    assert client(city.lin).post(reverse("assessments:termrule-update", args=[rule.pk]), sent).status_code == 403
    assert client(city.pan).post(reverse("assessments:termrule-update", args=[rule.pk]), sent).status_code == 302
    obj.refresh_from_db()
    assert obj.filing_valid_until == dt.date(2028, 1, 9)
    services.load_rules(now())
    assert TermRule.objects.get(code="validity_months").number == 24  # loading again leaves it


def test_states_of_many_objects_cost_the_same_as_of_one(city, django_assert_num_queries):
    objects = [determined(city) for _n in range(4)]
    with django_assert_num_queries(4):
        assert len(queries.filed_state([obj.pk for obj in objects], today())) == 4


def test_pages_and_documents_are_drawn(city):
    obj = determined(city)
    filing = complete(city, obj)
    lin = client(city.lin)
    for address in (filing.get_absolute_url(), reverse("assessments:filing-list"), obj.get_absolute_url(), "/"):
        assert lin.get(address).status_code == 200
    for form in ("pdf", "docx"):
        response = lin.get(reverse("assessments:filing-report", args=[filing.pk, form]))
        assert response.status_code == 200 and len(response.content) > 5000
    assert not Participation.of(filing).exists()


def test_what_is_to_be_filed_stands_once_on_the_owners_desk(city):
    obj = determined(city)

    def waiting() -> list[str]:
        return [todo.title for todo in client(city.lin).get("/").context["todos"] if "备案" in todo.title]

    assert waiting() == [f"办理“{obj}”的备案"]
    begin(city, obj)
    assert waiting() == [f"备齐“{obj} 备案”的材料并提交"]
