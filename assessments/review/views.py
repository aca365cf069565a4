"""Pages of projects, their gates, the opinions of departments, and the checklist."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews, Role

from . import forms, queries, services
from .filters import GateDepartmentFilter, GateItemFilter, GateOpinionFilter, GateReviewFilter, ProjectFilter
from .models import (
    Gate,
    GateDepartment,
    GateItem,
    GateOpinion,
    GateReview,
    GateReviewItem,
    Project,
    ReviewState,
    Stage,
)
from .sheets import DEPARTMENT_SHEET, ITEM_SHEET
from .tables import DEPARTMENTS, ITEMS, OPINIONS, PROJECTS, REVIEWS
from .workflow import WORKFLOW

Button = tuple[str, str, str, str]


def panel(title: str, template: str, *, column: str = "main", **context: Any) -> dict[str, Any]:
    """One panel of a detail page."""
    return {"title": title, "template": f"assessments/review/{template}.html", "column": column, "context": context}


class Projects(FeatureViews):
    """New, rebuilt and extended objects on their way into service."""

    model, name, namespace, title = Project, "project", "assessments", _("建设项目")
    table, filterset_class, form_class = PROJECTS, ProjectFilter, forms.ProjectForm
    exporter = xlsx_exporter
    related = ("unit", "lead", "override_by", "updated_by")
    empty_text = _("新建、改建、扩建项目从立项起登记在这里，依次通过各关口后才能上线。")
    facts = (
        "unit", "kind", "targets", "level", "lead", "stage", "planned_on", "content", "contact", "budget",
        (_("适用的附加材料"), lambda row: "、".join(sorted(row.conditions_met)) or _t("无")),
    )  # fmt: skip

    def store(self, form: Any) -> Any:
        """Not while somebody examines it."""
        return services.store(form, by=self.request.user, at=now())

    def initial(self) -> dict[str, Any]:
        """Started from an object's page."""
        pk = whole_number(self.request.GET.get("object"))
        obj = forms.ProtectedObject.objects.visible_to(self.request.user).filter(pk=pk).first()
        return {"targets": [obj.pk], "unit": obj.unit_id, "name": f"{obj}建设项目"[:100]} if obj else {}

    def list_actions(self) -> list[Button]:
        """The board beside the list."""
        return [(_t("看板"), reverse("assessments:project-board"), "", "list"), *super().list_actions()]

    def fetch(self, pk: int, action: str = "view") -> Any:
        """What was begun once is refused as soon as the page of deletion is opened."""
        obj = super().fetch(pk, action)
        if action == "delete" and not obj.is_deletable:
            raise errors.Conflict(_t("项目已提交过审查，作为历史保留，不能删除。"), obj=obj)
        if action == "delete":
            obj.check_deletion(self.request.user)
        return obj

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """The next gate, and the leadership's way around it."""
        buttons = super().detail_actions(obj, allowed if obj.is_deletable else allowed - {"delete"})
        if "override" in allowed and obj.override_at is None and obj.stage != Stage.ACCEPTED:
            page = reverse("assessments:project-override", args=[obj.pk])
            buttons.append((_t("批准先行上线…"), page, "btn-danger", "alert"))
        return buttons

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Files of the project as a whole."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The way through the gates, the override, and what conclusions still demand."""
        user = self.request.user
        reviews = list(obj.reviews.visible_to(user).order_by("pk"))
        following = queries.next_gate(obj)
        may_start = following is not None and queries.open_review(obj) is None
        may_start = may_start and "submit" in permissions.actions_for(user, [obj])[obj.pk]
        steps = [
            {"gate": gate, "reviews": [row for row in reviews if row.gate == gate], "is_next": gate == following}
            for gate in Gate
        ]
        left = list(queries.open_conditions(obj).select_related("review"))
        found = [panel(_t("关口"), "gates", steps=steps, may_start=may_start)]
        if obj.override_at is not None:
            found.insert(0, panel(_t("先行上线"), "override", project=obj))
        if left:
            found.append(panel(_t("待完成的通过条件"), "conditions", rows=left))
        return found


class GateReviews(FeatureViews):
    """Examinations of gates."""

    model, name, namespace, title = GateReview, "gatereview", "assessments", _("关口审查")
    table, filterset_class, workflow = REVIEWS, GateReviewFilter, WORKFLOW
    exporter = xlsx_exporter
    roles = frozenset({Role.LIST, Role.DETAIL, Role.HISTORY, Role.TRANSITION, Role.EXPORT})
    related = ("project__unit", "project__lead", "updated_by")
    empty_text = _("从建设项目的页面发起关口审查。")
    facts = (
        (_("项目"), lambda row: row.project), (_("建设单位"), lambda row: str(row.project.unit)),
        (_("拟定等级"), lambda row: row.project.get_level_display()),
        (_("牵头部门"), lambda row: str(row.project.lead)), "due_on",
        "meeting_on", "meeting_members", "meeting_opinion", "number", "concluded_at",
    )  # fmt: skip

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """By way of the project."""
        if obj is None:
            return super().crumbs()
        project = obj.project
        return [(str(project), project.get_absolute_url()), (str(obj.get_gate_display()), self.url("detail", obj))]

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """What the leading department does while it examines, and the document."""
        buttons = super().detail_actions(obj, allowed)
        if obj.state not in (ReviewState.PREPARING, ReviewState.REVIEWING) and "export" in allowed:
            preview = f"{reverse('portal:report-preview', args=['gate-review'])}?subject={obj.pk}"
            buttons.append((_t("审查意见书"), preview, "", "eye"))
        leads = "conclude" in allowed and queries.leads_for(self.request.user, obj.project)
        if obj.state == ReviewState.REVIEWING and leads:
            buttons.append((_t("会议与文号"), reverse("assessments:gatereview-meeting", args=[obj.pk]), "", "users"))
            buttons.append((_t("征求部门意见"), reverse("assessments:gatereview-invite", args=[obj.pk]), "", "users"))
        return buttons

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The checklist, the opinions, the conditions."""
        user = self.request.user
        rows, may_examine = queries.items_of(obj, user), queries.may_examine(user, obj)
        counts: dict[str, Any] = {
            "total": len(rows), "prepared": sum(map(queries.is_prepared, rows)),
            "examined": sum(bool(row.result) for row in rows),
        }  # fmt: skip
        opinions = list(obj.opinions.visible_to(user).select_related("user__unit"))
        found = [
            panel(_t("材料与检查"), "checklist", rows=rows, review=obj, may_examine=may_examine, **counts),
            panel(_t("部门意见"), "opinions", rows=opinions, review=obj),
        ]
        conditions = list(obj.conditions.all())
        if conditions:
            found.append(panel(_t("通过条件"), "conditions", rows=conditions))
        return found

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Files of the review as a whole: minutes, the signed document."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


class GateReviewItems(FeatureViews):
    """The lines of a submission: what was handed in, what was found."""

    model, name, namespace, title = GateReviewItem, "gatereviewitem", "assessments", _("审查材料")
    form_class = forms.StatementForm
    roles = frozenset({Role.DETAIL, Role.UPDATE, Role.HISTORY})
    related = ("review__project__unit", "review__project__lead", "updated_by")
    facts = (
        "basis", (_("依据核对"), lambda row: _t("已核对原文") if row.is_confirmed else _t("待核对")), "acceptance",
        "condition", (_("必备"), lambda row: row.blocking), "statement", "not_applicable", "result", "remark",
    )  # fmt: skip

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """By way of the review, for who sees it."""
        if obj is None:
            return []
        sees = GateReview.objects.visible_to(self.request.user).filter(pk=obj.review_id).exists()
        above = [(str(obj.review), obj.review.get_absolute_url())] if sees else []
        return [*above, (str(obj), self.url("detail", obj))]

    def editable(self, obj: Any) -> bool:
        """While documents are collected."""
        return obj.review.state == ReviewState.PREPARING

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """The examiner's page."""
        buttons = super().detail_actions(obj, allowed)
        if "examine" in allowed and queries.may_examine(self.request.user, obj.review):
            page = reverse("assessments:gatereviewitem-examine", args=[obj.pk])
            buttons.append((_t("审查"), page, "btn-pri", "check"))
        return buttons

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """The documents."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


class GateOpinions(FeatureViews):
    """What departments were asked and said."""

    model, name, namespace, title = GateOpinion, "gateopinion", "assessments", _("会商意见")
    table, filterset_class = OPINIONS, GateOpinionFilter
    roles = frozenset({Role.LIST, Role.DETAIL, Role.HISTORY})
    related = ("review__project__unit", "user", "updated_by")
    empty_text = _("被邀请对建设项目出具意见时，列在这里。")
    facts = ("department", "focus", "mandatory", "user", "until", "verdict", "text", "given_at")

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """The person asked gives it."""
        buttons = super().detail_actions(obj, allowed)
        is_open = obj.given_at is None and obj.review.state == ReviewState.REVIEWING
        if is_open and "give" in allowed and obj.user_id == self.request.user.pk:
            buttons.append((_t("出具意见"), reverse("assessments:gateopinion-give", args=[obj.pk]), "btn-pri", "pen"))
        return buttons

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """What the department is shown: the submission, or the one document."""
        user = self.request.user
        review = GateReview.objects.visible_to(user).filter(pk=obj.review_id).first()
        rows = queries.items_of(obj.review, user)
        if obj.only_item:
            rows = [row for row in rows if row.code == obj.only_item]
        return [panel(_t("提供的材料"), "documents", rows=rows, review=review)]


class GateItems(FeatureViews):
    """The checklist of the gates."""

    model, name, namespace, title = GateItem, "gateitem", "assessments", _("审查清单")
    table, filterset_class, form_class, sheet = ITEMS, GateItemFilter, forms.GateItemForm, ITEM_SHEET
    exporter = xlsx_exporter
    empty_text = _("装载标准目录后，这里有随系统提供的清单，可以增删改。")
    facts = (
        "gate", "code", "name", "is_check", "from_level", "to_level", "condition", "blocking", "acceptance", "basis",
        "is_confirmed", "in_use",
    )  # fmt: skip

    def list_actions(self) -> list[Button]:
        """The departments beside it."""
        return [(_t("征求意见部门"), reverse("assessments:gatedepartment-list"), "", "users"), *super().list_actions()]


class GateDepartments(FeatureViews):
    """Whose opinion each gate asks for."""

    model, name, namespace, title = GateDepartment, "gatedepartment", "assessments", _("征求意见部门")
    table, filterset_class, form_class = DEPARTMENTS, GateDepartmentFilter, forms.GateDepartmentForm
    empty_text = _("装载标准目录后，这里有随系统提供的部门，可以增删改。")
    facts = ("gate", "code", "name", "focus", "mandatory", "only_item", "basis", "is_confirmed")
    sheet, exporter = DEPARTMENT_SHEET, xlsx_exporter
