"""All answers together: the next question, every criterion, the verdict, the rules X1 to X9."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.core.answers import Answer, from_value
from bot.core.flow import All, CrossFlag, Flow, Is, Kind, Stop
from bot.core.flow import Any as Either
from bot.core.screening import (
    EarlierFail,
    Flag,
    Screening,
    Verdict,
    earlier_fails,
    screen,
    unsure_in_a_row,
)
from bot.core.truth import Truth
from tests.core.small import THREE, YES_FAILS, asks, asks_age, asks_last, flow, if_yes

TODAY = date(2026, 6, 15)


def judged(
    flow: Flow, values: Mapping[str, Any], earlier: tuple[EarlierFail, ...] = (), today: date = TODAY
) -> Screening:
    return screen(flow, answered(values), today, earlier)


def answered(values: Mapping[str, Any]) -> dict[str, Answer]:
    return {question: from_value(value) for question, value in values.items()}


def states(result: Screening) -> dict[str, str]:
    return {id: found.state.value for id, found in result.findings.items()}


def asked(result: Screening) -> list[str]:
    return [question.id for question in result.asked]


# the verdict


@pytest.mark.parametrize(
    ("values", "verdict", "criteria"),
    [
        ({"a": "no", "b": "no", "c": "no"}, "likely_match", "meets meets meets"),
        ({"a": "no", "b": "unsure", "c": "no"}, "needs_review", "meets open meets"),
        ({"a": "skip", "b": "skip", "c": "skip"}, "needs_review", "open open open"),
        ({"a": "no", "b": "no", "c": "yes"}, "not_match", "meets meets fails"),
        ({"a": "unsure", "b": "yes"}, "not_match", "open fails not_asked"),
        ({"a": "yes", "b": "unsure", "c": "no"}, "not_match", "fails open meets"),
        ({}, "likely_match", "not_asked not_asked not_asked"),
    ],
)
def test_a_fail_decides_then_what_is_open(values: dict[str, Any], verdict: str, criteria: str) -> None:
    result = judged(THREE, values)
    assert result.verdict is Verdict(verdict)
    assert list(states(result).values()) == criteria.split()


def test_a_criterion_of_two_questions_takes_the_worse() -> None:
    two = flow(asks("a", "E1", YES_FAILS), asks("b", "E1", YES_FAILS), stop=Stop.ASK_ALL)
    for first, second, expected in [
        ("no", "no", "meets"),
        ("no", "unsure", "open"),
        ("unsure", "yes", "fails"),
        ("no", None, "not_asked"),
        ("unsure", None, "open"),
        ("yes", None, "fails"),
    ]:
        values = {"a": first} | ({"b": second} if second else {})
        assert states(judged(two, values)) == {"E1": expected}


def test_what_the_team_settles_is_never_counted_as_open() -> None:
    shared = flow(asks("a", "E1 I3", YES_FAILS), clinician="I3 E14")
    result = judged(shared, {"a": "no"})
    assert states(result) == {"E1": "meets", "I3": "clinician", "E14": "clinician"}
    assert result.open == ()
    assert result.verdict is Verdict.LIKELY_MATCH


def test_a_linked_criterion_is_only_shown() -> None:
    linked = flow(asks("pih", "E9", YES_FAILS, linked="I4"), asks("spots", "I4", YES_FAILS))
    assert states(judged(linked, {"pih": "no", "spots": "unsure"})) == {"E9": "meets", "I4": "open"}


def test_a_criterion_whose_questions_do_not_apply_does_not_apply() -> None:
    result = judged(PREGNANCY, {"pregnant": "na"})
    assert states(result) == {"E4": "na", "E5": "na"}
    assert result.verdict is Verdict.LIKELY_MATCH


# the next question

PREGNANCY = flow(
    asks("pregnant", "E4", {"yes": "fails temporary", "no": "meets", "na": "na"}),
    asks("nursing", "E5", YES_FAILS, ask_if=Is("pregnant", frozenset({"na", "skip"}), negated=True)),
)


def test_the_next_question_is_the_first_without_an_answer() -> None:
    for values, expected in [
        ({}, "a"),
        ({"a": "no"}, "b"),
        ({"b": "no"}, "a"),
        ({"a": "skip", "b": "no"}, "c"),
    ]:
        result = judged(THREE, values)
        assert result.next is not None
        assert result.next.id == expected
    assert judged(THREE, dict.fromkeys("abc", "no")).next is None


def test_an_answer_to_a_question_that_does_not_apply_is_not_looked_at() -> None:
    """X6: an edit made it inapplicable."""
    result = judged(PREGNANCY, {"pregnant": "na", "nursing": "yes"})
    assert asked(result) == ["pregnant"]
    assert result.verdict is Verdict.LIKELY_MATCH


def test_a_question_that_becomes_applicable_is_asked() -> None:
    """X7: before the result."""
    result = judged(PREGNANCY, {"pregnant": "no"})
    assert result.next is not None
    assert result.next.id == "nursing"
    assert states(result) == {"E4": "meets", "E5": "not_asked"}


def test_a_skipped_answer_can_be_a_condition() -> None:
    assert judged(PREGNANCY, {"pregnant": "skip"}).next is None


CHAIN = flow(
    asks("a", "E1", {"yes": "next", "no": "meets"}),
    asks("b", "E1", {"yes": "next", "no": "meets"}, ask_if=if_yes("a")),
    asks("c", "E1", {"yes": "fails", "no": "meets"}, ask_if=if_yes("b")),
    asks("d", "E2", YES_FAILS),
)


@pytest.mark.parametrize(
    ("values", "following", "of_about", "state"),
    [
        ({}, "a", 2, "not_asked"),
        ({"a": "no"}, "d", 2, "meets"),
        ({"a": "yes"}, "b", 3, "not_asked"),
        ({"a": "yes", "b": "yes"}, "c", 4, "not_asked"),
        ({"a": "yes", "b": "no"}, "d", 3, "meets"),
        ({"a": "yes", "b": "yes", "c": "no"}, "d", 4, "meets"),
    ],
)
def test_a_follow_up_waits_for_its_question(
    values: dict[str, Any], following: str, of_about: int, state: str
) -> None:
    result = judged(CHAIN, values)
    assert result.next is not None
    assert result.next.id == following
    assert result.position_of(result.next) == (len(values) + 1, of_about)
    assert states(result)["E1"] == state


def test_a_condition_of_several_answers_waits_for_those_that_matter() -> None:
    both = All((if_yes("a"), Either((if_yes("b"), if_yes("c")))))
    branching = flow(*THREE.questions, asks("d", "E4", YES_FAILS, ask_if=both), stop=Stop.ASK_ALL)
    assert both.questions() == {"a", "b", "c"}
    for values, on_path in [
        ({"a": "no"}, False),
        ({"a": "yes", "b": "no", "c": "no"}, False),
        ({"a": "yes", "b": "yes"}, True),
        ({"a": "yes", "b": "no", "c": "yes"}, True),
    ]:
        result = judged(branching, {**values, "d": "no"})
        assert ("d" in asked(result)) is on_path, values
    assert states(judged(branching, {"a": "yes"}))["E4"] == "not_asked"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [({}, Truth.UNKNOWN), ({"a": {"yes"}}, Truth.YES), ({"a": {"no"}}, Truth.NO), ({"a": set()}, Truth.NO)],
)
def test_a_condition_on_an_unanswered_question_is_unknown(codes: Any, expected: Truth) -> None:
    said = {question: frozenset(found) for question, found in codes.items()}
    assert if_yes("a").holds(said) is expected
    negated = Is("a", frozenset({"yes"}), negated=True).holds(said)
    assert (negated is Truth.UNKNOWN) is (expected is Truth.UNKNOWN)
    assert negated is not expected or expected is Truth.UNKNOWN


def test_question_7_of_about_28_counts_the_likely_follow_ups() -> None:
    """A follow-up that most answers lead to counts before anybody knows."""
    likely = Is("a", frozenset({"no", "unsure"}))
    counted = flow(
        asks("a", "E1", YES_FAILS),
        asks("b", "E2", YES_FAILS, ask_if=likely),
        asks("c", "E3", YES_FAILS, ask_if=if_yes("a")),
        asks("d", "E4", YES_FAILS, ask_if=All((likely, if_yes("a")))),
        stop=Stop.ASK_ALL,
    )
    result = judged(counted, {})
    assert result.position_of(counted.questions[0]) == (1, 2)
    done = judged(counted, {"a": "no", "b": "no"})
    assert done.position_of(counted.questions[0]) == (1, 2)
    assert done.position_of(counted.questions[1]) == (2, 2)
    assert done.remaining == 0


# when to stop

BLOCKS = (
    asks("a", "E1", YES_FAILS, block="first"),
    asks("b", "E2", YES_FAILS, block="first"),
    asks("c", "E3", YES_FAILS, block="second"),
)


@pytest.mark.parametrize(
    ("stop", "values", "following"),
    [
        (Stop.FIRST_FAIL, {"a": "yes"}, None),
        (Stop.END_OF_BLOCK, {"a": "yes"}, "b"),
        (Stop.END_OF_BLOCK, {"a": "yes", "b": "no"}, None),
        (Stop.END_OF_BLOCK, {"a": "no", "b": "no"}, "c"),
        (Stop.ASK_ALL, {"a": "yes"}, "b"),
        (Stop.ASK_ALL, {"a": "yes", "b": "yes"}, "c"),
        (Stop.FIRST_FAIL, {"a": "unsure"}, "b"),
    ],
)
def test_the_script_says_when_a_fail_ends_the_questions(
    stop: Stop, values: dict[str, Any], following: str | None
) -> None:
    result = judged(flow(*BLOCKS, stop=stop), values)
    assert (result.next.id if result.next else None) == following
    assert (result.remaining > 0) is (following is not None)


def test_after_a_stop_the_rest_is_not_asked_but_what_was_said_counts() -> None:
    result = judged(flow(*BLOCKS), {"a": "yes", "c": "unsure"})
    assert states(result) == {"E1": "fails", "E2": "not_asked", "E3": "open"}
    assert asked(result) == ["a", "c"]


# fails with a date

TWO_DATES = flow(
    asks_last("first", "E5"),
    asks_last("second", "E6", months=24),
    asks("scar", "E7", YES_FAILS),
    asks("ill", "E8", {"yes": "fails temporary", "no": "meets"}),
    stop=Stop.ASK_ALL,
)


@pytest.mark.parametrize(
    ("values", "fails", "come_back"),
    [
        ({"first": "2026-01-10"}, {"E5": "2027-01-10"}, "2027-01-10"),
        (
            {"first": "2026-01-10", "second": "2025-03-01"},
            {"E5": "2027-01-10", "E6": "2027-03-01"},
            "2027-03-01",
        ),
        ({"first": "2026-01-10", "scar": "yes"}, {"E5": "2027-01-10", "E7": "permanent"}, None),
        ({"first": "2026-01-10", "ill": "yes"}, {"E5": "2027-01-10", "E8": "temporary"}, None),
        ({"first": "current"}, {"E5": "temporary"}, None),
        ({"ill": "yes"}, {"E8": "temporary"}, None),
        ({"first": "2020-01-10"}, {}, None),
    ],
)
def test_a_come_back_date_exists_only_if_every_fail_has_one_and_is_the_latest(
    values: dict[str, Any], fails: dict[str, str], come_back: str | None
) -> None:
    result = judged(TWO_DATES, values)
    assert {id: fail.value for id, fail in result.fails.items()} == fails
    assert result.come_back == (date.fromisoformat(come_back) if come_back else None)
    assert result.to_dict()["come_back"] == come_back


def test_it_is_kept_as_codes_without_answers() -> None:
    result = judged(flow(asks_age(), asks("a", "E1", YES_FAILS), clinician="I3"), {"age": 60, "a": "yes"})
    assert result.to_dict() == {
        "verdict": "not_match",
        "criteria": {"I1": "meets", "E1": "fails", "I3": "clinician"},
        "fails": {"E1": "permanent"},
        "flags": ["near_limit"],
        "asked": ["age", "a"],
        "come_back": None,
    }


# X1, X3, X9: contradictions and "not sure"


def test_never_treated_together_with_a_treatment_is_open() -> None:
    """X1: it wins over the worst part."""
    options = {"none": "meets", "cream": "fails"}
    treated = flow(asks("t", "E10", options, Kind.MULTI, exclusive=frozenset({"none"})))
    assert states(judged(treated, {"t": ["none", "cream"]})) == {"E10": "open"}
    assert states(judged(treated, {"t": ["cream"]})) == {"E10": "fails"}


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ("no no no", 0),
        ("skip no skip", 1),
        ("no unsure skip", 2),
        ("unsure skip unsure", 3),
        ("skip skip no", 0),
    ],
)
def test_it_counts_not_sure_in_a_row(said: str, row: int) -> None:
    """X9."""
    values = answered(dict(zip("abc", said.split(), strict=True)))
    assert unsure_in_a_row(screen(THREE, values, TODAY), values) == row


@given(some.lists(some.sampled_from(["no", "skip", "unsure"]), min_size=3, max_size=3))
def test_not_sure_and_skip_never_fail_anybody(said: list[str]) -> None:
    result = judged(THREE, dict(zip("abc", said, strict=True)))
    assert not result.fails
    assert result.verdict is (Verdict.LIKELY_MATCH if set(said) == {"no"} else Verdict.NEEDS_REVIEW)


# X4, X5: remarks that follow from several answers

SPOTS = flow(
    asks("melasma", "I2", {"yes": "meets", "self": "open", "no": "open"}),
    asks("spots", "I4", {"doctor": "open", "no": "meets"}),
    asks("cream", "E10", {"yes": "fails", "no": "meets"}),
    flags=(
        CrossFlag(
            "doctor_to_confirm",
            All((Is("melasma", frozenset({"yes"})), Is("spots", frozenset({"doctor"})))),
            "I2",
        ),
    ),
)


def test_two_diagnoses_are_flagged_for_the_doctor() -> None:
    """X5."""
    result = judged(SPOTS, {"melasma": "yes", "spots": "doctor", "cream": "no"})
    assert result.flags == (Flag("doctor_to_confirm", "I2"),)
    assert states(result)["I4"] == "open"
    assert states(result)["I2"] == "meets"
    assert judged(SPOTS, {"melasma": "self", "spots": "doctor", "cream": "no"}).flags == ()
    assert judged(SPOTS, {"melasma": "yes"}).flags == ()


def test_a_treatment_without_a_diagnosis_is_no_contradiction() -> None:
    """X4: E10 decides."""
    result = judged(SPOTS, {"melasma": "no", "spots": "no", "cream": "yes"})
    assert states(result) == {"I2": "open", "I4": "meets", "E10": "fails"}
    assert result.flags == ()


def test_an_age_near_the_limit_is_flagged() -> None:
    age = flow(asks_age())
    assert judged(age, {"age": 60}).flags == (Flag("near_limit", "I1"),)
    assert judged(age, {"age": 59}).flags == ()


# X8: a later run of the same person

PILLS = flow(
    asks("treated", "E10", YES_FAILS),
    asks("pills", "E5", {"yes": "next", "no": "meets"}),
    asks_last("last", "E5", ask_if=if_yes("pills")),
)
JANUARY = date(2026, 1, 15)


def test_it_remembers_which_answers_failed() -> None:
    said = answered({"treated": "no", "pills": "yes", "last": "2025-07-01"})
    assert earlier_fails(PILLS, said, JANUARY) == (
        EarlierFail("E5", "last", from_value("2025-07-01"), date(2026, 7, 1)),
    )
    assert earlier_fails(PILLS, answered({"treated": "yes"}), JANUARY) == (
        EarlierFail("E10", "treated", from_value("yes"), None),
    )
    assert earlier_fails(PILLS, answered({"treated": "no", "pills": "no"}), JANUARY) == ()


@pytest.mark.parametrize(
    ("before", "now", "today", "criteria", "flagged"),
    [
        # changed: open, and the coordinator is told
        ({"treated": "yes"}, {"treated": "no", "pills": "no"}, "2026-06-15", {"E10": "open"}, True),
        ({"treated": "yes"}, {"treated": "unsure", "pills": "no"}, "2026-06-15", {"E10": "open"}, True),
        # the same answer: it simply fails again
        ({"treated": "yes"}, {"treated": "yes"}, "2026-06-15", {"E10": "fails"}, False),
        # not answered yet: nothing to say
        ({"treated": "yes"}, {}, "2026-06-15", {"E10": "not_asked"}, False),
        # a date that only got older, its time not over: still fails
        (
            {"treated": "no", "pills": "yes", "last": "2025-07-01"},
            {"treated": "no", "pills": "yes", "last": "2025-07-01"},
            "2026-06-15",
            {"E5": "fails"},
            False,
        ),
        # time alone explains it
        (
            {"treated": "no", "pills": "yes", "last": "2025-07-01"},
            {"treated": "no", "pills": "yes", "last": "2025-07-01"},
            "2026-07-01",
            {"E5": "meets"},
            False,
        ),
        # another date, before the first one's time is over
        (
            {"treated": "no", "pills": "yes", "last": "2025-07-01"},
            {"treated": "no", "pills": "yes", "last": "2024-07-01"},
            "2026-06-30",
            {"E5": "open"},
            True,
        ),
        # another date, after it
        (
            {"treated": "no", "pills": "yes", "last": "2025-07-01"},
            {"treated": "no", "pills": "yes", "last": "2024-07-01"},
            "2026-07-01",
            {"E5": "meets"},
            False,
        ),
        # the question that failed is not asked any more, because another answer changed
        (
            {"treated": "no", "pills": "yes", "last": "current"},
            {"treated": "no", "pills": "no"},
            "2026-06-15",
            {"E5": "open"},
            True,
        ),
        # its question is still to come
        (
            {"treated": "no", "pills": "yes", "last": "current"},
            {"treated": "no", "pills": "yes"},
            "2026-06-15",
            {"E5": "not_asked"},
            False,
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_failing_answer_that_changed_is_open_and_flagged(
    before: dict[str, Any], now: dict[str, Any], today: str, criteria: dict[str, str], flagged: bool
) -> None:
    earlier = earlier_fails(PILLS, answered(before), JANUARY)
    assert earlier
    result = judged(PILLS, now, earlier, date.fromisoformat(today))
    assert {id: states(result)[id] for id in criteria} == criteria
    assert [flag.name for flag in result.flags] == (["changed_answer"] if flagged else [])


def test_an_earlier_fail_of_a_criterion_the_script_no_longer_has_says_nothing() -> None:
    gone = (EarlierFail("E99", "gone", from_value("yes"), None),)
    assert judged(THREE, dict.fromkeys("abc", "no"), gone).flags == ()


def test_the_same_flag_is_raised_once() -> None:
    earlier = earlier_fails(PILLS, answered({"treated": "yes"}), JANUARY) * 2
    assert len(judged(PILLS, {"treated": "no", "pills": "no"}, earlier).flags) == 1


def test_questions_and_criteria_are_found_by_their_id() -> None:
    assert list(THREE.question_by_id) == ["a", "b", "c"]
    assert list(THREE.criterion_by_id) == ["E1", "E2", "E3"]


# properties

values = some.fixed_dictionaries(
    {},
    optional={
        "a": some.sampled_from(["yes", "no", "skip"]),
        "b": some.sampled_from(["yes", "no"]),
        "c": some.sampled_from(["yes", "no"]),
        "d": some.sampled_from(["yes", "no", "unsure", "skip"]),
    },
)


@given(values, some.randoms(use_true_random=False), some.sampled_from(Stop))
def test_the_order_of_the_answers_does_not_matter(said: dict[str, Any], random: Any, stop: Stop) -> None:
    branching = flow(*CHAIN.questions, stop=stop)
    shuffled = list(said.items())
    random.shuffle(shuffled)
    assert judged(branching, dict(shuffled)) == judged(branching, said)


@given(values)
def test_answering_what_is_asked_always_comes_to_an_end(said: dict[str, Any]) -> None:
    given = dict(said)
    for _ in range(len(CHAIN.questions) + 1):
        result = judged(CHAIN, given)
        if result.next is None:
            break
        assert result.next.id not in given
        given[result.next.id] = "no"
    assert result.next is None
    assert all(found.state.value != "not_asked" for found in result.findings.values()) or result.fails
