"""List, form, detail and steps of filings; units' facts; the rules on terms; materials and the printed forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from assets.models import ProtectedObject
from secmgmt.accounts.models import OrgUnit
from secmgmt.core import audit, errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.forms import RecordForm
from secmgmt.core.models import Attachment
from secmgmt.core.reporting.render import CONTENT_TYPES
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews, Role
from secmgmt.portal.doctemplates import rendered
from secmgmt.portal.reports import require_whole

from . import queries, reports, services
from .completeness import lacking, material_url
from .filters import FilingFilter, FilingUnitFilter, TermRuleFilter
from .forms import FilingForm, FilingUnitForm, TermRuleForm
from .models import FORM_FIVE, Filing, FilingKind, FilingState, FilingUnit, Material, TermRule
from .proof import SlotForm
from .sheets import FILING_UNIT_SHEET
from .tables import FILING_UNITS, FILINGS, TERM_RULES
from .workflow import WORKFLOW

FORMATS = (("pdf", "PDF"), ("docx", "Word"))
OTHERS = (Material.GRADING, Material.EXPERTS, Material.REASON)


class Filings(FeatureViews):
    """Filings of the objects in one's scope."""

    model, name, namespace, title = Filing, "filing", "assessments", _("公安备案")
    table, filterset_class, form_class, workflow = FILINGS, FilingFilter, FilingForm, WORKFLOW
    exporter = xlsx_exporter
    related = ("protected_object__unit", "protected_object__owner", "grading", "updated_by")
    empty_text, creates = _("第二级及以上的系统定级后，在这里办理备案。"), _("办理%(what)s")
    facts = (
        "kind",
        (_("当前由谁办理"), lambda f: handled_by(f)),
        (_("责任单位"), lambda f: str(f.protected_object.unit)),
        (_("等级"), lambda f: f.protected_object.level_tag),
        "reason",
        "due_on",
        "submitted_on",
        "answer_due_on",
        "answered_on",
        "certificate_number",
        "certified_on",
        (_("证明有效期至"), lambda f: f.protected_object.filing_valid_until),
        "filled_by",
        "filled_on",
        "materials_note",
        "outside",
    )

    def initial(self) -> dict[str, Any]:
        """Started from an object's page: what it most likely needs."""
        pk = whole_number(self.request.GET.get("object"))
        obj = ProtectedObject.objects.visible_to(self.request.user).filter(pk=pk).first()
        given: dict[str, Any] = {"filled_on": today(), "filled_by": self.request.user.name}
        if obj is None:
            return given
        asked = self.request.GET.get("kind")
        kind = asked if asked in FilingKind.values else queries.kind_for(obj)
        outside = not queries.officers(obj.unit.path, today()).exists()
        return {**given, "protected_object": obj.pk, "kind": kind, "outside": outside}

    def store(self, form: RecordForm) -> Any:
        """A new matter is tied to its grading."""
        return services.store(form, by=self.request.user, at=now())

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """The forms as documents; only what was never handed in is deleted."""
        buttons = super().detail_actions(obj, allowed if obj.is_deletable else allowed - {"delete"})
        if "export" in allowed:
            preview = f"{reverse('portal:report-preview', args=['filing'])}?subject={obj.pk}"
            buttons.append((_t("预览备案表"), preview, "", "eye"))
            address = "assessments:filing-report"
            buttons += [(name, reverse(address, args=[obj.pk, form]), "", "download") for form, name in FORMATS]
        return buttons

    def fetch(self, pk: int, action: str = "view") -> Any:
        """What was handed in once is refused as soon as the page of deletion is opened."""
        obj = super().fetch(pk, action)
        if action == "delete" and not obj.is_deletable:
            raise errors.Conflict(_t("备案已提交过，作为历史保留，不能删除。"), obj=obj)
        return obj

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """All files beside the record."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """What is missing, the materials by slot, the answers recorded, the object's other matters."""
        user = self.request.user
        others = obj.protected_object.filings.visible_to(user).exclude(pk=obj.pk)
        with_owner = obj.state in (FilingState.PREPARING, FilingState.RETURNED)
        slots = slots_of(obj, user, with_owner)
        found = [
            _panel(_t("完整性检查"), "check", rows=lacking(obj) if with_owner else [], shown=with_owner),
            _panel(_t("表五 提交材料"), "materials", rows=slots, shown=True),
            _panel(_t("公安机关答复（补录）"), "replies", rows=list(obj.replies.select_related("proof"))),
            _panel(_t("该对象的其他备案事项"), "others", column="side", rows=list(others)),
        ]
        return [panel for panel in found if panel["context"].get("shown") or panel["context"]["rows"]]


def slots_of(filing: Filing, user: Any, with_owner: bool) -> list[dict[str, Any]]:
    """Each slot with its files, and where another is put in: ``[{label, files, url}]``."""
    by_slot: dict[str, list[Attachment]] = {}
    for file in Attachment.of(filing):
        by_slot.setdefault(file.slot, []).append(file)
    may = with_owner and "attach" in permissions.actions_for(user, [filing])[filing.pk]
    wanted = [*FORM_FIVE, *(s for s in OTHERS if s in by_slot or (s == Material.REASON) == (filing.kind != "first"))]
    return [
        {"label": slot.label, "files": by_slot.get(slot, []), "url": material_url(filing, slot) if may else ""}
        for slot in wanted
    ]


def handled_by(filing: Filing) -> str:
    """Who has the next word on it."""
    if not filing.is_open:
        return _t("已办结")
    obj = filing.protected_object
    if filing.state in (FilingState.PREPARING, FilingState.RETURNED) or filing.outside:
        who = obj.owner_line or _t("责任单位系统负责人")
        return _t("%(who)s：补录公安机关答复") % {"who": who} if filing.state not in ("preparing", "returned") else who
    names = "、".join(queries.officers(obj.unit.path, today()).values_list("name", flat=True)[:6])
    return _t("公安受理人：%(names)s") % {"names": names or _t("没有任职人员，请改为系统外办理")}


def _panel(title: str, template: str, *, column: str = "main", **context: Any) -> dict[str, Any]:
    name = f"assessments/filing/{template}.html"
    return {"title": title, "template": name, "column": column, "context": context}


class FilingUnits(FeatureViews):
    """What 表一 says of units."""

    model, name, namespace, title = FilingUnit, "filingunit", "assessments", _("备案单位信息")
    table, filterset_class, form_class, sheet = FILING_UNITS, FilingUnitFilter, FilingUnitForm, FILING_UNIT_SHEET
    exporter = xlsx_exporter
    related = ("unit", "updated_by")
    empty_text = _("登记一次，单位的全部备案表表一都从这里来。")
    facts = tuple(f.name for f in FilingUnit._meta.fields if f.editable and f.name != "id")

    def initial(self) -> dict[str, Any]:
        """The unit the filing speaks of."""
        pk = whole_number(self.request.GET.get("unit"))
        found = OrgUnit.objects.filter(pk=pk).first() if pk else self.request.user.unit
        return {"unit": found.pk} if found else {}


class TermRules(FeatureViews):
    """The rules on terms, changed by their keeper."""

    model, name, namespace, title = TermRule, "termrule", "assessments", _("期限规则")
    table, filterset_class, form_class = TERM_RULES, TermRuleFilter, TermRuleForm
    exporter = xlsx_exporter
    roles = frozenset({Role.LIST, Role.DETAIL, Role.UPDATE, Role.HISTORY, Role.EXPORT})
    empty_text = _("期限规则随系统载入，请系统管理员执行载入。")
    facts = (
        "area", (_("值"), lambda r: r.value_text), "basis", "confidence", "note", "is_changed"
    )  # fmt: skip

    def store(self, form: RecordForm) -> Any:
        """Every certificate follows the rule."""
        return services.store_rule(form, by=self.request.user, at=now())


@login_required
@require_http_methods(["GET", "POST"])
def material(request: HttpRequest, pk: int, slot: str) -> HttpResponse:
    """Put a file into a slot of 表五."""
    filing = permissions.get_visible(
        Filing, request.user, "attach", queryset=Filing.objects.select_related("protected_object__unit"), pk=pk
    )
    if slot not in Material.values:
        raise errors.OutOfScope(model=Filing._meta.label, lookup=slot)
    if filing.frozen_digest:
        raise errors.Conflict(_t("材料已提交并冻结，退回补正后才能再改。"), obj=filing)
    form, status = SlotForm(request.POST or None, request.FILES or None, instance=filing, user=request.user), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.put_material(
                    filing=filing, slot=slot, note=form.cleaned_data["note"], by=request.user, at=now(), **form.sent
                )
                messages.success(request, _t("已上传到“%(slot)s”。") % {"slot": Material(slot).label})
                return redirect(filing)
            except FileRefused as error:
                form.add_error("file", error.message)
    context = {
        "title": Material(slot).label,
        "crumbs": [(Filings.title, reverse("assessments:filing-list")), (str(filing), filing.get_absolute_url())],
        "object": filing,
        "form": form,
        "submit": _t("上传"),
        "cancel_url": filing.get_absolute_url(),
    }
    return render(request, "core/form.html", context, status=status)


@login_required
@require_GET
def report(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """表一–表六 as pdf or docx; every download is on record."""
    if form not in dict(FORMATS):
        raise errors.OutOfScope(model=Filing._meta.label, lookup=form)
    rows = Filing.objects.select_related("protected_object__unit", "protected_object__owner", "grading")
    filing, at = permissions.get_visible(Filing, request.user, "export", queryset=rows, pk=pk), now()
    require_whole(request.user, filing)
    document = reports.build(filing, by=request.user, at=at)
    content, used = rendered(document, form, kind="filing", subject=filing, by=request.user)
    with audit.act():
        audit.record("assessments.filing.report", filing, by=request.user, at=at, detail={"format": form, **used})
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{filing.protected_object}备案表.{form}")
    return response
