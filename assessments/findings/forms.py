"""The forms of a rule, and of the answer to a question."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from secmgmt.core.forms import RecordForm, UnmarkedForm

from . import services
from .models import AskedFact, FindingRule, Said


class FindingRuleForm(RecordForm):
    """What an organization may change of a rule: its reach, number, gravity, question, terms, ground."""

    fieldsets = (
        (_("发现"), ("name", "severity", "enabled")),
        (_("适用"), ("min_level", "max_level", "number")),
        (_("未知和异议"), ("when_unknown", "question", "valid_months", "dispute_days")),
        (_("依据"), ("basis", "confidence")),
    )

    class Meta:
        model = FindingRule
        fields = (
            *("name", "severity", "enabled", "min_level", "max_level", "number", "when_unknown", "question"),
            *("valid_months", "dispute_days", "basis", "confidence"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.number_unit:
            self.fields["number"].help_text = self.instance.number_unit


class AnswerForm(UnmarkedForm):
    """是, 否 or 不适用; the proof hangs on the question."""

    answer = forms.ChoiceField(label=_("答复"), choices=[("", _("请选择")), *Said.choices])
    explanation = forms.CharField(
        label=_("说明"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text=_("答复“是”须先在询问事项页面上传证明材料；答复“否”或“不适用”须写明情况。"),
    )  # fmt: skip

    def __init__(self, *args: Any, instance: AskedFact, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance, self.user = instance, user
        self.fields["answer"].label = instance.question

    def apply(self, obj: AskedFact, *, by: Any, at: dt.datetime) -> AskedFact:
        """Keep it with the question; the step hands it in."""
        return services.keep_answer(fact=obj, by=by, at=at, **self.cleaned_data)
