"""List, form, detail and steps of gradings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.models import ProtectedObject
from secmgmt.core.filters import RecordFilterSet
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews, Role

from . import rules, services
from .forms import GradingForm
from .models import Grading, GradingState
from .workflow import WORKFLOW

GRADINGS = Table(
    (
        Column("protected_object", _("定级对象"), sort="protected_object__name", link=True),
        Column("unit", _("责任单位"), "protected_object.unit"),
        Column("level", _("等级"), lambda g: f"{rules.LEVEL_LABELS[g.level]} {g.sag}", sort="level"),
        Column("state", _("状态"), render=lambda g: state(g), sort="state"),
        Column("report_date", _("报告日期"), sort="report_date"),
        Column("certificate_number", _("备案证明"), default=False),
    ),
    default_sort="-report_date",
)


class GradingFilter(RecordFilterSet):
    """By object, state and level."""

    search_fields = ("protected_object__name", "certificate_number")
    chip_field = "state"

    class Meta:
        model = Grading
        fields = ("state", "level")


class Gradings(FeatureViews):
    """Gradings of the objects in one's scope."""

    model, name, namespace, title = Grading, "grading", "assessments", _("定级备案")
    table, filterset_class, form_class, workflow = GRADINGS, GradingFilter, GradingForm, WORKFLOW
    roles = frozenset(Role) - {Role.EXPORT}
    related = ("protected_object__unit", "updated_by")
    empty_text = _("先在系统台账登记对象，再在这里定级。")
    facts = (
        "protected_object",
        (_("等级"), lambda g: f"{rules.LEVEL_LABELS[g.level]} {g.sag}"),
        "report_date",
        "rule_set",
        (_("业务信息受侵害"), lambda g: harms_text(g, "business")),
        "business_reason",
        (_("系统服务受侵害"), lambda g: harms_text(g, "service")),
        "service_reason",
        "exception_reason",
        (_("主管部门"), lambda g: g.authority_name if g.has_authority else _t("无")),
        "certificate_number",
    )

    def initial(self) -> dict[str, Any]:
        """Started from an object's page."""
        pk = self.request.GET.get("object", "")
        mine = ProtectedObject.objects.visible_to(self.request.user)
        return {"protected_object": pk} if pk.isdigit() and mine.filter(pk=pk).exists() else {}

    def editable(self, obj: Any) -> bool:
        """Only a draft."""
        return obj.state == GradingState.DRAFT

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """A grading under way or determined is history: only a draft is edited or deleted."""
        return super().detail_actions(obj, allowed) if self.editable(obj) else []

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """The proofs of outside decisions beside the record."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """What the special rules say."""
        context = {"warnings": services.warnings_for(obj), "grading": obj}
        return [
            {"title": _t("核对"), "template": "assessments/grading/check.html", "column": "main", "context": context},
        ]


def harms_text(grading: Grading, side: str) -> str:
    """「社会秩序、公共利益：严重损害」 for each object harmed."""
    labels = rules.RULE_SETS[grading.rule_set].object_labels
    return "；".join(f"{labels[name]}：{rules.DEGREE_LABELS[degree]}" for name, degree in grading.harms(side))
