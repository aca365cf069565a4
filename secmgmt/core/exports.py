"""Lists as workbooks: the chosen columns at once, every column of a whole list in the background.

The file of a job is handed out only while its owner may still see every row that is in it (A08, A09).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, errors, parents, permissions
from .jobs import JobContext, enqueue, job
from .models.job import Job
from .reporting.xlsx_cells import export_rows
from .sheets import choices_of
from .sheets_import import XLSX

CHUNK = 300
TOLD_EVERY = 500


def menu_of(view: Any) -> list[tuple[str, str, str, bool]]:
    """What can be taken out of a list: (label, note, address, whether a job makes it)."""
    user, found, asked = view.request.user, [], view.request.GET.urlencode()
    if view.has("export") and permissions.may(user, view.model, "export"):
        note = _("筛选出的记录，页面上所选的列。只供查阅，不能再导入。")
        found.append((_("导出 Excel"), note, f"{view.url('export')}?{asked}", False))
    if view.sheet is not None and found:
        note = _("筛选出的记录，所有的列，在后台生成。只供查阅，不能再导入。")
        found.append((_("导出全部列"), note, f"{view.url('export-all')}?{asked}", True))
    if view.sheet is not None and not view.sheet.fixed and permissions.may(user, view.model, "import"):
        rows = reverse(f"{view.namespace}:{view.name}-import-rows")
        found.append((_("导出修改"), _("您能修改的记录，与导入模板同样的列，改好单元格后再导入。"), rows, False))
    return found


def chosen(view: Any, *, at: dt.datetime) -> tuple[list[str], list[list[Any]]]:
    """(heads, rows) of the filtered rows in the page's columns and order; audited with their number."""
    user = view.request.user
    rows, _filterset = view.filtered("export")
    heads, values = view.table.export(rows, view.request.GET, view.limits)
    listed = list(values)
    with audit.act():
        plain = [[str(value) for value in row] for row in listed]
        verb = f"{view.model._meta.label_lower}.export"
        audit.record(verb, by=user, at=at, detail={"columns": heads}, rows=plain)
    return heads, listed


def start(view: Any, *, at: dt.datetime) -> Job:
    """Have the whole list made by a job."""
    params = {"list": view.url("list"), "query": view.request.GET.urlencode()}
    label = _("导出%s（全部列）") % view.list_title()
    return enqueue("core.export_all", params=params, by=view.request.user, at=at, label=label)


def view_of(work: Job, user: Any) -> Any:
    """The list a job was started from, as if ``user`` opened it with the same address."""
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(work.params["query"])
    match = resolve(work.params["list"])
    view = match.func.view_class(**match.func.view_initkwargs)
    view.setup(request)
    return view


def require_export(work: Job, user: Any) -> None:
    """Whoever may no longer export, or see one of the rows in the file, does not get it."""
    model = view_of(work, user).model
    permissions.require(user, model, "export")
    if not sees_all(model, user, work.result.get("rows", [])):
        raise errors.NotAllowed(_("文件里有您现在不能导出的记录，请重新导出。"), obj=work)


def sees_all(model: type[Model], user: Any, ranges: list[list[int]]) -> bool:
    """Whether ``user`` may export every row of these numbers that still exists."""
    for start in range(0, len(ranges), CHUNK):
        wanted = Q(pk__in=[])
        for first, last in ranges[start : start + CHUNK]:
            wanted |= Q(pk__range=(first, last))
        rows = model._default_manager.filter(wanted)
        if parents.without_limited(rows.visible_to(user, "export"), user).count() != rows.count():
            return False
    return True


def ranges_of(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers as runs: 1 2 3 7 → [[1, 3], [7, 7]]."""
    runs = groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    found = [[number for _place, number in run] for _key, run in runs]
    return [[run[0], run[-1]] for run in found]


@job("core.export_all", label=gettext_lazy("导出全部列"), allowed=require_export)
def export_all(ctx: JobContext) -> None:
    """The rows of a list, filtered and ordered as on the page, with every column of the list and of the form."""
    view = view_of(ctx.job, ctx.user)
    rows, _filterset = view.filtered("export")
    rows = whole(view, parents.without_limited(rows, ctx.user))
    total = rows.count()
    heads, values = table_of(view, rows, ctx.user)
    listed, numbers = [], []
    for done, (number, row) in enumerate(values):
        if done % TOLD_EVERY == 0:
            ctx.progress(done, total, _("写入"))
        listed.append(row)
        numbers.append(number)
    title = view.list_title()
    ctx.save_file(f"{title}.xlsx", XLSX, export_rows(heads, listed, title=title, moment=ctx.at))
    with ctx.finishing() as result:
        ranges = ranges_of(numbers)
        result |= {"rows": ranges, "text": _("共 %d 条。") % total, "url": ctx.params["list"], "go": _("返回列表")}
        verb, detail = f"{view.model._meta.label_lower}.export", {"columns": heads, "query": ctx.params["query"][:500]}
        audit.record(verb, by=ctx.user, at=ctx.at, detail=detail, rows=[[n] for n in numbers])


def whole(view: Any, rows: QuerySet) -> QuerySet:
    """The rows with all their fields and relations loaded, in the order of the page."""
    fields = [view.model._meta.get_field(name) for name in view.sheet.columns]
    related = {*view.related, *(field.name for field in fields if field.is_relation)}
    ordered = view.table.ordered(rows, view.table.sort_of(view.request.GET, []))
    return ordered.select_related(None).select_related(*sorted(related)).defer(None)


def table_of(view: Any, rows: QuerySet, user: Any) -> tuple[list[str], Iterator[tuple[int, list[Any]]]]:
    """(heads, (number, values) of each row): the list's columns, then the form's that the list does not have.

    What a model keeps out of its trail (telephone numbers) is left out of a file for anybody, too.
    """
    sheet, model = view.sheet, view.model
    form = sheet.make_form(user, True)
    writers = sheet.writers(form, choices_of(form))
    hidden = {*view.table.by_name, *getattr(model, "audit_exclude", ())}
    more = [name for name in sheet.columns if name not in hidden]
    heads = [str(column.label) for column in view.table.columns] + [str(form.fields[n].label) for n in more]
    plain, write = [column.plain for column in view.table.columns], [writers[name] for name in more]
    values = ((r.pk, [*(f(r) for f in plain), *(f(r) for f in write)]) for r in rows.iterator(chunk_size=2000))
    return heads, values
