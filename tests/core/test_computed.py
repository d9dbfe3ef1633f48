"""Values worked out from answers: exact, as intervals, before the questions stop."""

from decimal import Decimal
from fractions import Fraction

import pytest

from bot.core.answers import Answer, Number, Skipped, amount, chosen, from_value, number, to_value
from bot.core.computed import FORMULAS, work_out
from bot.core.criteria import State
from bot.core.flow import Computed, Flow, Is, Kind, Question, Range, Stop
from bot.core.meaning import is_valid
from bot.core.screening import earlier_fails, screen
from tests.core.small import TODAY, asks, flow, means, words

CM, KG = {"zh": "厘米", "en": "cm"}, {"zh": "公斤", "en": "kg"}


def measured(id: str, unit: dict[str, str], low: int, high: int, **more) -> Question:
    return asks(
        id,
        "I4",
        kind=Kind.NUMBER,
        valid=(low, high),
        unit=unit,
        decimals=1,
        worked_out=frozenset({"I4"}),
        **more,
    )


def spans(*parts: tuple[str | None, str | None, str]) -> tuple[Range, ...]:
    def end(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return tuple(Range(end(low), end(high), means(("I4",), text)) for low, high, text in parts)


BMI = Computed(
    "bmi",
    words("BMI"),
    "bmi",
    {"height": "height", "weight": "weight"},
    ("I4",),
    spans((None, "18.4", "fails temporary"), ("18.5", "30.0", "meets"), ("30.1", None, "fails temporary")),
)
HEIGHT, WEIGHT = measured("height", CM, 100, 250), measured("weight", KG, 30, 300)
SURE = asks("sure", "E1", {"yes": "fails", "no": "meets"})


def body(*questions: Question, stop: Stop = Stop.FIRST_FAIL, bmi: Computed = BMI) -> Flow:
    plain = flow(*(questions or (HEIGHT, WEIGHT, SURE)), stop=stop)
    return Flow(**{**plain.__dict__, "computed": (bmi,)})


def said(**answers: object) -> dict[str, Answer]:
    return {id: from_value(value) for id, value in answers.items()}


@pytest.mark.parametrize(
    ("height", "weight", "state"),
    [
        (168, 65.5, "meets"),
        (100, 18, "fails"),  # exactly 18
        (200, 74, "meets"),  # exactly 18.5
        (200, 73.6, "fails"),  # exactly 18.4
        (200, 73.8, "open"),  # exactly 18.45, between the two
        (200, 120, "meets"),  # exactly 30
        (200, 120.4, "fails"),  # exactly 30.1
        (200, 120.2, "open"),  # 30.05
        (170, {"min": 60, "max": 65}, "meets"),
        (170, {"min": 50, "max": 55}, "open"),
        (170, {"min": 50, "max": 90}, "open"),  # too little to too much
        ({"min": 168, "max": 169}, 65.5, "meets"),
        ({"min": 160, "max": 190}, 50, "open"),
        ({"min": 190, "max": 200}, 50, "fails"),
        ("skip", 65, "open"),
        (168, "skip", "open"),
        ("skip", "skip", "open"),
    ],
)
def test_a_value_is_compared_exactly_and_one_that_straddles_is_open(
    height: object, weight: object, state: str
) -> None:
    result = screen(body(), said(height=height, weight=weight, sure="no"), TODAY)
    assert result.findings["I4"].state is State(state)
    assert result.to_dict()["asked"] == ["height", "weight", "sure"]  # questions only


def test_the_value_is_known_to_the_last_digit() -> None:
    (worked,) = screen(body(), said(height=168, weight=65.5), TODAY).worked
    assert worked.low == worked.high == Fraction(655_000, 168**2)
    assert work_out(BMI, said(height=168)) is None
    assert work_out(BMI, said(height=168, weight="skip")) is None
    assert work_out(BMI, {"height": number(168), "weight": chosen("heavy")}) is None


def test_while_an_answer_is_missing_the_criterion_is_not_asked() -> None:
    result = screen(body(), said(height=168), TODAY)
    assert result.findings["I4"].state is State.NOT_ASKED
    assert (result.worked, result.next) == ((), WEIGHT)


def test_a_fail_by_the_value_stops_like_any_other() -> None:
    answers = said(height=168, weight=45)
    result = screen(body(), answers, TODAY)
    assert (result.next, result.verdict.value, result.fails["I4"].value) == (None, "not_match", "temporary")
    assert screen(body(stop=Stop.ASK_ALL), answers, TODAY).next == SURE


def test_the_block_of_a_failed_value_is_finished() -> None:
    def block(name: str, question: Question) -> Question:
        return Question(**{slot: getattr(question, slot) for slot in Question.__slots__} | {"block": name})

    answers = said(height=168, weight=45)
    rest = block("body", SURE), asks("other", "E2", {"yes": "fails"})
    flow_ = body(block("body", HEIGHT), block("body", WEIGHT), *rest, stop=Stop.END_OF_BLOCK)
    assert screen(flow_, answers, TODAY).next == rest[0]
    assert screen(flow_, answers | said(sure="no"), TODAY).next is None


def test_part_of_the_answers_is_not_enough_and_none_of_them_does_not_apply() -> None:
    knows = asks("knows", "E1", {"yes": "meets", "no": "meets"})
    if_known = Is("knows", frozenset({"yes"}))
    one = body(knows, HEIGHT, measured("weight", KG, 30, 300, ask_if=if_known))
    assert screen(one, said(knows="no", height=168), TODAY).findings["I4"].state is State.OPEN
    both = body(
        knows, *(measured(id, unit, 1, 300, ask_if=if_known) for id, unit in (("height", CM), ("weight", KG)))
    )
    assert screen(both, said(knows="no"), TODAY).findings["I4"].state is State.NA
    assert screen(both, {}, TODAY).findings["I4"].state is State.NOT_ASKED


def test_a_range_of_the_value_may_carry_a_flag() -> None:
    edge = Range(Decimal("29.5"), Decimal("30.0"), means(("I4",), "meets"), flag="near_limit")
    ranges = (*spans((None, "29.4", "meets")), edge, *spans(("30.1", None, "fails")))
    near = body(bmi=Computed(**{s: getattr(BMI, s) for s in Computed.__slots__} | {"ranges": ranges}))
    assert [flag.name for flag in screen(near, said(height=200, weight=119), TODAY).flags] == ["near_limit"]
    assert screen(near, said(height=200, weight=100), TODAY).flags == ()


def test_another_answer_to_what_failed_by_the_value_is_noticed() -> None:
    earlier = earlier_fails(body(), said(height=168, weight=45), TODAY)
    assert [(fail.criterion, fail.question) for fail in earlier] == [("I4", "height"), ("I4", "weight")]
    again = screen(body(), said(height=168, weight=55), TODAY, earlier)
    assert again.findings["I4"].state is State.OPEN
    assert again.to_dict()["flags"] == ["changed_answer"]


def test_every_formula_names_the_unit_of_every_term() -> None:
    for formula in FORMULAS.values():
        low, high = formula.work_out({term: (Fraction(1), Fraction(2)) for term in formula.units})
        assert 0 < low < high


# numbers with decimals


@pytest.mark.parametrize(
    ("value", "answer"),
    [(65.5, number(Decimal("65.5"))), ({"min": 65.5, "max": 66}, Number(Decimal("65.5"), 66))],
)
def test_a_number_with_decimals_has_one_stored_form(value: object, answer: Answer) -> None:
    assert to_value(answer) == value
    assert from_value(value) == answer


@pytest.mark.parametrize(
    ("written", "exact"), [("65.50", Decimal("65.5")), ("65.0", 65), ("65", 65), (0.1, Decimal("0.1"))]
)
def test_a_number_is_as_exact_as_it_was_written(written: str, exact: object) -> None:
    assert (amount(written), type(amount(written))) == (exact, type(exact))


@pytest.mark.parametrize(
    ("value", "valid"),
    [(168, True), (168.5, True), (168.55, False), (99.9, False), (250.1, False), (250, True), ("skip", True)],
)
def test_a_number_has_no_more_decimals_than_its_question(value: object, valid: bool) -> None:
    assert is_valid(HEIGHT, from_value(value), TODAY) is valid


def test_a_whole_number_has_none() -> None:
    whole = asks("steps", "E1", kind=Kind.NUMBER, valid=(0, 9))
    assert is_valid(whole, from_value(3), TODAY)
    assert not is_valid(whole, from_value(3.5), TODAY)
    assert is_valid(whole, Skipped(), TODAY)
