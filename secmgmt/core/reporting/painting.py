"""Pictures as a list of plain shapes, and the three painters that draw one list alike.

`charts.py` computes shapes once; `to_svg` writes them for pages (classes of app.css, no style attribute),
`PictureFlowable` draws them in a PDF, `to_png` makes the bitmap that a Word document carries.
Units are those of an SVG user space: 560 across a page column, y growing downwards, text of size 12.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from .fonts import describe_font
from .text import clean_text, escape_markup, safe_href

FONT_SIZE = 12


@dataclass(frozen=True)
class Paint:
    """How a class of app.css looks outside a browser: fill, its opacity, stroke, its width and dashes."""

    fill: str = ""
    opacity: float = 1.0
    stroke: str = ""
    width: float = 1.0
    dash: tuple[float, float] | None = None


# The tokens of app.css, by class; a change there is repeated here and nowhere else.
PAINTS = {
    "f1": Paint(fill="#1659a8"),
    "f2": Paint(fill="#2f8f8c"),
    "f3": Paint(fill="#c98a1b"),
    "f4": Paint(fill="#8391a2"),
    "f6": Paint(fill="#c2d4ea"),
    "f-ok": Paint(fill="#3f9a63"),
    "f-warn": Paint(fill="#d98a1f"),
    "f-bad": Paint(fill="#d0453b"),
    "f-idle": Paint(fill="#b9c3cf"),
    "f-bg": Paint(fill="#e4e9ef"),
    "f-area": Paint(fill="#1659a8", opacity=0.16),
    "l1": Paint(stroke="#1659a8", width=2),
    "l2": Paint(stroke="#8391a2", width=2, dash=(5, 3)),
    "l3": Paint(stroke="#2f8f8c", width=2),
    "l4": Paint(stroke="#c98a1b", width=2, dash=(2, 2)),
    "axis": Paint(stroke="#d5dce4", width=1),
    "goal": Paint(stroke="#b3261e", width=1.5, dash=(4, 3)),
    "wire": Paint(stroke="#4a5868", width=1.4),
    "wire wire-dash": Paint(stroke="#4a5868", width=1.4, dash=(5, 3)),
    "tip": Paint(fill="#4a5868"),
    "box": Paint(fill="#ffffff", stroke="#7b8896", width=1),
    "box-warn": Paint(fill="#fdf3e1", stroke="#d98a1f", width=1.5),
    "zone": Paint(fill="#f4f6f9", stroke="#8391a2", width=1, dash=(4, 3)),
}
TEXT_COLORS = {"": "#1c2733", "strong": "#1c2733", "mut": "#4a5868", "onf": "#ffffff", "t-bad": "#b3261e"}


@dataclass(frozen=True)
class Path:
    """Straight lines through `points`; closed ones are filled."""

    points: tuple[tuple[float, float], ...]
    css: str
    closed: bool = False


@dataclass(frozen=True)
class Rect:
    """An upright rectangle; `href` makes it a link on pages, called `name`."""

    x: float
    y: float
    width: float
    height: float
    css: str
    href: str = ""
    name: str = ""


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    css: str


@dataclass(frozen=True)
class Label:
    """Text whose baseline is at (x, y); anchor start, mid or end; `css` a text colour class."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    css: str = ""


@dataclass(frozen=True)
class Picture:
    """Shapes in drawing order on a canvas of `width` × `height` units; `finding` is read out instead."""

    width: float
    height: float
    shapes: tuple
    title: str
    finding: str


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _label_svg(shape: Label) -> str:
    classes = " ".join(filter(None, ({"mid": "mid", "end": "end"}.get(shape.anchor, ""), shape.css)))
    attribute = f' class="{classes}"' if classes else ""
    return (
        f'<text x="{_n(shape.x)}" y="{_n(shape.y)}"{attribute}>{escape_markup(clean_text(shape.text))}</text>'
    )


def _shape_svg(shape) -> str:
    match shape:
        case Path(points=points, css=css, closed=closed):
            tag = "polygon" if closed else "polyline"
            joined = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
            return f'<{tag} class="{css}" points="{joined}"/>'
        case Rect():
            place = (
                f'x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
            )
            drawn = f'<rect class="{shape.css}" {place}/>'
            href = safe_href(shape.href)
            name = escape_markup(clean_text(shape.name))
            return f'<a href="{escape_markup(href)}" aria-label="{name}">{drawn}</a>' if href else drawn
        case Dot():
            return (
                f'<circle class="{shape.css}" cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}"/>'
            )
        case Label():
            return _label_svg(shape)
    raise TypeError(f"no shape: {shape!r}")


def to_svg(picture: Picture) -> str:
    """Inline SVG for a page; its label states the finding and it holds no style attribute (strict CSP)."""
    linked = any(isinstance(shape, Rect) and safe_href(shape.href) for shape in picture.shapes)
    role = "group" if linked else "img"  # an image hides its links from a screen reader
    label = escape_markup(clean_text(picture.finding))
    body = "".join(map(_shape_svg, picture.shapes))
    size = f'viewBox="0 0 {_n(picture.width)} {_n(picture.height)}"'
    return f'<svg class="chart" {size} role="{role}" aria-label="{label}">{body}</svg>'


class PictureFlowable(Flowable):
    """A picture in a PDF, scaled to at most `width` points and never enlarged above its own proportions."""

    def __init__(self, picture: Picture, width: float, max_height: float):
        super().__init__()
        self.picture = picture
        self.scale = min(width / picture.width, max_height / picture.height)
        self.full_width = width
        self.width, self.height = picture.width * self.scale, picture.height * self.scale

    def wrap(self, avail_width, avail_height):
        return self.full_width, self.height

    def draw(self):
        canvas = self.canv
        canvas.saveState()
        canvas.translate((self.full_width - self.width) / 2, self.height)
        canvas.scale(self.scale, self.scale)
        canvas.setLineJoin(1)
        font = describe_font().name
        for shape in self.picture.shapes:
            if isinstance(shape, Label):
                self._draw_label(canvas, shape, font)
            else:
                self._draw_shape(canvas, shape)
        canvas.restoreState()

    @staticmethod
    def _draw_label(canvas, shape: Label, font: str) -> None:
        canvas.setFont(font, FONT_SIZE)
        canvas.setFillColor(HexColor(TEXT_COLORS.get(shape.css, "#1c2733")))
        draw = {"mid": canvas.drawCentredString, "end": canvas.drawRightString}.get(
            shape.anchor, canvas.drawString
        )
        draw(shape.x, -shape.y, clean_text(shape.text))

    @staticmethod
    def _draw_shape(canvas, shape) -> None:
        paint = PAINTS[shape.css]
        fill, stroke = int(bool(paint.fill)), int(bool(paint.stroke))
        if fill:
            canvas.setFillColor(HexColor(paint.fill))
            canvas.setFillAlpha(paint.opacity)
        if stroke:
            canvas.setStrokeColor(HexColor(paint.stroke))
            canvas.setLineWidth(paint.width)
            canvas.setDash(*(paint.dash or ()))
        if isinstance(shape, Rect):
            canvas.rect(shape.x, -shape.y - shape.height, shape.width, shape.height, fill=fill, stroke=stroke)
        elif isinstance(shape, Dot):
            canvas.circle(shape.x, -shape.y, shape.radius, fill=fill, stroke=stroke)
        else:
            path = canvas.beginPath()
            path.moveTo(shape.points[0][0], -shape.points[0][1])
            for x, y in shape.points[1:]:
                path.lineTo(x, -y)
            if shape.closed:
                path.close()
            canvas.drawPath(path, fill=fill if shape.closed else 0, stroke=stroke)
        if fill and paint.opacity < 1:
            canvas.setFillAlpha(1)


@lru_cache(maxsize=4)
def _bitmap_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=0, layout_engine=ImageFont.Layout.BASIC)


def _dashes(points, dash: tuple[float, float]):
    """The visible stretches of a dashed line."""
    drawn, left = True, dash[0]
    for (x0, y0), (x1, y1) in pairwise(points):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        done = 0.0
        while length - done > 1e-6:
            step = min(left, length - done)
            if drawn:
                start, end = done / length, (done + step) / length
                yield (
                    (x0 + (x1 - x0) * start, y0 + (y1 - y0) * start),
                    (x0 + (x1 - x0) * end, y0 + (y1 - y0) * end),
                )
            done, left = done + step, left - step
            if left <= 1e-6:
                drawn = not drawn
                left = dash[0] if drawn else dash[1]


def _blend(color: str, opacity: float) -> str:
    """`color` as it looks over white paper."""
    channels = (int(color[index : index + 2], 16) for index in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - channel) * opacity):02x}" for channel in channels)


def _outline(shape) -> list[tuple[float, float]]:
    if isinstance(shape, Rect):
        x, y, right, bottom = shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
        return [(x, y), (right, y), (right, bottom), (x, bottom), (x, y)]
    return [*shape.points, shape.points[0]] if shape.closed else list(shape.points)


def _paint_bitmap(draw: ImageDraw.ImageDraw, shape, zoom: float) -> None:
    paint = PAINTS[shape.css]
    if isinstance(shape, Dot):
        x, y, radius = shape.x * zoom, shape.y * zoom, shape.radius * zoom
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=paint.fill)
        return
    points = [(x * zoom, y * zoom) for x, y in _outline(shape)]
    if paint.fill and (isinstance(shape, Rect) or shape.closed):
        draw.polygon(points, fill=_blend(paint.fill, paint.opacity))
    if paint.stroke:
        width = max(1, round(paint.width * zoom))
        if paint.dash:
            for stretch in _dashes(points, (paint.dash[0] * zoom, paint.dash[1] * zoom)):
                draw.line(stretch, fill=paint.stroke, width=width)
        else:
            draw.line(points, fill=paint.stroke, width=width, joint="curve")


def to_png(picture: Picture, zoom: int = 2) -> bytes | None:
    """A bitmap of `zoom` × 2 pixels a unit in each direction, or None when no font file can draw Chinese."""
    font_path = describe_font().path
    if not font_path:
        return None
    scale = zoom * 2  # drawn at twice the size and reduced: Pillow's lines are not smoothed
    size = (round(picture.width * scale), round(picture.height * scale))
    image = Image.new("RGB", size, "#ffffff")
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        if not isinstance(shape, Label):
            _paint_bitmap(draw, shape, scale)
    image = image.reduce(2)
    draw = ImageDraw.Draw(image)
    font = _bitmap_font(font_path, FONT_SIZE * zoom)
    anchors = {"mid": "ms", "end": "rs"}
    for shape in picture.shapes:
        if isinstance(shape, Label) and shape.text:
            color = TEXT_COLORS.get(shape.css, "#1c2733")
            place = (shape.x * zoom, shape.y * zoom)
            anchor = anchors.get(shape.anchor, "ls")
            draw.text(place, clean_text(shape.text), fill=color, font=font, anchor=anchor)
    data = BytesIO()
    small = image.quantize(64, method=Image.Quantize.FASTOCTREE)
    palette = small.getpalette()
    small.putpalette([255 if value >= 253 else value for value in palette])  # quantizing greys white paper
    small.save(data, "PNG", dpi=(192, 192), compress_level=6)
    return data.getvalue()
