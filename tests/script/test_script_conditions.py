"""The little language of `ask_if` and `when`."""

import pytest

from bot.core.flow import All, Any, Condition, Is
from bot.script.conditions import Mention, Word, condition, mentions
from bot.script.nodes import Broken, ListNode, Scalar
from bot.script.problems import Place
from bot.script.shapes import Log


def one_of(question: str, *codes: str) -> Is:
    return Is(question, frozenset(codes))


def none_of(question: str, *codes: str) -> Is:
    return Is(question, frozenset(codes), negated=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pregnant = no", one_of("pregnant", "no")),
        ("pregnant=no", one_of("pregnant", "no")),
        ("pregnant != na", none_of("pregnant", "na")),
        ("hormones in [pill]", one_of("hormones", "pill")),
        ("hormones in [pill, hrt]", one_of("hormones", "pill", "hrt")),
        ("hormones in[pill,hrt]", one_of("hormones", "pill", "hrt")),
        ("hormones not in [pill, hrt]", none_of("hormones", "pill", "hrt")),
        ("a = b and c != d", All((one_of("a", "b"), none_of("c", "d")))),
        ("a = b or c in [d, e] or f = g", Any((one_of("a", "b"), one_of("c", "d", "e"), one_of("f", "g")))),
        ("a = b\n  and c = d", All((one_of("a", "b"), one_of("c", "d")))),
        ("android = orange", one_of("android", "orange")),
    ],
)
def test_what_a_condition_says(text: str, expected: Condition) -> None:
    log = Log("x.yaml")
    assert condition(Scalar(text, Place(1, 1)), log) == expected
    assert log.problems == []


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("pregnant", "condition_ends", ""),
        ("pregnant =", "condition_ends", ""),
        ("a in [", "condition_ends", ""),
        ("a in [b", "condition_ends", ""),
        ("a = b and", "condition_ends", ""),
        ("= b", "condition_unreadable", "="),
        ("a = = b", "condition_unreadable", "="),
        ("a > b", "condition_unreadable", ">"),
        ("a in b", "condition_unreadable", "b"),
        ("a in []", "condition_unreadable", "]"),
        ("a in [b, ]", "condition_unreadable", "]"),
        ("a in [b c]", "condition_unreadable", "c"),
        ("a not b", "condition_unreadable", "b"),
        ("not a = b", "condition_unreadable", "not"),
        ("a = b c = d", "condition_unreadable", "c"),
        ("a = b and and c = d", "condition_unreadable", "and"),
        ("a == b", "condition_operator", "=="),
        ("a ＝ b", "condition_operator", "＝"),
        ("a！＝b", "condition_operator", "！＝"),
        ("a ≠ b", "condition_operator", "≠"),
        ("a is b", "condition_operator", "is"),
        ("a IN [b]", "condition_operator", "IN"),
        ("a in 【b】", "condition_operator", "【"),
        ("a in [b，c]", "condition_operator", "，"),
        ("a = b 或者 c = d", "condition_operator", "或者"),
        ("a = b && c = d", "condition_operator", "&&"),
        ("a = b AND c = d", "condition_operator", "AND"),
        ("a = b and c = d or e = f", "condition_mixed", "or"),
        ("a = b or (c = d)", "condition_brackets", "("),
        ("a = b or （c = d）", "condition_brackets", "（"),
    ],
)
def test_where_a_condition_goes_wrong(text: str, message: str, marked: str) -> None:
    log = Log("x.yaml")
    assert condition(Scalar(f"{text}", Place(3, 7)), log) is None
    [problem] = log.problems
    assert problem.message == message
    assert problem.line == 3
    start = problem.column - 7
    assert text[start : start + len(marked)] == marked
    assert problem.length == max(1, len(marked))
    assert mentions(text) == ()


@pytest.mark.parametrize(
    ("node", "messages"),
    [
        (Scalar("", Place(1, 1)), ["no_value"]),
        (ListNode((), Place(1, 1)), ["wrong_shape"]),
        (Broken(Place(1, 1)), []),
    ],
)
def test_what_is_no_condition_at_all(node: Scalar | ListNode | Broken, messages: list[str]) -> None:
    log = Log("x.yaml")
    assert condition(node, log) is None
    assert [problem.message for problem in log.problems] == messages


def test_what_a_condition_names() -> None:
    assert mentions("pregnant != na and hormones in [pill, hrt]") == (
        Mention(Word("pregnant", 0), (Word("na", 12),)),
        Mention(Word("hormones", 19), (Word("pill", 32), Word("hrt", 38))),
    )
