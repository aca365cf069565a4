"""Remarks of those who may see a record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from . import audit, errors, parents, permissions, search
from .models.trail import Comment

TEXT_LENGTH = 2000
FIELD = "comments"


@audit.audited
def add(*, parent: Any, text: str, by: Any, at: dt.datetime) -> Comment:
    """Add a remark to a record ``by`` may see. Raises OutOfScope, NotAllowed, Invalid."""
    seen = permissions.get_visible(type(parent), by, pk=parent.pk)
    parents.check_carries(seen, "has_comments")
    check_field(by, seen)
    parents.refuse_bare(seen)
    kind = ContentType.objects.get_for_model(seen)
    comment = Comment.objects.create(
        content_type=kind, object_id=seen.pk, text=check_text(text), by=by, at=at
    )
    search.refresh(comment)
    audit.record("core.comment.add", seen, by=by, at=at, after={"text": comment.text})
    return comment


def comments_of(obj: Any, user: Any) -> QuerySet:
    """The remarks on ``obj``, the oldest first; none for who was not shown them."""
    rows = Comment.of(obj).select_related("by")
    return rows if parents.may_see_field(user, obj, FIELD) else rows.none()


def check_field(by: Any, parent: Any) -> None:
    """Somebody who was shown only some fields of the record does not join its discussion."""
    if not parents.may_see_field(by, parent, FIELD):
        raise errors.NotAllowed(_("您受邀查看的内容不包括留言。"), obj=parent)


def check_text(text: str) -> str:
    """A remark says something and is not longer than the column."""
    text = text.strip()
    if not text:
        raise errors.Invalid({"text": [_("请写下留言内容。")]})
    if len(text) > TEXT_LENGTH:
        raise errors.Invalid(
            {"text": [_("留言最多 %(max)d 字，现有 %(now)d 字。") % {"max": TEXT_LENGTH, "now": len(text)}]}
        )
    return text
