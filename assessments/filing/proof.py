"""Forms that take one file: a document put into its slot, and what was decided outside with the paper that proves it.

Also used by the engagement of agencies.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import attachments, errors
from secmgmt.core.context import turned_away
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.forms import DateInput, UnmarkedForm

UNDECLARED = _("请核对文件内容，并勾选“不涉及国家秘密”。")


class FileForm(UnmarkedForm):
    """One file and what its sender says about it; a refusal stands at its field and in the trail."""

    file = forms.FileField(label=_("文件"), error_messages={"required": _("请选择要上传的文件。")})
    declared_not_secret = forms.BooleanField(
        label=_("本文件不涉及国家秘密"), error_messages={"required": UNDECLARED}
    )
    confirmed_not_secret = forms.BooleanField(label=_("已确认不涉密"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance, self.user = instance, user

    def clean(self) -> dict[str, Any]:
        """A file fit to be kept."""
        data = super().clean() or self.cleaned_data
        upload = data.get("file")
        if upload is not None and data.get("declared_not_secret"):
            try:
                attachments.examined(upload, True, bool(data.get("confirmed_not_secret")))
            except FileRefused as error:
                turned_away(error.code, error.message, self.instance)
                self.add_error("file", error.message)
                if error.code == "secrecy-confirm":  # the box that answers the question
                    self.fields["confirmed_not_secret"].widget = forms.CheckboxInput()
        return data

    @property
    def sent(self) -> dict[str, Any]:
        """The file as services take it."""
        data = self.cleaned_data
        return {
            "upload": data["file"],
            "declared_not_secret": data["declared_not_secret"],
            "confirmed_not_secret": bool(data.get("confirmed_not_secret")),
        }


class SlotForm(FileForm):
    """A document for a slot."""

    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class DecisionForm(FileForm):
    """What was decided outside: by whom, when, its number, and the paper."""

    decided_by = forms.CharField(label=_("答复的公安机关"), max_length=200)
    decided_on = forms.DateField(label=_("答复日期"), widget=DateInput())
    number = forms.CharField(label=_("文号或编号"), max_length=60, required=False)
    field_order = ("decided_by", "decided_on", "number", "file", "declared_not_secret", "confirmed_not_secret")

    def keep(self, service: Any, *, by: Any, at: dt.datetime, **values: Any) -> Any:
        """Call ``service``; what it finds wrong stands at its field too."""
        data = self.cleaned_data
        given = {"decided_by": data["decided_by"], "decided_on": data["decided_on"], "number": data.get("number", "")}
        try:
            return service(**{**given, **self.sent, **values}, by=by, at=at)
        except errors.Invalid as error:
            for name, found in error.errors.items():
                self.add_error(name if name in self.fields else None, found)
            raise


def in_future(day: dt.date | None, today: dt.date) -> str:
    """What is said of a day that has not come, "" when it has."""
    return _t("日期不能晚于今天，请照文件落款日期填写。") if day and day > today else ""
