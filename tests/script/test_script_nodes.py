"""YAML as nodes: places and raw text."""

import pytest

from bot.script.nodes import Broken, ListNode, MapNode, Node, Scalar, read
from bot.script.problems import Place


def nodes(source: str | bytes) -> Node:
    node, problems = read(source, "x.yaml")
    assert problems == ()
    assert node is not None
    return node


@pytest.mark.parametrize(
    "word", ["no", "yes", "1:30", "012", "1_000", "0x1f", "null", "~", "2026-03-05", "是"]
)
def test_a_plain_word_stays_as_it_was_written(word: str) -> None:
    assert nodes(f"a: {word}") == MapNode(
        ((Scalar("a", Place(1, 1, 1)), Scalar(word, Place(1, 4, len(word)))),), Place(1, 1, 1)
    )


@pytest.mark.parametrize(
    ("written", "text", "empty"),
    [
        ("", "", True),
        ("''", "", True),
        ("' '", " ", True),
        ("~", "~", True),
        ("null", "null", True),
        ("'null'", "null", False),
        ('"~"', "~", False),
        ("no", "no", False),
    ],
)
def test_nothing_is_told_from_something(written: str, text: str, empty: bool) -> None:
    root = nodes(f"a: {written}\nb: c")
    assert isinstance(root, MapNode)
    value = root.get("a")
    assert isinstance(value, Scalar)
    assert (value.text, value.empty) == (text, empty)
    assert value.place.line == 1


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("您好 {phone}", Place(1, 7, 7)),
        ('"您好 {phone}"', Place(1, 8, 7)),
        ("'您好 {phone}'", Place(1, 8, 7)),
        (r'"您好\x20{phone}"', Place(1, 11, 7)),
        (r'"您好 \x7bphone}"', Place(1, 4, 15)),
        ("您好\n  {phone}", Place(2, 3, 7)),
        (">\n  您好 {phone}\n", Place(2, 6, 7)),
        ("|-\n  您好 {phone}\n", Place(2, 6, 7)),
    ],
)
def test_the_place_of_a_part_of_a_text(written: str, part: Place) -> None:
    root = nodes(f"a: {written}")
    assert isinstance(root, MapNode)
    value = root.get("a")
    assert isinstance(value, Scalar)
    assert value.text == "您好 {phone}"
    assert value.part(3, 7) == part


def test_places_of_lists_and_maps() -> None:
    root = nodes("a:\n  - b: 1\n  - [c, {d: e}]\n  - []\n")
    assert isinstance(root, MapNode)
    items = root.get("a")
    assert isinstance(items, ListNode)
    assert items.place == Place(2, 3, 1)
    assert [item.place for item in items.items] == [Place(2, 5, 1), Place(3, 5, 11), Place(4, 5, 2)]


def test_an_empty_item_is_at_its_dash() -> None:
    root = nodes("a:\n  - x\n  -\n\n\n  - y\n")
    assert isinstance(root, MapNode)
    items = root.get("a")
    assert isinstance(items, ListNode)
    assert [item.place for item in items.items] == [Place(2, 5, 1), Place(3, 3, 1), Place(6, 5, 1)]


def test_keys_and_values_can_be_looked_up() -> None:
    root = nodes('"a": 1\nb: 2')
    assert isinstance(root, MapNode)
    assert root.key("a") == Scalar("a", Place(1, 1, 3), plain=False, verbatim_from=1)
    assert root.get("b") == Scalar("2", Place(2, 4, 1))
    assert root.get("c") is None
    assert root.key("c") is None


def test_old_line_ends_and_odd_separators_do_not_move_places() -> None:
    assert nodes("a: 1\r\nb: 2\r\n") == nodes("a: 1\nb: 2\n") == nodes("a: 1\rb: 2\r")
    root = nodes("a: 'x\u2028y'\nb: 2\n")
    assert isinstance(root, MapNode)
    assert root.key("b") == Scalar("b", Place(2, 1, 1))


def test_an_alias_is_a_gap() -> None:
    node, problems = read("a: *b\nc: d", "x.yaml")
    assert isinstance(node, MapNode)
    assert node.get("a") == Broken(Place(1, 4, 2))
    assert [problem.message for problem in problems] == ["alias"]


def test_the_last_of_many_levels() -> None:
    assert read("[" * 30 + "]" * 30, "x")[1] == ()
    assert [problem.message for problem in read("[" * 31 + "]" * 31, "x")[1]] == ["too_deep"]


@pytest.mark.parametrize(
    ("source", "message", "place"),
    [
        ("a: {b: c}\n*x : d", "alias", Place(2, 1, 2)),
        ("[a, b]: c", "key_not_word", Place(1, 1, 6)),
        ("a: {b: c, d}", "comma_in_text", Place(1, 11, 1)),
        ("a: {b}", None, None),
        ("a: {b: c, d: }", None, None),
        ("? a\n: b", None, None),
        ("a: !!str b", "tag", Place(1, 4, 5)),
        ("a: &x [b]", "anchor", Place(1, 4, 2)),
        ("%YAML 3.0\n---\na: b", "yaml_other", Place(1, 1, 1)),
        ("a: |\n  x\n y\n", "indentation", Place(3, 2, 1)),
        ("a: ok # c\n  more\n", "indentation", Place(2, 3, 4)),
        ("a: [b\nc: d\n", "bracket_open", Place(1, 4, 1)),
        ("a: {b: c,\n  d: e: f}\n", "bracket_text", Place(2, 7, 1)),
        ("a: 'b\n--- c", "quote_open", Place(1, 4, 1)),
        ("- a\n-b\n", "dash_space", Place(2, 1, 1)),
        ("- a\nb: c\n", "indentation", Place(2, 1, 4)),
        ("zh：您好\nen: x\n", "wide_colon", Place(1, 3, 1)),
        ("a:b\nc: d\n", "colon_space", Place(1, 2, 1)),
        ("a: x\n  b: 1\n", "indentation", Place(2, 3, 4)),
        ("a: b\n\tc: d\n", "tab_indent", Place(2, 1, 1)),
        ("a: >-\n\tx\n", "tab_indent", Place(2, 1, 1)),
        ("a:\n  b: c\n\u3000\u3000d: e\n", "wide_indent", Place(3, 1, 2)),
        ("a: \x00", "control_character", Place(1, 4, 1)),
        ("a: \ud800", "control_character", Place(1, 4, 1)),
        ('a: "b\\0c"', "escape_unseen", Place(1, 6, 2)),
        ('a: "\\\\0 \\x07"', "escape_unseen", Place(1, 9, 4)),
        ('a: "\\U0000ffff"', "escape_unseen", Place(1, 5, 10)),
        ('a: "b\n  \\udead"', "escape_unseen", Place(2, 3, 6)),
        ('{"a": "\\ud83d\\ude00"}', None, None),
        ("a: 'b\\0c'", None, None),
        ("a: %x", "bad_start", Place(1, 4, 1)),
        ("a: ? b", "bad_start", Place(1, 4, 1)),
        ("a: - b", "list_in_line", Place(1, 4, 1)),
        (": : :", None, None),
    ],
)
def test_what_is_no_yaml_for_scripts(source: str, message: str | None, place: Place | None) -> None:
    _, problems = read(source, "x.yaml")
    found = [(problem.message, Place(problem.line, problem.column, problem.length)) for problem in problems]
    assert found == ([] if message is None else [(message, place)])
