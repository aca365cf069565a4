"""Pages of interconnections and hostings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from assets.inventory.pages import PartViews
from secmgmt.core.clock import now

from . import services
from .filters import HostingFilter, LinkFilter
from .forms import HostingForm, LinkForm
from .models import Hosting, Interconnection
from .sheets import HOSTING_SHEET, LINK_SHEET
from .tables import HOSTINGS, LINKS, links_seen_from, match_cell


class Links(PartViews):
    """What is connected to what."""

    model, name, title = Interconnection, "link", _("互联关系")
    table, filterset_class, form_class = LINKS, LinkFilter, LinkForm
    sheet = LINK_SHEET
    related = ("from_object__unit", "to_object__unit", "from_component", "to_component", "updated_by")
    anchor = "from_object"
    empty_text = _("登记与其他系统、外部单位以及系统内部部件之间的连接。")
    facts = (
        "from_object", "from_component", (_("对端"), lambda row: row.other_end), "to_component", "purpose",
        "direction", "protocol", "ports", "is_encrypted", "control", "control_text", "line", "line_redundant",
        "note",
    )  # fmt: skip

    def list_page(self, request: HttpRequest) -> HttpResponse:
        """One object's connections are told from it, whoever registered them."""
        if self.above is not None:
            self.table = links_seen_from(self.above)
        return super().list_page(request)

    def store(self, form: Any) -> Interconnection:
        """Through the service: the unit at the other end sees it."""
        return services.save_link(form, by=self.request.user, at=now())


class Hostings(PartViews):
    """What runs on which platform."""

    model, name, title = Hosting, "hosting", _("托管关系")
    table, filterset_class, form_class = HOSTINGS, HostingFilter, HostingForm
    sheet = HOSTING_SHEET
    related = ("tenant__unit", "platform__unit", "updated_by")
    anchor = "tenant"
    empty_text = _("系统承载在政务云、数据中心机房或其他平台上时登记，测评结果可以从平台继承。")
    facts = (
        "tenant", (_("系统等级"), lambda row: row.tenant.level_label), "platform",
        (_("平台等级"), lambda row: row.platform.level_label), (_("等级比较"), match_cell), "model", "since", "until",
        "agreement", "note",
    )  # fmt: skip

    def store(self, form: Any) -> Hosting:
        """Through the service: no circle, and the platform's unit sees it."""
        return services.save_hosting(form, by=self.request.user, at=now())
