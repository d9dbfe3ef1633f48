"""Every path is walked, and the walk can fail: each of its proofs is shown a fault of the kind it looks for."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import measured
from walks import (
    SAMPLE,
    SHIPPED,
    SMALL,
    TODAY,
    asks,
    measures,
    paths_one_by_one,
    script_from,
    script_of,
    told,
    walk,
    with_questions,
)

from bot.core import computed, engine, meaning, screening
from bot.core.answers import Answer, Number, Period, add_months, number
from bot.core.criteria import Lasting
from bot.core.events import AnswerRemoved, Event
from bot.core.flow import Is, Range, Window
from bot.core.meaning import Finding
from bot.core.screening import Screening
from bot.core.truth import known
from bot.script.compile import compile_script
from bot.script.library import read_file
from bot.script.script import Script
from bot.script.walk.classes import codes_read, limit_of, merged, raw_answers
from bot.script.walk.opinion import Opinion, later
from bot.script.walk.proof import MOST_LOOKS, Proof, first_difference, seen

PROGRAM = {
    *("walk_answer", "walk_outcome", "walk_changed_answer", "walk_verdict", "walk_endless", "walk_edit"),
    "walk_aside",
}


@pytest.fixture(scope="module")
def shipped() -> Script:
    return script_of(read_file(SHIPPED))


@pytest.fixture(scope="module")
def whole() -> Script:
    """The small script."""
    return script_of(read_file(SMALL))


# how much it takes


@pytest.mark.parametrize("path", [SHIPPED, SAMPLE, SMALL], ids=lambda path: path.parent.name)
def test_what_is_shipped_takes_a_tenth_of_what_a_walk_may_take(path: Path) -> None:
    script = script_of(read_file(path))
    proof = Proof(script.flow, script.root, TODAY)
    proof.run()
    assert 0 < proof.looks < MOST_LOOKS / 8


def looked_at_singly(questions: int, options: int) -> Script:
    """Questions of many answers, and one that is asked by each single one of them."""
    codes = [f"o{number}" for number in range(options)]
    meanings = ", ".join(f"{code}: {'open' if code == 'o0' else 'meets'}" for code in codes)
    several = "".join(asks(f"q{n}", f"E{n + 1}", meanings, kind="multi") for n in range(questions))
    condition = " or ".join(f"q{n} = {code}" for n in range(questions) for code in codes)
    return with_questions(several + asks("last", "I1", "yes: fails, no: meets", f'ask_if: "{condition}"'))


@pytest.mark.parametrize(
    ("questions", "options", "count"),
    [(10, 9, 512), (3, 10, 1024), (1, 40, 2049)],
    ids=["combinations", "answers", "one-question"],
)
def test_a_script_with_too_many_paths_to_prove_is_told_so(questions: int, options: int, count: int) -> None:
    """Walked to the end they would take minutes, years, and for ever."""
    began = time.process_time()
    walked = walk(looked_at_singly(questions, options))
    assert time.process_time() - began < 60
    assert walked.paths == 0
    (problem,) = walked.problems
    assert problem.severity == "error"
    assert problem.text() == (
        'answers can be combined in too many ways to prove every path; question "q0" has the most, '
        f"{count} that are told apart: let conditions (ask_if, when) look at fewer of its single options, "
        "or make several questions of it"
    )
    assert f"问题“q0”的回答最多，有 {count} 种要分开看" in problem.text("zh")


def test_a_few_answers_that_are_looked_at_singly_are_walked() -> None:
    assert told(walk(looked_at_singly(questions=2, options=4))) == []


# what it says


def test_the_shipped_trial_is_right_on_every_path(shipped: Script) -> None:
    walked = walk(shipped)
    assert told(walked) == []
    assert walked.longest == len(shipped.flow.questions) == 29
    assert walked.paths > 10**18
    assert walked.states < 5000


def test_the_sample_is_right_on_every_path() -> None:
    """Numbers in a unit, a BMI, weeks: the walk knows what the melasma trial does not have."""
    script = script_of(read_file(SAMPLE))
    walked = walk(script)
    assert told(walked) == []
    assert walked.longest == len(script.flow.questions)
    assert walked.paths > 10**9
    assert walked.states < 2000


@pytest.fixture
def bodies(small: str) -> Script:
    """The small script with a height, a weight and the BMI."""
    return script_of(compile_script(measured(small), "measured.yaml"))


@pytest.mark.parametrize("stop", ["first_fail", "end_of_block", "ask_all"])
def test_it_counts_the_ranges_of_a_computed_value(stop: str) -> None:
    script = with_questions(
        asks("a", "E1", "yes: fails, no: meets", "block: body")
        + measures("height", "I3", "cm", 100, 250)
        + measures("weight", "I3", "kg", 30, 300, "block: body")
        + asks("b", "E2", "yes: fails, no: meets", "block: body")
        + asks("c", "E3", "yes: fails, no: meets", "block: mind"),
        computed="  - {id: bmi, short: {zh: 值, en: BMI}, formula: bmi, from: {height: height, weight: weight}, criteria: [I3], "
        "ranges: [{to: 18.4, means: fails}, {from: 18.5, to: 30, means: meets}, {from: 30.1, means: open}], lasting: temporary}",
        settings=f"  stop: {stop}",
    )
    walked = walk(script)
    assert told(walked) == []
    assert walked.paths == len(list(paths_one_by_one(script.flow)))


def test_it_counts_what_one_can_count_one_by_one(whole: Script) -> None:
    walked = walk(whole)
    assert told(walked) == []
    found = list(paths_one_by_one(whole.flow))
    assert (walked.paths, walked.longest) == (len(found), max(map(len, found)))


@pytest.mark.parametrize("stop", ["first_fail", "end_of_block", "ask_all"])
def test_it_counts_by_the_rule_of_the_script_when_to_stop(stop: str) -> None:
    script = with_questions(
        asks("a", "E1", "yes: fails, no: meets", "block: x")
        + asks("b", "E2", "yes: fails, no: meets", "block: x, ask_if: a = no")
        + asks("c", "E3", "yes: fails, no: meets", 'block: y, ask_if: "a != no or b in [yes]"')
        + asks("d", "E4", "yes: fails, no: meets", "block: x"),
        settings=f"  stop: {stop}",
    )
    walked = walk(script)
    assert told(walked) == []
    assert walked.paths == len(list(paths_one_by_one(script.flow)))


def test_an_answer_without_its_follow_up_is_told_with_the_shortest_answers() -> None:
    text = SMALL.read_text(encoding="utf-8").replace("    ask_if: pregnant != na\n", "")
    script = script_from(text)
    [problem] = walk(script).problems
    assert problem.text("en") == (
        "after (Pregnancy: Does not apply; Pills: Yes) nothing says whether criterion E5 is met, and it would count as "
        '"does not apply"; let the follow-up be asked then too, or give the answer another meaning than next'
    )
    assert problem.text("zh") == (
        "回答为（怀孕：不适用；避孕药：有）时，没有任何回答说明标准 E5 是否符合，它会被当成“不适用”；"
        "请让追问在这时也问到，或者把含义 next 改成别的。"
    )
    assert (problem.rule, problem.severity, problem.line) == (
        "walk",
        "error",
        script.line("questions", 3, "id"),
    )


def test_a_question_whose_answers_all_mean_the_same() -> None:
    script = with_questions(asks("a", "E1", "yes: fails, no: meets") + asks("b", "E2", "yes: open, no: open"))
    assert told(walk(script)) == [
        'whatever is answered to question "b", the result is the same; give its answers different meanings, or leave the question out'
    ]
    assert told(walk(script), "zh") == [
        "问题“b”无论怎么回答，结果都一样；请让不同的回答有不同的含义，或者删掉这个问题。"
    ]


def test_a_question_that_no_answers_lead_to() -> None:
    script = with_questions(
        asks("a", "E1", "yes: meets, no: fails")
        + asks("b", "E2", "yes: fails, no: meets", "ask_if: a = yes and a = no")
        + asks("c", "E3", "yes: fails, no: meets", "ask_if: b = no")
    )
    assert told(walk(script)) == [
        f'no answers lead to question "{id}"; correct its ask_if, or the meanings and conditions of those before it'
        for id in "bc"
    ]
    assert (
        told(walk(script), "zh")[0]
        == "没有任何回答会走到问题“b”；请改正它的 ask_if，或者前面问题的含义和 ask_if。"
    )


def test_a_list_to_check_that_does_not_fit_one_message() -> None:
    long = "很" * 60
    script = with_questions("".join(asks(f"q{n}", f"E{n}", "yes: fails, no: meets") for n in range(1, 66)))
    flow = script.flow
    wide = tuple(
        replace(
            each, options=tuple(replace(option, label={"zh": long, "en": "no"}) for option in each.options)
        )
        for each in flow.questions
    )
    walked = walk(replace(script, flow=replace(flow, questions=wide)))
    assert told(walked) == [
        'the list under "check your answers" can have 4736 characters in Chinese, one message holds 3900; make short names and buttons shorter'
    ]
    assert told(walked, "zh") == [
        "“核对答案”的中文最长会有 4736 个字符，一条消息最多 3900 个；请把 short 和按钮文字写短一些。"
    ]


def test_a_text_that_is_reached_and_not_there(whole: Script) -> None:
    flow = whole.flow
    criteria = tuple(replace(each, ending=None) if each.id == "I1" else each for each in flow.criteria)
    texts = {name: {"zh": "好", "en": "" if name == "come_back" else "well"} for name in flow.texts}
    questions = (replace(flow.questions[0], help={"zh": "", "en": "help"}), *flow.questions[1:])
    broken = replace(whole, flow=replace(flow, criteria=criteria, texts=texts, questions=questions))
    assert told(walk(broken)) == [
        'participants get to read "I1: ending", which has no Chinese text; write it',
        'participants get to read "I1: ending", which has no English text; write it',
        'participants get to read "age: help", which has no Chinese text; write it',
        'participants get to read "texts: come_back", which has no English text; write it',
    ]
    assert told(walk(broken), "zh")[3] == "参与者会读到“texts: come_back”，可是它没有英文；请补上。"


# faults of the engine that it must see

Patch = Callable[[pytest.MonkeyPatch], None]
_screen, _emit, _close = screening.screen, engine._Step.emit, engine._Step._close_overlay


def limit_by_one(patch: pytest.MonkeyPatch) -> None:
    def covers(span: Range, value: int) -> bool:
        return (span.low is None or value > span.low) and (span.high is None or value <= span.high + 1)

    patch.setattr(Range, "covers", covers)


def window_by_a_day(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Window, "passes_on", lambda window, day: add_months(day, window.months).replace(day=1))


def day_not_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(meaning, "EARLIEST", date(1990, 1, 1))


def last_part_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(screening, "worst", lambda found: found[-1])


def open_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Screening, "open", ())


def first_day_counts(patch: pytest.MonkeyPatch) -> None:
    def come_back(result: Screening) -> date | None:
        return min((fail.until for fail in result.fails.values() if fail.until), default=None)

    patch.setattr(Screening, "come_back", property(come_back))


def goes_on_after_a_fail(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(screening, "_after_stop", lambda flow, asked, pending, *_: pending)


def negation_is_lost(patch: pytest.MonkeyPatch) -> None:
    def holds(look: Is, codes: object) -> object:
        return known(look.question in codes and bool(codes[look.question] & look.codes))

    patch.setattr(Is, "holds", holds)


def flags_are_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(screening, "_flags", lambda *_: [])


def removed_answers_count(patch: pytest.MonkeyPatch) -> None:
    def screen(flow, answers, today, earlier=()):
        result = _screen(flow, answers, today, earlier)
        if len(answers) > len(result.asked):
            return replace(result, findings=dict.fromkeys(result.findings, Finding(screening.State.OPEN)))
        return result

    patch.setattr(screening, "screen", screen)


def order_counts(patch: pytest.MonkeyPatch) -> None:
    def screen(flow, answers, today, earlier=()):
        ids = [question.id for question in flow.questions if question.id in answers]
        return _screen(flow, {} if list(answers) != ids and len(ids) > 3 else answers, today, earlier)

    patch.setattr(screening, "screen", screen)


def begins_again(patch: pytest.MonkeyPatch) -> None:
    def screen(flow, answers, today, earlier=()):
        result = _screen(flow, answers, today, earlier)
        return replace(result, next=flow.questions[0]) if len(answers) == 2 else result

    patch.setattr(screening, "screen", screen)


def removal_is_not_told(patch: pytest.MonkeyPatch) -> None:
    def emit(step: object, *events: Event) -> None:
        _emit(step, *(event for event in events if not isinstance(event, AnswerRemoved)))

    patch.setattr(engine._Step, "emit", emit)


def language_begins_again(patch: pytest.MonkeyPatch) -> None:
    def close(step: engine._Step) -> None:
        step.conv.reopened = "age"
        _close(step)

    patch.setattr(engine._Step, "_close_overlay", close)


def earlier_runs_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(screening, "_is_changed", lambda *_: False)


def not_squared(patch: pytest.MonkeyPatch) -> None:
    def work_out(terms: Mapping[str, computed.Interval]) -> computed.Interval:
        (shortest, tallest), (lightest, heaviest) = terms["height"], terms["weight"]
        return lightest * 100 / tallest, heaviest * 100 / shortest

    patch.setitem(computed.FORMULAS, "bmi", computed.Formula({"height": "cm", "weight": "kg"}, work_out))


def spans_the_wrong_way(patch: pytest.MonkeyPatch) -> None:
    def work_out(terms: Mapping[str, computed.Interval]) -> computed.Interval:
        (shortest, tallest), (lightest, heaviest) = terms["height"], terms["weight"]
        return lightest * 10_000 / shortest**2, heaviest * 10_000 / tallest**2

    patch.setitem(computed.FORMULAS, "bmi", computed.Formula({"height": "cm", "weight": "kg"}, work_out))


def rounded_first(patch: pytest.MonkeyPatch) -> None:
    def by_ranges(criteria, ranges, low, high, step):
        return meaning.by_ranges(criteria, ranges, round(low, 1), round(high, 1), step)

    patch.setattr(computed, "by_ranges", by_ranges)


def half_is_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(screening, "_is_half_known", lambda *_: False)


def values_do_not_stop(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(computed.Worked, "fails", False)


def weights_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    def removed(step: object, *events: Event) -> None:
        _emit(step, *(event for event in events if getattr(event, "question", "") != "weight"))

    patch.setattr(engine._Step, "emit", removed)


@pytest.mark.parametrize(
    ("fault", "message", "about"),
    [
        (not_squared, "walk_value", "bmi"),
        (spans_the_wrong_way, "walk_value", "bmi"),
        (rounded_first, "walk_value", "bmi"),
        (half_is_nothing, "walk_outcome", "I3"),
        (values_do_not_stop, "walk_outcome", "next"),
        (earlier_runs_are_forgotten, "walk_changed_answer", "weight"),
        (weights_are_forgotten, "walk_edit", "weight"),
    ],
)
def test_it_sees_a_fault_with_computed_values(
    fault: Patch, message: str, about: str, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = measured(small).replace("  - id: weight\n", "  - id: weight\n    ask_if: pregnant != na\n")
    script = script_of(compile_script(source.replace("first_fail", "end_of_block"), "measured.yaml"))
    assert told(walk(script)) == []
    fault(monkeypatch)
    problems = walk(script).problems
    monkeypatch.undo()
    words = "\n".join(problem.text("en") for problem in problems if problem.message == message)
    assert (about if about != "next" else "the next question") in words, [each.message for each in problems]
    assert all(problem.line for problem in problems)


def test_a_wrong_value_is_told_with_the_numbers_that_show_it(
    bodies: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounded_first(monkeypatch)
    [problem] = walk(bodies).problems
    monkeypatch.undo()
    assert re.match(r"after \(Height: [0-9.]+ cm; Weight: [0-9.]+ kg\) ", problem.text("en"))
    assert re.match("回答为（身高：[0-9.]+厘米；体重：[0-9.]+公斤）时", problem.text("zh"))
    assert 'the value "bmi" means' in problem.text("en")
    assert "算出的“bmi”按脚本的意思是" in problem.text("zh")
    assert problem.line == bodies.line("computed", 0, "id")


@given(st.data())
@settings(deadline=None)
def test_random_answers_to_the_sample_mean_the_same_to_both(data: st.DataObject) -> None:
    """Also numbers that lie between two ranges, or that are only known to lie between two."""
    script = sample()
    flow, opinion = script.flow, Opinion(script.root)
    answers: dict[str, Answer] = {}
    for question in flow.questions:
        raws = [raw.answer for raw in islice(raw_answers(question, TODAY, frozenset()), 300)]
        choice = st.sampled_from([None, *raws])
        if question.worked_out and question.valid:
            low, high = (int(end * 10) for end in question.valid)
            numbers = st.integers(low, high).map(lambda tenths: Decimal(tenths).scaleb(-1))
            exact = numbers.map(number)
            spans = st.tuples(numbers, numbers).map(lambda pair: Number(min(pair), max(pair)))
            choice = choice | exact | spans
        if (answer := data.draw(choice, question.id)) is not None:
            answers[question.id] = answer
    outcome = opinion.judge(answers, TODAY)
    assert seen(screening.screen(flow, answers, TODAY), outcome.off) == outcome


@cache
def sample() -> Script:
    return script_of(read_file(SAMPLE))


@pytest.mark.parametrize(
    ("fault", "message", "about"),
    [
        (limit_by_one, "walk_answer", "age"),
        (window_by_a_day, "walk_answer", "hormones_last"),
        (day_not_taken, "walk_answer", "hormones_last"),
        (last_part_counts, "walk_outcome", "I1"),
        (open_is_forgotten, "walk_outcome", "verdict"),
        (goes_on_after_a_fail, "walk_outcome", "next"),
        (negation_is_lost, "walk_outcome", "flags"),
        (flags_are_lost, "walk_outcome", "flags"),
        (removed_answers_count, "walk_outcome", "I1"),
        (order_counts, "walk_outcome", "I1"),
        (begins_again, "walk_endless", "age"),
        (removal_is_not_told, "walk_edit", "hormones"),
        (language_begins_again, "walk_aside", "treated"),
        (earlier_runs_are_forgotten, "walk_changed_answer", "treated"),
    ],
)
def test_it_sees_a_fault_of_the_engine(
    fault: Patch, message: str, about: str, whole: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    walked = walk(whole)
    monkeypatch.undo()
    found = [problem for problem in walked.problems if problem.message == message]
    assert found, [problem.message for problem in walked.problems]
    words = "\n".join(problem.text("en") for problem in found)
    name = {"next": "the next question", "verdict": "the verdict", "flags": "the flags"}.get(about, about)
    assert name in words
    if message != "walk_endless":
        assert "send this line to its makers" in words
    assert "这是程序的错" in found[0].text("zh")
    assert all(problem.line for problem in found)


def test_it_sees_that_the_first_of_two_days_is_taken_for_coming_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each criterion by itself has one day: only together do they differ."""
    questions = "".join(
        asks(id, criterion, "current: fails", f"lasting: temporary, window: {{months: {months}}}", "date")
        for id, criterion, months in (("a", "E1", 6), ("b", "E2", 12))
    )
    script = with_questions(questions, settings="  stop: ask_all")
    assert told(walk(script)) == []
    first_day_counts(monkeypatch)
    messages = {problem.message for problem in walk(script).problems}
    assert "walk_verdict" in messages


def test_the_answers_told_are_the_fewest_that_show_it(whole: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    last_part_counts(monkeypatch)
    problems = walk(whole).problems
    assert (
        problems[0]
        .text("en")
        .startswith(
            "after (Age: 1), criterion I1 should be temporary by the script, but the program finds not_asked; "
        )
    )


# the second opinion


def test_calendar_months() -> None:
    assert later(date(2024, 2, 29), 12) == (2025, 2, 28)
    assert later(date(2023, 2, 28), 12) == (2024, 2, 28)
    assert later(date(2025, 8, 31), 6) == (2026, 2, 28)
    assert later(date(2025, 12, 1), 1) == (2026, 1, 1)
    assert later(date(2096, 2, 29), 48) == (2100, 2, 28)


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)), st.integers(1, 1200))
def test_both_calendars_agree(day: date, months: int) -> None:
    found = add_months(day, months)
    assert later(day, months) == (found.year, found.month, found.day)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1, 36))
def test_the_limit_of_a_window_is_its_last_day(today: date, months: int) -> None:
    limit = limit_of(Window(months, Lasting.TEMPORARY), today)
    assert add_months(limit, months) <= today < add_months(date.fromordinal(limit.toordinal() + 1), months)


@given(st.data())
@settings(deadline=None)
def test_random_answers_to_the_shipped_trial_mean_the_same_to_both(
    shipped: Script, data: st.DataObject
) -> None:
    """Any set of answers, whether or not somebody could have given it."""
    flow, opinion = shipped.flow, Opinion(shipped.root)
    read = codes_read(flow)
    answers: dict[str, Answer] = {}
    for question in flow.questions:
        raws = [
            raw.answer
            for raw in islice(raw_answers(question, TODAY, read.get(question.id, frozenset())), 300)
        ]
        if (answer := data.draw(st.sampled_from([None, *raws]), question.id)) is not None:
            answers[question.id] = answer
    outcome = opinion.judge(answers, TODAY)
    assert seen(screening.screen(flow, answers, TODAY), outcome.off) == outcome


_MEANS = st.sampled_from(["meets", "fails", "open", "na"])


@st.composite
def scripts(draw: st.DrawFn) -> tuple[str, str]:
    """Two to four questions of up to three criteria, with conditions on one another."""
    lines = []
    for place, id in enumerate("abcd"[: draw(st.integers(2, 4))]):
        criterion = f"E{draw(st.integers(1, 3))}"
        means = ", ".join(f"{code}: {draw(_MEANS)}" for code in ("yes", "no", "other"))
        more = [f"block: {draw(st.sampled_from('xy'))}"]
        if place and draw(st.booleans()):
            looks = draw(st.lists(st.sampled_from("abc"[:place]), min_size=1, max_size=2))
            signs = [
                draw(st.sampled_from(["= yes", "!= no", "in [yes, other]", "not in [no]"])) for _ in looks
            ]
            joiner = draw(st.sampled_from([" and ", " or "]))
            more.append(
                f'ask_if: "{joiner.join(f"{id} {sign}" for id, sign in zip(looks, signs, strict=True))}"'
            )
        if multi := draw(st.booleans()):
            more.append("exclusive: [other]")
        lines.append(asks(id, criterion, means, ", ".join(more), "multi" if multi else "single"))
    stop = draw(st.sampled_from(["first_fail", "end_of_block", "ask_all"]))
    return "".join(lines), f"  stop: {stop}"


@given(scripts())
@settings(deadline=None, max_examples=40)
def test_no_script_shows_a_fault_of_the_program(written: tuple[str, str]) -> None:
    script = with_questions(written[0], settings=written[1])
    walked = walk(script)
    assert [problem.text() for problem in walked.problems if problem.message in PROGRAM] == []
    assert walked.problems or walked.paths == sum(1 for _ in paths_one_by_one(script.flow))


# the classes


def test_sets_of_many_options_keep_two_of_a_meaning() -> None:
    codes = [f"o{n}" for n in range(12)]
    means = ", ".join(f"{code}: {'meets' if code < 'o5' else 'open'}" for code in codes)
    [question] = with_questions(asks("a", "E1", means, "exclusive: [o0]", "multi")).flow.questions
    kept = {code for raw in raw_answers(question, TODAY) for code in getattr(raw.answer, "codes", ())}
    assert kept == {"o0", "o1", "o2", "o5", "o6"}
    assert "o9" in {
        code
        for raw in raw_answers(question, TODAY, frozenset({"o9"}))
        for code in getattr(raw.answer, "codes", ())
    }


def test_a_wide_range_is_looked_at_around_its_limits(whole: Script) -> None:
    age = replace(whole.flow.questions[0], valid=(1, 2000))
    values = {raw.answer for raw in raw_answers(age, TODAY)}
    assert {Number(17, 17), Number(18, 18), Number(2000, 2000), Number(18, 60)} <= values
    assert Number(400, 400) not in values
    assert next(raw_answers(replace(age, valid=None), TODAY)).answer == screening.Skipped()


def test_of_the_days_that_fail_the_first_and_the_last_stand_for_all(whole: Script) -> None:
    last = whole.flow.question_by_id["hormones_last"]
    found = merged(last, raw_answers(last, TODAY), TODAY, frozenset())
    assert [each.answer for each in found if isinstance(each.answer, Period) and each.fails] == [
        Period(date(2025, 6, 16), date(2025, 6, 16)),
        Period(date(2026, 1, 1), date(2026, 12, 31)),
    ]


def test_results_that_agree_have_no_difference() -> None:
    opinion = Opinion(script_of(read_file(SHIPPED)).root)
    same = opinion.judge({}, TODAY)
    with pytest.raises(AssertionError):
        first_difference(same, same)
