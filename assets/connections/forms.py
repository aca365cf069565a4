"""Forms of interconnections and hostings."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.components.models import Component
from assets.inventory.basis import PORTS, AssetForm
from assets.inventory.models import ProtectedObject
from assets.inventory.queries import PHONES, changeable, platforms

from .models import Hosting, Interconnection
from .services import circle_sentence, circular


def reachable(user: Any) -> QuerySet:
    """The other ends a user may name: what he sees, and the platforms everybody knows."""
    if user is None:
        return ProtectedObject.objects.none()
    seen = ProtectedObject.objects.visible_to(user).order_by().values("pk")
    rows = ProtectedObject.objects.in_use().filter(Q(pk__in=seen) | Q(offers_hosting=True))
    return rows.defer(*PHONES).order_by("name")


def parts(user: Any) -> QuerySet:
    """The components a user sees; of thousands only what their labels say is read."""
    rows = Component.objects.visible_to(user) if user is not None else Component.objects.none()
    rows = rows.select_related("protected_object").order_by("protected_object__name", "name")
    return rows.only(
        "name", "protected_object__name", "protected_object__is_secret_register", "protected_object__secret_number"
    )


def own_parts(user: Any) -> QuerySet:
    """The components of the objects at which a user may let a link begin."""
    return parts(user).filter(protected_object__in=changeable(user).order_by().values("pk"))


def with_object(part: Component) -> str:
    """A component among those of several objects, where many share a name."""
    return f"{part.protected_object} · {part}"


class LinkForm(AssetForm):
    """An interconnection of one of the user's own objects."""

    querysets = {
        "from_object": changeable, "to_object": reachable, "from_component": own_parts, "to_component": parts,
    }  # fmt: skip
    fieldsets = (
        (_("两端"), ("from_object", "from_component", "to_object", "to_component", "external_party")),
        (_("传什么"), ("purpose", "direction", "protocol", "ports", "is_encrypted")),
        (_("怎么连"), ("control", "control_text", "line", "line_redundant", "note")),
    )

    class Meta:
        model = Interconnection
        fields = "__all__"
        help_texts = {
            **dict.fromkeys(("from_component", "to_component"), _("两端是同一系统时必填。")),
            "to_object": _("与外部对端填且只填一项。"),
            "external_party": _("不在台账内的对端；与对端系统填且只填一项。"),
            "ports": PORTS,
            "control_text": _("边界控制为“其他”时必填。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_component", "to_component"):
            self.fields[name].label_from_instance = with_object

    def clean(self) -> dict[str, Any]:
        """One other end; components belong to their ends; an inner link joins two different components."""
        values = super().clean()
        start, end, outside = (values.get(k) for k in ("from_object", "to_object", "external_party"))
        if bool(end) == bool(outside) and not {"to_object", "external_party"} & self.errors.keys():
            self.add_error("to_object", _t("对端系统与外部对端须填且只填一项。"))
        for component, obj in (("from_component", start), ("to_component", end)):
            part = values.get(component)
            if part and (obj is None or part.protected_object_id != obj.pk):
                self.add_error(component, _t("这个部件不属于所选的系统。"))
        if start and end and start == end:
            for name in ("from_component", "to_component"):
                self.need(name, _t("两端是同一系统"))
            if values.get("from_component") and values.get("from_component") == values.get("to_component"):
                self.add_error("to_component", _t("两端部件不能相同。"))
        if values.get("control") == Interconnection.Control.OTHER:
            self.need("control_text", _t("边界控制为其他"))
        return values


class HostingForm(AssetForm):
    """One of the user's own objects runs on a platform of the directory."""

    querysets = {
        "tenant": changeable,
        "platform": lambda user: platforms() if user is not None else ProtectedObject.objects.none(),
    }

    class Meta:
        model = Hosting
        fields = ("tenant", "platform", "model", "since", "until", "agreement", "note")

    def clean(self) -> dict[str, Any]:
        """Not on itself, not in a circle, and it ends after it begins."""
        values = super().clean()
        self.in_order("since", "until", _t("截止日期早于开始日期。"))
        tenant, platform = values.get("tenant"), values.get("platform")
        if tenant and platform and values.get("since"):
            wanted = Hosting(
                pk=self.instance.pk,
                tenant=tenant,
                platform=platform,
                since=values["since"],
                until=values.get("until"),
            )
            if tenant == platform:
                self.add_error("platform", _t("系统不能承载在自己上。"))
            elif circular(wanted):
                self.add_error("platform", circle_sentence(wanted))
        return values
