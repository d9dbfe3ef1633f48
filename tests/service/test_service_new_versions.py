"""A version is published that deletes the very question somebody stands at: nobody is harmed, whatever was wished."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from bot.core.criteria import State
from bot.core.flow import Flow, Kind, Question
from bot.core.run import effective
from bot.script.compile import compile_script
from bot.service.messages import TELEGRAM
from bot.store import tables as t
from tests.melasma import shipped, without
from tests.service.stage import MELASMA, SMALL, Person, Stage

COMPILED = compile_script(shipped(), "flow.yaml").flow
assert COMPILED is not None
FLOW: Flow = COMPILED
QUESTIONS = [question.id for question in FLOW.questions]
NUMBERS = count(1)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The shipped trial, live, in memory; each test brings its own people."""
    stage = Stage(tmp_path_factory.mktemp("trial"), True, MELASMA, "sqlite://")
    stage.open("melasma-exosome")
    yield stage
    stage.stop()


KNOWN: dict[bytes, str] = {}


def put_out(stage: Stage, source: bytes, running: str = "continue") -> str:
    """Submitted and approved, where it is not yet, and published."""
    publishing = stage.app.publishing
    if source not in KNOWN:
        KNOWN[source] = publishing.submit(source, "anna").hash
        if source != MELASMA.read_bytes():
            publishing.approve(KNOWN[source], "E-2026-1", "bob")
    return publishing.publish(KNOWN[source], "bob", running)


def good(question: Question, leading_to: str) -> str:
    """What somebody who fits chooses, on the way to a question."""
    if (question.id, leading_to) == ("hormones", "hormones_last"):
        return "pill"
    fits = (State.MEETS, State.NA)
    found = next(
        option.code
        for option in question.options
        if all(meaning.state in fits for meaning in option.means.values())
    )
    return found if question.id != "pregnant" else "no"


async def answer(person: Person, question: Question, leading_to: str) -> str:
    if question.kind is Kind.NUMBER:
        return await person.say("36")
    if question.kind is Kind.DATE:
        return await person.say("2020-01")
    words = await person.tap(good(question, leading_to))
    ticked = question.kind is Kind.MULTI and any(button.label.startswith("☑") for button in person.buttons)
    return await person.tap(".done") if ticked else words


async def walk(person: Person, flow: Flow, until: str = "", leading_to: str = "") -> None:
    """Answer what is asked, up to a question or to the list to check."""
    while (asked := standing(person, flow)) and asked.id != until:
        await answer(person, asked, leading_to or until)


def standing(person: Person, flow: Flow) -> Question | None:
    """The question in front of somebody."""
    lines = {line.text for line in person._prompt.lines} if person._prompt else set()
    return next((question for question in flow.questions if question.ask["zh"] in lines), None)


async def stands_at(stage: Stage, question: str) -> Person:
    """Somebody new, at a question of the shipped version, which is the published one."""
    put_out(stage, MELASMA.read_bytes())
    person = Person(stage, f"p{next(NUMBERS)}")
    await person.to_questions()
    await walk(person, FLOW, question)
    assert (found := standing(person, FLOW)) is not None
    assert found.id == question
    return person


def kept(stage: Stage, person: Person) -> tuple[str, str | None, dict[str, object], str]:
    """The version and outcome of somebody's run, their answers, and the phase they are in."""

    def read(records: object) -> tuple[str, str | None, dict[str, object], str]:
        chat = records.chat("web", person.address)  # type: ignore[attr-defined]
        run = records.run(chat.run)  # type: ignore[attr-defined]
        answers = effective(records.answers(chat, chat.run))  # type: ignore[attr-defined]
        return run.version, run.outcome, dict(answers), chat.state["phase"]

    return stage.app.database.run_now(read)


def runs_of(stage: Stage, person: Person) -> list[Any]:
    chat = stage.app.database.run_now(lambda records: records.chat("web", person.address))
    assert chat is not None
    return [row for row in stage.rows(t.runs) if row.chat_id == chat.id]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_continue_they_go_on_with_the_question_that_is_no_more(trial: Stage, question: str) -> None:
    lin = await stands_at(trial, question)
    version = kept(trial, lin)[0]
    put_out(trial, without(question), "continue")
    await walk(lin, FLOW, leading_to=question)
    assert "请核对您的回答" in lin.heard[-1]
    await lin.tap("finish")
    now, outcome, answers, phase = kept(trial, lin)
    assert (now, outcome, phase) == (version, "likely_match", "contact_wish")
    assert question in answers


@pytest.mark.parametrize("question", QUESTIONS)
async def test_re_consent_they_read_agree_and_go_on_with_what_is_still_asked(
    trial: Stage, question: str
) -> None:
    lin = await stands_at(trial, question)
    before = kept(trial, lin)[2]
    newer = put_out(trial, without(question), "re-consent")
    heard = await answer(lin, FLOW.question_by_id[question], "")
    flow = trial.app.shelf._flows[newer]
    assert "说明有改动" in heard
    assert FLOW.notice["collect"]["zh"].splitlines()[0] in heard
    assert [button.data.split(":")[2] for button in lin.buttons] == ["agree", "decline"]
    # What was just answered is no answer of the newer version, and nothing else is lost.
    _, _, answers, phase = kept(trial, lin)
    assert phase == "consent_health"
    assert answers == before
    await lin.tap("agree")
    asked = standing(lin, flow)
    assert asked is None or asked.id not in before
    await walk(lin, flow)
    await lin.tap("finish")
    now, outcome, answers, phase = kept(trial, lin)
    # Without the date of the last use, the pill is the coordinator's to check.
    verdict = "needs_review" if question == "hormones_last" else "likely_match"
    assert (now, outcome, phase) == (newer, verdict, "contact_wish")
    assert question not in answers
    assert {*before} <= {*answers}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_end_they_are_told_kindly_and_may_begin_anew(trial: Stage, question: str) -> None:
    lin = await stands_at(trial, question)
    version, _, before, _ = kept(trial, lin)
    newer = put_out(trial, without(question), "end")
    heard = await answer(lin, FLOW.question_by_id[question], "")
    assert "这项研究的问题有改动，所以先到这里。" in heard
    assert "7天内删除" in heard
    assert kept(trial, lin) == (version, "stopped", before, "replaced")
    trial.clock.move(hours=1)
    await lin.tap("again", "self", "yes", "agree")
    assert kept(trial, lin)[0] == newer
    old, new = sorted(runs_of(trial, lin), key=lambda row: row.started_at)
    assert (old.version, new.version) == (version, newer)
    trial.clock.move(days=7, hours=-1)
    await trial.app.timers.tick()
    assert [row.id for row in runs_of(trial, lin)] == [new.id]
    trial.clock.move(days=-7)


# what else stands in front of somebody


SOURCE = SMALL.read_bytes()
#: Other words in the first question, and in the notice.
OTHER = SOURCE.replace("您今年几周岁？".encode(), "您现在几周岁？".encode())
NOTICED = SOURCE.replace("{zh: 目的,".encode(), "{zh: 新的目的,".encode())


def anew(stage: Stage, source: bytes, running: str) -> str:
    publishing = stage.app.publishing
    flow = publishing.submit(source, "anna")
    publishing.approve(flow.hash, "E-2026-2", "bob")
    return publishing.publish(flow.hash, "bob", running)


async def test_who_declines_the_newer_version_is_forgotten_as_promised(opened: Stage) -> None:
    lin = await Person(opened).to_questions()
    await lin.say("35")
    anew(opened, NOTICED, "re-consent")
    heard = await lin.tap(".skip")
    assert "新的目的" in heard
    assert "不同意" in heard
    heard = await lin.tap("decline")
    assert "没有保存任何内容" in heard
    assert "/mydata" not in heard
    assert not {"chats", "runs", "answers", "consents"} & set(opened.counts())
    assert lin.latest[-1].rows == ()
    assert [row.name for row in opened.rows(t.counters)].count("gone_no_consent") == 1


async def test_who_declines_keeps_their_place_in_the_queue_and_their_earlier_run(opened: Stage) -> None:
    lin = await Person(opened).to_queue()
    await lin.tap("again", "restart", "self", "yes", "agree")
    await lin.say("36")
    anew(opened, NOTICED, "re-consent")
    await lin.say("/help")
    heard = await lin.tap("decline")
    assert opened.counts()["leads"] == opened.counts()["runs"] == 1
    assert "/mydata" in heard
    await lin.tap("queue")
    assert kept(opened, lin)[3] == "queued"


async def test_an_answer_is_asked_again_where_its_words_changed_and_the_others_stay(opened: Stage) -> None:
    lin = await Person(opened).to_contact()
    newer = anew(opened, OTHER, "re-consent")
    await lin.tap("yes")
    assert kept(opened, lin)[3] == "consent_health"
    heard = await lin.tap("agree")
    assert "您现在几周岁？" in heard
    heard = await lin.say("35")
    assert "都对吗？" in heard
    await lin.tap("finish")
    assert kept(opened, lin)[:2] == (newer, "likely_match")
    versions = [row.version for row in opened.rows(t.consents)]
    assert len(set(versions)) == 2
    removed = [row for row in opened.rows(t.audit) if row.what == "removed"]
    assert [row.detail for row in removed] == [{"question": "age"}]


async def test_with_nothing_new_to_ask_the_list_to_check_comes_next(opened: Stage) -> None:
    lin = await Person(opened).to_contact()
    anew(opened, NOTICED, "re-consent")
    await lin.say("你好")
    assert "都对吗？" in await lin.tap("agree")


async def test_abroad_both_consents_are_asked_anew(opened: Stage) -> None:
    lin = await Person(opened, "4711", channel=TELEGRAM).to_questions()
    newer = anew(opened, NOTICED, "re-consent")
    await lin.say("35")
    await lin.tap("agree")
    assert "您今年几周岁？" in await lin.tap("agree")
    asked = [row.purpose for row in opened.rows(t.consents) if row.version == newer]
    assert asked == ["consent_health", "consent_abroad"]


@pytest.mark.parametrize("running", ["re-consent", "end"])
async def test_before_consent_the_newer_version_is_what_is_consented_to(opened: Stage, running: str) -> None:
    lin = Person(opened)
    await lin.say("/start")
    await lin.tap("zh", "self", "yes")
    newer = anew(opened, NOTICED, running)
    heard = await lin.tap("agree")
    assert "新的目的" in heard
    assert "删除" not in heard.splitlines()[0]
    assert opened.counts().get("runs", 0) == 0
    assert "您今年几周岁？" in await lin.tap("agree")
    assert {row.version for row in opened.rows(t.consents)} == {newer}
    at_gate = Person(opened, "p2")
    await at_gate.say("/start")
    await at_gate.tap("zh")
    newest = anew(opened, OTHER, running)
    assert "您现在几周岁？" in await at_gate.tap("self", "yes", "agree")
    assert newest in {row.version for row in opened.rows(t.consents)}


async def test_of_several_wishes_since_the_strongest_counts(opened: Stage) -> None:
    lin = await Person(opened).to_questions()
    first = kept(opened, lin)[0]
    anew(opened, NOTICED, "end")
    anew(opened, OTHER, "continue")
    wang = await Person(opened, "p2").to_questions()
    assert "有改动，所以先到这里" in await lin.say("35")
    opened.app.publishing.publish(first, "bob", "continue")
    assert "您现在几周岁？" in await wang.say("你好")


async def test_back_on_the_version_they_run_on_nothing_happens(opened: Stage) -> None:
    lin = await Person(opened).to_questions()
    anew(opened, NOTICED, "end")
    opened.app.publishing.roll_back("small", "bob", "end")
    assert "您今年几周岁？" in await lin.say("你好")


@pytest.mark.parametrize("running", ["re-consent", "end"])
async def test_a_call_for_help_and_a_way_out_come_first(opened: Stage, running: str) -> None:
    people = {
        command: await Person(opened, command).to_questions() for command in ("unwell", "delete", "stop")
    }
    anew(opened, NOTICED, running)
    assert "请拨打0591-5550102。" in await people["unwell"].say("/unwell")
    assert "有改动" in await people["unwell"].tap("go_on")
    await people["delete"].say("/delete")
    assert "已删除" in await people["delete"].tap("delete_all")
    await people["stop"].say("/stop")
    await people["stop"].tap("stop")
    assert kept(opened, people["stop"])[1:] == ("stopped", {}, "stopped")
    wei = await Person(opened, "wei").to_questions()
    assert "有改动" not in wei.heard[-1]


async def test_the_queue_and_endings_are_left_alone(opened: Stage) -> None:
    lin = await Person(opened).to_queue()
    wang = await Person(opened, "p2").to_not_match()
    anew(opened, NOTICED, "end")
    assert "有改动" not in await lin.tap("change_time", "any")
    assert "有改动" not in await wang.say("你好")
    assert opened.counts()["leads"] == 1


async def test_a_reminder_brings_the_new_notice_along(opened: Stage) -> None:
    lin = await Person(opened).to_questions()
    wang = await Person(opened, "p2").to_questions()
    anew(opened, NOTICED, "re-consent")
    opened.clock.move(hours=24)
    await opened.app.timers.tick()
    heard = await lin.listen()
    assert "新的目的" in heard
    assert [button.data.split(":")[2] for button in lin.buttons] == ["agree", "decline"]
    # Nor does it lengthen the days: what nobody comes back to goes.
    opened.clock.move(days=6)
    await opened.app.timers.tick()
    assert "runs" not in opened.counts()
    assert wang.address == "p2"


@pytest.mark.parametrize(
    "step", ["/stop", "/restart", "/back", "/privacy", "/start", "/status", "/mydata", "/language"]
)
async def test_while_consent_is_asked_anew_every_command_has_its_answer(opened: Stage, step: str) -> None:
    lin = await Person(opened).to_questions()
    await lin.say("35")
    anew(opened, NOTICED, "re-consent")
    await lin.say("你好")
    assert await lin.say(step)
    match step:
        case "/stop":
            await lin.tap("stop")
            assert kept(opened, lin)[1] == "stopped"
        case "/restart":
            assert "几周岁" in await lin.tap("restart", "self", "yes", "agree")
            assert [row.outcome for row in opened.rows(t.runs)] == ["stopped", None]
        case "/mydata":
            assert "年龄：35" in lin.heard[-1]
        case "/language":
            assert "35" not in await lin.tap("en")
            assert "agree" in lin.heard[-1]
    if step not in ("/stop", "/restart"):
        assert len(kept(opened, lin)[2]) == 1


async def test_recruiting_may_end_meanwhile(opened: Stage) -> None:
    lin = await Person(opened).to_questions()
    await lin.say("35")
    anew(opened, NOTICED, "re-consent")
    await lin.say("你好")
    opened.app.publishing.set_fact("small", "recruiting", "no", "admin")
    assert "现在不招募。" in await lin.tap("agree")
    assert kept(opened, lin)[1] == "not_recruiting"
