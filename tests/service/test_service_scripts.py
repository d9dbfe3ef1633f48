"""What the script pages do for staff, without a browser: nobody's change is lost, nobody approves their own words."""

import pytest

from bot.service.publishing import Conflict, Refused
from bot.service.script_views import DraftThere, ScriptView
from bot.service.scripts import seen_as
from bot.service.views import StaffMember
from tests.service.stage import SMALL, Stage
from tests.service.test_service_publishing import PRAISED, UNREADABLE, put_out, states, worded

ANNA, BOB, CAROL = (StaffMember(name, name) for name in ("anna", "bob", "carol"))
SOURCE = SMALL.read_bytes()
HELP = ("question.age", "help/en")
E4 = ("criterion.E4", "text/en")
EXEMPT = b"\nallowed_phrases:\n  - phrase: How old\n    reason: {zh: \xe5\x8e\x9f\xe6\x96\x87, en: As it is asked}\n"


async def seen(stage: Stage, member: StaffMember) -> ScriptView:
    view = await stage.app.scripts.script("small", "en", member)
    assert view is not None
    return view


async def save(stage: Stage, member: StaffMember, field: tuple[str, str], words: str) -> None:
    """Somebody opens a card, types into one field and saves it."""
    part, name = field
    card = (await seen(stage, member)).card(part)
    assert card is not None
    await stage.app.scripts.change("small", part, seen_as(card), {name: words}, member)


def draft(stage: Stage) -> str:
    found = stage.app.drafts.draft("small")
    return found.source.decode() if found else ""


async def test_a_file_page_left_open_does_not_undo_what_others_saved(live: Stage) -> None:
    live.open()
    await save(live, ANNA, HELP, "Anna's first words.")
    opened = await seen(live, ANNA)
    await save(live, CAROL, E4, "Pregnant, says Carol")
    await save(live, ANNA, HELP, "Anna's second words.")
    mine = opened.source.replace("first", "third").encode()
    with pytest.raises(Conflict):
        await live.app.scripts.replace("small", opened.revision, mine, ANNA)
    assert "Pregnant, says Carol" in draft(live)
    now = await seen(live, ANNA)
    told = [(mark, line) for mark, line in now.beside(mine.decode()) if "Carol" in line or "words" in line]
    assert [mark for mark, _ in told] == ["-", "-", "+"]
    assert "Pregnant, says Carol" in told[0][1]
    assert list(now.beside(now.source)) == []
    await live.app.scripts.replace("small", now.revision, mine, ANNA)  # she has seen it
    assert draft(live) == mine.decode()


async def test_a_file_brought_in_from_the_list_replaces_nobodys_draft(live: Stage) -> None:
    assert await live.app.scripts.take_in(SOURCE, ANNA) == "small"
    await save(live, ANNA, HELP, "Anna's words.")
    with pytest.raises(DraftThere) as caught:
        await live.app.scripts.take_in(SOURCE, ANNA)
    assert caught.value.who == "anna"
    assert "Anna's words." in draft(live)


async def test_a_workbook_is_taken_into_the_draft_it_was_compared_with(live: Stage) -> None:
    live.open()
    await save(live, ANNA, HELP, "Anna's words.")
    sheet = await live.app.scripts.sheet("small", ANNA)
    assert sheet is not None
    compared = await live.app.scripts.workbook("small", sheet, "en", ANNA)
    assert compared is not None
    await save(live, CAROL, E4, "Pregnant, says Carol")
    with pytest.raises(Conflict):
        await live.app.scripts.replace("small", compared.revision, compared.source.encode(), ANNA)
    assert "Pregnant, says Carol" in draft(live)


async def test_what_somebody_saves_between_page_and_click_is_not_submitted(live: Stage) -> None:
    live.open()
    await save(live, ANNA, HELP, "Anna's words.")
    opened = await seen(live, ANNA)
    await save(live, CAROL, HELP, "Carol's words.")
    with pytest.raises(Conflict) as caught:
        await live.app.scripts.submit("small", opened.revision, ANNA)
    assert caught.value.who == "carol"
    assert len(live.app.publishing.list()) == 1
    await live.app.scripts.submit("small", (await seen(live, ANNA)).revision, ANNA)
    assert len(live.app.publishing.list()) == 2


async def test_whoever_wrote_on_a_card_is_not_offered_to_approve_it(live: Stage) -> None:
    live.open()
    await save(live, BOB, HELP, "Bob's words.")
    live.clock.move(minutes=5)
    await live.app.scripts.submit("small", 1, ANNA)
    (newest, _) = (await seen(live, BOB)).versions
    assert newest.steps == {"retire"}
    with pytest.raises(Refused, match="own_version"):
        await live.app.scripts.approve(newest.line.hash, "E-7", BOB)
    (newest, _) = (await seen(live, CAROL)).versions
    assert newest.steps == {"approve", "retire"}
    await live.app.scripts.approve(newest.line.hash, "E-7", CAROL)


async def test_the_notice_of_a_newer_version_stays_when_a_card_is_saved(live: Stage) -> None:
    live.open()
    await save(live, ANNA, HELP, "Anna's words.")
    live.clock.move(minutes=5)
    newer = put_out(live, worded("您几岁？"))
    assert (await seen(live, ANNA)).newer == newer
    await save(live, ANNA, HELP, "Anna's other words.")
    assert (await seen(live, ANNA)).newer == newer


async def test_a_draft_that_was_published_itself_is_nothing_newer(live: Stage) -> None:
    live.open()
    await save(live, ANNA, HELP, "Anna's words.")
    live.clock.move(minutes=5)
    await live.app.scripts.submit("small", 1, ANNA)
    await save(live, ANNA, HELP, "Anna's other words.")
    (waiting, _) = (await seen(live, CAROL)).versions
    await live.app.scripts.approve(waiting.line.hash, "E-7", CAROL)
    await live.app.scripts.publish(waiting.line.hash, "continue", CAROL)
    assert (await seen(live, ANNA)).newer == ""


async def test_two_who_go_back_at_once_go_back_one_version(live: Stage) -> None:
    first, second, third = (
        put_out(live, source) for source in (SOURCE, worded("您几岁？"), worded("多大？"))
    )
    await live.app.scripts.roll_back("small", third, "continue", BOB)
    with pytest.raises(Refused, match="not_present"):
        await live.app.scripts.roll_back("small", third, "continue", CAROL)
    assert states(live) == {first: "replaced", second: "published", third: "replaced"}


async def test_who_approves_sees_every_exception(live: Stage) -> None:
    live.open()
    live.app.drafts.push(SOURCE + EXEMPT, "anna", live.app.drafts.pull("small").pulled)
    found = await live.app.scripts.differences("small", "en", BOB)
    assert found is not None
    (change,) = found.changes
    assert (change.area, change.name) == ("For the record", "Exception: “How old”")
    assert ("en", "", "As it is asked") in change.pairs
    assert "As it is asked" in await live.app.scripts.pack("small", "draft", BOB)


@pytest.mark.parametrize("source", [UNREADABLE, PRAISED], ids=["unreadable", "against a rule"])
async def test_the_pages_of_a_study_live_with_a_version_that_is_broken_by_now(
    live: Stage, source: bytes
) -> None:
    live.open()
    live.clock.move(minutes=5)
    hash = live.publish_unchecked(source)
    live.app.drafts.push(worded("您几岁？"), "anna", live.app.drafts.pull("small").pulled)
    view = await seen(live, BOB)
    (broken, sound) = view.versions
    assert (broken.broken, broken.steps) == (True, {"roll_back", "retire"})
    assert not sound.broken
    found = await live.app.scripts.differences("small", "en", BOB)
    assert found is not None
    assert (found.version, found.changes, found.broken) == (hash, (), True)
    with pytest.raises(Refused, match="broken_version"):
        await live.app.scripts.pack("small", hash, BOB)
    # The document of what is sound compares with what was sound before.
    assert sound.line.hash[:12] in await live.app.scripts.pack("small", "draft", BOB)
    with pytest.raises(Refused, match="broken_version"):
        await live.app.scripts.publish(hash, "continue", BOB)
    await live.app.scripts.retire(hash, BOB)
    (retired, _) = (await seen(live, BOB)).versions
    assert (retired.line.state, retired.steps) == ("retired", frozenset())
