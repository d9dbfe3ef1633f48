"""The prescreening log is taken from its page, in a real Chromium with the real service behind it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.store import tables as t
from tests.service.stage import Person, Stage
from tests.staff.test_site_pages import log_in
from tests.web.stage import Server, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Stage]:
    """A live study. Mei is a coordinator, Yan an auditor, Lin edits scripts."""
    stage = Stage(tmp_path, live=True)
    stage.open()
    for name, role in (("mei", "coordinator"), ("yan", "auditor"), ("lin", "editor")):
        stage.app.staff.add(name, role)
    yield stage
    stage.stop()


@pytest.mark.parametrize("name", ["mei", "yan"])
async def test_the_log_is_taken_and_the_trail_says_by_whom(
    browser: Browser, server: Server, live: Stage, name: str
) -> None:
    await Person(live).to_queue()
    async with visiting(browser, "zh-CN") as page:
        await log_in(page, server, live, name)
        await page.get_by_role("link", name="报表").click()
        await page.get_by_label("开始日期").fill("2026-06-16")
        await page.get_by_label("结束日期").fill("2026-06-15")
        await page.get_by_role("button", name="下载").click()
        await expect(page.get_by_role("alert")).to_contain_text("结束日期早于开始日期")
        assert not await sideways(page)
        await page.get_by_label("开始日期").fill("2026-06-15")
        async with page.expect_download() as waiting:
            await page.get_by_role("button", name="下载").click()
        download = await waiting.value
        assert download.suggested_filename == "prescreening-log.csv"
        # The browser's folder goes with its page.
        made = (await asyncio.to_thread((await download.path()).read_bytes)).decode("utf-8-sig")
    assert "L-" in made
    assert "林" not in made
    assert "138" not in made
    assert [row.who for row in live.rows(t.audit) if row.what == "exported"] == [f"staff:{name}"]


async def test_who_may_not_sees_no_link_and_gets_no_file(
    browser: Browser, server: Server, live: Stage
) -> None:
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "lin")
        await expect(page.get_by_role("link", name="Reports")).to_have_count(0)
        address = f"{server.address}/staff/reports"
        assert (await page.request.get(address)).status == 403
        own = await page.locator("input[name=form_token]").first.get_attribute("value") or ""
        for form in ({"form_token": own, "format": "csv"}, {"format": "csv"}):
            assert (await page.request.post(f"{address}/log", form=form)).status == 403
    assert [row for row in live.rows(t.audit) if row.what == "exported"] == []


async def test_nobody_takes_it_with_a_form_that_another_page_made_up(
    browser: Browser, server: Server, live: Stage
) -> None:
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        answer = await page.request.post(f"{server.address}/staff/reports/log", form={"format": "csv"})
        assert answer.status == 403
    assert [row for row in live.rows(t.audit) if row.what == "exported"] == []


async def test_leads_are_handed_off_by_code_and_with_names_only_after_a_fresh_login(
    browser: Browser, server: Server, live: Stage
) -> None:
    await Person(live).to_queue()
    async with visiting(browser, "zh-CN") as page:
        await log_in(page, server, live, "mei")
        await page.goto(f"{server.address}/staff/reports")
        form = page.locator("form[action='/staff/reports/hand-off']")
        await form.get_by_label("带姓名和电话").check()
        await form.get_by_role("button").click()
        await expect(page.get_by_role("alert")).to_contain_text("请选择用途")
        assert not await sideways(page)
        await form.get_by_label("交给谁").select_option("other")
        await form.get_by_role("button").click()
        await expect(page.get_by_role("alert")).to_contain_text("没有告诉参与者")
        await form.get_by_label("交给谁").select_option("site_edc")
        async with page.expect_download() as waiting:
            await form.get_by_role("button").click()
        download = await waiting.value
        assert download.suggested_filename == "leads.fhir.json"
        made = await asyncio.to_thread((await download.path()).read_text)
        assert "林女士" in made
        live.clock.move(minutes=11)
        await form.get_by_role("button").click()
        await expect(page.get_by_role("heading", name="请先重新登录")).to_be_visible()
        await page.goto(f"{server.address}/staff/reports")
        async with page.expect_download() as waiting:
            await form.get_by_role("button").click()
        made = await asyncio.to_thread((await (await waiting.value).path()).read_text)
        assert "林女士" not in made
    taken = [row.detail["identified"] for row in live.rows(t.audit) if row.what == "exported"]
    assert taken == [True, False]


async def test_an_auditor_gets_no_names_and_an_editor_nothing(
    browser: Browser, server: Server, live: Stage
) -> None:
    for name, identified, status in (("yan", "yes", 409), ("yan", "", 200), ("lin", "", 403)):
        async with visiting(browser, "en") as page:
            await log_in(page, server, live, name)
            own = await page.locator("input[name=form_token]").first.get_attribute("value") or ""
            form = {"form_token": own, "purpose": "ethics", "identified": identified}
            answer = await page.request.post(f"{server.address}/staff/reports/hand-off", form=form)
            assert answer.status == status, name
