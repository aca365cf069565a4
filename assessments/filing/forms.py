"""Forms of filings, of a unit's facts (表一), of rules, and of what the police answered."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.queries import changeable
from assets.models import ProtectedObject
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from . import queries, services
from .models import Filing, FilingKind, FilingUnit, ReplyKind, TermRule, certificate_number
from .proof import DecisionForm, in_future

TAKEN = _("这个编号已登记在另一个定级对象上，请核对证书。")


class FilingForm(RecordForm):
    """What is asked of the police about one object; everything else comes from inventory and grading."""

    fieldsets = (
        (_("事项"), ("protected_object", "kind", "reason")),
        (_("填表"), ("filled_by", "filled_on")),
        (_("材料与受理"), ("materials_note", "outside")),
    )
    querysets: ClassVar = {"protected_object": changeable}
    appears: ClassVar = {"reason": ("kind", (FilingKind.CHANGE, FilingKind.EXTENSION, FilingKind.CANCEL))}

    class Meta:
        model = Filing
        fields = ("protected_object", "kind", "reason", "filled_by", "filled_on", "materials_note", "outside")

    def clean(self) -> dict[str, Any]:
        """The matter fits the object; whoever has the police in this system does not go around them."""
        data = super().clean() or self.cleaned_data
        obj, kind = data.get("protected_object"), data.get("kind")
        if told := in_future(data.get("filled_on"), today()):
            self.add_error("filled_on", told)
        if obj is None:
            return data
        if self.instance.pk and obj.pk != self.instance.protected_object_id:
            self.add_error("protected_object", _t("备案事项不能改到另一个对象上，请另办一件。"))
        if why := unfit(obj, kind):
            self.add_error("kind", why)
        if data.get("outside") and queries.officers(obj.unit.path, today()).exists():
            self.add_error("outside", _t("这个单位的备案由公安受理人在本系统办理，不能改为补录。"))
        return data


def unfit(obj: ProtectedObject, kind: Any) -> str:
    """Why a matter of this kind makes no sense for the object, "" when it does."""
    if obj.is_secret_register:
        return _t("涉密系统另行归口，不在这里备案。")
    if (obj.security_level or 0) < queries.FILED_FROM:
        return _t("第二级及以上的对象才备案；该对象%(level)s。") % {"level": obj.level_label}
    if kind == FilingKind.FIRST and obj.filing_number:
        return _t("该对象已有备案证明 %(number)s，请办理变更、延期或撤销。") % {"number": obj.filing_number}
    if kind in (FilingKind.CHANGE, FilingKind.EXTENSION, FilingKind.CANCEL) and not obj.filing_number:
        return _t("该对象还没有备案证明，请办理备案。")
    return ""


class FilingUnitForm(RecordForm):
    """表一: one for all filings of a unit."""

    fieldsets = (
        (_("单位"), ("unit", "police", "affiliation", "kind", "industry", "postcode", "website")),
        (_("单位负责人"), ("head_name", "head_title", "head_phone", "head_mail")),
        (_("网络安全责任部门"),
         ("security_department", "security_contact", "security_title", "security_phone", "security_mail")),
        (_("数据安全管理部门"), ("data_department", "data_contact", "data_title", "data_phone", "data_mail")),
    )  # fmt: skip
    places: ClassVar = {
        field.name: _("备案表 表一") for field in FilingUnit._meta.fields if field.editable and field.name != "id"
    }

    class Meta:
        model = FilingUnit
        fields = "__all__"


class TermRuleForm(RecordForm):
    """The value of a rule and what it rests on."""

    class Meta:
        model = TermRule
        fields = ("number", "day", "basis", "confidence", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unused = "number" if self.instance.unit == TermRule.Unit.DAY else "day"
        del self.fields[unused]
        self.fields["day" if unused == "number" else "number"].required = True
        if "number" in self.fields:
            label = TermRule.Unit(self.instance.unit).label if self.instance.unit else ""
            self.fields["number"].help_text = label
            self.fields["number"].min_value = 1

    def clean_number(self) -> int:
        """A term of nothing is none."""
        value = self.cleaned_data["number"]
        if not 1 <= value <= 600:
            raise forms.ValidationError(_t("应为 1 至 600 之间的整数。"))
        return value


class CertificateForm(UnmarkedForm):
    """Number and day of the certificate the police officer issues."""

    certificate_number = forms.CharField(
        label=_("备案证明编号"), max_length=17, validators=[certificate_number], help_text=_("如 41100043001-25017")
    )
    certified_on = forms.DateField(label=_("发证日期"), widget=DateInput())

    def __init__(self, *args: Any, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance, self.user = instance, user
        if instance is not None and instance.kind == FilingKind.CHANGE:
            self.fields["certificate_number"].initial = instance.protected_object.filing_number

    def clean_certificate_number(self) -> str:
        """On no other object."""
        return free_number(self.cleaned_data["certificate_number"], self.instance)

    def clean_certified_on(self) -> dt.date:
        """Not to come."""
        if told := in_future(self.cleaned_data["certified_on"], today()):
            raise forms.ValidationError(told)
        return self.cleaned_data["certified_on"]

    def apply(self, obj: Filing, *, by: Any, at: dt.datetime) -> Filing:
        """Number and day on the filing; the step stores the rest."""
        return certified(obj, self.cleaned_data["certificate_number"], self.cleaned_data["certified_on"])


def free_number(value: str, filing: Filing | None) -> str:
    """The number, when it stands on no other object. Raises ValidationError."""
    rows = ProtectedObject.objects.filter(filing_number=value)
    if filing is not None:
        rows = rows.exclude(pk=filing.protected_object_id)
    if rows.exists():
        raise forms.ValidationError(TAKEN)
    return value


def certified(obj: Filing, number: str, on: dt.date) -> Filing:
    """The filing with its certificate."""
    Filing.objects.filter(pk=obj.pk).update(certificate_number=number, certified_on=on)
    obj.certificate_number, obj.certified_on = number, on
    return obj


class ReplyForm(DecisionForm):
    """An answer of the police, recorded by the owner."""

    kind: ClassVar[ReplyKind]

    def apply(self, obj: Filing, *, by: Any, at: dt.datetime) -> Filing:
        """Keep the answer; the step that follows stores the rest."""
        self.keep(services.record_reply, filing=obj, kind=self.kind, by=by, at=at)
        return obj


class ReceivedForm(ReplyForm):
    """受理回执."""

    kind = ReplyKind.RECEIVED


class ReturnedForm(ReplyForm):
    """补正通知."""

    kind = ReplyKind.RETURNED


class RejectedForm(ReplyForm):
    """审核不通过通知."""

    kind = ReplyKind.REJECTED


class ApprovedForm(ReplyForm):
    """办结通知."""

    kind = ReplyKind.APPROVED


class OutsideCertificateForm(ReplyForm):
    """备案证明: its number is the certificate's."""

    kind = ReplyKind.CERTIFICATE
    number = None
    certificate_number = forms.CharField(
        label=_("备案证明编号"), max_length=17, validators=[certificate_number], help_text=_("如 41100043001-25017")
    )
    decided_by = forms.CharField(label=_("发证公安机关"), max_length=200)
    decided_on = forms.DateField(label=_("发证日期"), widget=DateInput())
    field_order = ("certificate_number", *ReplyForm.field_order)

    def clean_certificate_number(self) -> str:
        """On no other object."""
        return free_number(self.cleaned_data["certificate_number"], self.instance)

    def apply(self, obj: Filing, *, by: Any, at: dt.datetime) -> Filing:
        """The proof, and number and day on the filing."""
        number = self.cleaned_data["certificate_number"]
        self.keep(services.record_reply, filing=obj, kind=self.kind, number=number, by=by, at=at)
        return certified(obj, number, self.cleaned_data["decided_on"])
