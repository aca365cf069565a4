"""What is asked when a standard or an overlay is uploaded; the files themselves are read by ``sources``."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.forms import UnmarkedForm

from .files import MAX_BYTES

TABLE = {"accept": ".xlsx,.csv"}
_NUMBER = re.compile(r"[^\s-].{0,38}")
_EDITION = re.compile(r"[\w.]{1,20}")


class TableField(forms.FileField):
    """A workbook or csv, handed on as its bytes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.FileInput(TABLE), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload is not None and upload.size > MAX_BYTES:
            raise forms.ValidationError(_t("文件超过 %(n)d MB。") % {"n": MAX_BYTES // 1024**2})
        return upload


class OverlayForm(UnmarkedForm):
    """The filled-in workbook of an overlay."""

    file = TableField(label=_("填好的解读表（.xlsx 或 .csv）"), help_text=_("从下载的表填写，最大 10 MB。"))


class StandardForm(UnmarkedForm):
    """A standard of one's own: its names and its tables."""

    number = forms.CharField(
        label=_("标准号（不带年份或版本）"), max_length=39, help_text=_("如 DB41/T 1234、Q/YC 001。")
    )
    edition = forms.CharField(label=_("年份或版本"), max_length=20, help_text=_("如 2026；同一标准的新版本另行上传。"))
    name = forms.CharField(label=_("名称"), max_length=120)
    file = TableField(label=_("条款表（.xlsx 或 .csv）"), help_text=_("一行一个要求项，列与模板相同。"))
    guidance = TableField(
        label=_("指引表（.xlsx 或 .csv）"),
        required=False,
        help_text=_("怎么核查、应附证明等；没有可以不传，已有的不变。"),
    )

    def clean_number(self) -> str:
        value = " ".join(self.cleaned_data["number"].split())
        if not _NUMBER.fullmatch(value):
            raise forms.ValidationError(_t("标准号的写法不对，如 DB41/T 1234。"))
        return value

    def clean_edition(self) -> str:
        value = self.cleaned_data["edition"].strip()
        if not _EDITION.fullmatch(value):
            raise forms.ValidationError(_t("年份或版本由字母、数字和点组成，如 2026。"))
        return value

    @property
    def code(self) -> str:
        """Number and edition, as results keep them."""
        return f"{self.cleaned_data['number']}-{self.cleaned_data['edition']}"
