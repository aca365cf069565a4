"""The form of a data class (表六)."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.basis import AssetForm
from assets.inventory.queries import changeable

from .models import DataCategory, DataSource, Exchange, PersonalInformation, Store

MOST_UNITS = 3
AMOUNTS = ("people", "volume_gb", "records", "growth_gb", "growth_records")


class DataForm(AssetForm):
    """A class of data of one of the user's own objects."""

    querysets = {"protected_object": changeable}
    fieldsets = (
        (_("是什么"), ("protected_object", "name", "category", "level", "department", "holder")),
        (_("个人信息"), ("personal", "people")),
        (_("数量"), ("volume_gb", "records", "growth_gb", "growth_records")),
        (_("来源"), ("source", "source_other", "source_units")),
        (_("去向"), ("exchange", "target_units", "leaves_country")),
        (_("存储"), ("store", "store_place", "stored_abroad")),
        (_("补充"), ("note",)),
    )

    class Meta:
        model = DataCategory
        fields = "__all__"
        help_texts = {
            "people": _("涉及个人信息时必填。"),
            "volume_gb": _("总量按 GB 或万条，至少填一项。"),
            "records": _("总量按 GB 或万条，至少填一项。"),
            "source_units": _("共享交换、采购时必填；至多三个，用顿号分开。"),
            "target_units": _("有交互时必填；至多三个，用顿号分开。"),
        }

    appears: ClassVar = {
        "people": ("personal", (PersonalInformation.PERSONAL, PersonalInformation.SENSITIVE)),
        "target_units": ("exchange", (Exchange.PROVIDED, Exchange.ENTRUSTED, Exchange.JOINT)),
    }

    places: ClassVar = {
        field.name: _("备案表 表六")
        for field in DataCategory._meta.fields
        if field.editable and field.name not in ("id", "protected_object", "note")
    }

    def clean(self) -> dict[str, Any]:
        """Amounts are not negative; sources and targets are named where there are some, three at most."""
        values = super().clean()
        for name in AMOUNTS:
            if values.get(name) is not None and values[name] < 0:
                self.add_error(name, _t("数量不能是负数。"))
        if values.get("volume_gb") is None and values.get("records") is None:
            self.add_error("volume_gb", _t("总量按 GB 或万条，至少填一项。"))
        for name in ("source_units", "target_units"):
            given = [part for part in re.split(r"[、,，;；\n]+", values.get(name) or "") if part.strip()]
            if len(given) > MOST_UNITS:
                self.add_error(
                    name, _t("至多写三个单位，现有 %(n)d 个；写数量最多的三个。") % {"n": len(given)}
                )
        if values.get("source") in (DataSource.SHARED, DataSource.BOUGHT):
            self.need("source_units", _t("数据来自其他单位"))
        if values.get("exchange") == Exchange.NONE:
            self.forbid(("target_units",), _t("与其他处理者无交互"))
        elif values.get("exchange"):
            self.need("target_units", _t("与其他处理者有交互"))
        if values.get("personal") == PersonalInformation.NONE:
            self.forbid(("people",), _t("不涉及个人信息"))
        elif values.get("personal"):
            self.need("people", _t("涉及个人信息"))
        if values.get("stored_abroad") and values.get("store") == Store.GOVERNMENT_CLOUD:
            self.add_error("stored_abroad", _t("政务云不在境外，请核对存储位置。"))
        return values
