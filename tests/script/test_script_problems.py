"""How a problem is shown."""

from inspect import cleandoc
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.script.messages import CATALOGUE, Sentence
from bot.script.problems import (
    WIDEST_LINE,
    Place,
    Problem,
    closest,
    hint,
    in_file_order,
    problem_at,
    render,
    render_all,
    width,
    workflow_command,
)


def said(line: int, column: int, length: int = 1, word: str = "x") -> Problem:
    return problem_at("flow.yaml", Place(line, column, length), "not_true_false", word=word)


def test_a_problem_for_programs() -> None:
    problem = problem_at(
        "flow.yaml", Place(5, 7, 3), "text_unknown_language", word="enn", hint=hint("enn", ["zh", "en"])
    )
    assert problem.to_dict() == {
        "file": "flow.yaml",
        "line": 5,
        "column": 7,
        "severity": "error",
        "rule": "languages",
        "message": 'there is no language "enn"',
        "fix": 'did you mean "en"?',
    }
    chinese = problem.to_dict("zh")
    assert (chinese["message"], chinese["fix"]) == ("没有“enn”这种语言", "您是不是想写“en”？")


def test_a_problem_for_github() -> None:
    assert workflow_command(said(5, 7, 3, "50%")) == (
        '::error file=flow.yaml,line=5,col=7,endColumn=10,title=values::"50%25" should be true or false'
    )
    odd = problem_at("a,b:c.yaml", Place(1, 1), "unused_answer_set", word="has")
    assert workflow_command(odd, "zh") == (
        "::warning file=a%2Cb%3Ac.yaml,line=1,col=1,endColumn=2,title=unused::没有问题用到“has”这组选项；不需要就删掉。"
    )


@pytest.mark.parametrize("sentence", CATALOGUE.values(), ids=list(CATALOGUE))
def test_what_would_be_right_stands_apart_in_both_languages_or_in_none(sentence: Sentence) -> None:
    assert ("；" in sentence.words["zh"]) == ("; " in sentence.words["en"])


@pytest.mark.parametrize(
    ("line", "marked", "caret"),
    [
        ("ask: hello", "hello", "     ^~~~~"),
        ("ask: {zh: 您怀孕了吗？, enn: x}", "enn", "                        ^~~"),
        ("ask: 您怀孕了吗？", "您怀孕了吗？", "     ^" + "~" * 11),
        ("年龄: ｛错｝", "｛", "      ^~"),
        ("a: e\u0301a b", "b", "      ^"),
        ("\tb: c", "b", " ^"),
        ("ﾊﾝｶｸ: x", "x", "      ^"),
    ],
)
def test_the_caret_stands_under_what_is_marked(line: str, marked: str, caret: str) -> None:
    problem = said(1, line.index(marked) + 1, len(marked))
    assert render(problem, [line]).split("\n")[2] == caret


def test_a_problem_with_its_line() -> None:
    lines = ["notes:", "  - 说明: 是的"]
    assert render(said(2, 9, 2, "是的"), lines, "zh") == cleandoc("""
        flow.yaml:2:9: “是的”应该是 true（是）或 false（否）。 [values]
          - 说明: 是的
                  ^~~~
    """)
    assert render(said(2, 9, 2, "是的"), lines, "en") == cleandoc("""
        flow.yaml:2:9: "是的" should be true or false [values]
          - 说明: 是的
                  ^~~~
    """)


@pytest.mark.parametrize(
    ("language", "start"), [("zh", "“x”"), ("zh-Hans", "“x”"), ("en", '"x"'), ("fr", '"x"')]
)
def test_other_languages_are_told_in_english(language: str, start: str) -> None:
    assert said(1, 1).text(language).startswith(start)


@pytest.mark.parametrize("lines", [[], [""], ["   "]])
def test_without_a_line_to_show_there_is_only_the_sentence(lines: list[str]) -> None:
    assert render(said(1, 1), lines) == 'flow.yaml:1:1: "x" should be true or false [values]'


def test_invisible_characters_are_shown_and_cannot_steer_the_terminal() -> None:
    shown = render(said(1, 1, word="\x1b[2J\u202ex"), ["a\x1b[2J\u202eb\u2028c"])
    assert shown.split("\n")[0] == 'flow.yaml:1:1: "�[2J�x" should be true or false [values]'
    assert shown.split("\n")[1] == "a�[2J�b�c"


def test_long_words_are_cut() -> None:
    assert said(1, 1, word="很" * 100).text("zh").startswith("“" + "很" * 39 + "…”")
    assert said(1, 1, word="a\n  b").text("en").startswith('"a b"')
    assert hint("x", [f"name{number}" for number in range(50)])["en"].endswith(", name15, …")


@given(st.text(st.sampled_from("a您 é{"), min_size=50, max_size=300).filter(str.strip), st.data())
def test_a_long_line_is_cut_around_the_mark(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line)))
    length = data.draw(st.integers(1, len(line) - column + 1))
    shown = render(said(1, column, length), [line]).split("\n")
    if len(shown) == 1:
        return  # the part around the mark is blank
    _, line_shown, carets = shown
    assert width(line_shown) <= WIDEST_LINE + 4
    before = carets.index("^")
    at, columns = 0, 0
    while columns < before:
        columns += width(line_shown[at])
        at += 1
    assert columns == before
    assert line_shown[at] == line[column - 1]


@given(st.text())
def test_the_width_of_words(words: str) -> None:
    wide = sum(east_asian_width(character) in "WF" for character in words)
    assert width(words) <= len(words) + wide


def test_problems_are_sorted_and_said_once() -> None:
    first, second, third = said(1, 5), said(2, 1), said(2, 3)
    assert in_file_order([third, first, second, first]) == (first, second, third)
    assert len(render_all([first, second], "a: b\nc: d").split("\n")) == 6


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("shrot", ["short", "ask"], "short"),
        ("I2", ["i2"], "i2"),
        ("“yes”", ["yes", "no"], "yes"),
        ("E11", ["E1", "E10"], None),
        ("年龄", ["age"], None),
        ("x", [], None),
    ],
)
def test_the_word_that_was_meant(word: str, known: list[str], meant: str | None) -> None:
    assert closest(word, known) == meant


def test_a_way_out_when_there_is_nothing_to_choose_from() -> None:
    assert hint("x", []) == {"zh": "这里目前一个也没有。", "en": "there are none here yet"}
