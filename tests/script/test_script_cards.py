"""A script as cards: everything of it is on one, and what is changed there is changed in the file and nowhere else."""

import time
from pathlib import Path

import pytest

from bot.script.cards import Card, Spot, Spots, cards_of, changed, stepped, typed_in, with_question
from bot.script.compile import compile_script
from bot.script.edit import CannotEdit, values
from bot.script.nodes import read
from bot.script.problems import Problem

SHIPPED = (Path(__file__).parents[2] / "flows" / "melasma-exosome" / "flow.yaml").read_text("utf-8")
SMALL = (Path(__file__).parent / "small" / "flow.yaml").read_text("utf-8")
LANGUAGES = ("zh", "en")


def cards(source: str) -> tuple[Card, ...]:
    return cards_of(read(source, "flow.yaml")[0])


def card(source: str, part: str) -> Card:
    return next(card for card in cards(source) if card.part == part)


def after(source: str, part: str, **said: str) -> list[str]:
    """The lines that are new after a card was saved; `_` stands for /, a place in a list is a number."""
    found = card(source, part)
    typed = {key.replace("__", "/"): words for key, words in said.items()}
    old = source.split("\n")
    return [line.strip() for line in changed(source, found, typed).split("\n") if line not in old]


@pytest.mark.parametrize("source", [SHIPPED, SMALL], ids=["shipped", "small"])
def test_every_value_of_a_script_is_on_a_card(source: str) -> None:
    fields = {field.path for each in cards(source) for field in each.fields()}
    fields |= {path[:-1] for path, _ in values(source) if path[:-1] in fields}
    missing = {path for path, _ in values(source) if path not in fields and path[:-1] not in fields}
    assert {path[0] for path in missing} <= {"format", "flow", "languages", "author", "allowed_phrases"}


@pytest.mark.parametrize("source", [SHIPPED, SMALL], ids=["shipped", "small"])
def test_a_card_that_is_saved_as_it_was_changes_nothing(source: str) -> None:
    for each in cards(source):
        assert changed(source, each, each.said()) == source
        crlf = {name: f" {words}\n".replace("\n", "\r\n") for name, words in each.said().items()}
        assert changed(source, each, crlf) == source


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ({"ranges__1__to": "58"}, ["- {from: 18, to: 58, means: meets}"]),
        ({"ranges__1__means": "open"}, ["- {from: 18, to: 59, means: open}"]),
        ({"ranges__1__flag": "near_limit"}, ["- {from: 18, to: 59, means: meets, flag: near_limit}"]),
        ({"ranges__2__flag": ""}, ["- {from: 60, to: 60, means: meets}"]),
        ({"criteria": "I1，E4"}, ["criteria: [I1, E4]"]),
        ({"ask__en": "Your age?"}, ["ask: {zh: 您今年几周岁？, en: Your age?}"]),
        ({"preface__zh": "您好", "preface__en": "Hello: you"}, ["preface:", "zh: 您好", 'en: "Hello: you"']),
        ({"preface__zh": "您好"}, ["preface:", "zh: 您好", 'en: ""']),
        ({"ask_if": "treated = laser"}, ["ask_if: treated = laser"]),
        ({"block": "", "ranges__0__to": "012"}, ["- {to: \"012\", means: fails, lasting: temporary, erases: true}"]),
        ({"id": "years", "nothing": "x"}, []),
    ],
)  # fmt: skip
def test_what_is_typed_on_a_card_is_written_in_the_file(said: dict[str, str], lines: list[str]) -> None:
    assert after(SMALL, "question.age", **said) == lines


def test_what_a_question_takes_from_a_set_is_named_on_its_card() -> None:
    pregnant = next(each for each in cards(SMALL) if each.kind == "question" and each.labels)
    assert pregnant.labels["yes"] == {"zh": "有", "en": "Yes"}
    assert card(SMALL, "answers.has").used_by == tuple(
        each.id for each in cards(SMALL) if each.kind == "question" and each.says("options", "") == "has"
    )


@pytest.mark.parametrize(
    ("old", "new", "part", "path"),
    [
        ("kind: number", "kind: nunber", "question.age", ("questions", 0, "kind")),
        ("{from: 18, to: 59,", "{from: 18, to: 58,", "question.age", ("questions", 0, "ranges", 2)),
        ("en: How old are you?", 'en: ""', "question.age", ("questions", 0, "ask", "en")),
        ("settled_by: visit", "settled_by: visits", "criterion.I2", ("criteria", 1, "settled_by")),
        ("format: 1", "format: 2", "", ("format",)),
    ],
)
def test_a_problem_is_told_on_its_card(old: str, new: str, part: str, path: tuple[str | int, ...]) -> None:
    source = SMALL.replace(old, new, 1)
    root, _ = read(source, "flow.yaml")
    spots = Spots(root, cards_of(root))
    found = [spots.of(problem) for problem in compile_script(source, "flow.yaml").problems]
    assert (part, path) in [(spot.part, spot.path) for spot in found]


@pytest.mark.parametrize("source", ["a: [", "just words", "questions: [1, {id: x}]\nanswer_sets: {a: [1]}\n"])
def test_what_is_hardly_a_script_has_the_cards_it_has(source: str) -> None:
    assert {each.part for each in cards(source)} <= {"question.x", "answers.a"}


def test_what_is_not_read_is_on_no_card() -> None:
    source = SMALL.replace("{zh: 您今年几周岁？, en: How old are you?}", "*one").replace(
        "{from: 1, to: 120}", "{from: *two, to: 120}"
    )
    root, problems = read(source, "flow.yaml")
    age = card(source, "question.age")
    assert age.row("ask") is None
    assert age.row("nothing") is None
    assert age.says("ask", "en") == ""
    assert [row.key for row in age.groups[0].rows] == ["to"]
    spots = Spots(root, cards_of(root))
    assert {spots.of(problem).part for problem in problems} == {"question.age"}


def test_where_problems_belong_is_looked_up_and_not_searched() -> None:
    """Looked for one by one, those of a script with thousands would take minutes."""
    lines = "".join(f"  - {{id: q{n:04}, a: 1, b: 2, c: 3}}\n" for n in range(2000))
    root, _ = read(f"questions:\n{lines}", "flow.yaml")
    spots = Spots(root, cards_of(root))
    began = time.process_time()
    for n in range(2000):
        spot = spots.of(Problem("flow.yaml", n + 2, 23, "unknown_key", {}))
        assert spot == Spot(f"question.q{n:04}", ("questions", n, "b"))
    assert time.process_time() - began < 1


@pytest.mark.parametrize("kind", ["single", "multi", "number", "date"])
def test_a_new_question_has_what_its_kind_needs(kind: str) -> None:
    source = with_question(SMALL, card(SMALL, "question.age"), "new", kind, "E4", LANGUAGES)
    compiled = compile_script(source, "flow.yaml")
    assert {problem.rule for problem in compiled.problems} == {"languages"}
    assert card(source, "question.new").says("criteria", "") == "E4"


def test_a_step_stays_within_its_card() -> None:
    age = card(SMALL, "question.age")
    for step, path in [
        ("add", age.path),
        ("add", (*age.path, "ranges")),
        ("add", (*age.path, "valid")),
        ("remove", ("questions", 1)),
        ("jump", (*age.path, "ranges", 0)),
        ("up", age.path),
    ]:
        with pytest.raises(CannotEdit):
            stepped(SMALL, age, step, path, LANGUAGES)


def test_an_answer_of_a_set_has_no_meaning_of_its_own() -> None:
    has = card(SMALL, "answers.has")
    source = stepped(SMALL, has, "add", has.groups[0].path, LANGUAGES)
    source = stepped(source, card(source, "answers.has"), "add", has.groups[0].path, LANGUAGES)
    assert '- {code: new_1, label: {zh: "", en: ""}}\n' in source
    assert '- {code: new_2, label: {zh: "", en: ""}}\n' in source


def test_a_range_is_added_moved_and_removed() -> None:
    age = card(SMALL, "question.age")
    source = stepped(SMALL, age, "add", (*age.path, "ranges", 3), LANGUAGES)
    assert "- {from: , to: , means: open}" in source
    down = stepped(SMALL, age, "down", (*age.path, "ranges", 0), LANGUAGES)
    assert stepped(down, age, "up", (*age.path, "ranges", 1), LANGUAGES) == SMALL
    assert "to: 17" not in stepped(SMALL, age, "remove", (*age.path, "ranges", 0), LANGUAGES)


def test_only_what_somebody_changed_counts() -> None:
    was = {"ask/en": "How old?", "help/en": "Years.\nFull ones."}
    said = {"ask/en": "How old?", "help/en": "Years. \r\nFull ones.", "form_token": "x"}
    assert typed_in(was, said) == {}
    assert typed_in(was, {**said, "ask/en": "Your age?"}) == {"ask/en": "Your age?"}


def test_a_number_is_a_number_however_it_was_typed() -> None:
    assert after(SMALL, "question.age", ranges__1__to="５８") == ["- {from: 18, to: 58, means: meets}"]


@pytest.mark.parametrize(
    ("code", "fixed"), [("yes", True), ("new_1", False), ("睡得好", False), ("Yes", False)]
)
def test_a_code_can_be_changed_while_nothing_can_refer_to_it(code: str, fixed: bool) -> None:
    source = SMALL.replace('code: "yes"', f'code: "{code}"', 1)
    option = card(source, "answers.has").groups[0]
    assert next(row for row in option.rows if row.key == "code").fixed is fixed
