"""Numbers with a unit, values worked out from them, and windows that are no months."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from measured import MISTAKES, OF_THE_TEAM, measured
from script_mistakes import Mistake

from bot.core.criteria import Lasting
from bot.core.flow import Window
from bot.script.cases import read_cases
from bot.script.compile import Compiled, compile_script
from bot.script.rehearsal import differences, walk


def compiled_with(small: str, old: str, new: str) -> Compiled:
    source = measured(small)
    assert old in source
    return compile_script(source.replace(old, new, 1), "measured.yaml")


def test_the_script_with_a_computed_value_is_right(small: str) -> None:
    compiled = compile_script(measured(small), "measured.yaml")
    assert compiled.report() == ""
    assert compiled.flow
    (bmi,) = compiled.flow.computed
    height = compiled.flow.question_by_id["height"]
    assert (bmi.formula, bmi.takes, bmi.criteria) == (
        "bmi",
        {"height": "height", "weight": "weight"},
        ("I3",),
    )
    assert [(r.low, r.high) for r in bmi.ranges][1] == (Decimal("18.5"), 30)
    assert (height.unit, height.decimals, height.valid) == ({"zh": "厘米", "en": "cm"}, 1, (100, 250))
    assert (height.worked_out, height.decided, height.ranges) == (frozenset({"I3"}), (), ())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.message}-{MISTAKES.index(m)}")
def test_it_says_what_is_wrong(mistake: Mistake, small: str) -> None:
    compiled = compiled_with(small, mistake.old, mistake.new)
    [problem, *_] = [found for found in compiled.problems if found.message == mistake.message]
    texts = [re.sub(r"(line|第) \d+", r"\1 LINE", problem.text(language)) for language in ("zh", "en")]
    assert texts == [mistake.zh, mistake.en]
    line = compiled.source.split("\n")[problem.line - 1]
    assert line[problem.column - 1 : problem.column - 1 + problem.length] == mistake.marked
    assert compiled.flow is None


def test_a_value_decides_no_criterion_of_the_team(small: str) -> None:
    problems = compiled_with(small, OF_THE_TEAM.old, OF_THE_TEAM.new).problems
    assert [problem.message for problem in problems] == ["criterion_of_team"] * 2 + ["value_of_team"]
    assert [problems[-1].text(language) for language in ("zh", "en")] == [OF_THE_TEAM.zh, OF_THE_TEAM.en]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("formula: bmi", "formula: {a: b}"),
        ("formula: bmi\n    from: {height: height, weight: weight}", "formula: bmj\n    from: [height]"),
        ("from: {height: height, weight: weight}", "from: {}"),
        ("from: {height: height, weight: weight}", "from: x"),
        ("valid: {from: 30, to: 300.0}", "valid: {from: 300, to: 30}"),
        ("  - id: bmi", "  - name: bmi"),
        ("computed:", "computed: []\nglossary:"),
    ],
)
def test_what_cannot_be_read_is_reported_and_never_a_traceback(old: str, new: str, small: str) -> None:
    compiled = compiled_with(small, old, new)
    assert compiled.flow is None
    assert compiled.problems


@pytest.mark.parametrize(
    ("written", "words", "window"),
    [
        ("{months: 3}", ("3个月", "3 months"), Window(3, Lasting.TEMPORARY)),
        ("{weeks: 8}", ("8周", "8 weeks"), Window(0, Lasting.TEMPORARY, days=56)),
        ("{weeks: 8}", ("56天", "56 days"), Window(0, Lasting.TEMPORARY, days=56)),
        ("{days: 30}", ("30天", "30 days"), Window(0, Lasting.TEMPORARY, days=30)),
    ],
)
def test_a_window_is_counted_in_months_weeks_or_days(
    written: str, words: tuple[str, str], window: Window, small: str
) -> None:
    compiled = compile_script(windowed(small, written, words), "small.yaml")
    assert compiled.flow, compiled.report()
    assert compiled.flow.question_by_id["hormones_last"].window == window


@pytest.mark.parametrize(
    ("written", "words", "limit"),
    [
        ("{weeks: 8}", ("2个月", "2 months"), "8"),
        ("{weeks: 8}", ("9周", "9 weeks"), "8"),
        ("{days: 30}", ("29天", "29 days"), "30"),
        ("{months: 2}", ("60天", "60 days"), "2"),
    ],
)
def test_a_window_and_its_criterion_give_the_same_time(
    written: str, words: tuple[str, str], limit: str, small: str
) -> None:
    compiled = compile_script(windowed(small, written, words), "small.yaml")
    [problem] = [found for found in compiled.problems if found.message == "limit_differs"]
    assert problem.values["limit"] == limit
    assert compiled.source.split("\n")[problem.line - 1].strip() == f"window: {written}"


def windowed(small: str, written: str, words: tuple[str, str]) -> str:
    """The small script with another window, and other words in the criterion it belongs to."""
    zh, en = words
    return (
        small.replace("{months: 12}", written)
        .replace("近12个月用过", f"近{zh}用过")
        .replace("in the past 12 months", f"in the past {en}")
    )


def test_a_rehearsal_answers_with_decimals_and_expects_questions_only(small: str, tmp_path: Path) -> None:
    flow = compile_script(measured(small), "measured.yaml").flow
    assert flow
    file = tmp_path / "body.yaml"
    body = "answers: {age: 30, treated: none, pregnant: 'no', hormones: 'no', height: 168, weight: %s}"
    file.write_text(
        f"- {{id: fits, {body % '65.5'}, expect: {{verdict: likely_match, asked: 6}}}}\n"
        f"- {{id: thin, {body % '45'}, expect: {{verdict: not_match, fails: {{I3: temporary}}}}}}\n"
        f"- {{id: between, {body % '{min: 50, max: 55.5}'}, expect: {{open: [I3]}}}}\n"
        f"- {{id: too-fine, {body % '65.55'}, expect: {{open: [I3]}}}}\n"
    )
    found = read_cases([file], flow)
    assert found.problems == ()
    day = date(2026, 6, 15)
    assert {case.id: differences(case, walk(flow, case, day)) for case in found.cases} == {
        "fits": [],
        "thin": [],
        "between": [],
        "too-fine": [],
    }


def test_a_wrong_answer_to_a_number_with_decimals_is_told_how_it_is_written(
    small: str, tmp_path: Path
) -> None:
    flow = compile_script(measured(small), "measured.yaml").flow
    assert flow
    file = tmp_path / "body.yaml"
    file.write_text("- {id: x, answers: {weight: heavy}}\n")
    (problem,) = read_cases([file], flow).problems
    assert problem.text() == (
        'question "weight" cannot be answered with "heavy"; write a number such as 65.5, or one of: skip'
    )
