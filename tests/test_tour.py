"""The tour says what the pages say: every name it quotes is a text of the product or of its demo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
FOLDERS = ("templates", "secmgmt", "assets", "assessments")
KINDS = (".html", ".py", ".txt", ".csv")

pytestmark = pytest.mark.pure


def written() -> str:
    """All texts of the product, without the spaces and line ends between which a template breaks them."""
    files = (path for name in FOLDERS for path in (ROOT / name).rglob("*") if path.suffix in KINDS)
    return "".join(re.sub(r"\s", "", path.read_text(encoding="utf-8")) for path in files)


def test_every_name_the_tour_quotes_is_on_a_page():
    quoted = {word for text in re.findall("“([^”]+)”", TOUR) for word in text.split("、")}
    assert len(quoted) > 40
    text = written()
    # Put together on the page: a number, "登记" before the name of a record, "…" after what asks once more.
    bare = {re.sub(r"\s|^\d+ |^登记|…$", "", word) for word in quoted} - {""}
    assert sorted(word for word in bare if word not in text) == []


def test_every_command_the_tour_gives_exists():
    for target in re.findall(r"`make ([a-z-]+)`", TOUR):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), target
    for command in re.findall(r"manage\.py (\w+)", TOUR):
        assert list(ROOT.glob(f"*/*/management/commands/{command}.py")), command
