"""Guards for zip-based documents (docx, xlsx, ofd), run before anything parses them.

``open_archive`` checks the directory first (cheap, nothing is unpacked), then streams every part once.
Whatever is read later goes through ``Archive.open``, which trusts no declared size.
"""

from __future__ import annotations

import codecs
import copy
import io
import posixpath
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from django.utils.translation import gettext as _
from lxml import etree

from .refusal import FileRefused

MB = 1024 * 1024
CHUNK = 256 * 1024
_MACRO_PARTS = re.compile(r"(^|/)(vbaProject.*\.bin|vbaData\.xml)$|(^|/)(macrosheets|activeX)/", re.I)
_TEXTUAL = (".xml", ".rels", ".vml", ".xhtml")
_DECLARED_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_SAFE_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii"}


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes. ``ratio`` counts only for parts above ``ratio_from`` (small parts pack very well)."""

    entries: int = 3000
    total: int = 256 * MB
    ratio: int = 120
    ratio_from: int = MB
    rels_part: int = 4 * MB
    depth: int = 1


LIMITS = Limits()


class Archive:
    """An open zip whose directory has been checked; ``names`` in directory order."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        self._zip = source
        self._infos = {info.filename: info for info in source.infolist() if not info.is_dir()}
        self.names = list(self._infos)

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def size(self, name: str) -> int:
        return self._infos[name].file_size

    def open(self, name: str) -> IO[bytes]:
        """A reader for one part that refuses when more comes out than the directory declares."""
        info = self._infos.get(name)
        if info is None:
            raise FileRefused(
                "part-missing", _("文件不完整：缺少“%s”。请用办公软件重新保存后再上传。") % name
            )
        honest = copy.copy(info)
        honest.file_size += CHUNK  # zipfile stops silently at the declared size; this shows the lie
        try:
            return io.BufferedReader(_Measured(self._zip.open(honest), name, info.file_size), CHUNK)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise broken_part(name) from error

    def chunks(self, name: str) -> Iterator[bytes]:
        with self.open(name) as part:
            while chunk := part.read(CHUNK):
                yield chunk

    def utf8_chunks(self, name: str) -> Iterator[bytes]:
        """The part as UTF-8 whatever Unicode form it is in, so that a search for bytes cannot be dodged."""
        decoder, encoder = None, "utf-8"
        for number, chunk in enumerate(self.chunks(name)):
            if number == 0 and (form := utf16_form(chunk)):
                decoder = codecs.getincrementaldecoder(form)("replace")
            yield decoder.decode(chunk).encode(encoder, "replace") if decoder else chunk


class _Measured(io.RawIOBase):
    """Counts what really comes out of a part and turns zip faults into refusals."""

    def __init__(self, source: IO[bytes], name: str, declared: int) -> None:
        self._source, self._name, self._declared, self._seen = source, name, declared, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self._source.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise broken_part(self._name) from error
        self._seen += len(data)
        check_declared_size(self._name, self._seen, self._declared, ended=not data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()


def broken_part(name: str) -> FileRefused:
    return FileRefused("broken", _("文件已损坏：“%s”无法读出。请用办公软件打开并另存后再上传。") % name)


def open_archive(fileobj: IO[bytes], *, limits: Limits = LIMITS, depth: int = 0) -> Archive:
    """Check a zip-based document as a whole and return it for reading; refuses with ``FileRefused``."""
    check_directory(fileobj, limits)
    fileobj.seek(0)
    try:
        source = zipfile.ZipFile(fileobj)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        message = _("文件已损坏，或不是它的扩展名所说的类型：压缩目录读不出。请用办公软件另存后再上传。")
        raise FileRefused("broken", message) from error
    infos = source.infolist()
    check_entries(infos, limits)
    check_total_size(infos, limits)
    check_ratio(infos, limits)
    check_part_names(infos)
    check_duplicates(infos)
    check_encryption(infos)
    check_macros(infos)
    archive = Archive(source)
    for name in archive.names:
        check_part(archive, name)
        check_nested(archive, name, limits, depth)
        if name.lower().endswith(".rels"):
            check_relationships(archive, name, limits)
    check_content_types(archive)
    return archive


def check_directory(fileobj: IO[bytes], limits: Limits) -> None:
    """The directory's own size, before the standard library loads it whole into memory."""
    size = fileobj.seek(0, io.SEEK_END)
    fileobj.seek(max(0, size - 65557))
    tail = fileobj.read(65557)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise FileRefused("broken", _("文件不完整：找不到压缩目录。可能没有传完，请重新上传。"))
    count, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if count > limits.entries or directory > limits.entries * 400:
        raise too_many_entries(count, limits)


def too_many_entries(count: int, limits: Limits) -> FileRefused:
    return FileRefused(
        "bomb",
        _("文件里有 %(n)d 个部件，超过上限 %(max)d 个，已拒绝。请另存为新文件后再上传。")
        % {"n": count, "max": limits.entries},
    )


def check_entries(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    """How many parts the directory lists."""
    if len(infos) > limits.entries:
        raise too_many_entries(len(infos), limits)


def check_total_size(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    """What all parts together declare to unpack to."""
    total = sum(info.file_size for info in infos)
    if total > limits.total:
        values = {"n": total // MB, "max": limits.total // MB}
        raise FileRefused(
            "bomb", _("文件展开后有 %(n)d MB，超过上限 %(max)d MB，已拒绝。请拆分后再上传。") % values
        )


def check_ratio(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    """A part that unpacks to many times its packed size (zip bomb)."""
    for info in infos:
        if info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1):
            message = _("文件里的“%s”压缩比异常（疑似压缩炸弹），已拒绝。请用办公软件另存后再上传。")
            raise FileRefused("bomb", message % info.filename)


def check_part_names(infos: list[zipfile.ZipInfo]) -> None:
    """No part may point outside the archive or be a link."""
    for info in infos:
        name = info.filename
        bad = "\\" in name or ":" in name or name.startswith("/") or any(ord(c) < 32 for c in name)
        if bad or ".." in unquote(name).split("/") or stat.S_ISLNK(info.external_attr >> 16):
            message = _("文件里有指向文件之外的部件名“%s”，已拒绝。请用办公软件另存后再上传。")
            raise FileRefused("path-traversal", message % name[:80])


def check_duplicates(infos: list[zipfile.ZipInfo]) -> None:
    """Two parts of one name: a checker would read one, a reader the other."""
    seen: set[str] = set()
    for info in infos:
        key = info.filename.casefold()
        if key in seen:
            message = _("文件里有两个同名部件“%s”，无法判断以哪个为准。请用办公软件另存后再上传。")
            raise FileRefused("duplicate-part", message % info.filename[:80])
        seen.add(key)


def check_encryption(infos: list[zipfile.ZipInfo]) -> None:
    """Encrypted parts and packing methods the guards cannot read through."""
    for info in infos:
        if info.flag_bits & 0x41:
            raise FileRefused(
                "encrypted", _("文件已加密（“%s”），无法检查。请去掉密码后再上传。") % info.filename
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused(
                "packing", _("“%s”的压缩方式不被支持。请用办公软件另存后再上传。") % info.filename
            )


def check_macros(infos: list[zipfile.ZipInfo]) -> None:
    """VBA projects, Excel 4 macro sheets and ActiveX controls."""
    for info in infos:
        if _MACRO_PARTS.search(info.filename):
            message = _("文件含有宏或控件（“%s”），不能上传。请另存为不含宏的 .docx 或 .xlsx 后再上传。")
            raise FileRefused("macro", message % info.filename)


def check_declared_size(name: str, seen: int, declared: int, *, ended: bool) -> None:
    """While reading: never more than declared, and at the end exactly that."""
    if seen > declared or (ended and seen != declared):
        message = _("文件里的“%s”实际大小与声明不符（疑似压缩炸弹），已拒绝。请用办公软件另存后再上传。")
        raise FileRefused("bomb", message % name)


def utf16_form(head: bytes) -> str:
    """``utf-16-le``/``-be`` when an XML part starts that way, else an empty string."""
    if head.startswith((b"\xff\xfe", b"<\x00")):
        return "utf-16-le"
    return "utf-16-be" if head.startswith((b"\xfe\xff", b"\x00<")) else ""


def check_part(archive: Archive, name: str) -> None:
    """Read one part to its end (sizes and checksum hold) and look into it when it is XML."""
    tail, first = b"", True
    is_xml = name.lower().endswith(_TEXTUAL)
    for chunk in archive.utf8_chunks(name):
        if first:
            head = chunk.removeprefix(b"\xef\xbb\xbf")
            is_xml = is_xml or head.lstrip()[:2] in (b"<?", b"<!")
            if is_xml:
                check_encoding(name, head)
            first = False
        if is_xml:
            check_no_dtd(name, tail + chunk)
            tail = chunk[-16:]


def check_encoding(name: str, head: bytes) -> None:
    """Only Unicode: in EBCDIC or UTF-7 a DTD would be invisible to the search for it."""
    declared = _DECLARED_ENCODING.match(head)
    odd = declared and declared.group(1).lower() not in _SAFE_ENCODINGS
    if odd or not head.lstrip().startswith((b"<", "\ufeff<".encode())):
        message = _("文件里的“%s”编码不是 UTF-8 或 UTF-16，无法检查。请用办公软件另存后再上传。")
        raise FileRefused("encoding", message % name)


def check_no_dtd(name: str, text: bytes) -> None:
    """No document type, no entities: they expand (billion laughs) or fetch (XXE)."""
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        message = _("文件里的“%s”含有 DTD 或实体定义，可能用于攻击，已拒绝。请用办公软件另存后再上传。")
        raise FileRefused("dtd", message % name)


def check_nested(archive: Archive, name: str, limits: Limits, depth: int) -> None:
    """An archive inside: only an office document embedded in another (a chart's data), one level deep."""
    with archive.open(name) as part:
        if part.peek(4)[:4] != b"PK\x03\x04":
            return
        office = name.lower().endswith((".docx", ".xlsx", ".pptx")) and "/embeddings/" in name.lower()
        if not office or depth >= limits.depth:
            message = _("文件里又套了压缩包“%s”，无法检查。请取出后单独上传。")
            raise FileRefused("nested", message % name)
        with tempfile.SpooledTemporaryFile(max_size=8 * MB) as inner:
            while chunk := part.read(CHUNK):
                inner.write(chunk)
            open_archive(inner, limits=limits, depth=depth + 1)


def check_relationships(archive: Archive, name: str, limits: Limits) -> None:
    """Nothing outside is loaded when the document is opened or converted (A27)."""
    if archive.size(name) > limits.rels_part:
        raise FileRefused("bomb", _("文件里的“%s”过大，已拒绝。请用办公软件另存后再上传。") % name)
    for relation in parse(archive, name):
        if relation.get("TargetMode", "").lower() == "external":
            kind = relation.get("Type", "").rsplit("/", 1)[-1]
            check_external_target(name, kind, relation.get("Target", ""))


def check_external_target(name: str, kind: str, target: str) -> None:
    """A link a person clicks is fine; what a program loads by itself, or reads from a share, is not."""
    clean = unquote(target).strip().replace("\\", "/").lower()
    share = clean.startswith(("//", "file:////")) or re.match(r"file://[^/]", clean)
    if (
        kind == "hyperlink"
        and not share
        and not clean.startswith(("file:", "javascript:", "vbscript:", "data:"))
    ):
        return
    # Word notes the author's own template by its local path; nothing is fetched from there.
    if kind == "attachedTemplate" and re.match(r"(file:///)?[a-z]:/", clean):
        return
    message = _(
        "文件会自动引用外部内容“%(target)s”（%(part)s）。请把图片或数据嵌入文件、断开外部链接后再上传。"
    )
    raise FileRefused("external", message % {"target": target[:120], "part": name})


def check_content_types(archive: Archive) -> None:
    """A macro-enabled type hidden behind a plain extension."""
    for kind in content_types(archive).values():
        if "macroenabled" in kind.lower() or "vbaproject" in kind.lower():
            message = _("文件是启用宏的 Office 文件，不能上传。请另存为不含宏的 .docx 或 .xlsx 后再上传。")
            raise FileRefused("macro", message)


def content_types(archive: Archive) -> dict[str, str]:
    """Part name (no leading slash) → declared content type; ``*.ext`` for defaults; empty without a list."""
    if "[Content_Types].xml" not in archive:
        return {}
    return {
        (item.get("PartName") or "*." + item.get("Extension", "")).lstrip("/"): item.get("ContentType", "")
        for item in parse(archive, "[Content_Types].xml")
        if isinstance(item.tag, str)
    }


def relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Relationship id → (kind, part name) of the internal targets of ``part`` ("" for the package)."""
    folder, base = posixpath.split(part)
    name = posixpath.join(folder, "_rels", f"{base}.rels")
    if name not in archive:
        return {}
    found = {}
    for item in parse(archive, name):
        target = item.get("Target", "")
        if item.get("TargetMode", "").lower() != "external":
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[item.get("Id", "")] = (item.get("Type", "").rsplit("/", 1)[-1], path)
    return found


def parse(archive: Archive, name: str) -> etree._Element:
    """The root of one small XML part, by a parser that resolves and fetches nothing."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    with archive.open(name) as part:
        try:
            return etree.parse(part, parser).getroot()
        except etree.XMLSyntaxError as error:
            raise broken_part(name) from error


def stream(archive: Archive, name: str, *tags: str) -> Iterator[etree._Element]:
    """Closed elements of one XML part with these ``{*}name`` tags, outermost ones; each is then emptied."""
    with archive.open(name) as part:
        events = etree.iterparse(
            part,
            events=("end",),
            tag=tags,
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            load_dtd=False,
            collect_ids=False,
            remove_comments=True,
        )
        try:
            for _event, element in events:
                if next(element.iterancestors(*tags), None) is not None:
                    continue
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            raise broken_part(name) from error
