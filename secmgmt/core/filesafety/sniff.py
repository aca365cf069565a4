"""What an upload really is. The content decides, the extension must agree, only evidence types pass.

Taken: pdf, png, jpg, gif, docx, xlsx, ofd, txt, csv, log. Everything else is refused by name.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import IO

import puremagic
from django.utils.translation import gettext as _

from . import archives, names, plaintext
from .refusal import FileRefused

MB = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {  # canonical extension → media type
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "ofd": "application/ofd",
    "txt": "text/plain",
    "csv": "text/csv",
    "log": "text/plain",
}
_SPELLINGS = {"jpeg": "jpg", "jpe": "jpg"}
_TEXT = {"txt", "csv", "log"}
_MAGIC = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
}
_ENDINGS = {"pdf": b"%%EOF", "png": b"IEND", "jpg": b"\xff\xd9"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_TYPES = {
    _OFFICE + "wordprocessingml.document.main+xml": "docx",
    _OFFICE + "spreadsheetml.sheet.main+xml": "xlsx",
}
# What a browser would take for a page or a program would run, at the start of a text.
_ACTIVE = re.compile(
    r"(<!--|<!doctype|<\?(xml|php)|#!|\{\\rtf|%!PS|<(html|head|body|script|svg|iframe|style|title|table|div"
    r"|h1|font|img|object|embed|form|meta|link|a|b|p|br)[\s/>]|@echo\b|mime-version:)",
    re.I,
)


@dataclass(frozen=True)
class Sniffed:
    """``extension`` is canonical (``jpg`` for ``.jpeg``); ``size`` in bytes."""

    media_type: str
    extension: str
    size: int


def check_upload(fileobj: IO[bytes], name: str, *, max_bytes: int) -> Sniffed:
    """Check an upload (seekable, binary) as a whole; refuses with ``FileRefused``; leaves it at its start."""
    size = check_size(fileobj, max_bytes)
    said = check_extension(name)
    found = kind_of(fileobj)
    check_agreement(said, found)
    fileobj.seek(0)
    return Sniffed(MEDIA_TYPES[said], said, size)


def check_size(fileobj: IO[bytes], max_bytes: int) -> int:
    """Bytes really there; empty and over ``max_bytes`` are refused."""
    size = fileobj.seek(0, io.SEEK_END)
    fileobj.seek(0)
    if size == 0:
        raise FileRefused("empty", _("文件是空的（0 字节）。请确认选对了文件后重新上传。"))
    if size > max_bytes:
        values = {"size": f"{size / MB:.1f}", "max": f"{max_bytes / MB:.4g}"}
        raise FileRefused(
            "too-large", _("文件有 %(size)s MB，超过上限 %(max)s MB。请压缩图片或拆分后再上传。") % values
        )
    return size


def check_extension(name: str) -> str:
    """The canonical extension of ``name`` when it is an evidence type."""
    extension = names.extension_of(names.display_name(name))
    extension = _SPELLINGS.get(extension, extension)
    if extension in {"docm", "xlsm", "xltm", "dotm", "xlsb", "pptm"}:
        raise FileRefused(
            "macro", _("“.%s”是启用宏的格式，不能上传。请另存为 .docx 或 .xlsx 后再上传。") % extension
        )
    if extension not in MEDIA_TYPES:
        raise not_taken(f".{extension}" if extension else _("没有扩展名的文件"))
    return extension


def not_taken(what: str) -> FileRefused:
    allowed = "、".join(MEDIA_TYPES)
    message = _("不接收%(what)s。可以上传的类型：%(allowed)s。请转换（例如另存为 PDF）后再上传。")
    return FileRefused("type-not-allowed", message % {"what": what, "allowed": allowed})


def check_agreement(said: str, found: str) -> None:
    """Extension and content name the same type (the text types are one)."""
    if said != found and not (said in _TEXT and found == "txt"):
        values = {"said": said, "found": _("纯文本") if found == "txt" else found}
        message = _("扩展名是 .%(said)s，内容却是 %(found)s。请改回正确的扩展名，或重新导出后再上传。")
        raise FileRefused("type-mismatch", message % values)


def kind_of(fileobj: IO[bytes]) -> str:
    """Canonical extension by content (any text is ``txt``); anything not taken is refused."""
    return look_into(fileobj)[0]


def look_into(fileobj: IO[bytes]) -> tuple[str, archives.Archive | None]:
    """``kind_of`` together with the guarded archive of a zip-based document."""
    fileobj.seek(0)
    head = fileobj.read(4096)
    for extension, magic in _MAGIC.items():
        if head.startswith(magic):
            check_complete(fileobj, extension)
            return extension, None
    if head.startswith(b"PK\x03\x04"):
        archive = archives.open_archive(fileobj)
        return zip_kind(archive), archive
    if head.startswith(OLE):
        raise old_office(fileobj)
    encoding = plaintext.encoding_of(fileobj)
    if not encoding:
        raise not_taken(describe(head))
    check_passive_text(fileobj, encoding)
    return "txt", None


def check_complete(fileobj: IO[bytes], extension: str) -> None:
    """The end that belongs to the beginning: a file cut off in transfer proves nothing later."""
    ending = _ENDINGS.get(extension)
    size = fileobj.seek(0, io.SEEK_END)
    fileobj.seek(max(0, size - 64 * 1024))
    if ending and ending not in fileobj.read():
        raise FileRefused("incomplete", _("文件不完整，结尾缺失，可能没有传完。请确认能正常打开后重新上传。"))


def zip_kind(archive: archives.Archive) -> str:
    """``docx``, ``xlsx`` or ``ofd`` by the main part; other zip files are refused."""
    if "OFD.xml" in archive:
        return "ofd"
    types = archives.content_types(archive)
    for _identity, (kind, part) in archives.relations(archive, "").items():
        if kind == "officeDocument" and (found := _MAIN_TYPES.get(types.get(part, ""))):
            return found
    joined = " ".join(types.values())
    if "presentationml" in joined:
        raise not_taken(_("演示文稿（.pptx）"))
    raise not_taken(_("Office 模板或无法识别的 Office 文件") if types else _("压缩包（.zip）"))


def old_office(fileobj: IO[bytes]) -> FileRefused:
    """Say which: an encrypted new document and the old formats share one container."""
    fileobj.seek(0)
    content = fileobj.read(64 * MB)

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        return FileRefused("encrypted", _("文件设有打开密码，无法检查。请去掉密码后再上传。"))
    if holds("Workbook") or holds("Book"):
        return FileRefused(
            "old-format", _("这是旧版 Excel 文件（.xls）。请用办公软件另存为 .xlsx 后再上传。")
        )
    if holds("WordDocument"):
        return FileRefused("old-format", _("这是旧版 Word 文件（.doc）。请用办公软件另存为 .docx 后再上传。"))
    return FileRefused(
        "old-format", _("这是旧版 Office 或安装包文件。请另存为 .docx、.xlsx 或 PDF 后再上传。")
    )


def check_passive_text(fileobj: IO[bytes], encoding: str) -> None:
    """A text that begins as a web page, an SVG picture or a script is not evidence text."""
    fileobj.seek(0)
    start = fileobj.read(4096).decode(encoding, "ignore").lstrip("\ufeff \t\r\n\f\v")
    if _ACTIVE.match(start):
        message = _("内容是网页、SVG 图片或脚本，不能上传。请截图存为 PNG，或打印为 PDF 后再上传。")
        raise FileRefused("active-content", message)


def describe(head: bytes) -> str:
    """What a refused file seems to be, for the message only."""
    if head.startswith(b"MZ"):
        return _("可执行程序")
    try:
        guess = puremagic.from_string(head).lstrip(".")
    except (puremagic.PureError, ValueError):
        guess = ""
    return _("%s 类型的内容") % guess if guess else _("无法识别的内容")
