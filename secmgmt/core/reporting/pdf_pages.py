"""The pages of a PDF: margins, head and foot, numbers, outline and contents, all in one pass.

What is known only at the end (page totals, the page of a heading) is drawn as a reference to a form that is
defined when the last page is out, so that nothing is laid out twice.
"""

from datetime import timedelta
from io import BytesIO

from reportlab.lib.utils import TimeStamp
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from .document import Document
from .flowables import Linked, Style, color, literal_text, set_lines
from .fonts import describe_font
from .pdf_styles import BOTTOM, COLUMN, DEPTH, LEFT, PAGE, TOP
from .text import _, local_time, printable_text

_QUIET = "#4a5868"
_PAGE_ROOM = 34.0  # points kept free at the right of a contents line for its number


class ContentsLine(Flowable):
    """A heading's title, a dotted leader, and its page number, the whole line being a link."""

    def __init__(self, text: str, key: str, style: Style, level: int):
        super().__init__()
        self.text, self.key, self.style, self.level = text.replace("\n", " "), key, style, level
        self.inset = 20.0 * (level - 1)

    def wrap(self, avail_width, avail_height):
        self.width = avail_width
        lines = set_lines(self.text, self.style, avail_width - self.inset - _PAGE_ROOM)
        if len(lines) > 3:  # a list of contents may shorten: the heading itself is whole on its page
            text, used, _ends = lines[2]
            lines = (*lines[:2], (text[:-1] + "…", used, True))
        self.lines = lines
        self.height = len(self.lines) * self.style.leading
        return avail_width, self.height

    def draw(self):
        canvas, style = self.canv, self.style
        base = (style.leading - style.size) / 2 + style.size * 0.14
        top = base + (len(self.lines) - 1) * style.leading
        literal_text(canvas, self.inset, top, self.lines, style, self.width, False)
        start = self.inset + self.lines[-1][1] + 6
        canvas.setStrokeColor(color("#8391a2"))
        canvas.setLineWidth(0.8)
        canvas.setLineCap(1)
        canvas.setDash(0.1, 4)
        stop = self.width - _PAGE_ROOM + 8
        canvas.line(stop - (stop - start) // 4 * 4, base + 2.5, stop, base + 2.5)
        canvas.setDash()
        canvas.saveState()
        canvas.translate(self.width, base)
        canvas.doForm(f"number-{self.key}")
        canvas.restoreState()
        canvas.linkRect("", self.key, (0, 0, self.width, self.height), relative=1, thickness=0)


class Pages(BaseDocTemplate):
    """The template of a document; `render(flowables)` gives the bytes."""

    def __init__(self, document: Document, has_cover: bool):
        self.document, self.meta = document, document.meta
        self.official = self.meta.layout == "official"
        self.has_cover = has_cover
        self.heading_pages: dict[str, int] = {}
        self.output = BytesIO()
        super().__init__(
            self.output,
            pagesize=PAGE,
            invariant=1,
            lang="zh-CN",
            title=printable_text(document.title),
            author=printable_text(self.meta.generated_by),
            subject=printable_text(self.meta.number),
            creator="secmgmt",
            initialFontName=describe_font().name,
        )
        frame = [Frame(LEFT, BOTTOM, COLUMN, DEPTH, 0, 0, 0, 0, id="column")]
        self.addPageTemplates([PageTemplate("page", frame, onPage=self._draw_page)])

    def render(self, flowables: list) -> bytes:
        self.build(flowables)
        return self.output.getvalue()

    def _number(self, page: int) -> int:
        """The printed number of a physical page: a cover has none and is not counted."""
        return page - 1 if self.has_cover else page

    def beforeDocument(self):
        self.canv.setCreator("secmgmt")
        self.canv.setProducer("reportlab")
        self.canv._doc._timeStamp = self._time_stamp()
        self.canv.showOutline()
        if self.has_cover:
            self.canv.addPageLabel(0, prefix=_("封面"))
        self.canv.addPageLabel(int(self.has_cover), style="ARABIC", start=1)

    def _time_stamp(self) -> TimeStamp:
        moment = local_time(self.meta.generated_at)
        stamp = TimeStamp(1)
        offset = int((moment.utcoffset() or timedelta()).total_seconds())
        stamp.YMDhms = tuple(moment.timetuple())[:6]
        stamp.dhh, stamp.dmm = offset // 3600, offset % 3600 // 60
        return stamp

    def afterFlowable(self, flowable):
        for part in (flowable, *getattr(flowable, "_content", ())):
            if isinstance(part, Linked):
                self.heading_pages[part.key] = self.page

    def _draw_page(self, canvas, _template):
        canvas.setFont(describe_font().name, 9)
        canvas.setFillColor(color(_QUIET))
        top = PAGE[1] - TOP + 14
        cover = self.has_cover and self.page == 1
        if not cover and not self.official:
            self._draw_head(canvas, top)
        if self.meta.demo:
            self._draw_demo(canvas, top)
        if not cover:
            canvas.doForm(f"foot-{self.page}")

    def _draw_head(self, canvas, top: float) -> None:
        title = printable_text(self.document.title).replace("\n", "")
        room = COLUMN - 90
        lines = set_lines(title, Style(size=9, leading=12), room)
        canvas.drawString(LEFT, top, lines[0][0] + ("…" if len(lines) > 1 else ""))
        if not self.meta.demo:
            canvas.drawRightString(LEFT + COLUMN, top, printable_text(self.meta.number))
        canvas.setStrokeColor(color("#b9c3cf"))
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, top - 5, LEFT + COLUMN, top - 5)

    @staticmethod
    def _draw_demo(canvas, top: float) -> None:
        text = _("演示数据")
        width = stringWidth(text, describe_font().name, 9) + 12
        canvas.setStrokeColor(color("#8a4b00"))
        canvas.setFillColor(color("#8a4b00"))
        canvas.setLineWidth(0.7)
        canvas.rect(LEFT + COLUMN - width, top - 1.5, width, 13, fill=0, stroke=1)
        canvas.drawCentredString(LEFT + COLUMN - width / 2, top + 1.8, text)

    def _endBuild(self):
        self._doSave = 0
        last = self.page
        super()._endBuild()
        for page in range(1 + int(self.has_cover), last + 1):
            self.canv.beginForm(f"foot-{page}")
            self._draw_foot(self._number(page), self._number(last))
            self.canv.endForm()
        for key, page in self.heading_pages.items():
            self.canv.beginForm(f"number-{key}", lowerx=-60, lowery=-20, upperx=10, uppery=40)
            self.canv.setFont(describe_font().name, 16 if self.official else 12)
            self.canv.drawRightString(0, 0, str(self._number(page)))
            self.canv.endForm()
        self.canv.save()

    def _draw_foot(self, number: int, total: int) -> None:
        canvas, font = self.canv, describe_font().name
        if self.official:
            # GB/T 9704 §7.5: 4 号, a dash on either side, 7 mm below the text, odd right and even left.
            canvas.setFont(font, 14)
            canvas.setFillColor(color("#000000"))
            text, y = f"— {number} —", BOTTOM - 20 - 10
            if number % 2:
                canvas.drawRightString(LEFT + COLUMN - 14, y, text)
            else:
                canvas.drawString(LEFT + 14, y, text)
            return
        canvas.setFont(font, 9)
        canvas.setFillColor(color(_QUIET))
        y = BOTTOM - 26
        canvas.drawCentredString(
            LEFT + COLUMN / 2, y, _("第 {page} / {total} 页").format(page=number, total=total)
        )
        canvas.setFont(font, 8)
        canvas.drawString(LEFT, y - 14, printable_text(self.meta.footer))
        made = local_time(self.meta.generated_at).strftime("%Y-%m-%d %H:%M")
        maker = " ".join(filter(None, (printable_text(self.meta.generated_by), made, _("生成"))))
        canvas.drawRightString(LEFT + COLUMN, y - 14, maker)
