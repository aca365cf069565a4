"""The form that starts a self-assessment, and changes its frame while it is open."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.catalog.services import shipped_standard
from assets.models import ProtectedObject
from secmgmt.core import permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import today
from secmgmt.core.forms import RecordForm

from . import formulas, scoring
from .carrying import confirmed_of
from .models import Assessment

LAST, NONE = "last", "none"


def assessable(user: Any) -> QuerySet:
    """The graded objects in use of which ``user`` may start an assessment."""
    rows = ProtectedObject.objects.visible_to(user).in_use().filter(security_level__isnull=False)
    return permissions.where_may(rows, user, Assessment, "add")


class AssessmentForm(RecordForm):
    """What to assess, by when, and how the figures come about."""

    querysets: ClassVar[dict[str, Any]] = {"protected_object": assessable}
    fieldsets = (
        (_("评什么"), ("protected_object", "standard", "title", "report_date", "due_on", "carry")),
        (_("怎么算"), ("template", "formula", "attention")),
    )

    carry = forms.ChoiceField(
        label=_("沿用"), required=False, initial=LAST,
        choices=[(LAST, _("最近一次已确认的自评估或测评")), (NONE, _("不沿用，重新作答"))],
        help_text=_("沿用的答复逐项标为待确认，注明时间；要求提高或新增的条款不直接采用。"),
    )  # fmt: skip

    class Meta:
        model = Assessment
        fields = (
            "protected_object", "standard", "title", "report_date", "due_on", "template", "formula", "attention",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("standard", "template", "formula", "attention"):  # what is not said has its usual value
            self.fields[name].required = False
        self.fields["formula"].help_text = _("只用于 2025 版模板；所选公式印在每份结果上。")
        attention = self.fields["attention"]
        attention.help_text = _("技术部分在 100 分中所占比例，0 至 1，只用于缺陷扣分；主管部门没有规定的填 0.5。")
        attention.validators += [MinValueValidator(0), MaxValueValidator(1)]
        attention.widget.attrs |= {"min": "0", "max": "1"}
        self._by_date()
        standards = self.fields["standard"]
        standards.label_from_instance = lambda row: f"{row.code} {row.name}"
        standards.empty_label, standards.initial = None, shipped_standard()
        self._earlier()
        if self.instance.pk:  # its items are those of this object's levels
            self.fields["protected_object"].disabled = standards.disabled = True

    def _earlier(self) -> None:
        """What may be carried over: of the object that is chosen, each of its confirmed assessments."""
        if self.instance.pk:
            del self.fields["carry"]
            return
        chosen = whole_number(str(self.data.get("protected_object") or self.initial.get("protected_object") or ""))
        rows = Assessment.objects.visible_to(self.user).filter(state="confirmed", protected_object=chosen)
        listed = rows.order_by("-report_date", "-pk") if chosen is not None and self.user is not None else []
        self.fields["carry"].choices += [(str(row.pk), f"{row.title}（{row.report_date}）") for row in listed]

    def _previous(self, cleaned: dict[str, Any]) -> Assessment | None:
        obj, standard, carry = cleaned.get("protected_object"), cleaned.get("standard"), cleaned.get("carry") or LAST
        if obj is None or standard is None or carry == NONE:
            return None
        rows = confirmed_of(obj, standard.code)
        found = rows.first() if carry == LAST else rows.filter(pk=carry).first()
        if found is None and carry != LAST:
            self.add_error("carry", _("所选的评估依据另一标准，不能沿用。"))
        return found

    def _by_date(self) -> None:
        """A new assessment follows the template of its report's date unless another is chosen."""
        template = self.fields["template"]
        template.help_text = _("按报告日期：2025-03-20 起用 2025 版，之前用 2021 版；2019 版只用于旧报告。")
        if not self.instance.pk:
            template.choices = [("", _("按报告日期")), *((c, label) for c, label in template.choices if c)]
            template.initial = self.initial["template"] = ""

    def clean(self) -> dict[str, Any]:
        """Fill in the method where none was chosen: the template of the report's date and the usual figures."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("template") and cleaned.get("report_date"):
            cleaned["template"] = formulas.default_template(cleaned["report_date"])
        due = cleaned.get("due_on")
        if due and "due_on" in self.changed_data and due < today():  # one that has passed since may stay
            self.add_error("due_on", _("截止日期不能早于今天，请重新选择，或留空不设期限。"))
        cleaned["formula"] = cleaned.get("formula") or "simple"
        cleaned["standard"] = cleaned.get("standard") or shipped_standard()
        if cleaned.get("attention") is None:
            cleaned["attention"] = scoring.ATTENTION_DEFAULT
        if not self.instance.pk:
            cleaned["previous"] = self._previous(cleaned)
        return cleaned
