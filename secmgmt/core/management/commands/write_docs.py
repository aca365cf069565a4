"""Write what docs/ holds of workflows and permissions; ``--check`` only says whether it is up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import get_resolver

from secmgmt.core.management.permissions_page import permissions_page
from secmgmt.core.workflow import Workflow

HEAD = """# Workflows

Made by `make docs` from the transition tables; do not edit. Everything below is what `Workflow.fire` enforces.
"""


class Command(BaseCommand):
    """``manage.py write_docs [--check]``"""

    help = "由流程表和授权表生成 docs/workflows.md、docs/permissions.md"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        for name, page in {"workflows.md": workflows_page, "permissions.md": permissions_page}.items():
            path, text = Path(settings.BASE_DIR) / "docs" / name, page()
            if not options["check"]:
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"docs/{name} 与代码不一致，请运行 make docs。")


def workflows_page() -> str:
    """The page: one table per workflow of the product itself."""
    _ = get_resolver().url_patterns  # the URLs import every feature, and so every workflow
    own = ("accounts.", "core.", "assets.", "assessments.", "contingency.")
    found = sorted(label for label in Workflow.registry if label.startswith(own))
    return "\n".join([HEAD, *(table_of(Workflow.registry[label]) for label in found)])


def table_of(workflow: Workflow) -> str:
    """The rows of one workflow in the order they are declared."""
    state = {value: str(label) for value, label in workflow.states.choices}
    lines = [f"## {workflow.model_label}", "", "| step | 动作 | from | to | permission | opinion | freezes |"]
    lines.append("|---|---|---|---|---|---|---|")
    for step in workflow.transitions:
        source = "、".join(state[value] for value in step.source)
        freezes = "freezes" if step.freezes else "thaws" if step.thaws else ""
        opinion = "required" if step.needs_opinion else ""
        cells = (f"`{step.name}`", str(step.label), source, state[step.target], f"`{step.action}`", opinion, freezes)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
