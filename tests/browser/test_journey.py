"""The whole first job of a system owner, by clicks and keys: from the spreadsheet to the signed-off report."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from assessments.catalog.services import load_shipped
from assessments.models import Assessment, Grading
from assets.models import ProtectedObject
from tests.support import City

NAME = "区域卫生信息共享平台"
ROW = {
    "责任单位": "市卫生健康委", "名称": NAME, "对象类型": "信息系统", "运行状态": "已运行", "建设性质": "已建",
    "投入运行日期": "2021-05-01", "联系人": "林予安",
}  # fmt: skip
CONCLUSION = "自评估结论（参考）"
BY_KEYS = 4


def downloaded(page: Page, link: Locator, folder: Path) -> Path:
    """The file a link gives."""
    with page.expect_download() as taken:
        link.click()
    path = folder / taken.value.suggested_filename
    taken.value.save_as(path)
    return path


def menu(page: Page, name: str) -> None:
    """An entry of the navigation."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()


def import_the_inventory(page: Page, folder: Path) -> None:
    """The template, filled in, previewed and confirmed."""
    menu(page, "系统台账")
    page.get_by_role("link", name="导入 Excel").click()
    book = load_workbook(downloaded(page, page.get_by_role("link", name="下载模板"), folder))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for name, value in ROW.items():
        sheet.cell(2, heads.index(name) + 1).value = value
    book.save(folder / "台账.xlsx")
    page.get_by_label("Excel 工作簿").set_input_files(folder / "台账.xlsx")
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("可以导入：新增 1 条，修改 0 条。")).to_be_visible()
    assert not ProtectedObject.objects.exists()
    page.get_by_role("button", name="确认导入 1 条").click()
    page.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()


def grade(page: Page) -> None:
    """Level 3, reviewed by an expert and approved by the authority."""
    page.get_by_role("link", name="开始定级").click()
    for group in ("business", "service"):
        page.locator(f"#id_{group}_public_order").select_option("serious")
        page.locator(f"#id_{group}_reason").fill("影响全市就医秩序和居民健康信息安全。")
    expect(page.locator("#proposal")).to_contain_text("第三级 S3A3G3")
    page.get_by_label("有行业主管部门").check()
    page.locator("#id_authority_name").fill("颍川市")
    page.locator("form.form").get_by_role("button", name=re.compile("发起|提交|保存")).click()
    page.get_by_role("link", name="邀请专家").click()
    page.get_by_label(re.compile("许望")).check()
    page.get_by_role("button", name="邀请评审").click()
    page.get_by_role("link", name="返回").first.click()
    step(page, "提交专家评审")


def step(page: Page, label: str, opinion: str = "") -> None:
    """Take a step of a workflow: its button, what it is decided on, the decision."""
    page.get_by_role("link", name=label).first.click()
    if opinion:
        page.get_by_label("意见").fill(opinion)
    page.get_by_role("button", name=label).click()


def decide(page: Page, todo: str, label: str) -> None:
    """What waits on one's desk, opened and agreed to."""
    page.get_by_role("link", name=todo).first.click()
    step(page, label, "情况属实，同意。")


def answer(page: Page, folder: Path) -> None:
    """Items by keys, a piece of evidence, a group at once."""
    page.get_by_role("link", name=re.compile("开始自评估")).first.click()
    page.get_by_label("对象").select_option(label=NAME)
    page.get_by_label("名称").fill("2026 年自评估")
    page.get_by_label("报告日期").fill("2026-03-01")
    page.locator("form.form").get_by_role("button", name=re.compile("自评估")).click()
    expect(page.locator("[data-item]")).to_have_count(211)
    page.wait_for_load_state()  # the items are there before what listens to the keys
    for number in range(1, BY_KEYS + 1):
        page.keyboard.press("n")
        page.keyboard.press("1")
        expect(page.locator("#progress b")).to_have_text(str(number))
    page.keyboard.press("e")
    files = page.locator("[data-item].is-focus [id^=attachments-]")
    proof = folder / "门禁记录.txt"
    proof.write_text("三个月的出入登记")
    files.locator("input[type=file]").set_input_files(proof)
    files.get_by_label("本文件不涉及国家秘密").check()
    files.get_by_role("button", name="上传附件").click()
    expect(files).to_contain_text("门禁记录.txt")
    page.get_by_role("button", name="本组未答项均符合").first.click()  # those of answered groups are hidden by now
    page.get_by_role("button", name=re.compile(r"^\d+ 项均符合$")).click()
    expect(page.get_by_text("项已答为“符合”")).to_be_visible()


def texts_of(path: Path) -> str:
    """Everything a report says, without white space."""
    if path.suffix == ".pdf":
        found = "".join(page.extract_text() for page in PdfReader(path).pages)
    elif path.suffix == ".docx":
        document = docx.Document(str(path))
        cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
        found = "".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    else:
        book = load_workbook(io.BytesIO(path.read_bytes()))
        found = "".join(str(cell.value or "") for sheet in book for row in sheet for cell in row)
    return re.sub(r"\s+", "", found)


@pytest.mark.slow(reason="one person's whole afternoon in a real browser, with four people at their desks")
def test_an_owner_comes_from_a_spreadsheet_to_a_confirmed_report(signed_in, city: City, tmp_path: Path):
    load_shipped()
    owner = signed_in(city.lin)
    import_the_inventory(owner, tmp_path)
    grade(owner)
    decide(signed_in(city.xu), f"评审“{NAME}”的定级", "评审通过，报主管部门")
    decide(signed_in(city.ye), f"核准“{NAME}”的定级", "核准")
    assert Grading.objects.get().state == "determined"

    menu(owner, "自评估")
    answer(owner, tmp_path)
    made = Assessment.objects.get()
    owner.get_by_role("link", name="提交审核").click()
    owner.get_by_role("button", name="提交").click()
    expect(owner.locator("body")).to_contain_text("项没有填完")
    made.answers.filter(result="").update(result="met", value=1)  # the other two hundred, as the keys gave the first
    owner.get_by_role("link", name="返回").first.click()
    step(owner, "提交")

    lead = signed_in(city.zhou)
    decide(lead, "审定“2026 年自评估”", "确认")
    made.refresh_from_db()
    assert made.state == "confirmed"

    owner.goto(made.get_absolute_url())
    for form, suffix in (("PDF", ".pdf"), ("Word", ".docx"), ("Excel", ".xlsx")):
        path = downloaded(owner, owner.get_by_role("link", name=form), tmp_path)
        said = texts_of(path)
        assert path.suffix == suffix and NAME in said and CONCLUSION in said, form
        assert "门禁记录.txt" in said, form
