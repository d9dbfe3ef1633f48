"""The messages on a lead's page, in a real Chromium with the real service behind it."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from bot.service.messages import TELEGRAM, Membership
from bot.service.views import StaffMember
from tests.service.stage import Person, Stage
from tests.staff.test_site_pages import log_in
from tests.staff.test_work_pages import lead_in
from tests.staff.test_work_pages import live as live
from tests.web.stage import Server, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_coordinator_and_the_person_write_to_each_other(
    browser: Browser, server: Server, live: Stage
) -> None:
    code = await lead_in(live)
    lin = Person(live)
    await lin.listen()
    await lin.say("周末可以吗？<b>")
    await lin.tap("pass_on")
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        await expect(page.locator("tbody")).to_contain_text("1 unread")
        await page.get_by_role("link", name=code).click()
        messages = page.locator("#messages")
        await expect(messages).to_contain_text("周末可以吗？<b>")
        await expect(messages).to_contain_text("The person reads Chinese")
        await messages.get_by_text("Ready-made replies").click()
        await expect(messages.get_by_role("link", name="Please call us")).to_be_visible()
        await messages.get_by_role("link", name="Please call us").click()
        written = messages.get_by_label("Write to the person")
        await expect(written).to_have_value("请您方便时给我们来个电话：0591-5550101。")
        await expect(messages.get_by_text("1 unread")).to_have_count(0)
        await written.fill("周末可以，请来电 0591-5550101。")
        await messages.get_by_role("button", name="Send").click()
        await expect(messages.locator(".ours").last).to_contain_text("sent")
        assert "周末可以，请来电" in await lin.listen()
        assert not await sideways(page)
        assert page.complaints == []  # type: ignore[attr-defined]


async def test_a_lead_that_stands_open_tells_that_its_person_wrote_or_withdrew(
    browser: Browser, server: Server, live: Stage
) -> None:
    code = await lead_in(live)
    lin = Person(live)
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        await page.clock.install()
        await page.goto(f"{server.address}/staff/leads/{code}")
        told = page.get_by_text("Something changed on this lead")
        async with page.expect_response("**/mark"):
            await page.clock.run_for(10_000)
        await expect(told).to_be_hidden()
        await lin.say("周末可以吗？")
        await lin.tap("pass_on")
        async with page.expect_response("**/mark"):
            await page.clock.run_for(10_000)
        await expect(told).to_be_visible()
        await page.get_by_role("link", name="Load it again").click()
        await expect(page.locator("#messages")).to_contain_text("周末可以吗？")
        await expect(told).to_be_hidden()
        await lin.tap("withdraw", "withdraw")
        async with page.expect_response("**/mark"):
            await page.clock.run_for(10_000)
        await expect(told).to_be_visible()


async def test_at_night_it_says_when_a_message_goes(browser: Browser, server: Server, live: Stage) -> None:
    code = await lead_in(live)
    live.clock.now += timedelta(hours=12)
    async with visiting(browser, "zh-CN") as page:
        await log_in(page, server, live, "mei")
        await page.goto(f"{server.address}/staff/leads/{code}")
        messages = page.locator("#messages")
        await expect(messages).to_contain_text("现在是免打扰时间")
        await messages.get_by_label("写给对方").fill("明天方便吗？")
        await messages.get_by_role("button", name="发送").click()
        await expect(messages.locator(".ours")).to_contain_text("将在周二 06-16 09:00发出")


async def test_a_blocked_bot_and_a_colleagues_lead_are_told_and_what_was_typed_stays(
    browser: Browser, server: Server, live: Stage
) -> None:
    await Person(live, "77", channel=TELEGRAM).to_queue()
    code = live.app.desk.queue_now("en")[0].code
    await live.app.intake.take(Membership("telegram", "77", "b1", blocked=True))
    async with visiting(browser, "en") as mei, visiting(browser, "en") as wei:
        await log_in(mei, server, live, "mei")
        await expect(mei.locator("tbody")).to_contain_text("Blocked the bot")
        await log_in(wei, server, live, "wei")
        for page, why in ((mei, "has blocked the bot, so nothing was sent"), (wei, "mei works on this lead")):
            await page.goto(f"{server.address}/staff/leads/{code}")
            await expect(page.locator("#messages")).to_contain_text("call instead")
            await page.get_by_label("Write to the person").fill("Are you there?")
            await page.get_by_role("button", name="Send").click()
            await expect(page.get_by_role("alert")).to_contain_text(why)
            await expect(page.get_by_label("Write to the person")).to_have_value("Are you there?")


async def test_who_does_not_work_on_leads_may_not_write(
    browser: Browser, server: Server, live: Stage
) -> None:
    code = await lead_in(live)
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "lin")
        await page.goto(f"{server.address}/staff/leads/{code}")
        await expect(page.get_by_role("button", name="Send")).to_have_count(0)
        own = await page.locator("input[name=form_token]").first.get_attribute("value") or ""
        address = f"{server.address}/staff/leads/{code}/messages"
        for form in ({"form_token": own, "text": "x"}, {"text": "x"}):
            assert (await page.request.post(address, form=form)).status == 403


async def test_a_request_is_answered_once_and_one_way(browser: Browser, server: Server, live: Stage) -> None:
    person = Person(live, "p9", "en")
    await person.say("/start")
    await person.say("/human")
    code = live.app.desk.queue_now("en")[0].code
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        await page.goto(f"{server.address}/staff/leads/{code}")
        await expect(page.locator("#messages")).to_contain_text("They cannot answer in the chat.")
        await page.get_by_label("Write to the person").fill("We will call you today.")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("status")).to_contain_text("The answer was sent.")
    assert "We will call you today." in await person.listen()


async def test_it_fits_a_phone(browser: Browser, server: Server, live: Stage) -> None:
    code = await lead_in(live)
    await live.app.relay.write(code, "https://" + "x" * 300, StaffMember("mei", "mei"))
    async with visiting(browser, "zh-CN") as page:
        await page.set_viewport_size({"width": 390, "height": 900})
        await log_in(page, server, live, "mei")
        await page.goto(f"{server.address}/staff/leads/{code}?say=tried_to_call")
        await expect(page.locator("#messages .ours")).to_be_visible()
        assert not await sideways(page)
