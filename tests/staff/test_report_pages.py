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
