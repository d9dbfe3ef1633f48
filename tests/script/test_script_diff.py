"""What changed between two versions: of nothing nothing, and of every single change exactly one difference."""

from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from bot.core.criteria import Criterion, Disclose, Lasting, SettledBy, State
from bot.core.flow import (
    All,
    Computed,
    CrossFlag,
    Exempt,
    Flow,
    Is,
    Kind,
    Meaning,
    Note,
    Option,
    Question,
    Range,
    Stop,
    Window,
)
from bot.core.flow import Any as AnyOf
from bot.script.compile import compile_script
from bot.script.diff import AREAS, Change, diff, lines
from bot.script.words import length_words
from tests.melasma import shipped, without
from tests.service.stage import ROOT

COMPILED = compile_script(shipped(), "flow.yaml").flow
assert COMPILED is not None
FLOW: Flow = COMPILED
SAMPLE = compile_script((ROOT / "flows" / "sample-blood-pressure" / "flow.yaml").read_text(encoding="utf-8"), "flow.yaml").flow  # fmt: skip
assert SAMPLE is not None
PRESSURE: Flow = SAMPLE


def test_a_flow_does_not_differ_from_itself() -> None:
    again = compile_script(shipped() + "\n# a comment\n", "flow.yaml").flow
    assert again is not None
    assert again.hash != FLOW.hash
    assert diff(FLOW, FLOW) == diff(FLOW, again) == ()
    assert list(lines((), "en")) == []


def other(value: Any) -> Iterator[Any]:
    """Values that differ from one in a single thing."""
    match value:
        case bool():
            yield not value
        case str():
            yield value + "!"
        case dict() if value and isinstance(next(iter(value.values())), str):
            for language in value:
                yield {**value, language: value[language] + "!"}
        case Meaning():
            yield Meaning(State.OPEN) if value.state is not State.OPEN else Meaning(State.MEETS)
            if value.lasting:
                yield replace(value, lasting=next(each for each in Lasting if each is not value.lasting))
        case State() | Kind() | Stop() | SettledBy() | Disclose():
            yield next(each for each in type(value) if each is not value)
        case int():
            yield value + 1


def options(found: tuple[Option, ...]) -> Iterator[tuple[Option, ...]]:
    for index, option in enumerate(found):
        yield found[:index] + found[index + 1 :]
        rest = [found[:index], found[index + 1 :]]
        for label in other(option.label):
            yield (*rest[0], replace(option, label=label), *rest[1])
        for criterion, meaning in option.means.items():
            for changed in other(meaning):
                means = {**option.means, criterion: changed}
                yield (*rest[0], replace(option, means=means), *rest[1])
            fewer = {id: how for id, how in option.means.items() if id != criterion}
            yield (*rest[0], replace(option, means=fewer), *rest[1])
    for index in range(len(found) - 1):
        yield (*found[:index], found[index + 1], found[index], *found[index + 2 :])


def questions(question: Question) -> Iterator[Question]:
    for name in ("ask", "help", "short", "preface", "part", "kind", "block", "unit", "decimals"):
        for changed in other(getattr(question, name)):
            yield replace(question, **{name: changed})
    for name in ("preface", "part", "unit"):
        if getattr(question, name) is not None:
            yield replace(question, **{name: None})
    yield replace(question, criteria=(*question.criteria, "E99"))
    yield replace(question, linked=(*question.linked, "E99"))
    yield replace(question, ask_if=All((Is("age", frozenset({"x"})), Is("pih", frozenset({"doctor"}), True))))
    if question.ask_if is not None:
        yield replace(question, ask_if=None)
    yield replace(question, exclusive=question.exclusive | {"other"})
    for changed in options(question.options):
        yield replace(question, options=changed)
    if question.valid is not None:
        yield replace(question, valid=(question.valid[0], question.valid[1] + 1))
        yield replace(question, valid=None)
    for changed in ranges(question.ranges):
        yield replace(question, ranges=changed)
    if question.window is not None:
        unit = "days" if question.window.days else "months"
        yield replace(question, window=replace(question.window, **{unit: getattr(question.window, unit) + 1}))
        yield replace(question, window=replace(question.window, lasting=Lasting.PERMANENT))
        yield replace(question, window=None)


def ranges(found: tuple[Range, ...]) -> Iterator[tuple[Range, ...]]:
    for index, span in enumerate(found):
        changes: list[dict[str, Any]] = [{"low": (span.low or 0) + 1}, {"high": (span.high or 0) + 1}]
        changes += [{"erases": not span.erases}, {"flag": "odd"}, {"means": {"I9": Meaning(State.OPEN)}}]
        for more in changes:
            yield (*found[:index], replace(span, **more), *found[index + 1 :])


def values(value: Computed) -> Iterator[Computed]:
    for name in ("short", "decimals"):
        for changed in other(getattr(value, name)):
            yield replace(value, **{name: changed})
    yield replace(value, takes=dict(zip(value.takes, reversed(value.takes.values()), strict=True)))
    yield replace(value, criteria=(*value.criteria, "E99"))
    for changed in ranges(value.ranges):
        yield replace(value, ranges=changed)


def parts(flow: Flow, name: str, vary: Any) -> Iterator[Flow]:
    """One part of a list changed, gone or moved."""
    found = getattr(flow, name)
    for index, part in enumerate(found):
        rest = found[:index], found[index + 1 :]
        yield replace(flow, **{name: (*rest[0], *rest[1])})
        for changed in vary(part):
            yield replace(flow, **{name: (*rest[0], changed, *rest[1])})
    for index in range(len(found) - 1):
        moved = (*found[:index], found[index + 1], found[index], *found[index + 2 :])
        yield replace(flow, **{name: moved})


def criteria(criterion: Criterion) -> Iterator[Criterion]:
    for each in fields(criterion):
        if each.name != "id":
            for changed in other(getattr(criterion, each.name)):
                yield replace(criterion, **{each.name: changed})
    if criterion.ending is not None:
        yield replace(criterion, ending=None)


def notes(note: Note) -> Iterator[Note]:
    for changed in other(note.text):
        yield replace(note, text=changed)
    yield replace(note, site_decides=not note.site_decides)
    yield replace(note, criteria=(*note.criteria, "E99"))


def flags(flag: CrossFlag) -> Iterator[CrossFlag]:
    yield replace(flag, flag="odd")
    yield replace(flag, criterion="E99")
    yield replace(flag, when=Is("age", frozenset({"skip"})))


def mutants(flow: Flow) -> Iterator[Flow]:
    for name in ("id", "author", "stop"):
        for changed in other(getattr(flow, name)):
            yield replace(flow, **{name: changed})
    yield replace(flow, languages=("zh", "en", "vi"))
    for name in ("name", "site", "protocol", "registry"):
        for changed in other(getattr(flow.study, name)):
            yield replace(flow, study=replace(flow.study, **{name: changed}))
    for name in ("texts", "notice", "glossary"):
        found = getattr(flow, name)
        for key, text in found.items():
            for changed in other(text):
                yield replace(flow, **{name: {**found, key: changed}})
        yield replace(flow, **{name: {**found, "more": {"zh": "多", "en": "more"}}})
    yield from parts(flow, "questions", questions)
    yield from parts(flow, "criteria", criteria)
    yield from parts(flow, "notes", notes)
    yield from parts(flow, "flags", flags)
    yield from parts(flow, "computed", values)


@pytest.mark.parametrize(("flow", "least"), [(FLOW, 1000), (PRESSURE, 500)], ids=["melasma", "sample"])
def test_every_single_change_is_exactly_one_difference_both_ways(flow: Flow, least: int) -> None:
    count = 0
    for mutant in mutants(flow):
        found = diff(flow, mutant) if count % 2 else diff(mutant, flow)
        assert len(found) == 1, [change.path for change in found]
        assert found[0].area in AREAS
        assert len(list(lines(found, ("zh", "en")[count % 3 == 0]))) >= 3
        count += 1
    assert count > least


def one(mutant: Flow) -> Change:
    (found,) = diff(FLOW, mutant)
    return found


def worked_out() -> Iterator[Flow]:
    """The sample with one thing of a number or a computed value changed."""
    bmi = PRESSURE.computed[0]
    yield replace(PRESSURE, computed=())
    first, *rest = bmi.ranges
    for more in (
        *({"short": short} for short in other(bmi.short)),
        {"formula": "other"},
        {"takes": {**bmi.takes, "height": "age"}},
        {"criteria": ("I4", "E99")},
        {"decimals": 2},
        {"ranges": tuple(rest)},
        {"ranges": (replace(first, high=Decimal("18.3")), *rest)},
        {"ranges": (replace(first, means={"I4": Meaning(State.OPEN)}), *rest)},
    ):
        yield replace(PRESSURE, computed=(replace(bmi, **more),))
    for place, question in enumerate(PRESSURE.questions):
        changes: list[dict[str, Any]] = []
        if question.unit is not None:
            changes += [{"unit": unit} for unit in other(question.unit)]
            changes += [{"unit": None}, {"decimals": question.decimals + 1}]
        if question.window is not None:
            changes += [{"window": replace(question.window, days=30, months=0)}]
        for more in changes:
            changed = replace(question, **more)
            yield replace(
                PRESSURE, questions=(*PRESSURE.questions[:place], changed, *PRESSURE.questions[place + 1 :])
            )


def test_every_change_of_a_number_or_a_computed_value_is_one_difference() -> None:
    mutants = list(worked_out())
    assert len(mutants) > 15
    for mutant in mutants:
        for found in (diff(PRESSURE, mutant), diff(mutant, PRESSURE)):
            assert len(found) == 1, [change.path for change in found]
            assert len(list(lines(found, "zh"))) >= 3


def test_a_computed_value_is_told_whole() -> None:
    assert list(lines(diff(replace(PRESSURE, computed=()), PRESSURE), "en"))[1:] == [
        "* Computed value “BMI” (added)",
        "  zh + 体重指数（BMI）",
        "  zh + 由身高、体重算出",
        "  zh + 18.4 及以下：I4 暂时不符合",
        "  zh + 18.5 到 34.9：I4 符合",
        "  zh + 35 及以上：I4 暂时不符合",
        "  en + BMI",
        "  en + worked out from Height, Weight",
        "  en + 18.4 or less: I4 fails for the time being",
        "  en + 18.5 to 34.9: I4 meets",
        "  en + 35 or more: I4 fails for the time being",
    ]
    bmi = PRESSURE.computed[0]
    moved = replace(PRESSURE, computed=(replace(bmi, takes={"height": "nowhere", "weight": "weight"}),))
    assert list(lines(diff(PRESSURE, moved), "zh"))[1:] == [
        "* 算出的值“体重指数（BMI）”的来源",
        "  - 由身高、体重算出",
        "  + 由nowhere、体重算出",
    ]


def test_numbers_are_told_in_their_unit_and_windows_as_they_were_given() -> None:
    weight = PRESSURE.question_by_id["weight"]
    fewer = tuple(question for question in PRESSURE.questions if question is not weight)
    (gone,) = diff(PRESSURE, replace(PRESSURE, questions=fewer))
    assert "  zh - 用来算体重指数（BMI）" in list(lines([gone], "zh"))
    wider = tuple(replace(q, valid=(25, 350)) if q is weight else q for q in PRESSURE.questions)
    assert "  + 25 to 350 kg" in list(lines(diff(PRESSURE, replace(PRESSURE, questions=wider)), "en"))
    assert [length_words(window)["en"] for window in (Window(6, Lasting.TEMPORARY), Window(0, Lasting.TEMPORARY, 56), Window(0, Lasting.TEMPORARY, 30))] == ["6 months", "8 weeks", "30 days"]  # fmt: skip


def with_question(id: str, **more: Any) -> Flow:
    changed = (replace(q, **more) if q.id == id else q for q in FLOW.questions)
    return replace(FLOW, questions=tuple(changed))


def test_a_text_whose_other_language_did_not_change_is_marked() -> None:
    ask = FLOW.question_by_id["age"].ask
    change = one(with_question("age", ask={**ask, "zh": "您今年多少周岁？"}))
    assert change.left_behind == ("en",)
    assert list(lines([change], "en")) == [
        "== What participants see (1)",
        "* Question “Age”: its words",
        "  zh - 您现在多少周岁？",
        "  zh + 您今年多少周岁？",
        "  en = How old are you in full years?",
        "  ! en did not change with it",
    ]
    assert list(lines([change], "zh"))[-1] == "  ！en 没有跟着改"
    both = one(with_question("age", ask={"zh": "您今年多少周岁？", "en": "How old are you?"}))
    assert both.left_behind == ()
    assert both.to_dict() == {
        "area": "participants",
        "path": ["questions", "age", "ask"],
        "name": {"zh": "问题“年龄”的问法", "en": "Question “Age”: its words"},
        "old": dict(ask),
        "new": {"zh": "您今年多少周岁？", "en": "How old are you?"},
        "left_behind": [],
    }


AGE = FLOW.question_by_id["age"]
PREGNANT = FLOW.question_by_id["pregnant"]


def last_range(**more: Any) -> tuple[Range, ...]:
    return (*AGE.ranges[:-1], replace(AGE.ranges[-1], **more))


@pytest.mark.parametrize(
    ("question", "change", "told"),
    [
        ("age", {"ranges": last_range(means={"I1": Meaning(State.FAILS, Lasting.TEMPORARY)})}, "  + 61 or more: I1 fails for the time being"),
        ("age", {"ranges": last_range(low=None)}, "  + any number: I1 fails for good"),
        ("hormones_last", {"window": Window(6, Lasting.TEMPORARY)}, "  + met when it lies at least 6 months back; else fails until then"),
        ("hormones_last", {"window": Window(6, Lasting.PERMANENT)}, "  + met when it lies at least 6 months back; else fails for good"),
        ("breastfeeding", {"ask_if": Is("pregnant", frozenset({"no"}))}, "  + the answer to “Pregnancy” is “No”"),
        ("breastfeeding", {"ask_if": Is("age", frozenset({"skip"}))}, "  + the answer to “Age” is “Skip”"),
        ("pregnant", {"options": (replace(PREGNANT.options[0], means={"E4": Meaning(State.OPEN)}), *PREGNANT.options[1:])}, "  + open"),
        ("treated_before", {"exclusive": frozenset()}, "  + none"),
    ],
)  # fmt: skip
def test_meanings_limits_windows_and_conditions_are_told_in_words(
    question: str, change: dict[str, Any], told: str
) -> None:
    found = diff(FLOW, with_question(question, **change))
    assert told in list(lines(found, "en"))
    assert len(list(lines(found, "zh"))) >= 4


def test_when_the_questions_end_is_told_in_words() -> None:
    found = diff(FLOW, replace(FLOW, stop=Stop.ASK_ALL))
    assert list(lines(found, "en"))[-1] == "  + every question is asked"


def test_an_unknown_code_or_question_is_named_as_it_is() -> None:
    odd = AnyOf((Is("nowhere", frozenset({"b", "a"})), All((Is("age", frozenset({"x"})),) * 2)))
    told = list(lines(diff(FLOW, with_question("age", ask_if=odd)), "en"))
    assert told[-1] == (
        "  + the answer to “nowhere” is “a” or “b” or (the answer to “Age” is “x” and the answer to “Age” is “x”)"
    )


def test_what_comes_or_goes_as_a_whole_is_one_difference_told_whole() -> None:
    changed = compile_script(without("hormones_last"), "flow.yaml").flow
    assert changed is not None
    gone = [change for change in diff(FLOW, changed) if change.new is None and change.path[0] == "questions"]
    assert [change.path for change in gone] == [("questions", "hormones_last")]
    assert list(lines(gone, "en")) == [
        "== What participants see (1)",
        "* Question “Last use” (removed)",
        "  zh - 您最后一次用药是什么时候？",
        "  zh - 只在“避孕药或激素”答了“避孕药（每天吃的）”或“激素替代治疗”时问",
        "  zh - 日期：满 12 个月才符合；不满则到满的那天为止不符合",
        "  zh - 现在还在用：E5 暂时不符合",
        "  zh - 记不清：E5 待核实",
        "  en - When did you last use it?",
        "  en - asked only if the answer to “Birth control, hormones” is “Daily birth control pills” or “Hormone therapy”",
        "  en - a date: met when it lies at least 12 months back; else fails until then",
        "  en - Still using it: E5 fails for the time being",
        "  en - Not sure: E5 open",
    ]
    (came,) = diff(replace(FLOW, criteria=FLOW.criteria[:-1]), FLOW)
    assert list(lines([came], "en"))[1:] == [
        "* Criterion E14 (added)",
        "  zh + 研究者认为不适合参加的其他情况。",
        "  zh + 由研究者判断：机器人不问，只能由研究者判断。",
        "  en + Any other reason for which the investigator finds the study unsuitable for the person.",
        "  en + by the investigator: Never asked by the bot; only the investigator can judge it.",
    ]


def test_of_an_order_the_stretch_that_moved_is_told() -> None:
    first, second, third, *rest = FLOW.questions
    assert list(lines(diff(FLOW, replace(FLOW, questions=(first, third, second, *rest))), "en"))[1:] == [
        "* The order of the questions",
        "  - Face patches → Melasma diagnosis",
        "  + Melasma diagnosis → Face patches",
    ]
    one_, two, *more = PREGNANT.options
    told = list(lines(diff(FLOW, with_question("pregnant", options=(two, one_, *more))), "zh"))
    assert told[1:] == ["* 问题“怀孕”：选项的顺序", "  - 怀孕了 → 没有怀孕", "  + 没有怀孕 → 怀孕了"]


def test_lines_that_stay_are_told_once() -> None:
    found = diff(FLOW, with_question("age", ranges=last_range(low=60)))
    assert list(lines(found, "zh")) == [
        "== 标准怎样判定（1）",
        "* 问题“年龄”的界限",
        "  = 17 及以下：I1 暂时不符合、全部删除（未成年）",
        "  = 18 到 59：I1 符合",
        "  = 60：I1 符合、提示 near_limit",
        "  - 61 及以上：I1 一直不符合",
        "  + 60 及以上：I1 一直不符合",
    ]


def test_a_language_that_comes_is_shown_beside_the_others() -> None:
    changed = one(with_question("age", ask={**FLOW.question_by_id["age"].ask, "vi": "?"}))
    assert changed.left_behind == ("zh", "en")
    assert "  vi + ?" in list(lines([changed], "en"))


def test_every_exception_to_the_checker_is_told_for_the_record() -> None:
    quoted = Exempt("安全有效", {"zh": "引用方案标题", "en": "A title that is quoted"})
    reworded = replace(quoted, reason={**quoted.reason, "en": "Quoted"})
    with_it, otherwise = replace(FLOW, allowed=(quoted,)), replace(FLOW, allowed=(reworded,))
    told = [diff(*pair) for pair in ((FLOW, with_it), (with_it, FLOW), (with_it, otherwise))]
    assert [len(changes) for changes in told] == [1, 1, 1]
    ((new,), (gone,), (changed,)) = told
    assert {change.area for change in (new, gone, changed)} == {"record"}
    assert (new.name["en"], new.old, new.new) == ("Exception: “安全有效”", None, quoted.reason)
    assert (gone.old, gone.new) == (quoted.reason, None)
    assert changed.left_behind == ("zh",)


def test_a_criterion_that_no_answer_fails_says_so_as_a_whole() -> None:
    criterion = replace(FLOW.criteria[0], id="E99", never_fails=True)
    (change,) = diff(FLOW, replace(FLOW, criteria=(*FLOW.criteria, criterion)))
    assert change.new is not None
    assert change.new["en"].endswith("\nNo answer fails it, only a person decides.")
