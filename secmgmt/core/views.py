"""List, detail, create, change, delete, transition, export and history of a model from one declaration.

A feature writes::

    class Objects(FeatureViews):
        model, name, namespace = ProtectedObject, "object", "assets"
        table, filterset_class, form_class = TABLE, ObjectFilter, ObjectForm
        facts = ("unit", "kind", "level")

    urlpatterns = Objects.urls()      # assets:object-list, -detail, -create, -update, -delete, -transition, …

Every method of a page may be overridden. A view only translates: the rows come from ``visible_to``, writing
goes through ``records`` and ``Workflow.fire``, refusals become pages in the middleware.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from . import errors, exports, history, manifest, pages, parents, permissions
from .clock import now
from .filters import RecordFilterSet
from .forms import RecordForm
from .models.trail import Decision
from .sheets import Sheet
from .tables import COLS, PAGE, Table
from .workflow import Transition, Workflow
from .writing_pages import WritingPages


class Role(Enum):
    """A page of a feature: (name in URLs, route, HTTP methods)."""

    LIST = ("list", "", ("get",))
    CREATE = ("create", "new/", ("get", "post"))
    EXPORT = ("export", "export/", ("get",))
    EXPORT_ALL = ("export-all", "export/all/", ("post",))
    DETAIL = ("detail", "<int:pk>/", ("get",))
    UPDATE = ("update", "<int:pk>/edit/", ("get", "post"))
    DELETE = ("delete", "<int:pk>/delete/", ("get", "post"))
    HISTORY = ("history", "<int:pk>/history/", ("get",))
    TRANSITION = ("transition", "<int:pk>/do/<slug:step>/", ("get", "post"))


Button = tuple[str, str, str, str]  # label, address, class, icon


class FeatureViews(WritingPages, LoginRequiredMixin, View):
    """The pages of one model; ``roles`` says which of them exist.

    ``facts``: names of fields or (label, function row → value) pairs shown on the detail page.
    ``related``: what ``select_related`` loads for lists and details, the unit included.
    ``exporter``: (request, filename, heads, rows) → response; without it there is no export page.
    ``sheet``: what is imported and exported whole; its pages are ``SheetViews`` of the same name.
    """

    role: Role = Role.LIST
    model: ClassVar[type[Model]]
    name: ClassVar[str]
    namespace: ClassVar[str]
    table: Table
    filterset_class: ClassVar[type[RecordFilterSet] | None] = None
    form_class: ClassVar[type[RecordForm] | None] = None
    roles: ClassVar[frozenset[Role]] = frozenset(Role)
    facts: ClassVar[tuple[Any, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    workflow: ClassVar[Workflow | None] = None
    exporter: ClassVar[Callable[..., HttpResponse] | None] = None
    sheet: ClassVar[Sheet | None] = None
    title: ClassVar[Any] = ""
    empty_text: ClassVar[Any] = ""
    creates: ClassVar[Any] = gettext_lazy("登记%(what)s")
    templates: ClassVar[dict[str, str]] = {}

    @classmethod
    def offered(cls) -> list[Role]:
        """The pages that exist: a page without its means (form, workflow, exporter) does not."""
        without = {
            Role.CREATE: cls.form_class is None,
            Role.UPDATE: cls.form_class is None,
            Role.TRANSITION: cls.workflow is None,
            Role.EXPORT: cls.exporter is None,
            Role.EXPORT_ALL: cls.sheet is None,
        }
        return [role for role in Role if role in cls.roles and not without.get(role, False)]

    @classmethod
    def urls(cls, prefix: str = "") -> list[URLPattern]:
        """The URL patterns of the feature, named ``<name>-<page>``."""
        return [
            path(prefix + role.value[1], cls.as_view(role=role), name=f"{cls.name}-{role.value[0]}")
            for role in cls.offered()
        ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        page, _route, methods = self.role.value
        method = "get" if request.method == "HEAD" else (request.method or "").lower()
        if method not in methods:
            return self.http_method_not_allowed(request)
        return getattr(self, f"{page.replace('-', '_')}_page")(request, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        error = errors.DomainError(_("这个网址不接受这种请求。"))
        response = render(request, "400.html", {"error": error}, status=405)
        response["Allow"] = ", ".join(method.upper() for method in self.role.value[2])
        return response

    def has(self, page: str) -> bool:
        """Whether the feature has this page."""
        return page in self.pages_offered

    @cached_property
    def pages_offered(self) -> frozenset[str]:
        """The names of the feature's pages."""
        return frozenset(role.value[0] for role in self.offered())

    def url(self, page: str, obj: Any = None, **kwargs: Any) -> str:
        """The address of a page of this feature, "" when it has none."""
        if not self.has(page):
            return ""
        if obj is not None:
            kwargs["pk"] = obj.pk
        return reverse(f"{self.namespace}:{self.name}-{page}", kwargs=kwargs)

    # -- what a feature may override -----------------------------------------------------------------------

    def label(self) -> str:
        """What one record is called."""
        return str(self.model._meta.verbose_name)

    def list_title(self) -> str:
        """What the list is called."""
        return str(self.title or self.model._meta.verbose_name_plural)

    def queryset(self) -> QuerySet:
        """All rows with what a page shows of them loaded; scoping comes after."""
        return self.model.objects.select_related(*self.related) if self.related else self.model.objects.all()

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """The way from the list to a page about ``obj``."""
        above = [(self.list_title(), self.url("list"))]
        return above if obj is None else [*above, (str(obj), self.url("detail", obj))]

    def facts_of(self, obj: Any) -> list[tuple[str, Any]]:
        """The pairs of the detail page."""
        return [pages.fact_of(obj, fact) for fact in self.facts]

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The feature's own panels, shown before those of other apps: {title, template, column, context}."""
        return []

    def list_actions(self) -> list[Button]:
        """Buttons over the list."""
        user, buttons = self.request.user, []
        if self.sheet is None:
            buttons += [(label, url, "", "download") for label, _note, url, _is_job in exports.menu_of(self)]
        elif permissions.may(user, self.model, "import"):
            buttons.append((_("导入 Excel"), reverse(f"{self.namespace}:{self.name}-import"), "", "upload"))
        if self.has("create") and permissions.may(user, self.model, "add"):
            buttons.append((self.creates % {"what": self.label()}, self.url("create"), "btn-pri", "plus"))
        return buttons

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """Buttons over a record, its transitions apart."""
        buttons = []
        if "delete" in allowed and self.has("delete"):
            buttons.append((_("删除…"), self.url("delete", obj), "btn-danger", "trash"))
        if "change" in allowed and self.has("update") and self.editable(obj):
            buttons.append((_("编辑"), self.url("update", obj), "", "pen"))
        return buttons

    def row_buttons(self, rows: list[Any]) -> dict[Any, list[tuple[str, str]]]:
        """Links at the end of each row of a list, from one ``actions_for``."""
        allowed, label = permissions.actions_for(self.request.user, rows), _("编辑")
        return {
            row.pk: [(label, self.url("update", row))]
            if "change" in allowed[row.pk] and self.has("update") and self.editable(row)
            else []
            for row in rows
        }

    def editable(self, obj: Any) -> bool:
        """Whether the row's content may be edited now: not while it is frozen."""
        return not getattr(obj, "frozen_digest", "")

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """More context for a page's template."""
        return {}

    def make_form(self, obj: Any = None, bound: bool = False) -> RecordForm:
        """The form of a page; ``initial`` comes from the address on a new record."""
        data, files = (self.request.POST, self.request.FILES) if bound else (None, None)
        initial = self.initial() if obj is None else None
        return self.form_class(data, files, instance=obj, user=self.request.user, initial=initial)

    def initial(self) -> dict[str, Any]:
        """First values of a new record."""
        return {}

    def after_save(self, obj: Any, created: bool) -> str:
        """The address to go to after saving."""
        return self.url("detail", obj) or self.url("list")

    # -- pages ---------------------------------------------------------------------------------------------

    def show(self, page: str, context: dict[str, Any], *, obj: Any = None, status: int = 200) -> HttpResponse:
        """Render a page from its own template, if the feature has one, or the common one."""
        names = [f"{self.namespace}/{self.name}/{page}.html", f"core/{page}.html"]
        if page in self.templates:
            names.insert(0, self.templates[page])
        base = {"object": obj, "crumbs": self.crumbs(obj if page != "detail" else None), "feature": self}
        return render(self.request, names, {**base, **context, **self.more(page, obj)}, status=status)

    def filtered(self, action: str = "view") -> tuple[QuerySet, RecordFilterSet | None]:
        """The rows the request asks for, as far as the user may do ``action`` on them."""
        rows = self.queryset().visible_to(self.request.user, action)
        # a filter, an order or a count by what somebody was not shown would tell it
        whole = parents.without_limited(rows, self.request.user)
        asked = set(self.request.GET) - {PAGE, COLS}
        if self.filterset_class is None:
            return whole if asked else rows, None
        filterset = self.filterset_class(self.request.GET, whole, user=self.request.user)
        filterset.counts_all = bool(asked) or rows is whole
        return filterset.qs if asked else rows, filterset

    def limits(self, rows: list[Any]) -> dict[Any, frozenset[str] | None]:
        """For each row the fields the person was shown of it; None = all."""
        return parents.field_limits(self.request.user, rows)

    def list_page(self, request: HttpRequest) -> HttpResponse:
        """The list; to htmx only its inside."""
        rows, filterset = self.filtered()
        page = self.table.page(
            rows, request.GET, link=lambda row: self.url("detail", row), buttons=self.row_buttons,
            limits=self.limits, total=filterset.total() if filterset else None,
        )  # fmt: skip
        buttons = self.list_actions()
        create = next((b for b in buttons if b[1] == self.url("create")), None)
        context = {
            "title": self.list_title(),
            "crumbs": [],
            "page": page,
            "filterset": filterset,
            "chips": filterset.chips() if filterset else [],
            "problems": [*(filterset.problems() if filterset else []), *page.problems],
            "head_actions": buttons,
            "exports": exports.menu_of(self) if self.sheet else [],
            "empty": pages.empty_of(self, create),
            "closed": "" if page.rows else pages.closed_to(self),
        }
        if request.htmx and not request.htmx.history_restore_request:
            return render(request, "core/list_rows.html", {**context, **self.more("list")})
        return self.show("list", context)

    def detail_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One record with its panels and the steps the person may take."""
        obj = self.fetch(pk)
        allowed = permissions.actions_for(request.user, [obj])[obj.pk]
        limited = self.limits([obj])[obj.pk] is not None
        panels = [] if limited else [*self.panels(obj), *manifest.panels_for(obj, request.user)]
        context = {
            "title": str(obj),
            "allowed": allowed,
            "limited": limited,
            "facts": pages.facts_shown(self, obj),
            "head_actions": self.detail_actions(obj, allowed),
            "steps": self.steps(obj, allowed),
            "has_workflow": self.workflow is not None,
            "decisions": list(Decision.of(obj)) if self.workflow and not limited else [],
            "panels_main": [panel for panel in panels if panel["column"] != "side"],
            "panels_side": [panel for panel in panels if panel["column"] == "side"],
            "history_url": "" if limited else self.url("history", obj),
        }
        return self.show("detail", context, obj=obj)

    def steps(self, obj: Any, allowed: frozenset[str]) -> list[tuple[Transition, str]]:
        """The transitions open to the user, with the addresses of their confirmation pages."""
        if not self.has("transition"):
            return []
        found = self.workflow.choices_for(obj, self.request.user, allowed)
        return [(step, self.url("transition", obj, step=step.name)) for step in found]

    def fetch(self, pk: int, action: str = "view") -> Any:
        """The row, or a 404 / 403 for this user."""
        return permissions.get_visible(self.model, self.request.user, action, queryset=self.queryset(), pk=pk)

    def history_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What happened to a record."""
        obj = self.fetch(pk)
        pages.require_whole(self, obj)
        entries, pager = history.page(obj, request.user, request.GET)
        return self.show("history", {"title": _("变更记录"), "entries": entries, "pager": pager}, obj=obj)

    def export_page(self, request: HttpRequest) -> HttpResponse:
        """The filtered rows in the chosen columns and order; audited with their number."""
        permissions.require(request.user, self.model, "export")
        heads, listed = exports.chosen(self, at=now())
        return type(self).exporter(request, self.list_title(), heads, listed)

    def export_all_page(self, request: HttpRequest) -> HttpResponse:
        """The filtered rows with every column, by a job."""
        permissions.require(request.user, self.model, "export")
        return redirect("core:job-detail", pk=exports.start(self, at=now()).pk)

    def transition_page(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Confirm and take one step; what is missing comes back as a list."""
        return pages.TransitionPage(self, self.fetch(pk), step).answer()
