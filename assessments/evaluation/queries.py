"""Who works on a self-assessment, and which components its items are usually assessed on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from assets.models import Component
from assets.models import ComponentKind as Kind
from secmgmt.accounts.models import User
from secmgmt.core import errors, permissions

from .models import Assessment

_DEVICES = {Kind.NETWORK, Kind.SECURITY, Kind.SERVER, Kind.STORAGE, Kind.TERMINAL}
_PAPERS = {Kind.DOCUMENT, Kind.PERSON}
USUAL_KINDS: dict[str, set[Kind]] = {
    "安全物理环境": {Kind.ROOM},
    "安全通信网络": {Kind.NETWORK, Kind.SECURITY},
    "安全区域边界": {Kind.NETWORK, Kind.SECURITY},
    "安全计算环境": _DEVICES | {Kind.SYSTEM, Kind.APPLICATION, Kind.DATA},
    "安全管理中心": {Kind.NETWORK, Kind.SECURITY, Kind.SERVER, Kind.SYSTEM, Kind.APPLICATION},
    **dict.fromkeys(("安全管理制度", "安全管理机构", "安全管理人员", "安全建设管理", "安全运维管理"), _PAPERS),
}
"""Layer → the kinds of components its items are usually assessed on (GB/T 28448-2019, 测评对象 of the layers)."""


def by_fit(components: Iterable[Component], layer: str) -> tuple[list[Component], list[Component]]:
    """``components`` that an item of ``layer`` is usually assessed on, and the others; an unknown layer takes all."""
    kinds = USUAL_KINDS.get(layer)
    usual: list[Component] = []
    others: list[Component] = []
    for component in components:
        (usual if kinds is None or component.kind in kinds else others).append(component)
    return usual, others


def colleagues(by: Any, assessment: Assessment) -> QuerySet:
    """Whom ``by`` may give layers of this assessment to, by unit and name.

    The business accounts of the units he assigns for, by the position that reaches this one.
    """
    own, within = permissions.path_of(assessment), Q(pk__in=[])
    for path in permissions.paths_for(by, Assessment, "assign"):
        if own.startswith(path):
            within |= Q(unit__path__startswith=path)
    rows = User.objects.filter(within, is_active=True, admin_role="").select_related("unit")
    return rows.order_by("unit__path", "name")


def layers_of(assessment: Assessment) -> dict[tuple[str, str], list[str]]:
    """The layers of each scope, in their order, with the names of those who were asked to answer them."""
    names: dict[tuple[str, str], list[str]] = {}
    rows = assessment.answers.order_by("order").values_list("scope", "layer", "assignee__name")
    for scope, layer, name in rows:
        found = names.setdefault((scope, layer), [])
        if name is not None and name not in found:
            found.append(name)
    return names


def extensions_of(obj: Any) -> list[str]:
    """The extended requirements an object's technical kinds call for. Invalid: a cloud without a side."""
    names = []
    if obj.is_cloud:
        if not obj.cloud_side:
            raise errors.Invalid(
                {"protected_object": [_("该对象采用云计算，但没有填写“云责任主体”，无法确定适用的云计算扩展要求。")]}
            )
        names.append(f"cloud_{obj.cloud_side}")
    flags = (("is_mobile", "mobile"), ("is_iot", "iot"), ("is_industrial", "ics"))
    return names + [name for flag, name in flags if getattr(obj, flag)]
