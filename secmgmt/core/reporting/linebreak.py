"""Chinese line breaking (避头尾): where a line may end, and how much of a text fits.

No line starts with a closing mark or ends with an opening one; dashes and ellipses stay whole; Latin words
and numbers do not break while they fit on a line of their own.  A closing full-width mark may hang half an
em over the edge: its right half holds no ink.
"""

from collections.abc import Mapping, Sequence

NO_START = frozenset(
    "!%),.:;?]}¢°·’”†‡›℃∶、。〃〆〉》」』】〕〗〞﹚﹜！＂％＇），．／：；？］｀｜｝～｡｣､‰′″…—―～々ー〜·»"
)
NO_END = frozenset("$([{£¥‘“«‹〈《「『【〔〖〝﹙﹛＄（．［｛￠￡￥#＃@＠§№") - frozenset("．")
_HANGING = frozenset("，。、；：！？）》」』】〕〉")
_PAIRS = frozenset("—…―")
_JOINERS = frozenset("-./_'@&+:=~#%,")
FUZZ = 1e-6


def _is_word(char: str) -> bool:
    """Part of a Latin word or number, which a line does not cut while it can be helped."""
    return char < "\u2000" and (char.isalnum() or char in _JOINERS)


def may_break(before: str, after: str) -> bool:
    """Whether a line may end after `before` and the next start with `after` (the 避头尾 guard)."""
    if after in NO_START or before in NO_END or after == " ":
        return False
    if before in _PAIRS and after == before:
        return False
    return not (_is_word(before) and _is_word(after))


def _last_break(text: str, start: int, end: int) -> int:
    """The last place in (start, end] where `text` may be cut, or 0."""
    for cut in range(end, start, -1):
        before = text[cut - 1]
        if before == " ":  # the mark before trailing spaces is what the line will end with
            before = text[start:cut].rstrip(" ")[-1:] or " "
            if before not in NO_END and text[cut] not in NO_START and text[cut] != " ":
                return cut
        elif may_break(before, text[cut]):
            return cut
    return 0


def _forced_break(text: str, start: int, end: int) -> int:
    """Where to cut what has no good place: late, within 避头尾, at least one character on."""
    for cut in range(end, start, -1):
        if text[cut] not in NO_START and text[cut - 1] not in NO_END:
            return cut
    return max(end, start + 1)


def _break_paragraph(
    text: str, ems: Mapping[str, float], size: float, width: float, first: float
) -> list[tuple[str, float, bool]]:
    lines: list[tuple[str, float, bool]] = []
    start, length, room = 0, len(text), first
    while start < length:
        used, end = 0.0, start
        while end < length:
            step = ems[text[end]] * size
            slack = size / 2 if text[end] in _HANGING else 0.0
            if used + step > room + slack + FUZZ and text[end] != " ":
                break
            used += step
            end += 1
        if end < length:
            end = _last_break(text, start, end) or _forced_break(text, start, end)
        line = text[start:end].rstrip(" ")
        lines.append((line, sum(ems[char] for char in line) * size, end >= length))
        start, room = end, width
        while start < length and text[start] == " ":
            start += 1
    return _spare_last_line(lines, ems, size)


def _spare_last_line(lines: list, ems: Mapping[str, float], size: float) -> list:
    """No paragraph ends in a line of one character and its mark: one or two come down from the line above."""
    if len(lines) < 2 or len(lines[-1][0]) > 2 or len(lines[-2][0]) < 12:
        return lines
    above, last = lines[-2][0], lines[-1][0]
    for cut in (len(above) - 1, len(above) - 2):
        if may_break(above[cut - 1], above[cut]) and above[cut - 1] != " ":
            parts = (above[:cut], above[cut:] + last)
            widths = [sum(ems[char] for char in part) * size for part in parts]
            return [*lines[:-2], (parts[0], widths[0], False), (parts[1], widths[1], True)]
    return lines


def break_lines(
    text: str, ems: Mapping[str, float], size: float, width: float, indent: float = 0.0
) -> Sequence[tuple[str, float, bool]]:
    """`text` as lines of at most `width` points (half an em more for a hanging mark).

    `ems` gives each character's width in ems, `size` the font size in points, `indent` what the first line of
    each paragraph is set in.  Returns (line, its width, whether it ends a paragraph); newlines
    part paragraphs.
    """
    lines: list[tuple[str, float, bool]] = []
    width = max(width, size)  # a column narrower than one character still makes progress
    for paragraph in text.split("\n"):
        first = max(width - indent, size)
        lines.extend(_break_paragraph(paragraph.rstrip(), ems, size, width, first) or [("", 0.0, True)])
    return lines
