"""Reports tell what the prescreening log tells, before and after erasures; who may look, and what the trail knows."""

from dataclasses import replace
from datetime import date

import pytest

from bot.leads.log import Asked
from bot.leads.report import CHECKING, DELETED, Report, plain
from bot.service.in_hand import Brought
from bot.service.publishing import Refused
from bot.service.views import StaffMember
from bot.store import tables as t
from tests.service.stage import Person, Stage
from tests.service.test_service_log import totals

MEI = StaffMember("mei", "mei")
SMALL = Asked("small")


def told(stage: Stage, asked: Asked = SMALL) -> Report:
    found = stage.app.reports.report(asked, "mei")
    logged = totals(stage, asked)
    assert found.totals == logged
    assert found.funnel["began"] == logged.started
    assert found.funnel["consented"] == logged.assessed
    assert found.funnel["leads"] == sum(logged.statuses.values())
    assert sum(now for now, _ in found.stands.values()) == logged.in_run
    assert {id: count for id, (count, _) in found.fails.items()} == logged.fails
    return found


async def live_through(stage: Stage) -> None:
    """One is at the second question, one checks the answers, one stopped, one fails, two are leads."""
    await Person(stage, "gone").say("/start")
    await (await Person(stage, "second").to_questions()).say("35")
    checks = await Person(stage, "checks").to_questions()
    await checks.say("35")
    await checks.tap("none", ".done", "no", "no")
    stops = await Person(stage, "stops").to_questions()
    await stops.say("/stop")
    await stops.tap("stop")
    await Person(stage, "older").to_not_match()
    for address in ("fits", "fits-too"):
        await Person(stage, address, language="en" if address == "fits" else "zh").to_queue()


async def test_it_agrees_with_the_log_and_goes_on_doing_so_after_erasures(any_store: Stage) -> None:
    stage = any_store
    await live_through(stage)
    found = told(stage)
    assert found.funnel == {
        **dict.fromkeys(("reached", "visit_booked", "attended", "study_consent", "enrolled"), 0),
        "began": 7,
        "consented": 6,
        "finished": 3,
        "leads": 2,
    }
    assert found.stands == {"age": (0, 1), "treated": (1, 0), CHECKING: (1, 0)}
    assert found.fails == {"I1": (1, 1)}
    assert found.languages == {"zh": (5, 2, 1, 0, 0), "en": (1, 1, 1, 0, 0)}
    stage.clock.move(days=40)
    await stage.app.timers.tick()
    fits = Person(stage, "fits")
    await fits.say("/delete")
    await fits.tap("delete_all")
    after = told(stage)
    assert (after.funnel, after.fails) == (found.funnel, found.fails)
    # Where each of them stood was counted as it was deleted.
    assert after.stands == {"age": (0, 1), "treated": (0, 1), CHECKING: (0, 1)}
    assert after.languages == {"zh": (1, 1, 1, 0, 0), DELETED: (5, 2, 1, 0, 0)}


async def test_leads_are_followed_to_where_they_came(any_store: Stage) -> None:
    stage = any_store
    for address in ("p1", "p2", "p3"):
        await Person(stage, address).to_queue()
    first, second, _ = [row.code for row in stage.rows(t.leads)]
    work = stage.app.work
    stage.clock.move(hours=1)
    await work.attempt(first, "phone", "reached", MEI)
    await work.step(first, "book", Brought(visit=stage.clock.now.replace(day=20)), MEI)
    await work.attempt(second, "phone", "no_answer", MEI)
    found = told(stage)
    assert [found.funnel[name] for name in ("leads", "reached", "visit_booked", "attended")] == [3, 1, 1, 0]
    waits = found.waits
    assert (waits.first_try.leads, waits.reach.leads, waits.never_reached, waits.never_tried) == (2, 1, 1, 1)
    assert found.load == {"new_today": 3, "open": 3, "due_today": 0, "overdue": 0}
    stage.clock.move(days=3)
    assert told(stage).load["overdue"] == 2
    assert told(stage).load["new_today"] == 0
    await work.undo(first, "slip", MEI)
    assert told(stage).funnel["visit_booked"] == 0


async def test_days_are_those_of_the_log(stage: Stage, lin: Person) -> None:
    await lin.to_not_match()
    stage.clock.move(days=1)
    await Person(stage, "p2").to_not_match()
    asked = replace(SMALL, since=date(2026, 6, 16), until=date(2026, 6, 16))
    assert told(stage, asked).funnel["consented"] == 1
    assert told(stage).funnel["consented"] == 2
    assert told(stage, Asked()).asked.study == "small"  # the only one


async def test_a_source_is_told(stage: Stage) -> None:
    person = Person(stage)
    await person.say("/start small-poster")
    await person.tap("zh", "self", "yes", "agree")
    assert list(told(stage).sources) == ["poster"]


async def test_other_programs_get_codes_and_outsiders_no_small_counts(stage: Stage) -> None:
    await live_through(stage)
    open_ = plain(told(stage))
    assert open_["tables"]["drop_off"][0] == {"question": "age", "standing": 0, "ended": 1}
    assert open_["tables"]["fails"] == [{"criterion": "I1", "all": 1, "alone": 1}]
    masked = plain(stage.app.reports.report(replace(SMALL, mask=5), "mei"))
    assert "workload" not in masked["tables"]
    assert [row["people"] for row in masked["tables"]["funnel"]][:4] == [7, "*", "<5", "<5"]
    sheets, remarks = stage.app.documents.report(
        stage.app.reports.report(replace(SMALL, mask=5), "mei"), "en"
    )
    assert "Numbers from 1 to 4" in " ".join(remarks)
    for sheet in sheets:
        drawn = sheet.file("svg").decode()
        shown = [cell for row in sheet.rows for cell in row[1:]]
        assert not {"1", "2", "3", "4"} & {*shown}
        assert ">1<" not in drawn
        assert ">2<" not in drawn


# who may look


@pytest.mark.parametrize("role", ["coordinator", "auditor", "admin"])
async def test_looking_is_not_noted_and_taking_is(opened: Stage, role: str) -> None:
    opened.app.staff.add("mei", role)
    await opened.app.reports.shown(SMALL, "zh", MEI)
    assert [row for row in opened.rows(t.audit) if row.what == "exported"] == []
    made = await opened.app.reports.taken(replace(SMALL, mask=5), "funnel", "csv", "zh", MEI)
    assert made is not None
    assert made.startswith(b"\xef\xbb\xbf")
    assert await opened.app.reports.taken(SMALL, "nothing", "csv", "zh", MEI) is None
    opened.app.reports.report(SMALL, "mei", "json")
    rows = [row for row in opened.rows(t.audit) if row.what == "exported"]
    assert {(row.subject, row.who) for row in rows} == {("report:small", "staff:mei")}
    assert [row.detail for row in rows] == [
        {"report": "funnel", "format": "csv", "from": "", "to": "", "mask": 5},
        {"format": "json", "from": "", "to": "", "mask": 0},
    ]


@pytest.mark.parametrize("role", ["editor", "approver"])
async def test_who_may_not_is_refused_and_nothing_is_noted(opened: Stage, role: str) -> None:
    opened.app.staff.add("lin", role)
    for who, reason in (("lin", "not_for_export"), ("nobody", "no_exporter")):
        for asked in (SMALL, Asked()):
            with pytest.raises(Refused) as caught:
                await opened.app.reports.taken(asked, "funnel", "svg", "zh", StaffMember(who, who))
            assert caught.value.reason == reason
            with pytest.raises(Refused, match=reason):
                await opened.app.reports.shown(asked, "zh", StaffMember(who, who))
    assert [row for row in opened.rows(t.audit) if row.what == "exported"] == []


def test_a_study_must_be_named_where_there_are_several_or_none(opened: Stage) -> None:
    opened.app.staff.add("mei", "auditor")
    with pytest.raises(Refused, match="nothing_kept"):
        opened.app.reports.report(Asked("other"), "mei")
    source = opened.script.read_bytes().replace(b"flow: small", b"flow: second")
    opened.app.publishing.submit(source, "anna")
    with pytest.raises(Refused) as caught:
        opened.app.reports.report(Asked(), "mei")
    assert (caught.value.reason, caught.value.detail) == ("several_studies", "second, small")


def test_a_house_without_a_study_is_told_so(live: Stage) -> None:
    live.app.staff.add("mei", "auditor")
    with pytest.raises(Refused, match="no_studies"):
        live.app.reports.report(Asked(), "mei")
