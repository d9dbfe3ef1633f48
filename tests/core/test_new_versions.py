"""Somebody changes an answer to the very question that a newer version no longer has."""

from dataclasses import replace

import pytest

from bot.core.answers import Answer, Chosen, chosen, month_period, number
from bot.core.criteria import State
from bot.core.events import AnswerRemoved, RunEnded, RunRenewed
from bot.core.flow import Flow, Kind, Question
from bot.core.inputs import Answered, Picked, Tapped
from bot.core.screening import screen
from bot.core.versions import fits, still_applies
from bot.script.compile import compile_script
from tests.core.small import TODAY, YES_FAILS, Talk, asks, asks_age, flow, kinds, said
from tests.melasma import shipped, without

COMPILED = compile_script(shipped(), "flow.yaml").flow
assert COMPILED is not None
FLOW: Flow = COMPILED


def answer_to(question: Question) -> Answer:
    """What keeps somebody going, by the way of the pill, so that every question is asked."""
    match question.kind:
        case Kind.NUMBER:
            return number(36)
        case Kind.DATE:
            return month_period(2020, 1)
    if question.id in ("pregnant", "hormones"):
        return chosen({"pregnant": "no", "hormones": "pill"}[question.id])
    fine = next(o for o in question.options if all(m.state is State.MEETS for m in o.means.values()))
    return chosen(fine.code)


def changing(question: str) -> Talk:
    """Everything is answered, and one answer is being changed."""
    talk = Talk(FLOW)
    talk.to_questions()
    for asked in FLOW.questions:
        talk.take(Answered(answer_to(asked)))
    talk.tap("edit", question)
    assert (talk.phase, talk.conversation.reopened) == ("asking", question)
    talk.events.clear()
    return talk


def publish(talk: Talk, newer: Flow, running: str) -> None:
    (talk.pinned,) = talk.offered.values()
    talk.offered = {newer.id: newer}
    talk.running = running


@pytest.mark.parametrize("question", [question.id for question in FLOW.questions])
def test_at_every_question_nobody_is_harmed(question: str) -> None:
    newer = compile_script(without(question), "flow.yaml").flow
    assert newer is not None
    for running in ("continue", "re-consent", "end"):
        talk = changing(question)
        before = dict(talk.answers)
        publish(talk, newer, running)
        talk.take(Tapped(talk.conversation.prompt, ".keep"))
        match running:
            case "continue":
                assert (talk.phase, talk.answers) == ("checking", before)
            case "re-consent":
                assert [event for event in talk.events if isinstance(event, AnswerRemoved)] == [
                    AnswerRemoved(question)
                ]
                del before[question]
                assert (talk.phase, talk.answers) == ("consent_health", before)
                assert "RunRenewed" in kinds(talk.tap("agree"))
                assert talk.phase == "checking"
                assert talk.tap("finish").screening == screen(newer, before, TODAY)
            case _:
                assert talk.answers == before
                assert (talk.phase, RunEnded("stopped") in talk.events) == ("replaced", True)


SMALL = flow(asks_age(), asks("a", "E1", YES_FAILS))


@pytest.mark.parametrize(
    ("changed", "answer", "applies"),
    [
        (asks("a", "E1", YES_FAILS), chosen("yes"), True),
        (asks("a", "E1", {"yes": "meets", "no": "fails", "unsure": "open"}), chosen("yes"), True),
        (asks("a", "E1", {"yes": "fails", "no": "meets"}), chosen("unsure"), False),
        (asks("a", "E1", YES_FAILS, kind=Kind.MULTI), chosen("yes"), False),
        (asks("b", "E1", YES_FAILS), chosen("yes"), False),
        (asks_age("E1"), Chosen(("yes",)), False),
    ],
)
def test_an_answer_holds_where_the_question_is_still_the_same(
    changed: Question, answer: Answer, applies: bool
) -> None:
    assert still_applies(SMALL, flow(changed), "a", answer, TODAY) is applies


def test_a_number_that_now_means_a_minor_is_asked_again() -> None:
    assert fits(SMALL, "age", number(18), TODAY)
    assert not fits(SMALL, "age", number(17), TODAY)
    assert not fits(SMALL, "nothing", number(17), TODAY)


def test_a_run_that_waits_for_consent_is_a_run() -> None:
    """A third version meets somebody who has not answered to the second yet."""
    talk = Talk(SMALL)
    talk.to_questions()
    talk.take(Answered(number(36)))
    second = replace(flow(asks_age(), asks("b", "E1", YES_FAILS)), hash="second")
    publish(talk, second, "re-consent")
    assert said(talk.tap(".skip")) == ["renewed", "notice"]
    third = replace(flow(asks("a", "E1", YES_FAILS), asks_age()), hash="third")
    publish(talk, third, "re-consent")
    turn = talk.tap("agree")
    assert said(turn) == ["renewed", "notice"]
    turn = talk.tap("agree")
    assert RunRenewed() in turn.events
    assert turn.prompt.question == "a"
    assert talk.conversation.version == "third"


@pytest.mark.parametrize("typed", [True, False])
def test_the_language_that_was_being_chosen_is_the_one_the_notice_comes_in(typed: bool) -> None:
    talk = Talk(SMALL)
    talk.to_questions()
    talk.command("language")
    publish(talk, replace(SMALL, hash="second"), "re-consent")
    talk.take(Picked("en") if typed else Tapped(talk.conversation.prompt, "en"))
    assert (talk.phase, talk.overlay, talk.conversation.language) == ("consent_health", "", "en")


def test_a_choice_that_is_not_offered_chooses_nothing() -> None:
    talk = Talk(SMALL)
    talk.to_questions()
    talk.command("delete")
    publish(talk, replace(SMALL, hash="second"), "re-consent")
    turn = talk.take(Picked("nope"))
    assert (talk.phase, talk.overlay, said(turn)) == ("consent_health", "", ["renewed", "notice"])
