"""How large a number from outside may be."""

from __future__ import annotations

import pytest

from secmgmt.core import bounds

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("sent", [None, "", "x", "-1", "1.5", " 1", "１", "²", "1_0", str(bounds.MOST + 1), "9" * 5000])
def test_only_ascii_digits_within_64_bits_are_a_number(sent):
    assert bounds.whole_number(sent) is None


@pytest.mark.parametrize(("sent", "number"), [("0", 0), ("7", 7), (str(bounds.MOST), bounds.MOST)])
def test_a_whole_number_is_read(sent, number):
    assert bounds.whole_number(sent) == number
