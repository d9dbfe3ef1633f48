"""The same answers under another version: verdict, criteria, and what would have to be asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.core.answers import Answer, Skipped, chosen, number
from bot.core.criteria import Lasting, State
from bot.core.flow import Flow, Meaning, Option, Range, Stop
from bot.core.replay import Past, replay
from bot.core.screening import Verdict
from bot.script.compile import compile_script
from tests.service.stage import SMALL

DAY = date(2026, 6, 15)
CLEAN: Mapping[str, Answer] = {
    "age": number(35),
    "treated": chosen("none"),
    "pregnant": chosen("no"),
    "hormones": chosen("no"),
}


def small() -> Flow:
    flow = compile_script(SMALL.read_text(encoding="utf-8"), "flow.yaml").flow
    assert flow is not None
    return flow


FLOW = small()
FAILS = Meaning(State.FAILS, Lasting.PERMANENT)


def with_question(id: str, **more: Any) -> Flow:
    return replace(FLOW, questions=tuple(replace(q, **more) if q.id == id else q for q in FLOW.questions))


def aged(limit: int) -> Flow:
    """The script with another upper age limit."""
    ranges = (Range(None, 17, {"I1": FAILS}, erases=True), Range(18, limit, {"I1": Meaning(State.MEETS)}), Range(limit + 1, None, {"I1": FAILS}))  # fmt: skip
    return with_question("age", ranges=ranges)


def test_under_the_same_version_nothing_differs() -> None:
    found = replay(Past(FLOW, CLEAN, DAY), FLOW)
    assert (found.before, found.after) == (Verdict.LIKELY_MATCH, Verdict.LIKELY_MATCH)
    assert (found.criteria, found.asks, found.differs) == ({}, (), False)


def test_a_limit_that_moved_changes_the_verdict_of_whom_it_passed() -> None:
    found = replay(Past(FLOW, CLEAN, DAY), aged(30))
    assert (found.before, found.after) == (Verdict.LIKELY_MATCH, Verdict.NOT_MATCH)
    assert found.criteria == {"I1": (State.MEETS, State.FAILS)}
    assert found.differs


def test_a_criterion_that_fares_otherwise_differs_also_where_the_verdict_stays() -> None:
    unsure = {**CLEAN, "treated": chosen("unsure")}
    open_ = {"E10": Meaning(State.OPEN), "I1": Meaning(State.MEETS)}
    options = tuple(replace(option, means=open_) for option in FLOW.question_by_id["treated"].options)
    found = replay(Past(FLOW, unsure, DAY), with_question("treated", options=options))
    assert (found.before, found.after) == (Verdict.NEEDS_REVIEW, Verdict.NEEDS_REVIEW)
    assert found.criteria == {"I1": (State.OPEN, State.MEETS)}
    assert found.differs


def test_whoever_no_longer_fails_is_asked_what_was_never_reached() -> None:
    """The first fail had ended the questions."""
    found = replay(Past(FLOW, {"age": number(62)}, DAY), aged(65))
    assert (found.before, found.after) == (Verdict.NOT_MATCH, None)
    assert found.asks == ("treated", "pregnant", "hormones")
    assert found.criteria == {"I1": (State.FAILS, State.NOT_ASKED)}


def test_an_answer_to_other_words_does_not_count() -> None:
    ask = {"zh": "您怀孕过吗？", "en": "Have you ever been pregnant?"}
    found = replay(Past(FLOW, CLEAN, DAY), with_question("pregnant", ask=ask))
    assert (found.before, found.after) == (Verdict.LIKELY_MATCH, None)
    assert found.asks == ("pregnant",)
    assert found.criteria["E4"] == (State.MEETS, State.NOT_ASKED)


def test_a_number_in_another_unit_is_no_answer() -> None:
    years = with_question("age", unit={"zh": "岁", "en": "years"})
    months = with_question("age", unit={"zh": "个月", "en": "months"})
    assert replay(Past(years, CLEAN, DAY), years).after is Verdict.LIKELY_MATCH
    assert replay(Past(years, CLEAN, DAY), months).asks == ("age",)


def test_labels_that_were_swapped_are_no_answers() -> None:
    """Else everybody's yes would turn into a no."""
    yes, no, na = FLOW.question_by_id["pregnant"].options
    swapped = (Option("yes", no.label, no.means), Option("no", yes.label, yes.means), na)
    found = replay(Past(FLOW, CLEAN, DAY), with_question("pregnant", options=swapped))
    assert found.after is None
    assert "pregnant" in found.asks


def test_who_fails_anyway_is_judged_though_more_would_be_asked() -> None:
    every = replace(FLOW, stop=Stop.ASK_ALL)
    found = replay(Past(FLOW, {"age": number(62)}, DAY), every)
    assert (found.before, found.after) == (Verdict.NOT_MATCH, Verdict.NOT_MATCH)
    assert found.asks == ("treated", "pregnant", "hormones")


def test_a_criterion_that_comes_or_goes_is_told() -> None:
    fewer = replace(
        FLOW,
        criteria=tuple(criterion for criterion in FLOW.criteria if criterion.id != "I2"),
    )
    assert replay(Past(FLOW, CLEAN, DAY), fewer).criteria == {"I2": (State.CLINICIAN, None)}
    assert replay(Past(fewer, CLEAN, DAY), FLOW).criteria == {"I2": (None, State.CLINICIAN)}


@pytest.mark.parametrize(
    ("new", "before", "after"),
    [
        (FLOW, Verdict.NEEDS_REVIEW, Verdict.NEEDS_REVIEW),
        # What failed then does not fail any more, so there is nothing to have been changed.
        (aged(70), Verdict.NEEDS_REVIEW, Verdict.LIKELY_MATCH),
    ],
    ids=["same", "new limit"],
)
def test_an_earlier_run_counts_as_far_as_it_fails_under_that_version(
    new: Flow, before: Verdict, after: Verdict
) -> None:
    """X8: another age was given before."""
    earlier = Past(FLOW, {"age": number(62)}, date(2026, 6, 1))
    found = replay(Past(FLOW, CLEAN, DAY), new, [earlier])
    assert (found.before, found.after) == (before, after)


def test_what_was_skipped_stays_skipped() -> None:
    found = replay(Past(FLOW, {**CLEAN, "hormones": Skipped()}, DAY), FLOW)
    assert (found.before, found.after, found.asks) == (Verdict.NEEDS_REVIEW, Verdict.NEEDS_REVIEW, ())
