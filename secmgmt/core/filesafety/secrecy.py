"""State-secret marks are refused, not words.

This product holds no state secrets (GB/T 22239-2019 applies to non-secret objects). A *mark* is a level in a
place where marks stand: a token of the file name, a line of its own among the first ten, a page header or
footer. Words that look like one in running text ask for a confirmation; talking about secrecy is free.
Pictures are not read: there the declaration of the person who uploads counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Literal

from django.utils.translation import gettext as _

from . import names, sniff, textlayers
from .refusal import FileRefused
from .textlayers import Line, Zone

_LEVEL = "(?:绝密|机密|秘密)"
_PERIOD = "(?:[0-9〇零一二两三四五六七八九十]+(?:年|个?月|日|天)|长期)"
_OPEN, _CLOSE = r"[\[({【〔〖「『<〈]", r"[\])}】〕〗」』>〉]"
_TERM = f"{_OPEN}?{_PERIOD}{_CLOSE}?"
_ALIKE = str.maketrans(dict.fromkeys("☆⭐✩✪✭✮✯✰⋆🌟⚝⭑⭒﹡✱✽❋✶", "★") | {"機": "机", "絕": "绝", "祕": "秘"})
# ^(绝密|机密|秘密)(★.*|\s*\d+年)?$ on text without spaces, brackets around it allowed; * only before a period
_FULL = rf"{_LEVEL}级?{_CLOSE}?(?:★.*|\*?{_TERM})"
_MARK = re.compile(rf"★?{_OPEN}?({_FULL}★?|{_LEVEL}★?){_CLOSE}?★?")
_STRONG = re.compile(rf"★?{_OPEN}?({_FULL}){_CLOSE}?")
# by itself on a line, in a cell or between the dashes of a name: 机密级, “机密”, 机密 保密期限10年
_NEAR = re.compile(rf"[\"'“‘]?{_OPEN}?{_LEVEL}级?{_CLOSE}?(?:(?:保密)?期限?[:：为]?{_TERM})?[\"'”’]?")
_NAME_MARK = re.compile(
    rf"{_OPEN}({_LEVEL}(?:★.*?|\*?{_PERIOD})?){_CLOSE}|((?<!商业){_LEVEL}★|(?<![一-龥]){_LEVEL}\*?{_PERIOD})"
)
_NAME_NEAR = re.compile(rf"{_OPEN}{_LEVEL}级{_CLOSE}")
_NAME_PART = re.compile(r"[\s_\-+.,、，—–~·]+")
_PHRASE = re.compile(
    rf"((?:密级|保密等级|保密级别|涉密等级|涉密级别|密级标[识志])[:：|]*{_OPEN}?{_LEVEL}(?!级?[/、或和及]|级?以[上下])"
    rf"|(?<!商业){_LEVEL}★|^{_OPEN}{_LEVEL}(?:★.*?|{_PERIOD})?{_CLOSE})"
)
_SPLIT = re.compile(r"\t|\s{3,}")


@dataclass(frozen=True)
class Verdict:
    """``clear``: take it. ``ask``: take it once confirmed as not secret. ``refuse``: never.

    ``mark`` as found, ``where`` in words, ``message`` the sentence for the person (empty when clear).
    """

    kind: Literal["clear", "ask", "refuse"]
    mark: str = ""
    where: str = ""
    message: str = ""


CLEAR = Verdict("clear")


def examine(fileobj: IO[bytes], name: str, media_type: str) -> Verdict:
    """Judge a file that passed ``sniff.check_upload``; ``FileRefused`` when its text cannot be read."""
    by_name = examine_name(name)
    if by_name.kind == "refuse":
        return by_name
    by_content = judge(lines_of(fileobj, name, media_type))
    fileobj.seek(0)
    return by_content if by_content.kind != "clear" else by_name


def examine_text(text: str, where: str = "") -> Verdict:
    """Judge a text typed into a form or a cell; ``where`` names the field."""
    return judge(textlayers.numbered(text.splitlines(), where, _("行")))


def require_clear(verdict: Verdict, *, confirmed_not_secret: bool) -> None:
    """Turn a verdict into ``FileRefused``: always for a mark, for a question unless it was answered."""
    if verdict.kind == "refuse":
        raise FileRefused("secrecy-mark", verdict.message)
    if verdict.kind == "ask" and not confirmed_not_secret:
        raise FileRefused("secrecy-confirm", verdict.message)


def lines_of(fileobj: IO[bytes], name: str, media_type: str) -> Iterator[Line]:
    """The readable lines of a file; none for pictures."""
    kinds = {media: extension for extension, media in sniff.MEDIA_TYPES.items()}
    readers = {"docx": textlayers.of_docx, "xlsx": textlayers.of_xlsx, "pdf": textlayers.of_pdf}
    kind = kinds.get(media_type, "")
    if kind in readers:
        return readers[kind](fileobj)
    if kind == "ofd":
        return textlayers.of_ofd(fileobj)
    if media_type.startswith("text/"):
        return textlayers.of_text(fileobj, csv=media_type == sniff.MEDIA_TYPES["csv"])
    return iter(())


def compact(text: str) -> str:
    """Full-width, traditional and look-alike forms unified, stars too; everything blank or invisible removed."""
    plain = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return "".join(c for c in plain if not c.isspace() and not unicodedata.category(c).startswith("C"))


def examine_name(name: str) -> Verdict:
    """The file name: a bracketed or starred level anywhere, or nothing but a level, is a mark."""
    stem = name.rpartition(".")[0] or name
    where = _("文件名")
    plain = compact(stem)
    if found := name_mark(plain):
        return refusal(found, where)
    parts = _NAME_PART.split(unicodedata.normalize("NFKC", names.drop_invisible(stem)))
    for part in parts:
        if near_mark(compact(part)):
            return question(part, where)
    found = mark_like(stem) or next(iter(_NAME_NEAR.findall(plain)), "")
    return question(found, where) if found else CLEAR


def name_mark(plain: str) -> str:
    """The mark in a file name without extension, or an empty string."""
    found = _NAME_MARK.search(plain)
    return found.group(0) if found else lone_mark(plain)


def judge(lines: Iterable[Line]) -> Verdict:
    """Refuse at the first mark; else ask about the first phrase that looks like one."""
    asked = CLEAR
    for line in lines:
        if "密" not in line.text:
            continue
        if found := placed_mark(line):
            return refusal(found, line.where)
        if asked is CLEAR and (found := mark_like(line.text)):
            asked = question(found, line.where)
    return asked


def placed_mark(line: Line) -> str:
    """The mark this line is, given the place it stands in, or an empty string."""
    whole = compact(line.text)
    if line.zone in (Zone.TOP, Zone.HEADER) and (found := lone_mark(whole)):
        return found
    if line.zone is Zone.BODY:
        return ""
    # Beside other text (a copy number, a page number): in a header any mark counts, elsewhere only the
    # full form with star or period, since a bare level may be a table's cell.
    test = lone_mark if line.zone is Zone.HEADER else strong_mark
    return next((found for part in _SPLIT.split(line.text) if (found := test(compact(part)))), "")


def lone_mark(plain: str) -> str:
    """``plain`` when it is a secrecy mark and nothing else."""
    found = _MARK.fullmatch(plain)
    return found.group(1) if found else ""


def near_mark(plain: str) -> str:
    """``plain`` when it is a mark or no more than reads like one."""
    return lone_mark(plain) or (plain if _NEAR.fullmatch(plain) else "")


def strong_mark(plain: str) -> str:
    """``plain`` when it is a mark with star or period."""
    found = _STRONG.fullmatch(plain)
    return found.group(1) if found else ""


def mark_like(text: str) -> str:
    """A phrase in running text that needs the question, or an empty string."""
    for part in _SPLIT.split(text):
        if found := near_mark(compact(part)):
            return found
    phrase = _PHRASE.search(compact(_SPLIT.sub("|", text.strip())))
    return phrase.group(0) if phrase else ""


def refusal(mark: str, where: str) -> Verdict:
    message = _(
        "在%(where)s发现国家秘密标志“%(mark)s”，不能接收。本系统不得存放涉密信息：密级标志单独成行、"
        "位于页眉页脚或文件名中的，一律拒绝。涉密内容请按保密规定在涉密系统中处理；"
        "若标志有误，请先由定密责任人更正，再重新提交。"
    )
    return Verdict("refuse", mark, where, message % {"where": where, "mark": mark[:40]})


def question(mark: str, where: str) -> Verdict:
    message = _(
        "在%(where)s有疑似密级标志的文字“%(mark)s”。请核对：若不涉及国家秘密，勾选“已确认不涉密”后再提交；"
        "若涉密，请勿上传。"
    )
    return Verdict("ask", mark, where, message % {"where": where, "mark": mark[:40]})
