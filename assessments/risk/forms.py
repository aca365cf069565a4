"""Forms of risk assessments and of their register."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.core import permissions
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from .models import Leading, Risk, RiskAssessment, RiskState, Treatment


def assessable(user: Any) -> QuerySet:
    """The objects of which ``user`` may assess the risks."""
    rows = ProtectedObject.objects.visible_to(user).filter(is_secret_register=False)
    return permissions.where_may(rows, user, RiskAssessment, "add")


def drafts(user: Any) -> QuerySet:
    """The assessments to whose register ``user`` may add."""
    return RiskAssessment.objects.visible_to(user, "submit").filter(state=RiskState.DRAFT)


class RiskAssessmentForm(RecordForm):
    """What is assessed, by whom, by which method; who leads follows from the position held."""

    querysets: ClassVar[dict[str, Any]] = {"protected_object": assessable}
    fieldsets = (
        (_("评什么"), ("protected_object", "title", "leading", "assessed_on", "scope")),
        (_("怎么算"), ("method", "rule")),
    )

    class Meta:
        model = RiskAssessment
        fields = ("protected_object", "title", "leading", "assessed_on", "scope", "method", "rule")
        help_texts: ClassVar[dict[str, Any]] = {
            "method": _(
                "矩阵取自 GB/T 20984-2007 附录 A，待核对原文；2022 版没有规定具体矩阵。所用方法随每个结果保存。"
            ),
            "rule": _("标准没有规定唯一算法，按本单位选定的规则由保密性、完整性、可用性得出。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["protected_object"].disabled = self.fields["leading"].disabled = True

    def clean(self) -> dict[str, Any]:
        """An inspection's assessment is begun by an inspector, an owner's by the owner; no day to come."""
        data = super().clean() or self.cleaned_data
        held = {grant.role for grant in self.user.grants()} if self.user else set()
        wanted = roles.INSPECTOR.code if data.get("leading") == Leading.INSPECTION else roles.OWNER.code
        if not self.instance.pk and data.get("leading") and wanted not in held:
            self.add_error("leading", _t("自评估由系统负责人发起，检查评估由检查人员发起。"))
        if data.get("assessed_on") and data["assessed_on"] > today():
            self.add_error("assessed_on", _t("评估日期不能晚于今天。"))
        return data


class RiskForm(RecordForm):
    """A line of the register; the result follows."""

    querysets: ClassVar[dict[str, Any]] = {"assessment": drafts}
    fieldsets = (
        (_("资产"), ("assessment", "layer", "asset", "confidentiality", "integrity", "availability")),
        (_("威胁和脆弱性"), ("threat", "frequency", "vulnerability", "severity", "controls")),
        (_("处置"), ("treatment", "measure", "due_on", "residual_frequency", "residual_severity")),
    )

    class Meta:
        model = Risk
        fields = (
            "assessment", "layer", "asset", "confidentiality", "integrity", "availability", "threat", "frequency",
            "vulnerability", "severity", "controls", "treatment", "measure", "due_on", "residual_frequency",
            "residual_severity",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["assessment"].disabled = True

    def clean(self) -> dict[str, Any]:
        """A treatment says how and by when; what is left is never more than there was."""
        data = super().clean() or self.cleaned_data
        if data.get("treatment") and not (data.get("measure") or "").strip():
            self.add_error("measure", _t("选了处置方式的，请写明措施或理由。"))
        if data.get("treatment") == Treatment.REDUCE and not data.get("due_on"):
            self.add_error("due_on", _t("降低风险的，请填写完成期限。"))
        for after, before in (("residual_frequency", "frequency"), ("residual_severity", "severity")):
            if data.get(after) and data.get(before) and data[after] > data[before]:
                self.add_error(after, _t("处置后不能高于处置前。"))
        return data


class AcceptForm(UnmarkedForm):
    """Why and how long a risk is accepted."""

    reason = forms.CharField(label=_("接受的理由"), max_length=1000, widget=forms.Textarea({"rows": 4}))
    until = forms.DateField(label=_("接受至"), widget=DateInput(), help_text=_("最长一年，到期重新办理。"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
