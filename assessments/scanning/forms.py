"""The forms of scanning: a file to import, a component for an address, a rule."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.forms import RecordForm, UnmarkedForm

from .models import ScanFinding, ScannerRule
from .queries import changeable, units_for
from .rules import check_pattern

_ITEMS = re.compile(r"8\.\d+(\.\d+)*[a-z]?")


class ScanForm(UnmarkedForm):
    """A scanner's result file, for a unit."""

    unit: Any = forms.ModelChoiceField(
        label=_("单位"), queryset=None, help_text=_("只与这个单位及下属单位的部件匹配。")
    )
    file = forms.FileField(label=_("扫描结果（.xml 或 .nessus）"), widget=forms.FileInput({"accept": ".xml,.nessus"}))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_for(user)
        self.fields["unit"].queryset = units
        self.fields["unit"].initial = units.filter(pk=user.unit_id).first() or units.first()
        self.fields["file"].help_text = _t("Nmap XML、Nessus v2 或 OpenVAS/Greenbone XML，最大 %d MB。") % most_mb()

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            words = {"size": upload.size // 1024**2, "most": most_mb()}
            text = _t("文件 %(size)d MB，超过上限 %(most)d MB。请按网段分批扫描，或分主机导出。")
            raise ValidationError(text % words)
        return upload


def most_mb() -> int:
    """The largest file, in MB."""
    return settings.UPLOAD_MAX_BYTES // 1024**2


class FindingForm(RecordForm):
    """Which component an address is; nothing else of a scanner's word is edited."""

    querysets = {"component": changeable}

    class Meta:
        model = ScanFinding
        fields = ("component",)
        help_texts = {"component": _("指定后，以后的扫描仍归到这个部件。")}

    def clean(self) -> dict[str, Any]:
        """The problem belongs to the unit of its component."""
        values = super().clean() or self.cleaned_data
        component = values.get("component")
        if component is None:
            self.add_error("component", _t("请选择部件。"))
        else:
            self.instance.unit = component.protected_object.unit
        return values


class RuleForm(RecordForm):
    """A mapping rule."""

    fieldsets = (
        (_("认什么"), ("code", "order", "source", "match_field", "pattern")),
        (_("是什么问题"), ("problem", "items", "risk", "basis", "enabled")),
    )

    class Meta:
        model = ScannerRule
        fields = ("code", "order", "source", "match_field", "pattern", "problem", "items", "risk", "basis", "enabled")
        help_texts = {
            "order": _("从小到大逐条比较，第一条匹配的生效。"),
            "pattern": _("不分大小写的正则表达式；CVSS 写成用空格分开的比较，如“>=7.0 <9.0”。"),
            "items": _("GB/T 22239-2019 第三级条款，用空格分开，如 8.1.4.4e；其他等级按沿革对应。"),
        }

    def clean(self) -> dict[str, Any]:
        """The pattern can be run; the items are of level 3."""
        values = super().clean() or self.cleaned_data
        if values.get("match_field") and values.get("pattern"):
            try:
                check_pattern(values["match_field"], values["pattern"])
            except ValidationError as error:
                self.add_error("pattern", error)
        strange = [code for code in (values.get("items") or "").split() if not _ITEMS.fullmatch(code)]
        if strange:
            self.add_error("items", _t("“%s”不是第三级条款的写法，如 8.1.4.4e。") % strange[0])
        return values
