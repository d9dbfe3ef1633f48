"""A tried conversation becomes a rehearsal that comes out as the conversation did."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from measured import measured
from walks import SMALL, TODAY, script_of

from bot.core.answers import Skipped, chosen, number
from bot.core.flow import Flow
from bot.core.run import RecordedAnswer
from bot.script.compile import compile_script
from bot.script.library import read_file
from bot.script.recorded import new_id, recorded
from bot.script.rehearsal import differences, walk

FLOW = script_of(read_file(SMALL)).flow


def record(*lines: tuple[str, Any]) -> list[RecordedAnswer]:
    at = datetime(2026, 6, 15, 9, tzinfo=UTC)
    return [RecordedAnswer(question, value, False, "en", at) for question, value in lines]


def comes_out(lines: Iterable[RecordedAnswer], flow: Flow = FLOW) -> Any:
    case = recorded(flow, [*lines], "tried-1", TODAY)
    assert differences(case, walk(flow, case, TODAY)) == []
    return case


def test_a_height_and_a_weight_with_the_criterion_their_bmi_decides(small: str) -> None:
    flow = script_of(compile_script(measured(small), "measured.yaml")).flow
    answers = (("age", 30), ("treated", "none"), ("pregnant", "no"), ("hormones", "no"), ("height", 168))
    case = comes_out(record(*answers, ("weight", 65.5), ("weight", 45)), flow)
    assert case.answers["weight"] == number(Decimal("65.5"))
    assert case.edits == (("weight", number(45)),)
    assert (case.expect["criteria"], case.expect["fails"]) == ({"I3": "fails"}, {"I3": "temporary"})


def test_answers_and_edits_in_the_order_they_were_given() -> None:
    case = comes_out(
        record(("age", 61), ("age", 60), ("treated", "none"), ("pregnant", "no"), ("hormones", "skip"))
    )
    assert (case.id, case.language, case.today) == ("tried-1", "en", TODAY)
    assert case.answers == {
        "age": number(61),
        "treated": chosen("none"),
        "pregnant": chosen("no"),
        "hormones": Skipped(),
    }
    assert case.edits == (("age", number(60)),)
    assert case.expect == {
        "verdict": "needs_review",
        "criteria": {"E5": "open"},
        "open": ["E5"],
        "fails": {},
        "flags": ["near_limit"],
        "come_back": None,
        "asked": 4,
    }


def test_a_question_that_went_away_and_came_back() -> None:
    case = comes_out(
        record(
            ("age", 30),
            ("treated", "none"),
            ("pregnant", "no"),
            ("hormones", "no"),
            ("pregnant", "na"),
            ("hormones", None),
            ("pregnant", "no"),
            ("hormones", "unsure"),
        )
    )
    assert [id for id, _ in case.edits] == ["pregnant", "pregnant", "hormones"]
    assert case.expect["open"] == ["E5"]


def test_edits_that_would_lead_elsewhere_leave_the_answers_that_count() -> None:
    """Back at once, before anything else was asked: an edit at the end comes after all the questions."""
    case = comes_out(record(("age", 30), ("age", 61)))
    assert (case.answers, case.edits) == ({"age": number(61)}, ())
    assert case.expect["asked"] == 1


def test_nobody_answered() -> None:
    assert comes_out([]).answers == {}


def test_a_name_that_is_not_taken(tmp_path: Path) -> None:
    assert new_id([]) == "tried-1"
    assert new_id(["- id: tried-1\n", '- {id: "tried-2", x: y}\n  note: tried-3']) == "tried-3"
