"""Forms of inspections: plan, checklist, recording, notice, reply, and the departments' own data."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.catalog.models import CatalogItem
from assessments.evaluation import points
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from . import queries, services
from .models import Department, Inspection, InspectionItem, InspectionState, IssuedNotice, NoticeKind

GAPS = (points.PARTIAL, points.UNMET)


class DepartmentForm(RecordForm):
    """A department of the inspection regime."""

    class Meta:
        model = Department
        fields = ("code", "name", "short", "kind", "duty", "unit", "is_active")


class NoticeKindForm(RecordForm):
    """A kind of document a department issues."""

    class Meta:
        model = NoticeKind
        fields = ("department", "name", "word", "basis", "confidence", "reply_days", "needs_signature", "is_active")
        help_texts = {"word": _("文号形如 公网限改〔2026〕1号，这里填“公网限改”。")}


class InspectionForm(RecordForm):
    """The plan: object, leading and other departments, days, layers (none = all)."""

    querysets: ClassVar = {
        "protected_object": queries.inspectable,
        "lead": queries.departments_of,
        "departments": lambda user: Department.objects.filter(is_active=True),
    }
    layers = forms.MultipleChoiceField(
        label=_("检查层面"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选表示全部层面。")
    )

    class Meta:
        model = Inspection
        fields = ("protected_object", "title", "lead", "departments", "basis", "starts_on", "ends_on", "layers")
        widgets = {"departments": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = CatalogItem.objects.order_by("layer").values_list("layer", flat=True).distinct()
        self.fields["layers"].choices = [(name, name) for name in names]

    def clean(self) -> dict[str, Any]:
        """Days in order; the leading department does not take part in itself."""
        values = super().clean()
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _t("结束日期早于开始日期。"))
        if values.get("lead") and values["lead"] in values.get("departments", ()):
            self.add_error("departments", _t("牵头部门不用再列为参加部门。"))
        return values


class QuestionForm(RecordForm):
    """A question of the team's own."""

    class Meta:
        model = InspectionItem
        fields = ("inspection", "control_point", "summary")
        labels = {"control_point": _("检查主题")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Inspection.objects.visible_to(self.user, "run") if self.user else Inspection.objects.none()
        self.fields["inspection"].queryset = rows.filter(state__in=services.OPEN)


class ItemForm(RecordForm):
    """What was found on one item, as a whole or sample by sample."""

    fieldsets: ClassVar = ((_("检查结果"), ("result", "method", "found", "risk", "high_risk_case", "is_major")),)

    class Meta:
        model = InspectionItem
        fields = ("result", "method", "found", "risk", "high_risk_case", "is_major")
        help_texts = {"found": _("部分符合、不符合和不适用须写明情况。"), "risk": _("部分符合、不符合须填写。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.samples: list[Any] = []
        if self.instance.pk and self.instance.pk > 0:
            self._add_samples()

    def _add_samples(self) -> None:
        given = dict(self.instance.sample_results.values_list("sample_id", "result"))
        self.samples = list(self.instance.inspection.samples.all())
        for sample in self.samples:
            self.fields[f"sample_{sample.pk}"] = forms.ChoiceField(
                label=str(sample), required=False, initial=given.get(sample.pk, ""),
                choices=[("", _("不记")), *points.RESULT_LABELS.items()],
            )  # fmt: skip

    def given(self) -> dict[int, str]:
        """Sample → result, of those recorded."""
        found = {sample.pk: self.cleaned_data.get(f"sample_{sample.pk}", "") for sample in self.samples}
        return {pk: result for pk, result in found.items() if result}

    def clean(self) -> dict[str, Any]:
        """What follows from the samples; a gap is described and rated; only a gap is a major danger."""
        values = super().clean()
        given = self.given() if not self.errors else {}
        if given:
            followed = services.combined(given)
            if values.get("result") and values["result"] != followed:
                label = points.RESULT_LABELS[followed]
                self.add_error("result", _t("按样本结果应为“%(what)s”，请留空或改为一致。") % {"what": label})
            values["result"] = self.instance.result = followed
        result = values.get("result")
        if not result:
            return values
        if not values.get("method"):
            self.add_error("method", _t("请选择检查方法。"))
        if result != points.MET and not (values.get("found") or "").strip():
            self.add_error("found", _t("请写明检查情况。"))
        if result in GAPS and not values.get("risk"):
            self.add_error("risk", _t("请填写风险。"))
        if result not in GAPS and (values.get("risk") or values.get("is_major") or values.get("high_risk_case")):
            self.add_error("risk", _t("没有问题的检查项不填风险、判例和重大风险隐患。"))
        if values.get("is_major") and values.get("risk") not in (None, "", "高"):
            self.add_error("risk", _t("重大风险隐患的风险应为“高”。"))
        case = values.get("high_risk_case")
        if case and not self.instance.is_custom and case not in self.instance.high_risk:
            known = "、".join(self.instance.high_risk) or _t("无")
            self.add_error("high_risk_case", _t("这一项可用的判例：%(known)s。") % {"known": known})
        return values


class RecheckForm(RecordForm):
    """What the re-inspection found."""

    class Meta:
        model = InspectionItem
        fields = ("recheck", "recheck_found")

    def clean(self) -> dict[str, Any]:
        """Findings only; what is still open says why."""
        values = super().clean()
        if not self.instance.is_finding:
            self.add_error(None, _t("这一项没有问题，不需要复查。"))
        elif not values.get("recheck"):
            self.add_error("recheck", _t("请选择复查结果。"))
        elif values["recheck"] == InspectionItem.Recheck.OPEN and not (values.get("recheck_found") or "").strip():
            self.add_error("recheck_found", _t("请写明还差什么。"))
        return values


def form_for(item: InspectionItem | None) -> type[RecordForm]:
    """The form that an item asks for now."""
    if item is None:
        return QuestionForm
    return RecheckForm if item.inspection.state == InspectionState.RECHECKING else ItemForm


class SampleForm(UnmarkedForm):
    """The lead's choice of components."""

    chosen = forms.MultipleChoiceField(label=_("样本"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=_("调整理由"), required=False, max_length=200, help_text=_("与建议不同的，须写明。"))

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = inspection.protected_object.components.order_by("kind", "name")
        self.fields["chosen"].choices = [
            (str(row.pk), f"{row.get_kind_display()}：{row.name}" + ("（关键）" if row.is_key else "")) for row in rows
        ]


class MemberForm(UnmarkedForm):
    """Who joins the team until when."""

    user = forms.ModelChoiceField(label=_("人员"), queryset=None, empty_label=_("请选择"))
    until = forms.DateField(label=_("参加到"), widget=DateInput())

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = queries.may_be_invited(inspection)
        self.fields["user"].label_from_instance = lambda user: f"{user.name}（{user.unit}）"
        self.fields["until"].initial = max(inspection.ends_on, today()) + dt.timedelta(days=30)


class StepForm(UnmarkedForm):
    """Base of what a step asks for besides an opinion."""

    def __init__(self, *args: Any, instance: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance, self.user = instance, user


class DraftForm(StepForm):
    """The notice: kind, deadline, text."""

    kind = forms.ModelChoiceField(label=_("文书"), queryset=None, empty_label=_("请选择"))
    deadline = forms.DateField(label=_("整改期限"), widget=DateInput())
    text = forms.CharField(label=_("通知正文"), max_length=4000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        kinds = NoticeKind.objects.filter(department=row.lead_id, is_active=True).select_related("department")
        self.fields["kind"].queryset = kinds
        self.fields["kind"].label_from_instance = lambda kind: kind.name + (
            _t("（须领导签发）") if kind.needs_signature else ""
        )
        days = row.draft_kind.reply_days if row.draft_kind else None
        words = {"name": row.protected_object, "n": row.finding_count, "basis": row.basis}
        text = _t("依据%(basis)s，对%(name)s进行了检查，发现问题 %(n)d 项（见附表）。请按期整改，并书面回复整改情况。")
        self.initial |= {
            "kind": row.draft_kind_id, "deadline": row.draft_deadline or today() + dt.timedelta(days=days or 30),
            "text": row.draft_text or text % words,
        }  # fmt: skip

    def apply(self, obj: Inspection, *, by: Any, at: dt.datetime) -> Inspection:
        """Keep the draft."""
        return services.keep_draft(inspection=obj, by=by, at=at, **self.cleaned_data)


class DeadlineForm(StepForm):
    """The deadline of another round."""

    deadline = forms.DateField(label=_("新的整改期限"), widget=DateInput())

    def apply(self, obj: Inspection, *, by: Any, at: dt.datetime) -> Inspection:
        """Keep it with the draft."""
        day = self.cleaned_data["deadline"]
        return services.keep_draft(
            inspection=obj, kind=obj.draft_kind, deadline=day, text=obj.draft_text, by=by, at=at
        )


class ReplyForm(StepForm):
    """The unit's reply; proofs are attached to the notice before."""

    reply = forms.CharField(label=_("整改情况"), max_length=4000, widget=forms.Textarea({"rows": 6}))

    def apply(self, obj: IssuedNotice, *, by: Any, at: dt.datetime) -> IssuedNotice:
        """Keep the reply of this round."""
        return services.keep_reply(notice=obj, text=self.cleaned_data["reply"], by=by, at=at)
