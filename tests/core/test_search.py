"""The site-wide search: words, scope, keeping in step."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client

from secmgmt.core import search
from secmgmt.core.models import SearchEntry
from tests.core.testapp.support import invite, make_thing

pytestmark = pytest.mark.django_db


def names(user, query, limit=10):
    return [hit.title for group in search.search(user, query, limit) for hit in group.hits]


def test_bigrams_of_chinese_and_whole_latin_words():
    assert search.tokenize("ＧＢ/T 22239 等级保护") == ["gb", "t", "22239", "等级", "级保", "保护"]


def test_a_word_of_two_characters_is_found(city):
    make_thing(city.health, "区域卫生信息共享平台")
    assert names(city.lin, "卫生") == ["区域卫生信息共享平台"]
    assert names(city.lin, "平台") == ["区域卫生信息共享平台"]


def test_a_run_must_occur_as_it_stands(city):
    make_thing(city.health, "卫生平台")
    make_thing(city.health, "生平与卫士，平台")
    assert names(city.lin, "卫生平台") == ["卫生平台"]


def test_a_single_character_and_the_beginning_of_a_latin_word_are_found(city):
    make_thing(city.health, "网关 gateway-07")
    assert names(city.lin, "网") == names(city.lin, "gate") == ["网关 gateway-07"]


def test_words_of_a_query_language_are_only_words(city):
    make_thing(city.health, "not and or near 平台")
    attack = "'; DROP TABLE core_searchentry; --"
    for query in ('NOT "平台', "平台) OR (1", "平台 AND NEAR", "平台:*", attack):
        names(city.lin, query)
    assert names(city.lin, "AND 平台") == ["not and or near 平台"]
    assert SearchEntry.objects.count() == 1


def test_an_empty_question_finds_nothing(city):
    make_thing(city.health, "平台")
    assert search.search(city.lin, "") == search.search(city.lin, "…、。") == []


def test_neither_names_nor_numbers_of_others_get_out(city):
    for number in range(3):
        make_thing(city.education, f"学籍平台{number}")
    make_thing(city.health, "卫生平台")
    groups = search.search(city.lin, "平台", limit=1)
    assert [hit.title for hit in groups[0].hits] == ["卫生平台"]
    assert groups[0].more is False
    assert search.search(city.nobody, "平台") == []
    assert search.search(city.sysadmin, "平台") == []


def test_what_was_shown_only_in_part_is_not_searched(city):
    thing = make_thing(city.education, "学籍平台", note="密码柜在三楼")
    invite(thing, "reviewer", user=city.xu, fields=["name"])
    assert names(city.xu, "三楼") == []


def test_titles_come_first_and_more_says_there_are_others(city):
    make_thing(city.health, "电子病历")
    for number in range(3):
        make_thing(city.health, f"系统{number}", note="电子病历在此")
    groups = search.search(city.lin, "电子病历", limit=2)
    assert groups[0].hits[0].title == "电子病历"
    assert groups[0].more is True


def test_a_changed_and_a_deleted_row_leave_no_old_words(city):
    thing = make_thing(city.health, "旧名称")
    thing.name = "新叫法"
    search.refresh(thing)
    assert names(city.lin, "旧名") == [] and names(city.lin, "叫法") == ["新叫法"]
    search.forget(thing)
    assert names(city.lin, "叫法") == []


def test_many_rows_are_indexed_in_few_queries(city, django_assert_max_num_queries):
    things = [make_thing(city.health, f"批量{number}", indexed=False) for number in range(300)]
    with django_assert_max_num_queries(4):
        assert search.refresh_many(things) == 300
        search.refresh_many(things)
    assert SearchEntry.objects.count() == 300


def test_rebuilding_brings_back_what_was_lost_and_drops_what_is_gone(city, capsys):
    thing = make_thing(city.health, "平台", indexed=False)
    gone = make_thing(city.health, "幽灵")
    type(gone).objects.filter(pk=gone.pk).delete()
    call_command("rebuild_search")
    kind = ContentType.objects.get_for_model(thing)
    assert list(SearchEntry.objects.filter(content_type=kind).values_list("object_id", flat=True)) == [thing.pk]
    assert names(city.lin, "平台") == ["平台"]
    assert "事项：1 条" in capsys.readouterr().out


def test_a_very_long_text_is_indexed_up_to_its_limit(city):
    text = "".join(chr(0x4E00 + (i * 7919) % 20000) for i in range(200_000))
    make_thing(city.health, "长文", note=text)
    assert names(city.lin, text[100:110]) == ["长文"]


def test_the_database_answers_from_its_index(city):
    make_thing(city.health, "平台")
    question = search.matching(SearchEntry.objects.all(), ["平台"])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        assert "search_tokens_gin" in question.explain()
    else:
        assert "VIRTUAL TABLE INDEX" in question.explain()


def test_a_search_and_a_token_with_a_nul_find_nothing_and_nothing_breaks(city):
    client = Client(raise_request_exception=False)  # PostgreSQL takes no NUL in a text
    refused = client.get("/api/v1/objects", headers={"Authorization": "Bearer a\0b.c"})
    assert refused.status_code == 401
    client.force_login(city.lin)
    assert client.get("/search/?q=a%00b").status_code == 200
