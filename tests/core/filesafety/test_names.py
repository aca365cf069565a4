"""A name is shown, never used as a path (A30)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmgmt.core.filesafety import names

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\wang\\报告.docx", "报告.docx"),
        ("a／b＼报告.pdf", "报告.pdf"),
        ("报告\u202egpj.exe", "报告gpj.exe"),
        ("报\u200b告\x00\x1f.pdf", "报告.pdf"),
        ("报告\r\nSet-Cookie: a.pdf", "报告 Set-Cookie_ a.pdf"),
        ('a"b;c.pdf', "a_b_c.pdf"),
        ("CON.txt", "_CON.txt"),
        ("lpt1", "_lpt1"),
        ("...", "未命名"),
        ("", "未命名"),
        (" 报告 .pdf. ", "报告 .pdf"),
    ],
)
def test_a_display_name_holds_nothing_that_acts(raw, shown):
    assert names.display_name(raw) == shown


def test_a_long_name_keeps_its_extension_within_the_limit():
    cleaned = names.display_name("报" * 300 + ".docx")
    assert len(cleaned) == names.MAX_NAME
    assert cleaned.endswith("报.docx")


@given(st.text(max_size=300))
def test_any_name_becomes_one_safe_part_and_stays_so(raw):
    cleaned = names.display_name(raw)
    assert 0 < len(cleaned) <= names.MAX_NAME
    assert not set(cleaned) & set('/\\<>:"|?*\x00\r\n\u202e')
    assert cleaned not in (".", "..")
    assert names.display_name(cleaned) == cleaned
