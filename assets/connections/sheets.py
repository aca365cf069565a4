"""The workbooks of interconnections and hostings."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import HostingForm, LinkForm
from .services import show_hostings, show_links

LINK_SHEET = Sheet(LinkForm, columns_of(LinkForm), stored=show_links)
HOSTING_SHEET = Sheet(HostingForm, columns_of(HostingForm), stored=show_hostings)


class LinkSheet(SheetViews):
    """Import of interconnections."""

    sheet, name, namespace = LINK_SHEET, "link", "assets"


class HostingSheet(SheetViews):
    """Import of hostings."""

    sheet, name, namespace = HOSTING_SHEET, "hosting", "assets"
