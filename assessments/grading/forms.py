"""The grading form: harms per object harmed; the level follows from the matrix."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.models import ProtectedObject
from secmgmt.core import attachments, errors
from secmgmt.core.clock import today
from secmgmt.core.context import turned_away
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm
from secmgmt.core.models import Attachment

from . import queries, rules, services
from .models import CERTIFICATE, Grading, OutsideDecision, ProofKind

NO_PROOF = _("请附证明文件：上传，或从已有附件中选一份。")
UNDECLARED = _("请核对文件内容，并勾选“不涉及国家秘密”。")
SIDES = (("business", _("业务信息")), ("service", _("系统服务")))


def object_names(rule_set: str) -> dict[str, Any]:
    """The objects harmed as ``rule_set`` calls them; before one is chosen, with both its names where they differ."""
    latest = rules.RULE_SETS[rules.LATEST].object_labels
    if rule_set:
        return dict(rules.RULE_SETS[rule_set].object_labels)
    earlier = rules.RULE_SETS["2020"].object_labels
    both = _t("%(earlier)s（2025 版：%(latest)s）")
    return {
        name: label if label == earlier[name] else both % {"earlier": earlier[name], "latest": label}
        for name, label in latest.items()
    }


class GradingForm(RecordForm):
    """Levels are computed, never typed."""

    fieldsets = (
        (_("定级对象与依据"), ("protected_object", "report_date", "rule_set")),
        (
            _("业务信息安全受到破坏时"),
            (*(f"business_{name}" for name in rules.JUDGING_ORDER), "business_reason"),
        ),
        (
            _("系统服务安全受到破坏时"),
            (*(f"service_{name}" for name in rules.JUDGING_ORDER), "service_reason"),
        ),
        (_("特殊规则"), ("large_personal_data", "public_big_data", "exception_reason")),
        (_("主管部门"), ("has_authority", "authority_unit", "authority_name")),
    )
    querysets: ClassVar = {"authority_unit": lambda _user: queries.possible_authorities()}

    authority_unit = forms.ModelChoiceField(
        label=_("主管部门"), required=False, queryset=queries.OrgUnit.objects.none(), empty_label=_("不在本系统"),
    )

    appears: ClassVar = dict.fromkeys(("authority_unit", "authority_name"), ("has_authority", ()))

    class Meta:
        model = Grading
        fields = [
            "protected_object",
            "report_date",
            "rule_set",
            *(f"{side}_{name}" for side, _label in SIDES for name in (*rules.OBJECTS, "reason")),
            "large_personal_data",
            "public_big_data",
            "exception_reason",
            "has_authority",
            "authority_name",
        ]
        labels: ClassVar = {"authority_name": _("系统外的主管部门")}
        help_texts: ClassVar = {"authority_name": _("上面没有时写全称，由责任单位补录其核准意见和证明。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = object_names(self._rule_set_so_far())
        for side, _side in SIDES:
            for name in rules.OBJECTS:
                field = self.fields[f"{side}_{name}"]
                field.label = names[name]
                field.choices = [("", _t("不侵害")), *field.choices[1:]]
        self.fields["rule_set"].required = False
        self.fields["rule_set"].choices = [("", _t("按报告日期")), *self.fields["rule_set"].choices[1:]]
        self.fields["rule_set"].help_text = _t("留空则按报告日期：2025-03-20 起用 2025 版。")
        objects = self.fields["protected_object"]
        objects.queryset = objects.queryset.filter(is_secret_register=False)
        if self.instance.pk:
            objects.disabled = True
        self.fields["authority_unit"].help_text = _t("有主管部门时必填。") + self._authorities()
        self.fields["authority_unit"].empty_label = _t("不在本系统")
        unit = queries.unit_called(self.initial.get("authority_name", ""))
        if unit is not None:  # kept by name
            self.initial |= {"authority_unit": unit.pk, "authority_name": ""}

    def _rule_set_so_far(self) -> str:
        """The rules that hold by what is filled in, "" before there is a date."""
        filled = {name: self.data.get(self.add_prefix(name), "") for name in ("rule_set", "report_date")}
        if not self.is_bound:
            filled = {name: self.get_initial_for_field(self.fields[name], name) or "" for name in filled}
        if filled["rule_set"] in rules.RULE_SETS:
            return str(filled["rule_set"])
        try:
            day = self.fields["report_date"].to_python(filled["report_date"])
        except forms.ValidationError:
            return ""
        return rules.default_rule_set(day) if day else ""

    def harmed(self) -> list[forms.BoundField]:
        """The fields whose labels depend on the rules."""
        return [self[f"{side}_{name}"] for side, _label in SIDES for name in rules.OBJECTS]

    def _authorities(self) -> str:
        """Which authorities decide here, and what happens with any other."""
        chosen = self.instance.protected_object_id or self.initial.get("protected_object")
        obj = ProtectedObject.objects.visible_to(self.user).filter(pk=chosen).select_related("unit").first()
        told = _t("其他部门由责任单位补录其核准意见和证明。")
        names = queries.authorities_over(obj.unit.path, today()) if obj else []
        return _t("在系统内核准的部门：%(names)s。") % {"names": "、".join(names)} + told if names else told

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day = data.get("report_date")
        if isinstance(day, dt.date):
            data["rule_set"] = data.get("rule_set") or rules.default_rule_set(day)
            if problem := rules.report_date_problem(day, today()):
                self.add_error("report_date", problem)
        for side, label in SIDES:
            if not any(data.get(f"{side}_{name}") for name in rules.OBJECTS):
                self.add_error(
                    f"{side}_public_order", _t("“%(side)s”至少选择一个受侵害的客体。") % {"side": label}
                )
        self._authority(data)
        return data

    def _authority(self, data: dict[str, Any]) -> None:
        """One authority, a unit or one outside; it is kept by its name, as a decision would be printed."""
        unit, name = data.get("authority_unit"), data.get("authority_name")
        if not data.get("has_authority"):
            data["authority_name"] = ""
        elif not unit and not name:
            self.add_error("authority_unit", _t("请选择主管部门；不在本系统的，在下面写明其名称。"))
        elif unit and name and unit != queries.unit_called(name):
            self.add_error("authority_name", _t("主管部门已在上面选定，这里不再填写。"))
        elif unit:
            data["authority_name"] = unit.name

    def _post_clean(self) -> None:
        """The levels must stand on the row before it is validated and stored."""
        super()._post_clean()
        if not self.errors:
            self.instance.compute_levels()


    def proposal(self) -> Proposal:
        """The levels that follow from what is filled in so far."""
        if self.is_bound:
            self.is_valid()  # for what it can clean; what is missing is no error yet
            data = self.cleaned_data
        else:
            data = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        day = data.get("report_date")
        known = isinstance(day, dt.date)
        rule_set = data.get("rule_set") or (rules.default_rule_set(day) if known else rules.LATEST)
        levels = {}
        for side, _label in SIDES:
            harms = [(name, data.get(f"{side}_{name}")) for name in rules.OBJECTS]
            given = [(name, degree) for name, degree in harms if degree]
            levels[side] = rules.highest_level(given, rule_set=rule_set) if given else None
        found = Proposal(rules.RULE_SETS[rule_set].label, levels["business"], levels["service"])
        return found.warned(data, self.instance, day) if found.level else found


@dataclass(frozen=True)
class Proposal:
    """Levels as they would be; None while a side is not judged."""

    rule_set: Any
    business: int | None
    service: int | None
    warnings: tuple[rules.GradingWarning, ...] = ()

    @property
    def level(self) -> int:
        """The level of the object, 0 while a side is open."""
        return rules.final_level(self.business, self.service) if self.business and self.service else 0

    @property
    def text(self) -> str:
        """第三级 S3A2G3."""
        return f"{rules.LEVEL_LABELS[self.level]} {rules.sag(self.business, self.service)}"

    def warned(self, data: dict[str, Any], instance: Grading, day: Any) -> Proposal:
        """With what the special rules hold against it."""
        obj = data.get("protected_object") if isinstance(data.get("protected_object"), ProtectedObject) else None
        if obj is None and instance.pk:
            obj = instance.protected_object
        flags = {name: bool(data.get(name)) for name in ("large_personal_data", "public_big_data")}
        draft = Grading(protected_object=obj, report_date=day, level=self.level, **flags)
        return replace(self, warnings=queries.warnings_for(draft))


class ExpertChoice(forms.ModelChoiceField):
    """Experts by name, title and unit."""

    def label_from_instance(self, obj: Any) -> str:
        return " ".join(filter(None, (obj.name, obj.title, str(obj.unit or ""))))


class InviteForm(UnmarkedForm):
    """Who is asked to review, and until when."""

    user = ExpertChoice(
        label=_("专家"), queryset=queries.User.objects.none(),
        error_messages={"required": _("请选一位专家。"), "invalid_choice": _("只能邀请担任“专家”岗位的人员。")},
    )  # fmt: skip
    until = forms.DateField(
        label=_("截止日期"), required=False, widget=DateInput(), help_text=_("到期后不再看到这次定级；留空则不限。")
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = queries.experts(today)


class ProofForm(UnmarkedForm):
    """Records a decision taken outside: by whom, when, its number, and the file that proves it."""

    kind: ClassVar[ProofKind]

    decided_by = forms.CharField(label=_("作出结论的专家或单位"), max_length=200)
    decided_on = forms.DateField(label=_("结论日期"), widget=DateInput())
    number = forms.CharField(label=_("文号或编号"), max_length=60, required=False)
    proof = forms.ModelChoiceField(
        label=_("已上传的证明文件"), queryset=Attachment.objects.none(), required=False, empty_label=_("不选，下面上传")
    )
    file = forms.FileField(
        label=_("上传证明文件"), required=False, help_text=_("盖章或签名的扫描件。"),
        error_messages={"required": NO_PROOF},
    )  # fmt: skip
    declared_not_secret = forms.BooleanField(
        label=_("本文件不涉及国家秘密"), required=False, help_text=_("上传文件时必勾。"),
        error_messages={"required": UNDECLARED},
    )  # fmt: skip
    confirmed_not_secret = forms.BooleanField(label=_("已确认不涉密"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance, self.user = instance, user
        if instance is not None:
            used = OutsideDecision.objects.filter(grading=instance).values("proof")
            files = Attachment.of(instance).filter(slot__in=("", self.kind)).exclude(pk__in=used)
            self.fields["proof"].queryset = files
            if files.exists():
                self.fields["file"].help_text = _t("没有选已上传的文件时必填：盖章或签名的扫描件。")
            else:
                del self.fields["proof"]
                self.fields["file"].required = self.fields["declared_not_secret"].required = True

    def clean(self) -> dict[str, Any]:
        """One file, fit to be kept; the refusal stands at its field and in the trail."""
        data = super().clean()
        upload = data.get("file")
        if upload is None:
            if not data.get("proof") and "file" not in self.errors:
                self.add_error("file", NO_PROOF)
        elif not data.get("declared_not_secret"):
            if "declared_not_secret" not in self.errors:
                self.add_error("declared_not_secret", UNDECLARED)
        else:
            try:
                attachments.examined(upload, True, bool(data.get("confirmed_not_secret")))
            except FileRefused as error:
                self._refused(error)
        return data

    def _refused(self, error: FileRefused) -> None:
        turned_away(error.code, error.message, self.instance)
        self.add_error("file", error.message)
        if error.code == "secrecy-confirm":  # the box that answers the question
            self.fields["confirmed_not_secret"].widget = forms.CheckboxInput()

    def apply(self, obj: Grading, *, by: Any, at: dt.datetime) -> Grading:
        """Keep the decision; the step that follows stores the rest."""
        data = self.cleaned_data
        names = ("decided_by", "decided_on", "proof", "declared_not_secret", "confirmed_not_secret")
        try:
            services.record_outside(
                grading=obj, kind=self.kind, number=self.number_of(data), upload=data["file"], by=by, at=at,
                **{name: data.get(name) for name in names},
            )  # fmt: skip
        except errors.Invalid as error:
            for name, found in error.errors.items():
                self.add_error(name if name in self.fields else None, found)
            raise
        return obj

    def number_of(self, data: dict[str, Any]) -> str:
        """The number of the document."""
        return data["number"].strip()


class ExpertProofForm(ProofForm):
    """The written opinion of experts."""

    kind = ProofKind.EXPERT
    decided_by = forms.CharField(label=_("评审专家"), max_length=200, help_text=_("全部专家的姓名和单位。"))
    decided_on = forms.DateField(label=_("评审日期"), widget=DateInput())


class AuthorityProofForm(ProofForm):
    """The authority's approval."""

    kind = ProofKind.AUTHORITY
    decided_by = forms.CharField(label=_("主管部门"), max_length=200)
    decided_on = forms.DateField(label=_("核准日期"), widget=DateInput())

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["decided_by"].initial = getattr(instance, "authority_name", "")


class RefusalForm(ProofForm):
    """A refusal in writing."""

    kind = ProofKind.REFUSAL


class CertificateForm(ProofForm):
    """The filing certificate: its number is 11 digits, a dash, 5 digits."""

    kind = ProofKind.CERTIFICATE
    number = None
    certificate_number = forms.CharField(label=_("备案证明编号"), max_length=20, help_text=_("如 41100043001-25017"))
    decided_by = forms.CharField(label=_("发证公安机关"), max_length=200)
    decided_on = forms.DateField(label=_("发证日期"), widget=DateInput())
    field_order = ("certificate_number",)

    def clean_certificate_number(self) -> str:
        value = self.cleaned_data["certificate_number"].strip()
        if not CERTIFICATE.fullmatch(value):
            raise forms.ValidationError(_t("应为 11 位数字、横线、5 位数字，请照证书左上角重填。"))
        elsewhere = Grading.objects.filter(certificate_number=value)
        if elsewhere.exclude(protected_object=self.instance.protected_object_id).exists():
            raise forms.ValidationError(_t("这个编号已登记在另一个定级对象上，请核对证书。"))
        return value

    def number_of(self, data: dict[str, Any]) -> str:
        return data["certificate_number"]

    def apply(self, obj: Grading, *, by: Any, at: dt.datetime) -> Grading:
        """Keep the decision, and put number and day on the grading."""
        super().apply(obj, by=by, at=at)
        values = {
            "certificate_number": self.cleaned_data["certificate_number"],
            "certified_on": self.cleaned_data["decided_on"],
        }
        Grading.objects.filter(pk=obj.pk).update(**values)
        for name, value in values.items():
            setattr(obj, name, value)
        return obj
