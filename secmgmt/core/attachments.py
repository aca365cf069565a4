"""Files kept with a record: checked on the way in, under a random key, digest checked on the way out.

Nothing the sender chose reaches the storage key (A30, A31, A32); the type is what the content is; what is
handed out is never shown inline (A35). The file is written before the row, so that no lock is held while it
streams; whatever fails afterwards, up to the outermost act's commit, takes the file with it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import re
import secrets
from typing import IO, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from . import audit, digest, errors, parents, permissions, search
from .clock import now
from .filesafety import names, secrecy, sniff
from .filesafety.refusal import FileRefused
from .models.trail import Attachment

FOLDER = "attachments"
FIELD = "attachments"
ADDING = frozenset({"attach", "change"})
_KEY = re.compile(FOLDER + r"/[0-9a-f]{32}")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def attach(
    *,
    parent: Any,
    upload: Any,
    by: Any,
    at: dt.datetime,
    slot: str = "",
    note: str = "",
    declared_not_secret: bool = False,
    confirmed_not_secret: bool = False,
) -> Attachment:
    """Keep ``upload`` (a seekable binary file with a ``name``) with ``parent``.

    The parent must be visible to ``by`` and take files from him (``check_may_attach``). ``confirmed``: he
    answered the question about a text that looks like a secrecy mark. Raises OutOfScope, NotAllowed,
    FileRefused, Conflict (too many), NoSpace; then neither row nor file stays.
    """
    check_may_attach(by, parent)
    name, kind, verdict = examined(upload, declared_not_secret, confirmed_not_secret)
    row = Attachment(
        name=name,
        storage_key=new_key(),
        media_type=kind.media_type,
        size=kind.size,
        algorithm=settings.DIGEST_ALGORITHM,
        digest=digest.hash_file(upload),
        slot=slot[:40],
        note=note.strip()[:200],
        declared_not_secret=declared_not_secret,
        by=by,
        at=at,
    )
    detail = {"confirmed_not_secret": True, "mark": verdict.mark} if verdict.kind == "ask" else {}
    return _store(row, upload, parent, verb="attachment.add", detail=detail)


def examined(upload: Any, declared: bool, confirmed: bool) -> tuple[str, Any, Any]:
    """(name to show, kind, verdict on secrecy marks) of a file that may be kept. Raises FileRefused, TooLarge."""
    name = names.display_name(getattr(upload, "name", "") or "")
    kind = sniff.check_upload(upload, name, max_bytes=settings.UPLOAD_MAX_BYTES)
    verdict = secrecy.examine(upload, name, kind.media_type)
    secrecy.require_clear(verdict, confirmed_not_secret=confirmed)
    check_declared(kind.media_type, declared)
    return name, kind, verdict


def _store(
    row: Attachment, handle: IO[bytes], parent: Any, *, verb: str, detail: dict[str, Any]
) -> Attachment:
    """The file, then the row; the file goes again when anything fails."""
    write_file(row.storage_key, handle)
    try:
        _insert(row, parent, verb=verb, detail=detail)
    except BaseException:
        drop_file(row.storage_key)
        raise
    return row


@audit.audited
def _insert(row: Attachment, parent: Any, *, verb: str, detail: dict[str, Any]) -> None:
    audit.on_rollback(lambda: drop_file(row.storage_key))  # an outer act may still fail
    # Two uploads at once count as two: the parent's row is the lock.
    type(parent)._default_manager.select_for_update(of=("self",)).get(pk=parent.pk)
    check_count(parent)
    check_new(row, parent)
    row.content_type, row.object_id = ContentType.objects.get_for_model(parent), parent.pk
    row.save()
    search.refresh(row)
    after = {"name": row.name, "size": row.size, "digest": row.digest, "slot": row.slot}
    audit.record(verb, parent, by=row.by, at=row.at, after=after, detail={"attachment": row.pk, **detail})


@audit.audited
def remove(*, attachment: Attachment, by: Any, at: dt.datetime) -> None:
    """Take a file off its record; what was submitted with the record stays. The file goes on commit."""
    row = visible(by, attachment.pk)
    parent = row.parent
    check_not_frozen(parent)  # first: a file that cannot be added either is refused in other words
    check_may_attach(by, parent)
    check_may_remove(by, row, parent)
    check_not_kept(row, parent)
    key = row.storage_key
    before = {"name": row.name, "size": row.size, "digest": row.digest, "slot": row.slot}
    audit.record("attachment.remove", parent, by=by, at=at, before=before, detail={"attachment": row.pk})
    search.forget(row)
    row.delete()
    transaction.on_commit(lambda: drop_file(key))


def drop_all(parent: Any) -> list[dict[str, Any]]:
    """Take every file off a record that is being deleted; what they were, for its trail. Part of that act."""
    rows = list(Attachment.of(parent))
    keys = [row.storage_key for row in rows]
    search.forget_many(rows)
    Attachment.of(parent).delete()
    transaction.on_commit(lambda: drop_files(keys))
    return [{"name": row.name, "size": row.size, "digest": row.digest} for row in rows]


def download(*, user: Any, pk: int) -> FileResponse:
    """The file as a download, after its record was found visible and its digest right; audited.

    Raises OutOfScope (also for who was not shown the attachments), Conflict when the file is broken.
    """
    row = visible(user, pk)
    handle = open_checked(row, user)
    detail = {"attachment": row.pk, "name": row.name}
    with audit.act():
        audit.record("attachment.download", row.parent, by=user, at=now(), detail=detail)
    return sent(row, handle)


def sent(row: Attachment, handle: Any) -> FileResponse:
    """A file on its way out, never shown inline (A35)."""
    response = FileResponse(handle, content_type=row.media_type)
    response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = content_disposition_header(True, row.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def attachments_of(obj: Any, user: Any) -> QuerySet:
    """The files of ``obj``; none for who was not shown them."""
    rows = Attachment.of(obj).select_related("by")
    return rows if parents.may_see_field(user, obj, FIELD) else rows.none()


def visible(user: Any, pk: Any) -> Attachment:
    """An attachment whose record ``user`` may see and was shown the files of; else the same 404."""
    row = Attachment.objects.filter(pk=pk).first()
    if row is None:
        raise errors.OutOfScope(model="core.Attachment", lookup=pk)
    parent = parents.visible_parent(row.content_type_id, row.object_id, user)
    if not parents.may_see_field(user, parent, FIELD):
        raise errors.OutOfScope(model="core.Attachment", lookup=pk)
    return row


def may_attach(user: Any, parent: Any) -> bool:
    """Whether ``user`` may add files to a record he sees."""
    if not (parents.carries(parent, "has_files") and takes_files(parent) and row_takes_from(parent, user)):
        return False
    allowed = permissions.actions_for(user, [parent])[parent.pk]
    return bool(allowed & ADDING) and parents.may_see_field(user, parent, FIELD)


def check_may_attach(by: Any, parent: Any) -> None:
    """Visible and of a kind that has files (404), ``attach`` or ``change`` on it, and the row's own word (403)."""
    parents.check_carries(parent, "has_files")
    parents.require_any(by, parent, "attach", "change")
    check_row_takes_from(parent, by)
    if not parents.may_see_field(by, parent, FIELD):
        raise errors.NotAllowed(_("您受邀查看的内容不包括附件。"), obj=parent)
    parents.refuse_bare(parent)
    check_takes_files(parent)


def row_takes_from(parent: Any, user: Any) -> bool:
    """Whether this very row takes files from ``user``: a model whose rows differ in that has ``may_attach(user)``."""
    asked = getattr(parent, "may_attach", None)
    return asked is None or asked(user)


def check_row_takes_from(parent: Any, by: Any) -> None:
    """An action held on a kind of rows does not reach what somebody else answers for."""
    if not row_takes_from(parent, by):
        message = _("“%(name)s”的附件不由您增删。") % {"name": parent}
        raise errors.NotAllowed(message, who_may=permissions.who_may(type(parent), "attach"), obj=parent)


def may_remove(user: Any, row: Attachment, parent: Any) -> bool:
    """Of those who may add files: who added this one, and who may add by position, which taking part does not give."""
    path = permissions.path_of(parent)
    return row.by_id == user.pk or any(permissions.may(user, type(parent), action, path) for action in ADDING)


def check_may_remove(by: Any, row: Attachment, parent: Any) -> None:
    """What another one added is not taken away by who only takes part."""
    if not may_remove(by, row, parent):
        message = _("“%(name)s”由%(who)s上传，您不能删除。") % {"name": row.name, "who": row.by}
        raise errors.NotAllowed(message, who_may=permissions.who_may(type(parent), "attach"), obj=parent)


def takes_files(parent: Any) -> bool:
    """Whether files may still be added: not to what was submitted, unless the model says ``takes_files``."""
    return getattr(parent, "takes_files", not getattr(parent, "frozen_digest", ""))


def check_takes_files(parent: Any) -> None:
    """What was submitted gains no evidence behind the back of whoever decides on it."""
    if not takes_files(parent):
        raise errors.Conflict(_("内容已提交，不能再加附件；退回后才能再改。"), obj=parent)


def check_declared(media_type: str, declared: bool) -> None:
    """A picture cannot be read: the declaration of who uploads it stands in."""
    if media_type.startswith("image/") and not declared:
        message = _("图片中的文字无法自动检查。请核对后勾选“不涉及国家秘密”再上传。")
        raise FileRefused("secrecy-declare", message)


def check_count(parent: Any) -> None:
    """A record holds so many files and no more (A36)."""
    most = settings.UPLOAD_MAX_FILES_PER_OBJECT
    if Attachment.of(parent).count() >= most:
        message = _("“%(name)s”已有 %(n)d 份附件，到了上限。请先删去不用的。")
        raise errors.Conflict(message % {"name": parent, "n": most}, obj=parent)


def check_new(row: Attachment, parent: Any) -> None:
    """The same file twice says nothing more; a proof (``slot``) may be given for several decisions."""
    same = Attachment.of(parent).filter(digest=row.digest, algorithm=row.algorithm, slot="").first()
    if same is not None and not row.slot:
        message = _("内容与已有附件“%(name)s”完全相同，没有重复添加。") % {"name": same.name}
        raise FileRefused("same-file", message)


def check_not_frozen(parent: Any) -> None:
    """What was submitted keeps its evidence."""
    if getattr(parent, "frozen_digest", ""):
        raise errors.Conflict(_("内容已提交并冻结，附件不能删除；退回后才能再改。"), obj=parent)


def is_kept(row: Attachment, parent: Any) -> bool:
    """Whether a record keeps this file for what it proves (its ``kept_slots``)."""
    return row.slot in getattr(parent, "kept_slots", ())


def check_not_kept(row: Attachment, parent: Any) -> None:
    """The proof of a decision stays with the decision."""
    if is_kept(row, parent):
        raise errors.Conflict(_("“%(name)s”是已办结论的证明文件，不能删除。") % {"name": row.name}, obj=parent)


def new_key() -> str:
    """A fresh random key in the storage; nothing of it comes from the sender."""
    return f"{FOLDER}/{secrets.token_hex(16)}"


def check_key(key: str) -> None:
    """Only keys of our own making are joined to the storage's folder or deleted (A31)."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key!r}")


def write_file(key: str, handle: IO[bytes]) -> None:
    """Stream ``handle`` into the storage; a full disk leaves no part of it. Raises NoSpace."""
    check_key(key)
    handle.seek(0)
    try:
        stored = default_storage.save(key, File(handle, name=key))
    except OSError as error:
        drop_file(key)
        if error.errno in FULL:
            message = _("服务器磁盘空间不足，文件没有保存。请联系系统管理员清理后再上传。")
            raise errors.NoSpace(message) from error
        raise
    if stored != key:  # the key was taken: 128 random bits do not collide, so something is wrong
        default_storage.delete(stored)
        raise errors.Conflict(_("文件没有保存，请重新上传。"))


def drop_file(key: str) -> None:
    """Delete a stored file; one that is gone already is no error."""
    check_key(key)
    with contextlib.suppress(OSError):
        default_storage.delete(key)


def drop_files(keys: list[str]) -> None:
    """Delete several stored files."""
    for key in keys:
        drop_file(key)


def open_checked(row: Attachment, user: Any) -> IO[bytes]:
    """The stored file at its start, after its digest was checked; a broken one is refused and audited."""
    check_key(row.storage_key)
    try:
        handle = default_storage.open(row.storage_key, "rb")
    except FileNotFoundError as error:
        raise broken(row, user, _("存储中找不到这份附件")) from error
    if digest.hash_file(handle, row.algorithm) != row.digest:
        handle.close()
        raise broken(row, user, _("附件与上传时的摘要不一致，可能被改动或损坏"))
    handle.seek(0)
    return handle


def broken(row: Attachment, user: Any, reason: str) -> errors.Conflict:
    """The refusal of a file that is not what was uploaded, with its row in the trail."""
    detail = {"attachment": row.pk, "name": row.name, "digest": row.digest}
    audit.refuse("attachment.digest-broken", row.parent, by=user, reason=reason, detail=detail)
    message = _("%(why)s，没有提供下载。已记入审计，请联系系统管理员。") % {"why": reason}
    return errors.Conflict(message, obj=row.parent)
