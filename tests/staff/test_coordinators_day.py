"""A coordinator's days in a real Chromium, from the first call to the study and to giving somebody up."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from bot.store import tables as t
from tests.service.stage import Person, Stage
from tests.staff.test_site_pages import log_in
from tests.staff.test_work_pages import live as live
from tests.web.stage import Server, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def unsure(stage: Stage) -> Person:
    """Somebody with two criteria to be checked by a person."""
    person = Person(stage, "unsure")
    await person.to_questions()
    await person.say("60")
    await person.tap("unsure", ".done", "no", "no", "finish", "yes")
    await person.say("陈女士")
    await person.tap("phone")
    await person.say("13800138001")
    await person.tap("any")
    return person


async def on(page: Page, server: Server, stage: Stage, moment: datetime, code: str = "") -> None:
    """Another day: the clock runs, what is due happens, and mei logs in again."""
    stage.clock.now = moment
    await stage.app.timers.tick()
    await log_in(page, server, stage, "mei")
    if code:
        await page.goto(f"{server.address}/staff/leads/{code}")


async def tries(page: Page, outcome: str) -> None:
    await page.get_by_label("What came of it").select_option(label=outcome)
    await page.get_by_role("button", name="Write it down").click()


async def takes(page: Page, step: str) -> None:
    """A step that asks once more before it is taken."""
    if not await page.get_by_text(f"{step} …").is_visible():
        await page.get_by_text("Next step").click()
    await page.get_by_text(f"{step} …").click()
    await page.get_by_role("button", name=f"Yes: {step}").click()


async def test_from_the_queue_to_the_study(browser: Browser, server: Server, live: Stage) -> None:
    chen = await unsure(live)
    (row,) = live.app.desk.queue_now("en")
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        await expect(page.locator("tbody")).to_contain_text("First call · 2 open items")
        await page.get_by_label("Open criterion").select_option("E10")
        await page.get_by_role("button", name="Filter").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.get_by_role("button", name="Take the next one").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(row.code)
        await expect(page.get_by_role("link", name="+86 138 0013 8001")).to_have_attribute(
            "href", "tel:+8613800138001"
        )
        # The check sheet: what is open shrinks, and who found it out stands there.
        await tries(page, "Reached")
        sheet = page.locator("#open-E10")
        await sheet.get_by_role("button", name="Fine for taking part").click()
        await expect(page.locator("#open-E10")).to_have_count(0)
        await expect(page.locator("#criterion-E10")).to_contain_text("mei")
        await page.locator("#open-I1").get_by_role("button", name="Fine for taking part").click()
        await expect(page.locator("#open-I1")).to_have_count(0)
        # A message, and its answer.
        await page.get_by_label("Write to the person").fill("您好，周六上午方便来吗？")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#messages .ours")).to_contain_text("sent")
        assert "周六上午方便来吗" in await chen.listen()
        await chen.say("方便")
        await chen.tap("pass_on")
        await page.goto(f"{server.address}/staff?unread=1")
        await expect(page.locator("tbody")).to_contain_text("1 unread")
        await page.get_by_role("link", name=row.code).click()
        await expect(page.locator("#messages .theirs")).to_contain_text("方便")
        # A visit, of which the person is told and reminded.
        await page.get_by_label("Visit", exact=True).fill("2026-06-20T09:30")
        await page.get_by_label("The person agreed to be told").check()
        await page.get_by_role("button", name="Book a visit").click()
        await expect(page.locator(".heading")).to_contain_text("Visit booked")
        assert "09:30" in await chen.listen()
        await on(page, server, live, datetime(2026, 6, 19, 2, 0, tzinfo=UTC))
        assert "明天" in await chen.listen()
        await on(page, server, live, datetime(2026, 6, 20, 3, 0, tzinfo=UTC), row.code)
        await page.get_by_role("button", name="Came to the visit").click()
        for step, status in (("Consented to the study", "Consented to the study"), ("Enrolled", "Enrolled")):
            await takes(page, step)
            await expect(page.locator(".heading")).to_contain_text(status)
        assert not await sideways(page)
        # The log for the files, and the report.
        await page.get_by_role("link", name="Reports").click()
        await expect(page.locator("main")).to_contain_text("Enrolled")
        async with page.expect_download() as waiting:
            await page.get_by_role("button", name="Download").first.click()
        made = await asyncio.to_thread((await (await waiting.value).path()).read_bytes)
        log = made.decode("utf-8-sig")
        assert row.code in log
        assert "陈女士" not in log
        assert page.complaints == []  # type: ignore[attr-defined]


async def test_whoever_is_not_reached_is_given_up_after_three_tries_and_two_weeks(
    browser: Browser, server: Server, live: Stage
) -> None:
    await Person(live).to_queue()
    (row,) = live.app.desk.queue_now("en")
    begins = live.clock.now
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        for day in range(3):
            await on(page, server, live, begins + timedelta(days=day), row.code)
            await tries(page, "No answer")
            await expect(page.locator(".done li").first).to_contain_text("No answer")
        await page.get_by_text("Give up: not reached …").click()
        await page.get_by_role("button", name="Yes: Give up: not reached").click()
        await expect(page.get_by_role("alert")).to_contain_text("two weeks after the last one")
        await on(page, server, live, begins + timedelta(days=16), row.code)
        await expect(page.locator(".heading")).to_contain_text("Being contacted")
        await takes(page, "Give up: not reached")
        await expect(page.locator(".heading")).to_contain_text("Could not be reached")
        await page.goto(f"{server.address}/staff/closed")
        await expect(page.locator("tbody")).to_contain_text(row.code)
        await page.get_by_label("Code, whole phone number").fill("13800138000")
        await page.get_by_role("button", name="Search").click()
        await expect(page.locator("tbody")).to_contain_text(row.code)
    (lead,) = live.rows(t.leads)
    assert lead.status == "could_not_reach"


async def test_the_queue_is_walked_by_keys(browser: Browser, server: Server, live: Stage) -> None:
    for number in range(3):
        await Person(live, f"p{number}").to_queue()
        live.clock.move(minutes=1)
    codes = [row.code for row in live.app.desk.queue_now("en")]
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        await page.wait_for_load_state()
        for key in ("j", "j", "k"):
            await page.keyboard.press(key)
        await expect(page.locator("tr.is-chosen")).to_contain_text(codes[0])
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(codes[1])
        await page.goto(f"{server.address}/staff")
        await page.wait_for_load_state()
        await page.keyboard.press("/")
        await expect(page.get_by_label("Code, whole phone number")).to_be_focused()
        await page.keyboard.press("Escape")
        await page.locator("h1").click()
        await page.keyboard.press("n")
        await expect(page.get_by_role("heading", level=1)).to_have_text(codes[0])
        await expect(page.locator(".note").first).to_contain_text("You work on this lead")


async def test_somebody_who_phones_in_is_entered_and_opened(
    browser: Browser, server: Server, live: Stage
) -> None:
    async with visiting(browser, "zh-CN") as page:
        await log_in(page, server, live, "mei")
        await page.get_by_role("link", name="手工登记").click()
        await expect(page.locator("main")).to_contain_text("请问您满 18 周岁了吗")
        await page.get_by_label("称呼").fill("陈先生")
        await page.get_by_label("电话", exact=True).fill("138 0013 8009")
        await page.get_by_role("button", name="放进队列").click()
        await expect(page.get_by_role("alert")).to_contain_text("同意")
        await expect(page.get_by_label("称呼")).to_have_value("陈先生")
        await page.get_by_label("对方都同意了").check()
        await page.get_by_role("button", name="放进队列").click()
        await expect(page.locator("main")).to_contain_text("陈先生")
        await expect(page.get_by_role("link", name="+86 138 0013 8009")).to_be_visible()
        assert not await sideways(page)
        assert [words for words in page.complaints if "409" not in words] == []  # type: ignore[attr-defined]
