"""The workbooks of units, users and positions: what a page's form and service refuse, a file cannot bring in.

Units are stored one by one through the services the pages call; people and positions are sent in bulk under the same
rules (``bulk_rules``). Many are read and written by a job, all or none of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import errors
from secmgmt.core.forms import RecordForm
from secmgmt.core.permissions import ROLES
from secmgmt.core.sheets import Once, Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from . import guards, services, users
from .bulk_rules import PositionRules, UserRules
from .forms import PositionForm, UnitForm, UserForm, standing
from .models import OrgUnit, Position, User
from .positions import role_permissions
from .views.area import SECURITY, SYSTEM, OfArea, stored_by

MOST = 2500  # a city's people in one file
MOST_UNITS = 500  # written one by one: on SQLite others wait with saving as long as that takes
OVERLAP = gettext_lazy("同一人在同一单位的同一岗位，任期不能重叠。")


class UnitSheetForm(RecordForm):
    """A unit as a row: a new one may hang under one further up in the file; one that stands is moved on its page."""

    class Meta(UnitForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        parent.queryset = standing(parent.queryset)
        parent.required = not self.instance.pk and OrgUnit.objects.exists()
        parent.error_messages["required"] = _("“%(label)s”没有填写。") % {"label": parent.label}
        parent.help_text = _("已登记的单位，或本表中写在前面的单位；已登记单位的上级在单位页面移动。")
        self.fields["name"].help_text = _("已登记单位的名称在单位页面修改，旧名进入历史。")

    def clean(self) -> dict[str, Any]:
        """Moving needs its ground, which only the page asks for."""
        data = super().clean()
        parent = data.get("parent")
        if self.instance.pk and getattr(parent, "pk", None) != self.initial.get("parent"):
            self.add_error("parent", _("移动单位须写明依据，请在单位页面办理。"))
        elif not self.instance.pk:  # a new unit is in the hands of whoever holds its parent
            self.instance.path = parent.path if parent else "/"
        return data


class UserSheetForm(RecordForm):
    """An account as a row; administrators' accounts are nobody else's to change."""

    class Meta(UserForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = standing(unit.queryset)

    def clean(self) -> dict[str, Any]:
        """The services' own rules, told at the cell."""
        data = super().clean()
        try:
            if self.instance.pk:
                guards.refuse_touching_administrator(self.user, self.instance)
            else:
                users.refuse_reserved(data.get("username", ""))
        except errors.DomainError as error:
            raise ValidationError({"username": error.message}) from error
        return data


class PositionSheetForm(RecordForm):
    """A position as a row: who, where, as what, how long."""

    class Meta:
        model = Position
        fields: ClassVar = ["user", "content_object", "permission", "title", "valid_from", "valid_until"]
        labels: ClassVar = {"user": gettext_lazy("用户"), "permission": gettext_lazy("岗位")}
        help_texts: ClassVar = {
            "user": gettext_lazy("账号，或下拉列表中的写法。"),
            "valid_until": gettext_lazy("含当日；测评机构的岗位必须填写。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = PositionForm(by=self.user)
        for name, same in (("user", "user"), ("content_object", "unit")):
            self.fields[name].queryset = page.fields[same].queryset
        self.fields["user"].label_from_instance = page.fields["user"].label_from_instance
        known = [permission.pk for permission in role_permissions().values()]
        role = self.fields["permission"]
        role.queryset = role.queryset.filter(pk__in=known).order_by("pk")
        role.label_from_instance = lambda permission: str(ROLES[permission.codename].label)

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning."""
        data = super().clean()
        since, until = data.get("valid_from"), data.get("valid_until")
        if since and until and until < since:
            self.add_error("valid_until", _("止日不能早于起日。"))
        return data


def write_unit(*, data: dict[str, Any], pk: int | None, by: User, at: dt.datetime) -> OrgUnit:
    """Add or change a unit as its page does."""
    form = UnitForm(data, instance=OrgUnit.objects.get(pk=pk) if pk else None, user=by)
    service = services.change_unit if pk else services.add_unit
    return stored_by(lambda: service(form=form, by=by, at=at), form)


UNIT_SHEET = Sheet(
    UnitSheetForm, columns_of(UnitSheetForm, "name"), "name", write=write_unit, above="parent", most=MOST_UNITS
)
USER_SHEET = Sheet(UserSheetForm, columns_of(UserSheetForm), "username", rules=UserRules(), most=MOST)
POSITION_SHEET = Sheet(
    PositionSheetForm,
    columns_of(PositionSheetForm),
    once=(
        # with what is stored the form compares the terms
        Once(("user", "content_object", "permission"), OVERLAP, rows=Q(pk__in=[]), clash=Position.meets),
    ),
    rules=PositionRules(),
    fixed=gettext_lazy("已有的岗位不由表格修改：变更任期、结束都须写明原因，请在岗位页面办理。"),
    most=MOST,
)


class AreaSheets(OfArea, SheetViews):
    """Import pages of an administrators' area."""


class UnitSheets(AreaSheets):
    """Import of units."""

    area, sheet, name = (SYSTEM,), UNIT_SHEET, "unit"


class UserSheets(AreaSheets):
    """Import of users."""

    area, sheet, name = (SYSTEM,), USER_SHEET, "user"


class PositionSheets(AreaSheets):
    """Import of positions."""

    area, sheet, name = (SECURITY,), POSITION_SHEET, "position"
