"""Messages to the study team: written in the queue or as a reply, passed on only after a yes."""

import pytest

from bot.core.events import MessageToTeam, Wants
from bot.core.inputs import (
    LONGEST_MESSAGE,
    REPLY,
    Alarmed,
    Commanded,
    Input,
    SentOther,
    Tapped,
    Unclear,
    Wrote,
)
from tests.core.small import THREE, YES_FAILS, Talk, asks, flow, said

OTHER = flow(asks("x", "E1", YES_FAILS), id="other")
MINE = "L-3333-4444"


@pytest.fixture
def talk() -> Talk:
    """Somebody in the queue, whose team reads what they write."""
    talk = Talk(THREE).to_queue()
    talk.has_open_lead, talk.own_code, talk.team_reads = True, MINE, frozenset({MINE})
    talk.events.clear()
    return talk


def passed_on(talk: Talk) -> list[tuple[str, str]]:
    return [(event.code, event.text) for event in talk.events if isinstance(event, MessageToTeam)]


def test_it_is_passed_on_after_a_yes_and_gone_from_the_state(talk: Talk) -> None:
    turn = talk.take(Wrote("on Friday?"))
    assert (turn.prompt.kind, turn.prompt.text) == ("pass_on", "on Friday?")
    assert passed_on(talk) == []
    talk.tap("pass_on")
    assert passed_on(talk) == [(MINE, "on Friday?")]
    assert (talk.phase, talk.overlay) == ("queued", "")
    assert "on Friday?" not in str(talk.conversation.to_dict())


def test_without_a_yes_it_is_nowhere(talk: Talk) -> None:
    talk.take(Wrote("on Friday?"))
    assert "not_passed_on" in said(talk.tap("no"))
    assert passed_on(talk) == []
    assert "on Friday?" not in str(talk.conversation.to_dict())


@pytest.mark.parametrize("input", [Commanded("language"), Commanded("delete"), Commanded("stop")])
def test_what_comes_in_between_drops_it(talk: Talk, input: Input) -> None:
    talk.take(Wrote("on Friday?"))
    talk.take(input)
    assert "on Friday?" not in str(talk.conversation.to_dict())


def test_whoever_goes_on_typing_adds_to_it_up_to_a_limit(talk: Talk) -> None:
    talk.take(Wrote("x" * 600))
    talk.take(Wrote("y" * 399))
    turn = talk.take(Wrote("z"))
    assert "unclear_message" in said(turn)
    talk.tap("pass_on")
    ((_, text),) = passed_on(talk)
    assert len(text) == LONGEST_MESSAGE


def test_the_reply_button_is_good_at_any_time_and_brings_back_what_stood(talk: Talk) -> None:
    talk.tap("again", "restart", "self", "yes", "agree", "no")
    question = talk.turn.prompt.question if talk.turn else None
    talk.take(Tapped(0, f"{REPLY}{MINE}"))
    assert talk.overlay == "reply"
    talk.take(Wrote("on Friday?"))
    turn = talk.tap("pass_on")
    assert passed_on(talk) == [(MINE, "on Friday?")]
    assert turn.prompt.question == question


def test_a_reply_goes_to_the_lead_it_is_about(talk: Talk) -> None:
    talk.team_reads = frozenset({MINE, "L-7777-8888"})
    talk.take(Tapped(0, f"{REPLY}L-7777-8888"))
    talk.take(Wrote("yes"))
    talk.tap("pass_on")
    assert passed_on(talk) == [("L-7777-8888", "yes")]


@pytest.mark.parametrize("code", ["L-7777-8888", ""])
def test_a_button_of_another_lead_is_an_old_one(talk: Talk, code: str) -> None:
    assert "stale" in said(talk.take(Tapped(0, f"{REPLY}{code}")))
    assert talk.overlay == ""


def test_once_the_team_reads_no_more_it_says_so(talk: Talk) -> None:
    talk.take(Wrote("on Friday?"))
    talk.team_reads = frozenset()
    assert "nobody_reads" in said(talk.tap("pass_on"))
    assert passed_on(talk) == []
    assert "after_queued" in said(talk.take(Wrote("hello?")))
    assert passed_on(talk) == []


def test_before_the_queue_nothing_typed_is_a_message() -> None:
    """R-16."""
    talk = Talk(THREE).to_questions()
    turn = talk.take(Unclear())
    assert turn.prompt.wants is Wants.CHOICE
    talk.take(Wrote("hello"))
    assert talk.overlay == ""
    assert "hello" not in str(talk.conversation.to_dict())


@pytest.mark.parametrize("kind", ["emergency", "self_harm", "unwell"])
def test_an_emergency_is_answered_wherever_somebody_writes(talk: Talk, kind: str) -> None:
    """R-25."""
    talk.take(Tapped(0, f"{REPLY}{MINE}"))
    assert kind in said(talk.take(Alarmed(kind)))
    talk.take(Wrote("on Friday?"))
    assert kind in said(talk.take(Alarmed(kind)))
    assert passed_on(talk) == []


def test_a_photo_is_refused_as_everywhere(talk: Talk) -> None:
    talk.take(Tapped(0, f"{REPLY}{MINE}"))
    assert "no_files" in said(talk.take(SentOther()))
