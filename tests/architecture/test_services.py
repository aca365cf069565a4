"""Every service and every write leaves a row on the trail, as far as the sources can say.

What the tests of a feature see happen, this sees before anybody has written them: a new service, or a write to the
database that no audited act stands around, is named here. An exemption says why, and must still be needed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .calls import Name, calls, defined, reaching

RECORD = "secmgmt.core.audit.record"
WRITES = {
    *("create", "bulk_create", "get_or_create", "update_or_create", "save", "bulk_update", "update", "delete"),
    "executemany",
}

# Take ``by`` and ``at`` like a service and write nothing, or only as a part of one.
NO_SERVICE = {
    "assessments.evaluation.offline_book.workbook_of": "reads: the workbook; handing it out is recorded",
    "assessments.filing.reports.build": "reads: the document's text; handing it out is recorded",
    "assessments.filing.forms.CertificateForm.apply": "part of the step, which records",
    "assessments.filing.proof.DecisionForm.keep": "calls the service that records",
    "assessments.findings.services.new_fact": "makes a row that store_facts stores and records",
    "assessments.findings.services.new_finding": "makes a row that store_findings stores and records",
    "assessments.findings.workflow.echo": "takes automatic steps, which record",
    "assessments.scanning.workflow.echo": "takes an automatic step, which records",
    "assessments.campaign.reports.build": "reads: the document's text; handing it out is recorded",
    "assessments.evaluation.reports.build": "reads: the document's text; handing it out is recorded",
    "assessments.evaluation.rectified.build": "reads: the document's text; handing it out is recorded",
    "assessments.grading.reports.build": "reads: the document's text; handing it out is recorded",
    "secmgmt.portal.compliance.build_unit": "reads: the document's text; handing it out is recorded",
    "secmgmt.portal.compliance.build_object": "reads: the document's text; handing it out is recorded",
    "secmgmt.portal.statistics.build": "reads: the document's text; handing it out is recorded",
    "assessments.review.forms.ConditionsForm.apply": "part of the conclusion, whose step records",
    "assessments.review.reports.build": "reads: the document's text; handing it out is recorded",
    "assessments.review.services.follow_conditions": "part of the conclusion, whose step records",
    "assessments.review.services.set_stage": "part of the conclusion, whose step records",
    "assessments.protection.reports.build": "reads: the document's text; handing it out is recorded",
    **dict.fromkeys(
        (f"assessments.rectification.reports.{name}" for name in (
            "plan", "report", "build_plan", "build_item_plan", "build_item_report",
        )),
        "reads: the document's text; handing it out is recorded",
    ),
    "assessments.risk.reports.build": "reads: the document's text; handing it out is recorded",
    "assessments.risk.services.follow_reductions": "part of the signature, whose step records",
    "assessments.inspection.reports.build_notice": "reads: the document's text; handing it out is recorded",
    "assessments.inspection.reports.build_report": "reads: the document's text; handing it out is recorded",
    "secmgmt.portal.reports.document": "reads: the document's text; handing it out is recorded",
    "secmgmt.core.sheets_import.prepare": "reads: checks a preview; store() writes and records it",
    "secmgmt.core.sheets_import.make_statements": "sends nothing yet; store() does and records it",
    "secmgmt.core.sheets_import.write_each": "part of store, by way of the sheet's own service",
    "secmgmt.core.sheets.Rules.tell": "nothing of its own to tell; the import records a table",
    "secmgmt.core.records.stamp": "sets three fields of a row its caller stores",
    "secmgmt.core.ports.corrective_action_changed": "calls the origin, whose service records",
    "assets.connections.services.show_links": "part of save_link, save_hosting and the import, which record",
    "assets.connections.services.show_hostings": "part of save_link, save_hosting and the import, which record",
}

# Write to the database outside every audited act.
NO_ACT = {
    "assessments.filing.forms.certified": "part of the step, which records",
    "assessments.filing.services.load_rules": "called through the manifest by load_catalogs, which records",
    "assessments.scanning.services.load_rules": "called through the manifest by load_catalogs, which records",
    "secmgmt.core.reporting.templates.filled": "saves a Word file into memory, nothing in the database",
    "assessments.calendar.services.load_shipped": "called through the manifest by load_catalogs, which records",
    "assessments.catalog.services.load": "called through the manifest by load_catalogs, which records",
    "assessments.evaluation.reuse.Reuse.keep": "part of the creation of an assessment, which records",
    "assessments.evaluation.reuse_rules.load_rules": "called through the manifest by load_catalogs, which records",
    "assessments.catalog.services._load_items": "part of load",
    "assessments.catalog.services._load_guidance": "part of load",
    "assessments.catalog.services._load_cases": "part of load",
    "assessments.review.services.add_conditions": "part of the conclusion, whose step records",
    "assessments.review.services.follow_conditions": "part of the conclusion, whose step records",
    "assessments.review.services.set_stage": "part of the conclusion, whose step records",
    "assessments.risk.services.follow_reductions": "part of the signature, whose step records",
    "assets.connections.models.Hosting.delete": "what hangs on a row that records.delete deletes and records",
    "assets.connections.models.Interconnection.delete": "what hangs on a row that records.delete deletes and records",
    "assets.inventory.models.ProtectedObject.delete": "what hangs on a row that records.delete deletes and records",
    "secmgmt.accounts.lockout.register_success": "counters of failures; the sign-in around it is recorded",
    "secmgmt.accounts.policy.stored_policy": "the one row with the defaults, made when first read",
    "secmgmt.core.bulk.run_many": "sends the statements of an import, which records",
    "secmgmt.core.jobs.periodic.once_per_period": "bookkeeping of the queue; the work itself records",
    "secmgmt.core.jobs.queue.publish": "bookkeeping of the queue; ordering and ending a job are recorded",
    "secmgmt.core.jobs.queue.sweep": "bookkeeping of the queue; ordering and ending a job are recorded",
    "secmgmt.core.notices.notify": "tells of an act that is recorded itself",
    "secmgmt.core.search.forget_many": "the index is derived from rows whose change is recorded",
    "secmgmt.core.search.rebuild": "the index is derived from rows whose change is recorded",
    "secmgmt.core.search.store_entries": "the index is derived from rows whose change is recorded",
    "secmgmt.portal.management.commands.seed_demo.Command.handle": "marks the made-up people of a demonstration",
}


def services() -> Iterator[Name]:
    """Public functions that are told who acts and when."""
    for name, function in defined().items():
        told = {argument.arg for argument in function.args.kwonlyargs}
        if {"by", "at"} <= told and not function.name.startswith("_"):
            yield name


def audited() -> Iterator[tuple[Name, ast.FunctionDef]]:
    """Functions that are acts of their own."""
    for name, function in defined().items():
        if any(ast.unparse(decorator).endswith("audited") for decorator in function.decorator_list):
            yield name, function


def test_every_public_service_records():
    silent = set(services()) - reaching(RECORD)
    assert silent - set(NO_SERVICE) == set(), "leave no audit row"
    assert set(NO_SERVICE) - silent == set(), "exemptions no longer needed"


def test_every_act_records_and_is_called_by_keyword():
    recording = reaching(RECORD)
    found = dict(audited())
    assert len(found) > 30
    assert [name for name in found if name not in recording] == []
    public = {name: function for name, function in found.items() if not function.name.startswith("_")}
    loose = {name for name, function in public.items() if len(function.args.args) > 1 or not function.args.kwonlyargs}
    assert loose == set(), "take more than one thing by its place"


def test_every_write_to_the_database_is_part_of_an_act_that_records():
    callers: dict[Name, set[Name]] = {}
    for name, used in calls().items():
        for called in used:
            callers.setdefault(called, set()).add(name)
    recording = reaching(RECORD)

    def covered(name: Name, above: tuple[Name, ...] = ()) -> bool:
        """It records, or whoever calls it does."""
        if name in recording:
            return True
        by = callers.get(name, set()) - {*above, name}
        return bool(by) and all(covered(one, (*above, name)) for one in by)

    bare = {name for name, function in defined().items() if writes(function) and not covered(name)}
    assert bare - set(NO_ACT) == set(), "write without a trace"
    assert set(NO_ACT) - bare == set(), "exemptions no longer needed"


def writes(function: ast.AST) -> list[str]:
    """The calls of a function that write to the database."""
    found = []
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
            continue
        text = ast.unparse(node.func)
        elsewhere = any(word in text for word in ("default_storage", "super()", "book.", "canv.", "small.", "session."))
        plain = node.func.attr == "update" and not any(word in text for word in ("objects", ".filter(", "rows."))
        if not elsewhere and not plain:
            found.append(text)
    return found


def test_the_exemptions_give_their_reasons():
    assert all(len(reason) > 10 for reason in (NO_SERVICE | NO_ACT).values())


def test_who_calls_whom_is_read_rightly():
    """A check of the check: through modules, packages, methods, tables of steps, and not where there is nothing."""
    recording = reaching(RECORD)
    assert {
        "secmgmt.core.workflow.Workflow.fire",  # self._keep
        "secmgmt.accounts.administrators.confirm_admin_grant",  # WORKFLOW.fire
        "assets.connections.services.save_link",  # records.save of another package
        "secmgmt.accounts.views.security.Policy.post",
    } <= recording
    assert not {"secmgmt.core.digest.hash_value", "secmgmt.core.permissions.restrict"} & recording
    assert writes(ast.parse("def f(row):\n    row.answers.filter(pk=1).update(value=1)\n    row.save()")) != []
    assert writes(ast.parse("def f(row):\n    found.update(value=1)\n    hash.update(b'')")) == []
