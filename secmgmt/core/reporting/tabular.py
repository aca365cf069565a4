"""What all renderers ask of a table: texts, shares of the width, alignment."""

from decimal import Decimal

from .document import GroupRow, Table
from .text import display, em_width

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


def column_shares(table: Table) -> list[float]:
    """Each column's share of the width, adding up to 1: as given, else by what the column holds."""
    widths = [float(width) for width in table.widths]
    if not widths:
        rows = [row for row in table.rows if not isinstance(row, GroupRow)][:200]
        for index, name in enumerate(table.columns):
            lengths = [em_width(display(row[index])) for row in rows] or [0.0]
            typical = max(sum(lengths) / len(lengths), min(max(lengths), 8.0))
            widths.append(min(max(typical, em_width(display(name)), 2.0) + 1.0, 24.0))
    total = sum(widths)
    return [width / total for width in widths]
