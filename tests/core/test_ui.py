"""The design system's tags, forms, and the rules every template keeps."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from secmgmt.core.forms import differences
from secmgmt.core.templatetags import ui

from .sample import UnitForm, UserForm

STATIC = Path(ui.SPRITE).parent
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def show(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


class Plain(forms.Form):
    code = forms.CharField(label="备案证明编号", help_text="照证书左上角填")
    audience = forms.ChoiceField(label="服务对象", widget=forms.RadioSelect, choices=[("in", "单位内部")])
    agree = forms.BooleanField(label="已核对")


def test_the_style_and_script_stay_within_their_budget():
    css = (STATIC / "app.css").read_bytes()
    assert len(css) <= 48 * 1024
    assert len(gzip.compress(css, 9)) <= 12 * 1024
    assert len((STATIC / "app.js").read_bytes()) <= 12 * 1024
    assert len((STATIC / "combobox.js").read_text(encoding="utf-8").splitlines()) <= 120
    assert sum(len((STATIC / name).read_bytes()) for name in ("apidoc.css", "apidoc.js")) <= 5 * 1024


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_template_holds_inline_script_or_style(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle\s*=", text, re.I)
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text, re.I)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text, re.I)
    assert not re.search(r"(https?:)?//(?!www\.w3\.org)[a-z0-9.-]+\.[a-z]{2,}", text, re.I)
    assert "|safe" not in text and "autoescape off" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_every_template_compiles_says_what_it_needs_and_is_short(path):
    text = path.read_text(encoding="utf-8")
    get_template(str(path.relative_to(settings.BASE_DIR / "templates")))
    assert "{% comment %}" in text
    assert text.count("\n") <= 150


def test_every_icon_named_in_a_template_is_in_the_sprite():
    named = {
        m for path in TEMPLATES for m in re.findall(r"\{% icon '([\w-]+)'", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= ui.icon_names()


def test_an_icon_refers_to_the_one_sprite():
    assert 'href="/static/core/icons.svg#i-check"' in show("{% icon 'check' %}")
    assert "#i-dot" in show("{% icon 'no-such' %}")


def test_a_tag_is_word_and_icon_and_escapes_its_text():
    html = show("{% tag text 'bad' %}", text="<b>高</b>")
    assert html.startswith('<span class="tag tag-bad"><svg') and "&lt;b&gt;高" in html
    assert 'class="tag"' in show("{% tag 'x' 'evil\" onclick' %}")


def test_dates_are_said_in_the_wording_of_the_house(monkeypatch):
    monkeypatch.setattr(ui.clock, "today", lambda: dt.date(2026, 11, 23))
    assert ui.when(dt.date(2026, 11, 20)) == "11-20"
    assert ui.when(dt.date(2025, 11, 20)) == "2025-11-20"
    assert ui.when(dt.datetime(2026, 11, 23, 6, 32, tzinfo=dt.UTC)) == "14:32"
    assert ui.when(None) == "—"


@pytest.mark.parametrize(
    ("day", "text", "tone"), [(20, "逾期 3 天", "bad"), (23, "今天到期", "warn"), (25, "剩 2 天", "warn")]
)
def test_a_due_date_says_its_distance(day, text, tone):
    assert ui.due_parts(dt.date(2026, 11, day), dt.date(2026, 11, 23)) == (text, tone)


def test_plain_values_are_shown_as_words():
    assert [ui.shown(v) for v in (None, "", True, False, 0, dt.date(2026, 1, 2), ["甲", "乙"], [])] == [
        "—", "—", "是", "否", "0", "2026-01-02", "甲、乙", "—",
    ]  # fmt: skip


def test_search_hits_are_marked_and_the_text_stays_escaped():
    assert ui.hit("<b>卫生平台", "平台") == "&lt;b&gt;卫生<mark>平台</mark>"
    assert ui.hit("甲", "<i>") == "甲"


def test_a_field_ties_its_help_and_error_to_the_control():
    html = show("{% field form.code %}", form=Plain({}))
    assert 'aria-describedby="id_code-help id_code-err"' in html
    assert 'id="id_code-help"' in html and 'id="id_code-err"' in html
    assert 'aria-invalid="true"' in html and "is-bad" in html


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    html = show("{% field form.audience %}", form=Plain())
    assert "<fieldset" in html and re.search(r"<legend>\s*服务对象", html)


def test_the_error_summary_links_to_each_field():
    html = show("{% form_errors form %}", form=Plain({}))
    assert 'href="#id_code"' in html and 'href="#id_agree"' in html and "有 3 处要改" in html
    assert show("{% form_errors form %}", form=Plain()).strip() == ""


def test_a_form_offers_only_rows_its_user_may_see(city, feature):
    assert set(UnitForm(user=city.lin).fields["parent"].queryset) == {city.health, city.hospital}
    assert not UnitForm(user=None).fields["parent"].queryset.exists()


def test_a_form_groups_its_fields_and_carries_the_version(city, feature):
    form = UnitForm(instance=city.hospital, user=city.lin)
    assert [section.title for section in form.sections()] == ["名称", "其他"]
    assert '<input type="hidden" name="version" value="1"' in show("{{ form.version }}", form=form)


def test_a_date_control_speaks_iso(city, feature):
    form = UserForm(user=city.lin, initial={"expires_on": dt.date(2027, 3, 1)})
    assert 'type="date"' in str(form["expires_on"]) and 'value="2027-03-01"' in str(form["expires_on"])


def test_differences_are_told_in_words(city, feature):
    sent = UnitForm(
        {"name": "市中心医院", "short_name": "中心医院", "parent": "", "address": ""},
        instance=city.hospital,
        user=city.lin,
    )
    found = differences(UnitForm(instance=city.hospital, user=city.lin), sent)
    assert [(d.label, d.stored, d.mine) for d in found] == [
        ("简称", "—", "中心医院"),
        ("上级单位", "市卫生健康委", "—"),
    ]


def test_what_a_row_already_refers_to_stays_a_choice_but_only_there(city, feature):
    assert city.root in UnitForm(instance=city.health, user=city.lin).fields["parent"].queryset
    assert city.education not in UnitForm(instance=city.health, user=city.lin).fields["parent"].queryset
    assert city.root not in UnitForm(user=city.lin).fields["parent"].queryset
