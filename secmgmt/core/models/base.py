"""Abstract bases: a versioned record with a scope, and a node of the tree that scopes hang on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import permissions


class ScopedQuerySet(models.QuerySet):
    """``visible_to`` is the only door from a request to rows."""

    def visible_to(self, user: Any, action: str = "view") -> ScopedQuerySet:
        """Rows on which ``user`` may do ``action``: by position over the row's unit, or by participation."""
        return permissions.restrict(self, user, action)  # type: ignore[return-value]


class Record(models.Model):
    """A row that people edit: it has a version against lost updates and a scope for permissions.

    ``scope_path``: lookup from the row to the path of the unit it belongs to ("" = belongs to no unit and
    is open to every role that is given the action).
    ``scope_parents``: lookups to the objects whose participations also open this row ("" = the row itself).
    ``has_files``, ``has_comments``: whether files may be kept with a row, and remarks made on it.
    ``history_labels``: what a history calls fields whose own name is no word of the reader's.
    ``audit_exclude``: fields that stay out of the before and after of an audit row.
    """

    scope_path: ClassVar[str] = "unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ()
    has_files: ClassVar[bool] = False
    has_comments: ClassVar[bool] = False
    history_labels: ClassVar[dict[str, Any]] = {}
    audit_exclude: ClassVar[frozenset[str]] = frozenset()

    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    created_at = models.DateTimeField(_("登记时间"), editable=False)
    updated_at = models.DateTimeField(_("最近修改"), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("最近修改人"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def unique_error_message(self, model_class: Any, unique_check: Any) -> ValidationError:
        """What may stand only once, in the same words everywhere."""
        error = super().unique_error_message(model_class, unique_check)
        if len(unique_check) == 1:
            name = model_class._meta.get_field(unique_check[0]).verbose_name
            error.message = _("这个%(name)s已被使用。") % {"name": name}
        return error


class ScopeNode(models.Model):
    """A node of the tree that scopes hang on; ``path`` is "/id/id/" from the root, kept by services."""

    scope_path: ClassVar[str] = "path"
    scope_parents: ClassVar[tuple[str, ...]] = ()

    path = models.CharField(_("路径"), max_length=255, db_index=True, editable=False, default="")

    class Meta:
        abstract = True

    def covers(self, path: str) -> bool:
        """Whether a row at ``path`` lies at or beneath this node."""
        return bool(self.path) and path.startswith(self.path)
