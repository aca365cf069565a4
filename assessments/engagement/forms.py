"""Forms of engagements and agencies, of the result, of a problem, and of who is let in."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.catalog.models import Standard
from assessments.catalog.services import shipped_standard
from assets.inventory.queries import changeable
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from . import queries, results, services
from .models import Agency, Conclusion, Engagement, EngagementFinding, EngagementKind, report_number


class AgencyForm(RecordForm):
    """An agency."""

    class Meta:
        model = Agency
        fields = ("name", "code", "certificate", "valid_until", "note")


class EngagementForm(RecordForm):
    """Who evaluates what, by which contract and for how long."""

    fieldsets = (
        (_("测评什么"), ("protected_object", "kind", "scope_note")),
        (_("委托"), ("agency", "contract_number", "signed_on", "starts_on", "ends_on")),
    )
    querysets: ClassVar = {"protected_object": changeable}

    class Meta:
        model = Engagement
        fields = (
            "protected_object", "kind", "scope_note", "agency", "contract_number", "signed_on", "starts_on", "ends_on"
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Dates in their order, an agency whose certificate holds, an object that stays."""
        data = super().clean() or self.cleaned_data
        start, end, agency = data.get("starts_on"), data.get("ends_on"), data.get("agency")
        if start and end and end < start:
            self.add_error("ends_on", _t("测评结束日期不能早于开始日期。"))
        if agency and end and agency.valid_until and agency.valid_until < end:
            told = _t("该机构的证书 %(day)s 到期，早于测评结束日期；测评机构须在证书有效期内开展测评。")
            self.add_error("agency", told % {"day": agency.valid_until})
        obj = data.get("protected_object")
        if obj and obj.is_secret_register:
            self.add_error("protected_object", _t("涉密系统另行归口，不在这里测评。"))
        if obj and self.instance.pk and obj.pk != self.instance.protected_object_id:
            self.add_error("protected_object", _t("测评项目不能改到另一个对象上，请另建一个。"))
        return data


class ResultForm(UnmarkedForm):
    """Number, date and conclusion of the report."""

    report_number = forms.CharField(label=_("报告编号"), max_length=40)
    report_date = forms.DateField(label=_("报告日期"), widget=DateInput())
    conclusion = forms.ChoiceField(label=_("测评结论"), choices=[("", _("请选择")), *Conclusion.choices])
    rate = forms.DecimalField(
        label=_("符合率（%）"), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2,
        help_text=_("照报告填写；报告没有的留空。"),
    )  # fmt: skip
    reported_on = forms.DateField(
        label=_("报密码管理部门备案日期"), required=False, widget=DateInput(),
        help_text=_("密评填写，出具后 30 日内报送。"),
    )

    def __init__(self, *args: Any, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance, self.user = instance, user
        if instance is not None and instance.kind == EngagementKind.LEVEL:
            del self.fields["reported_on"]
            self.fields["report_number"].help_text = _("如 41100043001-25017-26-0001-01")
        self._prefill(results.of(instance) if instance is not None else None)

    def _prefill(self, found: Any) -> None:
        """As the results by item have it, to be held against the report."""
        if found is None:
            return
        self.initial["report_date"] = found.report_date
        if found.result and self.instance.kind == EngagementKind.LEVEL:
            names = {str(label): value for value, label in Conclusion.choices}
            self.initial["conclusion"] = names.get(found.result["conclusion"], "")
            self.initial["rate"] = found.result["total"]
            self.fields["conclusion"].help_text = _("已按逐项结果填好，请与报告核对。")

    def clean_report_number(self) -> str:
        """As reports have it; its first groups are the object's certificate, the fourth the agency's code."""
        value = self.cleaned_data["report_number"].strip()
        if self.instance.kind == EngagementKind.LEVEL:
            report_number(value)
            self._check_groups(value)
        if Engagement.objects.filter(report_number=value).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_t("这个报告编号已登记在另一个测评项目上，请核对报告封面。"))
        return value

    def _check_groups(self, value: str) -> None:
        certificate = self.instance.protected_object.filing_number
        if not certificate:
            raise forms.ValidationError(_t("该对象还没有登记备案证明编号，报告编号无从核对，请先登记备案。"))
        if not value.startswith(f"{certificate}-"):
            told = _t("前两段应为该对象的备案证明编号 %(number)s，现为 %(found)s；请核对是否填错对象。")
            raise forms.ValidationError(told % {"number": certificate, "found": value[:17]})
        code = value.split("-")[3]
        if code != self.instance.agency.code:
            told = _t("第四段应为测评机构代码 %(code)s，现为 %(found)s。")
            raise forms.ValidationError(told % {"code": self.instance.agency.code, "found": code})

    def clean(self) -> dict[str, Any]:
        """A date that can be, the same year as in the number."""
        data = super().clean() or self.cleaned_data
        day, number = data.get("report_date"), data.get("report_number")
        if day and day > today():
            self.add_error("report_date", _t("报告日期不能晚于今天。"))
        elif day and day < self.instance.starts_on:
            told = _t("报告日期早于测评开始日期（%(day)s）。")
            self.add_error("report_date", told % {"day": self.instance.starts_on})
        found = results.of(self.instance) if day else None
        if found is not None and found.state == "confirmed" and found.report_date != day:
            told = _t("逐项结果的报告日期是 %(day)s，与此不一致，请核对报告封面。")
            self.add_error("report_date", told % {"day": found.report_date})
        if day and number and self.instance.kind == EngagementKind.LEVEL and number.split("-")[2] != f"{day:%y}":
            self.add_error("report_number", _t("第三段是年份，应与报告日期的年份一致。"))
        return data

    def apply(self, obj: Engagement, *, by: Any, at: dt.datetime) -> Engagement:
        """The result on the engagement; the step that follows stores the rest."""
        return services.record_result(engagement=obj, values=self.cleaned_data, by=by, at=at)


class ResultsForm(UnmarkedForm):
    """By which standard the results are entered item by item."""

    standard = forms.ModelChoiceField(label=_("依据标准"), queryset=Standard.objects.none(), empty_label=None)
    report_date = forms.DateField(
        label=_("报告日期"), widget=DateInput(), help_text=_("报告封面的日期，提交前可改。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standards = self.fields["standard"]
        standards.queryset, standards.initial = Standard.objects.order_by("code"), shipped_standard()
        standards.label_from_instance = lambda row: f"{row.code} {row.name}"
        self.fields["report_date"].initial = today()


class FindingForm(UnmarkedForm, forms.ModelForm):
    """A problem of the report."""

    class Meta:
        model = EngagementFinding
        fields = ("clause", "title", "severity", "component", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class AdmitForm(UnmarkedForm):
    """Who of the agency is let in."""

    user = forms.ModelChoiceField(label=_("测评人员"), queryset=queries.User.objects.none(), empty_label=_("请选择"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = queries.possible_accounts(today())
