"""What the documents list is what the code has."""

from __future__ import annotations

from pathlib import Path

import pytest

from secmgmt.core.ports import PORTS

DOCS = Path(__file__).resolve().parent.parent / "docs"

pytestmark = pytest.mark.pure


def test_the_architecture_lists_every_port_with_its_parameters():
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    assert [p.name for p in PORTS.values() if f"| `{p.name}({', '.join(p.parameters)})` |" not in text] == []


def test_every_link_of_the_documents_leads_to_a_file():
    root = DOCS.parent
    missing = []
    for page in [*root.glob("*.md"), *DOCS.rglob("*.md")]:
        for piece in page.read_text(encoding="utf-8").split("](")[1:]:
            target = piece.partition(")")[0].partition("#")[0]
            if target and "://" not in target and not (page.parent / target).exists():
                missing.append(f"{page.relative_to(root)}: {target}")
    assert missing == []
