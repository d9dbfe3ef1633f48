"""`prescreen flows diff|graph|pack|replay`: what is made of a script's versions."""

# ruff: noqa: F811 (a fixture is a name and an argument)

import json
from pathlib import Path

import pytest

from tests.service.stage import MELASMA, Person, Stage
from tests.test_cli import Shell, broken, published, shell, staffed, worked  # noqa: F401

OLDER = ("您今年几周岁？", "您现在几周岁？")
YOUNGER = (
    ("from: 18, to: 59", "from: 18, to: 29"),
    ("from: 60, to: 60", "from: 30, to: 30"),
    ("from: 61", "from: 31"),
    ("18至60周岁", "18至30周岁"),
    ("18 to 60 years", "18 to 30 years"),
)
LIMIT = ("to: 59, means: meets", "to: 58, means: meets")


def edited(shell: Shell, *changes: tuple[str, str], name: str = "mine.yaml") -> Path:
    """The small script with other words, in a file of its own."""
    text = (shell.folder / "flows" / "small" / "flow.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = shell.folder / name
    path.write_text(text, encoding="utf-8")
    return path


# diff


def test_diff_tells_in_words_what_a_file_changes_of_the_published_version(staffed: Shell) -> None:
    first = published(staffed)
    edited(staffed, OLDER)
    head, file, *told = staffed("flows", "diff", "mine.yaml").stdout.splitlines()
    assert head.startswith(f"- version {first[:12]} of small: anna, 20")
    assert file == "+ mine.yaml"
    assert told == [
        "",
        "== What participants see (1)",
        "* Question “Age”: its words",
        "  zh - 您今年几周岁？",
        "  zh + 您现在几周岁？",
        "  en = How old are you?",
        "  ! en did not change with it",
        "",
        "Changed in one language only, marked with !: 1. Look whether the other still says the same.",
    ]


@pytest.mark.parametrize(
    "words", [["--language", "zh", "flows", "diff", "small"], ["flows", "diff", "small", "--language", "zh"]]
)
def test_diff_speaks_chinese(staffed: Shell, words: list[str]) -> None:
    published(staffed)
    edited(staffed, OLDER)
    staffed("flows", "push", "mine.yaml", "--by", "anna")
    told = staffed(*words).stdout.splitlines()
    assert told[1].startswith("+ small 的草稿 1：anna，20")
    assert told[3:5] == ["== 参与者看到的（1）", "* 问题“年龄”的问法"]
    assert told[-1].startswith("只改了一种语言的文字（标有“！”）：1 处。")


def test_a_study_is_compared_with_its_draft_else_with_its_file(staffed: Shell) -> None:
    first = published(staffed)
    same = staffed("flows", "diff", "small").stdout.splitlines()
    assert same[1].startswith("+ flows/small/flow.yaml")
    assert same[-1] == "Both are the same, to the byte."
    mine = edited(staffed, ("format: 1", "# noted\nformat: 1"))
    staffed("flows", "push", "mine.yaml", "--by", "anna")
    assert staffed("flows", "diff", "small").stdout.splitlines()[-1] == (
        "They say the same; only comments or the way of writing differ."
    )
    mine.unlink()
    named = json.loads(staffed("flows", "diff", "small", "--to", first[:8], "--json").stdout)
    assert named["to"] == {"study": "small", "hash": first, "state": "published", "revision": 0}
    drafted = json.loads(staffed("flows", "diff", "small", "--json").stdout)
    assert (drafted["from"], drafted["to"]["state"], drafted["to"]["revision"]) == (named["to"], "draft", 1)


def test_diff_prints_for_programs(staffed: Shell) -> None:
    published(staffed)
    edited(staffed, LIMIT, ("from: 60, to: 60", "from: 59, to: 60"))
    printed = json.loads(staffed("flows", "diff", "mine.yaml", "--from", "published", "--json").stdout)
    assert set(printed) == {"from", "to", "changes"}
    (change,) = printed["changes"]
    assert set(change) == {"area", "path", "name", "old", "new", "left_behind"}
    assert (change["area"], change["path"]) == ("criteria", ["questions", "age", "ranges"])
    assert "18 to 59: I1 meets" in change["old"]["en"]
    assert "18 到 58：I1 符合" in change["new"]["zh"]


def test_in_the_demonstration_a_draft_is_compared_with_what_it_shows(shell: Shell) -> None:
    shell.env["PRESCREEN_MODE"] = "demo"
    edited(shell, OLDER)
    shell("flows", "push", "mine.yaml", "--by", "anna")
    told = shell("flows", "diff", "small").stdout.splitlines()
    assert told[0] == "- flows/small/flow.yaml"
    assert told[1].startswith("+ draft 1 of small: anna, 20")
    assert "  zh + 您现在几周岁？" in told


def test_any_two_versions_are_compared(staffed: Shell) -> None:
    first = published(staffed)
    edited(staffed, OLDER)
    second = staffed("flows", "submit", "mine.yaml", "--by", "anna").stdout.split()[1]
    staffed("flows", "approve", second, "--ethics-number", "E-2", "--by", "bob")
    told = staffed("flows", "diff", "small", "--from", "approved", "--to", "published").stdout.splitlines()
    assert [told[0].split()[2], told[1].split()[2]] == [second[:12], first[:12]]
    assert "  zh + 您今年几周岁？" in told
    back = staffed("flows", "diff", "small", "--from", first[:6], "--to", "mine.yaml").stdout.splitlines()
    assert "  zh + 您现在几周岁？" in back


@pytest.mark.parametrize(
    ("words", "code", "en", "zh"),
    [
        (["small"], 1, "No version of small is published or approved yet.", "还没有已发布或已批准的版本"),
        (["small", "--from", "published"], 1, "No version of small is published.", "没有已发布的版本"),
        (["small", "--from", "approved"], 1, "No version of small is approved.", "没有获批准的版本"),
        (["small", "--from", "draft"], 1, "There is no draft of small.", "没有草稿"),
        (["small", "--from", "abcdef12"], 1, "There is no single version that begins with abcdef12.", "abcdef12"),
        (["small", "--from", "abc"], 1, "There is no single version that begins with abc.", "至少"),
        (["small", "--from", "nowhere.yaml"], 2, "There is no flow script nowhere.yaml.", "没有流程脚本"),
        (["nowhere", "--from", "flows/small"], 1, "is a script of another study.", "是另一项研究的脚本"),
        (["small", "--from", str(MELASMA)], 1, "(melasma-exosome) is a script of another study.", "另一项研究"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said(shell: Shell, words: list[str], code: int, en: str, zh: str) -> None:
    for language, sentence in (("en", en), ("zh", zh)):
        result = shell("flows", "diff", *words, language=language, code=code)
        assert result.stdout == ""
        assert sentence in result.stderr


def test_a_broken_draft_is_told_where_and_what(staffed: Shell) -> None:
    published(staffed)
    broken(staffed)
    assert "inclusoin" in staffed("flows", "graph", "flows/small", code=1).stderr
    staffed("flows", "push", "flows/small", "--by", "anna")
    told = staffed("flows", "diff", "small", code=1).stderr
    assert told.startswith("small/draft-1.yaml:")
    assert "inclusoin" in told


def test_who_is_told_of_another_publication_can_compare(staffed: Shell) -> None:
    """What the sentence says to type works."""
    published(staffed)
    staffed("flows", "pull", "small", "--into", "anna")
    edited(staffed, OLDER, name="newer.yaml")
    newer = staffed("flows", "submit", "newer.yaml", "--by", "carol").stdout.split()[1]
    staffed("flows", "approve", newer, "--ethics-number", "E-2", "--by", "bob")
    staffed("flows", "publish", newer, "--by", "bob")
    file = Path("anna/small/flow.yaml")
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    told = staffed("flows", "push", str(file), "--by", "anna", code=1).stderr
    command = told.split("with prescreen ")[1].split(", or go on")[0]
    assert "  zh - 您现在几周岁？" in staffed(*command.replace("FILE", str(file)).split()).stdout.splitlines()


# graph


def test_graph_draws_a_file_without_a_store(shell: Shell) -> None:
    svg = shell("flows", "graph", "flows/small").stdout
    assert svg.startswith("<svg ")
    assert ">How old are you?</tspan>" in svg
    assert ">您今年几周岁？</tspan>" in shell("flows", "graph", "small", "--language", "zh").stdout
    assert shell("flows", "graph", "flows/small", "--format", "mermaid").stdout.startswith("flowchart TD\n")


def test_a_file_alone_opens_no_store(shell: Shell) -> None:
    shell("flows", "graph", "flows/small")
    shell("flows", "diff", "flows/small", "--from", "flows/small")
    assert not shell.data.exists()


def test_graph_draws_the_draft_else_what_runs_and_any_version(staffed: Shell) -> None:
    first = published(staffed)
    edited(staffed, OLDER, name="flows/small/flow.yaml")
    assert ">您今年几周岁？</tspan>" in staffed("flows", "graph", "small", language="zh").stdout
    edited(staffed, ("您现在几周岁？", "您多大？"))
    staffed("flows", "push", "mine.yaml", "--by", "anna")
    assert ">您多大？</tspan>" in staffed("flows", "graph", "small", language="zh").stdout
    assert first[:12] in staffed("flows", "graph", "small", "--version", "published").stdout


def test_graph_writes_a_file(shell: Shell) -> None:
    assert shell("flows", "graph", "flows/small", "-o", "small.svg").stdout == "small.svg\n"
    assert Path("small.svg").read_text(encoding="utf-8").startswith("<svg ")
    told = shell("flows", "graph", "flows/small", "-o", "nowhere/small.svg", code=2)
    assert told.stderr == "The file cannot be written: nowhere/small.svg: No such file or directory.\n"


def test_graph_knows_two_forms(shell: Shell) -> None:
    told = shell("flows", "graph", "flows/small", "--format", "png", code=2).stderr
    assert told.startswith("--format is one of svg, mermaid, not png.")


# pack


def test_pack_writes_the_committees_document(staffed: Shell) -> None:
    first = published(staffed)
    edited(staffed, OLDER)
    assert staffed("flows", "pack", "mine.yaml", "-o", "mine.html").stdout == "mine.html\n"
    html = Path("mine.html").read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    for words in (first[:12], "E-1", "您现在几周岁？", "您今年几周岁？", "How old are you?", "没有跟着改"):
        assert words in html
    assert (
        staffed("flows", "pack", "small", "--version", "approved", "--language", "en").stdout.count(first)
        == 1
    )


def test_pack_of_a_file_says_what_is_recorded_of_its_content(staffed: Shell) -> None:
    published(staffed)
    html = staffed("flows", "pack", "flows/small", "--language", "en").stdout
    assert "Approved" in html
    assert "E-1 (bob, 20" in html
    assert 'lang="zh"' not in html


def test_pack_is_written_in_the_languages_there_are(shell: Shell) -> None:
    told = shell("flows", "pack", "flows/small", "--language", "fr", code=2).stderr
    assert told.startswith("--language is one of zh, en, both, not fr.")


# replay


async def test_replay_tells_leads_by_code_and_what_would_be_otherwise(worked: Shell) -> None:
    edited(worked, *YOUNGER)
    (code,) = [row["code"] for row in json.loads(worked("leads", "list", "--json").stdout) if row["verdict"]]
    told = worked("flows", "replay", "mine.yaml", "--by", "anna").stdout.splitlines()
    assert told == [
        "People whose answers were judged by mine.yaml: 1",
        "Leads to look at again: 1",
        f"  {code}  Likely match → Not a match",
        "      I1 Meets → Fails",
        "Leads for which nothing changes: 0",
        "People without an open lead: 0",
        "Nobody is contacted, and nothing that is kept changes.",
    ]
    printed = json.loads(
        worked("flows", "replay", "small", "--to", "mine.yaml", "--by", "anna", "--json").stdout
    )
    assert printed["leads"] == [
        {
            "lead": code,
            "before": "likely_match",
            "after": "not_match",
            "criteria": {"I1": ["meets", "fails"]},
            "asks": [],
        }
    ]
    same = worked("flows", "replay", "small", "--by", "anna").stdout.splitlines()
    assert same[1:3] == ["Leads to look at again: 0", "Leads for which nothing changes: 1"]


async def test_replay_says_what_would_have_to_be_asked(worked: Shell) -> None:
    edited(
        worked, ("您现在怀孕了吗？", "您怀孕了吗？"), ("id: I2", "id: I7"), ("criterion: I2", "criterion: I7")
    )
    told = worked("flows", "replay", "mine.yaml", "--by", "anna", language="zh").stdout.splitlines()
    assert told[2].endswith("  可能符合 → 还要再问，才能得出结论")
    assert "      还要问：怀孕" in told
    assert "      I2 由团队判断 → –" in told
    assert told[-1] == "不会联系任何人，已保存的内容也不会改变。"


async def test_replay_counts_whoever_is_no_lead(shell: Shell) -> None:
    shell.env |= {"PRESCREEN_MODE": "demo", "PRESCREEN_DATA_DIR": str(shell.folder / "demo-data")}
    stage = Stage(shell.folder / "demo-data")
    await Person(stage, "p1").to_not_match()
    stage.stop()
    shell.env["PRESCREEN_TODAY"] = "2026-06-20"
    told = shell("flows", "replay", "small", "--by", "anna").stdout.splitlines()
    assert told[3:5] == ["People without an open lead: 1", "  Not a match → Not a match: 1"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Nobody called mallory is registered."), ("zh", "没有登记名为 mallory 的工作人员。")],
)
def test_replay_is_for_staff(staffed: Shell, language: str, sentence: str) -> None:
    published(staffed)
    told = staffed("flows", "replay", "small", "--by", "mallory", language=language, code=1)
    assert (told.stdout, told.stderr.startswith(sentence)) == ("", True)
