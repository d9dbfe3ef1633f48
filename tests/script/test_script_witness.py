"""What no rehearsal would notice is told, and the cases that are proposed would notice it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from measured import measured
from walks import SAMPLE, SHIPPED, SMALL, TODAY, asks, script_of, with_questions

from bot.core.answers import Answer, Chosen, Number, Period, Skipped, chosen, number
from bot.core.flow import Stop
from bot.core.inputs import Unclear
from bot.script import witness as witness_module
from bot.script.cases import Case, read_cases
from bot.script.changes import changes
from bot.script.compile import compile_script
from bot.script.library import read_file
from bot.script.rehearsal import result, walk
from bot.script.script import Script
from bot.script.walk.classes import codes_read, raw_answers
from bot.script.witness import Witness, witness
from bot.script.written import expectation, written
from tests.core.small import asks as core_asks
from tests.core.small import asks_age
from tests.core.small import flow as core_flow


@pytest.fixture(scope="module")
def small() -> Script:
    return script_of(read_file(SMALL))


@pytest.fixture(scope="module")
def bare(small: Script) -> Witness:
    """The small script without a single rehearsal."""
    return witness(small, (), TODAY)


def told(found: Witness, language: str = "en") -> list[str]:
    return [problem.text(language).split(";")[0].split("；")[0] for problem in found.problems]


def case(script: Script, id: str, answers: dict[str, Answer], **more: object) -> Case:
    """A case that expects what comes out."""
    found = Case(id, "en", answers, today=TODAY, **more)
    criteria = [criterion.id for criterion in script.flow.criteria]
    return replace(found, expect=expectation(result(script.flow, found, TODAY), criteria))


BEST: dict[str, Answer] = {
    "age": number(36),
    "treated": chosen("none"),
    "pregnant": chosen("no"),
    "hormones": chosen("no"),
}


def test_without_rehearsals_nothing_has_been_said(bare: Witness, small: Script) -> None:
    assert bare.tried == len(list(changes(small.flow)))
    assert len(bare.unwitnessed) == bare.tried - bare.invisible
    assert {
        "nobody has said Age: what should happen at exactly 60: it could belong to the range above",
        "nobody has said Age: what should happen at exactly 61: it could belong to the range below",
        "nobody has said Age: what should happen at 121: it could be valid",
        "nobody has said Age: what should happen at 1: it could not be valid",
        "nobody has said Age: what 18–59 means: meets → open for I1",
        "nobody has said Age: what ≥61 means: it fails I1 for good, which could be for now",
        "nobody has said Age: whether ≤17 erases everything",
        "nobody has said Age: whether near_limit goes with 60",
        'nobody has said Treatment: what happens when "Never" is picked with another answer: it could not be exclusive',
        'nobody has said Pregnancy: what "Does not apply" means: na → fails for E4',
        'nobody has said Pills: what "Yes" means: next → open for E5',
        "nobody has said Pills: when it is not asked: ask_if could be dropped",
        "nobody has said Last use: when it is asked: and and or could be exchanged",
        "nobody has said Last use: when it is asked: the condition on hormones could be reversed",
        "nobody has said Last use: how many months are needed: 12 could be 13",
        "nobody has said Last use: what should happen at exactly 12 months",
        "nobody has said Last use: what should happen at one day short of 12 months",
        "nobody has said flag doctor_to_confirm: when it is set: it could be dropped",
        "nobody has said flag doctor_to_confirm: when it is set: the part about treated could be dropped",
        "nobody has said when the questions stop: stop could be ask_all instead of first_fail",
    } <= set(told(bare))


def test_it_is_told_in_chinese_at_the_place_in_the_script(bare: Witness, small: Script) -> None:
    assert {
        "没有人说过“年龄”：正好 60 时怎么办：它也可以算在上一段里",
        "没有人说过“年龄”：回答 121 时怎么办：它也可以算有效（valid）",
        "没有人说过“最后一次用药”：正好满 12 个月的那一天怎么办",
        "没有人说过“怀孕”：“不适用”意味着什么：标准 E4，na → fails",
        "没有人说过什么时候停止提问：stop 也可以是 ask_all，而不是 first_fail",
    } <= set(told(bare, "zh"))
    lines = {problem.text("en"): problem.line for problem in bare.problems}
    [at_60] = [
        line for text, line in lines.items() if "exactly 60: it could belong to the range above" in text
    ]
    assert at_60 == small.line("questions", 0, "ranges", 2)
    [dropped] = [line for text, line in lines.items() if "Pills: when it is not asked" in text]
    assert dropped == small.line("questions", 3, "ask_if")


def test_the_proposed_cases_close_the_gap(bare: Witness, small: Script, tmp_path: Path) -> None:
    """Written to a file, read again, and judged to be right, they notice every change."""
    file = tmp_path / "witness.yaml"
    file.write_text("\n".join(written(case, bare.gaps_of(case)) for case in bare.cases), encoding="utf-8")
    found = read_cases([file], small.flow)
    assert found.report() == ""
    assert [written(case) for case in found.cases] == [written(case) for case in bare.cases]
    again = witness(small, found.cases, TODAY)
    assert (again.unwitnessed, again.cases) == ((), ())
    assert again.invisible == bare.invisible
    assert len(bare.cases) < len(bare.unwitnessed)


def test_what_is_said_is_not_asked_for_again(bare: Witness, small: Script) -> None:
    cases = [case(small, str(age), {**BEST, "age": number(age)}) for age in (17, 18, 59, 60, 61)]
    left = told(witness(small, cases, TODAY))
    assert not [line for line in left if "Age: what should happen at exactly" in line]
    assert [line for line in left if "Age: what should happen at 121" in line]


def test_a_rehearsal_that_is_not_as_expected_says_nothing(small: Script) -> None:
    wrong = replace(case(small, "wrong", BEST), expect={"verdict": "not_match"})
    found = witness(small, [wrong], TODAY)
    assert found.not_counted == ("wrong",)
    assert len(found.unwitnessed) == found.tried - found.invisible


def test_a_meaning_that_can_show_nowhere_is_not_asked_for() -> None:
    """Both questions decide E1: what one of them meets, the other settles. Nothing fails, so no rule stops it."""
    script = with_questions(asks("a", "E1", "yes: open, no: meets") + asks("b", "E1", "yes: open, no: meets"))
    found = witness(script, (), TODAY)
    assert found.invisible == 6
    assert not [line for line in told(found) if "meets → na" in line or "meets → next" in line]


def test_a_meaning_whose_case_is_not_found_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    script = with_questions(asks("a", "E1", "yes: open, no: meets") + asks("b", "E1", "yes: open, no: meets"))
    monkeypatch.setattr(witness_module, "MOST_COMBINATIONS", 3)
    found = witness(script, (), TODAY)
    hard = [problem for problem in found.problems if problem.message == "unwitnessed_hard"]
    assert len(hard) == 6
    assert found.invisible == 0
    assert "no answers were found that show it" in hard[0].text("en")
    assert "没有找到能看出差别的回答" in hard[0].text("zh")


def test_two_answers_together_are_found() -> None:
    """Only somebody who says yes to both is asked the third question."""
    script = with_questions(
        asks("a", "E1", "yes: meets, no: meets")
        + asks("b", "E2", "yes: meets, no: meets")
        + asks("c", "E3", "yes: open, no: meets", 'ask_if: "a = no and b = no"')
    )
    best = {"a": chosen("yes"), "b": chosen("yes")}
    cases = [case(script, "both", best), case(script, "one", {**best, "a": chosen("no")})]
    found = witness(script, cases, TODAY)
    shown = [one.case for one in found.unwitnessed if "E3" in one.change.gap["en"]]
    assert shown
    assert all(each and each.answers["b"] == chosen("no") for each in shown)


# numbers in a unit, what is worked out from them, weeks


@pytest.fixture(scope="module")
def bodies() -> Script:
    """The small script with a height, a weight, a BMI, and a window in weeks."""
    source = measured(SMALL.read_text("utf-8"))
    source = (
        source.replace("{months: 12}", "{weeks: 8}").replace("12个月", "8周").replace("12 months", "8 weeks")
    )
    source = source.replace(
        "{from: 18.5, to: 30.0, means: meets}", "{from: 18.5, to: 30.0, means: meets, flag: fits}"
    )
    return script_of(compile_script(source, "measured.yaml"))


@pytest.fixture(scope="module")
def unmeasured(bodies: Script) -> Witness:
    return witness(bodies, (), TODAY)


def test_limits_of_a_computed_value_and_windows_in_weeks_are_asked_for(unmeasured: Witness) -> None:
    lines = told(unmeasured)
    for words in (
        "BMI: what should happen at exactly 18.4: it could belong to the range above",
        "BMI: what should happen at exactly 18.5: it could belong to the range below",
        "BMI: what 18.5–30 means: meets → open for I3",
        "BMI: what ≥30.1 means: it fails I3 for now, which could be for good",
        "BMI: whether fits goes with 18.5–30",
        "Height: what should happen at 99.9: it could be valid",
        "Weight: what should happen at 300.1: it could be valid",
        "what should happen at exactly 8 weeks",
        "what should happen at one day short of 8 weeks",
        "how many weeks are needed: 8 could be 7",
    ):
        assert [line for line in lines if words in line], (words, lines)
    chinese = told(unmeasured, "zh")
    assert [line for line in chinese if "“体重指数”：正好 18.4 时怎么办：它也可以算在上一段里" in line]
    assert [line for line in chinese if "要满多久：8 周也可以是 9 周" in line]


def test_the_proposed_bodies_close_the_gap(unmeasured: Witness, bodies: Script, tmp_path: Path) -> None:
    file = tmp_path / "witness.yaml"
    file.write_text("\n".join(written(case) for case in unmeasured.cases), encoding="utf-8")
    found = read_cases([file], bodies.flow)
    assert found.report() == ""
    again = witness(bodies, found.cases, TODAY)
    assert (told(again), again.invisible) == ([], unmeasured.invisible)
    values = {each.answers.get("weight") for each in found.cases}
    assert any(isinstance(value, Number) and value.low != int(value.low) for value in values)


def test_a_window_in_days_is_a_day_longer_or_shorter(bodies: Script) -> None:
    questions = tuple(
        replace(question, window=replace(question.window, days=30)) if question.window else question
        for question in bodies.flow.questions
    )
    gaps = [change.gap["en"] for change in changes(replace(bodies.flow, questions=questions))]
    assert [gap for gap in gaps if "how many days are needed: 30 could be 29" in gap]


# the quick result


@pytest.mark.parametrize("script", [SHIPPED, SAMPLE, SMALL], ids=["shipped", "sample", "small"])
def test_the_quick_result_of_every_rehearsal_is_that_of_the_conversation(script: Path) -> None:
    compiled = script_of(read_file(script))
    cases = read_cases(sorted((script.parent / "rehearsals").glob("*.yaml")), compiled.flow).cases
    wanted = {each.id: walk(compiled.flow, each, TODAY).to_dict() for each in cases[::4]}
    assert {each.id: result(compiled.flow, each, TODAY).to_dict() for each in cases[::4]} == wanted


MEASURED = script_of(compile_script(measured(SMALL.read_text("utf-8")), "measured.yaml")).flow


def sayable() -> dict[str, list[Answer | Unclear]]:
    """What can be said to the questions of the small script; also what the chat does not take."""
    flow = MEASURED
    read = codes_read(flow)
    said: dict[str, list[Answer | Unclear]] = {}
    for question in flow.questions:
        raws = [raw.answer for raw in raw_answers(question, TODAY, read.get(question.id, frozenset()))]
        said[question.id] = [*raws[:: max(1, len(raws) // 30)]]
    said["age"] += [number(0), Number(121, 130)]
    said["height"] += [number(168), number(Decimal("168.55")), Number(150, 180)]
    said["weight"] += [number(Decimal("65.5")), number(45), number(120), number(0)]
    said["hormones_last"] += [Unclear(), Period(date(2027, 1, 1), date(2027, 1, 1))]
    return said


SAYABLE = sayable()
ANSWERS = st.fixed_dictionaries({}, optional={id: st.sampled_from(said) for id, said in SAYABLE.items()})
EDITS = st.lists(
    st.sampled_from([(id, answer) for id, said in SAYABLE.items() for answer in said]), max_size=3
).map(tuple)
EARLIER = st.none() | st.tuples(ANSWERS, st.sampled_from([date(2025, 3, 1), date(2026, 6, 1)]))
CASES = st.builds(Case, st.just("any"), st.just("zh"), ANSWERS, EDITS, st.just(TODAY), EARLIER)


@example(Case("any", "zh", {}, (("age", number(0)), ("age", number(17))), TODAY), Stop.FIRST_FAIL)
@given(CASES, st.sampled_from(Stop))
@settings(deadline=None, max_examples=60)
def test_the_quick_result_is_that_of_the_conversation(any_case: Case, stop: Stop) -> None:
    flow = replace(MEASURED, stop=stop)
    assert result(flow, any_case, TODAY).to_dict() == walk(flow, any_case, TODAY).to_dict()


@pytest.mark.parametrize("stop", list(Stop))
def test_an_age_that_is_asked_after_an_edit_may_be_a_minors(stop: Stop) -> None:
    flow = core_flow(core_asks("a", "E1", {"yes": "fails", "no": "meets"}), asks_age(), stop=stop)
    said: dict[str, Answer] = {"a": chosen("yes"), "age": number(17)}
    minor = Case("minor", "zh", said, (("a", chosen("no")),), TODAY)
    assert result(flow, minor, TODAY).to_dict() == walk(flow, minor, TODAY).to_dict()


# as it is written


def test_a_case_as_it_is_written() -> None:
    said: dict[str, Answer | Unclear] = {
        "a": chosen("no"),
        "b": Chosen(("x", "yes")),
        "c": Skipped(),
        "d": Unclear(),
        "e": Period(date(2025, 1, 1), date(2025, 1, 31)),
        "f": Number(59, 60),
        "g": number(Decimal("65.5")),
    }
    expect = {
        "verdict": "not_match",
        "fails": {"E1": "2026-01-31"},
        "come_back": None,
        "asked": 6,
        "flags": [],
    }
    words = {"zh": "它说“好”", "en": 'it says "well"'}
    edits = (("a", chosen("yes")),)
    assert written(Case(7, "en", said, edits, TODAY, expect=expect), [words, words]) == (
        "- id: 7\n"
        "  language: en\n"
        "  about:\n"
        '    zh: "它说“好”；它说“好”"\n'
        '    en: "it says \\"well\\"; it says \\"well\\""\n'
        "  answers:\n"
        '    a: "no"\n'
        '    b: [x, "yes"]\n'
        "    c: skip\n"
        "    d: skip\n"
        '    e: "2025-01"\n'
        "    f: {min: 59, max: 60}\n"
        "    g: 65.5\n"
        '  edits: [{id: a, value: "yes"}]\n'
        '  today: "2026-06-15"\n'
        "  expect:\n"
        "    verdict: not_match\n"
        '    fails: {E1: "2026-01-31"}\n'
        "    come_back: null\n"
        "    asked: 6\n"
        "    flags: []\n"
    )
    assert written(Case("a b", "en", {})) == '- id: "a b"\n  language: en\n  answers: {}\n  expect: {}\n'
