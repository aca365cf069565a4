"""Any other standard: uploaded, previewed, browsed, exported, assessed against."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.catalog import sources
from assessments.catalog.services import load_shipped
from assessments.models import Assessment, CatalogItem, Standard
from secmgmt.core import search
from secmgmt.core.models import AuditEvent
from tests.assets.factories import make_object

from .support import lines_of, signed_in, table

DAY = dt.date(2026, 3, 1)
HEAD = ["等级", "条款", "项", "安全层面", "控制点", "领域", "要求", "重要程度", "范围"]
ITEMS = (
    [2, "A.1", None, "数据治理", "数据目录", "管理", "编制政务数据目录", None, None],
    [3, "B.1", "a", "数据治理", "数据目录", "管理", "编制并每年更新政务数据目录", "关键", None],
    [3, "B.1", "b", "数据安全", "数据脱敏", "技术", "对外提供前脱敏", "重要", None],
    [3, "B.2", None, "数据安全", "数据出境", "技术", "数据不出境", None, "云计算"],
)
NAMES = {"number": "DB41/T 1234", "edition": "2026", "name": "政务数据安全规范"}
UPLOAD = "/catalogue/standards/import/"


@pytest.fixture
def keeper(city) -> Any:
    load_shipped()
    return signed_in(city.pan)


def send(client: Any, *lines: list[Any], **values: Any) -> Any:
    """Upload a table of items."""
    file = table(HEAD, *lines, name="条款.xlsx")
    return client.post(UPLOAD, {**NAMES, "file": file, **values})


def store(client: Any, *lines: list[Any], **values: Any) -> Standard:
    """Upload and confirm."""
    sent = send(client, *lines, **values)
    assert sent.status_code == 302, sent.content.decode()[-2000:]
    assert client.post(sent["Location"]).status_code == 302
    return Standard.objects.get(code="DB41/T 1234-2026")


def begin(client: Any, city: Any, standard: Standard, **values: Any) -> Any:
    """Start a self-assessment on the page."""
    obj = make_object(city.health, **{"security_level": 3, "business_level": 3, "service_level": 3, **values})
    form = {
        "protected_object": obj.pk, "standard": standard.pk, "title": "数据安全自评", "report_date": "2026-03-01",
        "version": 0, "template": "2021", "attention": "0.5",
    }  # fmt: skip
    return client.post(reverse("assessments:assessment-create"), form)


def test_a_standard_is_previewed_stored_as_one_act_browsed_and_found(city, keeper):
    guidance = table(
        ["条款", "测评对象", "检查方法", "证据", "常见问题", "整改建议", "建议风险"],
        ["A.1 B.1a", "制度；人员", "查目录", "目录文件", "目录过期", "每年更新", "中"], name="指引.xlsx",
    )  # fmt: skip
    sent = send(keeper, *ITEMS, guidance=guidance)
    page = keeper.get(sent["Location"]).content.decode()
    assert "共 4 个要求项" in page and "指引 1 条" in page and "对外提供前脱敏" in page
    assert not Standard.objects.filter(code__startswith="DB41").exists()
    made = store(keeper, *ITEMS, guidance=_again(guidance))
    assert (made.edition, made.name, made.is_shipped, made.items.count()) == ("2026", "政务数据安全规范", False, 4)
    event = AuditEvent.objects.get(verb="assessments.standard.import")
    assert (event.detail["count"], event.detail["file"], bool(event.detail_digest)) == (4, "条款.xlsx", True)
    reader = signed_in(city.lin)
    listed = reader.get(reverse("assessments:catalogitem-list"), {"standard": made.pk, "level": 3})
    assert [row.obj.code for row in listed.context["page"].rows] == ["B.1a", "B.1b", "B.2"]
    assert "查目录" in reader.get(made.items.get(code="B.1a").get_absolute_url()).content.decode()
    found = {hit.title for group in search.search(city.lin, "脱敏") for hit in group.hits}
    assert "B.1b 数据脱敏（第三级）对外提供前脱敏" in found


def _again(file: SimpleUploadedFile) -> SimpleUploadedFile:
    file.seek(0)
    return file


def test_wrong_cells_are_named_by_address_and_nothing_is_stored(keeper):
    answer = send(keeper, [9, "A.1", None, "治理", "目录", "别的", None, None, None], ITEMS[1])
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in (">A2<", "“9”不在可选值中", ">F2<", "“别的”不在可选值中", ">G2<", "不能为空"):
        assert words in page, words
    assert Standard.objects.count() == 1


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("高风险判例", "6.1.1.1 99.9.9.9", "高风险指引中没有判例“99.9.9.9”"),
        ("没有的列", "x", "不认识的列"),
    ],
)
def test_what_leads_nowhere_is_refused(keeper, column, value, words):
    file = table([*HEAD[:7], column], [*ITEMS[0][:7], value])
    answer = keeper.post(UPLOAD, {**NAMES, "file": file})
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_high_risk_case_or_an_item_that_is_not_there_is_named_by_its_cell(keeper):
    lines = [[*ITEMS[0][:7], None], [*ITEMS[1][:7], "99.9.9.9"]]
    page = keeper.post(UPLOAD, {**NAMES, "file": table([*HEAD[:7], "高风险判例"], *lines)}).content.decode()
    assert ">H3<" in page and "工作表“Sheet”" in page and "高风险判例" in page and "没有判例“99.9.9.9”" in page
    guide = ["条款", "测评对象", "检查方法", "证据", "常见问题", "整改建议", "建议风险"]
    notes = table(guide, ["A.1", "制度", "查", "件", "无", "改", "低"], ["Z.9", "制度", "查", "件", "无", "改", "低"])
    page = send(keeper, *ITEMS, guidance=notes).content.decode()
    assert ">A3<" in page and "条款表中没有条款“Z.9”" in page and ">A2<" not in page


def test_the_same_code_and_edition_is_updated_and_the_same_file_changes_nothing(keeper):
    made = store(keeper, *ITEMS)
    same = send(keeper, *ITEMS)
    assert "没有要改的内容" in keeper.get(same["Location"]).content.decode()
    changed = [ITEMS[0], [*ITEMS[1][:6], "每半年更新政务数据目录", "重要", None], ITEMS[3]]
    sent = send(keeper, *changed)
    page = keeper.get(sent["Location"]).content.decode()
    assert "新增 0 项，修改 2 个单元格，删除 1 项" in page and "每半年更新政务数据目录" in page and "B.1b" in page
    keeper.post(sent["Location"])
    stored = made.items.order_by("order").values_list("code", "weight")
    assert list(stored) == [("A.1", None), ("B.1a", 2), ("B.2", None)]
    assert Standard.objects.filter(code="DB41/T 1234-2026").count() == 1


def test_a_standard_somebody_changed_after_the_preview_is_not_overwritten(keeper):
    store(keeper, *ITEMS)
    first, second = send(keeper, *ITEMS[:3]), send(keeper, *ITEMS[:2])
    assert keeper.post(first["Location"]).status_code == 302
    assert keeper.post(second["Location"]).status_code == 409
    assert CatalogItem.objects.filter(standard__code="DB41/T 1234-2026").count() == 3


def test_the_shipped_standard_and_one_in_use_are_not_replaced(city, keeper):
    refused = send(keeper, *ITEMS, number="GB/T 22239", edition="2019")
    assert refused.status_code == 422 and "随产品提供" in refused.content.decode()
    made = store(keeper, *ITEMS)
    earlier = send(keeper, *ITEMS[:2])
    assert begin(signed_in(city.lin), city, made).status_code == 302
    refused = send(keeper, *ITEMS[:2])
    assert refused.status_code == 422 and "已有 1 次自评估采用" in refused.content.decode()
    assert keeper.post(earlier["Location"]).status_code == 409
    assert made.items.count() == 4


def test_a_standard_uploaded_by_mistake_is_deleted_whole_and_on_record(city, keeper):
    made = store(keeper, *ITEMS)
    page, address = keeper.get(made.get_absolute_url()), reverse("assessments:standard-delete", args=[made.pk])
    assert address in page.content.decode()
    asked = keeper.get(address)
    assert "4 项要求" in asked.content.decode() and made.items.count() == 4
    assert keeper.post(address, {"version": "stale"}).status_code == 409
    assert Standard.objects.filter(pk=made.pk).exists()
    done = keeper.post(address, {"version": asked.context["version"]}, follow=True)
    assert "已删除“DB41/T 1234-2026”" in done.content.decode()
    assert not Standard.objects.filter(pk=made.pk).exists() and not CatalogItem.objects.filter(code="B.1a").exists()
    assert search.search(city.pan, "政务数据目录") == []
    event = AuditEvent.objects.get(verb="assessments.standard.delete")
    assert (event.object_name, event.detail["items"]) == ("DB41/T 1234-2026", 4)


def test_the_shipped_standard_and_one_in_use_are_not_deleted(city, keeper):
    made = store(keeper, *ITEMS)
    address = reverse("assessments:standard-delete", args=[made.pk])
    version = keeper.get(address).context["version"]
    assert begin(signed_in(city.lin), city, made).status_code == 302
    refused = keeper.post(address, {"version": version})
    assert refused.status_code == 409 and "已有 1 次自评估采用" in refused.content.decode()
    shipped = reverse("assessments:standard-delete", args=[Standard.objects.get(is_shipped=True).pk])
    assert keeper.get(shipped).status_code == 409
    assert shipped not in keeper.get(reverse("assessments:standard-list")).content.decode()
    assert made.items.count() == 4


def test_an_object_is_assessed_against_it_beside_the_shipped_one(city, keeper):
    made = store(keeper, *ITEMS)
    owner = signed_in(city.lin)
    assert "DB41/T 1234-2026 政务数据安全规范" in owner.get(reverse("assessments:assessment-create")).content.decode()
    assert begin(owner, city, made).status_code == 302
    own = Assessment.objects.get()
    frozen = own.answers.order_by("order").values_list("code", "weight")
    assert (own.standard_code, list(frozen)) == ("DB41/T 1234-2026", [("B.1a", 3), ("B.1b", 2)])
    form = {"protected_object": own.protected_object_id, "title": "等保自评", "report_date": "2026-03-01", "version": 0}
    assert owner.post(reverse("assessments:assessment-create"), form).status_code == 302
    assert Assessment.objects.latest("pk").standard_code == "GB/T 22239-2019"
    assert owner.post(reverse("assessments:assessment-create"), form).status_code == 409
    page = owner.get(own.get_absolute_url()).content.decode()
    assert "DB41/T 1234-2026" in page and "本单位导入的重要程度" in page


def test_a_standard_without_an_item_for_the_object_is_refused_in_words(city, keeper):
    made = store(keeper, *ITEMS)
    refused = begin(signed_in(city.lin), city, made, security_level=4, business_level=4, service_level=4)
    assert refused.status_code == 422 and "没有适用于该对象等级和技术类型的条款" in refused.content.decode()
    assert not Assessment.objects.exists()


def test_every_standard_comes_back_from_its_export_as_it_was(city, keeper):
    made = store(keeper, *ITEMS)
    shipped = Standard.objects.get(is_shipped=True)
    reader = signed_in(city.lin)
    content = reader.get(reverse("assessments:standard-export", args=[shipped.pk])).content
    assert sources.parse_catalogue(content) == sources.shipped_catalogue()
    notes = reader.get(reverse("assessments:standard-export-guidance", args=[shipped.pk])).content
    assert set(sources.parse_guidance(notes)) == set(sources.shipped_guidance())
    own = reader.get(reverse("assessments:standard-export", args=[made.pk])).content
    again = keeper.post(UPLOAD, {**NAMES, "file": SimpleUploadedFile("条款.xlsx", own)})
    assert "没有要改的内容" in keeper.get(again["Location"]).content.decode()
    assert AuditEvent.objects.filter(verb="assessments.standard.export").count() == 3


def test_the_blank_tables_have_every_column_and_an_explanation(keeper):
    items = lines_of(keeper.get(reverse("assessments:standard-import-template", args=["items"])).content)
    assert items == [["等级", "条款", "项", "范围", "安全层面", "控制点", "领域", "要求", "与低一级相比", "低一级条款",
                      "SAG", "适用责任", "测评单元编号", "高风险判例", "重要程度"]]  # fmt: skip
    guidance = lines_of(keeper.get(reverse("assessments:standard-import-template", args=["guidance"])).content)
    assert guidance[0][0] == "条款" and len(guidance) == 1
    assert keeper.get(reverse("assessments:standard-import-template", args=["else"])).status_code == 404


def test_only_the_keeper_of_rules_uploads_a_standard(city, keeper):
    sent = send(keeper, *ITEMS)
    for user in (city.lin, city.gao, city.sysadmin):
        client = signed_in(user)
        assert client.get(UPLOAD).status_code == 403
        assert send(client, *ITEMS).status_code == 403
        assert client.post(sent["Location"]).status_code == 403
    assert "上传标准" not in signed_in(city.lin).get(reverse("assessments:standard-list")).content.decode()
    assert "上传标准" in keeper.get(reverse("assessments:standard-list")).content.decode()
