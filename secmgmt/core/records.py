"""One door to write: a plain row is created, changed or deleted here by page, import and API alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from . import attachments, audit, digest, errors, permissions, search
from .models.base import Record
from .models.trail import Comment, Notice, Participation


def save(form: Any, *, by: Any, at: dt.datetime) -> Any:
    """Validate ``form`` and store its row: version check, permission on old and new scope, audit, search index.

    A form on an existing row carries the version it was read at in its ``version`` field.
    Raises Invalid (with field errors), Stale (both texts kept), NotAllowed.
    """
    with audit.act():
        obj, before, is_new = form.instance, {}, form.instance.pk is None
        if not is_new:
            current = _locked(type(obj), obj.pk)
            before = {**audit.fields_of(current), **_many(current, form)}
            check_version(current, form)
            check_scope(by, current, "change")
        if not form.is_valid():
            raise errors.Invalid({k: [str(e) for e in v] for k, v in form.errors.items()})
        obj = form.instance
        check_scope(by, obj, "add" if is_new else "change")
        stamp(obj, by=by, at=at)
        _store(form, obj)
        check_frozen(obj)
        after = {**audit.fields_of(obj), **_many(obj, form)}
        if not is_new:
            before, after = audit.changes(before, after)
        audit.record(
            f"{obj._meta.label_lower}.{'add' if is_new else 'change'}", obj, by=by, at=at, before=before, after=after
        )
        search.refresh(obj)
    return obj


def delete(obj: Any, *, by: Any, at: dt.datetime, version: int) -> None:
    """Delete one row. Raises Stale, NotAllowed, or Conflict naming how many rows still depend on it."""
    with audit.act():
        current = _locked(type(obj), obj.pk)
        if current.version != version:
            raise stale(current, {})
        check_scope(by, current, "delete")
        if hasattr(current, "check_deletion"):  # what depends on who deletes; what never goes says so in ``delete``
            current.check_deletion(by)
        if getattr(current, "frozen_digest", ""):
            raise frozen(current)
        files = clear(current)
        audit.record(
            f"{current._meta.label_lower}.delete",
            current,
            by=by,
            at=at,
            before=audit.fields_of(current),
            detail={"attachments": files} if files else {},
        )
        search.forget(current)
        try:
            with transaction.atomic():
                current.delete()
        except models.ProtectedError as error:
            kinds = sorted({str(row._meta.verbose_name) for row in error.protected_objects})
            raise errors.Conflict(
                _("“%(name)s”还被%(kinds)s共 %(count)d 条记录引用，不能删除。")
                % {"name": current, "kinds": "、".join(kinds), "count": len(error.protected_objects)},
                obj=current,
            ) from error


def clear(obj: Any) -> list[dict[str, Any]]:
    """Remove what hangs on a row that goes, so that nothing waits for its number to be used again (A14).

    The decisions stay with the trail. Returns what the files were.
    """
    search.forget_many(list(Comment.of(obj)))
    for model in (Participation, Notice, Comment):
        model.of(obj).delete()
    return attachments.drop_all(obj)


def stamp(obj: Record, *, by: Any, at: dt.datetime) -> None:
    """Put the next version, the time and the person on a row about to be stored."""
    obj.version = 1 if obj.pk is None else obj.version + 1
    if obj.created_at is None:
        obj.created_at = at
    obj.updated_at, obj.updated_by = at, by


def check_version(current: Any, form: Any) -> None:
    """The form must have been read from the row as it is now: never a silent overwrite."""
    sent = form.data.get(form.add_prefix("version"))
    if sent is None or str(sent) != str(current.version):
        raise stale(current, {name: form.data.get(form.add_prefix(name)) for name in form.fields})
    form.instance.version = current.version


def check_scope(by: Any, obj: Any, action: str) -> None:
    """The person needs ``action`` at the unit the row belongs to, before and after the change (no moving away)."""
    if obj.pk is not None and obj.scope_parents and action in permissions.actions_for(by, [obj])[obj.pk]:
        return
    permissions.require(by, type(obj), action, permissions.path_of(obj))


def check_frozen(obj: Any) -> None:
    """What was submitted stays as it was submitted, by whichever door the change comes."""
    mark = getattr(obj, "frozen_digest", "")
    if mark and digest.hash_value(obj.frozen_content()) != mark:
        raise frozen(obj)


def frozen(obj: Any) -> errors.Conflict:
    """The refusal of a change to submitted content."""
    return errors.Conflict(_("内容已提交并冻结，现在不能修改；退回后才能再改。"), obj=obj)


def stale(current: Any, submitted: dict[str, Any]) -> errors.Stale:
    """The refusal that keeps both texts."""
    name = getattr(current.updated_by, "audit_name", "")
    return errors.Stale(current, submitted, by_name=name, at=current.updated_at)


def _locked(model: type[models.Model], pk: Any) -> Any:
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise errors.OutOfScope(model=model._meta.label, lookup=pk)
    return row


def _many(obj: Any, form: Any) -> dict[str, Any]:
    """The many-to-many fields of the form as sorted texts."""
    return {
        field.name: sorted(str(row) for row in getattr(obj, field.name).all()) if obj.pk else []
        for field in obj._meta.many_to_many
        if field.name in form.fields
    }


def _store(form: Any, obj: Any) -> None:
    try:
        with transaction.atomic():
            obj.save()
            form.save_m2m() if hasattr(form, "save_m2m") else form._save_m2m()
    except IntegrityError as error:
        raise errors.Conflict(_("同时有人登记了相同的内容，请刷新后核对。"), obj=obj) from error
