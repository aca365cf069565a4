"""A neutral document as a workbook: a sheet of text, one per table, native charts beside figures."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, RadarChart, Reference
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from . import document as blocks
from .archive import stable_zip
from .charts import CHARTS, chart_rows, picture
from .painting import to_png
from .tabular import alignments
from .text import _, chinese_date, display, printable_text
from .xlsx_cells import (
    BODY_FONT,
    BORDER,
    HEADER_FILL,
    HEADER_FONT,
    WRAP,
    for_paper,
    limited,
    set_cell,
    set_widths,
    sheet_title,
    style_header,
)

_COLORS = ("1659A8", "C2D4EA", "C98A1B", "2F8F8C", "8391A2")
_TONES = {"ok": "3F9A63", "warn": "D98A1F", "bad": "D0453B", "idle": "B9C3CF"}
_LEFT = Alignment(horizontal="left", vertical="top", wrap_text=True)
_TITLE_FONT = Font(name="微软雅黑", size=16, bold=True)
PIXELS = 1.4  # of a screen for a unit of a diagram
BLANK = "____________"  # to be written by hand
_HEADING_SIZES = {1: 14, 2: 12, 3: 11, 4: 10}


def _series_color(series: blocks.Series, index: int) -> str:
    return _TONES[series.tone] if series.tone else _COLORS[index % 5]


def _native_chart(block):
    if isinstance(block, blocks.RadarChart):
        chart = RadarChart()
        chart.type = "marker"
    elif isinstance(block, blocks.LineChart):
        chart = LineChart()
    else:
        chart = BarChart()
        chart.type = "bar"
        chart.x_axis.scaling.orientation = "maxMin"  # the first label on top, as in the report
        if block.stacked:
            chart.grouping, chart.overlap = "stacked", 100
    chart.title = limited(printable_text(block.title))
    chart.height, chart.width = max(8.5, 1.5 + 0.75 * len(block.labels)), 20
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min = 0
    if block.maximum:
        chart.y_axis.scaling.max = float(block.maximum)
    return chart


class _Book:
    """Builds the workbook of one document."""

    def __init__(self, document: blocks.Document):
        self.document = document
        self.book = Workbook()
        self.text = self.book.active
        self.text.title = _("说明")
        self.row = 1
        self.part = _("表")  # the heading a table without a caption stands under

    def _line(self, label: object, value: object = None, font: Font = BODY_FONT) -> None:
        for column, content in ((1, label), (2, value)):
            cell = self.text.cell(self.row, column)
            set_cell(cell, content)
            cell.font, cell.alignment = font, _LEFT
        self.row += 1

    def _wide(self, value: str, font: Font = BODY_FONT) -> None:
        """Text over both columns; a merged row does not grow by itself, so its height is set."""
        cell = self.text.cell(self.row, 1)
        set_cell(cell, value)
        cell.font, cell.alignment = font, WRAP
        self.text.merge_cells(start_row=self.row, start_column=1, end_row=self.row, end_column=2)
        size = font.size or 10
        lines = sum(1 + int(len(line) * size / 560) for line in display(value).split("\n"))
        self.text.row_dimensions[self.row].height = min(lines * size * 1.6 + 4, 400)
        self.row += 1

    def _refer(self, title: str) -> None:
        cell = self.text.cell(self.row, 1)
        set_cell(cell, _("见工作表“{title}”").format(title=title))
        cell.hyperlink = f"#'{title}'!A1"
        cell.font = Font(name="微软雅黑", size=10, color="0F4483", underline="single")
        self.row += 1

    def _new_sheet(self, wanted: str):
        return self.book.create_sheet(sheet_title(wanted, self.book.sheetnames))

    def _table(self, block: blocks.Table) -> None:
        sheet = self._new_sheet(printable_text(block.caption) or self.part)
        block = _unfolded(block)
        columns = [display(name) for name in block.columns]
        count, aligns = len(columns), alignments(block)
        for index, name in enumerate(columns, 1):
            set_cell(sheet.cell(1, index), name)
        for number, row in enumerate(block.rows, 2):
            if isinstance(row, blocks.GroupRow):
                set_cell(sheet.cell(number, 1), row.text)
                for index in range(1, count + 1):
                    cell = sheet.cell(number, index)
                    cell.font, cell.fill, cell.border = HEADER_FONT, HEADER_FILL, BORDER
                sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=count)
                continue
            for index, value in enumerate(row, 1):
                cell = sheet.cell(number, index)
                set_cell(cell, value)
                cell.font, cell.border = BODY_FONT, BORDER
                cell.alignment = Alignment(horizontal=aligns[index - 1], vertical="top", wrap_text=True)
        style_header(sheet, 1, count)
        set_widths(sheet, columns, [row for row in block.rows if not isinstance(row, blocks.GroupRow)])
        for_paper(sheet)
        if block.rows:
            sheet.auto_filter.ref = f"A1:{get_column_letter(count)}{len(block.rows) + 1}"
        self._refer(sheet.title)

    def _chart(self, block) -> None:
        sheet = self._new_sheet(printable_text(block.title) or _("图"))
        columns, rows = chart_rows(block)
        for index, name in enumerate(columns, 1):
            set_cell(sheet.cell(1, index), name)
        for number, row in enumerate(rows, 2):
            for index, value in enumerate(row, 1):
                set_cell(sheet.cell(number, index), value)
                sheet.cell(number, index).font = BODY_FONT
        style_header(sheet, 1, len(columns))
        set_widths(sheet, columns, rows)
        for_paper(sheet)
        set_cell(sheet.cell(len(rows) + 3, 1), printable_text(block.finding))
        if rows:
            sheet.add_chart(self._filled(sheet, block, len(rows)), f"{get_column_letter(len(columns) + 2)}2")
        self._refer(sheet.title)

    @staticmethod
    def _filled(sheet, block, rows: int):
        chart = _native_chart(block)
        chart.add_data(
            Reference(sheet, min_col=2, max_col=len(block.series) + 1, min_row=1, max_row=rows + 1),
            titles_from_data=True,
        )
        chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=rows + 1))
        for index, (drawn, series) in enumerate(zip(chart.series, block.series, strict=True)):
            color = _series_color(series, index)
            if isinstance(block, blocks.BarChart):
                drawn.graphicalProperties.solidFill = color
            else:
                drawn.graphicalProperties.line.solidFill = color
                drawn.graphicalProperties.line.dashStyle = "dash" if index % 2 else None
        if len(block.series) < 2:
            chart.legend = None
        return chart

    def _diagram(self, block: blocks.Diagram) -> None:
        rows = [(box.label, box.detail, _zone_of(block, box)) for box in block.boxes]
        self._wide(printable_text(block.finding))
        self._table(blocks.Table((_("对象"), _("说明"), _("区域")), rows, caption=block.title))
        drawn = picture(block)
        data = to_png(drawn)
        if data is not None:
            shape = Image(BytesIO(data))
            shape.width, shape.height = round(drawn.width * PIXELS), round(drawn.height * PIXELS)
            self.book.worksheets[-1].add_image(shape, "E2")

    def _cover(self, block: blocks.Cover) -> None:
        self._wide(printable_text(block.title), _TITLE_FONT)
        if block.subtitle:
            self._wide(printable_text(block.subtitle))
        known = ((_("编号"), block.number), (_("单位"), block.org), (_("日期"), chinese_date(block.date)))
        for label, value in (*((k, v) for k, v in known if v), *block.facts):
            self._line(label, value)
        if block.notice:
            self._wide(printable_text(block.notice))

    def _signature(self, block: blocks.Signature) -> None:
        for signer in block.signers:
            name = _("签名：%s") % (printable_text(signer.name) or BLANK)
            day = _("日期：%s") % (chinese_date(signer.date) or BLANK)
            self._line(signer.role, "　".join(filter(None, (signer.opinion, name, day))))

    def _block(self, block) -> None:
        match block:
            case blocks.Cover():
                self._cover(block)
            case blocks.Heading():
                self.row += 1
                font = Font(name="微软雅黑", size=_HEADING_SIZES[block.level], bold=True)
                self.part = printable_text(block.text)
                self._wide(self.part, font)
            case blocks.Paragraph():
                self._wide(printable_text(block.text))
            case blocks.KeyValues():
                for label, value in block.pairs:
                    self._line(label, value)
            case blocks.Table():
                self._table(block)
            case blocks.Diagram():
                self._diagram(block)
            case blocks.Signature():
                self._signature(block)
            case blocks.SignOff():
                self._line(block.unit, chinese_date(block.date))
            case _ if isinstance(block, CHARTS):
                self._chart(block)

    def render(self) -> bytes:
        document, meta = self.document, self.document.meta
        self.text.column_dimensions["A"].width, self.text.column_dimensions["B"].width = 26, 84
        for_paper(self.text, "portrait")
        self.text.print_title_rows = None
        if meta.demo:
            self._wide(_("演示数据"), HEADER_FONT)
        if not document.of(blocks.Cover):
            self._wide(printable_text(document.title), _TITLE_FONT)
        for block in document.blocks:
            self._block(block)
        self.row += 1
        for label, value in (
            (_("生成时间"), meta.generated_at),
            (_("生成单位"), meta.generated_by),
            ("", meta.footer),
        ):
            if value:
                self._line(label, display(value))
        properties = self.book.properties
        properties.title = printable_text(document.title)
        properties.creator = properties.lastModifiedBy = printable_text(meta.generated_by) or "secmgmt"
        properties.language = "zh-CN"
        output = BytesIO()
        self.book.save(output)
        return stable_zip(output.getvalue(), meta.generated_at)


def _unfolded(block: blocks.Table) -> blocks.Table:
    """A table set in two equal halves to save paper, as one list that a person can filter."""
    half, odd = divmod(len(block.columns), 2)
    if odd or not half or list(block.columns[:half]) != list(block.columns[half:]):
        return block
    rows: list = []
    for row in block.rows:
        if isinstance(row, blocks.GroupRow):
            rows.append(row)
        else:
            rows += [part for part in (row[:half], row[half:]) if any(cell != "" for cell in part)]
    return blocks.Table(block.columns[:half], rows, caption=block.caption, align=block.align[:half], note=block.note)


def _zone_of(diagram: blocks.Diagram, box: blocks.Box) -> str:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    for zone in diagram.zones:
        if zone.x <= x <= zone.x + zone.width and zone.y <= y <= zone.y + zone.height:
            return zone.label
    return ""


def render_xlsx(document: blocks.Document) -> bytes:
    """The document as a workbook; the same document gives the same bytes."""
    return _Book(document).render()
