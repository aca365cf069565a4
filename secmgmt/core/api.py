"""The API of a model from one declaration: the same rows, forms, services and refusals as its pages.

A feature writes::

    router = crud_router(ProtectedObject, ObjectOut, ObjectForm, filterset=ObjectFilter, sort=("name",))

and names it in its app's manifest: ``api=(("objects", "assets.inventory.api:router"),)``. That gives list
(page, size, sort and the filter set's parameters), detail, create, PATCH and DELETE under ``If-Match``,
workflow transitions and history. A body sets the form's fields and nothing else (A31); foreign keys offer
what the form offers (A03).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from . import audit, errors, history, parents, permissions, records
from .apibody import HistoryOut, body_schema, form_data, page_schema, values_of
from .bounds import whole_number
from .clock import now
from .filters import RecordFilterSet
from .forms import RecordForm
from .models.trail import Decision
from .workflow import Workflow, seen_token, workflow_of

MOST = 200
ALWAYS_SHOWN = frozenset({"id", "version"})
IF_MATCH = {"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string"}}
ON_VERSION = {"parameters": [IF_MATCH]}  # what a change says in the description


class PreconditionRequired(errors.DomainError):
    """A change needs to say which version it was made on (428)."""

    status = 428
    code = "precondition-required"


class Step(Schema):
    """A step of a workflow: ``seen`` is the token the detail gave; ``data`` fills the step's own form."""

    seen: str = ""
    opinion: str = ""
    data: dict[str, Any] = {}


@dataclass(frozen=True)
class Crud:
    """The API of one model; see ``crud_router`` for the fields."""

    model: type[Model]
    schema_out: type[Schema]
    form_class: Any  # type[RecordForm]; None: this API only reads
    filterset: type[RecordFilterSet] | None
    related: tuple[str, ...]
    sort: tuple[str, ...]
    store: Callable[..., Any]

    # -- reading -------------------------------------------------------------------------------------------

    def rows(self) -> QuerySet:
        """All rows with what the schema shows loaded; scoping comes after."""
        return self.model._default_manager.select_related(*self.related)

    def fetch(self, request: HttpRequest, pk: int, action: str = "view") -> Any:
        """The row, or a 404 / 403 for this user."""
        return permissions.get_visible(self.model, request.user, action, queryset=self.rows(), pk=pk)

    def page(self, request: HttpRequest, page: int, size: int, sort: str) -> HttpResponse:
        """A page of the rows this user may see."""
        rows = self.filtered(request, sort)
        total = rows.order_by().count()
        found = list(self.ordered(rows, sort)[(page - 1) * size : page * size])
        items = self.dump(request.user, found)
        return JsonResponse({"items": items, "page": page, "size": size, "total": total})

    def filtered(self, request: HttpRequest, sort: str) -> QuerySet:
        """The visible rows under the request's filters; a parameter nobody knows is refused."""
        asked = {name: value for name, value in request.GET.lists() if name not in ("page", "size", "sort")}
        rows = self.rows().visible_to(request.user)
        if asked or sort:  # a filter or an order by what somebody was not shown would tell it
            rows = parents.without_limited(rows, request.user)
        filterset = self.filterset(request.GET, rows, user=request.user) if self.filterset else None
        check_parameters(set(asked), filterset)
        if filterset is None:
            return rows
        if not filterset.form.is_valid():
            raise errors.Invalid({name: [str(text) for text in found] for name, found in filterset.form.errors.items()})
        return filterset.qs

    def ordered(self, rows: QuerySet, sort: str) -> QuerySet:
        """A stable order; only declared names reach the database (A28)."""
        if not sort:
            return rows.order_by("pk")
        check_sort(sort, self.sort)
        return rows.order_by(sort, "pk")

    def dump(self, user: Any, rows: list[Any]) -> list[dict[str, Any]]:
        """The rows by the schema, each with its version, and no more than the user was shown."""
        limits = parents.field_limits(user, rows)
        return [self._dump_one(row, limits[row.pk]) for row in rows]

    def _dump_one(self, row: Any, limit: frozenset[str] | None) -> dict[str, Any]:
        values = self.schema_out.from_orm(row).model_dump(mode="json") | {"version": row.version}
        if limit is None:
            return values
        return {name: value for name, value in values.items() if name in limit | ALWAYS_SHOWN}

    def detail(self, request: HttpRequest, obj: Any, status: int = 200) -> HttpResponse:
        """One row with its ETag, what may be done with it and the token a decision names."""
        body = self.dump(request.user, [obj])[0]
        allowed = permissions.actions_for(request.user, [obj])[obj.pk]
        body["actions"] = sorted(allowed)
        workflow = workflow_of(self.model)
        if workflow is not None:
            body["seen"] = seen_token(obj)
            body["transitions"] = [step.name for step in workflow.choices_for(obj, request.user, allowed)]
        response = JsonResponse(body, status=status)
        response["ETag"] = etag(obj)
        return response

    def history(self, request: HttpRequest, pk: int, page: int) -> HttpResponse:
        """The opinion trail and the changes of a row; nothing of them for who was shown only some fields."""
        obj = self.fetch(request, pk)
        if parents.field_limits(request.user, [obj])[obj.pk] is not None:
            raise errors.NotAllowed(_("您受邀查看的内容不包括办理记录。"), obj=obj)
        params = QueryDict(mutable=True)
        params["page"] = str(page)
        entries, pager = history.page(obj, request.user, params)
        return JsonResponse(
            {
                "decisions": [decision_of(row) for row in Decision.of(obj)],
                "changes": [entry_of(entry) for entry in entries],
                "total": pager.total,
            }
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
        """A new row through the page's form."""
        permissions.require(request.user, self.model, "add")
        form = self.form_class(form_data(self.form_class, values), user=request.user)
        return self.detail(request, self.store(form, by=request.user, at=now()), status=201)

    def update(self, request: HttpRequest, pk: int, values: dict[str, Any]) -> HttpResponse:
        """Change some fields of a row on the version ``If-Match`` names."""
        obj = self.fetch(request, pk, "change")
        version = version_of(request)
        unchanged = values_of(self.form_class(instance=obj, user=request.user))
        data = form_data(self.form_class, {**unchanged, **values})
        data["version"] = str(version)
        form = self.form_class(data, instance=obj, user=request.user)
        try:
            saved = self.store(form, by=request.user, at=now())
        except errors.Stale as error:
            error.submitted = values
            error.extra["current"] = self.dump(request.user, [error.current])[0]
            raise
        return self.detail(request, self.fetch(request, saved.pk))

    def delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete a row on the version ``If-Match`` names."""
        obj = self.fetch(request, pk, "delete")
        version = version_of(request)
        try:
            records.delete(obj, by=request.user, at=now(), version=version)
        except errors.Stale as error:
            error.extra["current"] = self.dump(request.user, [error.current])[0]
            raise
        return HttpResponse(status=204)

    def transition(self, request: HttpRequest, pk: int, name: str, step: Step) -> HttpResponse:
        """Take one step of the workflow on the content ``seen`` names."""
        obj = self.fetch(request, pk)
        workflow = workflow_of(self.model)
        if workflow is None or name not in workflow.by_name:
            raise errors.OutOfScope(model=self.model._meta.label, lookup=name)
        workflow.require(obj, name, request.user)  # who may not is told so before anything he sent is looked at
        if not step.seen:
            raise PreconditionRequired(_("请在 seen 中带上详情给出的内容标记，说明您依据的是哪一版。"))
        fire(workflow, obj, name, by=request.user, step=step)
        return self.detail(request, self.fetch(request, pk))


def crud_router(
    model: type[Model],
    schema_out: type[Schema],
    form_class: type[RecordForm] | None = None,
    *,
    filterset: type[RecordFilterSet] | None = None,
    related: tuple[str, ...] = (),
    sort: tuple[str, ...] = (),
    deletable: bool = True,
    store: Callable[..., Any] = records.save,
) -> Router:
    """The router of ``model``. Without ``form_class`` it only reads (and takes workflow steps).

    ``related``: select_related for the schema and the unit; ``sort``: fields a list may be ordered by;
    ``store``: ``(form, *, by, at) -> row`` for a model whose creation or change is a service.
    """
    crud = Crud(model, schema_out, form_class, filterset, related, sort, store)
    router = Router(tags=[str(model._meta.verbose_name)])
    _reading(router, crud)
    if form_class is not None:
        _writing(router, crud, deletable)
    return router


def _reading(router: Router, crud: Crud) -> None:
    name = crud.model._meta.model_name
    extra = {"parameters": filter_parameters(crud.filterset)} if crud.filterset else {}
    one = "/{int:pk}"
    page_of = Query(1, ge=1, le=1_000_000)
    Page = page_schema(crud.schema_out, f"{crud.model.__name__}Page")
    listed: dict[str, Any] = {"response": Page, "url_name": f"{name}-list", "openapi_extra": extra}

    @router.get("", operation_id=f"{name}_list", summary=_("列表"), **listed)
    def list_rows(request, page: int = page_of, size: int = Query(50, ge=1, le=MOST), sort: str = ""):
        """Rows I may see, a page at a time: {items, page, size, total}."""
        return crud.page(request, page, size, sort)

    @router.get(
        one, response=crud.schema_out, operation_id=f"{name}_detail", summary=_("详情"), url_name=f"{name}-detail"
    )
    def detail(request, pk: int):
        """One row; its ETag is what ``If-Match`` names on a change."""
        return crud.detail(request, crud.fetch(request, pk))

    told: dict[str, Any] = {"response": HistoryOut, "operation_id": f"{name}_history", "url_name": f"{name}-history"}

    @router.get(f"{one}/history", summary=_("办理与变更"), **told)
    def history_of(request, pk: int, page: int = page_of):
        """The opinion trail and what changed, when and by whom."""
        return crud.history(request, pk, page)

    step_of: dict[str, Any] = {"operation_id": f"{name}_transition", "url_name": f"{name}-transition"}
    step_of["response"] = crud.schema_out

    @router.post(f"{one}/do/{{slug:step}}", summary=_("办理一步流程"), **step_of)
    def transition(request, pk: int, step: str, payload: Step):
        """Take a step of the workflow: {seen, opinion, data}."""
        return crud.transition(request, pk, step, payload)


def _writing(router: Router, crud: Crud, deletable: bool) -> None:
    name = crud.model._meta.model_name
    Body = body_schema(crud.form_class, f"{crud.model.__name__}In")

    def create(request, payload):
        """Register a row."""
        return crud.create(request, payload.model_dump(mode="json", exclude_unset=True))

    def update(request, pk: int, payload):
        """Change the fields named in the body; needs ``If-Match``."""
        return crud.update(request, pk, payload.model_dump(mode="json", exclude_unset=True))

    # The body's schema is made at run time, so the annotations are objects and not names.
    create.__annotations__ = {"payload": Body}
    update.__annotations__ = {"pk": int, "payload": Body}
    made, one, url_name = {201: crud.schema_out}, "/{int:pk}", f"{name}-detail"
    router.post("", response=made, operation_id=f"{name}_create", summary=_("登记"), url_name=f"{name}-list")(create)
    change: dict[str, Any] = {"summary": _("修改"), "url_name": url_name, "openapi_extra": ON_VERSION}
    router.patch(one, response=crud.schema_out, operation_id=f"{name}_update", **change)(update)
    if deletable:

        gone: dict[str, Any] = {"response": {204: None}, "url_name": url_name, "openapi_extra": ON_VERSION}

        @router.delete(one, operation_id=f"{name}_delete", summary=_("删除"), **gone)
        def delete(request, pk: int):
            """Delete a row; needs ``If-Match``."""
            return crud.delete(request, pk)


def fire(workflow: Workflow, obj: Any, name: str, *, by: Any, step: Step) -> Any:
    """One step with what its own form takes, in one act."""
    form_name, at = workflow.by_name[name].extra_form, now()
    if not form_name:
        return workflow.fire(obj, name, by=by, at=at, opinion=step.opinion, seen=step.seen)
    form_class = import_string(form_name)
    form = form_class(form_data(form_class, step.data), instance=obj, user=by)
    with audit.act():
        if step.seen != seen_token(obj):
            raise errors.Conflict(_("内容在您查看之后有变化，请看过新内容再办理。"), obj=obj)
        if not form.is_valid():
            raise errors.Invalid({key: list(found) for key, found in form.errors.items()})
        changed = form.apply(obj, by=by, at=at) or obj
        return workflow.fire(changed, name, by=by, at=at, opinion=step.opinion, seen=seen_token(changed))


def etag(obj: Any) -> str:
    """A row's version as a strong ETag."""
    return f'"{obj.version}"'


def version_of(request: HttpRequest) -> int:
    """The version ``If-Match`` names; without one a change is refused and not guessed."""
    sent = whole_number(request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"'))
    if sent is None:
        raise PreconditionRequired(_("修改和删除须带 If-Match，值为您读到的 ETag。"))
    return sent


def check_sort(sort: str, declared: tuple[str, ...]) -> None:
    """An order by anything else would tell of what is not shown, or reach into the statement (A28)."""
    if sort.removeprefix("-") not in declared:
        told = {"name": sort[:40], "names": "、".join(declared) or "—"}
        raise errors.Invalid({"sort": [_("不能按“%(name)s”排序，可用：%(names)s。") % told]})


def check_parameters(asked: set[str], filterset: RecordFilterSet | None) -> None:
    """A misspelt filter must not silently give everything."""
    known = parameter_names(filterset.form) if filterset is not None else set()
    unknown = sorted(asked - known)
    if unknown:
        message = _("没有这个筛选参数；可用：%(names)s。") % {"names": "、".join(sorted(known)) or "—"}
        raise errors.Invalid({name[:60]: [message] for name in unknown[:10]})


def parameter_names(form: Any) -> set[str]:
    """The names a filter form reads, its ranges' ends included."""
    names: set[str] = set()
    for name, field in form.fields.items():
        suffixes = getattr(field.widget, "widgets_names", None)
        names |= {f"{name}{suffix}" for suffix in suffixes} if suffixes else {name}
    return names


def filter_parameters(filterset: type[RecordFilterSet]) -> list[dict[str, Any]]:
    """The filters as OpenAPI parameters, described by their labels."""
    told = {"q": filterset.search_label} if filterset.search_fields else {}
    for name, one in filterset.base_filters.items():
        told[name] = one._label or filterset._meta.model._meta.get_field(one.field_name).verbose_name
    shape = {"in": "query", "required": False, "schema": {"type": "string"}}
    return [{**shape, "name": name, "description": label} for name, label in told.items()]


def decision_of(row: Decision) -> dict[str, Any]:
    """A decision as JSON."""
    return {
        "transition": row.transition,
        "label": row.label,
        "source": row.source,
        "target": row.target,
        "by": row.by_name,
        "at": row.at.isoformat(),
        "opinion": row.opinion,
    }


def entry_of(entry: history.Entry) -> dict[str, Any]:
    """A change as JSON."""
    changes = [{"field": label, "before": before, "after": after} for label, before, after in entry.changes]
    return {"at": entry.at.isoformat(), "who": entry.who, "what": entry.what, "changes": changes}
