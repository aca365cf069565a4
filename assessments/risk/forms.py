"""Forms of risk assessments, of their assets and register, and of the lists they choose from."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.rectification.choices import OPEN
from assessments.rectification.models import Rectification
from assets.models import Component, ProtectedObject
from secmgmt.accounts import roles
from secmgmt.core import permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from . import services
from .list_models import RiskMatrix, Threat, Vulnerability
from .models import Leading, Risk, RiskAssessment, RiskAsset, RiskState, Treatment

ITEM = re.compile(r"8\.[0-9]+(\.[0-9]+)*[a-z]?")
PROPERTIES = re.compile(r"[CIA](/[CIA])*")


def assessable(user: Any) -> QuerySet:
    """The objects of which ``user`` may assess the risks."""
    rows = ProtectedObject.objects.visible_to(user).filter(is_secret_register=False)
    return permissions.where_may(rows, user, RiskAssessment, "add")


def drafts(user: Any) -> QuerySet:
    """The assessments to whose register ``user`` may add."""
    return RiskAssessment.objects.visible_to(user, "submit").filter(state=RiskState.DRAFT)


def of_drafts(user: Any) -> QuerySet:
    """The assets of those assessments."""
    return RiskAsset.objects.filter(assessment__in=drafts(user)).order_by("pk")


def problems(user: Any) -> QuerySet:
    """The problems still open of the objects of those assessments."""
    objects = drafts(user).order_by().values("protected_object")
    return Rectification.objects.visible_to(user).filter(protected_object__in=objects, state__in=OPEN).order_by("pk")


def components(user: Any) -> QuerySet:
    """The components of the objects of those assessments."""
    objects = drafts(user).order_by().values("protected_object")
    return Component.objects.visible_to(user).filter(protected_object__in=objects).order_by("pk")


class RiskAssessmentForm(RecordForm):
    """What is assessed, by whom, by which method; who leads follows from the position held."""

    querysets: ClassVar[dict[str, Any]] = {
        "protected_object": assessable, "matrix": lambda _user: RiskMatrix.objects.filter(in_use=True)
    }
    fieldsets = (
        (_("评什么"), ("protected_object", "title", "leading", "assessed_on", "scope")),
        (_("怎么算"), ("method", "matrix", "rule")),
    )

    class Meta:
        model = RiskAssessment
        fields = ("protected_object", "title", "leading", "assessed_on", "scope", "method", "matrix", "rule")
        help_texts: ClassVar[dict[str, Any]] = {
            "method": _("所用方法随每个结果保存；风险页面上同时列出另一方法的结果。"),
            "matrix": _("矩阵和分级，由业务规则管理员维护；不选时用 GB/T 20984-2007 附录 A（待核对原文）。"),
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


class PartForm(RecordForm):
    """A line of an assessment: once it is known of which, only that one's rows are offered."""

    narrowed: ClassVar[dict[str, str]] = {}  # field → lookup from its rows to the assessment

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = self.instance.assessment_id or self.data.get(self.add_prefix("assessment"))
        number = whole_number(str(told or self.initial.get("assessment") or ""))
        if self.instance.pk:
            self.fields["assessment"].disabled = True
        for name, lookup in self.narrowed.items() if number else ():
            self.fields[name].queryset = self.fields[name].queryset.filter(**{lookup: number}).distinct()


class RiskAssetForm(PartForm):
    """An asset with its place in the tree and its grades; the value follows."""

    querysets: ClassVar[dict[str, Any]] = {"assessment": drafts, "parent": of_drafts, "component": components}
    narrowed: ClassVar[dict[str, str]] = {
        "parent": "assessment", "component": "protected_object__risk_assessments"
    }
    fieldsets = (
        (_("资产"), ("assessment", "layer", "name", "parent", "component")),
        (_("赋值"), ("confidentiality", "integrity", "availability", "note")),
    )

    class Meta:
        model = RiskAsset
        fields = (
            "assessment", "layer", "name", "parent", "component", "confidentiality", "integrity", "availability",
            "note",
        )  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {"parent": _("系统资产挂在业务下，组件挂在系统资产下。")}

    def clean(self) -> dict[str, Any]:
        """In its place, beneath what it carries."""
        data = super().clean() or self.cleaned_data
        parent, layer = data.get("parent"), data.get("layer")
        if parent is not None and parent.assessment_id != getattr(data.get("assessment"), "pk", None):
            self.add_error("parent", _t("上层资产不属于这次评估。"))
        elif layer and (why := services.misplaced(layer, parent)):
            self.add_error("parent", why)
        if self.instance.pk and layer and layer != self.instance.layer and self.instance.children.exists():
            self.add_error("layer", _t("下面还挂着其他资产，不能改变层次。"))
        return data


class RiskForm(PartForm):
    """A line of the register; the result follows. Grades left open are taken from the lists."""

    querysets: ClassVar[dict[str, Any]] = {
        "assessment": drafts, "asset": of_drafts, "problem": problems,
        "threat": lambda _user: Threat.objects.filter(in_use=True),
        "vulnerability": lambda _user: Vulnerability.objects.filter(in_use=True),
    }  # fmt: skip
    narrowed: ClassVar[dict[str, str]] = {
        "asset": "assessment", "problem": "protected_object__risk_assessments"
    }
    fieldsets = (
        (_("资产"), ("assessment", "asset")),
        (_("威胁和脆弱性"), ("threat", "frequency", "vulnerability", "problem", "severity", "controls")),
        (_("处置"), ("treatment", "measure", "due_on", "residual_frequency", "residual_severity")),
    )

    class Meta:
        model = Risk
        fields = (
            "assessment", "asset", "threat", "frequency", "vulnerability", "problem", "severity", "controls",
            "treatment", "measure", "due_on", "residual_frequency", "residual_severity",
        )  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "frequency": _("留空取威胁清单的起始频率。"),
            "severity": _("留空取脆弱性清单的起始严重程度。"),
            "vulnerability": _("与“未整改问题”至少填一项。"),
            "problem": _("自评估、检查、扫描等发现、还没有关闭的问题。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("frequency", "severity"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Tied to a weakness; a treatment says how and by when; what is left is never more than there was."""
        data = super().clean() or self.cleaned_data
        self._weakness(data)
        self._starting(data)
        if data.get("treatment") and not (data.get("measure") or "").strip():
            self.add_error("measure", _t("选了处置方式的，请写明措施或理由。"))
        if data.get("treatment") == Treatment.REDUCE and not data.get("due_on"):
            self.add_error("due_on", _t("降低风险的，请填写完成期限。"))
        if data.get("treatment") == Treatment.ACCEPT and data.get("problem") and data["problem"].major:
            self.add_error("treatment", _t("重大风险隐患必须整改，不能接受。"))
        for after, before in (("residual_frequency", "frequency"), ("residual_severity", "severity")):
            if data.get(after) and data.get(before) and data[after] > data[before]:
                self.add_error(after, _t("处置后不能高于处置前。"))
        self._twice(data)
        return data

    def _weakness(self, data: dict[str, Any]) -> None:
        row, asset, problem = data.get("assessment"), data.get("asset"), data.get("problem")
        if not data.get("vulnerability") and not problem and "vulnerability" not in self.errors:
            self.add_error("vulnerability", _t("请选择脆弱性，或选择一个未整改问题。"))
        if row and asset and asset.assessment_id != row.pk:
            self.add_error("asset", _t("这项资产不属于这次评估。"))
        if row and problem and problem.protected_object_id != row.protected_object_id:
            self.add_error("problem", _t("这个问题不是评估对象的。"))

    def _starting(self, data: dict[str, Any]) -> None:
        """What the lists say where nothing was said."""
        for name, source in (("frequency", data.get("threat")), ("severity", data.get("vulnerability"))):
            if data.get(name) or name in self.errors:
                continue
            if source is None:
                self.add_error(name, _t("“%(label)s”没有填写。") % {"label": self.fields[name].label})
            else:
                data[name] = getattr(source, name)

    def _twice(self, data: dict[str, Any]) -> None:
        same = ("asset", "threat", "vulnerability", "problem")
        if self.errors or not data.get("asset"):
            return
        if Risk.objects.filter(**{name: data.get(name) for name in same}).exclude(pk=self.instance.pk).exists():
            self.add_error("threat", _t("这项资产已登记过相同威胁和脆弱性的风险。"))


class AcceptForm(UnmarkedForm):
    """Why and how long a risk is accepted."""

    reason = forms.CharField(label=_("接受的理由"), max_length=1000, widget=forms.Textarea({"rows": 4}))
    until = forms.DateField(label=_("接受至"), widget=DateInput(), help_text=_("最长一年，到期重新办理。"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ThreatForm(RecordForm):
    """A threat of the list."""

    class Meta:
        model = Threat
        fields = (
            "code", "name", "source", "description", "frequency", "properties", "basis", "is_confirmed", "in_use"
        )  # fmt: skip

    def clean_properties(self) -> str:
        """As C, I and A."""
        value = self.cleaned_data["properties"].upper()
        if not PROPERTIES.fullmatch(value):
            raise forms.ValidationError(_t("请写 C、I、A，用斜线分开，如 C/I。"))
        return value


class VulnerabilityForm(RecordForm):
    """A vulnerability of the list, tied to items and threats."""

    class Meta:
        model = Vulnerability
        fields = (
            "code", "name", "layer", "items", "description", "severity", "threats", "basis", "is_confirmed", "in_use"
        )  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "items": _("GB/T 22239-2019 第三级条款，用空格分开，如 8.1.1.2 8.1.4.4e。"),
            "threats": _("威胁编码，用空格分开。"),
        }

    def clean_items(self) -> str:
        """Codes of level 3."""
        codes = self.cleaned_data["items"].split()
        if strange := [code for code in codes if not ITEM.fullmatch(code)]:
            raise forms.ValidationError(_t("“%s”不是第三级条款的写法，如 8.1.4.4e。") % strange[0])
        return " ".join(codes)

    def clean_threats(self) -> str:
        """Codes there are."""
        codes = self.cleaned_data["threats"].split()
        known = set(Threat.objects.filter(code__in=codes).values_list("code", flat=True))
        if strange := [code for code in codes if code not in known]:
            raise forms.ValidationError(_t("威胁清单里没有编码“%s”。") % strange[0])
        return " ".join(codes)


class RiskMatrixForm(RecordForm):
    """One edition of the tables."""

    fieldsets = (
        (_("版本"), ("edition", "basis", "is_confirmed", "in_use")),
        (_("矩阵（五行，每行五个数，空格分开）"), ("likelihood", "loss", "risk")),
        (_("分级上限（一至五级，五个数，空格分开）"),
         ("likelihood_bands", "loss_bands", "risk_bands", "product_bands")),
    )  # fmt: skip

    class Meta:
        model = RiskMatrix
        fields = (
            "edition", "basis", "is_confirmed", "in_use", "likelihood", "loss", "risk", "likelihood_bands",
            "loss_bands", "risk_bands", "product_bands",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("likelihood", "loss", "risk"):
            self.fields[name].widget.attrs["rows"] = 5

    def clean(self) -> dict[str, Any]:
        """Tables that can be calculated with: what cannot stands at its field."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            RiskMatrix(**{name: data[name] for name in self._meta.fields}).tables  # noqa: B018  (it reads them)
        except ValueError as error:
            name, _colon, why = str(error).partition(": ")
            self.add_error(name if name in self.fields else None, _t("%(why)s。") % {"why": why or name})
        return data
