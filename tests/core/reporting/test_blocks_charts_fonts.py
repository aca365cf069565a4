"""Blocks refuse nonsense; charts say what their figures say; the font is found or named as missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from secmgmt.core.reporting import document as blocks
from secmgmt.core.reporting import fonts
from secmgmt.core.reporting.charts import chart_svg, nice_maximum, picture, ticks
from secmgmt.core.reporting.painting import FONT_SIZE, PAINTS, Label, Path, Rect, to_png
from secmgmt.core.reporting.tabular import alignments, column_shares
from secmgmt.core.reporting.text import chinese_date, display, em_width, printable_text

from .samples import LAYERS, pictures

pytestmark = pytest.mark.pure
ONE = blocks.Series("甲", (1,))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: blocks.Heading(5, "x"), "heading level 5"),
        (lambda: blocks.Paragraph("x", "loud"), "'loud'"),
        (lambda: blocks.Table((), []), "at least one column"),
        (lambda: blocks.Table(("a", "b"), [(1, 2), (1,)]), "row 2"),
        (lambda: blocks.Table(("a",), [], (1, 2)), "2 widths for 1"),
        (lambda: blocks.Table(("a",), [], align="x"), "letters other"),
        (lambda: blocks.BarChart("t", ("a", "b"), [ONE], "f"), "1 values for 2 labels"),
        (lambda: blocks.BarChart("t", ("a",), [ONE], " "), "finding"),
        (lambda: blocks.BarChart("t", ("a",), [], "f"), "at least one series"),
        (lambda: blocks.BarChart("t", ("a",), [blocks.Series("甲", (-1,))], "f"), "negative"),
        (lambda: blocks.LineChart("t", ("a",), [ONE], "f", 0), "maximum"),
        (lambda: blocks.Series("甲", (1,), "pink"), "'pink'"),
        (lambda: blocks.Link([(0, 0)]), "two points"),
        (lambda: blocks.Contents(9), "depth 9"),
        (lambda: blocks.Meta(datetime(2026, 1, 1), layout="web"), "'web'"),
        (lambda: blocks.KeyValues([], 3), "1 or 2 columns"),
    ],
)
def test_a_contradictory_block_is_refused_with_the_reason(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_block_keeps_no_hold_on_the_lists_it_was_given():
    rows = [[1, 2]]
    table = blocks.Table(["a", "b"], rows)
    rows.append([3, 4])
    assert table.rows == ((1, 2),)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (1.5, "1.5"),
        (2.0, "2"),
        (Decimal("87.30"), "87.30"),
        (Decimal("1E+2"), "100"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 1, 16, 30, tzinfo=UTC), "2026-01-02 00:30"),
        ("a\r\nb\x00", "a\nb"),
    ],
)
def test_values_are_shown_as_readers_expect(value, shown):
    assert display(value) == shown


def test_direction_changing_and_invisible_characters_are_dropped():
    assert printable_text("报\u202e告\u200b.pdf\ufeff") == "报告.pdf"


def test_dates_of_documents_are_written_out():
    assert chinese_date(date(2026, 11, 3)) == "2026 年 11 月 3 日"
    assert chinese_date("") == ""


@pytest.mark.parametrize(
    ("values", "top"),
    [([], 1), ([0], 1), ([100], 100), ([23], 25), ([7], 8), ([0.3], 0.3), ([101], 125), ([1], 1)],
)
def test_a_scale_ends_at_a_round_number_that_holds_all_values(values, top):
    assert nice_maximum(values) == pytest.approx(top)


def test_ticks_end_at_the_maximum():
    for maximum in (1, 8, 25, 100, 150, 211, 0.3):
        marks = ticks(maximum)
        assert marks[0] == 0
        assert marks[-1] == pytest.approx(maximum)
        assert 3 <= len(marks) <= 7


def test_the_length_of_a_bar_is_its_share_of_the_scale():
    chart = blocks.BarChart("t", ("甲", "乙"), [blocks.Series("值", (50, 100))], "f", 100)
    half, full = [shape.width for shape in picture(chart).shapes if isinstance(shape, Rect)]
    assert full == pytest.approx(2 * half)


def test_the_figure_at_the_end_of_the_longest_bar_is_not_cut_off():
    chart = blocks.BarChart("t", ("甲",), [blocks.Series("值", (Decimal("100.00"),))], "f", 100, "%")
    drawn = picture(chart)
    figure = next(shape for shape in drawn.shapes if isinstance(shape, Label) and shape.text == "100.00%")
    assert figure.x + em_width(figure.text) * FONT_SIZE <= drawn.width


def test_stacked_bars_lie_end_to_end_and_say_their_sum():
    series = [blocks.Series("甲", (Decimal(3),)), blocks.Series("乙", (4.0,))]
    shapes = picture(blocks.BarChart("t", ("x",), series, "f", stacked=True)).shapes
    first, second = [shape for shape in shapes if isinstance(shape, Rect)][:2]
    assert second.x == pytest.approx(first.x + first.width)
    assert "7" in [shape.text for shape in shapes if isinstance(shape, Label)]


def test_an_unknown_value_is_a_gap_and_never_zero():
    radar, _bars, line, _diagram = pictures()
    assert any("—" in shape.text for shape in picture(radar).shapes if isinstance(shape, Label))
    assert not [shape for shape in picture(radar).shapes if isinstance(shape, Path) and shape.css == "f-area"]
    runs = [shape for shape in picture(line).shapes if isinstance(shape, Path) and shape.css == "l1"]
    assert [len(run.points) for run in runs] == [1, 1]


def test_a_radar_of_two_axes_is_drawn_as_bars():
    chart = blocks.RadarChart("t", LAYERS[:2], [blocks.Series("值", (50, 100))], "f", 100)
    assert [shape for shape in picture(chart).shapes if isinstance(shape, Rect)]


@pytest.mark.parametrize("index", range(4))
def test_everything_drawn_stays_inside_the_picture(index):
    drawn = picture(pictures()[index])
    for shape in drawn.shapes:
        if isinstance(shape, Label):
            assert 10 <= shape.y <= drawn.height, shape
        elif isinstance(shape, Rect):
            assert shape.x >= 0, shape
            assert shape.x + shape.width <= drawn.width + 0.01, shape


@pytest.mark.parametrize("index", range(4))
def test_every_class_of_a_picture_has_a_paint_for_paper(index):
    for shape in picture(pictures()[index]).shapes:
        if not isinstance(shape, Label):
            assert shape.css in PAINTS


def test_a_chart_on_a_page_names_its_finding_and_uses_no_style_attribute():
    svg = chart_svg(pictures()[0])
    assert svg.startswith('<svg class="chart" viewBox="0 0 560 ')
    assert 'role="img" aria-label="边界最低。"' in svg
    assert "style=" not in svg


@pytest.mark.parametrize("kind", [blocks.RadarChart, blocks.BarChart, blocks.LineChart])
@pytest.mark.parametrize("count", [0, 1, 3, 40])
def test_charts_of_any_size_without_values_are_drawn(kind, count):
    chart = kind(
        "t", [f"很长的标签名称第 {n} 个" for n in range(count)], [blocks.Series("值", [None] * count)], "f"
    )
    assert chart_svg(chart).endswith("</svg>")


def test_a_picture_becomes_a_bitmap_on_white_paper():
    data = to_png(picture(pictures()[0]))
    if fonts.describe_font().embedded:
        with Image.open(BytesIO(data)) as image:
            assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
            assert image.width == 1120
    else:
        assert data is None


def test_numbers_stand_right_and_text_left_unless_the_table_says_otherwise():
    table = blocks.Table(("a", "b", "c"), [("x", 1, True), ("y", None, False)])
    assert alignments(table) == ["left", "right", "left"]
    assert alignments(blocks.Table(("a", "b"), [], align="cr")) == ["center", "right"]


def test_a_narrow_column_is_widened_until_its_numbers_stay_whole():
    rows = [(211, "长" * 60, "部分符合")]
    shares = column_shares(blocks.Table(("序号", "要求", "结果"), rows, (1, 100, 1)), ems=49)
    assert sum(shares) == pytest.approx(1)
    assert shares[0] * 49 >= 2
    assert shares[2] * 49 >= 4


def test_a_configured_font_that_is_missing_is_named(settings, monkeypatch):
    monkeypatch.setattr(fonts, "_registered", {})
    settings.REPORT_FONT = "/nowhere/fang.ttf"
    with pytest.raises(fonts.FontError, match=r"/nowhere/fang\.ttf"):
        fonts.describe_font()


def test_a_configured_font_that_is_no_font_is_named(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "_registered", {})
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a font at all")
    settings.REPORT_FONT = str(broken)
    with pytest.raises(fonts.FontError, match=r"broken\.ttf"):
        fonts.describe_font()
