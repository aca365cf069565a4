"""Forms of projects, of the checklist, and of what departments and examiners say."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.models import ProtectedObject
from secmgmt.accounts.models import OrgUnit, User
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from . import queries, services
from .models import (
    GateDepartment,
    GateItem,
    GateReview,
    GateReviewItem,
    ItemResult,
    Project,
    Verdict,
)

CONDITION = re.compile(r"(?P<day>\d{4}-\d{1,2}-\d{1,2})[\s，,；;]+(?P<text>.+)")
MOST_CONDITIONS = 30
YEARS_AHEAD = 5


class ProjectForm(RecordForm):
    """A project: what it builds, who leads its examination, what of the checklist applies to it."""

    querysets: ClassVar[dict[str, Any]] = {
        "targets": lambda user: ProtectedObject.objects.visible_to(user).filter(is_secret_register=False),
        "lead": lambda _user: OrgUnit.objects.filter(merged_into__isnull=True),
    }
    fieldsets = (
        (_("项目"), ("unit", "name", "kind", "targets", "content", "contact", "budget", "planned_on")),
        (_("审查"), ("level", "lead")),
        (_("适用的附加材料"), queries.CONDITIONS),
    )

    class Meta:
        model = Project
        fields = (
            "unit", "name", "kind", "targets", "content", "contact", "budget", "planned_on", "level", "lead",
            *queries.CONDITIONS,
        )  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "targets": _("先在系统台账登记对象（运行状态选“在建”），再在这里选择。"),
            "lead": _("由该部门的审核人组织审查、作出结论。"),
            "level": _("决定各关口要提供哪些材料。"),
        }

    def clean(self) -> dict[str, Any]:
        """No object leaves the project once a gate was submitted, and none that it blocks by the owner's hand alone."""
        data = super().clean() or self.cleaned_data
        gone = services.dropped_targets(self.instance, data["targets"]) if "targets" in data else []
        if gone:
            told = _t("项目已提交过审查，不能移除：%(names)s。")
            self.add_error("targets", told % {"names": "、".join(map(str, gone))})
        kept = queries.kept_targets(self.instance, data["targets"], self.user) if "targets" in data else []
        if kept and not gone:
            told = _t("尚未投入运行的第二级及以上对象，须由业务规则管理员或安全领导移除：%(names)s。")
            self.add_error("targets", told % {"names": "、".join(map(str, kept))})
        if data.get("level") and queries.unholds(self.instance, data["level"], self.user):
            self.add_error("level", _t("项目含尚未投入运行的对象，降到第一级须由业务规则管理员或安全领导办理。"))
        if data.get("level") and services.lowers_level(self.instance, data["level"]):
            self.add_error("level", _t("项目已提交过审查，拟定等级不能降低。"))
        return data

    def clean_planned_on(self) -> dt.date:
        """A day that can be planned for."""
        day = self.cleaned_data["planned_on"]
        if "planned_on" in self.changed_data and not 2000 <= day.year <= today().year + YEARS_AHEAD:
            raise forms.ValidationError(_t("计划上线日期应在 2000 年以后、今后 %(n)d 年以内。") % {"n": YEARS_AHEAD})
        return day


class GateItemForm(RecordForm):
    """A line of the checklist."""

    class Meta:
        model = GateItem
        fields = (
            "gate", "code", "name", "is_check", "from_level", "to_level", "condition", "blocking", "acceptance",
            "basis", "is_confirmed", "in_use",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = "、".join(str(Project._meta.get_field(name).verbose_name) for name in queries.CONDITIONS)
        told = _t("留空为都适用；可填：%(names)s。填其他文字的，由建设单位说明。")
        self.fields["condition"].help_text = told % {"names": names}

    def clean(self) -> dict[str, Any]:
        """Levels in their order."""
        data = super().clean() or self.cleaned_data
        low, high = data.get("from_level"), data.get("to_level")
        if low and high and low > high:
            self.add_error("to_level", _t("不能低于“适用等级从”。"))
        return data


class GateDepartmentForm(RecordForm):
    """A department that is asked at a gate."""

    class Meta:
        model = GateDepartment
        fields = ("gate", "code", "name", "focus", "mandatory", "only_item", "basis", "is_confirmed")

    def clean_only_item(self) -> str:
        """A line there is."""
        code = self.cleaned_data["only_item"]
        if code and not GateItem.objects.filter(code=code).exists():
            raise forms.ValidationError(_t("清单里没有编码为“%(code)s”的项。") % {"code": code})
        return code


class StatementForm(RecordForm):
    """What the owner says of a line."""

    class Meta:
        model = GateReviewItem
        fields = ("statement", "not_applicable")

    def clean(self) -> dict[str, Any]:
        """What does not apply says why."""
        data = super().clean() or self.cleaned_data
        if data.get("not_applicable") and not (data.get("statement") or "").strip():
            self.add_error("statement", _t("不适用的，请说明理由。"))
        return data


class ExamineForm(UnmarkedForm):
    """What the examiner found of a line."""

    result = forms.ChoiceField(label=_("审查结果"), choices=ItemResult.choices, widget=forms.RadioSelect)
    remark = forms.CharField(label=_("审查意见"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class OpinionForm(UnmarkedForm):
    """What a department says."""

    verdict = forms.ChoiceField(label=_("意见"), choices=Verdict.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("具体意见"), required=False, max_length=2000, widget=forms.Textarea({"rows": 5}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class OverrideForm(UnmarkedForm):
    """Why an object goes into service before acceptance."""

    reason = forms.CharField(
        label=_("理由和风险控制措施"), max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text=_("会记入审计，并一直显示在项目和对象页面上。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class InviteForm(UnmarkedForm):
    """Who is asked, for which department, until when."""

    department = forms.ModelChoiceField(
        label=_("部门"), queryset=GateDepartment.objects.none(), empty_label=_("请选择")
    )
    user = forms.ModelChoiceField(label=_("会商人员"), queryset=User.objects.none(), empty_label=_("请选择"))
    until = forms.DateField(label=_("截止日期"), widget=DateInput())

    def __init__(self, *args: Any, review: GateReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = [row.pk for row in queries.not_asked(review)]
        departments = self.fields["department"]
        departments.queryset = GateDepartment.objects.filter(pk__in=left)
        departments.label_from_instance = lambda row: row.name + ("" if row.mandatory else _t("（可不征求）"))
        people = self.fields["user"]
        people.queryset = queries.consultants(today())
        people.label_from_instance = lambda row: f"{row.unit or ''} {row.name}".strip()


class MeetingForm(RecordForm):
    """The expert meeting, and the number of the document."""

    class Meta:
        model = GateReview
        fields = ("meeting_on", "meeting_members", "meeting_opinion", "number")

    def clean(self) -> dict[str, Any]:
        """A meeting has its day, its members and its opinion."""
        data = super().clean() or self.cleaned_data
        told = [name for name in ("meeting_on", "meeting_members", "meeting_opinion") if data.get(name)]
        if told and len(told) < 3:
            for name in {"meeting_on", "meeting_members", "meeting_opinion"} - set(told):
                self.add_error(name, _t("召开了专家评审会的，日期、专家和意见都要填写。"))
        return data


class ConditionsForm(UnmarkedForm):
    """The conditions of a conclusion, one a line, each with its day."""

    conditions = forms.CharField(
        label=_("通过条件"), max_length=8000, widget=forms.Textarea({"rows": 5}),
        help_text=_("每行一条：完成期限、逗号、要求。例如：2026-12-31，补充密码应用方案评估意见。"),
    )

    def __init__(self, *args: Any, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance, self.user = instance, user

    def clean_conditions(self) -> list[tuple[str, dt.date]]:
        """The lines, read; what is wrong is told with its line."""
        found, wrong = [], []
        for number, line in enumerate(self.cleaned_data["conditions"].splitlines(), 1):
            if line.strip():
                try:
                    found.append(read_condition(line.strip()))
                except ValueError as error:
                    wrong.append(_t("第 %(n)d 行：%(what)s") % {"n": number, "what": error})
        if len(found) > MOST_CONDITIONS:
            wrong.append(_t("最多 %(n)d 条。") % {"n": MOST_CONDITIONS})
        if wrong:
            raise forms.ValidationError(wrong)
        return found

    def apply(self, obj: GateReview, *, by: Any, at: dt.datetime) -> GateReview:
        """Keep them; part of the step that follows."""
        services.check_lead(obj.project, by)
        services.add_conditions(obj, self.cleaned_data["conditions"])
        return obj


def read_condition(line: str) -> tuple[str, dt.date]:
    """(text, day) of one line. Raises ValueError that says what is wrong."""
    match = CONDITION.fullmatch(line)
    if match is None:
        raise ValueError(_t("应先写完成期限，如 2026-12-31，再写要求。"))
    try:
        year, month, day = (int(part) for part in match["day"].split("-"))
        due = dt.date(year, month, day)
    except ValueError as error:
        raise ValueError(_t("“%(day)s”不是日期。") % {"day": match["day"]}) from error
    if due < today():
        raise ValueError(_t("完成期限 %(day)s 已过。") % {"day": due.isoformat()})
    if due.year > today().year + YEARS_AHEAD:
        raise ValueError(_t("完成期限 %(day)s 太远。") % {"day": due.isoformat()})
    text = match["text"].strip()
    if len(text) > 300:
        raise ValueError(_t("要求最多 300 字。"))
    return text, due
