"""The queue by the page, its filters, searches, somebody's day, callers entered by hand, and requests at work."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.service import desk
from bot.service.by_hand import Caller
from bot.service.in_hand import Brought, CannotWork
from bot.service.staff import NotAllowed
from bot.service.views import StaffMember, Wanted
from bot.store import tables as t
from tests.service.stage import Person, Stage

MEI, WEI, LIN = (StaffMember(name, name) for name in ("mei", "wei", "lin"))
FUZHOU = ZoneInfo("Asia/Shanghai")
CALLER = Caller("small", "陈先生", "138 0013 8009", "zh", "evening", "晚上七点以后方便", agreed=True)


@pytest.fixture
def employed(opened: Stage) -> Stage:
    """Mei and Wei are coordinators, Lin edits scripts."""
    for name, role in (("mei", "coordinator"), ("wei", "coordinator"), ("lin", "editor")):
        opened.app.staff.add(name, role)
    return opened


async def leads(stage: Stage, count: int, language: str = "zh", first: int = 0) -> list[str]:
    """People in the queue, the earliest first."""
    known = {row.code for row in stage.rows(t.leads)}
    for number in range(first, first + count):
        await Person(stage, f"{language}{number}", language).to_queue(phone=f"138001380{number:02}")
        stage.clock.move(minutes=1)
    new = [row for row in stage.rows(t.leads) if row.code not in known]
    return [row.code for row in sorted(new, key=lambda row: row.created_at)]


async def codes(stage: Stage, wanted: Wanted = desk.EVERYTHING, at: str = "") -> list[str]:
    return [row.code for row in (await stage.app.desk.queue("en", MEI, wanted, at)).rows]


# pages


async def test_every_row_stands_on_exactly_one_page_both_ways(
    employed: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PER_PAGE", 3)
    await leads(employed, 7)
    await Person(employed, "asks").say("/human")
    whole = [row.code for row in employed.app.desk.queue_now("en")]
    assert len(whole) == 8
    page, forwards = await employed.app.desk.queue("en"), []
    while True:
        forwards += [row.code for row in page.rows]
        if not page.later:
            break
        page = await employed.app.desk.queue("en", at=page.later)
    assert forwards == whole
    page, backwards = await employed.app.desk.queue("en", at="last"), []
    assert page.later == ""
    while True:
        backwards = [row.code for row in page.rows] + backwards
        if not page.earlier:
            break
        page = await employed.app.desk.queue("en", at=page.earlier)
    assert backwards == whole


@pytest.mark.parametrize(
    "at", ["", "nonsense", "after.x.y", "before..", "after.99999999999999999999.L-1", "after.1."]
)
async def test_an_address_that_is_none_shows_the_first_page(employed: Stage, at: str) -> None:
    (code,) = await leads(employed, 1)
    assert await codes(employed, at=at) == [code]


async def test_it_is_filtered_by_what_a_coordinator_looks_for(employed: Stage) -> None:
    first, second = await leads(employed, 2)
    (english,) = await leads(employed, 1, "en")
    unsure = Person(employed, "unsure")
    await unsure.to_questions()
    await unsure.say("60")
    await unsure.tap("unsure", ".done", "no", "no", "finish", "yes")
    await unsure.say("林女士")
    await unsure.tap("chat", "any")
    (review,) = {row.code for row in employed.rows(t.leads)} - {first, second, english}
    await employed.app.work.attempt(second, "phone", "reached", MEI)
    for wanted, expected in (
        (Wanted(language="en"), [english]),
        (Wanted(verdict="needs_review"), [review]),
        (Wanted(criterion="E10"), [review]),
        (Wanted(criterion="E4"), []),
        (Wanted(status="reached"), [second]),
        (Wanted(who="mei"), [second]),
        (Wanted(free=True, verdict="likely_match"), [first, english]),
        (Wanted(study="small", language="zh", status="new"), [first, review]),
        (Wanted(study="another"), []),
        (Wanted(late=True), []),
    ):
        assert await codes(employed, wanted) == expected, wanted
    employed.clock.move(days=2)
    await employed.app.timers.tick()
    assert set(await codes(employed, Wanted(late=True))) == {first, second, english, review}


async def test_a_check_takes_a_criterion_off_the_list(employed: Stage) -> None:
    unsure = Person(employed, "unsure")
    await unsure.to_questions()
    await unsure.say("60")
    await unsure.tap("unsure", ".done", "no", "no", "finish", "yes")
    await unsure.say("林女士")
    await unsure.tap("chat", "any")
    (row,) = employed.app.desk.queue_now("en")
    assert row.open == ("I1", "E10")
    before = employed.rows(t.leads)[0].place
    await employed.app.work.check(row.code, "E10", "meets", MEI)
    (row,) = employed.app.desk.queue_now("en")
    assert row.open == ("I1",)
    assert employed.rows(t.leads)[0].place < before
    assert await codes(employed, Wanted(criterion="E10")) == []
    await employed.app.work.check(row.code, "E10", "open", MEI)
    assert await codes(employed, Wanted(criterion="E10")) == [row.code]


async def test_the_next_one_is_taken_and_nobody_gets_the_same(employed: Stage) -> None:
    first, second, third = await leads(employed, 3)
    await employed.app.work.attempt(first, "phone", "no_answer", MEI)
    await employed.app.work.release(first, MEI)  # tried today: not before tomorrow
    assert await employed.app.work.claim_next(Wanted(), MEI) == second
    assert await employed.app.work.claim_next(Wanted(), WEI) == third
    assert await employed.app.work.claim_next(Wanted(), WEI) is None
    with pytest.raises(NotAllowed):
        await employed.app.work.claim_next(Wanted(), LIN)


async def test_closed_leads_are_listed_the_latest_first(employed: Stage) -> None:
    first, second, _ = await leads(employed, 3)
    for code in (first, second):
        await employed.app.work.attempt(code, "phone", "reached", MEI)
        await employed.app.work.step(code, "decline", Brought(why="distance"), MEI)
        employed.clock.move(minutes=1)
    page = await employed.app.desk.closed("en")
    assert [row.code for row in page.rows] == [second, first]
    assert len(await codes(employed)) == 1


# searching


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{code}", True),
        ("{small}", True),
        ("13800138000", True),
        ("+86 138 0013 8000", True),
        ("1380013", False),  # a piece of a number finds nobody
        ("鼓楼", True),
        ("周末 鼓楼", True),
        ("鼓山", False),
        ("林女士", False),  # names are not searched
        ("", False),
    ],
)
async def test_a_lead_is_found_by_code_whole_phone_or_words_of_a_note(
    employed: Stage, text: str, found: bool
) -> None:
    code, _ = await leads(employed, 2)
    await employed.app.work.note(code, "家住鼓楼，周末方便", MEI)
    asked = text.format(code=code, small=code.lower().replace("l-", "").replace("-", ""))
    rows = await employed.app.desk.search(asked, "en", WEI)
    assert [row.code for row in rows] == ([code] if found else [])


async def test_the_words_of_a_note_are_kept_by_keyed_hash_and_go_with_the_person(employed: Stage) -> None:
    person = Person(employed, "p")
    await person.to_queue()
    (code,) = await codes(employed)
    await employed.app.work.note(code, "家住鼓楼", MEI)
    assert employed.rows(t.note_words)
    stored = b"".join(path.read_bytes() for path in employed.folder.rglob("*") if path.is_file())
    assert "鼓楼".encode() not in stored
    await person.say("/delete")
    await person.tap("delete_all")
    assert employed.rows(t.note_words) == []


async def test_who_may_not_see_a_person_may_not_search_for_one(employed: Stage) -> None:
    await leads(employed, 1)
    with pytest.raises(NotAllowed):
        await employed.app.desk.search("13800138000", "en", LIN)


# somebody's day


async def test_a_day_holds_what_was_agreed_for_it(employed: Stage) -> None:
    call, visit, mine, _ = await leads(employed, 4)
    at = datetime(2026, 6, 15, 15, tzinfo=FUZHOU)
    await employed.app.work.attempt(call, "phone", "call_back", WEI, at)
    await employed.app.work.attempt(visit, "phone", "reached", WEI)
    await employed.app.work.step(visit, "book", Brought(visit=at + timedelta(hours=1)), WEI)
    await employed.app.work.claim(mine, MEI)
    day = await employed.app.desk.day("en", MEI)
    assert [[row.code for row in rows] for rows in (day.calls, day.visits, day.held)] == [
        [call],
        [visit],
        [mine],
    ]
    assert (day.new, day.late) == (2, 0)


# callers


async def test_who_phones_in_stands_in_the_queue_with_everything_still_to_ask(employed: Stage) -> None:
    code = await employed.app.by_hand.enter(CALLER, MEI)
    view = await employed.app.desk.lead(code, "zh", MEI)
    assert view is not None
    assert (view.identity.name, view.identity.phone) == ("陈先生", "+8613800138009")
    assert (view.row.call_time, view.row.reach, view.row.verdict) == ("evening", "phone", "needs_review")
    assert view.row.open == ("I1", "E4", "E5", "E10")
    asked = {criterion.id: [answer.ask for answer in criterion.answers] for criterion in view.criteria}
    assert all(asked[id] for id in view.row.open)
    assert {answer.answer for criterion in view.criteria for answer in criterion.answers} == {""}
    assert [(each.purpose, each.agreed) for each in view.consents] == [("health", True), ("contact", True)]
    assert not view.may_write  # there is no chat to write to
    assert view.done[0].words == CALLER.note
    await employed.app.work.attempt(code, "phone", "reached", MEI)
    await employed.app.work.check(code, "E4", "meets", MEI)
    assert "E4" not in employed.app.desk.queue_now("en")[0].open


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"agreed": False}, "agreed"),
        ({"name": " "}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"language": "fr"}, "language"),
        ({"call_time": "midnight"}, "language"),
    ],
)
async def test_a_caller_is_not_entered_without_what_it_takes(
    employed: Stage, changed: dict[str, object], missing: str
) -> None:
    caller = Caller(**{**{name: getattr(CALLER, name) for name in Caller.__slots__}, **changed})
    with pytest.raises(CannotWork) as told:
        await employed.app.by_hand.enter(caller, MEI)
    assert (told.value.reason, told.value.detail) == ("needs", missing)
    assert employed.rows(t.leads) == employed.rows(t.chats) == []


async def test_only_coordinators_enter_people_and_only_into_a_study_that_is_open(employed: Stage) -> None:
    with pytest.raises(NotAllowed):
        await employed.app.by_hand.enter(CALLER, LIN)
    employed.app.publishing.set_fact("small", "recruiting", "no", "mei")
    with pytest.raises(CannotWork, match="not_open"):
        await employed.app.by_hand.enter(CALLER, MEI)


async def test_a_caller_whose_phone_is_known_is_shown_beside_the_other(employed: Stage) -> None:
    (code,) = await leads(employed, 1, first=9)
    entered = await employed.app.by_hand.enter(CALLER, MEI)
    view = await employed.app.desk.lead(entered, "en", MEI)
    assert view is not None
    assert view.alike == (code,)


# requests


async def test_a_request_is_taken_by_one_and_closed_with_what_came_of_it(employed: Stage) -> None:
    await Person(employed, "ill").say("/unwell")
    ((code,)) = [row.code for row in employed.rows(t.requests)]
    await employed.app.requests.claim(code, MEI)
    with pytest.raises(CannotWork, match="claimed"):
        await employed.app.requests.close(code, "doctor", WEI)
    with pytest.raises(CannotWork, match="needs"):
        await employed.app.requests.close(code, "somehow", MEI)
    await employed.app.requests.close(code, "doctor", MEI)
    assert employed.app.desk.queue_now("en") == []
    with pytest.raises(CannotWork, match="request_closed"):
        await employed.app.requests.claim(code, WEI)
    await employed.app.requests.reopen(code, WEI)
    (row,) = employed.app.desk.queue_now("en")
    assert (row.code, row.claimed_by) == (code, "wei")


async def test_only_coordinators_work_on_requests(employed: Stage) -> None:
    await Person(employed, "asks").say("/human")
    (row,) = employed.rows(t.requests)
    for act in (
        employed.app.requests.claim(row.code, LIN),
        employed.app.requests.release(row.code, LIN),
        employed.app.requests.close(row.code, "spoken", LIN),
        employed.app.requests.reopen(row.code, LIN),
    ):
        with pytest.raises(NotAllowed):
            await act
    assert employed.rows(t.requests) == [row]


# stale pages


async def test_a_decision_from_an_old_page_is_not_made_over_what_happened_since(employed: Stage) -> None:
    (code,) = await leads(employed, 1)
    await employed.app.work.attempt(code, "phone", "reached", MEI)
    view = await employed.app.desk.lead(code, "en", MEI)
    assert view is not None
    await employed.app.work.step(code, "consider", Brought(), MEI, view.seen)
    with pytest.raises(CannotWork, match="changed_since"):
        await employed.app.work.step(code, "decline", Brought(), MEI, view.seen)
    with pytest.raises(CannotWork, match="changed_since"):
        await employed.app.work.undo(code, "a slip", MEI, view.seen)
    view = await employed.app.desk.lead(code, "en", MEI)
    assert view is not None
    await employed.app.work.note(code, "a note is no news", MEI)
    await employed.app.work.undo(code, "a slip", MEI, view.seen)


# the next one


async def test_the_next_one_is_an_urgent_request_where_somebody_is_unwell(employed: Stage) -> None:
    (lead,) = await leads(employed, 1)
    await Person(employed, "ill").say("/unwell")
    await Person(employed, "asks").say("/human")
    work, rows = employed.app.work, {row.kind: row.code for row in employed.app.desk.queue_now("en")}
    assert await work.claim_next(Wanted(), MEI) == rows["unwell"]
    assert {await work.claim_next(Wanted(), WEI), await work.claim_next(Wanted(), MEI)} == {
        lead,
        rows["human"],
    }
    assert await work.claim_next(Wanted(), MEI) is None


async def test_the_next_one_is_one_of_what_is_looked_at(employed: Stage) -> None:
    await leads(employed, 1, "zh")
    (english,) = await leads(employed, 1, "en", first=5)
    await Person(employed, "ill").say("/unwell")
    assert await employed.app.work.claim_next(Wanted(status="new", language="en"), MEI) == english
    assert await employed.app.work.claim_next(Wanted(status="new", language="en"), MEI) is None


async def test_at_night_nobody_is_handed_out_who_would_be_called_but_who_is_unwell(employed: Stage) -> None:
    await leads(employed, 1)
    await Person(employed, "asks").say("/human")
    employed.clock.now = datetime(2026, 6, 15, 22, tzinfo=FUZHOU)
    assert await employed.app.work.claim_next(Wanted(), MEI) is None
    await Person(employed, "ill").say("/unwell")
    assert str(await employed.app.work.claim_next(Wanted(), MEI)).startswith("R-")


async def test_a_request_is_found_by_its_code_and_among_what_is_closed_and_in_whoever_holds_its_day(
    employed: Stage,
) -> None:
    person = await Person(employed, "77").to_queue()
    await person.say("/unwell")
    (code,) = [row.code for row in employed.app.desk.queue_now("en") if row.kind == "unwell"]
    app = employed.app
    day = await app.desk.day("en", MEI)
    assert (day.urgent, [row.code for row in day.held]) == (1, [])
    await app.requests.claim(code, MEI)
    day = await app.desk.day("en", MEI)
    assert (day.urgent, [row.code for row in day.held]) == (0, [code])
    view = await app.desk.lead(code, "en", MEI)
    assert view is not None
    assert [each[:2] for each in view.same_chat] == ["L-"]
    await app.requests.close(code, "nothing", MEI)
    assert [row.code for row in await app.desk.search(code.lower(), "en", WEI)] == [code]
    assert code in [row.code for row in (await app.desk.closed("en", "", WEI)).rows]
    searched = [row.detail for row in employed.rows(t.audit) if row.what == "searched"]
    assert searched == [{"by": "code", "found": [code]}]


async def test_a_message_shown_nowhere_stays_unread(employed: Stage) -> None:
    person = await Person(employed, "77").to_queue()
    await person.say("我周六来不了")
    await person.tap("pass_on")
    (row,) = employed.app.desk.queue_now("en")
    assert (await employed.app.desk.day("en", MEI)).unread == 1
    await employed.app.desk.lead(row.code, "en", MEI, reads=False)
    assert employed.app.desk.queue_now("en")[0].unread == 1
    await employed.app.desk.lead(row.code, "en", MEI)
    assert employed.app.desk.queue_now("en")[0].unread == 0


async def test_a_criterion_found_to_fail_is_seen_in_the_queue_and_comes_last(employed: Stage) -> None:
    first, second = await leads(employed, 2)
    assert await codes(employed) == [first, second]
    await employed.app.work.check(first, "I1", "fails", MEI)
    rows = employed.app.desk.queue_now("en")
    assert [(row.code, row.flags) for row in rows] == [(second, ()), (first, ("found_to_fail",))]
    await employed.app.work.check(first, "I1", "meets", MEI)
    assert await codes(employed) == [first, second]


async def test_two_leads_with_one_phone_are_marked_both(employed: Stage) -> None:
    await Person(employed, "p1").to_queue(phone="13800138000")
    assert employed.app.desk.queue_now("en")[0].flags == ()
    await Person(employed, "p2").to_queue(phone="13800138000")
    assert {row.flags for row in employed.app.desk.queue_now("en")} == {("possible_duplicate",)}


async def test_whoever_is_on_the_phone_is_in_the_hands_of_who_enters_them_and_counts_once(
    employed: Stage,
) -> None:
    employed.app.publishing.set_fact("small", "weekly_cap", "1", "mei")
    code = await employed.app.by_hand.enter(CALLER, MEI)
    assert await employed.app.by_hand.enter(CALLER, MEI) == code
    (row,) = employed.app.desk.queue_now("en")
    assert (row.code, row.claimed_by) == (code, "mei")
    assert await employed.app.work.claim_next(Wanted(), WEI) is None
    await Person(employed, "p2").to_queue()
    assert {row.status for row in employed.rows(t.leads)} == {"new", "waiting_list"}


async def test_of_two_who_close_a_request_at_once_one_does(any_store: Stage) -> None:
    for name in ("mei", "wei"):
        any_store.app.staff.add(name, "coordinator")
    await Person(any_store, "ill").say("/unwell")
    (code,) = [row.code for row in any_store.app.desk.queue_now("en")]
    done = await asyncio.gather(
        any_store.app.requests.close(code, "doctor", MEI),
        any_store.app.requests.close(code, "nothing", WEI),
        return_exceptions=True,
    )
    assert [type(each) for each in done].count(CannotWork) == 1
    (row,) = any_store.rows(t.requests)
    assert (row.closed_by, row.closed_how) in (("mei", "doctor"), ("wei", "nothing"))
