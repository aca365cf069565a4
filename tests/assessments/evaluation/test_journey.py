"""A self-assessment from its start to its confirmation, as people do it in the browser."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from assessments.catalog.services import load_shipped
from assessments.evaluation import reports, results, services
from assessments.models import Answer, Assessment, CatalogItem, Guidance, HighRiskCase
from secmgmt.core import errors
from secmgmt.core.manifest import todos_for
from secmgmt.core.models import Attachment, AuditEvent
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_component, make_object
from tests.support import CastClient, City, login

from .conftest import DAY


def signed_in(user: Any) -> CastClient:
    """A browser in which ``user`` signed in with the form."""
    client = CastClient()
    assert login(client, user).status_code == 302
    return client


def save(client: CastClient, answer: Answer, *, htmx: bool = True, **values: Any) -> Any:
    """Send one item's form."""
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"version": answer.version, **values}
    return client.post(reverse("assessments:answer-save", args=[answer.pk]), data, headers=headers)


def take(client: CastClient, obj: Assessment, step: str, opinion: str = "") -> Any:
    """Confirm a step."""
    obj.refresh_from_db()
    url = reverse("assessments:assessment-transition", args=[obj.pk, step])
    return client.post(url, {"seen": seen_token(obj), "opinion": opinion})


def waiting(user: Any) -> list[str]:
    """What of the self-assessments waits for ``user``."""
    return [todo.title for todo in todos_for(user, DAY) if todo.kind == "自评估"]


def fill(assessment: Assessment) -> None:
    """Answer everything as met."""
    assessment.answers.update(result="met", value=1)


def test_the_whole_journey_from_creation_to_confirmation(graded, city: City):
    owner = signed_in(city.lin)
    form = {
        "protected_object": graded.pk, "title": "2026 年自评估", "report_date": "2026-03-01", "version": 0,
        "template": "2025", "formula": "simple", "attention": "0.5",
    }  # fmt: skip
    response = owner.post(reverse("assessments:assessment-create"), form)
    made = Assessment.objects.get()
    assert response["Location"] == reverse("assessments:assessment-answer", args=[made.pk])
    assert made.total == made.answers.count() == 211

    first = made.answers.first()
    response = save(owner, first, result="met")
    assert response.status_code == 200
    parts = response.content.decode()
    assert f'id="v-{first.pk}" value="2"' in parts and "<b>1</b>" in parts and "已保存" in parts

    refused = take(owner, made, "submit")
    assert refused.status_code == 422 and "还有 210 项没有填完" in refused.content.decode()

    fill(made)
    assert take(owner, made, "submit").status_code == 302
    assert save(owner, made.answers.first(), result="unmet", found="无").status_code == 409
    assert take(signed_in(city.zhou), made, "confirm").status_code == 302
    made.refresh_from_db()
    assert made.state == "confirmed"
    assert (made.result["total"], made.result["conclusion"]) == ("100.00", "符合")
    page = owner.get(reverse("assessments:assessment-detail", args=[made.pk])).content.decode()
    assert "100.00" in page and "安全计算环境" in page


def test_another_bureau_finds_nothing(assessment, city: City):
    other = signed_in(city.su)
    for name in ("detail", "answer"):
        assert other.get(reverse(f"assessments:assessment-{name}", args=[assessment.pk])).status_code == 404
    assert save(other, assessment.answers.first(), result="met").status_code == 404
    assert assessment.title not in other.get(reverse("assessments:assessment-list")).content.decode()


def test_the_second_writer_is_told_who_was_first_and_nothing_is_overwritten(assessment, city: City):
    stale = assessment.answers.first()
    client = signed_in(city.lin)
    assert save(client, stale, result="met").status_code == 200
    response = save(client, stale, result="unmet", found="没有门禁", opened="1")
    assert response.status_code == 409
    text = response.content.decode()
    assert "林予安" in text and "没有门禁" in text and "保留我的填写" in text
    assert response["HX-Retarget"] == f"#item-{stale.pk}"
    stale.refresh_from_db()
    assert stale.result == "met"


def test_without_script_the_form_saves_and_leads_back_to_the_item(assessment, city: City):
    answer = assessment.answers.first()
    client = signed_in(city.lin)
    sent = {"result": "partial", "found": "仅有登记", "risk": "中", "opened": "1"}
    assert save(client, answer, htmx=False, **sent)["Location"] == answer.get_absolute_url()
    other = assessment.answers.last()
    assert save(client, other, htmx=False, result="met")["Location"].endswith(f"#item-{other.pk}")
    answer.refresh_from_db()
    assert (answer.result, answer.risk, str(answer.value)) == ("partial", "中", "0.500000")
    assert AuditEvent.objects.filter(verb="assessments.answer.change", object_id=str(answer.pk)).count() == 1


def test_the_answering_page_shows_every_item_in_few_queries(assessment, city: City, django_assert_max_num_queries):
    client = signed_in(city.lin)
    url = reverse("assessments:assessment-answer", args=[assessment.pk])
    with django_assert_max_num_queries(25):
        response = client.get(url)
    assert response.content.decode().count("<article") == 211
    saved = save(client, assessment.answers.first(), result="unmet").content.decode()
    assert 'name="found"' in saved  # a gap is to be described, so its fields come without being asked for
    assert client.get(f"{url}?show=open").content.decode().count("<article") == 210
    assert client.get(f"{url}?show=unmet").content.decode().count("<article") == 1


def test_the_submitter_cannot_confirm_and_a_return_needs_an_opinion(assessment, city: City):
    fill(assessment)
    take(signed_in(city.lin), assessment, "submit")
    lead = signed_in(city.zhou)
    assert take(signed_in(city.lin), assessment, "confirm").status_code == 403
    assert take(lead, assessment, "return_").status_code == 422
    assert take(lead, assessment, "return_", "第三项证据不足").status_code == 302
    assessment.refresh_from_db()
    assert assessment.is_open and assessment.frozen_digest == ""


def test_an_assignee_answers_only_the_layers_handed_to_him(assessment, city: City, at):
    layer = assessment.answers.first().layer
    services.assign_layer(assessment=assessment, layer=layer, user=city.nobody, by=city.lin, at=at)
    client = signed_in(city.nobody)
    assert save(client, assessment.answers.first(), result="met").status_code == 200
    other = assessment.answers.exclude(layer=layer).first()
    assert save(client, other, result="met").status_code == 403


@pytest.mark.parametrize(("level", "words"), [(None, "还没有定级"), (5, "第五级")])
def test_an_object_without_requirements_is_refused(city: City, at, level, words):
    load_shipped()
    obj = make_object(city.health, security_level=level, business_level=level, service_level=level)
    with pytest.raises(errors.Invalid, match=words):
        services.create_assessment(protected_object=obj, title="自评估", report_date=DAY, by=city.lin, at=at)
    assert not Assessment.objects.exists()


def test_a_rate_of_exactly_ninety_is_mostly_met_and_warned_about(assessment):
    fill(assessment)
    codes = list(assessment.answers.values_list("pk", flat=True))
    assessment.answers.filter(pk=codes[0]).update(result="not_applicable", value=None)
    assessment.answers.filter(pk__in=codes[1:22]).update(result="unmet", value=0, risk="低")
    found = results.summary(assessment)
    assert (found.total, found.conclusion, found.boundary_warning) == ("90.00", "基本符合", True)
    assert "简单符合率" in found.sentence


def test_the_start_page_leads_to_what_waits(assessment, city: City):
    home = signed_in(city.lin).get(reverse("assessments:assessment-list")).content.decode()
    assert "自评估" in home and "0 / 211" in home
    assert waiting(city.lin) == ["填报“2026 年自评估”"]
    assert waiting(city.zhou) == []
    fill(assessment)
    take(signed_in(city.lin), assessment, "submit")
    assert waiting(city.zhou) == ["审定“2026 年自评估”"]
    assert waiting(city.lin) == []


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")])
def test_the_report_is_downloaded_and_the_download_is_on_record(assessment, city: City, form, start):
    response = signed_in(city.lin).get(reverse("assessments:assessment-report", args=[assessment.pk, form]))
    assert response.status_code == 200 and response.content.startswith(start)
    assert AuditEvent.objects.filter(verb="assessments.assessment.report").count() == 1
    refused = signed_in(city.su).get(reverse("assessments:assessment-report", args=[assessment.pk, form]))
    assert refused.status_code == 404


def test_a_layer_is_handed_over_on_the_page_and_to_nobody_unknown(assessment, city: City):
    owner = signed_in(city.lin)
    page = owner.get(reverse("assessments:assessment-detail", args=[assessment.pk])).content.decode()
    url = reverse("assessments:assessment-assign", args=[assessment.pk])
    assert url in page
    layer = assessment.answers.first().layer
    assert owner.post(url, {"part": f"通用 {layer}", "username": "nobody"}).status_code == 302
    assert assessment.answers.filter(assignee=city.nobody).count() == assessment.answers.filter(layer=layer).count()
    assert owner.post(url, {"part": f"通用 {layer}", "username": "unknown"}).status_code == 422
    assert signed_in(city.zhou).post(url, {"part": f"通用 {layer}", "username": "zhou"}).status_code == 403


def test_evidence_is_kept_with_its_item_and_cannot_be_removed_after_submission(assessment, city: City):
    answer = assessment.answers.first()
    client = signed_in(city.lin)
    url = reverse("assessments:answer-detail", args=[answer.pk])
    assert "上传附件" in client.get(url).content.decode()
    kind = ContentType.objects.get_for_model(Answer)
    upload = reverse("core:file-attach", args=[kind.pk, answer.pk])
    sent = {"file": SimpleUploadedFile("记录.txt", "机房出入登记".encode()), "declared_not_secret": "on"}
    assert client.post(upload, sent)["Location"] == url
    fill(assessment)
    take(client, assessment, "submit")
    remove = reverse("core:file-remove", args=[Attachment.of(answer).get().pk])
    assert remove not in client.get(url).content.decode()
    assert client.post(remove).status_code == 409
    assert upload not in client.get(url).content.decode()
    again = {"file": SimpleUploadedFile("补充.txt", "提交后补的".encode()), "declared_not_secret": "on"}
    assert client.post(upload, again).status_code == 409
    assert Attachment.of(answer).count() == 1


def test_creating_freezes_the_wording_and_the_own_weights_of_the_day(graded, city: City, at):
    item = CatalogItem.objects.filter(level=3, sag="G", scope="通用").first()
    CatalogItem.objects.filter(pk=item.pk).update(weight_own=3, official_text="本单位导入的原文")
    made = services.create_assessment(protected_object=graded, title="自评估", report_date=DAY, by=city.lin, at=at)
    CatalogItem.objects.filter(pk=item.pk).update(weight_own=1, official_text="")
    answer = made.answers.get(code=item.code)
    assert (answer.weight, answer.official_text, made.weights) == (3, "本单位导入的原文", "own")
    with pytest.raises(errors.Conflict):
        services.create_assessment(protected_object=graded, title="另一次", report_date=DAY, by=city.lin, at=at)


def test_a_layer_handed_on_takes_the_first_persons_sight_away(assessment, city: City, at):
    layer = assessment.answers.first().layer
    hand = {"assessment": assessment, "layer": layer, "by": city.lin, "at": at}
    services.assign_layer(**hand, user=city.nobody)
    page = reverse("assessments:assessment-detail", args=[assessment.pk])
    assert signed_in(city.nobody).get(page).status_code == 200
    services.assign_layer(**hand, user=city.he)
    assert signed_in(city.nobody).get(page).status_code == 404
    assert signed_in(city.he).get(page).status_code == 200


def test_an_administrator_is_given_no_layer(assessment, city: City, at):
    layer = assessment.answers.first().layer
    with pytest.raises(errors.Invalid, match="业务账户"):
        services.assign_layer(assessment=assessment, layer=layer, user=city.sysadmin, by=city.lin, at=at)
    assert not assessment.answers.filter(assignee__isnull=False).exists()


def test_a_refused_answer_is_on_the_trail(assessment, city: City):
    client, answer = signed_in(city.lin), assessment.answers.first()
    assert save(client, answer, result="met").status_code == 200
    assert save(client, answer, result="unmet").status_code == 409
    assert AuditEvent.objects.filter(result="refused", verb="refused.conflict", actor_id=city.lin.pk).count() == 1


def test_the_report_has_every_part_the_unit_signs_for(assessment, graded, city: City, at):
    fill(assessment)
    type(graded).objects.filter(pk=graded.pk).update(is_demo=True)
    answer = assessment.answers.first()
    kind = ContentType.objects.get_for_model(Answer)
    upload = reverse("core:file-attach", args=[kind.pk, answer.pk])
    sent = {"file": SimpleUploadedFile("门禁日志.txt", "三个月".encode()), "declared_not_secret": "on"}
    signed_in(city.lin).post(upload, sent)
    made = reports.build(Assessment.objects.get(pk=assessment.pk), by=city.lin, at=at)
    kinds = {type(block).__name__ for block in made.blocks}
    assert {"Cover", "Contents", "RadarChart", "BarChart", "Signature"} <= kinds
    assert made.meta.demo
    pages = PdfReader(BytesIO(render(made, "pdf"))).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")  # lines break where the column ends
    assert Attachment.of(answer).get().digest[:20] in text
    parts = ("自评估结论（参考）", "网络拓扑", "评估方法", "控制点结果", "签署", "门禁日志.txt")
    assert [part for part in parts if part not in text] == []


def test_the_report_names_components_hazards_and_who_decided(assessment, city: City, at):
    fill(assessment)
    part = make_component(assessment.protected_object, "核心交换机", kind="network")
    given = {part.pk: "unmet"}
    row = assessment.answers.exclude(high_risk=[]).first()
    case = row.high_risk[0]
    services.save_answer(answer=row.pk, version=1, result="", by=city.lin, at=at)
    services.save_component_results(answer=row.pk, version=2, given=given, by=city.lin, at=at)
    sent = {"result": "unmet", "found": "弱口令", "risk": "高", "high_risk_applies": [case]}
    services.save_answer(answer=row.pk, version=3, **sent, by=city.lin, at=at)
    take(signed_in(city.lin), assessment, "submit")
    take(signed_in(city.zhou), assessment, "confirm", "属实")
    made = reports.build(Assessment.objects.get(pk=assessment.pk), by=city.lin, at=at)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(render(made, "pdf"))).pages).replace("\n", "")
    assert "核心交换机（网络设备）：不符合" in text and case in text and "属实" in text and "周砚" in text


def test_a_confirmed_result_is_shown_as_it_was_confirmed(assessment, city: City):
    fill(assessment)
    take(signed_in(city.lin), assessment, "submit")
    take(signed_in(city.zhou), assessment, "confirm")
    assessment.refresh_from_db()
    Assessment.objects.filter(pk=assessment.pk).update(formula="half")
    assessment.answers.update(result="unmet", value=0)  # as a later formula or catalogue might read them
    shown = results.standing(Assessment.objects.get(pk=assessment.pk))
    assert (shown.total, shown.conclusion, len(shown.layers)) == ("100.00", "符合", 10)
    assert shown.layers[0].points[0].label == "符合"


def test_guidance_renewed_after_the_confirmation_changes_no_report(assessment, city: City, at):
    fill(assessment)
    row = assessment.answers.exclude(high_risk=[]).exclude(guidance=None).first()
    remedy = row.guidance.remedy
    gap = {"result": "unmet", "value": 0, "found": "没有", "risk": "高", "high_risk_applies": row.high_risk[:1]}
    assessment.answers.filter(pk=row.pk).update(**gap)
    take(signed_in(city.lin), assessment, "submit")
    take(signed_in(city.zhou), assessment, "confirm")
    before = reports.build(Assessment.objects.get(pk=assessment.pk), by=city.lin, at=at)
    Guidance.objects.update(remedy="后来改写的整改建议")
    HighRiskCase.objects.update(title="后来改写的名称")
    renewed = reports.build(Assessment.objects.get(pk=assessment.pk), by=city.lin, at=at)
    Guidance.objects.all().delete()
    without = reports.build(Assessment.objects.get(pk=assessment.pk), by=city.lin, at=at)
    assert before == renewed == without and remedy in str(before)
