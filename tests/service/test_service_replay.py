"""Past answers under another version: who is counted, who is not, and what it leaves behind."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.core.criteria import Lasting, State
from bot.core.flow import Flow, Meaning, Range
from bot.core.screening import Verdict
from bot.service.publishing import Refused
from bot.service.replay import Report
from bot.store import tables as t
from tests.core.test_replay import FLOW
from tests.service.stage import Person, Stage


def aged(limit: int, flow: Flow = FLOW) -> Flow:
    """Another version with another upper age limit."""
    fails = Meaning(State.FAILS, Lasting.PERMANENT)
    ranges = (Range(18, limit, {"I1": Meaning(State.MEETS)}), Range(limit + 1, None, {"I1": fails}))
    age = replace(flow.question_by_id["age"], ranges=ranges)
    return replace(flow, hash="a" * 64, questions=(age, *flow.questions[1:]))


def replayed(stage: Stage, limit: int = 40) -> Report:
    return stage.app.replay.run(aged(limit), "bob")


async def queued(stage: Stage, name: str, age: str) -> Person:
    """Somebody in the queue."""
    person = Person(stage, name)
    await person.to_contact(age)
    await person.tap("yes")
    await person.say("林女士")
    await person.tap("chat", "any")
    return person


def counts(report: Report) -> Mapping[tuple[str, str | None], int]:
    return dict(report.others)


async def test_leads_are_told_by_their_code_and_everybody_else_as_counts(any_store: Stage) -> None:
    for name, age in (("lin", "35"), ("wang", "55")):
        await queued(any_store, name, age)
    await Person(any_store, "zhao").to_not_match()
    sun = Person(any_store, "sun")
    await sun.to_contact("36")
    await sun.tap("no")
    await Person(any_store, "midway").to_questions()
    wang = lead_of(any_store, "wang")
    report = replayed(any_store)
    (lead,) = report.leads
    assert lead.code == wang
    assert (lead.replayed.before, lead.replayed.after) == (Verdict.LIKELY_MATCH, Verdict.NOT_MATCH)
    assert lead.replayed.criteria == {"I1": (State.MEETS, State.FAILS)}
    assert (report.people, report.leads_same) == (4, 1)
    assert counts(report) == {("likely_match", "likely_match"): 1, ("not_match", "not_match"): 1}
    assert report.to_dict() == {
        "study": "small",
        "version": "a" * 64,
        "people": 4,
        "leads": [
            {
                "lead": wang,
                "before": "likely_match",
                "after": "not_match",
                "criteria": {"I1": ["meets", "fails"]},
                "asks": [],
            }
        ],
        "leads_same": 1,
        "others": [
            {"before": "likely_match", "after": "likely_match", "count": 1},
            {"before": "not_match", "after": "not_match", "count": 1},
        ],
    }


def lead_of(stage: Stage, address: str) -> str:
    chat = stage.app.database.run_now(lambda records: records.chat("web", address))
    assert chat is not None
    (code,) = [row.code for row in stage.rows(t.leads) if row.chat_id == chat.id]
    return str(code)


async def test_it_is_written_into_the_trail_with_counts_and_changes_nothing_else(any_store: Stage) -> None:
    await queued(any_store, "wang", "55")
    before = any_store.counts()
    replayed(any_store)
    after = any_store.counts()
    assert after.pop("audit") == before.pop("audit") + 1
    assert after == before
    row = any_store.rows(t.audit)[-1]
    assert (row.subject, row.who, row.what) == ("a" * 64, "bob", "replayed")
    assert row.detail == {"study": "small", "people": 1, "leads": 1}
    assert [lead.verdict for lead in any_store.rows(t.leads)] == ["likely_match"]


async def test_a_fail_that_is_lifted_leaves_questions_to_ask(stage: Stage) -> None:
    await Person(stage, "zhao").to_not_match()
    assert counts(replayed(stage, 75)) == {("not_match", None): 1}


async def test_whoever_withdrew_is_not_counted(stage: Stage) -> None:
    wang = await queued(stage, "wang", "55")
    await wang.tap("withdraw", "withdraw")
    assert replayed(stage).people == 0
    # Until they come again of their own accord.
    stage.clock.move(hours=1)
    await again(wang, "56")
    assert [lead.replayed.after for lead in replayed(stage).leads] == [Verdict.NOT_MATCH]


async def again(person: Person, age: str) -> None:
    """Another run, up to the queue; the language is known."""
    await person.say("/start")
    await person.tap("self", "yes", "agree")
    await person.say(age)
    await person.tap("none", ".done", "no", "no", "finish", "yes")
    await person.say("林女士")
    await person.tap("chat", "any")


async def test_whoever_had_everything_deleted_is_not_counted(stage: Stage) -> None:
    wang = await queued(stage, "wang", "55")
    await wang.say("/delete")
    await wang.tap("delete_all")
    assert replayed(stage).people == 0


async def test_a_run_whose_time_is_over_is_not_counted_though_it_is_not_erased_yet(stage: Stage) -> None:
    await Person(stage, "zhao").to_not_match()
    await queued(stage, "wang", "55")
    stage.clock.move(days=29)
    assert replayed(stage).people == 2
    stage.clock.move(days=2)
    report = replayed(stage)
    assert (report.people, len(report.leads)) == (1, 1)


async def test_without_consent_to_the_use_of_answers_nobody_is_counted(stage: Stage) -> None:
    await queued(stage, "wang", "55")
    with stage.app.database.engine.begin() as connection:
        connection.execute(
            t.consents.update().where(t.consents.c.purpose == "consent_health").values(agreed=False)
        )
    assert replayed(stage).people == 0


async def test_of_several_runs_the_one_behind_the_lead_counts_with_the_earlier_ones(stage: Stage) -> None:
    """X8: an answer that failed before and was changed keeps the verdict open, also under the new version."""
    zhao = await Person(stage, "zhao").to_not_match()
    stage.clock.move(hours=1)
    await again(zhao, "38")
    report = replayed(stage)
    assert (report.people, report.leads_same) == (1, 1)
    (lead,) = replayed(stage, 75).leads
    assert (lead.replayed.before, lead.replayed.after) == (Verdict.NEEDS_REVIEW, Verdict.LIKELY_MATCH)


async def test_only_staff_with_a_role_for_it_may(live: Stage) -> None:
    live.open()
    live.app.staff.add("Chen", "editor")
    live.app.staff.add("Wu", "coordinator")
    assert live.app.replay.run(FLOW, "chen").people == 0
    for who, reason in (("wu", "not_entitled"), ("mallory", "not_staff")):
        with pytest.raises(Refused) as caught:
            live.app.replay.run(FLOW, who)
        assert caught.value.reason == reason
    assert [row.who for row in live.rows(t.audit) if row.what == "replayed"] == ["chen"]


async def test_answers_of_another_study_are_not_looked_at(stage: Stage) -> None:
    await queued(stage, "wang", "55")
    assert stage.app.replay.run(aged(40, replace(FLOW, id="large")), "bob").people == 0
