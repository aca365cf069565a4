"""A problem on its way to closure by clicks: plan, the leader's queue, the work with its proof, and who verifies it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Rectification
from tests.assessments.rectification.support import make_item
from tests.assets.factories import make_object
from tests.support import City

pytestmark = pytest.mark.slow(reason="three people with three browsers")


def submit_the_plan(page: Page, item: Rectification) -> None:
    """The owner finds it on his desk and puts the plan forward."""
    page.goto(item.get_absolute_url())
    page.get_by_role("link", name="提交方案审批").click()
    page.get_by_role("button", name="提交方案审批").click()
    expect(page.get_by_text("方案待审批").first).to_be_visible()


def agree_in_the_queue(page: Page, item: Rectification) -> None:
    """The leader reads one page and agrees."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="等我审批").click()
    article = page.get_by_role("article")
    expect(article.get_by_role("heading", name=item.title)).to_be_visible()
    for told in (item.measure, item.interim, item.clause, str(item.protected_object)):
        expect(article.get_by_text(told).first).to_be_visible()
    article.get_by_label("审批意见").fill("同意，按期完成")
    article.get_by_role("button", name="批准方案").click()
    expect(page.get_by_text("已同意 1 项")).to_be_visible()
    expect(page.get_by_text("没有等您审批的事项")).to_be_visible()


def do_the_work(page: Page, item: Rectification, proof: Path) -> None:
    """The owner attaches what proves it and reports it done."""
    page.goto(item.get_absolute_url())
    page.get_by_role("button", name="文件 必填").set_input_files(proof)
    page.get_by_label("本文件不涉及国家秘密").check()
    page.get_by_role("button", name="上传附件").click()
    expect(page.get_by_text(proof.name).first).to_be_visible()
    page.get_by_role("link", name="整改完成，提交验证").click()
    page.get_by_label("整改结果").fill("已建成并演练")
    page.get_by_label("整改后结果").select_option("met")
    page.get_by_role("button", name="整改完成，提交验证").click()
    expect(page.get_by_text("待验证").first).to_be_visible()


def test_a_problem_goes_from_its_plan_to_its_closure(city: City, signed_in: Callable[[Any], Page], tmp_path: Path):
    obj = make_object(city.health, "区域卫生信息共享平台", security_level=3, owner=city.lin)
    item = make_item(city.health, "planning", owner=city.lin, protected_object=obj, decides_role="", outcome="")
    proof = tmp_path / "策略导出.txt"
    proof.write_text("复制状态正常", encoding="utf-8")
    owner = signed_in(city.lin)
    submit_the_plan(owner, item)
    agree_in_the_queue(signed_in(city.gao), item)
    do_the_work(owner, item, proof)
    lead = signed_in(city.zhou)
    lead.goto(item.get_absolute_url())
    lead.get_by_role("link", name="验证通过，关闭").click()
    lead.get_by_label("意见").fill("属实")
    lead.get_by_role("button", name="验证通过，关闭").click()
    expect(lead.get_by_text("已关闭").first).to_be_visible()
    expect(lead.get_by_text("整改后结果").first).to_be_visible()
