"""The form of a component; what is asked depends on its kind."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.basis import AssetForm
from assets.inventory.models import Zone
from assets.inventory.queries import changeable

from .models import HARDWARE, Component, ComponentKind

PRODUCT = ("vendor", "model", "version_text", "licence", "licence_until", "support_until")
CERTIFICATE = ("certificate_number", "certificate_until")


class ComponentForm(AssetForm):
    """A component of one of the user's own objects."""

    querysets = {
        "protected_object": changeable,
        "zone": lambda user: Zone.objects.visible_to(user).select_related("network").order_by(
            "network__name", "name"
        ),
    }  # fmt: skip
    fieldsets = (
        (_("是什么"), ("protected_object", "kind", "name", "usage", "quantity", "is_key", "redundancy")),
        (_("在哪里"), ("zone", "address", "location", "holder")),
        (_("产品"), PRODUCT),
        (_("证书"), ("certificate_kind", *CERTIFICATE)),
        (_("补充"), ("note",)),
    )

    class Meta:
        model = Component
        fields = "__all__"
        help_texts = {
            "redundancy": _("硬件设备必填。"),
            "location": _("机房必填。"),
            "holder": _("岗位人员必填。"),
            "address": _("如 10.1.2.5、10.1.2.0/24 或 10.1.2.5-10.1.2.9，用逗号分开。"),
            "certificate_number": _("有产品证书时必填，照证书上的编号填写。"),
            "certificate_until": _("有产品证书时必填。"),
        }

    appears: ClassVar = dict.fromkeys(CERTIFICATE, ("certificate_kind", ()))

    def clean(self) -> dict[str, Any]:
        """Hardware has its place; a person is no product; a certificate has number and term."""
        values = super().clean()
        kind = values.get("kind")
        if kind in HARDWARE:
            self.need("redundancy", _t("硬件设备"))
        if kind == ComponentKind.ROOM:
            self.need("location", _t("机房"))
        if kind in (ComponentKind.PERSON, ComponentKind.DOCUMENT):
            self.forbid((*PRODUCT, "certificate_kind", "zone", "address"), _t("岗位人员和文档"))
        if kind == ComponentKind.PERSON:
            self.need("holder", _t("岗位人员"))
        if values.get("certificate_kind"):
            for name in CERTIFICATE:
                self.need(name, _t("已选产品证书"))
        else:
            self.forbid(CERTIFICATE, _t("未选产品证书"))
        return values
