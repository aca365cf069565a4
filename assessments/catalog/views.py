"""Reading the requirement catalogue and its standards."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core import audit, permissions
from secmgmt.core.clock import now
from secmgmt.core.filters import RecordFilterSet
from secmgmt.core.sheets_import import workbook_response, xlsx_exporter
from secmgmt.core.views import Button, FeatureViews, Role

from . import queries, sheets
from .filters import OPENING, ItemFilter
from .models import CHANGES, WEIGHTS, CatalogItem, Standard
from .tables import ITEMS, STANDARDS


class Items(FeatureViews):
    """Requirement items: how to answer them, how they stand to the other levels, the high-risk cases."""

    model, name, namespace, title = CatalogItem, "catalogitem", "assessments", _("标准条款")
    table, filterset_class = ITEMS, ItemFilter
    roles = frozenset({Role.LIST, Role.DETAIL, Role.EXPORT})
    exporter = xlsx_exporter
    related = ("standard", "guidance")
    empty_text = _("还没有载入标准条款，请联系系统管理员载入。")
    facts = (
        (_("要求(概述)"), lambda item: item.summary),
        (_("标准原文(本单位导入)"), lambda item: item.official_text),
        (_("标准"), lambda item: f"{item.standard.code} {item.standard.name}"),
        (_("级别"), lambda item: level_label(item.level)),
        "scope",
        "layer",
        "control_point",
        "domain",
        "sag",
        "unit_code",
        (_("适用责任"), lambda item: item.get_applies_to_own_display() or item.get_applies_to_display()),
        (_("重要程度"), lambda item: dict(WEIGHTS).get(item.own_weight, "")),
    )
    templates: ClassVar[dict[str, str]] = {"detail": "assessments/catalog/item.html"}

    def filtered(self, action: str = "view") -> tuple[QuerySet, RecordFilterSet | None]:
        """The list opens at one level, where it has it, instead of at the same requirements of every level."""
        if self.role is Role.LIST and not self.request.GET:
            opening = QueryDict(OPENING)
            if CatalogItem.objects.filter(**opening.dict()).exists():
                self.request.GET = opening
        return super().filtered(action)

    def list_actions(self) -> list[Button]:
        """The way to the standards themselves."""
        return [*super().list_actions(), (_t("标准与导入"), reverse("assessments:standard-list"), "", "book")]

    def facts_of(self, obj: Any) -> list[tuple[str, Any]]:
        """Without what does not apply to this item."""
        return [pair for pair in super().facts_of(obj) if pair[1] not in ("", None)]

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """A heading short enough, and what belongs to the item."""
        if page != "detail":
            return {}
        chain = queries.lineage(obj)
        return {
            "title": f"{obj.code} {obj.control_point}",
            "chain": [(item, level_label(item.level)) for item in chain],
            "ends": chain[-1].level < queries.highest_level(obj),
            "cases": [(case, level_label(case.min_level)) for case in queries.cases_of(obj)],
        }


class Standards(FeatureViews):
    """The standards with what they hold; a keeper of rules adds his own and lays the official wording over."""

    model, name, namespace, title = Standard, "standard", "assessments", _("标准")
    table = STANDARDS
    roles = frozenset({Role.LIST, Role.DETAIL})
    facts = (
        "code",
        "name",
        "edition",
        (_("来源"), lambda row: _t("随产品提供") if row.is_shipped else _t("本单位上传")),
        (_("自评估采用"), lambda row: _t("%d 次") % row.used),
    )
    templates: ClassVar[dict[str, str]] = {"detail": "assessments/catalog/standard.html"}

    def queryset(self) -> QuerySet:
        """With the number of items and of assessments that use it."""
        counts = {"item_count": Count("items", distinct=True), "used": Count("assessments", distinct=True)}
        return super().queryset().annotate(**counts)

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """Beneath the catalogue."""
        return [(str(Items.title), reverse("assessments:catalogitem-list")), *super().crumbs(obj)]

    def list_actions(self) -> list[Button]:
        """A standard of one's own."""
        if not permissions.may(self.request.user, Standard, "import"):
            return []
        return [(_t("上传标准"), reverse("assessments:standard-import"), "btn-pri", "upload")]

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """Browse, download, and for the keeper of rules the overlay."""
        items = f"{reverse('assessments:catalogitem-list')}?standard={obj.pk}"
        buttons = [(_t("浏览条款"), items, "", "list")]
        if "export" in allowed:
            buttons.append((_t("导出 Excel"), reverse("assessments:standard-export", args=[obj.pk]), "", "download"))
        if permissions.may(self.request.user, CatalogItem, "overlay"):
            overlay = reverse("assessments:standard-overlay", args=[obj.pk])
            buttons.append((_t("本单位解读"), overlay, "btn-pri", "upload"))
        if not obj.is_shipped and not obj.used and permissions.may(self.request.user, Standard, "import"):
            buttons.append((_t("删除…"), reverse("assessments:standard-delete", args=[obj.pk]), "btn-danger", "trash"))
        return buttons

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Its levels, and how much of it the organization has laid its own over."""
        if page != "detail":
            return {}
        scopes, levels = queries.levels_of(obj)
        return {
            "scopes": scopes,
            "changes": [label for _value, label in reversed(CHANGES)],
            "levels": [(level, level_label(level.number)) for level in levels],
            "laid": queries.overlay_counts(obj),
            "items_url": f"{reverse('assessments:catalogitem-list')}?standard={obj.pk}",
        }


def export(request: HttpRequest, pk: int, part: str = "items") -> HttpResponse:
    """A standard, or its guidance, as a workbook that can be uploaded again; on record."""
    standard = permissions.get_visible(Standard, request.user, "export", pk=pk)
    make = sheets.standard_workbook if part == "items" else sheets.guidance_workbook
    with audit.act():
        audit.record("assessments.standard.export", standard, by=request.user, at=now(), detail={"part": part})
    return workbook_response(make(standard), f"{standard} {_t('条款') if part == 'items' else _t('指引')}")
