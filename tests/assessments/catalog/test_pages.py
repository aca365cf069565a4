"""The catalogue as people read it in the browser."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.models import CatalogItem, Standard
from tests.support import CastClient

from .support import lines_of, signed_in

LIST = "assessments:catalogitem-list"


@pytest.fixture
def reader(city) -> CastClient:
    load_shipped()
    return signed_in(city.lin)


def page_of(client: CastClient, code: str) -> str:
    return client.get(CatalogItem.objects.get(code=code).get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("asked", "field", "value", "count"),
    [
        ({"level": 3}, "level", 3, 317),
        ({"scope": "工业控制", "level": 4}, "scope", "工业控制", 22),
        ({"layer": "安全物理环境", "level": 1, "scope": "通用"}, "layer", "安全物理环境", 7),
        ({"control_point": "身份鉴别", "level": 3, "scope": "通用"}, "control_point", "身份鉴别", 4),
        ({"same_as_lower": "new", "level": 3}, "same_as_lower", "new", 118),
    ],
)
def test_the_catalogue_is_narrowed(reader, asked, field, value, count):
    found = reader.get(reverse(LIST), asked).context["filterset"].qs
    assert {getattr(item, field) for item in found} == {value}
    assert found.count() == count


def test_the_list_opens_at_the_third_level_and_shows_every_level_when_asked(reader):
    opened = reader.get(reverse(LIST))
    assert opened.context["filterset"].qs.count() == 317 and "清除条件" not in opened.content.decode()
    assert '<option value="3" selected>第三级</option>' in opened.content.decode()
    assert "level=3" in opened.content.decode().split("export/")[1][:40], "what is exported is what is shown"
    whole = reader.get(reverse(LIST), {"q": "", "level": ""})
    assert whole.context["filterset"].qs.count() == 942
    assert len(lines_of(reader.get(reverse("assessments:catalogitem-export")).content)) == 943


def test_the_control_points_offered_are_those_of_the_chosen_layer_and_scope(reader):
    def offered(**asked: str) -> list[str]:
        form = reader.get(reverse(LIST), asked).context["filterset"].form
        return [value for value, _label in form.fields["control_point"].choices if value]

    assert {"身份鉴别", "防火"} <= set(offered())
    assert "防火" in offered(layer="安全物理环境") and "身份鉴别" not in offered(layer="安全物理环境")
    assert offered(layer="安全物理环境", scope="云计算") == ["基础设施位置"]
    page = reader.get(reverse(LIST), {"layer": "安全物理环境", "control_point": "身份鉴别"})
    assert "筛选条件“控制点”没有采用" in page.content.decode()


def test_only_items_to_which_a_high_risk_case_may_apply_are_shown_when_asked(reader):
    found = reader.get(reverse(LIST), {"high_risk": "yes"}).context["filterset"].qs
    assert 0 < found.count() < 942 and all(item.high_risk for item in found)
    without = reader.get(reverse(LIST), {"high_risk": "no"}).context["filterset"].qs
    assert found.count() + without.count() == 942


def test_the_shipped_standard_comes_first(reader):
    other = Standard.objects.create(code="DB41/T 1-2026", name="本地规范")
    item = CatalogItem.objects.first()
    item.pk, item.standard = None, other
    item.save()
    rows = reader.get(reverse(LIST), {"level": 1}).context["page"].rows
    assert rows[0].obj.standard.code == "GB/T 22239-2019"


def test_the_filters_speak_chinese_and_offer_what_the_standard_has(reader):
    text = reader.get(reverse(LIST)).content.decode()
    for words in ("第三级</option>", "安全计算环境</option>", "全部</option>", "与低一级相比", "高风险判例"):
        assert words in text, words
    assert "-----" not in text
    assert "等级保护" in text and "标准条款" in text


def test_words_are_found_in_the_list_and_by_the_search_of_the_house(reader, city):
    listed = reader.get(reverse(LIST), {"q": "剩余信息 鉴别", "level": 3}).context["page"].rows
    assert [row.obj.control_point for row in listed] == ["剩余信息保护"]
    asked = (reverse("core:search"), {"q": "剩余信息保护"})
    assert "8.1.4.10a" in reader.get(*asked).content.decode()
    assert "8.1.4.10a" not in signed_in(city.sysadmin).get(*asked).content.decode()


def test_an_item_shows_how_it_is_answered_and_which_high_risk_cases_may_apply(reader):
    text = page_of(reader, "8.1.4.1a")
    item = CatalogItem.objects.get(code="8.1.4.1a")
    assert item.guidance.check_text[:20] in text
    assert "6.4.1.1" in text and "第二级起适用" in text


def test_an_item_stands_among_its_predecessors_and_successors(reader):
    text = page_of(reader, "8.1.1.2")
    chain = [CatalogItem.objects.get(code=code) for code in ("6.1.1.1", "7.1.1.2", "9.1.1.2a")]
    assert [item.code for item in chain if item.get_absolute_url() not in text] == []
    assert "增强" in text and "各级对照" in text


def test_an_item_that_ends_at_its_level_says_so(reader):
    assert "更高级别没有由本项沿用或增强的条款" in page_of(reader, "8.1.3.5d")
    assert "更高级别没有" not in page_of(reader, "9.1.1.2a")


def test_a_standard_shows_its_levels_and_what_each_adds(reader):
    standard = Standard.objects.get()
    page = reader.get(standard.get_absolute_url())
    levels = {level.number: level for level, _label in page.context["levels"]}
    assert {number: level.total for number, level in levels.items()} == {1: 84, 2: 200, 3: 317, 4: 341}
    assert [count for _label, count in levels[3].changes] == [118, 23, 176]
    assert "随产品提供" in page.content.decode()


def test_the_list_is_exported_as_it_is_filtered(reader):
    lines = lines_of(reader.get(reverse("assessments:catalogitem-export"), {"level": 1}).content)
    assert lines[0][:2] == ["条款", "级别"] and len(lines) == 85


def test_without_a_catalogue_the_page_says_what_to_do(city):
    assert "还没有载入标准条款" in signed_in(city.lin).get(reverse(LIST)).content.decode()


def test_administrators_see_no_item(reader, city):
    client, item = signed_in(city.secadmin), CatalogItem.objects.first()
    assert client.get(item.get_absolute_url()).status_code == 404
    assert item.code not in client.get(reverse(LIST)).content.decode()
