"""避头尾: where lines may start and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmgmt.core.reporting.linebreak import NO_END, NO_START, break_lines

from .samples import HARD, hard_text

pytestmark = pytest.mark.pure


class Ems(dict):
    def __missing__(self, char):
        return 0.5 if ord(char) < 0x2000 else 1.0


EMS = Ems()


def lines_of(text: str, width: float, size: float = 10, indent: float = 0) -> list[str]:
    return [line for line, _used, _ends in break_lines(text, EMS, size, width, indent)]


@pytest.mark.parametrize("width", range(80, 480, 7))
def test_no_line_starts_or_ends_with_a_forbidden_mark(width):
    for number in range(20):
        lines = lines_of(hard_text(number), width)
        assert not [line for line in lines[1:] if line[0] in NO_START], width
        assert not [line for line in lines[:-1] if line[-1] in NO_END], width


@given(st.text(alphabet="核查（）“”，。《》、：1a%- —…", min_size=1, max_size=80), st.integers(20, 200))
def test_nothing_but_spaces_is_lost_and_no_line_is_empty_within_a_paragraph(text, width):
    lines = lines_of(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="核查内容系统甲乙（），。", min_size=1, max_size=80), st.integers(60, 200))
def test_a_line_is_at_most_half_a_character_too_wide_unless_marks_pile_up(text, width):
    for line, used, _ends in break_lines(text, EMS, 10, width):
        plain = used <= width + 5 + 1e-6
        assert plain or all(char in NO_START | NO_END for char in line[-3:])


def test_words_and_numbers_stay_whole_while_they_fit():
    lines = lines_of("依据标准 GB/T 22239-2019 的要求，参数 PASS_MAX_DAYS=99999 未设", 120)
    assert any("22239-2019" in line for line in lines)
    assert any("PASS_MAX_DAYS=99999" in line for line in lines)


def test_a_word_longer_than_the_line_is_cut_and_ends():
    lines = lines_of("x" * 100, 60)
    assert [len(line) for line in lines] == [12] * 8 + [4]


def test_a_column_narrower_than_a_character_still_ends():
    assert lines_of("系统甲", 1) == ["系", "统", "甲"]


def test_dashes_and_ellipses_stay_whole():
    for width in range(40, 200, 5):
        for line in lines_of("甲乙丙——丁戊己……庚辛壬" * 4, width)[1:]:
            assert not line.startswith(("—丁", "…庚"))


def test_the_last_line_is_never_one_lone_character():
    for length in range(14, 80):
        lines = lines_of("系" * length + "。", 130)
        assert len(lines) == 1 or len(lines[-1]) > 2


def test_newlines_part_paragraphs_and_empty_ones_keep_their_line():
    assert [(line, ends) for line, _used, ends in break_lines("甲\n\n乙", EMS, 10, 100)] == [
        ("甲", True),
        ("", True),
        ("乙", True),
    ]


def test_the_first_line_is_shorter_by_its_indent():
    lines = lines_of(HARD, 200, indent=20)
    assert len(lines[0]) < len(lines_of(HARD, 200)[0]) or lines[0] != lines_of(HARD, 200)[0]
