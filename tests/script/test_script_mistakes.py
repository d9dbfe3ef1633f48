"""Each mistake is said in both languages, and the right words are marked."""

from collections.abc import Callable
from string import Formatter

import pytest
from case_mistakes import CASE_MISTAKES
from measured import MISTAKES as MEASURED_MISTAKES
from measured import OF_THE_TEAM
from script_mistakes import MISTAKES, Mistake

from bot.script.compile import Compiled, compile_script
from bot.script.messages import CATALOGUE
from bot.script.problems import Problem

#: Sentences about bytes and whole files; their examples are tests below.
ABOUT_FILES = {
    *(
        "not_utf8",
        "looks_gbk",
        "utf16",
        "too_big",
        "empty_file",
        "folder_differs",
        "unreadable_file",
        "not_a_script",
    )
}


@pytest.mark.parametrize(
    "mistake", MISTAKES, ids=lambda mistake: f"{mistake.message}-{MISTAKES.index(mistake)}"
)
def test_it_says_what_is_wrong(mistake: Mistake, changed: Callable[[str, str], Compiled]) -> None:
    compiled = changed(mistake.old, mistake.new)
    sentence = CATALOGUE[mistake.message]
    severity = "warning" if sentence.warning else "error"
    problem, *more = [problem for problem in compiled.problems if problem.severity == severity]
    assert {problem.message, *(each.message for each in more)} == {mistake.message}
    assert problem.text("zh") == mistake.zh
    assert problem.text("en") == mistake.en
    assert _marked(compiled, problem) == mistake.marked
    assert (compiled.flow is None) == (severity == "error")


def test_every_sentence_has_an_example() -> None:
    shown = {each.message for each in (*MISTAKES, *MEASURED_MISTAKES, OF_THE_TEAM, *CASE_MISTAKES)}
    # Theirs are in test_script_walk.py, test_script_witness.py, test_script_rules.py and
    # tests/export/test_export_flow_sheet.py.
    others = ("walk_", "unwitnessed", "margin_differs", "sheet_")
    elsewhere = {message for message in CATALOGUE if message.startswith(others)}
    assert shown | ABOUT_FILES | elsewhere >= set(CATALOGUE)


@pytest.mark.parametrize("sentence", CATALOGUE.values(), ids=list(CATALOGUE))
def test_the_languages_of_a_sentence_hold_the_same_values(sentence) -> None:
    values = {language: _values(words) for language, words in sentence.words.items()}
    assert values["zh"] - {"language"} == values["en"] - {"language"}
    assert sentence.words["zh"].endswith(("。", "{hint}", "\\\\。"))
    assert not sentence.words["en"].endswith(".")


@pytest.mark.parametrize(
    ("source", "message", "place"),
    [
        (b"format: 1\nflow: \xff\xff\n", "not_utf8", (2, 7)),
        ("format: 1\nauthor: 研究团队\n".encode("gb18030"), "looks_gbk", (2, 9)),
        ("format: 1\n".encode("utf-16"), "utf16", (1, 1)),
        ("format: 1\n".encode("utf-16-be"), "control_character", (1, 1)),
        (b"#" * (1024 * 1024 + 1), "too_big", (1, 1)),
        (b"", "empty_file", (1, 1)),
        (b"\xef\xbb\xbf", "empty_file", (1, 1)),
        (b"# nothing yet\n", "empty_file", (1, 1)),
        (b"---\n...\n", "empty_file", (1, 1)),
        (b"just words", "wrong_shape", (1, 1)),
        (b"- a\n", "wrong_shape", (1, 1)),
        (b"*a", "alias", (1, 1)),
    ],
)
def test_a_file_that_is_no_script(source: bytes, message: str, place: tuple[int, int]) -> None:
    compiled = compile_script(source, "flows/small/flow.yaml")
    [problem] = compiled.problems
    assert problem.message == message
    assert (problem.line, problem.column) == place
    assert compiled.flow is None


def test_a_file_saved_as_gbk_is_shown_readably() -> None:
    compiled = compile_script("flow: small\nauthor: 研究团队\n".encode("gbk"), "flow.yaml")
    assert compiled.report("zh") == (
        "flow.yaml:2:9: 从这里起不是 UTF-8，文件像是用 GBK（ANSI）保存的；请用“另存为”，编码选 UTF-8。 [file]\n"
        "author: 研究团队\n"
        "        ^~"
    )


def test_a_file_of_another_kind_is_no_script(small: str) -> None:
    compiled = compile_script(small, "flows/README.md")
    assert compiled.flow is None
    assert compiled.report("en") == (
        "flows/README.md: README.md is not a flow script; a script is a file called flow.yaml, check the name [file]"
    )
    assert compiled.report("zh").startswith("flows/README.md: README.md 不是流程脚本；")


def test_a_flow_called_otherwise_than_its_folder_is_a_warning(small: str) -> None:
    compiled = compile_script(small, "flows/big/flow.yaml")
    assert compiled.flow is not None
    assert compiled.report("en") == (
        'flows/big/flow.yaml:2:7: warning: the flow is called "small", its folder "big"; give both the same name '
        "[folder]\n"
        "flow: small\n"
        "      ^~~~~"
    )
    assert compiled.report("zh").startswith("flows/big/flow.yaml:2:7: 提醒：流程编号是“small”，")


@pytest.mark.parametrize("file", ["flows/small/flow.yaml", "flow.yaml", "drafts/7.yaml", ""])
def test_other_files_have_no_folder_to_agree_with(small: str, file: str) -> None:
    assert compile_script(small, file).problems == ()


def _marked(compiled: Compiled, problem: Problem) -> str:
    line = compiled.source.split("\n")[problem.line - 1]
    return line[problem.column - 1 : problem.column - 1 + problem.length]


def _values(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}
