"""People and positions sent in bulk: what ``users`` and ``positions`` ask and tell of one, asked at once for many."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core import audit
from secmgmt.core.bulk import batches
from secmgmt.core.sheets import Rules

from . import guards
from .models import OrgUnit, Position, User
from .positions import facts
from .units import lock_tree

Objection = tuple[Any, str, str]  # (row, column, why)


class UserRules(Rules):
    """An account from a file can do nothing yet, and an administrator's is nobody else's to change."""

    def ready(self, row: Any) -> None:
        """No password: it is set by whoever is given a link."""
        row.set_password(None)

    def check(self, adds: list[Any], changes: list[Any], by: User) -> Iterator[Objection]:
        """Who became an administrator since the file was read is not touched. Raises NotAllowed."""
        for _start, numbers in batches([row.pk for row in changes]):
            for user in User.objects.filter(pk__in=numbers).exclude(admin_role=""):
                guards.refuse_touching_administrator(by, user)
        yield from _merged(adds + changes, "unit")

    def tell(self, row: Any, before: dict[str, Any] | None, *, by: User, at: dt.datetime) -> None:
        """As the services of one account do."""
        if before is None:
            audit.record("user.create", row, by=by, at=at, after=audit.fields_of(row))
        else:
            after = audit.fields_of(row, before)
            audit.record("accounts.user.change", row, by=by, at=at, before=before, after=after)


class PositionRules(Rules):
    """Nobody is granted what he may not hold, nor twice at a time; people's rows are the lock against two grants."""

    def check(self, adds: list[Any], changes: list[Any], by: User) -> Iterator[Objection]:
        """Units, people and terms as they are now. Raises NotAllowed."""
        yield from _merged(adds, "content_object")
        for row in adds:
            guards.refuse_own(by, row.user, _("授予岗位"))
        for _start, numbers in batches(sorted({row.user_id for row in adds})):
            locked = User.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
            people = {user.pk: user for user in locked}
            held = defaultdict(list)
            for position in Position.objects.filter(user__in=numbers).order_by():
                held[_what(position)].append(position)
            for row in adds:
                if row.user_id in people:
                    yield from _objections(row, people[row.user_id], held[_what(row)])

    def tell(self, row: Any, before: dict[str, Any] | None, *, by: User, at: dt.datetime) -> None:
        """As the service of one grant does."""
        audit.record("position.grant", row, by=by, at=at, after=facts(row))


def _merged(rows: list[Any], field: str) -> Iterator[Objection]:
    """Those of ``rows`` whose unit was merged since the file was read; no other is until this is done."""
    lock_tree()
    gone = dict(OrgUnit.objects.filter(merged_into__isnull=False).order_by().values_list("pk", "name"))
    for row in rows:
        if name := gone.get(getattr(row, f"{field}_id")):
            yield row, field, _("“%(name)s”已并入其他单位。") % {"name": name}


def _what(position: Position) -> tuple[int, int, int]:
    return position.user_id, position.content_object_id, position.permission_id


def _objections(row: Position, user: User, held: list[Position]) -> Iterator[Objection]:
    """Why ``row`` cannot be granted to ``user`` as he is now."""
    if user.admin_role:
        yield row, "user", _("管理员账户不能担任业务岗位。")
    elif other := next((one for one in held if one.meets(row)), None):
        yield row, "valid_from", other.overlap_sentence()
