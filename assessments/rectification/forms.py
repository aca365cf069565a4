"""Forms of an item: registering one by hand, its plan, its progress, and what the steps ask for."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.queries import changeable, people_for
from secmgmt.core import audit
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from . import services
from .choices import TYPED_BY_HAND, AfterResult, Origin, State
from .models import DueRule, Rectification, RouteRule

FOUND = (
    "protected_object", "origin", "title", "finding", "component", "standard", "clause", "requirement",
    "high_risk_case", "risk", "major", "found_on", "due_on", "due_basis",
)  # fmt: skip
PLAN = ("owner", "root_cause", "measure", "expected", "interim", "cost")
WORK = ("resources", "progress")
HAND = [(origin.value, origin.label) for origin in TYPED_BY_HAND]
MOST_YEARS = 3


class RectificationForm(RecordForm):
    """Of a new item everything; of one that was found elsewhere the plan; of one under way the progress."""

    querysets = {"protected_object": changeable, "owner": people_for}
    fieldsets = (
        (_("问题"), FOUND[:6] + FOUND[8:11]),
        (_("依据和期限"), ("standard", "clause", "requirement", "high_risk_case", "found_on", "due_on", "due_basis")),
        (_("整改方案"), PLAN),
        (_("实施"), WORK),
    )

    class Meta:
        model = Rectification
        fields = (*FOUND, *PLAN, *WORK)
        help_texts = {
            "due_on": _("通报、通知书载明期限的照填；不填按风险规则计算。"),
            "due_basis": _("如通知书文号；期限自填时必填。"),
            "expected": _("验收时看什么，例如“可丢数据不超过 15 分钟”。"),
            "interim": _("高风险问题必填：整改完成之前怎样控制风险。"),
            "cost": _("单位万元，不需要经费填 0。"),
            "major": _("勾选后不能接受风险，由安全领导审批方案。"),
            "progress": _("按时间写，最近的写在最上面。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "origin" in self.fields:
            self.fields["origin"].choices = HAND
        stored = self.instance.pk is not None and self.instance.pk > 0
        self.withheld = withheld(self.instance) if stored else ()
        for name in self.withheld:
            self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        """What was found and when it is due is not changed after the fact; dates make sense."""
        values: dict[str, Any] = super().clean() or {}
        for name in self.withheld:
            if name in self.data:
                label = self._meta.model._meta.get_field(name).verbose_name
                self.add_error(None, _t("“%(label)s”现在不能修改。") % {"label": label})
        if "found_on" in self.fields:
            self._clean_dates(values)
        if values.get("clause") and not values.get("standard"):
            self.add_error("standard", _t("填了条款，请写明是哪个标准。"))
        return values

    def _clean_dates(self, values: dict[str, Any]) -> None:
        found, due = values.get("found_on"), values.get("due_on")
        if found and found > today():
            self.add_error("found_on", _t("发现日期不能晚于今天。"))
        elif found and due and due < found:
            self.add_error("due_on", _t("整改期限不能早于发现日期（%s）。") % found)
        elif due and due > today() + dt.timedelta(days=366 * MOST_YEARS):
            self.add_error("due_on", _t("整改期限最长三年，请核对年份。"))
        if due and not values.get("due_basis", "").strip():
            self.add_error("due_basis", _t("自填期限的，请写明依据，例如通知书文号。"))

    def _post_clean(self) -> None:
        """What follows from the object and the risk is there before the row is checked whole."""
        item, values = self.instance, self.cleaned_data
        if item.pk is None and values.get("risk") in ("高", "中", "低") and values.get("found_on"):
            obj = values.get("protected_object")
            item.level = obj.security_level if obj else None
            item.verifier_role = services.verifier_of(Origin.SELF)
            if not values.get("due_on"):
                due, basis = services.due_of(values["risk"], bool(values.get("major")), values["found_on"])
                values["due_on"], values["due_basis"] = due, basis
            if values.get("owner") is None and obj is not None:
                values["owner"] = obj.owner
        super()._post_clean()


def withheld(item: Rectification) -> tuple[str, ...]:
    """The fields that may no longer be changed as ``item`` stands."""
    if item.state == State.DOING:
        return (*FOUND, *PLAN)
    if item.state == State.PLANNING:
        return ("protected_object", "due_on", "due_basis") if item.is_deletable else FOUND
    return (*FOUND, *PLAN, *WORK)


class StepForm(UnmarkedForm):
    """What a step asks for besides an opinion; ``stored``: form field → field of the item."""

    stored: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        self.instance, self.user = instance, user
        super().__init__(*args, **kwargs)

    def apply(self, obj: Rectification, *, by: Any, at: dt.datetime) -> Rectification:
        """Put what was asked for on the item; the step that follows freezes it."""
        values = {name: self.cleaned_data[name] for name in self.stored}
        before = audit.fields_of(obj, self.stored)
        Rectification.objects.filter(pk=obj.pk).update(**values)
        for name, value in values.items():
            setattr(obj, name, value)
        after = audit.fields_of(obj, self.stored)
        audit.record("assessments.rectification.ask", obj, by=by, at=at, before=before, after=after)
        return obj


class CompleteForm(StepForm):
    """The work is done: with what result, and what the requirement counts now."""

    stored = ("outcome", "after_result")
    outcome = forms.CharField(
        label=_("整改结果"), max_length=2000, widget=forms.Textarea, help_text=_("做了什么、实测怎样；证据先传到附件。")
    )
    after_result = forms.ChoiceField(
        label=_("整改后结果"), choices=AfterResult.choices, initial=AfterResult.MET,
        help_text=_("由验证人核实；部分符合的，剩余问题另行登记。"),
    )  # fmt: skip


class ExtensionForm(StepForm):
    """A later due date, and why."""

    stored = ("asked_due", "asked_reason")
    asked_due = forms.DateField(label=_("申请延至"), widget=DateInput())
    asked_reason = forms.CharField(label=_("延期理由"), max_length=1000, widget=forms.Textarea)

    def clean_asked_due(self) -> dt.date:
        """Later than the due date as it is, and not for years."""
        due = self.cleaned_data["asked_due"]
        if self.instance is not None and due <= self.instance.due_on:
            raise forms.ValidationError(_t("新期限须晚于原期限（%s）。") % self.instance.due_on)
        if due <= today():
            raise forms.ValidationError(_t("新期限须晚于今天。"))
        if due > today() + dt.timedelta(days=366):
            raise forms.ValidationError(_t("一次延期最长一年。"))
        return due


class AcceptanceForm(StepForm):
    """Living with the risk: why, and until when."""

    stored = ("accepted_until", "asked_reason")
    accepted_until = forms.DateField(
        label=_("接受至"), widget=DateInput(), help_text=_("到期自动恢复整改，最长一年。")
    )
    asked_reason = forms.CharField(label=_("接受理由和现有控制措施"), max_length=1000, widget=forms.Textarea)

    def clean_accepted_until(self) -> dt.date:
        """After today, within a year."""
        until = self.cleaned_data["accepted_until"]
        if not today() < until <= today() + dt.timedelta(days=366):
            raise forms.ValidationError(_t("接受期限须在明天至一年之内。"))
        return until


class DueRuleForm(RecordForm):
    """A due-date rule."""

    class Meta:
        model = DueRule
        fields = ("risk", "major", "days", "basis")

    def clean(self) -> dict[str, Any]:
        """A 重大风险隐患 is a high risk."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("major") and values.get("risk") not in ("高", None):
            self.add_error("risk", _t("重大风险隐患按高风险设期限。"))
        return values


class RouteRuleForm(RecordForm):
    """A routing rule."""

    class Meta:
        model = RouteRule
        fields = ("order", "matter", "risk", "only_major", "min_level", "min_cost", "role", "basis")
        help_texts = {
            "order": _("按次序由小到大，用第一条符合的。"),
            "matter": _("不选表示方案和延期都适用。"),
            "risk": _("不选表示各种风险都适用。"),
        }
