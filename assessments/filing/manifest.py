"""What filing contributes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.clock import now
from secmgmt.core.manifest import DutyProvider, Manifest, MenuEntry, Panel, ReportKind, SearchSource
from secmgmt.core.permissions import ACTION_LABELS

from . import queries, reports, services
from .chapters import CHAPTERS
from .decisions import DECISIONS
from .demo import create_filings
from .panels import cycle_step, object_filings
from .todos import filing_todos, waiting

ACT_LABELS.update(
    {
        "assets.protectedobject.certificate": _("登记备案证明"),
        "assessments.filing.reply": _("补录公安机关答复"),
        "assessments.filing.report": _("下载备案表"),
    }
)
ACTION_LABELS.update({"handle": _("受理备案")})

OBJECT = "assets.ProtectedObject"
FILING, UNIT, RULE = "assessments.Filing", "assessments.FilingUnit", "assessments.TermRule"
READERS = ("view", "export")
READING: dict[str, tuple[str, ...]] = {FILING: READERS, UNIT: READERS, RULE: READERS}


def load_rules() -> str:
    """Load the shipped rules on terms."""
    return services.load_rules(now())


MANIFEST = Manifest(
    app="assessments",
    grants={
        **dict.fromkeys((roles.UNIT_HEAD.code, roles.LEADER.code, roles.INSPECTOR.code, roles.AUTHORITY.code), READING),
        roles.OWNER.code: {
            FILING: (*READERS, "add", "change", "delete", "submit", "record_outside", "attach"),
            UNIT: (*READERS, "add", "change", "import"),
            RULE: READERS,
        },
        roles.UNIT_LEAD.code: {FILING: READERS, UNIT: (*READERS, "add", "change", "import"), RULE: READERS},
        roles.POLICE.code: {**READING, FILING: (*READERS, "handle")},
        roles.RULES.code: {**READING, RULE: (*READERS, "change")},
    },
    menu=(
        MenuEntry(
            _("等级保护"), _("公安备案"), "assessments:filing-list", "file", model=FILING, order=212, count=waiting
        ),
        MenuEntry(
            _("等级保护"), _("备案单位信息"), "assessments:filingunit-list", "city", model=UNIT, order=214
        ),
        MenuEntry(_("业务规则"), _("备案期限规则"), "assessments:termrule-list", "clock", model=RULE, order=525),
    ),
    search=(
        SearchSource(
            FILING, _("备案"), queries.searched_text, icon="file", related=("protected_object__unit",)
        ),
    ),
    api=(
        ("filings", "assessments.filing.api:filings"),
        ("filing-units", "assessments.filing.api:units"),
        ("term-rules", "assessments.filing.api:rules"),
    ),
    todos=(filing_todos,),
    decisions=DECISIONS,
    panels=(
        Panel(OBJECT, _("公安备案"), "assessments/filing/panel.html", object_filings, order=17),
        Panel(OBJECT, _("证明延期"), "", cycle_step, order=20, column="cycle"),
    ),
    reports=(
        ReportKind(
            "filing",
            _("备案表（表一至表六）"),
            FILING,
            reports.build,
            formats=("pdf", "docx"),
            related=("protected_object__unit", "protected_object__owner", "grading"),
            line=reports.line,
            note=_("单位、定级对象、定级、新技术应用、提交材料和数据摸底情况，按官方版式"),
        ),
    ),
    chapters=CHAPTERS,
    catalogs=(load_rules,),
    chores=(services.tend,),
    duties=(
        DutyProvider("filing", OBJECT, queries.filing_duty),
        DutyProvider("certificate", OBJECT, queries.certificate_duty),
        DutyProvider("certificate-extension", OBJECT, queries.extension_duty),
    ),
    demo=((35, create_filings),),
)
