"""The system administrator's area: units and users."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from secmgmt.core import errors, pages
from secmgmt.core.clock import now
from secmgmt.core.reporting.xlsx_cells import export_rows
from secmgmt.core.sheets_import import workbook_response, xlsx_exporter
from secmgmt.core.views import Role

from .. import guards, links, services
from ..filters import UnitFilter, UserFilter
from ..forms import LinksForm, MoveForm, ReasonForm, UnitForm, UserForm
from ..models import OrgUnit, User
from ..sheets import UNIT_SHEET, USER_SHEET
from ..tables import UNITS, USERS, masked
from .area import SYSTEM, ActView, AreaViews, require_area, stored_by

PLAIN_ROLES = frozenset(Role) - {Role.DELETE, Role.TRANSITION}


class Units(AreaViews):
    """The tree of units."""

    area = (SYSTEM,)
    model, name, title = OrgUnit, "unit", gettext_lazy("单位")
    roles = PLAIN_ROLES
    table, filterset_class, form_class = UNITS, UnitFilter, UnitForm
    sheet, exporter = UNIT_SHEET, xlsx_exporter
    related = ("parent", "merged_into", "updated_by")
    facts = (
        "name",
        "short_name",
        "kind",
        "parent",
        "credit_code",
        "region_code",
        "address",
        "merged_into",
    )
    empty_text = gettext_lazy("先登记根单位（如“××市”），其余单位挂在它下面。")

    def store(self, form: Any) -> OrgUnit:
        """Adding gives the path, changing keeps the old name."""
        service = services.change_unit if form.instance.pk else services.add_unit
        return stored_by(lambda: service(form=form, by=self.request.user, at=now()), form)

    def detail_actions(self, obj: OrgUnit, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Move and merge besides editing."""
        if obj.merged_into_id:
            return []
        buttons = super().detail_actions(obj, allowed)
        if obj.parent_id:
            buttons.append((_("移到…"), reverse("administration:unit-move", args=[obj.pk]), "", "swap"))
            merge = reverse("administration:unit-merge", args=[obj.pk])
            buttons.append((_("并入…"), merge, "btn-danger", "link"))
        return buttons

    def panels(self, obj: OrgUnit) -> list[dict[str, Any]]:
        """Former names and sub-units."""
        children = [(str(c), self.url("detail", c)) for c in obj.children.filter(merged_into__isnull=True)]
        merged = OrgUnit.objects.filter(merged_into=obj)
        return [
            _panel(_("下级单位"), "accounts/panel_units.html", children),
            _panel(_("曾用名与并入"), "accounts/panel_names.html", list(obj.former_names.order_by("-until"))),
            _panel(
                _("并入本单位的单位"),
                "accounts/panel_units.html",
                [(str(u), self.url("detail", u)) for u in merged],
            ),
        ]


def _panel(title: str, template: str, rows: list[Any]) -> dict[str, Any]:
    return {"title": title, "template": template, "column": "main", "context": {"rows": rows}}


class MoveUnit(ActView):
    """Hang a unit elsewhere."""

    area, model, action, form_class = (SYSTEM,), OrgUnit, "change", MoveForm
    text = gettext_lazy("“%(name)s”连同全部下级单位移到新的上级单位之下，岗位权限随之立即变化。")
    submit, done = gettext_lazy("移动单位"), gettext_lazy("已移动“%(name)s”。")
    label = gettext_lazy("新的上级单位")

    def form(self, data: Any = None) -> MoveForm:
        """Every standing unit outside this one's own branch."""
        return MoveForm(data, user=self.request.user, unit=self.obj, label=self.label)

    def perform(self, values: dict[str, Any]) -> None:
        """Move."""
        services.move_unit(
            unit=self.obj, parent=values["unit"], by=self.request.user, at=now(), reason=values["reason"]
        )

    def back(self) -> str:
        """The unit's page."""
        return reverse("administration:unit-detail", args=[self.obj.pk])


class MergeUnit(MoveUnit):
    """Merge a unit into another."""

    action, danger = "merge", True
    text = gettext_lazy(
        "“%(name)s”的下级单位、人员、岗位和全部业务记录并入另一单位，不能撤销；旧名保留在历史里。"
    )
    submit, done = gettext_lazy("并入单位"), gettext_lazy("已并入“%(name)s”。")
    label = gettext_lazy("并入")

    def perform(self, values: dict[str, Any]) -> None:
        """Merge."""
        services.merge_unit(
            unit=self.obj, into=values["unit"], by=self.request.user, at=now(), reason=values["reason"]
        )


class Users(AreaViews):
    """Accounts: their facts, never their rights."""

    area = (SYSTEM,)
    model, name, title = User, "user", gettext_lazy("用户")
    roles = PLAIN_ROLES
    table, filterset_class, form_class = USERS, UserFilter, UserForm
    sheet, exporter = USER_SHEET, xlsx_exporter
    related = ("unit", "updated_by")
    facts = (
        "username",
        "name",
        "unit",
        "title",
        (gettext_lazy("邮箱"), lambda u: masked(u.email)),
        (gettext_lazy("手机"), lambda u: masked(u.phone)),
        "admin_role",
        "expires_on",
        "last_login",
        (
            gettext_lazy("状态"),
            lambda u: _("启用") if u.is_active else _("已停用：%(why)s") % {"why": u.disabled_reason},
        ),
    )

    def list_actions(self) -> list[tuple[str, str, str, str]]:
        """Links for whom the list shows without a password, besides the common buttons."""
        url = f"{reverse('administration:user-links')}?{self.request.GET.urlencode()}"
        return [(_("批量签发口令链接…"), url, "", "link"), *super().list_actions()]

    def store(self, form: UserForm) -> User:
        """A new account comes through its service."""
        if form.instance.pk:  # its version is looked at before its content
            return super().store(form)
        return stored_by(lambda: services.save_user(form=form, by=self.request.user, at=now()), form)

    def editable(self, obj: User) -> bool:
        """Another administrator's account is not offered for editing."""
        return not obj.admin_role or obj.pk == self.request.user.pk

    def update_page(self, request: Any, pk: int) -> HttpResponse:
        """Refused as soon as the page is opened."""
        guards.refuse_touching_administrator(request.user, self.fetch(pk))
        return super().update_page(request, pk)

    def detail_actions(self, obj: User, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Link, close or open besides editing."""
        buttons = super().detail_actions(obj, allowed)
        if not self.editable(obj):
            return buttons
        if not obj.is_active:
            return [(_("重新启用"), reverse("administration:user-enable", args=[obj.pk]), "", "play")]
        link = reverse("administration:user-link", args=[obj.pk])
        buttons.append((_("设置口令链接…"), link, "", "link"))
        if obj.pk != self.request.user.pk:
            disable = reverse("administration:user-disable", args=[obj.pk])
            buttons.append((_("停用…"), disable, "btn-danger", "stop"))
        return buttons


class _UserAct(ActView):
    area, model, action = (SYSTEM,), User, "disable"

    def check(self) -> None:
        """Not another administrator's account."""
        guards.refuse_touching_administrator(self.request.user, self.obj)

    def back(self) -> str:
        """The user's page."""
        return reverse("administration:user-detail", args=[self.obj.pk])


class DisableUser(_UserAct):
    """Close an account."""

    form_class, danger = ReasonForm, True
    text = gettext_lazy("停用“%(name)s”的账户：会话、接口令牌和口令链接立即失效，记录保留。")
    submit, done = gettext_lazy("停用账户"), gettext_lazy("已停用“%(name)s”。")

    def perform(self, values: dict[str, Any]) -> None:
        """Close."""
        services.disable_user(user=self.obj, by=self.request.user, at=now(), reason=values["reason"])


class EnableUser(_UserAct):
    """Open an account again."""

    text = gettext_lazy("重新启用“%(name)s”的账户？原口令仍有效，接口令牌须重新签发。")
    submit, done = gettext_lazy("启用账户"), gettext_lazy("已启用“%(name)s”。")

    def perform(self, values: dict[str, Any]) -> None:
        """Open."""
        services.enable_user(user=self.obj, by=self.request.user, at=now())


class PasswordLink(_UserAct):
    """Make the link with which a user sets his password; it is shown once."""

    action = "change"
    text = gettext_lazy("为“%(name)s”签发设置口令的链接：24 小时内有效，只能用一次，之前的链接作废。")
    submit = gettext_lazy("签发链接")

    def perform(self, values: dict[str, Any]) -> HttpResponse:
        """Issue and show."""
        token = services.issue_first_password_link(user=self.obj, by=self.request.user, at=now())
        path = reverse("account_first_password", args=[token])
        context = {
            "title": _("设置口令链接"),
            "object": self.obj,
            "crumbs": [(str(self.obj), self.back())],
            "link": self.request.build_absolute_uri(path),
            "back": self.back(),
        }
        return render(self.request, "accounts/link_issued.html", context)


class PasswordLinks(LoginRequiredMixin, View):
    """Links for several users at once: those the list's filter leaves, handed over once as a workbook."""

    area = (SYSTEM,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        require_area(request.user, self.area)
        waiting = links.without_password(request.user, now())
        self.people = UserFilter(request.GET, waiting, user=request.user).qs
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Who may be given one."""
        return self.page(LinksForm(people=self.people))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Issue and hand over; no page shows the links again."""
        form, at = LinksForm(request.POST, people=self.people), now()
        if not form.is_valid():
            return self.page(form, 422)
        users = list(form.cleaned_data["users"])
        try:
            tokens = services.issue_first_password_links(users=users, by=request.user, at=at)
        except errors.Invalid as error:
            return self.page(pages.with_errors(form, error), 422)
        paths = [reverse("account_first_password", args=[token]) for token in tokens]
        rows = [
            [user.name, user.username, str(user.unit or ""), request.build_absolute_uri(path), at + links.VALID]
            for user, path in zip(users, paths, strict=True)
        ]
        heads = [_("姓名"), _("账号"), _("单位"), _("设置口令链接"), _("有效期至")]
        title = _("设置口令链接")
        return workbook_response(export_rows(heads, rows, title=title, moment=at), title)

    def page(self, form: LinksForm, status: int = 200) -> HttpResponse:
        """The people to choose from."""
        back = f"{reverse('administration:user-list')}?{self.request.GET.urlencode()}"
        text = _("为选中的账户签发设置口令的链接：24 小时内有效，只能用一次，这些账户之前的链接作废。")
        context = {
            "title": _("批量签发口令链接"),
            "crumbs": [(_("用户"), back)],
            "text": text,
            "submit": _("签发并下载"),
            "form": form,
            "cancel_url": back,
        }
        return render(self.request, "core/confirm.html", context, status=status)
