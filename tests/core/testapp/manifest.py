"""What the test app contributes."""

from __future__ import annotations

from typing import Any

from secmgmt.core.manifest import Manifest, ReportKind, SearchSource
from secmgmt.core.permissions import Capacity
from secmgmt.core.reporting.document import Document, Meta, Paragraph

OWNER = ("view", "add", "change", "delete", "attach")


def report(thing: Any, *, by: Any, at: Any) -> Document:
    """A thing as a document."""
    return Document(thing.name, [Paragraph(thing.note)], meta=Meta(generated_at=at, generated_by=by.audit_name))


MANIFEST = Manifest(
    app="testapp",
    grants={
        "act_as_owner": {"testapp.Thing": OWNER},
        "act_as_unit_lead": {"testapp.Thing": ("view", "agree")},
        "act_as_leader": {"testapp.Thing": ("view", "agree")},
        "act_as_inspector": {"testapp.Thing": ("view", "attach")},
    },
    capacities={"reviewer": Capacity({"testapp.Thing": ("view",)})},
    search=(SearchSource("testapp.Thing", "事项", lambda thing: f"{thing.name} {thing.note}"),),
    reports=(ReportKind("thing", "事项报告", "testapp.Thing", report, formats=("docx", "xlsx"), action="view"),),
    api=(("things", "tests.core.testapp.api:router"),),
)
