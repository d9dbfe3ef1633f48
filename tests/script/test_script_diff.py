"""What changed between two versions: of nothing nothing, and of every single change exactly one difference."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from bot.core.criteria import Criterion, Disclose, Lasting, SettledBy, State
from bot.core.flow import All, CrossFlag, Flow, Is, Kind, Meaning, Note, Option, Question, Stop
from bot.core.flow import Any as AnyOf
from bot.script.compile import compile_script
from bot.script.diff import AREAS, Change, diff, lines
from tests.melasma import shipped, without

COMPILED = compile_script(shipped(), "flow.yaml").flow
assert COMPILED is not None
FLOW: Flow = COMPILED


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
    for name in ("ask", "help", "short", "preface", "part", "kind", "block"):
        for changed in other(getattr(question, name)):
            yield replace(question, **{name: changed})
    for name in ("preface", "part"):
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
    for index, span in enumerate(question.ranges):
        rest = [question.ranges[:index], question.ranges[index + 1 :]]
        changes: list[dict[str, Any]] = [{"low": (span.low or 0) + 1}, {"high": (span.high or 0) + 1}]
        changes += [{"erases": not span.erases}, {"flag": "odd"}, {"means": {"I1": Meaning(State.OPEN)}}]
        for more in changes:
            yield replace(question, ranges=(*rest[0], replace(span, **more), *rest[1]))
    if question.window is not None:
        yield replace(question, window=replace(question.window, months=question.window.months + 1))
        yield replace(question, window=replace(question.window, lasting=Lasting.PERMANENT))
        yield replace(question, window=None)


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


def mutants() -> Iterator[Flow]:
    for name in ("id", "author", "stop"):
        for changed in other(getattr(FLOW, name)):
            yield replace(FLOW, **{name: changed})
    yield replace(FLOW, languages=("zh", "en", "vi"))
    for name in ("name", "site", "protocol", "registry"):
        for changed in other(getattr(FLOW.study, name)):
            yield replace(FLOW, study=replace(FLOW.study, **{name: changed}))
    for name in ("texts", "notice", "glossary"):
        found = getattr(FLOW, name)
        for key, text in found.items():
            for changed in other(text):
                yield replace(FLOW, **{name: {**found, key: changed}})
        yield replace(FLOW, **{name: {**found, "more": {"zh": "多", "en": "more"}}})
    yield from parts(FLOW, "questions", questions)
    yield from parts(FLOW, "criteria", criteria)
    yield from parts(FLOW, "notes", notes)
    yield from parts(FLOW, "flags", flags)


def test_every_single_change_is_exactly_one_difference_both_ways() -> None:
    count = 0
    for mutant in mutants():
        found = diff(FLOW, mutant) if count % 2 else diff(mutant, FLOW)
        assert len(found) == 1, [change.path for change in found]
        assert found[0].area in AREAS
        assert len(list(lines(found, ("zh", "en")[count % 3 == 0]))) >= 3
        count += 1
    assert count > 1000


def one(mutant: Flow) -> Change:
    (found,) = diff(FLOW, mutant)
    return found


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


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "- {from: 61, means: fails, lasting: permanent}",
            "- {from: 61, means: fails, lasting: temporary}",
            "  + 61 or more: I1 fails for the time being",
        ),
        ("window: {months: 12}", "window: {months: 6}", "  + met when it lies at least 6 months back; else fails until the day they are complete"),
        ("ask_if: pregnant != na", "ask_if: pregnant = no", "  + the answer to “Pregnancy” is “No”"),
        ("stop: first_fail", "stop: ask_all", "  + every question is asked"),
        ("label: {zh: 怀孕了, en: \"Yes\"}, means: fails", "label: {zh: 怀孕了, en: \"Yes\"}, means: open", "  + open"),
    ],
)  # fmt: skip
def test_meanings_limits_windows_and_conditions_are_told_in_words(old: str, new: str, told: str) -> None:
    assert old in shipped()
    changed = compile_script(shipped().replace(old, new, 1), "flow.yaml").flow
    assert changed is not None
    assert told in list(lines(diff(FLOW, changed), "en"))
    assert len(list(lines(diff(FLOW, changed), "zh"))) >= 4


def test_an_unknown_code_or_question_is_named_as_it_is() -> None:
    odd = AnyOf((Is("nowhere", frozenset({"b", "a"})), All((Is("age", frozenset({"x"})),) * 2)))
    told = list(lines(diff(FLOW, with_question("age", ask_if=odd)), "en"))
    assert told[-1] == (
        "  + the answer to “nowhere” is “a” or “b” or (the answer to “Age” is “x” and the answer to “Age” is “x”)"
    )


def test_a_question_that_is_no_more_is_one_difference_with_what_follows_from_it() -> None:
    changed = compile_script(without("pregnant"), "flow.yaml").flow
    assert changed is not None
    paths = [change.path for change in diff(FLOW, changed)]
    assert paths == [("questions", "breastfeeding", "ask_if"), ("questions", "pregnant")]
    assert "* Question “Pregnancy” (removed)" in list(lines(diff(FLOW, changed), "en"))
    assert "* Question “Pregnancy” (added)" in list(lines(diff(changed, FLOW), "en"))


def test_a_language_that_comes_is_shown_beside_the_others() -> None:
    changed = one(with_question("age", ask={**FLOW.question_by_id["age"].ask, "vi": "?"}))
    assert changed.left_behind == ("zh", "en")
    assert "  vi + ?" in list(lines([changed], "en"))
