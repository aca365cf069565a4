"""Filters: search, chips, scope, hostile parameters."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from secmgmt.accounts.models import OrgUnit

from .sample import UnitFilter


def ask(user, query="", **values):
    params = QueryDict(query, mutable=True)
    params.update(values)
    return UnitFilter(params, OrgUnit.objects.visible_to(user), user=user)


def test_every_word_of_a_search_must_occur(city):
    assert [u.name for u in ask(city.gao, q="卫健委").qs] == ["市卫生健康委", "东湖县卫健委"]
    assert [u.name for u in ask(city.gao, q="东湖 卫健").qs] == ["东湖县卫健委"]
    assert not ask(city.gao, q="东湖 教育").qs


def test_many_found_rows_are_the_same_as_few_found_ones(city, monkeypatch):
    """Few are looked for once and named by number; many are left to the database with their condition."""
    asked = {"q": "卫", "kind": "bureau"}
    few = ask(city.gao, **asked)
    named = [unit.name for unit in few.qs], [(chip.label, chip.count) for chip in few.chips()]
    assert "LIKE" not in str(few.qs.query)
    monkeypatch.setattr("secmgmt.core.filters.FEW", 1)
    many = ask(city.gao, **asked)
    assert "LIKE" in str(many.qs.query)
    assert named == ([unit.name for unit in many.qs], [(chip.label, chip.count) for chip in many.chips()])


@pytest.mark.parametrize("text", ["%", "_", "'", '"><script>', "\\", "a OR 1=1", "{{ 7*7 }}"])
def test_signs_with_a_meaning_elsewhere_are_only_text(city, text):
    assert not ask(city.gao, q=text).qs


@pytest.mark.parametrize(
    "values",
    [
        {"q": "长" * 101},
        {"q": "a\x00b"},
        {"kind": "nonsense"},
        {"parent": "abc"},
        {"parent": "99999999999999999999999"},
        {"parent": "-1"},
    ],
)
def test_a_value_that_makes_no_sense_filters_nothing_and_is_named(city, values):
    filterset = ask(city.gao, **values)
    assert filterset.qs.count() == OrgUnit.objects.count()
    assert len(filterset.problems()) == 1
    assert "没有采用" in filterset.problems()[0]


def test_an_unknown_parameter_changes_nothing(city):
    filterset = ask(city.gao, "parent__path=/1/&password=x&name__regex=.*")
    assert filterset.qs.count() == OrgUnit.objects.count()
    assert filterset.problems() == []


def test_chips_count_the_rows_under_the_other_filters(city):
    chips = {chip.label: chip.count for chip in ask(city.gao, q="卫").chips()}
    assert chips == {"全部": 2, "市直部门": 1, "下属单位": 1}
    current = [chip for chip in ask(city.gao, kind="county").chips() if chip.current]
    assert [chip.label for chip in current] == ["县(市、区)"]


def test_chips_and_choices_name_only_what_the_user_may_see(city):
    filterset = ask(city.lin)
    assert {chip.label: chip.count for chip in filterset.chips()} == {"全部": 2, "市直部门": 1, "下属单位": 1}
    assert set(filterset.form.fields["parent"].queryset) == {city.health, city.hospital}


def test_another_bureaus_unit_is_no_choice_even_when_sent(city):
    filterset = ask(city.lin, parent=str(city.education.pk))
    assert filterset.problems()


def test_a_filter_is_active_only_when_something_narrows(city):
    assert not ask(city.gao).active()
    assert not ask(city.gao, sort="name", q="").active()
    assert ask(city.gao, q="x").active()
