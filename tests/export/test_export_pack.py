"""The ethics committee's document: everything of a version, each text once, both languages side by side."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser

from bot.core.flow import Flow, Stop
from bot.export.pack import FILLED_IN, NOTICE, PLACES, TEXTS, Interface, Pack, pack
from bot.i18n import Translators
from bot.script import compile as script
from bot.script.compile import Compiled, compile_script
from bot.script.life import Version
from tests.melasma import shipped
from tests.service.stage import ROOT, SMALL
from tests.web.stage import browser as browser
from tests.web.stage import translators as translators

WORDS = Interface("f" * 64, {**dict.fromkeys(PLACES, ()), "safety": [{"zh": "请拨打120", "en": "Call 120"}], "buttons": [{"zh": "跳过", "en": "Skip"}]})  # fmt: skip
NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)


def compiled(source: str) -> Compiled:
    found = compile_script(source, "flow.yaml")
    assert found.flow is not None
    return found


def flow_of(source: str) -> Flow:
    flow = compiled(source).flow
    assert flow is not None
    return flow


FLOW = flow_of(SMALL.read_text(encoding="utf-8"))


def made(flow: Flow = FLOW, before: Version | None = None, **more: Any) -> Pack:
    version = Version(flow, **more)
    return Pack(version, WORDS, before, date(2026, 6, 15), ZoneInfo("Asia/Shanghai"))


def plain(html: str) -> str:
    """Its words, without what is not seen."""
    body = html.split("<body>")[1].replace("</dt>", "</dt> ")
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", body)))


def between(html: str, start: str, end: str) -> str:
    """The words of a part."""
    return plain("<body>" + html.split(start)[1].split(end)[0])


def approved(flow: Flow, **more: Any) -> Version:
    return Version(flow, "published", 0, "anna", NOON, "2026-LL-17", "bob", NOON, **more)


def test_every_text_of_the_shipped_script_is_in_it_in_both_languages(translators: Translators) -> None:
    found = compiled(shipped())
    assert found.flow is not None
    assert found.script is not None
    said = plain(pack(made(found.flow), translators))
    texts = [*found.script.wordings(), *found.script.staff_wordings()]
    assert len(texts) > 250
    for wording in texts:
        for language in ("zh", "en"):
            assert re.sub(r"\s+", " ", wording.text[language]) in said, wording.path


def test_a_text_of_its_own_stands_once(translators: Translators) -> None:
    said = plain(pack(made(flow_of(shipped())), translators))
    for words in ("So some people get salt water.", "您有免疫力低下的问题吗？", "Use: Only to recruit"):
        assert said.count(words) == 1


def test_what_the_document_tells_of_is_what_a_script_has() -> None:
    assert sorted(key for group in TEXTS.values() for key in group) == sorted(script.TEXTS)
    assert tuple(NOTICE) == script.NOTICE
    used = {
        name
        for text in (*FLOW.texts.values(), *FLOW.notice.values())
        for name in re.findall(r"{\w+}", text["en"])
    }
    assert used <= {*FILLED_IN}


def test_a_version_says_who_what_when_and_its_hashes(translators: Translators) -> None:
    html = pack(made(state="published", by="anna", at=NOON, ethics_number="2026-LL-17", approved_by="bob", approved_at=NOON), translators, "en")  # fmt: skip
    said = plain(html)
    for words in (
        "Approved: 2026-LL-17 (bob, 2026-06-15 12:00)",
        "Brought in by anna, 2026-06-15 12:00",
        f"Hash of the content {FLOW.hash}",
        f"Hash of the interface words {'f' * 64}",
        "Printed on 2026-06-15",
        "No other version of this script has been approved before.",
    ):
        assert words in said
    assert "Not approved" not in said
    assert "Since then the words of the interface" not in said
    changed = pack(made(approved_by="bob", approved_at=NOON, words_changed=True), translators, "en")
    assert "Since then the words of the interface have changed" in plain(changed)


def test_a_draft_says_that_it_is_not_approved(translators: Translators) -> None:
    said = plain(pack(made(revision=3, by="anna", at=NOON), translators, "en"))
    assert "Not approved." in said
    assert "small (draft 3)" in said
    assert "Saved by anna, 2026-06-15 12:00" in said
    assert "Registry number" not in said


def test_each_criterion_says_how_it_is_settled(translators: Translators) -> None:
    html = pack(made(), translators, "en")
    said = between(html, 'id="criterion-I1"', 'id="criterion-I2"')
    assert said.endswith(
        'an ending may name its topic Its own ending The age does not fit. <div class="card" '
    )
    for words in (
        "1 Age",
        "meets 18 to 59 · 60",
        "a minor: all is erased 17 or less",
        "2 Treatment · earlier treatment",
        "meets Never · Cream",
        "open Not sure",
    ):
        assert words in said
    visit = between(html, 'id="criterion-I2"', 'id="criterion-E4"')
    assert "at the visit Signs the consent form Done at the visit" in visit
    linked = between(html, 'id="criterion-E4"', 'id="criterion-E5"')
    assert "Only shown beside it for the team: 4 Pills" in linked


def test_each_question_says_when_and_what_its_answers_mean(translators: Translators) -> None:
    html = pack(made(), translators, "en")
    age = between(html, 'id="question-age"', 'id="question-treated"')
    assert "a number, 1 to 120" in age
    assert "60 meets near_limit" in age
    treated = between(html, 'id="question-treated"', 'id="question-pregnant"')
    assert "Cream E10 fails for good, I1 meets" in treated
    assert "Whoever picks one of these with another answer is asked once more: Never, Not sure" in treated
    last = between(html, 'id="question-hormones_last"', "</section>")
    assert "asked only if the answer to “Pills” is “Yes” and the answer to “Pregnancy” is not" in last
    assert "less than 12 months ago fails until then" in last


def test_a_value_worked_out_stands_with_its_questions_and_its_criterion(translators: Translators) -> None:
    flow = flow_of((ROOT / "flows" / "sample-blood-pressure" / "flow.yaml").read_text(encoding="utf-8"))
    html = pack(made(flow), translators, "en")
    value = between(html, 'id="computed-bmi"', 'id="question-pregnant"')
    assert "BMI I4 worked out, not told to the person worked out from Height, Weight" in value
    assert "18.4 or less fails for the time being" in value
    settled = between(html, 'id="criterion-I4"', 'id="criterion-I5"')
    assert "goes into BMI 25 to 300 kg" in settled
    assert "BMI meets 18.5 to 34.9 fails for the time being 18.4 or less · 35 or more" in settled
    assert 'href="#computed-bmi"' in html
    assert "a number, 25 to 300 kg" in between(html, 'id="question-weight"', 'id="computed-bmi"')


def test_what_changed_since_the_approval_before(translators: Translators) -> None:
    newer = flow_of(SMALL.read_text(encoding="utf-8").replace("How old are you?", "What is your age?"))
    said = plain(pack(made(newer, approved(FLOW)), translators, "both"))
    assert f"{FLOW.hash[:12]}, 2026-LL-17 (bob, 2026-06-15 12:00)" in said
    assert "The words of the interface are those of that approval." in said
    assert "Question “Age”: its words" in said
    assert "您今年几周岁？ 没有跟着改 did not change with it" in said
    assert "−How old are you? +What is your age?" in said
    again = plain(
        pack(made(replace(FLOW, hash="0" * 64), approved(FLOW, words_changed=True)), translators, "en")
    )
    assert "They say the same; only comments or the way of writing differ." in again
    assert "The words of the interface have changed since that approval." in again
    fewer = replace(FLOW, questions=FLOW.questions[:-1])
    assert "Question “Last use” removed" in plain(pack(made(fewer, approved(FLOW)), translators, "en"))
    assert "Question “Last use” added" in plain(pack(made(FLOW, approved(fewer)), translators, "en"))


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_one_language_stands_alone(translators: Translators, language: str, other: str) -> None:
    html = pack(made(), translators, language)
    assert f'lang="{language}"' in html
    assert f'lang="{other}"' not in html


def test_a_script_with_a_third_language_has_three_columns(translators: Translators) -> None:
    age = FLOW.question_by_id["age"]
    asked = replace(age, ask={**age.ask, "vi": "Bạn bao nhiêu tuổi?"})
    flow = replace(FLOW, languages=("zh", "en", "vi"), questions=(asked, *FLOW.questions[1:]))
    before = replace(flow, questions=FLOW.questions, stop=Stop.ASK_ALL)
    html = pack(made(flow, approved(before)), translators)
    assert '<p lang="vi">Bạn bao nhiêu tuổi?</p>' in html
    assert "repeat(3, minmax(0, 1fr))" in html
    assert 'lang="vi"' not in pack(made(flow), translators, "zh")


def test_words_of_a_script_are_only_words(translators: Translators) -> None:
    nasty = '<script>alert("1")</script>'
    age = replace(
        FLOW.question_by_id["age"], ask={"zh": nasty, "en": nasty}, short={"zh": nasty, "en": nasty}
    )
    html = pack(made(replace(FLOW, questions=(age, *FLOW.questions[1:]), author=nasty)), translators)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 3


def test_it_needs_nothing_from_elsewhere(translators: Translators) -> None:
    html = pack(made(), translators)
    assert not re.findall(r"""(?:src=|url\(|@import|href="[^#])""", html)
    anchors = set(re.findall(r'href="#([\w-]+)"', html))
    assert anchors
    assert anchors <= set(re.findall(r'id="([\w-]+)"', html))


@pytest.mark.asyncio(loop_scope="session")
async def test_in_a_browser_the_languages_stand_side_by_side(
    browser: Browser, translators: Translators
) -> None:
    page = await browser.new_page(viewport={"width": 1100, "height": 900})
    await page.set_content(pack(made(flow_of(shipped())), translators))
    pairs = await page.evaluate(
        """() => [...document.querySelectorAll(".pair")].map(pair => [...pair.children].map(child => {
            const box = child.getBoundingClientRect(); return [child.lang, box.left, box.top] }))"""
    )
    assert len(pairs) > 300
    for (zh, left, top), (en, right, same) in pairs:
        assert (zh, en) == ("zh", "en")
        assert left < right
        assert abs(top - same) < 4
    wide = "document.documentElement.scrollWidth"
    for width in (1100, 360):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate(wide) <= width
    await page.close()


@pytest.mark.asyncio(loop_scope="session")
async def test_in_a_browser_it_prints_on_numbered_pages(browser: Browser, translators: Translators) -> None:
    page = await browser.new_page()
    await page.set_content(pack(made(), translators))
    printed = await page.pdf(prefer_css_page_size=True, print_background=True)
    sizes = set(re.findall(rb"/MediaBox \[0 0 (\d+)[\d.]* (\d+)", printed))
    assert sizes == {(b"594", b"841")} or sizes == {(b"595", b"842")}  # A4 in points
    await page.close()
