"""Coordinators at work on a lead's page, in a real Chromium with the real service behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.service.stage import Person, Stage
from tests.staff.test_site_pages import log_in
from tests.web.stage import Server, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Stage]:
    """A live study. Mei and Wei are coordinators, Lin audits."""
    stage = Stage(tmp_path, live=True)
    stage.open()
    for name, role in (("mei", "coordinator"), ("wei", "coordinator"), ("lin", "auditor")):
        stage.app.staff.add(name, role)
    yield stage
    stage.stop()


async def lead_in(live: Stage, address: str = "p1") -> str:
    await Person(live, address).to_queue()
    return next(row.code for row in live.app.desk.queue_now("en"))


async def test_a_lead_is_taken_tried_reached_and_booked(
    browser: Browser, server: Server, live: Stage
) -> None:
    code = await lead_in(live)
    async with visiting(browser, "zh-CN") as page:
        await log_in(page, server, live, "mei")
        await page.get_by_role("link", name=code).click()
        await page.get_by_role("button", name="我来联系").click()
        await expect(page.locator(".note").first).to_contain_text("这位由您联系")
        await page.get_by_label("结果").select_option("no_answer")
        await page.get_by_label("备注（可不填）").fill("响了十声")
        await page.get_by_role("button", name="记录", exact=True).click()
        await expect(page.locator(".done li").first).to_contain_text("没人接")
        await expect(page.locator(".heading")).to_contain_text("联系中")
        # Once a day is enough; what was written stays.
        await page.get_by_label("结果").select_option("no_answer")
        await page.get_by_role("button", name="记录", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("今天已经联系过一次")
        live.clock.move(days=1)
        await page.goto(f"{server.address}/staff/login?token={live.app.staff.link('mei')}")
        await page.locator("main button").click()
        await page.get_by_role("link", name=code).click()
        await page.get_by_label("结果").select_option("reached")
        await page.get_by_role("button", name="记录", exact=True).click()
        await expect(page.locator(".heading")).to_contain_text("已联系上")
        await page.get_by_label("访视").fill("2026-06-20T09:30")
        await page.get_by_role("button", name="约访视").click()
        await expect(page.locator(".heading")).to_contain_text("已约访视")
        await page.get_by_label("撤销原因").fill("日期写错")
        await page.get_by_role("button", name="撤销：").click()
        await expect(page.locator(".heading")).to_contain_text("已联系上")
        assert not await sideways(page)
        complaints = page.complaints  # type: ignore[attr-defined]
        assert [words for words in complaints if "409" not in words] == []


async def test_two_coordinators_do_not_call_the_same_person(
    browser: Browser, server: Server, live: Stage
) -> None:
    code = await lead_in(live)
    async with visiting(browser, "en") as mei, visiting(browser, "en") as wei:
        await log_in(mei, server, live, "mei")
        await log_in(wei, server, live, "wei")
        for page in (mei, wei):
            await page.goto(f"{server.address}/staff/leads/{code}")
        await mei.get_by_role("button", name="I take it").click()
        await expect(mei.locator(".note").first).to_contain_text("You work on this lead")
        await wei.get_by_role("button", name="I take it").click()
        await expect(wei.get_by_role("alert")).to_contain_text("mei works on this lead")
        await wei.goto(f"{server.address}/staff")
        await expect(wei.locator("tbody")).to_contain_text("mei")
        await mei.get_by_label("Colleague").select_option("wei")
        await mei.get_by_role("button", name="Hand over").click()
        await wei.goto(f"{server.address}/staff/leads/{code}")
        await expect(wei.locator(".note").first).to_contain_text("You work on this lead")


async def test_who_does_not_work_on_leads_sees_no_forms_and_may_not_post(
    browser: Browser, server: Server, live: Stage
) -> None:
    code = await lead_in(live)
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "lin")
        await page.goto(f"{server.address}/staff/leads/{code}")
        await expect(page.get_by_role("button", name="I take it")).to_have_count(0)
        own = await page.locator("input[name=form_token]").first.get_attribute("value") or ""
        for form in ({"do": "claim"}, {"do": "note", "text": "x"}, {"do": "step", "step": "decline"}):
            answer = await page.request.post(
                f"{server.address}/staff/leads/{code}", form={"form_token": own, **form}
            )
            assert answer.status == 403
            forged = await page.request.post(f"{server.address}/staff/leads/{code}", form=form)
            assert forged.status == 403
    (row,) = live.app.desk.queue_now("en")
    assert (row.status, row.claimed_by) == ("new", "")
