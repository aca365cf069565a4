"""The one place where the geometry of charts and diagrams is computed.

`picture(block)` gives the shapes of a chart or diagram; `chart_svg(block)` is the inline SVG that pages use.
"""

from decimal import Decimal
from math import ceil, cos, floor, log10, pi, sin

from .document import BarChart, Box, Diagram, LineChart, Link, RadarChart, Series, Zone
from .painting import FONT_SIZE, Dot, Label, Path, Picture, Rect, to_svg
from .text import _, display, em_width

WIDTH = 560.0
FILLS = ("f1", "f6", "f3", "f2", "f4")
LINES = ("l1", "l2", "l3", "l4")
BAR_FOR_LINE = {"l1": "f1", "l2": "f4", "l3": "f2", "l4": "f3"}
CHARTS = (RadarChart, BarChart, LineChart)


def _fill(series: Series, index: int) -> str:
    return f"f-{series.tone}" if series.tone else FILLS[index % len(FILLS)]


def _width(text: str) -> float:
    return em_width(text) * FONT_SIZE


def wrap_label(text: str, ems: float) -> list[str]:
    """`text` cut into pieces of at most `ems` ems: short labels for axes, never shortened."""
    pieces, current = [], ""
    for char in text:
        if current and em_width(current + char) > ems:
            pieces.append(current.strip())
            current = ""
        current += char
    return [*pieces, current.strip()]


def nice_maximum(values: list[float]) -> float:
    """The least multiple of a round step (1, 2, 2.5, 5 × 10ⁿ, at most five) that holds all values; else 1."""
    top = max(values, default=0)
    if top <= 0:
        return 1.0
    step = _round_step(top / 5)
    return step * ceil(top / step - 1e-9)


def _round_step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= least * (1 - 1e-9))


def ticks(maximum: float) -> list[float]:
    """Where a scale from 0 to `maximum` is marked: round steps, the last at the maximum itself."""
    step = maximum / 4 if maximum == 100 or (maximum <= 20 and maximum % 4 == 0) else _round_step(maximum / 5)
    count = int(maximum / step + 1e-9)
    marks = [round(step * n, 9) for n in range(count + 1)]
    return marks if maximum - marks[-1] < step * 0.01 else [*marks[:-1], maximum]


def _known(chart) -> list[float]:
    return [float(value) for series in chart.series for value in series.values if value is not None]


def _maximum(chart, values: list[float] | None = None) -> float:
    return (
        float(chart.maximum) if chart.maximum else nice_maximum(_known(chart) if values is None else values)
    )


def _legend(entries: list[tuple[str, str]], y: float, kind: str = "rect") -> tuple[list, float]:
    """Swatches with words, in rows centred on the width; returns the shapes and the height they take."""
    rows: list[list[tuple[str, str, float]]] = [[]]
    used = 0.0
    for name, css in entries:
        needed = 22 + _width(name) + 18
        if rows[-1] and used + needed > WIDTH:
            rows.append([])
            used = 0.0
        rows[-1].append((name, css, needed))
        used += needed
    shapes: list = []
    for number, row in enumerate(rows):
        x = (WIDTH - sum(entry[2] for entry in row) + 18) / 2
        base = y + 14 + number * 18
        for name, css, needed in row:
            if kind == "line":
                shapes.append(Path(((x, base - 4), (x + 18, base - 4)), css))
            else:
                shapes.append(Rect(x + 4, base - 10, 12, 11, css))
            shapes.append(Label(x + 22, base, name))
            x += needed
    return shapes, 18.0 * len(rows) + 4


def _polar(center: tuple[float, float], radius: float, index: int, count: int) -> tuple[float, float]:
    angle = -pi / 2 + 2 * pi * index / count
    return center[0] + radius * cos(angle), center[1] + radius * sin(angle)


def _spoke_label(chart, index: int, center, radius: float) -> list[Label]:
    x, y = _polar(center, radius + 12, index, len(chart.labels))
    anchor = "mid" if abs(x - center[0]) < 12 else ("start" if x > center[0] else "end")
    lines = wrap_label(display(chart.labels[index]), 10)
    values = [series.values[index] for series in chart.series]
    lines.append(" / ".join("—" if value is None else display(value) + chart.unit for value in values))
    above = y < center[1] - radius * 0.9
    top = y - 16 * (len(lines) - 1) if above else y + 4 - 8 * (len(lines) - 2) - 4
    if y > center[1] + radius * 0.9:
        top = y + 10
    last = len(lines) - 1
    return [Label(x, top + 16 * n, line, anchor, "mut" if n == last else "") for n, line in enumerate(lines)]


def _radar_points(series: Series, center, per_unit: float, maximum: float) -> list:
    """Where a series meets each axis; None where nothing is known, for zero would be a claim."""
    return [
        None
        if value is None
        else _polar(center, min(float(value), maximum) * per_unit, n, len(series.values))
        for n, value in enumerate(series.values)
    ]


def _radar_runs(points: list) -> list[tuple]:
    """The outline of a series: closed where all is known, else the stretches between neighbours."""
    if None not in points:
        return [(*points, points[0])]
    around = zip(points, [*points[1:], points[0]], strict=True)
    return [(start, end) for start, end in around if start and end]


def _radar(chart: RadarChart) -> Picture:
    count, maximum, radius = len(chart.labels), _maximum(chart), 118.0
    deepest = max(len(wrap_label(display(label), 10)) for label in chart.labels)
    center = (WIDTH / 2, radius + 20 + 16 * (deepest + 1))
    shapes: list = []
    for ring in range(1, 5):
        shapes.append(
            Path(
                tuple(_polar(center, radius * ring / 4, n, count) for n in range(count)), "axis", closed=True
            )
        )
    shapes += [Path((center, _polar(center, radius, n, count)), "axis") for n in range(count)]
    for ring in (2, 4):
        place = center[1] - radius * ring / 4
        shapes.append(Label(center[0] + 3, place + 12, display(maximum * ring / 4), "start", "mut"))
    outlines = [_radar_points(series, center, radius / maximum, maximum) for series in chart.series]
    if None not in outlines[0]:
        shapes.insert(0, Path(tuple(outlines[0]), "f-area", closed=True))
    for index, points in reversed(list(enumerate(outlines))):
        line = LINES[index % len(LINES)]
        shapes += [Path(run, line) for run in _radar_runs(points)]
        shapes += [Dot(point[0], point[1], 2.6, BAR_FOR_LINE[line]) for point in points if point]
    for index in range(count):
        shapes += _spoke_label(chart, index, center, radius)
    bottom = center[1] + radius + 14 + 16 * (deepest + 1)
    if len(chart.series) > 1:
        names = [(display(series.name), LINES[n % len(LINES)]) for n, series in enumerate(chart.series)]
        legend, height = _legend(names, bottom, "line")
        shapes += legend
        bottom += height
    return Picture(WIDTH, bottom + 4, tuple(shapes), chart.title, chart.finding)


def _bar_scale(left: float, right: float, top: float, bottom: float, maximum: float, unit: str) -> list:
    shapes: list = []
    for mark in ticks(maximum):
        x = left + (right - left) * mark / maximum
        shapes.append(Path(((x, top), (x, bottom)), "axis"))
        shapes.append(Label(x, bottom + 15, display(mark) + (unit if mark == maximum else ""), "mid", "mut"))
    return shapes


def _stacked_row(chart: BarChart | RadarChart, row: int, y: float, left: float, per_unit: float) -> list:
    shapes: list = []
    x, total = left, 0.0  # exact and binary numbers may stand in one row, so their sum is a float
    for index, series in enumerate(chart.series):
        value = series.values[row]
        if not value:
            continue
        width, text, css = float(value) * per_unit, display(value), _fill(series, index)
        shapes.append(Rect(x, y, width, 16, css))
        if _width(text) + 4 <= width:
            dark = css in ("f1", "f2", "f-bad", "f-ok")
            shapes.append(Label(x + width / 2, y + 12.5, text, "mid", "onf" if dark else ""))
        x, total = x + width, total + float(value)
    return [*shapes, Label(x + 6, y + 12.5, display(total), "start", "mut")]


def _grouped_row(
    chart: BarChart | RadarChart, row: int, y: float, left: float, per_unit: float, maximum: float
) -> list:
    shapes: list = []
    for index, series in enumerate(chart.series):
        value, top = series.values[row], y + index * 15
        if value is None:
            shapes.append(Label(left + 6, top + 11, "—", "start", "mut"))
            continue
        width = min(float(value), maximum) * per_unit
        if width > 0:
            shapes.append(Rect(left, top, width, 13, _fill(series, index)))
        shapes.append(Label(left + width + 6, top + 11, display(value) + chart.unit, "start", "mut"))
    return shapes


def _bars(chart: BarChart | RadarChart) -> Picture:
    stacked = isinstance(chart, BarChart) and chart.stacked
    sums = [sum(float(series.values[n] or 0) for series in chart.series) for n in range(len(chart.labels))]
    maximum = _maximum(chart, sums if stacked else None)
    if stacked:
        maximum = max([maximum, *sums])
    labels = [wrap_label(display(label), 14) for label in chart.labels]
    left = max((_width(line) for lines in labels for line in lines), default=0) + 10
    written = sums if stacked else [value for series in chart.series for value in series.values if value is not None]
    right = WIDTH - 12 - max(_width(display(value) + chart.unit) for value in (maximum, *written))
    per_unit = (right - left) / maximum
    shapes: list = []
    y = 8.0
    for row, lines in enumerate(labels):
        bars = 16 if stacked else 15 * len(chart.series) - 2
        height = max(bars, 15 * len(lines))
        first = y + height / 2 - 7.5 * len(lines) + 12
        shapes += [Label(left - 8, first + 15 * n, line, "end") for n, line in enumerate(lines)]
        top = y + (height - bars) / 2
        if stacked:
            shapes += _stacked_row(chart, row, top, left, per_unit)
        else:
            shapes += _grouped_row(chart, row, top, left, per_unit, maximum)
        y += height + 8
    shapes = _bar_scale(left, right, 4, y, maximum, chart.unit) + shapes
    y += 20
    if len(chart.series) > 1:
        legend, depth = _legend([(display(s.name), _fill(s, n)) for n, s in enumerate(chart.series)], y)
        shapes += legend
        y += depth
    return Picture(WIDTH, y + 4, tuple(shapes), chart.title, chart.finding)


def _line_runs(values, xs: list[float], base: float, per_unit: float) -> list[list[tuple[float, float]]]:
    """The stretches of a line between gaps."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, value in zip(xs, values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x, base - float(value) * per_unit))
    return [run for run in runs if run]


def _line_axes(
    chart: LineChart, xs: list[float], left: float, top: float, base: float, maximum: float
) -> list:
    shapes: list = []
    for mark in ticks(maximum):
        y = base - (base - top) * mark / maximum
        shapes.append(Path(((left, y), (WIDTH - 16, y)), "axis"))
        shapes.append(Label(left - 6, y + 4, display(mark), "end", "mut"))
    if chart.unit:
        shapes.append(Label(left - 6, top - 10, chart.unit, "mid", "mut"))
    widest = max((_width(display(label)) for label in chart.labels), default=0) + 10
    room = (xs[1] - xs[0]) if len(xs) > 1 else WIDTH
    every = max(1, ceil(widest / room))
    shapes += [
        Label(x, base + 16, display(label), "mid", "mut")
        for n, (x, label) in enumerate(zip(xs, chart.labels, strict=True))
        if n % every == 0
    ]
    return shapes


def _lines(chart: LineChart) -> Picture:
    goal = [] if chart.goal is None else [float(chart.goal)]
    maximum = _maximum(chart, _known(chart) + goal)
    left, top, base = 14 + _width(display(maximum)), 26.0, 206.0
    per_unit = (base - top) / maximum
    count = len(chart.labels)
    pad = 18.0
    span = WIDTH - 16 - left - 2 * pad
    xs = [left + pad + span * (n / (count - 1) if count > 1 else 0.5) for n in range(count)]
    shapes = _line_axes(chart, xs, left, top, base, maximum)
    names: list[tuple[str, str]] = []
    for index, series in enumerate(chart.series):
        css = LINES[index % len(LINES)]
        names.append((display(series.name), css))
        runs = _line_runs(series.values, xs, base, per_unit)
        for run in runs:
            shapes.append(Path(tuple(run), css))
            shapes += [Dot(x, y, 2.8, BAR_FOR_LINE[css]) for x, y in run]
        if runs:
            last = next(value for value in reversed(series.values) if value is not None)
            x, y = runs[-1][-1]
            shapes.append(Label(min(x, WIDTH - 16), y - 8, display(last), "mid"))
    if chart.goal is not None:
        y = base - goal[0] * per_unit
        shapes.append(Path(((left, y), (WIDTH - 16, y)), "goal"))
        shapes.append(
            Label(left + 4, y - 5, " ".join((_("目标"), display(chart.goal) + chart.unit)), "start", "t-bad")
        )
    bottom = base + 24
    if len(names) > 1:
        legend, height = _legend(names, bottom, "line")
        shapes += legend
        bottom += height
    return Picture(WIDTH, bottom + 4, tuple(shapes), chart.title, chart.finding)


def _zone(zone: Zone) -> list:
    return [
        Rect(zone.x, zone.y, zone.width, zone.height, "zone"),
        Label(zone.x + 8, zone.y + 17, display(zone.label), "start", "mut"),
    ]


def _box(box: Box) -> list:
    css = "box-warn" if box.tone in ("warn", "bad") else "box"
    room = max(2.0, (box.width - 10) / FONT_SIZE)
    lines = [(line, "strong") for line in wrap_label(display(box.label), room)]
    if box.detail:
        lines += [(line, "mut") for line in wrap_label(display(box.detail), room)]
    first = box.y + box.height / 2 - 8 * len(lines) + 12
    middle = box.x + box.width / 2
    name = f"{box.label} {box.detail}".strip()
    shapes: list = [Rect(box.x, box.y, box.width, box.height, css, box.href, name)]
    return shapes + [Label(middle, first + 16 * n, line, "mid", css) for n, (line, css) in enumerate(lines)]


def _link(link: Link) -> list:
    css = "wire wire-dash" if link.dashed else "wire"
    shapes: list = [Path(tuple(link.points), css)]
    if link.arrow:
        (x0, y0), (x1, y1) = link.points[-2:]
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        back = (x1 - 8 * dx, y1 - 8 * dy)
        wings = ((x1, y1), (back[0] - 4 * dy, back[1] + 4 * dx), (back[0] + 4 * dy, back[1] - 4 * dx))
        shapes.append(Path(wings, "tip", closed=True))
    return shapes


def _link_label(link: Link) -> list:
    if not link.label:
        return []
    half = (len(link.points) - 1) // 2
    (x0, y0), (x1, y1) = link.points[half], link.points[half + 1]
    flat = abs(x1 - x0) >= abs(y1 - y0)
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    if flat:
        return [Label(middle[0], middle[1] - 5, display(link.label), "mid", "mut")]
    return [Label(middle[0] + 5, middle[1] + 4, display(link.label), "start", "mut")]


def _diagram(diagram: Diagram) -> Picture:
    layers = (
        [_zone(zone) for zone in diagram.zones],
        [_link(link) for link in diagram.links],
        [_box(box) for box in diagram.boxes],
        [_link_label(link) for link in diagram.links],
    )
    shapes = tuple(shape for layer in layers for part in layer for shape in part)
    return Picture(diagram.width, diagram.height, shapes, diagram.title, diagram.finding)


def picture(block: RadarChart | BarChart | LineChart | Diagram) -> Picture:
    """The shapes of a chart or diagram."""
    if isinstance(block, Diagram):
        return _diagram(block)
    if isinstance(block, LineChart):
        return _lines(block)
    if isinstance(block, RadarChart) and len(block.labels) >= 3:
        return _radar(block)
    return _bars(block)


def chart_svg(block: RadarChart | BarChart | LineChart | Diagram) -> str:
    """Inline SVG of a chart or diagram, for pages and the HTML preview."""
    return to_svg(picture(block))


def chart_rows(block: RadarChart | BarChart | LineChart) -> tuple[list[str], list[list]]:
    """A chart's figures as columns and rows: for spreadsheets, and where no picture can be."""
    columns = ["", *(display(series.name) for series in block.series)]
    rows = [[label, *(series.values[n] for series in block.series)] for n, label in enumerate(block.labels)]
    return columns, [[_plain(cell) for cell in row] for row in rows]


def _plain(cell):
    return float(cell) if isinstance(cell, Decimal) else cell
