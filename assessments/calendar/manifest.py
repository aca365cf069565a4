"""What the standing calendar contributes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import DutyProvider, HomePanel, Manifest, MenuEntry, Panel, SearchSource

from . import facts
from .queries import OBJECT, self_assessed
from .services import load_shipped
from .todos import coming, duty_todos, object_duties, sees_duties

ACT_LABELS.update(
    {
        "assessments.calendarfeed.close": _("关闭日历订阅"),
        "assessments.calendarfeed.open": _("开通日历订阅"),
        "assessments.dutyrule.export_duties": _("导出工作日历"),
    }
)
RULE = "assessments.DutyRule"

MANIFEST = Manifest(
    app="assessments",
    grants={
        role.code: {RULE: ("view", "export") + (("change",) if role is roles.RULES else ())}
        for role in roles.BUSINESS_ROLES
    },
    menu=(
        MenuEntry(_("定期工作"), _("工作日历"), "assessments:duty-list", "cal", visible=sees_duties, order=300),
        MenuEntry(_("业务规则"), _("定期义务规则"), "assessments:dutyrule-list", "gear", model=RULE, order=522),
    ),
    search=(SearchSource(RULE, _("定期义务"), lambda row: f"{row.name} {row.text} {row.basis}", icon="cal"),),
    api=(("duties", "assessments.calendar.api:router"), ("duty-rules", "assessments.calendar.api:rules")),
    todos=(duty_todos,),
    home=(HomePanel(_("未来 30 天"), "assessments/calendar/coming.html", coming, order=10, column="side"),),
    panels=(Panel(OBJECT, _("定期义务"), "assessments/calendar/panel.html", object_duties, order=55, column="side"),),
    catalogs=(load_shipped,),
    duties=(
        DutyProvider("self-assessment", OBJECT, self_assessed),
        DutyProvider("change-evaluation", OBJECT, facts.after_regrading),
        DutyProvider("crypto-filing", OBJECT, facts.crypto_filed),
        DutyProvider("gate-acceptance", OBJECT, facts.accepted),
    ),
)
