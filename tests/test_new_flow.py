"""`prescreen flows new` at the terminal: a draft and what to settle, or a sentence."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app

SOURCES = Path(__file__).parent / "script" / "sources"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


DEMO = {"PRESCREEN_MODE": "demo", "PRESCREEN_TODAY": "2026-06-15"}


def run(*words: str, language: str = "en", code: int = 0, **env: str) -> Result:
    env = env or DEMO
    result = CliRunner().invoke(app, ["--language", language, *words], env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    return result


def test_a_draft_is_written_and_what_to_settle_is_said() -> None:
    said = run("flows", "new", str(SOURCES / "page.txt"), "--into", "drafts/back-pain").stdout.splitlines()
    assert said[0] == (
        "drafts/back-pain/flow.yaml: a draft with 5 criteria, 2 of them still to be taken care of. "
        "See what is to be written: prescreen check drafts/back-pain"
    )
    assert said[1] == "To settle (also under notes in the draft):"
    assert said[2].startswith(
        "  C1 I1: The source gives more than one age range: 18-80 Years; 20 to 70 Years."
    )
    assert len(said) == 7
    checked = run("check", "drafts/back-pain", "--format", "json", code=1)
    assert {problem["rule"] for problem in json.loads(checked.stdout)} == {"to_be_written"}


def test_it_is_said_in_chinese_too() -> None:
    said = run("flows", "new", str(SOURCES / "page.txt"), "--into", "back-pain", language="zh").stdout
    assert said.startswith("back-pain/flow.yaml：草稿有 5 条标准，其中 2 条还没有着落。")
    assert "要确认的事（草稿的 notes 里也有）：\n  C1 I1: 来源里有不止一个年龄范围：" in said


def test_a_source_without_any_conflict_says_only_that_it_is_written() -> None:
    said = run("flows", "new", str(SOURCES / "bullets.json"), "--into", "work").stdout
    assert len(said.splitlines()) == 1


def test_a_draft_cannot_be_submitted() -> None:
    run("flows", "new", str(SOURCES / "bullets.json"), "--into", "work")
    refused = run("flows", "submit", "work", "--by", "anna", code=1, PRESCREEN_MODE="live")
    assert "[to_be_written]" in refused.stderr


def test_nothing_is_overwritten() -> None:
    run("flows", "new", str(SOURCES / "bullets.json"), "--into", "work")
    before = Path("work/flow.yaml").read_text()
    refused = run("flows", "new", str(SOURCES / "page.txt"), "--into", "work", code=2)
    assert "is not overwritten" in refused.stderr
    assert Path("work/flow.yaml").read_text() == before


@pytest.mark.parametrize(
    ("source", "into", "code", "words"),
    [
        ("missing.json", "work", 2, "missing.json cannot be read"),
        (".", "work", 2, "cannot be read"),
        ("words.txt", "work", 1, "No criteria were found"),
        ("words.txt", "Work!", 1, "The folder's name becomes the flow's, and Work! cannot be one"),
        (str(SOURCES / "page.txt"), "words.txt/work", 2, "cannot be"),
    ],
)
def test_what_does_not_work_is_told(source: str, into: str, code: int, words: str) -> None:
    Path("words.txt").write_text("just words")
    refused = run("flows", "new", source, "--into", into, code=code)
    assert words in refused.stderr
    assert not Path("work").exists()
