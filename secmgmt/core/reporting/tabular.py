"""What all renderers ask of a table: texts, shares of the width, alignment."""

import re
from decimal import Decimal

from .document import GroupRow, KeyValues, Table
from .text import display, em_width

_WORD = re.compile("[\x21-\x7e]+")
_LETTERS = {"l": "left", "c": "center", "r": "right"}


def texts_of(row) -> list[str]:
    """A row's cells as readers see them."""
    return [display(cell) for cell in row]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def alignments(table: Table) -> list[str]:
    """left, center or right for each column; numbers stand right unless the table says otherwise."""
    if table.align:
        return [_LETTERS[letter] for letter in table.align]
    found = []
    for index in range(len(table.columns)):
        cells = [row[index] for row in table.rows if not isinstance(row, GroupRow)]
        known = [cell for cell in cells if cell is not None and cell != ""]
        found.append("right" if known and all(map(_is_number, known)) else "left")
    return found


def _least_ems(texts: list[str]) -> float:
    """What a column needs so that its numbers, codes and short words stay whole, at most 9 ems."""
    whole = [max((em_width(word) for word in _WORD.findall(text)), default=0.0) for text in texts]
    short = [width for width in map(em_width, texts) if width <= 4.5]
    return min(max([*whole, *short, 1.0]), 9.0)


def column_shares(table: Table, ems: float = 49.0, padding: float = 0.9) -> list[float]:
    """Each column's share of the width, adding up to 1: as given, else by what the column holds.

    `ems` is the width of the page column in characters of the table's size, `padding` that of a cell.  No
    column becomes too narrow for its numbers and short words while another has room to give.
    """
    rows = [texts_of(row) for row in table.rows if not isinstance(row, GroupRow)]
    widths, least = [float(width) for width in table.widths], []
    for index, name in enumerate(table.columns):
        texts = [row[index] for row in rows]
        least.append(_least_ems([*texts, display(name)]) + padding)
        if not table.widths:
            lengths = [em_width(text) for text in texts] or [0.0]
            typical = max(sum(lengths) / len(lengths), min(max(lengths), 8.0))
            widths.append(min(max(typical, em_width(display(name)), 2.0) + 1.0, 24.0))
    scale = ems / sum(widths)
    widths = [width * scale for width in widths]
    if sum(least) < ems:
        lacking = sum(max(0.0, need - width) for width, need in zip(widths, least, strict=True))
        spare = sum(max(0.0, width - need) for width, need in zip(widths, least, strict=True))
        give = lacking / spare if spare else 0.0
        widths = [
            need if width < need else width - (width - need) * give
            for width, need in zip(widths, least, strict=True)
        ]
    total = sum(widths)
    return [width / total for width in widths]


def form_shares(form: KeyValues, ems: float) -> tuple[float, ...]:
    """The shares of a form's labels and values: a label stays on one line as long as it is no longer than 14 ems."""
    if form.columns == 2:
        return (0.17, 0.33, 0.17, 0.33)
    longest = max(em_width(display(label)) for label, _value in form.pairs)
    label = min(max(0.22, (longest + 1.6) / ems), 0.36)
    return (label, 1 - label)
