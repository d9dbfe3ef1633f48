"""The site facts in a real Chromium, with the real service behind the pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from bot.staff.pages import routes
from bot.store import tables as t
from tests.service.stage import Person, Stage
from tests.web.stage import Server, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Stage]:
    """A live study. Lin is an editor, Mei a coordinator."""
    stage = Stage(tmp_path, live=True)
    stage.open()
    stage.app.staff.add("lin", "editor")
    stage.app.staff.add("mei", "coordinator")
    yield stage
    stage.stop()


@pytest.fixture
def server(live: Stage) -> Iterator[Server]:
    app = live.app
    pages = routes(app, app.settings.zone, secure_cookies=False)
    running = Server(pages)
    yield running
    running.stop()


async def log_in(page: Page, server: Server, live: Stage, name: str) -> None:
    await page.goto(f"{server.address}/staff/login?token={live.app.staff.link(name)}")
    await page.locator("main button").click()
    await expect(page).to_have_url(re.compile(f"{server.address}/staff(/flows)?$"))


async def test_an_editor_changes_a_fact_and_is_told_what_does_not_fit(
    browser: Browser, server: Server, live: Stage
) -> None:
    async with visiting(browser, "zh") as page:
        await log_in(page, server, live, "lin")
        await page.get_by_role("link", name="机构设置", exact=True).click()
        await page.get_by_role("link", name="小研究").click()
        box = page.get_by_label("不适合者保存天数")
        await box.fill("很快")
        # What fits is saved, what does not stays as it was typed.
        await page.get_by_label("每周新意向者上限").fill("5")
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_role("alert")).to_contain_text("没有保存： 不适合者保存天数")
        await expect(page.get_by_role("status")).to_contain_text("已保存： 每周新意向者上限")
        await expect(page.locator("#form-delete_days")).to_contain_text("整数")
        await expect(box).to_have_value("很快")
        await box.fill("14")
        # Meanwhile somebody else sets another one, and she does not undo that.
        live.app.publishing.set_fact("small", "places", "60", "wei")
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_role("status")).to_contain_text("已保存： 不适合者保存天数")
        facts = live.app.publishing.facts("small")
        assert (facts["delete_days"], facts["weekly_cap"], facts["places"]) == ("14", "5", "60")
        # The same one, set to something else by two: the later is told.
        live.app.publishing.set_fact("small", "places", "70", "wei")
        await page.get_by_label("研究名额").fill("80")
        await page.get_by_role("button", name="保存").click()
        await expect(page.locator("#form-places")).to_contain_text("现在是：70")
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_role("status")).to_contain_text("名额")
        assert live.app.publishing.facts("small")["places"] == "80"
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_role("status")).to_have_text("没有改动。")
        assert not await sideways(page)
        complaints = page.complaints  # type: ignore[attr-defined]
        assert [words for words in complaints if "422" not in words] == []


async def test_a_coordinator_stops_recruiting_with_one_button(
    browser: Browser, server: Server, live: Stage
) -> None:
    lin = Person(live)
    await lin.to_questions()
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        await page.goto(f"{server.address}/staff/site/small?lang=en")
        await expect(page.get_by_role("button", name="Save")).to_have_count(0)
        await page.get_by_role("button", name="Stop recruiting now").click()
        await expect(page.locator(".heading .mark")).to_have_text("Recruiting was stopped")
        await expect(page.get_by_role("button", name="Stop recruiting now")).to_have_count(0)
    await lin.say("35")
    assert "不招募" in lin.heard[-1]


async def test_a_form_from_elsewhere_and_a_role_that_may_not_change_nothing(
    browser: Browser, server: Server, live: Stage
) -> None:
    async with httpx.AsyncClient(base_url=server.address) as stranger:
        answer = await stranger.post("/staff/site/small", data={"name": "recruiting", "value": "no"})
        assert answer.status_code == 401
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        forged = await page.request.post(
            f"{server.address}/staff/site/small", form={"name": "recruiting", "value": "no"}
        )
        assert forged.status == 403
        await page.goto(f"{server.address}/staff/site/small")
        own = await page.locator("form.stop input[name=form_token]").get_attribute("value")
        refused = await page.request.post(
            f"{server.address}/staff/site/small",
            form={"form_token": own or "", "name": "delete_days", "value": "1"},
        )
        assert refused.status == 403
        missing = await page.request.get(f"{server.address}/staff/site/nothing")
        assert missing.status == 404
    facts = live.app.publishing.facts("small")
    assert (facts["recruiting"], facts["delete_days"]) == ("yes", "30")
    noted = [(row.who, row.detail) for row in live.rows(t.audit) if row.what == "refused"]
    assert noted == [("staff:mei", {"what": "POST /staff/site/{study}"})]
