"""Pages of data classes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assets.inventory.pages import PartViews

from .filters import DataFilter
from .forms import DataForm
from .models import DataCategory
from .sheets import DATA_SHEET
from .tables import DATA


class DataCategories(PartViews):
    """The data of objects (表六)."""

    model, name, title = DataCategory, "data", _("数据类别")
    table, filterset_class, form_class = DATA, DataFilter, DataForm
    sheet = DATA_SHEET
    related = ("protected_object__unit", "updated_by")
    empty_text = _("每个最小的数据类别登记一行，对应备案表表六。")
    facts = (
        "protected_object", "name", "category", "level", "department", "holder", "personal", "people",
        "volume_gb", "records", "growth_gb", "growth_records", "source", "source_units", "exchange",
        "target_units", "leaves_country", "store", "store_place", "stored_abroad", "note",
    )  # fmt: skip
