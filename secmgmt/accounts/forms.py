"""Forms of the administrators' pages and of one's own account."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, RecordForm, UnmarkedForm

from . import guards, links, passwords
from .models import ApiToken, LoginPolicy, OrgUnit, User
from .roles import BUSINESS_ROLES

PHONE = gettext_lazy("数字、空格、横线，可以 + 开头，如 13800000000 或 0374-2988888。")


class UnitForm(RecordForm):
    """A unit. The parent is chosen once; later it is moved, with its reason."""

    rename_reason = forms.CharField(
        label=gettext_lazy("更名依据"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("名称有变时填写，旧名进入历史。"),
    )

    class Meta:
        model = OrgUnit
        fields: ClassVar = ["parent", "name", "short_name", "kind", "credit_code", "region_code", "address"]
        help_texts: ClassVar = {
            "credit_code": gettext_lazy("18 位，照登记证书填写。"),
            "region_code": gettext_lazy("6 位数字，如 411000。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["parent"]
        else:
            del self.fields["rename_reason"]
            parent = self.fields["parent"]
            parent.queryset = standing(parent.queryset)
            parent.required = OrgUnit.objects.exists()  # one tree, one root
            parent.empty_label = _("请选择") if parent.required else _("无")


class UserForm(RecordForm):
    """An account's facts. The account name is given once."""

    class Meta:
        model = User
        fields: ClassVar = ["username", "name", "unit", "title", "email", "phone", "expires_on"]
        help_texts: ClassVar = {
            "username": gettext_lazy(
                "3–40 位小写字母、数字、点、横线或下划线；登记后不能修改，也不会给别人再用。"
            ),
            "phone": PHONE,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = standing(unit.queryset)
        if self.instance.pk:
            del self.fields["username"]

    def clean(self) -> dict[str, Any]:
        """Whoever brings the form: another administrator's account is not touched."""
        if self.instance.pk:
            guards.refuse_touching_administrator(self.user, self.instance)
        return super().clean()


class OwnAccountForm(RecordForm):
    """What a person keeps himself."""

    class Meta:
        model = User
        help_texts: ClassVar = {"phone": PHONE}
        fields: ClassVar = ["title", "email", "phone", "shortcuts_on"]


class PolicyForm(RecordForm):
    """The sign-in policy; each number has its bounds."""

    fieldsets = (
        (
            gettext_lazy("登录失败"),
            (
                "account_failures",
                "account_lock_minutes",
                "source_failures",
                "source_window_minutes",
            ),
        ),
        (gettext_lazy("会话"), ("idle_minutes", "absolute_hours")),
        (gettext_lazy("口令"), ("min_length", "min_classes", "max_age_days", "history")),
        (gettext_lazy("账户"), ("dormant_days",)),
    )

    class Meta:
        model = LoginPolicy
        exclude: ClassVar = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if not field.widget.is_hidden:
                low, high = LoginPolicy.bounds(name)
                field.help_text = _("%(low)d–%(high)d") % {"low": low, "high": high}


class PlainForm(UnmarkedForm):
    """A form in the house's markup that belongs to no record."""

    is_wide = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("请选择")

    def sections(self) -> list[dict[str, Any]]:
        """All fields in one group, as the form's template wants them."""
        return [{"title": "", "fields": self.visible_fields(), "help": ""}]


class ReasonForm(PlainForm):
    """Why something is done."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)


class LinksForm(PlainForm):
    """Who of ``people`` (see ``links.without_password``) is given a link; who has one that works is not ticked."""

    users = forms.ModelMultipleChoiceField(
        label=gettext_lazy("账户"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一个账户。"),
            "invalid_choice": gettext_lazy("所选账户中有的已设口令、已停用或不在您的范围内，请重新打开本页。"),
        },
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = list(people[: links.MOST])
        field: Any = self.fields["users"]
        field.queryset = people
        field.choices = [(user.pk, self.label_of(user)) for user in shown]
        told = _("符合条件且未设口令的 %(n)d 个，一次最多 %(most)d 个；链接只在下载的表格里出现一次。")
        field.help_text = told % {"n": people.count(), "most": links.MOST}
        field.initial = [user.pk for user in shown if user.link_until is None]

    def label_of(self, user: Any) -> str:
        """The person, and until when a link works that he has already."""
        if user.link_until is None:
            return label_of(user)
        until = localtime(user.link_until).strftime("%m-%d %H:%M")
        return _("%(who)s（已有链接，%(until)s 前有效）") % {"who": label_of(user), "until": until}


class MoveForm(PlainForm):
    """Another unit, and the ground for it."""

    unit = forms.ModelChoiceField(label=gettext_lazy("单位"), queryset=OrgUnit.objects.none())
    reason = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, help_text=gettext_lazy("如机构改革文件号。")
    )

    def __init__(self, *args: Any, user: User, unit: OrgUnit, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        field.label = label
        field.queryset = standing(OrgUnit.objects.visible_to(user)).exclude(path__startswith=unit.path)


class PositionForm(PlainForm):
    """Who, where, as what, from when until when."""

    user = forms.ModelChoiceField(label=gettext_lazy("用户"), queryset=User.objects.none())
    unit = forms.ModelChoiceField(label=gettext_lazy("单位"), queryset=OrgUnit.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("岗位"))
    title = forms.CharField(label=gettext_lazy("职务"), max_length=60, required=False)
    valid_from = forms.DateField(label=gettext_lazy("起"), widget=DateInput, initial=today)
    valid_until = forms.DateField(
        label=gettext_lazy("止"),
        widget=DateInput,
        required=False,
        help_text=gettext_lazy("含当日；测评机构的岗位必须填写。"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(by).filter(admin_role="", is_active=True).select_related("unit")
        self.fields["user"].queryset = people
        self.fields["user"].label_from_instance = label_of
        self.fields["unit"].queryset = standing(OrgUnit.objects.visible_to(by))
        self.fields["role"].choices = [
            ("", _("请选择")),
            *((role.code, role.label) for role in BUSINESS_ROLES),
        ]


class TermForm(PlainForm):
    """Another last day. ``version``: the position as it was read."""

    valid_until = forms.DateField(
        label=gettext_lazy("止"),
        widget=DateInput,
        required=False,
        help_text=gettext_lazy("含当日，可提前也可推后；留空为长期，测评机构的岗位必须填写。"),
    )
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, position: Any, **kwargs: Any) -> None:
        initial = {"valid_until": position.valid_until, "version": position.version}
        super().__init__(*args, initial=initial, **kwargs)


class EndPositionForm(PlainForm):
    """The last valid day."""

    on = forms.DateField(
        label=gettext_lazy("最后有效日"), widget=DateInput, help_text=gettext_lazy("填昨天即刻结束。")
    )
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today() - dt.timedelta(days=1)


class AdminGrantForm(PlainForm):
    """Who is to become which administrator, or to cease."""

    user = forms.ModelChoiceField(label=gettext_lazy("用户"), queryset=User.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("管理员"), required=False)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = (
            User.objects.visible_to(by).filter(is_active=True).exclude(pk=by.pk).select_related("unit")
        )
        self.fields["user"].label_from_instance = label_of
        choices = [choice for choice in User.AdminRole.choices if choice[0]]
        self.fields["role"].choices = [("", _("取消管理员授权")), *choices]


class TokenForm(PlainForm):
    """What a token is for, what it may do, how long."""

    label = forms.CharField(label=gettext_lazy("用途"), max_length=60)
    scope = forms.ChoiceField(label=gettext_lazy("范围"), choices=ApiToken.Scope.choices)
    days = forms.IntegerField(label=gettext_lazy("有效天数"), min_value=1, max_value=365, initial=90)


class FirstPasswordForm(PlainForm):
    """A new password, twice, under all rules."""

    password1 = forms.CharField(
        label=gettext_lazy("新口令"),
        strip=False,
        validators=[passwords.check_length],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("再输一次新口令"),
        strip=False,
        validators=[passwords.check_length],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = passwords.PolicyValidator().get_help_text()

    def clean_password1(self) -> str:
        """The rules."""
        return get_adapter().clean_password(self.cleaned_data["password1"], user=self.user)

    def clean(self) -> dict[str, Any]:
        """Twice the same."""
        data = super().clean()
        if "password1" in data and data["password1"] != data.get("password2"):
            self.add_error("password2", _("两次输入的口令不一致。"))
        return data


def label_of(user: User) -> str:
    """A person in a list of choices: name, account, unit; nothing more of him."""
    unit = user.unit.short_name or user.unit.name if user.unit else ""
    return "，".join(part for part in (f"{user.name}({user.username})", unit) if part)


def standing(units: Any) -> Any:
    """Units that have not been merged into another."""
    return units.filter(merged_into__isnull=True)
