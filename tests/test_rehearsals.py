"""Every shipped rehearsal comes out as staff expect, and together they try every answer there is."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.core.answers import SKIP, to_value
from bot.core.flow import Flow
from bot.core.inputs import Unclear
from bot.core.screening import Screening
from bot.script.cases import Case, Id, Reply, read_cases
from bot.script.library import read_file, script_files
from bot.script.rehearsal import differences, walk
from bot.script.witness import witness

FLOWS = Path(__file__).parents[1] / "flows"
SCRIPTS = list(script_files(FLOWS))
FILES = [file for script in SCRIPTS for file in sorted((script.parent / "rehearsals").glob("*.yaml"))]
TODAY = date(2026, 6, 15)
NAMES = [script.parent.name for script in SCRIPTS]


def flow_of(script: Path) -> Flow:
    compiled = read_file(script)
    assert compiled.flow, compiled.report()
    return compiled.flow


class Trial:
    """A script with its rehearsals; each is walked once."""

    def __init__(self, script: Path) -> None:
        self.flow = flow_of(script)
        found = read_cases(sorted((script.parent / "rehearsals").glob("*.yaml")), self.flow)
        assert not found.problems, found.report()
        self.cases = found.cases
        self._results: dict[Id, Screening] = {}

    def result(self, case: Case) -> Screening:
        if case.id not in self._results:
            self._results[case.id] = walk(self.flow, case, TODAY)
        return self._results[case.id]


@pytest.fixture(scope="module")
def trials() -> dict[Path, Trial]:
    return {script.parent: Trial(script) for script in SCRIPTS}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}/{file.stem}")
def test_every_rehearsal_of_a_file_is_as_expected(file: Path, trials: dict[Path, Trial]) -> None:
    trial = trials[file.parents[1]]
    lines = file.read_text(encoding="utf-8").splitlines()
    mine = {line.split(":", 1)[1].strip() for line in lines if line.startswith("- id:")}
    found = [case for case in trial.cases if case.id in mine]
    assert len(found) == len(mine) > 0
    wrong = {case.id: differences(case, trial.result(case)) for case in found}
    assert {id: lines for id, lines in wrong.items() if lines} == {}


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_there_are_at_least_70_and_each_says_what_is_expected(
    script: Path, trials: dict[Path, Trial]
) -> None:
    found = trials[script.parent].cases
    assert len(found) >= 70
    assert len({case.id for case in found}) == len(found)
    assert {case.language for case in found} == {"zh", "en"}
    for case in found:
        assert {"verdict", "open", "fails", "flags", "come_back"} <= set(case.expect), case.id
        assert case.today, f"{case.id}: a rehearsal names its day, so that it stays as it is"


def said(case: Case) -> Iterator[tuple[str, Reply]]:
    yield from case.answers.items()
    yield from case.edits


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_every_answer_of_every_question_is_tried(script: Path, trials: dict[Path, Trial]) -> None:
    """Options, ends of ranges (of computed values too), and Skip: where the question was really asked."""
    trial = trials[script.parent]
    tried: set[tuple[str, Any]] = set()
    for case in trial.cases:
        asked = trial.result(case).to_dict()["asked"]
        for question, answer in said(case):
            if question in asked and not isinstance(answer, Unclear):
                value = to_value(answer)
                codes = value if isinstance(value, list) else [value]
                tried.update((question, str(code)) for code in codes)
        tried.update((question, SKIP) for question in asked if question not in case.answers)
    questions = trial.flow.questions
    offered = {(question.id, option.code) for question in questions for option in question.options}
    offered |= {(question.id, SKIP) for question in questions}
    for question in questions:
        for span in question.ranges:
            offered |= {(question.id, str(end)) for end in (span.low, span.high) if end is not None}
    for value in trial.flow.computed:
        for span in value.ranges:
            offered |= {(value.id, str(end)) for end in (span.low, span.high) if end is not None}
    ends = [end for value in trial.flow.computed for r in value.ranges for end in (r.low, r.high)]
    for case in trial.cases:
        for worked in trial.result(case).worked:
            tried |= {(worked.computed.id, str(end)) for end in ends if worked.low == end == worked.high}
    assert offered - tried == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_every_criterion_is_seen_in_every_state_it_can_have(script: Path, trials: dict[Path, Trial]) -> None:
    """What its answers can mean, some rehearsal shows."""
    trial = trials[script.parent]
    seen = {
        (id, state) for case in trial.cases for id, state in trial.result(case).to_dict()["criteria"].items()
    }
    means = {
        (id, meaning.state.value)
        for question in trial.flow.questions
        for answer in (*question.options, *question.ranges)
        for id, meaning in answer.means.items()
    }
    means |= {
        (id, meaning.state.value)
        for value in trial.flow.computed
        for part in value.ranges
        for id, meaning in part.means.items()
    }
    assert {(id, state) for id, state in means if state != "not_asked"} - seen == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_every_meaning_is_witnessed(script: Path, trials: dict[Path, Trial]) -> None:
    """There is no change of the script that the rehearsals would let pass."""
    compiled = read_file(script)
    assert compiled.script is not None
    found = witness(compiled.script, trials[script.parent].cases, TODAY)
    assert [problem.text() for problem in found.problems] == []
    assert found.tried > 10 * len(compiled.script.flow.questions)
    assert found.invisible < found.tried / 10
