"""docs/permissions.md: who may do what, read from what the manifests gave out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from secmgmt.core import permissions
from secmgmt.core.workflow import workflow_of

HEAD = """# Permissions

Made by `make docs` from the manifests and the workflow tables; do not edit. `tests/permissions.csv` (every URL) and
`tests/transitions.csv` (every step) hold the same by hand, and the tests compare.

## The rules

- **A position** gives a person a role over a unit for a time. It reaches the unit and everything beneath it
  (*own* and *below*), nothing above and nothing beside it (*other*). It counts from its first day to the end of its
  last; before and after, its holder is anybody else. No job is needed for that: every query asks the day.
- **When units merge or move**, positions and rows go along at once; the old names stay in the history.
- **Taking part** (*invited*) opens a single row to a person or unit from elsewhere, in a capacity and until a day.
  Positions elsewhere give nothing on that row, and an invitation that is over gives nothing at all. A capacity that
  stands on a role holds only while the person holds that role. What a unit takes part in is open to whoever holds a
  position at that unit or above it, with a role that carries the action on such rows.
- **404 or 403**: a row that is not there and a row that is not yours are the same 404. A row you may see, but not
  treat so, is a 403 that names who may. Lists, counts, search, exports, jobs and the API show the same rows.
- **What hangs on a row** (files, comments, notices, jobs, documents) has the row's visibility; files and
  remarks exist only where the model says so. Files may be added by who may change the row or holds 上传附件 on it (of
  an item of a self-assessment: who answers that item), and taken off by who added them or who may add by position.
  A document says the same to all its readers, whoever made it: of connections and hosting what its unit knows.
- **A step** of a workflow needs its action, the right state, and what its guard asks, such as not being the
  submitter (docs/workflows.md).
- **The three administrators** are no positions: a person is at most one of them, holds no position, and sees no
  business data. One asks for an administrator's role, another confirms it; from then on the person takes part in
  nothing, and what he took part in has ended. The audit trail shows the audit administrator that free text of
  business was written or changed, by length and digest, but not the text; the record's own history shows it to
  those who see the record.
- **Second factor**: roles marked so must have one before they do anything else.
"""
Grants = dict[str, dict[str, set[str]]]  # "app.model" → action → holders


def permissions_page() -> str:
    """The whole page."""
    _ = get_resolver().url_patterns  # the URLs import every feature, and so every workflow
    ours = (model for model in apps.get_models() if not model.__module__.startswith("tests."))
    models = [m for m in ours if permissions.roles_by_action(m) or permissions.capacities_by_action(m)]
    models.sort(key=lambda m: m._meta.label_lower)
    parts = [HEAD, roles_part(), models_part(models), capacities_part(models), areas_part()]
    return "\n".join(parts)


def table(*heads: str) -> list[str]:
    """The first two lines of a table."""
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]


def line(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def roles_part() -> str:
    """Every role with its name and purpose."""
    lines = ["## Roles", "", *table("role", "名称", "what it is for", "second factor")]
    for role in permissions.ROLES.values():
        lines.append(line(f"`{role.code}`", str(role.label), role.purpose, "yes" if role.second_factor else ""))
    return "\n".join(lines) + "\n"


def models_part(models: list[type[Model]]) -> str:
    """For each kind of row, who may do what; kinds with the same rows of the table share it."""
    tables: dict[str, list[str]] = defaultdict(list)
    for model in models:
        found = holders(permissions.roles_by_action(model))
        order = list(permissions.ROLES)
        lines = table("who", "may")
        for actions, held in sorted(found.items(), key=lambda entry: (-len(entry[0]), order.index(entry[1][0]))):
            lines.append(line(names_of(held), "、".join(label_of(model, a) for a in actions)))
        tables["\n".join(lines)].append(name_of(model))
    return "## What a role may do\n\n" + "\n".join(
        f"### {'、'.join(names)}\n\n{text}\n" for text, names in tables.items()
    )


def names_of(codes: list[str]) -> str:
    """Several roles in Chinese; all positions in two words."""
    positions = [code for code, role in permissions.ROLES.items() if not role.administers]
    if set(positions) <= set(codes):
        return "、".join(["全部业务岗位", *(str(permissions.ROLES[c].label) for c in codes if c not in positions)])
    return "、".join(str(permissions.ROLES[code].label) for code in codes)


def holders(by_action: dict[str, set[str]]) -> dict[tuple[str, ...], list[str]]:
    """Sets of actions with those who hold just them."""
    actions_of: dict[str, set[str]] = defaultdict(set)
    for action, codes in by_action.items():
        for code in codes:
            actions_of[code].add(action)
    order = list(permissions.ACTION_LABELS)
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    known = [*permissions.ROLES, *sorted(set(actions_of) - set(permissions.ROLES))]
    for code in known:
        if code in actions_of:
            found[tuple(sorted(actions_of[code], key=order.index))].append(code)
    return found


def label_of(model: type[Model], action: str) -> str:
    """An action in Chinese, with the steps of the workflow it stands for."""
    workflow, text = workflow_of(model), permissions.action_label(action)
    steps = [str(step.label) for step in workflow.transitions if step.action == action] if workflow else []
    return f"{text}（{'/'.join(steps)}）" if steps and steps != [text] else text


def name_of(model: type[Model]) -> str:
    """定级 `assessments.Grading`."""
    return f"{model._meta.verbose_name} `{model._meta.label}`"


def capacities_part(models: list[type[Model]]) -> str:
    """What taking part in a row opens."""
    lines = [
        "## Taking part", "",
        "A participation opens all fields of the row, or only those it names (`Participation.fields`); who was shown",
        "some fields only has neither the row's history, opinions, comments nor files. Every capacity of this version",
        "opens all fields.", "",
        *table("capacity", "名称", "row", "may", "stands on the role"),
    ]  # fmt: skip
    for model in models:
        for actions, held in holders(permissions.capacities_by_action(model)).items():
            for code in held:
                labels = "、".join(label_of(model, action) for action in actions)
                label, role = str(permissions.CAPACITY_LABELS[code]), permissions.CAPACITIES[code].role
                stands_on = str(permissions.ROLES[role].label) if role else ""
                lines.append(line(f"`{code}`", label, name_of(model), labels, stands_on))
    return "\n".join(lines) + "\n"


def areas_part() -> str:
    """The pages kept for administrators."""
    found: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, area in areas(get_resolver(), ""):
        stem, _dash, page = name.partition("-")
        found[area][stem].append(page)
    lines = ["## Administrators' areas", "", "Anybody else gets a 403 on these pages that says whose they are.", ""]
    lines += table("whose", "URL names", "pages")
    for area, pages in found.items():
        lines += [line(names_of(list(area)), f"`{stem}-…`", "、".join(names)) for stem, names in pages.items()]
    last = "The sign-in policy is the security administrator's, the audit trail the audit administrator's alone."
    return "\n".join([*lines, "", last]) + "\n"


def areas(resolver: Any, before: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(URL name, the administrators it is kept for)."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from areas(entry, before + (f"{entry.namespace}:" if entry.namespace else ""))
        elif isinstance(entry, URLPattern):
            area = getattr(getattr(entry.callback, "view_class", None), "area", ())
            if area:
                yield f"{before}{entry.name}", area
