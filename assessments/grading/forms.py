"""The grading form: harms per object harmed; the level follows from the matrix."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.forms import RecordForm

from . import rules
from .models import Grading

CERTIFICATE = re.compile(r"[0-9]{11}-[0-9]{5}")
SIDES = (("business", _("业务信息")), ("service", _("系统服务")))


class GradingForm(RecordForm):
    """Levels are computed, never typed."""

    fieldsets = (
        (_("定级对象与依据"), ("protected_object", "report_date", "rule_set")),
        (
            _("业务信息安全受到破坏时"),
            ("business_citizens", "business_public_order", "business_national_security", "business_reason"),
        ),
        (
            _("系统服务安全受到破坏时"),
            ("service_citizens", "service_public_order", "service_national_security", "service_reason"),
        ),
        (_("特殊规则"), ("large_personal_data", "public_big_data", "exception_reason")),
        (_("主管部门"), ("has_authority", "authority_name")),
    )

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_set"].required = False
        self.fields["rule_set"].help_text = _t("留空则按报告日期：2025-03-20 起用 2025 版。")
        objects = self.fields["protected_object"]
        objects.queryset = objects.queryset.filter(is_secret_register=False)
        if self.instance.pk:
            objects.disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if isinstance(data.get("report_date"), dt.date) and not data.get("rule_set"):
            data["rule_set"] = rules.default_rule_set(data["report_date"])
        for side, label in SIDES:
            if not any(data.get(f"{side}_{name}") for name in rules.OBJECTS):
                self.add_error(
                    f"{side}_public_order", _t("“%(side)s”至少选择一个受侵害的客体。") % {"side": label}
                )
        if data.get("has_authority") and not data.get("authority_name"):
            self.add_error("authority_name", _t("请写明行业主管部门名称。"))
        return data

    def _post_clean(self) -> None:
        """The levels must stand on the row before it is validated and stored."""
        super()._post_clean()
        if not self.errors:
            self.instance.compute_levels()


class CertificateForm(forms.Form):
    """The number of the filing certificate: 11 digits, a dash, 5 digits."""

    certificate_number = forms.CharField(label=_("备案证明编号"), max_length=20, help_text=_("如 41100043001-25017"))

    def __init__(self, *args: Any, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_certificate_number(self) -> str:
        value = self.cleaned_data["certificate_number"].strip()
        if not CERTIFICATE.fullmatch(value):
            raise forms.ValidationError(_t("应为 11 位数字、横线、5 位数字，请照证书左上角重填。"))
        return value

    def apply(self, obj: Grading, *, by: Any, at: dt.datetime) -> Grading:
        """Put the number on the grading; the step that follows stores the rest."""
        Grading.objects.filter(pk=obj.pk).update(certificate_number=self.cleaned_data["certificate_number"])
        obj.certificate_number = self.cleaned_data["certificate_number"]
        return obj
