"""The security administrator's area: positions, administrators, sign-in policy, second factors."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from secmgmt.core import errors, pages, permissions, records
from secmgmt.core.clock import now, today
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.views import Role

from .. import secondfactor, services
from ..administrators import WORKFLOW
from ..filters import FactorFilter, GrantFilter, PositionFilter
from ..forms import AdminGrantForm, EndPositionForm, PolicyForm, PositionForm, ReasonForm, TermForm
from ..models import AdminGrant, LoginPolicy, Position, User
from ..models.position import Term
from ..policy import stored_policy
from ..sheets import POSITION_SHEET
from ..tables import FACTORS, GRANTS, POSITIONS
from .area import SECURITY, SYSTEM, ActView, AreaViews, require_area, stored_by


class Positions(AreaViews):
    """Who holds what over which unit, until when."""

    area = (SECURITY,)
    model, name, title = Position, "position", gettext_lazy("岗位")
    roles = frozenset(Role) - {Role.UPDATE, Role.DELETE, Role.TRANSITION}
    table, filterset_class, form_class = POSITIONS, PositionFilter, PositionForm
    sheet, exporter = POSITION_SHEET, xlsx_exporter
    related = ("user", "content_object", "permission", "updated_by")
    facts = (
        (gettext_lazy("用户"), lambda p: f"{p.user.name}({p.user.username})"),
        "content_object",
        (gettext_lazy("岗位"), lambda p: p.role_label),
        "title",
        "valid_from",
        "valid_until",
        (gettext_lazy("任期"), lambda p: p.term(today()).label),
    )

    def make_form(self, obj: Any = None, bound: bool = False) -> PositionForm:
        """A plain form; the service stores."""
        initial = {name: self.request.GET[name] for name in ("user", "unit") if name in self.request.GET}
        return PositionForm(self.request.POST if bound else None, by=self.request.user, initial=initial)

    def store(self, form: PositionForm) -> Position:
        """Through the service."""
        return stored_by(
            lambda: services.grant_position(by=self.request.user, at=now(), **form.cleaned_data), form
        )

    def row_buttons(self, rows: list[Position]) -> dict[Any, list[tuple[str, str]]]:
        """Change its term; end what has not ended."""
        return {row.pk: [(label, url) for label, url, _style, _icon in term_buttons(row)] for row in rows}

    def detail_actions(self, obj: Position, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Change its term, end it."""
        return term_buttons(obj)


def term_buttons(position: Position) -> list[tuple[str, str, str, str]]:
    """What may be done about how long a position lasts."""
    term = reverse("administration:position-term", args=[position.pk])
    buttons = [(_("变更任期…"), term, "", "cal")]
    if position.term(today()) != Term.PAST:
        end = reverse("administration:position-end", args=[position.pk])
        buttons.append((_("结束…"), end, "btn-danger", "stop"))
    return buttons


class PositionTerm(ActView):
    """Let a position last longer or less long."""

    area, model, action, form_class = (SECURITY,), Position, "change", TermForm
    text = gettext_lazy("变更岗位“%(name)s”的任期：权限按新的任期立即变化，登录和接口令牌不受影响。")
    submit, done = gettext_lazy("变更任期"), gettext_lazy("已变更“%(name)s”的任期。")

    def form(self, data: Any = None) -> TermForm:
        """On the term as it stands."""
        return TermForm(data, position=self.obj)

    def perform(self, values: dict[str, Any]) -> None:
        """Change."""
        services.change_term(position=self.obj, by=self.request.user, at=now(), **values)

    def back(self) -> str:
        """The position's page."""
        return reverse("administration:position-detail", args=[self.obj.pk])


class EndPosition(ActView):
    """End a position."""

    area, model, action, form_class, danger = (SECURITY,), Position, "end", EndPositionForm, True
    text = gettext_lazy("结束岗位“%(name)s”：最后有效日之后权限自动失效。")
    submit, done = gettext_lazy("结束岗位"), gettext_lazy("已结束“%(name)s”。")

    def perform(self, values: dict[str, Any]) -> None:
        """End."""
        services.end_position(position=self.obj, by=self.request.user, at=now(), **values)

    def back(self) -> str:
        """The list."""
        return reverse("administration:position-list")


class Grants(AreaViews):
    """Administrators' roles: one asks, another confirms."""

    area = (SECURITY, SYSTEM)
    model, name, title = AdminGrant, "admingrant", gettext_lazy("管理员授权")
    roles = frozenset({Role.LIST, Role.CREATE, Role.DETAIL, Role.TRANSITION, Role.HISTORY})
    table, filterset_class, form_class = GRANTS, GrantFilter, AdminGrantForm
    related = ("user", "asked_by", "decided_by", "updated_by")
    workflow = WORKFLOW
    facts = (
        (gettext_lazy("用户"), lambda g: f"{g.user.name}({g.user.username})"),
        (gettext_lazy("申请"), lambda g: g.get_role_display() if g.role else _("取消管理员授权")),
        (gettext_lazy("现为"), lambda g: g.user.get_admin_role_display()),
        "reason",
        "state",
        (gettext_lazy("申请人"), lambda g: g.asked_by),
        "created_at",
    )

    def label(self) -> str:
        """What is registered here."""
        return _("管理员授权申请")

    def make_form(self, obj: Any = None, bound: bool = False) -> AdminGrantForm:
        """A plain form; the service stores."""
        return AdminGrantForm(self.request.POST if bound else None, by=self.request.user)

    def store(self, form: AdminGrantForm) -> AdminGrant:
        """Ask."""
        return stored_by(
            lambda: services.ask_admin_grant(by=self.request.user, at=now(), **form.cleaned_data), form
        )


class Policy(LoginRequiredMixin, View):
    """The one sign-in policy; each number within its bounds, a lost update is a 409, changes are audited."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            require_area(request.user, (SECURITY,))
            permissions.require(request.user, LoginPolicy, "change")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self._page(PolicyForm(instance=stored_policy(), user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save; it counts from the next request on."""
        form = PolicyForm(request.POST, instance=stored_policy(), user=request.user)
        try:
            records.save(form, by=request.user, at=now())
        except errors.Invalid as error:
            return self._page(pages.with_errors(form, error), status=error.status)
        messages.success(request, _("已保存登录策略，立即生效。"))
        return redirect("administration:policy")

    def _page(self, form: PolicyForm, status: int = 200) -> HttpResponse:
        context = {
            "title": _("登录策略"),
            "crumbs": [],
            "form": form,
            "submit": _("保存策略"),
            "cancel_url": reverse("portal:home"),
        }
        return render(self.request, "core/form.html", context, status=status)


class Factors(AreaViews):
    """Who has an authenticator; taking away a lost one."""

    area = (SECURITY,)
    model, name, title = User, "factor", gettext_lazy("第二因素")
    roles = frozenset({Role.LIST})
    table, filterset_class = FACTORS, FactorFilter

    def queryset(self) -> QuerySet:
        """Users with the one fact that matters here."""
        mine = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return User.objects.filter(is_active=True).select_related("unit").annotate(enrolled=Exists(mine))

    def row_buttons(self, rows: list[User]) -> dict[Any, list[tuple[str, str]]]:
        """Recovery where there is something to take away."""
        return {
            row.pk: [(_("恢复…"), reverse("administration:factor-reset", args=[row.pk]))]
            if row.enrolled and row.pk != self.request.user.pk
            else []
            for row in rows
        }


class ResetFactor(ActView):
    """Take away a lost second factor."""

    area, model, action, form_class, danger = (SECURITY,), User, "recover", ReasonForm, True
    text = gettext_lazy("取消“%(name)s”的验证器和恢复码，其会话和接口令牌立即失效，下次登录须重新绑定。")
    submit, done = gettext_lazy("取消第二因素"), gettext_lazy("已取消“%(name)s”的第二因素。")

    def check(self) -> None:
        """Not one's own."""
        secondfactor.refuse_own_reset(self.request.user, self.obj)

    def perform(self, values: dict[str, Any]) -> None:
        """Reset."""
        services.reset_second_factor(user=self.obj, by=self.request.user, at=now(), reason=values["reason"])

    def back(self) -> str:
        """The list."""
        return reverse("administration:factor-list")
