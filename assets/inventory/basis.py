"""The base of every form of the inventory: conditions between fields, each said where it is mended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from secmgmt.core.forms import RecordForm

from .choices import OTHERS, OtherText

# How things are written, said before anybody types them wrong
PHONE = _lazy("11 位手机号，或“区号-号码”，如 0374-2988888。")
ADDRESSES = _lazy("每行一个，如 10.1.2.0/24、10.1.2.5-10.1.2.9 或单个地址。")
PORTS = _lazy("如 443、TCP/8443 或 8000-8010，用逗号分开。")


class AssetForm(RecordForm):
    """A record's form with the words for conditions between its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField) and field.choices and field.choices[0][0] == "":
                field.choices = [("", _("请选择")), *field.choices[1:]]
        texts = (field for field in self._meta.model._meta.fields if isinstance(field, OtherText))
        self.others = [(text.of, text.name) for text in texts if text.name in self.fields]
        for choice, text in self.others:
            self.show_with(text, choice, tuple(sorted(OTHERS)))

    def _get_validation_exclusions(self) -> set[str]:
        """The condition of the unique names is part of the check though not of the form."""
        return super()._get_validation_exclusions() - {"is_secret_register"}

    def clean(self) -> dict[str, Any]:
        """The cleaned values, whatever a base class returned; 其他 is said in words, and only 其他."""
        super().clean()
        for choice, text in self.others:
            label = self.fields[choice].label
            if choice in self.errors:
                continue
            if self.cleaned_data.get(choice) in OTHERS:
                self.need(text, _("“%(label)s”选了“其他”") % {"label": label})
            else:
                self.forbid((text,), _("“%(label)s”没有选“其他”") % {"label": label})
        return self.cleaned_data

    def need(self, name: str, why: str) -> None:
        """``name`` must be filled because of ``why``."""
        if self.cleaned_data.get(name) in (None, "") and name not in self.errors:
            label = self.fields[name].label
            self.add_error(name, _("%(why)s，须填写“%(label)s”。") % {"why": why, "label": label})

    def forbid(self, names: tuple[str, ...], why: str) -> None:
        """None of ``names`` may be filled because of ``why``: a fact nobody would look for is not kept."""
        for name in names:
            if self.cleaned_data.get(name) not in (None, "", False):
                label = self.fields[name].label
                self.add_error(name, _("%(why)s，不应填写“%(label)s”。") % {"why": why, "label": label})

    def in_order(self, first: str, last: str, message: str) -> None:
        """The date ``first`` is not after ``last``."""
        start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if start and end and start > end:
            self.add_error(last, message)
