"""One value of a script is changed, and every other character stays."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from bot.script.edit import CannotEdit, Value, remove_key, set_value, set_values, values
from bot.script.items import added, moved, removed

SHIPPED = (Path(__file__).parents[2] / "flows" / "melasma-exosome" / "flow.yaml").read_text("utf-8")
SCRIPT = """\
# what the study asks
questions:
  - id: age          # never changed
    ask: {zh: 您多少岁？, en: How old are you?}
    help:
      zh: |-
        周岁。
        不是虚岁。
      # English below
      en: Full years.
    valid: {from: 1, to: 120}
    "short": {zh: '年龄', en: "Age"}

  - id: pregnant
    options: [a, b]
texts:
  bye:
    zh: 再见
"""


def changed(*path: str | int, to: Value) -> str:
    """The lines that are not as they were, after the change."""
    after = set_value(SCRIPT, path, to)
    old, new = SCRIPT.split("\n"), after.split("\n")
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    return "\n".join(new)


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("questions", 0, "id"), "years", "  - id: years          # never changed"),
        (("questions", 0, "ask", "en"), "How old?", "    ask: {zh: 您多少岁？, en: How old?}"),
        (("questions", 0, "ask", "en"), "Your age, now?", '    ask: {zh: 您多少岁？, en: "Your age, now?"}'),
        (("questions", 0, "ask", "zh"), "两行\n字", '    ask: {zh: "两行\\n字", en: How old are you?}'),
        (("questions", 0, "help", "en"), "So: full years", '      en: "So: full years"'),
        (("questions", 0, "help", "en"), "One.\nTwo.", "      en: |-\n        One.\n        Two."),
        (("questions", 0, "help", "zh"), "周岁。", "      zh: 周岁。"),
        (("questions", 0, "valid", "to"), 99, "    valid: {from: 1, to: 99}"),
        (("questions", 0, "short", "zh"), "it's", "    \"short\": {zh: 'it''s', en: \"Age\"}"),
        (("questions", 0, "short", "en"), 'an "age"', '    "short": {zh: \'年龄\', en: "an \\"age\\""}'),
        (("questions", 1, "options", 1), "no", '    options: [a, "no"]'),
        (("texts", "bye", "zh"), "", '    zh: ""'),
        (("texts", "bye", "en"), "Goodbye", "    en: Goodbye"),
        (("questions", 1, "options"), ["a", "no", "c: d"], '    options: [a, "no", "c: d"]'),
        (("questions", 1, "means"), ["E1", "E2"], "    means: [E1, E2]"),
        (
            ("questions", 1, "preface"),
            {"zh": "请说：", "en": "Now: two\nlines"},
            "    preface:\n      zh: 请说：\n      en: |-\n        Now: two\n        lines",
        ),
        (
            ("questions", 0, "valid", "note"),
            {"zh": "一", "en": "one, two"},
            '    valid: {from: 1, to: 120, note: {zh: 一, en: "one, two"}}',
        ),
        (("texts", "bye", "en"), "Good\nbye", "    en: |-\n      Good\n      bye"),
        (("questions", 0, "valid", "step"), 1, "    valid: {from: 1, to: 120, step: 1}"),
        (("questions", 0, "kind"), "number", "    kind: number"),
        (("questions", 0, "help", "vi"), "Tuổi", "      vi: Tuổi"),
        (("questions", 0, "id"), "two\nlines", '  - id: "two\\nlines"          # never changed'),
        (("questions", 0, "help", "en"), "One. \n  Two.", '      en: "One. \\n  Two."'),
        (("questions", 0, "help", "en"), "a\tb\x07\u2028\U0001f600\U0010ffff", '      en: "a\\tb\\u0007\\u2028😀\U0010ffff"'),
        (("questions", 0, "help", "en"), "全角\u3000空格", "      en: 全角\u3000空格"),
        (("questions", 0, "valid", "to"), Decimal("99.5"), "    valid: {from: 1, to: 99.5}"),
    ],
)  # fmt: skip
def test_a_value_is_changed_in_its_place(path: tuple[str | int, ...], value: str | int, line: str) -> None:
    assert line in changed(*path, to=value)
    assert set_value(SCRIPT, path, value).count("#") == SCRIPT.count("#")


@pytest.mark.parametrize(
    "path",
    [
        ("questions",),
        ("questions", 0),
        ("questions", 9, "id"),
        ("questions", 9),
        ("questions", 0, "id", "zh"),
        ("questions", "x"),
    ],
)
def test_what_is_no_single_value_is_not_changed(path: tuple[str | int, ...]) -> None:
    with pytest.raises(CannotEdit):
        set_value(SCRIPT, path, "new")


@pytest.mark.parametrize("source", ["", "a: [", "a: &x 1\nb: *x\n", "a: 1\na: 2\n"])
def test_a_script_that_cannot_be_read_or_shares_values_is_left_to_its_file(source: str) -> None:
    with pytest.raises(CannotEdit):
        set_value(source, ("a",), "new")


def test_a_script_that_doubles_with_every_line_is_left_alone_at_once() -> None:
    """Followed, forty aliases of aliases are more values than a machine can hold."""
    doubling = "\n".join(f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}]" for n in range(1, 40))
    source = f"a: 1\nlist:\n  - b\n  - c\nl0: &l0 [x, x]\n{doubling}\n"
    for change in (
        lambda: set_value(source, ("a",), "new"),
        lambda: remove_key(source, ("a",)),
        lambda: moved(source, ("list", 0), 1),
        lambda: removed(source, ("list", 0)),
        lambda: added(source, ("list", 0), "d"),
        lambda: added("list:\n  - b\n", ("list", 0), "- &x 1\n- *x"),
    ):
        with pytest.raises(CannotEdit):
            change()


def test_an_empty_value_is_filled() -> None:
    assert set_value("a:\nb: 1\n", ("a",), "x") == "a: x\nb: 1\n"
    assert set_value("a: {}\n", ("a", "zh"), "x") == "a: {zh: x}\n"
    assert set_value("a:\n  b: 1", ("a", "c"), "x") == "a:\n  b: 1\n  c: x\n"
    with pytest.raises(CannotEdit):
        set_value("a:\n  -\n", ("a", 0), "x")


@pytest.mark.parametrize(("key", "left"), [("from", "valid: {to: 120}"), ("to", "valid: {from: 1}")])
def test_a_key_is_taken_out_of_brackets(key: str, left: str) -> None:
    assert remove_key(SCRIPT, ("questions", 0, "valid", key)) == SCRIPT.replace(
        "valid: {from: 1, to: 120}", left
    )


def test_a_text_takes_the_place_of_one_value() -> None:
    assert set_value("a: to_be_written\n", ("a",), {"zh": "一", "en": "one"}) == "a: {zh: 一, en: one}\n"


def test_several_values_are_changed_at_once() -> None:
    after = set_values(
        SCRIPT,
        {
            ("texts", "bye", "en"): "Bye",
            ("questions", 0, "short", "vi"): "Tuổi",
            ("texts", "bye", "zh"): "下次见",
            ("questions", 0, "valid", "from"): 18,
            ("questions", 0, "short", "fr"): "Âge",
            ("texts", "bye", "fr"): "Salut",
        },
    )
    assert set(values(after)) - set(values(SCRIPT)) == {
        (("texts", "bye", "en"), "Bye"),
        (("texts", "bye", "fr"), "Salut"),
        (("texts", "bye", "zh"), "下次见"),
        (("questions", 0, "short", "vi"), "Tuổi"),
        (("questions", 0, "short", "fr"), "Âge"),
        (("questions", 0, "valid", "from"), "18"),
    }
    assert after.endswith("    zh: 下次见\n    en: Bye\n    fr: Salut\n")
    assert set_values(SCRIPT, {}) == SCRIPT


def test_of_several_values_the_one_is_named_that_cannot_be_changed() -> None:
    with pytest.raises(CannotEdit) as told:
        set_values(SCRIPT, {("texts", "bye", "zh"): "下次见", ("texts", "hello", "zh"): "您好"})
    assert told.value.path == ("texts", "hello", "zh")


def test_a_key_is_taken_out_with_its_value() -> None:
    after = remove_key(SCRIPT, ("questions", 0, "help"))
    assert "虚岁" not in after
    assert "# English below" not in after  # it lies inside what goes
    assert set(values(SCRIPT)) - set(values(after)) == {
        (("questions", 0, "help", "zh"), "周岁。\n不是虚岁。"),
        (("questions", 0, "help", "en"), "Full years."),
    }


def test_a_key_goes_out_of_brackets_with_its_comma() -> None:
    first = remove_key(SCRIPT, ("questions", 0, "ask", "zh"))
    assert first == SCRIPT.replace("{zh: 您多少岁？, en: How", "{en: How")
    last = remove_key(SCRIPT, ("questions", 0, "valid", "to"))
    assert last == SCRIPT.replace("{from: 1, to: 120}", "{from: 1}")


@pytest.mark.parametrize(
    "path",
    [
        ("texts", "bye", "zh"),
        ("questions", 0, "id"),
        ("questions", 0, "id", "x"),
        ("nothing",),
        ("texts", "x"),
    ],
)
def test_a_key_that_is_alone_or_first_in_its_item_stays(path: tuple[str | int, ...]) -> None:
    with pytest.raises(CannotEdit):
        remove_key(SCRIPT, path)


PATHS = [path for path, _ in values(SHIPPED)]


@settings(max_examples=5, deadline=None)
@given(some.sampled_from(PATHS), some.text(min_size=1, max_size=40))
@example(("criteria", 0, "ending", "zh"), "一行\n\n两行：{phone}")
@example(("texts", "hello", "en"), "one line")
@example(("notice", "abroad", "en"), "- a dash: first")
def test_in_the_shipped_script_any_value_can_be_anything_and_nothing_else_changes(
    path: tuple[str | int, ...], text: str
) -> None:
    after = set_value(SHIPPED, path, text)
    was, now = dict(values(SHIPPED)), dict(values(after))
    assert {place for place in was if was[place] != now[place]} <= {path}
    assert now[path] == text.strip("\n")


WORDS = some.one_of(
    some.text(max_size=40), some.text(alphabet="ab \n\t:#-'\"{}[],&*?|>%@`!=~\\　。，yesno01", max_size=25)
)
PLACES = [*(path for path, _ in values(SCRIPT)), ("texts", "bye", "en"), ("questions", 0, "ask", "vi")]


@settings(max_examples=100, deadline=None)
@given(some.dictionaries(some.sampled_from(PLACES), WORDS, min_size=1, max_size=4))
def test_any_words_can_stand_anywhere(words: dict[tuple[str | int, ...], str]) -> None:
    """Words full of what means something in YAML too, several at once."""
    now = dict(values(set_values(SCRIPT, words)))
    assert now == dict(values(SCRIPT)) | {path: text.strip("\n") for path, text in words.items()}


def test_every_value_of_the_shipped_script_can_be_written_again() -> None:
    """Comments and order stay, whatever is changed."""
    for path, text in list(values(SHIPPED))[::200]:
        after = set_value(SHIPPED, path, text)
        assert after.count("#") == SHIPPED.count("#")
        assert list(values(after)) == list(values(SHIPPED))
