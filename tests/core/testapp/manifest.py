"""What the test app contributes."""

from __future__ import annotations

from secmgmt.core.manifest import Manifest, SearchSource

OWNER = ("view", "add", "change", "delete", "attach")

MANIFEST = Manifest(
    app="testapp",
    grants={
        "act_as_owner": {"testapp.Thing": OWNER},
        "act_as_unit_lead": {"testapp.Thing": ("view", "agree")},
        "act_as_leader": {"testapp.Thing": ("view", "agree")},
        "act_as_inspector": {"testapp.Thing": ("view", "attach")},
    },
    capacities={"reviewer": {"testapp.Thing": ("view",)}},
    search=(SearchSource("testapp.Thing", "事项", lambda thing: f"{thing.name} {thing.note}"),),
    api=(("things", "tests.core.testapp.api:router"),),
)
