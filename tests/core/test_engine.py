"""The conversation, turn by turn: gates, answers, Back and Edit, pickers, pauses, endings."""

import copy
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.core.answers import Number, Period, Skipped, chosen, from_value, number
from bot.core.conversation import Conversation
from bot.core.engine import Turn
from bot.core.events import (
    AnswerRecorded,
    AnswerRemoved,
    Choice,
    ConsentAnswered,
    Contact,
    ContactChanged,
    ContactWithdrawn,
    Counted,
    Erased,
    EvidenceAdded,
    LeadQueued,
    Prompted,
    Redrawn,
    RequestMade,
    RunEnded,
    RunStarted,
    Settled,
    Wants,
)
from bot.core.flow import Flow, Is, Kind
from bot.core.inputs import (
    COMMANDS,
    Alarmed,
    Answered,
    Commanded,
    GavePhone,
    Named,
    Picked,
    Reminded,
    SentOther,
    Started,
    Tapped,
    Unclear,
)
from bot.core.phases import ENDINGS
from bot.core.screening import EarlierFail
from tests.core.small import (
    ENGINE,
    THREE,
    YES_FAILS,
    Talk,
    asks,
    asks_age,
    asks_last,
    flow,
    kinds,
    said,
)

OTHER = flow(asks("x", "E1", YES_FAILS), id="other")
AGE = flow(asks_age(), asks("a", "E1", YES_FAILS))
TREATED = flow(
    asks(
        "t",
        "E10",
        {"none": "meets", "cream": "fails", "herbs": "open"},
        Kind.MULTI,
        exclusive=frozenset({"none"}),
    ),
    asks("a", "E1", YES_FAILS),
)
PILLS = flow(asks_last(), asks("a", "E1", YES_FAILS))


def choices(turn: Turn) -> list[str]:
    return [choice.id for choice in turn.prompt.choices]


def of(turn: Turn, kind: type) -> list[Any]:
    return [event for event in turn.events if isinstance(event, kind)]


# gates and consents


def test_it_begins_with_the_language_that_was_guessed() -> None:
    talk = Talk(THREE)
    turn = talk.take(Started("small-poster"))
    assert of(turn, Counted) == [Counted("started", "2026-06-15", "small")]
    assert turn.prompt.kind == "hello"
    assert choices(turn) == ["zh", "en"]
    assert (talk.conversation.study, talk.conversation.source) == ("small", "poster")


def test_an_english_client_is_offered_english_first() -> None:
    talk = Talk(THREE)
    talk.conversation = Conversation("en", "ab12")
    assert choices(talk.take(Started())) == ["en", "zh"]


def test_the_way_in_is_language_self_adult_consent() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    seen = [talk.phase]
    for choice in ("en", "self", "yes", "agree"):
        talk.tap(choice)
        seen.append(talk.phase)
    assert seen == ["language", "for_self", "adult", "consent_health", "asking"]
    assert talk.conversation.language == "en"
    assert [event for event in talk.events if isinstance(event, ConsentAnswered | RunStarted)] == [
        ConsentAnswered("consent_health", True),
        RunStarted(),
    ]


def test_abroad_the_consents_are_asked_and_given_one_by_one() -> None:
    talk = Talk(THREE, abroad=True)
    talk.take(Started())
    first = talk.tap("zh", "self", "yes", "agree")
    assert talk.phase == "consent_abroad"
    assert of(first, ConsentAnswered) == [ConsentAnswered("consent_health", True)]
    assert not of(first, RunStarted)
    second = talk.tap("agree")
    assert of(second, ConsentAnswered) == [ConsentAnswered("consent_abroad", True)]
    assert of(second, RunStarted)


@pytest.mark.parametrize(
    ("taps", "phase", "counted"),
    [
        ("other", "not_screened", "not_screened"),
        ("enrolled", "enrolled", "not_screened"),
        ("self no", "under_age", "under_age"),
        ("self yes decline", "no_consent", "no_consent"),
        ("self yes agree decline", "no_consent", "no_consent"),
    ],
)
def test_an_ending_at_a_gate_leaves_no_trace(taps: str, phase: str, counted: str) -> None:
    talk = Talk(THREE, abroad=True)
    talk.take(Started())
    turn = talk.tap("zh", *taps.split())
    assert talk.phase == phase
    assert turn.events[-3:-1] == (
        Counted(counted, "2026-06-15", "small"),
        Prompted(turn.prompt, "zh"),
    )
    # Earlier runs of somebody who turns out to be a minor go too.
    assert turn.events[-1] == Erased("runs" if phase == "under_age" else "chat")
    assert turn.prompt.choices == turn.prompt.controls == ()
    assert not [event for event in talk.events if isinstance(event, RunStarted | AnswerRecorded)]
    assert turn.screening is None


def test_going_back_from_a_consent_takes_it_back() -> None:
    talk = Talk(THREE, abroad=True)
    talk.take(Started())
    talk.tap("zh", "self", "yes", "agree", ".back")
    assert (talk.phase, talk.conversation.consents) == ("consent_health", [])
    talk.tap(".back", ".back", ".back")
    assert talk.phase == "language"


def test_before_the_first_prompt_nothing_can_be_pressed() -> None:
    talk = Talk(THREE)
    turn = talk.take(Tapped(0, "agree"))
    assert said(turn) == ["over"]
    assert turn.prompt.kind == "hello"
    assert talk.phase == "language"


# several studies


def test_with_several_studies_it_asks_which_one() -> None:
    talk = Talk(THREE, OTHER)
    talk.take(Started())
    turn = talk.tap("zh")
    assert (turn.prompt.kind, choices(turn)) == ("study", ["small", "other"])
    talk.tap("other")
    assert (talk.phase, talk.conversation.study, talk.conversation.version) == (
        "for_self",
        "other",
        "hash-of-other",
    )


def test_a_link_names_the_study_and_where_it_hung() -> None:
    longer = replace(OTHER, id="small-2", hash="h2")
    talk = Talk(THREE, longer)
    talk.take(Started("small-2-poster"))
    assert (talk.conversation.study, talk.conversation.source) == ("small-2", "poster")
    talk.tap("zh")
    assert talk.phase == "for_self"


@pytest.mark.parametrize("payload", ["I have melasma", "我有黄褐斑", "x" * 65, "small poster"])
def test_what_somebody_writes_behind_start_is_no_source(payload: str) -> None:
    talk = Talk(THREE)
    talk.take(Started(payload))
    assert talk.conversation.source == ""


def test_a_link_of_an_unknown_study_is_kept_as_a_source() -> None:
    talk = Talk(THREE, OTHER)
    talk.take(Started("nonsense"))
    assert (talk.conversation.study, talk.conversation.source) == (None, "nonsense")


def test_back_leads_from_the_chooser_to_the_language() -> None:
    talk = Talk(THREE, OTHER)
    talk.take(Started())
    talk.tap("zh", ".back")
    assert talk.phase == "language"


def test_a_link_to_another_study_asks_before_it_leaves_this_one() -> None:
    talk = Talk(THREE, OTHER)
    talk.take(Started("small"))
    talk.tap("zh", "self", "yes", "agree", "no")
    turn = talk.take(Started("other-web"))
    assert (turn.prompt.kind, choices(turn)) == ("switch", ["go_on", "switch"])
    talk.tap("go_on")
    assert (talk.phase, talk.conversation.study) == ("asking", "small")
    talk.take(Started("other-web"))
    turn = talk.tap("switch")
    assert of(turn, RunEnded) == [RunEnded("stopped")]
    assert (talk.phase, talk.conversation.study) == ("for_self", "other")


def test_start_goes_on_where_it_stopped() -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("no")
    turn = talk.take(Started("small-poster"))
    assert said(turn) == ["welcome_back"]
    assert turn.prompt.question == "b"


def test_start_in_a_gate_or_after_the_end_begins_again() -> None:
    talk = Talk(THREE)
    talk.take(Started("a"))
    talk.tap("en", "self")
    turn = talk.take(Started("b"))
    assert (talk.phase, talk.conversation.source, talk.conversation.language) == ("for_self", "b", "en")
    assert said(turn) == ["about"]
    talk = Talk(THREE).to_questions()
    talk.tap("yes", "finish")
    talk.take(Started())
    assert (talk.phase, talk.conversation.consents) == ("for_self", [])


def test_start_brings_somebody_in_the_queue_back_to_it() -> None:
    talk = Talk(THREE).to_queue()
    turn = talk.take(Started())
    assert (talk.phase, talk.conversation.consents) == ("queued", [])
    assert choices(turn) == ["change_phone", "change_time", "withdraw", "again"]
    assert choices(talk.tap("again")) == ["restart", "go_on"]
    talk.tap("restart")
    assert talk.phase == "for_self"
    talk.take(Started("small"))
    assert talk.phase == "queued"


def test_somebody_in_the_queue_who_stops_at_a_new_gate_is_in_the_queue_still() -> None:
    talk = Talk(THREE).to_queue()
    talk.tap("again", "restart", "self")
    turn = talk.command("stop")
    assert talk.phase == "queued"
    assert not of(turn, Erased)


def test_a_lead_can_begin_with_another_study() -> None:
    talk = Talk(THREE, OTHER)
    talk.take(Started("small"))
    talk.tap("zh", "self", "yes", "agree", "no", "no", "no", "finish", "yes", ".skip", "chat", "any")
    talk.has_open_lead = True
    talk.take(Started("other"))
    assert (talk.phase, talk.conversation.study) == ("for_self", "other")


# recruiting


def test_a_study_that_does_not_recruit_ends_before_any_question() -> None:
    talk = Talk(THREE)
    talk.recruiting = frozenset()
    talk.take(Started())
    turn = talk.tap("zh")
    assert talk.phase == "not_recruiting"
    assert kinds(turn) == ["Settled", "Counted", "Prompted", "Erased"]


def test_a_study_chosen_that_does_not_recruit_ends_too() -> None:
    talk = Talk(THREE, OTHER)
    talk.recruiting = frozenset({"small"})
    talk.take(Started())
    talk.tap("zh", "other")
    assert talk.phase == "not_recruiting"


def test_when_recruiting_stops_a_run_ends_kindly_at_its_next_turn() -> None:
    talk = Talk(THREE).to_questions()
    talk.recruiting = frozenset()
    turn = talk.tap("no")
    assert of(turn, RunEnded) == [RunEnded("not_recruiting")]
    assert not of(turn, AnswerRecorded)
    assert (talk.phase, choices(turn)) == ("not_recruiting", ["delete"])
    assert said(talk.take(Unclear())) == ["after_end"]


def test_when_recruiting_stops_at_a_gate_nothing_stays() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap("zh", "self")
    talk.recruiting = frozenset()
    assert talk.tap("yes").events[-1] == Erased("chat")


@pytest.mark.parametrize(
    ("received", "request_"),
    [(Alarmed("unwell"), "unwell"), (Commanded("unwell"), "unwell"), (Commanded("human"), "human")],
)
def test_somebody_who_needs_help_is_heard_though_recruiting_stopped(received: Any, request_: str) -> None:
    talk = Talk(THREE).to_questions()
    talk.recruiting = frozenset()
    assert of(talk.take(received), RequestMade) == [RequestMade(request_)]
    assert talk.phase == "asking"
    talk.take(Unclear())
    assert talk.phase == "not_recruiting"


def test_somebody_can_see_and_delete_what_is_kept_though_recruiting_stopped() -> None:
    talk = Talk(THREE).to_questions()
    talk.recruiting = frozenset()
    assert said(talk.command("mydata")) == ["mydata"]
    talk.command("delete")
    assert talk.tap("delete_all").events[-1] == Erased("all")


def test_a_lead_can_change_the_time_though_recruiting_stopped() -> None:
    talk = Talk(THREE).to_queue()
    talk.recruiting = frozenset()
    talk.tap("change_time")
    assert of(talk.tap("evening"), ContactChanged) == [ContactChanged(Contact(when="evening"))]
    assert talk.phase == "queued"


# answers


def test_it_asks_one_question_after_another_and_then_to_check() -> None:
    talk = Talk(THREE).to_questions()
    assert talk.turn is not None
    seen = [(talk.turn.prompt.question, talk.turn.prompt.position)]
    for _ in THREE.questions:
        turn = talk.tap("no")
        seen.append((turn.prompt.question, turn.prompt.position))
    assert seen == [("a", (1, 3)), ("b", (2, 3)), ("c", (3, 3)), (None, (0, 0))]
    assert talk.phase == "checking"
    assert [event for event in talk.events if isinstance(event, AnswerRecorded)] == [
        AnswerRecorded(id, chosen("no"), False) for id in "abc"
    ]


def test_an_answered_question_shows_what_was_chosen_and_loses_its_buttons() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap("no")
    (settled,) = of(turn, Settled)
    assert (settled.prompt.question, settled.answer, settled.choice) == ("a", chosen("no"), None)
    assert settled.flow is THREE
    assert settled.answers == {}
    assert [type(event) for event in turn.events] == [Settled, AnswerRecorded, Prompted]


def test_skip_is_an_answer_and_open() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap(".skip")
    assert of(turn, AnswerRecorded) == [AnswerRecorded("a", Skipped(), False)]
    assert of(turn, Settled)[0].choice == ".skip"
    assert turn.screening is not None
    assert turn.screening.open == ("E1",)


def test_help_explains_and_asks_again() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap(".help")
    assert [(event.what, event.question) for event in turn.events if hasattr(event, "what")] == [
        ("question_help", "a")
    ]
    assert turn.prompt.question == "a"
    assert turn.prompt.number == talk.conversation.prompt


def test_what_is_typed_counts_like_a_button() -> None:
    talk = Talk(THREE).to_questions()
    assert of(talk.take(Picked("no")), AnswerRecorded) == [AnswerRecorded("a", chosen("no"), True)]
    assert of(talk.take(Answered(chosen("unsure"))), AnswerRecorded)[0].question == "b"


def test_the_first_fail_ends_the_questions_and_the_result_comes_after_checking() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap("yes")
    assert (talk.phase, choices(turn)) == ("checking", ["finish", "edit"])
    turn = talk.tap("finish")
    (ended,) = of(turn, RunEnded)
    assert (ended.outcome, talk.phase) == ("not_match", "not_match")
    assert ended.screening is turn.screening
    assert choices(turn) == ["check", "delete"]


def test_a_changed_answer_of_an_earlier_run_is_open() -> None:
    """X8, through the conversation."""
    talk = Talk(THREE)
    talk.earlier = (EarlierFail("E1", "a", chosen("yes"), None),)
    turn = talk.to_questions().tap("no")
    assert turn.screening is not None
    assert [flag.name for flag in turn.screening.flags] == ["changed_answer"]


def test_a_running_chat_stays_on_its_version() -> None:
    talk = Talk(THREE).to_questions()
    talk.pinned = THREE
    talk.offered = {"small": replace(THREE, questions=THREE.questions[:1], hash="newer")}
    assert talk.tap("no").prompt.question == "b"
    talk.offered = {}
    assert talk.tap("no").prompt.question == "c"


# numbers, dates and their pickers


def test_a_number_can_be_typed_or_picked() -> None:
    talk = Talk(AGE).to_questions()
    assert talk.turn is not None
    assert talk.turn.prompt.wants is Wants.NUMBER
    assert ".pick" in talk.turn.prompt.controls
    turn = talk.tap(".pick")
    assert [type(event) for event in turn.events] == [Redrawn]
    assert choices(turn) == [f".tens:{tens}" for tens in range(10, 90, 10)]
    assert choices(talk.tap(".tens:30")) == [f".number:{age}" for age in range(30, 40)]
    assert of(talk.tap(".number:35"), AnswerRecorded) == [AnswerRecorded("age", number(35), False)]
    assert talk.conversation.picker == ""


def test_the_last_page_of_ages_goes_on_to_the_oldest() -> None:
    talk = Talk(AGE).to_questions()
    assert choices(talk.tap(".pick", ".tens:80")) == [f".number:{age}" for age in range(80, 100)]


def test_a_number_that_is_no_age_is_typed() -> None:
    pressure = asks("pressure", "I3", kind=Kind.NUMBER, valid=(60, 260))
    talk = Talk(flow(pressure)).to_questions()
    for _ in range(3):
        turn = talk.take(Unclear())
        assert (turn.prompt.picker, turn.prompt.choices) == ("", ())
        assert ".pick" not in turn.prompt.controls
        assert ".skip" in turn.prompt.controls
    assert of(talk.take(Unclear()), AnswerRecorded) == [AnswerRecorded("pressure", Skipped(), True)]


def test_a_number_with_decimals_is_typed() -> None:
    talk = Talk(flow(asks("sugar", "I3", kind=Kind.NUMBER, valid=(1, 9), decimals=1))).to_questions()
    assert talk.turn
    assert ".pick" not in talk.turn.prompt.controls


def test_a_few_numbers_can_be_tapped() -> None:
    cups = asks("cups", "I3", kind=Kind.NUMBER, valid=(0, 10))
    talk = Talk(flow(cups)).to_questions()
    assert choices(talk.tap(".pick")) == [f".number:{count}" for count in range(11)]
    assert choices(talk.tap(".back")) == []
    assert of(talk.tap(".pick", ".number:3"), AnswerRecorded) == [AnswerRecorded("cups", number(3), False)]


def test_a_picker_turned_by_typing_is_asked_anew() -> None:
    talk = Talk(AGE).to_questions()
    turn = talk.take(Picked(".pick"))
    assert [type(event) for event in turn.events] == [Settled, Prompted]


@pytest.mark.parametrize(
    ("taps", "expected"),
    [
        (".year:2025 .month:2025-03", from_value("2025-03")),
        (".year:2026 .month:2026-06", from_value("2026-06")),
        (".before:2022", Period(date(1950, 1, 1), date(2021, 12, 31))),
        ("current", chosen("current")),
        (".skip", Skipped()),
    ],
)
def test_a_month_can_be_picked(taps: str, expected: Any) -> None:
    talk = Talk(PILLS).to_questions()
    assert of(talk.tap(".pick", *taps.split()), AnswerRecorded) == [AnswerRecorded("last", expected, False)]


def test_the_pages_of_months_end_today() -> None:
    talk = Talk(PILLS).to_questions()
    years = [".year:2026", ".year:2025", ".year:2024", ".year:2023", ".year:2022", ".before:2022"]
    assert choices(talk.tap(".pick")) == [*years, "current"]
    assert choices(talk.tap(".year:2026")) == [f".month:2026-0{month}" for month in range(1, 7)]
    talk = Talk(PILLS).to_questions()
    assert len(choices(talk.tap(".pick", ".year:2025"))) == 12


@pytest.mark.parametrize(
    ("script", "value", "why"),
    [
        (AGE, 0, "out_of_range"),
        (AGE, 121, "out_of_range"),
        (AGE, 1990, "year_not_age"),
        (PILLS, "2026-06-16", "future_date"),
        (PILLS, "1949-12-31", "unclear_date"),
    ],
)
def test_what_cannot_be_is_asked_again_and_not_recorded(script: Flow, value: Any, why: str) -> None:
    talk = Talk(script).to_questions()
    turn = talk.take(Answered(from_value(value)))
    assert said(turn) == [why]
    assert not of(turn, AnswerRecorded)
    assert turn.prompt.question == script.questions[0].id


def test_an_answer_of_another_kind_is_unclear() -> None:
    assert said(Talk(THREE).to_questions().take(Answered(chosen("gone")))) == ["unclear"]


def test_numbers_and_dates_that_are_not_understood_go_to_buttons_then_stay_open() -> None:
    """X3: three times, then open."""
    talk = Talk(AGE).to_questions()
    first = talk.take(Unclear())
    assert (first.prompt.wants, first.prompt.picker) == (Wants.NUMBER, "")
    second = talk.take(Unclear())
    assert said(second) == ["unclear_age"]
    assert second.prompt.picker == "open"
    third = talk.take(Answered(number(300)))
    assert said(third) == ["out_of_range", "offer_person"]
    assert ".human" in third.prompt.controls
    fourth = talk.take(Unclear())
    assert said(fourth) == ["left_open"]
    assert of(fourth, AnswerRecorded) == [AnswerRecorded("age", Skipped(), True)]
    assert fourth.prompt.question == "a"


def test_an_answer_that_was_given_is_not_lost_by_words_that_are_not_understood() -> None:
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(35)))
    talk.tap(".back")
    for _ in range(6):
        turn = talk.take(Unclear())
    assert turn.prompt.question == "age"
    assert talk.answers == {"age": number(35)}


def test_choices_that_are_not_understood_offer_a_person_and_never_give_up() -> None:
    talk = Talk(THREE).to_questions()
    heard = [said(talk.take(Unclear())) for _ in range(5)]
    assert heard == [["unclear"]] * 5
    turn = talk.tap(".human")
    assert of(turn, RequestMade) == [RequestMade("human")]
    assert turn.prompt.question == "a"
    assert not talk.answers
    assert talk.tap("no").prompt.question == "b"
    assert talk.conversation.tries == {}


def test_gates_count_what_they_do_not_understand_too() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap("zh")
    for _ in range(3):
        turn = talk.take(Unclear())
    assert (talk.phase, turn.prompt.controls) == ("for_self", (".human", ".back"))


def test_a_fail_that_is_over_when_somebody_comes_back_to_check_asks_the_rest() -> None:
    """A night may pass at "check your answers", and with it the twelfth month."""
    talk = Talk(PILLS).to_questions()
    talk.take(Answered(from_value("2025-06-16")))
    assert talk.phase == "checking"
    talk.today = date(2026, 6, 16)
    turn = talk.tap("finish")
    assert not of(turn, RunEnded)
    assert turn.prompt.question == "a"
    assert talk.tap("no", "finish").prompt.kind == "contact_wish"


def test_back_turns_a_picker_back_page_by_page() -> None:
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(35)))
    talk.tap(".back", ".pick", ".tens:30")
    assert choices(talk.tap(".back"))[0] == ".tens:10"
    assert choices(talk.tap(".back")) == []
    assert said(talk.tap(".back")) == ["first"]
    talk.tap(".pick")
    assert kinds(talk.command("back")) == ["Settled", "Prompted"]  # typed: asked anew, to be seen


@pytest.mark.parametrize(
    ("phase", "what"), [("contact_name", "unclear_name"), ("contact_phone", "unclear_phone")]
)
def test_what_is_no_name_or_phone_is_told_what_would_be(phase: str, what: str) -> None:
    talk = Talk(THREE, abroad=True).to_contact()
    talk.tap("yes", *([".skip", "phone"] if phase == "contact_phone" else []))
    assert talk.phase == phase
    assert said(talk.take(Unclear())) == [what]


def test_the_words_of_the_share_button_typed_bring_no_number() -> None:
    talk = Talk(THREE, abroad=True).to_contact()
    talk.tap("yes", ".skip", "phone")
    turn = talk.take(Picked(".share"))
    assert said(turn) == ["unclear_phone"]
    assert talk.phase == "contact_phone"


# several options


def test_ticks_are_drawn_and_done_takes_them_in_the_scripts_order() -> None:
    talk = Talk(TREATED).to_questions()
    turn = talk.tap("herbs")
    assert [type(event) for event in turn.events] == [Redrawn]
    assert turn.prompt.choices == (Choice("none"), Choice("cream"), Choice("herbs", ticked=True))
    assert turn.prompt.controls[0] == ".done"
    turn = talk.tap("cream", "cream", "cream", ".done")
    assert of(turn, AnswerRecorded) == [AnswerRecorded("t", chosen("cream", "herbs"), False)]
    assert talk.conversation.draft == []


def test_done_is_not_there_before_a_tick() -> None:
    talk = Talk(TREATED).to_questions()
    assert talk.turn is not None
    assert ".done" not in talk.turn.prompt.controls
    assert said(talk.tap(".done")) == ["stale"]


def test_a_typed_label_of_several_is_the_whole_answer() -> None:
    talk = Talk(TREATED).to_questions()
    assert of(talk.take(Picked("herbs")), AnswerRecorded) == [AnswerRecorded("t", chosen("herbs"), True)]


def test_never_and_a_treatment_are_asked_once_more_then_stand() -> None:
    """X1."""
    talk = Talk(TREATED).to_questions()
    turn = talk.tap("none", "cream", ".done")
    assert (turn.prompt.kind, turn.prompt.previous) == ("conflict", chosen("none", "cream"))
    assert not of(turn, AnswerRecorded)
    turn = talk.tap("keep")
    assert of(turn, AnswerRecorded) == [AnswerRecorded("t", chosen("none", "cream"), False)]
    assert turn.screening is not None
    assert turn.screening.open == ("E10",)


def test_a_contradiction_can_be_mended_and_is_not_asked_about_again() -> None:
    talk = Talk(TREATED).to_questions()
    turn = talk.tap("none", "cream", ".done", "change")
    assert (turn.prompt.kind, turn.prompt.question) == ("question", "t")
    assert talk.conversation.pending is None
    turn = talk.tap(".done")
    assert of(turn, AnswerRecorded)


# a minor


def test_a_minors_age_is_confirmed_once_then_erased() -> None:
    """X2."""
    talk = Talk(AGE).to_questions()
    turn = talk.take(Answered(number(17)))
    assert (turn.prompt.kind, turn.prompt.previous) == ("minor", number(17))
    assert not of(turn, AnswerRecorded)
    turn = talk.tap("confirm")
    (ended,) = of(turn, RunEnded)
    assert (ended.outcome, talk.phase) == ("under_age", "under_age")
    assert turn.events[-1] == Erased("runs")
    assert ended.screening is not None
    assert ended.screening.fails["I1"].value == "temporary"
    assert turn.prompt.choices == ()


def test_a_typing_slip_does_not_erase_a_run() -> None:
    talk = Talk(AGE).to_questions()
    turn = talk.take(Answered(number(17)))
    turn = talk.tap("change")
    assert turn.prompt.question == "age"
    assert talk.conversation.pending is None
    assert of(talk.take(Answered(number(71))), AnswerRecorded) == [AnswerRecorded("age", number(71), True)]


def test_an_age_edited_to_under_18_ends_the_run() -> None:
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(35)))
    talk.tap("no", "edit", "age")
    turn = talk.take(Answered(Number(16, 17)))
    assert turn.prompt.kind == "minor"
    assert talk.tap("confirm").events[-1] == Erased("runs")


def test_a_prompt_for_a_number_that_is_a_choice_asks_for_it_again() -> None:
    """Words typed while it asks about the age are not an answer to the question below."""
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(17)))
    turn = talk.take(Answered(number(35)))
    assert said(turn) == ["unclear"]
    assert turn.prompt.kind == "minor"


# Back and Edit


def test_back_reopens_the_question_before_and_changes_nothing_until_it_is_answered() -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("no", "unsure")
    turn = talk.tap(".back")
    assert (turn.prompt.question, turn.prompt.previous) == ("b", chosen("unsure"))
    turn = talk.tap(".back")
    assert turn.prompt.question == "a"
    assert talk.answers == {"a": chosen("no"), "b": chosen("unsure")}
    assert said(talk.tap(".back")) == ["first"]
    turn = talk.tap("no")
    assert turn.prompt.question == "c"


def test_back_at_the_first_question_says_so() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.command("back")
    assert said(turn) == ["first"]
    assert turn.prompt.question == "a"


def test_back_from_checking_reopens_the_last_question() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap("no", "no", "no")
    assert ".back" not in turn.prompt.controls
    assert talk.command("back").prompt.question == "c"
    assert talk.phase == "asking"


def test_an_edit_offers_what_was_asked_and_goes_straight_back_to_checking() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap("no", "no", "no", "edit")
    assert (turn.prompt.kind, choices(turn)) == ("edit", ["a", "b", "c"])
    turn = talk.tap("b")
    assert (turn.prompt.question, turn.prompt.previous) == ("b", chosen("no"))
    turn = talk.tap("unsure")
    assert turn.prompt.kind == "checking"
    assert of(turn, AnswerRecorded) == [AnswerRecorded("b", chosen("unsure"), False)]


def test_back_out_of_an_edit_leaves_the_answer_as_it_was() -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("no", "no", "no", "edit", "a")
    turn = talk.tap(".back")
    assert turn.prompt.kind == "checking"
    assert talk.answers["a"] == chosen("no")


def test_back_closes_the_list_of_answers() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap("no", "no", "no", "edit", ".back")
    assert (talk.overlay, turn.prompt.kind) == ("", "checking")


BRANCHING = flow(
    asks("pregnant", "E4", {"yes": "fails", "no": "meets", "na": "na"}),
    asks("nursing", "E5", YES_FAILS, ask_if=Is("pregnant", frozenset({"na"}), negated=True)),
    asks("a", "E1", YES_FAILS),
)


def test_an_edit_removes_an_answer_whose_question_no_longer_applies() -> None:
    """X6."""
    talk = Talk(BRANCHING).to_questions()
    talk.tap("no", "no", "no", "edit", "pregnant")
    turn = talk.tap("na")
    assert of(turn, AnswerRemoved) == [AnswerRemoved("nursing")]
    assert set(talk.answers) == {"pregnant", "a"}
    assert turn.prompt.kind == "checking"


def test_an_edit_that_opens_a_question_asks_it_before_the_result() -> None:
    """X7."""
    talk = Talk(BRANCHING).to_questions()
    talk.tap("na", "no", "edit", "pregnant")
    assert talk.tap("no").prompt.question == "nursing"
    assert talk.tap("no").prompt.kind == "checking"


def test_an_edit_that_takes_the_fail_away_asks_the_rest() -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("yes", "edit", "a")
    assert talk.tap("no").prompt.question == "b"


def test_a_picker_and_ticks_do_not_outlive_the_question() -> None:
    talk = Talk(TREATED).to_questions()
    talk.tap("herbs", ".done", ".back", "cream", ".back")
    assert (talk.conversation.draft, talk.turn and talk.turn.prompt.question) == (["cream"], "t")
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(35)))
    talk.tap(".back", ".pick", ".tens:30", ".number:36", ".back")
    assert talk.conversation.picker == ""


# old, foreign and double presses


def test_an_old_button_is_answered_and_changes_nothing() -> None:
    talk = Talk(THREE).to_questions()
    old = talk.conversation.prompt
    talk.tap("no")
    turn = talk.take(Tapped(old, "yes"))
    assert said(turn) == ["stale"]
    assert turn.prompt.question == "b"
    assert talk.answers == {"a": chosen("no")}


@pytest.mark.parametrize("choice", ["nonsense", "agree", ".number:35", ".done", ""])
def test_a_button_the_prompt_does_not_have_is_stale(choice: str) -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap(choice)
    assert said(turn) == ["stale"]
    assert turn.prompt.question == "a"
    assert not talk.answers


def test_a_second_press_of_an_ending_shows_it_again() -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("yes", "finish")
    number_ = talk.conversation.prompt
    assert said(talk.tap("check")) == ["check"]
    turn = talk.take(Tapped(number_, "check"))
    assert said(turn) == ["stale"]
    assert choices(turn) == ["check", "delete"]
    assert not of(turn, RequestMade)


def test_typed_words_that_are_no_button_now_are_unclear() -> None:
    assert said(Talk(THREE).to_questions().take(Picked("finish"))) == ["unclear"]


# photos, edits, reminders


@pytest.mark.parametrize(("edited", "expected"), [(False, "no_files"), (True, "no_edits")])
def test_photos_and_edited_messages_are_refused_and_the_question_comes_again(
    edited: bool, expected: str
) -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.take(SentOther(edited))
    assert said(turn) == [expected]
    assert turn.prompt.question == "a"


def test_after_the_end_a_photo_is_refused_without_repeating_the_ending() -> None:
    turn = Talk(THREE).to_queue().take(SentOther())
    assert kinds(turn) == ["Said"]


def test_a_pause_is_reminded_of_once() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.take(Reminded())
    assert said(turn) == ["reminder"]
    assert turn.prompt.question == "a"
    assert talk.take(Reminded()).events == ()


def test_a_reminder_after_a_pause_leads_on() -> None:
    talk = Talk(THREE).to_questions()
    talk.command("pause")
    turn = talk.take(Reminded())
    assert (turn.prompt.kind, choices(turn)) == ("resume", ["go_on"])
    assert talk.tap("go_on").prompt.question == "a"


@pytest.mark.parametrize("taps", ["", "zh", "zh self yes", "zh other"])
def test_nobody_is_reminded_before_consent(taps: str) -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap(*taps.split())
    assert talk.take(Reminded()).events == ()


# overlays


@pytest.mark.parametrize(
    ("command", "overlay", "offered"),
    [
        ("language", "language", ["zh", "en"]),
        ("pause", "pause", ["go_on"]),
        ("stop", "stop", ["stop", "pause", "go_on"]),
        ("restart", "restart", ["restart", "go_on"]),
        ("delete", "delete", ["delete_all", "keep"]),
        ("unwell", "safety", ["go_on"]),
    ],
)
def test_a_command_asks_above_the_question_which_comes_back(
    command: str, overlay: str, offered: list[str]
) -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("no")
    turn = talk.command(command)
    assert (turn.prompt.kind, choices(turn)) == (overlay, offered)
    turn = talk.tap(offered[-1] if command != "language" else "en")
    assert (talk.overlay, turn.prompt.question) == ("", "b")
    assert talk.answers == {"a": chosen("no")}


def test_back_closes_what_stands_above_the_question() -> None:
    talk = Talk(THREE).to_questions()
    talk.command("language")
    turn = talk.command("back")
    assert (talk.overlay, turn.prompt.question) == ("", "a")


def test_the_language_can_be_changed_anywhere_without_losing_anything() -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("no")
    talk.command("language")
    turn = talk.tap("en")
    assert (talk.conversation.language, turn.prompt.question) == ("en", "b")
    assert talk.answers == {"a": chosen("no")}
    settled = of(turn, Settled)[0]
    assert (settled.prompt.kind, settled.choice, settled.language) == ("language", "en", "zh")


def test_with_runs_in_several_studies_delete_asks_which() -> None:
    talk = Talk(THREE).to_questions()
    talk.has_other_studies = True
    turn = talk.command("delete")
    assert choices(turn) == ["delete_study", "delete_all", "keep"]
    assert talk.tap("delete_study").events[-1] == Erased("study")


def test_delete_erases_everything() -> None:
    talk = Talk(THREE).to_questions()
    talk.command("delete")
    turn = talk.tap("delete_all")
    assert said(turn) == ["deleted"]
    assert turn.events[-1] == Erased("all")


def test_delete_can_be_pressed_at_an_ending() -> None:
    talk = Talk(THREE).to_questions()
    talk.tap("yes", "finish")
    assert talk.tap("delete").prompt.kind == "delete"


def test_stop_ends_the_run_after_asking() -> None:
    talk = Talk(THREE).to_questions()
    talk.command("stop")
    turn = talk.tap("stop")
    assert of(turn, RunEnded) == [RunEnded("stopped")]
    assert (talk.phase, choices(turn)) == ("stopped", ["again", "delete"])
    assert said(talk.command("stop")) == ["already_over"]
    assert talk.tap("again").prompt.kind == "for_self"


def test_stop_can_be_turned_into_a_pause() -> None:
    talk = Talk(THREE).to_questions()
    talk.command("stop")
    turn = talk.tap("pause")
    assert (turn.prompt.kind, talk.phase) == ("pause", "asking")
    assert not of(turn, RunEnded)
    assert talk.tap("go_on").prompt.question == "a"


def test_stop_before_consent_leaves_at_once() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap("zh", "self")
    turn = talk.command("stop")
    assert talk.phase == "left"
    assert of(turn, Counted) == [Counted("left", "2026-06-15", "small")]
    assert turn.events[-1] == Erased("chat")


def test_restart_in_a_run_asks_and_before_it_does_not() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap("zh", "self")
    assert talk.command("restart").prompt.kind == "for_self"
    talk = Talk(THREE).to_questions()
    talk.tap("no")
    talk.command("restart")
    turn = talk.tap("restart")
    assert of(turn, RunEnded) == [RunEnded("stopped")]
    assert talk.phase == "for_self"
    assert turn.answers == {}


@pytest.mark.parametrize("command", ["help", "privacy", "status", "mydata"])
def test_an_aside_is_said_and_the_question_comes_again(command: str) -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.command(command)
    assert said(turn) == [command]
    assert turn.events[-1] == Prompted(turn.prompt, "zh")


def test_after_the_end_an_aside_is_said_alone_and_back_offers_a_new_run() -> None:
    talk = Talk(THREE).to_contact()
    talk.tap("no")
    assert kinds(talk.command("status")) == ["Said"]
    assert said(talk.command("pause")) == ["nothing_to_pause"]
    assert said(talk.take(Unclear())) == ["after_end"]
    assert talk.command("back").prompt.kind == "restart"


def test_in_the_queue_what_is_asked_and_what_is_written_bring_its_buttons() -> None:
    talk = Talk(THREE).to_queue()
    turn = talk.command("status")
    assert turn.events[-1] == Prompted(turn.prompt, "zh")
    turn = talk.take(Unclear())
    assert said(turn) == ["after_queued"]
    assert choices(turn) == ["change_phone", "change_time", "withdraw", "again"]


def test_a_word_that_is_no_command_is_unclear() -> None:
    assert said(Talk(THREE).to_questions().take(Commanded("nonsense"))) == ["unclear"]


def test_back_at_the_very_beginning_says_so() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    turn = talk.command("back")
    assert said(turn) == ["first"]
    assert turn.prompt.kind == "language"


# safety


@pytest.mark.parametrize("kind", ["emergency", "self_harm"])
def test_words_of_an_emergency_come_before_everything(kind: str) -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.take(Alarmed(kind))
    assert said(turn) == [kind]
    assert of(turn, Counted) == [Counted(kind)]
    assert (turn.prompt.kind, choices(turn)) == ("safety", ["go_on"])
    assert talk.tap("go_on").prompt.question == "a"


def test_feeling_unwell_in_the_study_makes_an_urgent_request() -> None:
    turn = Talk(THREE).take(Alarmed("unwell"))
    assert of(turn, RequestMade) == [RequestMade("unwell")]
    assert said(turn) == ["unwell"]


@pytest.mark.parametrize("received", [Alarmed("emergency"), Alarmed("unwell"), Commanded("unwell")])
def test_after_an_alarm_an_ending_keeps_its_buttons(received: Any) -> None:
    talk = Talk(THREE).to_queue()
    turn = talk.take(received)
    assert not of(turn, Settled)
    assert talk.phase == "queued"
    assert talk.tap("change_time").prompt.kind == "contact_time"


@pytest.mark.parametrize("asked", [5, 6])
def test_after_five_unsure_answers_a_person_is_offered_once(asked: int) -> None:
    """X9."""
    many = flow(*(asks(f"q{n}", f"E{n}", YES_FAILS) for n in range(1, 9)))
    talk = Talk(many).to_questions()
    heard = [said(talk.tap(".skip" if n % 2 else "unsure")) for n in range(asked)]
    assert heard == [[], [], [], [], ["offer_human"], []][:asked]


# contact


def test_a_lead_gives_name_phone_and_time_and_is_queued() -> None:
    talk = Talk(THREE).to_contact("no", "unsure", "no")
    ended = [event for event in talk.events if isinstance(event, RunEnded)]
    assert [event.outcome for event in ended] == ["needs_review"]
    assert talk.phase == "contact_wish"
    turn = talk.tap("yes")
    assert of(turn, ConsentAnswered) == [ConsentAnswered("contact", True)]
    assert (turn.prompt.wants, turn.prompt.controls) == (Wants.NAME, (".skip", ".back"))
    turn = talk.take(Named("林女士"))
    assert of(turn, Settled)[0].answer == chosen("林女士")
    turn = talk.tap("phone")
    assert (turn.prompt.wants, turn.prompt.controls) == (Wants.PHONE, (".back",))
    turn = talk.take(GavePhone("+8613800138000"))
    assert choices(turn) == ["morning", "afternoon", "evening", "weekend", "any"]
    turn = talk.tap("evening")
    assert of(turn, LeadQueued) == [LeadQueued(Contact("林女士", "+8613800138000", "evening"))]
    assert talk.phase == "queued"
    assert (talk.conversation.name, talk.conversation.phone) == ("", "")


def test_on_telegram_the_phone_can_be_shared_by_its_button() -> None:
    talk = Talk(THREE, abroad=True).to_contact()
    turn = talk.tap("yes", ".skip", "phone")
    assert turn.prompt.controls == (".share", ".back")
    assert talk.take(GavePhone("+8613800138000", shared=True)).prompt.kind == "contact_time"


def test_choosing_the_chat_after_a_phone_forgets_the_phone() -> None:
    talk = Talk(THREE).to_contact()
    talk.tap("yes", ".skip", "phone")
    talk.take(GavePhone("+8613800138000"))
    talk.tap(".back", "chat")
    assert of(talk.tap("any"), LeadQueued) == [LeadQueued(Contact("", "", "any"))]


def test_back_walks_through_the_contact_questions() -> None:
    talk = Talk(THREE).to_contact()
    talk.tap("yes", ".skip", "chat")
    seen = []
    for _ in range(3):
        talk.command("back")
        seen.append(talk.phase)
    assert seen == ["contact_how", "contact_name", "contact_wish"]
    assert said(talk.command("back")) == ["first"]


def test_nobody_is_contacted_who_does_not_wish_it() -> None:
    talk = Talk(THREE).to_contact()
    turn = talk.tap("no")
    assert of(turn, RunEnded) == [RunEnded("not_interested")]
    assert talk.phase == "not_interested"


def test_a_name_or_a_phone_given_elsewhere_is_unclear() -> None:
    talk = Talk(THREE).to_questions()
    assert said(talk.take(Named("林"))) == ["unclear"]
    assert said(talk.take(GavePhone("+8613800138000"))) == ["unclear"]
    talk = Talk(THREE).to_contact()
    talk.tap("yes")
    talk.command("language")
    assert said(talk.take(Named("林"))) == ["unclear"]


def test_a_lead_can_change_the_phone() -> None:
    talk = Talk(THREE).to_queue()
    talk.tap("change_phone")
    turn = talk.take(GavePhone("+8613900139000"))
    assert of(turn, ContactChanged) == [ContactChanged(Contact(phone="+8613900139000"))]
    assert (said(turn), talk.phase, talk.conversation.phone) == (["contact_changed"], "queued", "")


@pytest.mark.parametrize("how", ["back", "stop"])
def test_a_lead_can_leave_the_change_of_phone_as_it_was(how: str) -> None:
    talk = Talk(THREE).to_queue()
    talk.tap("change_phone")
    talk.command(how)
    if how == "stop":
        talk.tap("stop")
    assert talk.phase == "queued"
    assert not [event for event in talk.events if isinstance(event, RunEnded | ContactChanged)]


def test_a_lead_who_begins_anew_does_not_stop_the_run_behind_the_lead() -> None:
    talk = Talk(THREE).to_queue()
    talk.tap("change_phone")
    talk.command("restart")
    assert not of(talk.tap("restart"), RunEnded)
    assert talk.phase == "for_self"


def test_a_lead_can_withdraw_the_contact_after_being_asked() -> None:
    talk = Talk(THREE).to_queue()
    turn = talk.command("stop")
    assert choices(turn) == ["withdraw", "keep"]
    talk.tap("keep")
    assert talk.phase == "queued"
    turn = talk.tap("withdraw")
    assert turn.prompt.kind == "withdraw"
    turn = talk.tap("withdraw")
    assert of(turn, ContactWithdrawn)
    assert talk.phase == "withdrawn"


def test_a_second_run_of_somebody_in_the_queue_is_added_to_the_lead() -> None:
    talk = Talk(THREE).to_questions()
    talk.has_open_lead = True
    turn = talk.tap("no", "no", "no", "finish")
    assert talk.phase == "queued"
    assert of(turn, EvidenceAdded)
    assert said(turn) == ["evidence_added"]
    assert [event.outcome for event in of(turn, RunEnded)] == ["likely_match"]


# the state


def test_the_prompt_that_stands_can_be_asked_for() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap("no")
    assert ENGINE.prompt(talk.context, talk.conversation) == turn.prompt


def test_only_what_differs_from_the_beginning_is_stored() -> None:
    assert Conversation("en", "ab12").to_dict() == {"language": "en", "salt": "ab12"}
    talk = Talk(THREE).to_questions()
    stored = talk.conversation.to_dict()
    assert set(stored) <= {
        "language",
        "salt",
        "phase",
        "study",
        "version",
        "prompt",
        "live",
        "consents",
        "noticed",
    }


def test_keys_of_another_version_are_left_aside() -> None:
    stored = {"language": "zh", "salt": "ab12", "phase": "asking", "from_the_future": 1}
    assert Conversation.from_dict(stored).phase == "asking"


MOVES = some.one_of(
    some.sampled_from(
        [
            Tapped(-1, choice)
            for choice in (
                "zh",
                "self",
                "yes",
                "agree",
                "no",
                "finish",
                "edit",
                ".back",
                ".skip",
                ".pick",
                ".tens:30",
                ".number:35",
                "stop",
                "go_on",
                "restart",
                "keep",
                "delete_all",
                "chat",
                "phone",
                "any",
                "withdraw",
                "confirm",
                "change",
            )
        ]
    ),
    some.sampled_from([Commanded(command) for command in COMMANDS if command != "start"]),
    some.sampled_from([Started(), Started("small-x"), Unclear(), SentOther(), SentOther(True), Reminded()]),
    some.sampled_from(
        [Answered(number(35)), Answered(number(17)), Picked("no"), Named("林"), GavePhone("+1")]
    ),
    some.sampled_from([Alarmed("emergency"), Alarmed("unwell")]),
    some.builds(Tapped, some.integers(0, 4), some.sampled_from(["yes", "agree", ".back"])),
)


@given(some.lists(MOVES, max_size=30), some.booleans())
def test_same_arguments_same_turn_whatever_came_before(moves: list[Any], abroad: bool) -> None:
    """And: never a health question, nor an answer, without every consent; always a prompt."""
    talk = Talk(AGE, abroad=abroad)
    for move in moves:
        received = Tapped(talk.conversation.prompt, move.choice) if getattr(move, "prompt", 0) == -1 else move
        before = copy.deepcopy(talk.conversation)
        context = replace(talk.context, answers=dict(talk.answers))
        turn = talk.take(received)
        again = ENGINE.step(context, before, received)
        assert again == turn
        assert json.dumps(turn.conversation.to_dict()) == json.dumps(again.conversation.to_dict())
        consents = {"consent_health", "consent_abroad"} if abroad else {"consent_health"}
        if turn.prompt.kind == "question" or of(turn, AnswerRecorded):
            assert consents <= set(talk.conversation.consents)
        if erased := of(turn, Erased):
            talk.answers.clear()
            if erased[0].scope != "run":
                talk.conversation = Conversation("zh", "ab12")
        if of(turn, RunEnded) and talk.phase in ENDINGS:
            assert turn.prompt.kind not in ("question", "checking")
        assert turn.events or isinstance(received, Reminded)


# what lies beneath


@pytest.mark.parametrize("command", ["language", "pause", "unwell"])
def test_an_aside_brings_back_what_waits_to_be_confirmed(command: str) -> None:
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(17)))
    talk.command(command)
    turn = talk.tap("en" if command == "language" else "go_on")
    assert (turn.prompt.kind, turn.prompt.previous) == ("minor", number(17))
    talk.tap("confirm")
    assert talk.phase == "under_age"


def test_a_contradiction_is_still_asked_about_after_a_change_of_language() -> None:
    """X1."""
    talk = Talk(TREATED).to_questions()
    talk.tap("none", "cream", ".done")
    talk.command("language")
    turn = talk.tap("en")
    assert turn.prompt.kind == "conflict"
    assert of(talk.tap("keep"), AnswerRecorded) == [AnswerRecorded("t", chosen("none", "cream"), False)]


def test_start_keeps_what_waits_to_be_confirmed() -> None:
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(17)))
    assert talk.take(Started()).prompt.kind == "minor"


def test_deleting_over_a_confirmation_leads_back_to_it() -> None:
    talk = Talk(AGE).to_questions()
    talk.take(Answered(number(17)))
    talk.command("delete")
    talk.command("delete")
    assert talk.tap("keep").prompt.kind == "minor"


def test_stop_then_pause_then_go_on_is_back_at_the_question() -> None:
    talk = Talk(THREE).to_questions()
    talk.command("stop")
    turn = talk.tap("pause", "go_on")
    assert turn.prompt.kind == "question"


# typed words beside ticks


def test_words_typed_beside_ticks_add_to_them() -> None:
    """A failing answer that was ticked is not lost by typing another one."""
    talk = Talk(TREATED).to_questions()
    talk.tap("cream")
    turn = talk.take(Picked("herbs"))
    assert not of(turn, AnswerRecorded)
    assert [choice.id for choice in turn.prompt.choices if choice.ticked] == ["cream", "herbs"]
    turn = talk.take(Answered(chosen("herbs")))
    assert not of(turn, AnswerRecorded)
    assert of(talk.tap(".done"), AnswerRecorded) == [AnswerRecorded("t", chosen("cream", "herbs"), False)]


def test_words_that_say_what_is_ticked_are_the_answer() -> None:
    talk = Talk(TREATED).to_questions()
    talk.tap("cream")
    assert of(talk.take(Picked("cream")), AnswerRecorded) == [AnswerRecorded("t", chosen("cream"), True)]


# keeping an answer


def test_an_answer_that_is_looked_at_again_can_be_kept() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.tap("no", ".back")
    assert ".keep" in turn.prompt.controls
    turn = talk.tap(".keep")
    assert not of(turn, AnswerRecorded)
    assert turn.prompt.question == THREE.questions[1].id
    turn = talk.tap("no", "no", "edit", THREE.questions[0].id)
    assert turn.prompt.position == (0, 0)
    assert talk.tap(".keep").prompt.kind == "checking"


# the language that was not guessed, the notice


def test_whoever_chooses_another_language_is_greeted_in_it() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    assert said(talk.tap("en")) == ["hello", "about"]
    talk = Talk(THREE)
    talk.take(Started())
    assert said(talk.tap("zh")) == ["about"]


def test_the_notice_is_shown_once_before_the_consent_and_anew_in_another_language() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    assert said(talk.tap("zh", "self", "yes")) == ["notice"]
    assert said(talk.command("help")) == ["help"]
    assert said(talk.command("privacy")) == ["notice"]
    talk.command("language")
    assert said(talk.tap("en")) == ["notice"]
    talk.command("language")
    assert said(talk.tap("en")) == []


# contact


def test_a_phone_typed_at_how_to_reach_you_is_by_phone() -> None:
    talk = Talk(THREE).to_contact()
    talk.tap("yes", ".skip")
    talk.take(GavePhone("+8613800138000"))
    assert (talk.phase, talk.conversation.phone) == ("contact_time", "+8613800138000")


def test_a_contact_shared_before_it_was_asked_for_is_refused_kindly() -> None:
    talk = Talk(AGE).to_questions()
    for _ in range(4):
        turn = talk.take(GavePhone("+8613800138000", shared=True))
        assert said(turn) == ["no_files"]
        assert turn.prompt.question == "age"
    assert talk.conversation.tries == {}


@pytest.mark.parametrize("way", ["stop", "close", "no"])
def test_a_name_given_for_a_contact_that_is_not_to_be_is_forgotten(way: str) -> None:
    talk = Talk(THREE).to_contact()
    talk.tap("yes")
    talk.take(Named("林女士"))
    assert talk.conversation.name
    if way == "stop":
        talk.command("stop")
        talk.tap("stop")
    elif way == "close":
        talk.recruiting = frozenset()
        talk.command("status")
    else:
        talk.tap(".back", ".back", "no")
    assert (talk.conversation.name, talk.conversation.shown) == ("", {})


# in the queue, elsewhere


def test_stop_at_an_ending_asks_whoever_is_in_the_queue_about_the_contact() -> None:
    talk = Talk(THREE).to_queue()
    talk.answers.clear()  # the second run's
    talk.tap("again", "restart", "self", "yes", "agree")
    talk.recruiting = frozenset()
    talk.tap("no")
    assert talk.phase == "not_recruiting"
    assert talk.command("stop").prompt.kind == "withdraw"
    assert talk.tap("withdraw").prompt.kind == "withdrawn"


def test_whoever_is_in_the_queue_finds_their_place_from_another_ending() -> None:
    talk = Talk(THREE).to_queue()
    turn = talk.tap("again", "restart", "self", "yes", "decline")
    assert (turn.prompt.kind, choices(turn)) == ("no_consent", ["queue"])
    assert talk.tap("queue").prompt.kind == "queued"


def test_a_minor_at_the_gate_who_is_in_the_queue_is_asked_once_more() -> None:
    """R-18: what they told before goes too, so a slip of the finger must not do it."""
    talk = Talk(THREE).to_queue()
    turn = talk.tap("again", "restart", "self", "no")
    assert turn.prompt.kind == "minor_gate"
    assert talk.tap("change").prompt.kind == "adult"
    turn = talk.tap("no", "confirm")
    assert (talk.phase, turn.events[-1]) == ("under_age", Erased("runs"))


def test_a_safety_message_offers_a_person() -> None:
    talk = Talk(THREE).to_questions()
    turn = talk.take(Alarmed("self_harm"))
    assert turn.prompt.controls == (".human",)
    turn = talk.tap(".human")
    assert of(turn, RequestMade) == [RequestMade("human")]
    assert turn.prompt.kind == "safety"


def test_stop_above_another_question_says_goodbye() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap("zh", "self")
    talk.command("language")
    turn = talk.command("stop")
    assert (turn.prompt.kind, talk.phase, talk.overlay) == ("left", "left", "")


def test_going_back_to_the_consent_in_another_language_shows_its_notice() -> None:
    talk = Talk(THREE, abroad=True)
    talk.take(Started())
    talk.tap("zh", "self", "yes", "agree")
    talk.command("language")
    talk.tap("en")
    assert said(talk.tap(".back")) == ["notice"]


def test_deleting_one_study_says_what_is_still_kept() -> None:
    talk = Talk(THREE, OTHER).to_questions()
    talk.has_other_studies = True
    talk.command("delete")
    turn = talk.tap("delete_study")
    assert (said(turn), turn.events[-1]) == (["deleted_study"], Erased("study"))


# who began, and what became of them before their consents


def counted(talk: Talk) -> list[tuple[str, str, str | None]]:
    return [(event.name, event.day, event.study) for event in talk.events if isinstance(event, Counted)]


DAY = "2026-06-15"


def test_beginning_again_before_the_consents_is_the_same_beginning() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap("zh", "self")
    talk.take(Started())
    talk.command("restart")
    assert counted(talk) == [("started", DAY, "small")]


def test_who_chooses_a_study_goes_on_under_it() -> None:
    talk = Talk(THREE, OTHER)
    talk.take(Started())
    talk.tap("zh", "other")
    assert counted(talk) == [("started", DAY, ""), ("moved", DAY, ""), ("started", DAY, "other")]
    talk.take(Started("small"))
    assert counted(talk)[3:] == [("left", DAY, "other"), ("started", DAY, "small")]


def test_a_walk_is_counted_under_the_day_on_which_it_becomes_a_run() -> None:
    talk = Talk(THREE)
    talk.take(Started())
    talk.tap("zh", "self", "yes")
    talk.today = date(2026, 6, 16)
    talk.tap("agree")
    moved = [("moved", DAY, "small"), ("started", "2026-06-16", "small")]
    assert counted(talk) == [("started", DAY, "small"), *moved]
    assert talk.conversation.began == ""


@pytest.mark.parametrize("way_out", ["delete", "stop", "start"])
def test_who_is_in_the_queue_and_leaves_a_new_walk_left_it(way_out: str) -> None:
    talk = Talk(THREE)
    talk.has_open_lead = True
    talk.take(Started())
    talk.tap("zh", "self")
    if way_out == "start":
        talk.take(Started())
    else:
        talk.command(way_out)
    if way_out == "delete":
        talk.tap("delete_all")
    assert counted(talk) == [("started", DAY, "small"), ("left", DAY, "small")]
