"""Every command: its good path, and each bad input with its sentence in both languages and its exit code."""

import asyncio
import inspect
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import Result
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from bot.cli import app
from bot.i18n import Translators
from bot.leads.site import FACTS
from bot.store import tables as t
from bot.store.database import served_alone
from bot.store.vault import new_keys
from tests.botapi import BotApi
from tests.postgres import Postgres
from tests.service.stage import MELASMA, SMALL, Person, Stage

ROOT = Path(__file__).parents[1]
FLOWS = ROOT / "flows"
PRESCREEN = [sys.executable, "-m", "bot"]
CODES = r"[LR]-[0-9A-Z]{4}-[0-9A-Z]{4}"


@dataclass
class Shell:
    """Somebody at a terminal in an empty folder."""

    folder: Path
    env: dict[str, str]

    def __call__(self, *words: str, language: str = "en", code: int | None = 0, typed: str = "") -> Result:
        """Run a command; a traceback is never what it prints."""
        everything = ["--language", language, *words]
        result = CliRunner().invoke(app, everything, env=self.env, input=typed, prog_name="prescreen")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert "Traceback" not in result.output
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    @property
    def data(self) -> Path:
        return self.folder / "data"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    for name in [name for name in os.environ if name.startswith("PRESCREEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    flows = tmp_path / "flows" / "small"
    flows.mkdir(parents=True)
    (flows / "flow.yaml").write_bytes(SMALL.read_bytes())
    yield Shell(tmp_path, {})
    structlog.reset_defaults()


# scripts


def test_check_says_that_a_script_is_fine(shell: Shell) -> None:
    walked, fine = shell("check", "flows/small").stdout.splitlines()
    assert re.fullmatch(
        r"flows/small/flow.yaml: walked [\d,]+ paths of up to 5 questions in \d+ merged states, \d+\.\d s",
        walked,
    )
    assert fine == "flows/small/flow.yaml: fine (5 criteria, 5 questions)"
    assert "没有问题" in shell("check", "small", str(MELASMA), language="zh").stdout


def test_check_says_what_is_wrong_on_some_path(shell: Shell) -> None:
    """A follow-up that not everybody gets to whose answer needs it."""
    small = shell.folder / "flows" / "small" / "flow.yaml"
    small.write_text(
        small.read_text(encoding="utf-8").replace("    ask_if: pregnant != na\n", ""), encoding="utf-8"
    )
    printed = shell("check", "small", code=1).stdout
    assert "after (Pregnancy: Does not apply; Pills: Yes) nothing says whether criterion E5 is met" in printed
    assert "fine" not in printed
    (found,) = json.loads(shell("check", "small", "--format", "json", code=1).stdout)
    assert (found["rule"], found["severity"]) == ("walk", "error")


def test_check_prints_for_programs_and_for_github(shell: Shell) -> None:
    assert shell("check", "small", "--format", "json").stdout == "[]\n"
    assert shell("check", "small", "--format", "github").stdout == ""
    path = broken(shell)
    (found,) = json.loads(shell("check", "small", "--format", "json", code=1).stdout)
    assert set(found) == {"file", "line", "column", "severity", "rule", "message", "fix"}
    assert (found["file"], found["rule"], found["fix"]) == (
        "flows/small/flow.yaml",
        "values",
        'did you mean "inclusion"?',
    )
    printed = shell("check", str(path), "--format", "github", language="zh", code=1).stdout
    assert printed.startswith(f"::error file={path},line={found['line']},col={found['column']},")
    assert printed.endswith("::这里不能写“inclusoin”；您是不是想写“inclusion”？\n")
    shell("check", "small", "--format", "xml", code=2)


def test_strict_takes_a_warning_for_a_mistake(shell: Shell) -> None:
    path = shell.folder / "flows" / "small" / "flow.yaml"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("您今年几周岁？", "你今年几周岁？"), encoding="utf-8")
    assert "warning:" in shell("check", "small").stdout
    strict, plain = (
        shell("check", "small", *how, code=code).stdout for how, code in ((["--strict"], 1), ([], 0))
    )
    assert re.sub(r"[0-9.]+ s\n", "", strict) == re.sub(r"[0-9.]+ s\n", "", plain)
    path.write_text(source, encoding="utf-8")
    assert "fine" in shell("check", "small", "--strict").stdout


def broken(shell: Shell) -> Path:
    path = shell.folder / "flows" / "small" / "flow.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("kind: inclusion", "kind: inclusoin", 1), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("language", "words"), [("en", 'did you mean "inclusion"?'), ("zh", "您是不是想写“inclusion”？")]
)
def test_a_broken_script_is_told_where_and_what(shell: Shell, language: str, words: str) -> None:
    path = broken(shell)
    line = next(
        n for n, text_ in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "inclusoin" in text_
    )
    result = shell("check", "flows/small", language=language, code=1)
    head, source, caret = result.stdout.splitlines()
    assert head.startswith(f"flows/small/flow.yaml:{line}:")
    assert words in head
    assert source.strip() == "kind: inclusoin"
    assert source[caret.index("^") :].startswith("inclusoin")
    # Every other command that needs the script says the same, and does nothing.
    for command in (
        ["rehearse", "flows/small"],
        ["chat", "flows/small"],
        ["flows", "submit", "small", "--by", "anna"],
        ["site", "small"],
    ):
        assert words in shell(*command, language=language, code=1).stderr


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There is no flow script nowhere. Name its folder, for example flows/melasma-exosome.\n"),
        ("zh", "没有流程脚本 nowhere。请写它的文件夹，例如 flows/melasma-exosome。\n"),
    ],
)
def test_an_unknown_flow_is_named(shell: Shell, language: str, sentence: str) -> None:
    shell("db", "upgrade")
    commands = (["check"], ["rehearse"], ["chat"], ["flows", "submit", "--by", "anna"], ["site"])
    for command in commands:
        result = shell(*command, "nowhere", language=language, code=2)
        assert (result.stdout, result.stderr) == ("", sentence)


def test_a_script_that_cannot_be_read_is_named(shell: Shell) -> None:
    for command in ("check", "rehearse", "chat"):
        said = shell(command, "/proc/self/mem", code=2).stderr
        assert said == "The flow script cannot be read: /proc/self/mem: Input/output error.\n"
    assert shell("check", "/proc/self/mem", language="zh", code=2).stderr.startswith("读不了这个流程脚本：")


def test_what_is_no_text_is_no_script(shell: Shell) -> None:
    (shell.folder / "flows" / "small" / "flow.yaml").write_bytes(b"\xff\xfe\x00\x01")
    assert "flow.yaml:1:1" in shell("check", "small", code=1).stdout


# rehearsals

CASES = [
    {"id": "clean", "language": "zh", "answers": {"age": 35, "treated": ["none"], "pregnant": "no", "hormones": "no"}},
    {"id": "pill", "language": "en", "answers": {"age": 60, "treated": ["none"], "pregnant": "no", "hormones": "yes", "hormones_last": "2026-01-10"}, "today": "2026-06-15"},
]  # fmt: skip


def test_rehearse_prints_a_documented_list(shell: Shell) -> None:
    (shell.folder / "cases.json").write_text(json.dumps(CASES), encoding="utf-8")
    printed = shell("rehearse", "flows/small", "cases.json", "--json", "--today", "2026-06-15").stdout
    assert json.loads(printed) == [
        {
            "id": "clean",
            "verdict": "likely_match",
            "criteria": {"I1": "meets", "I2": "clinician", "E4": "meets", "E5": "meets", "E10": "meets"},
            "fails": {},
            "flags": [],
            "asked": ["age", "treated", "pregnant", "hormones"],
            "come_back": None,
        },
        {
            "id": "pill",
            "verdict": "not_match",
            "criteria": {"I1": "meets", "I2": "clinician", "E4": "meets", "E5": "fails", "E10": "meets"},
            "fails": {"E5": "2027-01-10"},
            "flags": ["near_limit"],
            "asked": ["age", "treated", "pregnant", "hormones", "hormones_last"],
            "come_back": "2027-01-10",
        },
    ]


def test_rehearse_says_what_no_rehearsal_would_notice(shell: Shell) -> None:
    folder = shell.folder / "flows" / "small" / "rehearsals"
    folder.mkdir()
    case = "- {id: over, today: 2026-06-15, answers: {age: 61}, expect: not_match}\n"
    (folder / "a.yaml").write_text(case + case.replace("over", "wrong").replace("61", "60"), encoding="utf-8")
    asked = ("rehearse", "small", "--witness", "--today", "2026-06-15")
    printed = shell(*asked, code=1).stdout
    assert "nobody has said Age: what should happen at exactly 60" in printed
    assert "nobody has said Age: what should happen at exactly 61" not in printed
    assert re.search(
        r"\d+ changes tried: \d+ noticed, \d+ show in no answers, \d+ nobody would notice\n", printed
    )
    assert printed.endswith("1 rehearsals are not as expected and do not count: wrong\n")
    found = json.loads(shell(*asked, "--json", code=1).stdout)
    assert list(found) == ["tried", "invisible", "unwitnessed", "cases", "not_counted"]
    assert {"file", "line", "column", "message", "case"} <= set(found["unwitnessed"][0])
    # Whoever judges the proposed cases to be right has said everything.
    (folder / "a.yaml").write_text(json.dumps([*found["cases"], {**found["cases"][0], "id": "over"}]))
    printed = shell(*asked, language="zh").stdout
    assert re.fullmatch(r"试改了 \d+ 处：\d+ 处会被发现，\d+ 处怎么回答都看不出，0 处没有人会发现\n", printed)


def test_rehearse_says_where_a_result_is_not_as_expected(shell: Shell) -> None:
    expected = [
        {**CASES[0], "expect": {"verdict": "likely_match"}},
        {**CASES[1], "expect": {"verdict": "likely_match", "come_back": None}},
    ]
    folder = shell.folder / "flows" / "small" / "rehearsals"
    folder.mkdir()
    (folder / "all.yaml").write_text(json.dumps(expected), encoding="utf-8")
    result = shell("rehearse", "small", code=1)
    lines = result.stdout.splitlines()
    assert lines[0] == "✓ clean: likely_match"
    assert lines[1] == "✗ pill: not_match"
    assert "likely_match" in lines[2]
    assert "2027-01-10" in lines[3]
    assert lines[-1] == "2 rehearsals, 1 not as expected"
    (folder / "all.yaml").write_text(json.dumps(expected[:1]), encoding="utf-8")
    shell("rehearse", "small", code=0)


@pytest.mark.parametrize(
    ("language", "answer", "question"),
    [
        (
            "en",
            'cases.yaml:100:31: question "pregnant" cannot be answered with "bogus"; use one of: yes, no, na, skip [cases]',
            'cases.yaml:101:21: there is no question "agee"; did you mean "age"? [cases]',
        ),
        (
            "zh",
            "cases.yaml:100:31: 问题“pregnant”不能回答“bogus”；可以写：yes、no、na、skip。 [cases]",
            "cases.yaml:101:21: 没有“agee”这个问题；您是不是想写“age”？ [cases]",
        ),
    ],
)
def test_every_mistake_in_the_cases_is_told_and_nothing_is_walked(
    shell: Shell, language: str, answer: str, question: str
) -> None:
    cases = (
        "- {id: fine}" + "\n" * 99 + "- {id: x, answers: {pregnant: bogus}}\n- {id: y, answers: {agee: 35}}"
    )
    (shell.folder / "cases.yaml").write_text(cases, encoding="utf-8")
    for more in ([], ["--json"]):
        result = shell("rehearse", "small", "cases.yaml", *more, language=language, code=2)
        assert result.stdout == ""
        lines = result.stderr.splitlines()
        assert [line for line in lines if line.startswith("cases.yaml")] == [answer, question]
        assert len(lines) == 6  # each with its line and a caret


@pytest.mark.parametrize(
    ("language", "file", "day"),
    [
        (
            "en",
            "nowhere.yaml: the file cannot be opened (No such file or directory); check its name [cases]\n",
            "someday is not a day such as 2026-06-15, from 1950 to 2199.\n",
        ),
        (
            "zh",
            "nowhere.yaml: 这个文件打不开（No such file or directory）；请检查文件名。 [cases]\n",
            "someday 不是日期。请写成例如 2026-06-15（1950年至2199年）。\n",
        ),
    ],
)
def test_a_file_that_is_not_there_and_a_day_that_is_none_are_named(
    shell: Shell, language: str, file: str, day: str
) -> None:
    assert shell("rehearse", "small", "nowhere.yaml", language=language, code=2).stderr == file
    for command in ("rehearse", "chat"):
        assert shell(command, "small", "--today", "someday", language=language, code=2).stderr == day
        assert shell(command, "small", "--today", "9999-12-31", code=2).stderr.startswith("9999-12-31 is not")


def test_a_case_comes_back_under_the_id_it_was_given(shell: Shell) -> None:
    cases = [{"id": 7, "note": "as a number", "expect": "needs_review"}, {"id": "7a"}]
    (shell.folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    printed = json.loads(shell("rehearse", "small", "cases.json", "--json").stdout)
    assert [result["id"] for result in printed] == [7, "7a"]


# the terminal chat


def test_chat_talks_in_the_terminal_and_keeps_nothing(shell: Shell) -> None:
    typed = "/start\n1\nself\n"
    result = shell("chat", "flows/small", language="zh", typed="/start\n")
    assert "您好。" in result.stdout
    assert not shell.data.exists()
    assert "Hello." in shell("chat", "flows/small", "--today", "2026-06-15", typed=typed).stdout


def test_a_tried_conversation_becomes_a_rehearsal(shell: Shell) -> None:
    """61 by mistake, put right to 60; the rest is skipped."""
    typed = "a\na\na\na\n61\nb\na\n60\nSkip\nSkip\nSkip\na\n/quit\n"
    file = shell.folder / "flows" / "small" / "rehearsals" / "tried.yaml"
    file.parent.mkdir()
    asked = ("chat", "small", "--today", "2026-06-15", "--record")
    assert "as tried-1" in shell(*asked, str(file), typed=typed).stdout
    assert "as tried-2" in shell(*asked, str(file), typed=typed).stdout
    written = file.read_text(encoding="utf-8")
    assert written.startswith("- id: tried-1\n  language: en\n  about:\n    zh: ")
    assert "edits: [{id: age, value: 60}]" in written
    assert "flags: [near_limit, doctor_to_confirm]" in written
    assert shell("rehearse", "small").stdout.endswith("2 rehearsals, 0 not as expected\n")
    assert "- id: tried-3\n" in shell(*asked, "-", typed=typed).stdout
    assert file.read_text(encoding="utf-8") == written


def test_a_file_that_cannot_be_written_loses_nothing(shell: Shell) -> None:
    typed = "a\na\na\na\n61\na\n/quit\n"
    result = shell("chat", "small", "--record", str(shell.folder), typed=typed, code=2)
    assert result.stderr == f"The file cannot be written: {shell.folder}: Is a directory.\n"
    assert "- id: tried-1\n" in result.stdout


def test_nothing_answered_is_nothing_recorded(shell: Shell) -> None:
    for typed in ("/quit\n", "a\na\na\na\n/quit\n"):
        result = shell("chat", "small", "--record", "-", typed=typed, code=1)
        assert result.stderr == "Nothing was answered, so there is nothing to record.\n"


# versions


@pytest.fixture
def staffed(shell: Shell) -> Shell:
    """Anna and Carol write scripts, Bob approves them."""
    shell("staff", "add", "anna", "--role", "editor")
    shell("staff", "add", "carol", "--role", "editor")
    shell("staff", "add", "bob", "--role", "approver")
    return shell


def test_a_version_goes_from_submitted_to_published(staffed: Shell) -> None:
    study, hash_ = staffed("flows", "submit", "small", "--by", "anna").stdout.split()[:2]
    assert (study, len(hash_)) == ("small", 64)
    staffed("flows", "approve", hash_[:8], "--ethics-number", "E-1", "--by", "bob")
    staffed("flows", "publish", hash_[:8], "--by", "bob")
    listed = staffed("flows", "list").stdout
    assert hash_[:12] in listed
    assert "E-1 (bob)" in listed
    assert "published" in listed


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_step_says_what_happened_and_what_comes_next(staffed: Shell, language: str) -> None:
    def says(*words: str) -> list[str]:
        return staffed("flows", *words, language=language).stdout.splitlines()

    kept = says("submit", "small", "--by", "anna")
    hash_ = kept[0].split()[1]
    approve = f"prescreen flows approve {hash_[:12]} --ethics-number NUMBER --by NAME"
    publish = f"prescreen flows publish {hash_[:12]} --by NAME"
    story = [
        kept,
        says("submit", "small", "--by", "ANNA"),
        says("submit", "small", "--by", "carol"),
        says("approve", hash_, "--ethics-number", "E-1", "--by", "bob"),
        says("submit", "small", "--by", "anna"),
        says("publish", hash_, "--by", "bob"),
    ]
    assert story == {
        "en": [
            [f"small {hash_} is kept as a version; anna counts as its author.", f"Next, somebody who is no author of it: {approve}"],
            [f"small {hash_} is kept already; ANNA counts as its author.", f"Next, somebody who is no author of it: {approve}"],
            [f"small {hash_} is kept already; carol now counts as its author too and cannot approve it.", f"Next, somebody who is no author of it: {approve}"],
            [f"small {hash_} is approved (ethics number E-1, recorded by bob).", f"Next: {publish}"],
            [f"small {hash_} is kept already; anna counts as its author.", f"Next: {publish}"],
            [f"small {hash_} is published: new runs take it.", "It is open once the site says so. See: prescreen site small show"],
        ],
        "zh": [
            [f"small {hash_} 已保存为一个版本；anna 算作它的作者。", f"下一步，由非作者的人批准：{approve}"],
            [f"small {hash_} 之前已保存；ANNA 算作它的作者。", f"下一步，由非作者的人批准：{approve}"],
            [f"small {hash_} 之前已保存；carol 现在也算作它的作者，不能批准它。", f"下一步，由非作者的人批准：{approve}"],
            [f"small {hash_} 已批准（伦理批件号 E-1，由 bob 登记）。", f"下一步：{publish}"],
            [f"small {hash_} 之前已保存；anna 算作它的作者。", f"下一步：{publish}"],
            [f"small {hash_} 已发布：新的初筛使用这个版本。", "研究中心确认后即开放。请看：prescreen site small show"],
        ],
    }[language]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "stranger", "coordinator"),
    [
        (
            "en",
            "Nobody called mallory is registered. First: prescreen staff add mallory --role approver (or editor).\n",
            "carol (coordinator) may not do that. Approving needs the role approver or admin; the other steps need editor, approver or admin.\n",
        ),
        (
            "zh",
            "没有登记名为 mallory 的工作人员。请先运行 prescreen staff add mallory --role approver（或 editor）。\n",
            "carol (coordinator) 不能这样做。批准须有 approver 或 admin 角色；其他步骤须有 editor、approver 或 admin 角色。\n",
        ),
    ],
)
def test_live_a_step_is_taken_by_staff_with_a_role_for_it(
    staffed: Shell, language: str, stranger: str, coordinator: str
) -> None:
    staffed("staff", "add", "carol", "--role", "coordinator")
    hash_ = staffed("flows", "submit", "small", "--by", "anna").stdout.split()[1]
    for command in (["submit", "small"], ["approve", hash_, "--ethics-number", "E-1"], ["publish", hash_]):
        for name, sentence in (("mallory", stranger), ("carol", coordinator)):
            result = staffed("flows", *command, "--by", name, language=language, code=1)
            assert (result.stdout, result.stderr) == ("", sentence)
    assert "anna (editor)" in staffed(
        "flows", "approve", hash_, "--ethics-number", "E-1", "--by", "anna", code=1
    ).stderr  # fmt: skip


def test_in_the_demonstration_everybody_may(shell: Shell) -> None:
    shell.env["PRESCREEN_MODE"] = "demo"
    published(shell)
    assert "published" in shell("flows", "list").stdout


def published(shell: Shell) -> str:
    """The hash of the small script, submitted, approved and published."""
    hash_ = shell("flows", "submit", "small", "--by", "anna").stdout.split()[1]
    shell("flows", "approve", hash_, "--ethics-number", "E-1", "--by", "bob")
    shell("flows", "publish", hash_, "--by", "bob")
    return str(hash_)


def test_no_version_is_kept_at_first(shell: Shell) -> None:
    assert shell("flows", "list").stdout == "No version is kept yet.\n"
    assert shell("flows", "list", language="zh").stdout == "还没有保存任何版本。\n"


@pytest.mark.parametrize(
    ("language", "own", "unapproved", "unknown"),
    [
        (
            "en",
            "bob wrote this version, saved its draft or brought it in and cannot approve it. Somebody else must.\n",
            "Version {hash} is not approved, so it cannot be published. First: prescreen flows approve.\n",
            "There is no single version that begins with 000000. Give at least 6 characters; prescreen flows list shows them.\n",
        ),
        (
            "zh",
            "bob 编写或提交了这个版本，或保存过它的草稿，不能批准它，须由另一个人批准。\n",
            "版本 {hash} 还没有批准，不能发布。请先运行 prescreen flows approve。\n",
            "没有唯一以 000000 开头的版本。请至少写6个字符；prescreen flows list 可列出全部。\n",
        ),
    ],
)
def test_an_approval_that_may_not_be_is_refused(
    staffed: Shell, language: str, own: str, unapproved: str, unknown: str
) -> None:
    shell = staffed
    hash_ = shell("flows", "submit", "small", "--by", "bob").stdout.split()[1]
    approve = ["flows", "approve", "--ethics-number", "E-1", "--by", "bob"]
    assert shell(*approve, hash_, language=language, code=1).stderr == own
    publish = ["flows", "publish", "--by", "bob"]
    assert shell(*publish, hash_, language=language, code=1).stderr == unapproved.format(hash=hash_[:12])
    assert shell(*publish, "000000", language=language, code=1).stderr == unknown


@pytest.mark.parametrize(
    ("language", "state", "warning"),
    [
        (
            "en",
            "published · interface words changed since the approval",
            (
                "small: participants read other interface words (buttons, prompts, commands) now than when version {hash} was approved. "
                "Let the ethics committee see them, then approve it again: prescreen flows approve {hash}"
            ),
        ),
        (
            "zh",
            "已发布 · 界面文字在批准后有改动",
            (
                "small：参与者现在看到的界面文字（按钮、提示、命令）和批准版本 {hash} 时不同。"
                "请把新文字交伦理委员会过目，然后重新批准：prescreen flows approve {hash}"
            ),
        ),
    ],
)
async def test_other_interface_words_than_approved_are_told(
    staffed: Shell, language: str, state: str, warning: str
) -> None:
    shell = staffed
    hash_ = published(shell)
    assert "interface" not in shell("flows", "list").stdout
    engine = create_engine(f"sqlite:///{shell.data / 'prescreen.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE approvals SET words_hash = :other"), {"other": "0" * 64})
    engine.dispose()
    assert shell("flows", "list", language=language).stdout.splitlines()[-1].endswith(state)
    async with Program(shell, "--language", language, "serve") as server:
        await server.line()
        server.process.send_signal(signal.SIGTERM)
        _, complaints = await server.end()
    assert warning.format(hash=hash_[:12]) in complaints.splitlines()


# site facts


def test_site_facts_are_shown_and_set(shell: Shell) -> None:
    assert "phone = " in shell("site", "small").stdout
    shell("site", "small", "set", "phone", "0591-5550101")
    shell("staff", "add", "anna", "--role", "editor")
    shell("site", "flows/small", "set", "delete_days", "14", "--by", "anna")
    shell("site", "small", "set", "alert_chat", "-1001234567890")
    shown = shell("site", "small", "show").stdout.splitlines()
    assert {"phone = 0591-5550101", "delete_days = 14", "alert_chat = -1001234567890"} <= set(shown)
    shell("site", "small", "set", "alert_chat", "")
    assert "alert_chat = " in shell("site", "small").stdout.splitlines()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Alerts do not reach alert_chat (since 2026-06-15 10:00): "),
        ("zh", "提醒发不到 alert_chat（自 2026-06-15 10:00 起）："),
    ],
)
def test_a_site_is_told_that_its_alerts_do_not_arrive(shell: Shell, language: str, sentence: str) -> None:
    shell("site", "small", "set", "alert_chat", "-100")
    assert shell("site", "small", language=language).stderr == ""
    engine = create_engine(f"sqlite:///{shell.data / 'prescreen.db'}")
    with engine.begin() as connection:
        update = "UPDATE site_facts SET failed_at = '2026-06-15 02:00:00' WHERE name = 'alert_chat'"
        connection.execute(text(update))
    engine.dispose()
    assert shell("site", "small", language=language).stderr.startswith(sentence)
    shell("site", "small", "set", "alert_chat", "-200")
    assert shell("site", "small", language=language).stderr == ""


@pytest.mark.parametrize(
    ("language", "phone", "hours", "needed"),
    [
        (
            "en",
            "    the coordinators' phone, for participants: a phone number such as 0591-5550101, with at least 5 digits",
            "    the coordinators' working hours: hours such as 08:00-12:00 14:30-17:30",
            "ethics_phone = (still needed)",
        ),
        (
            "zh",
            "    协调员的电话，供参与者拨打：电话号码，例如 0591-5550101，至少5位数字",
            "    协调员的工作时间：时间段，例如 08:00-12:00 14:30-17:30",
            "ethics_phone = （还需填写）",
        ),
    ],
)
def test_beside_each_fact_stands_what_it_is_for_and_how_it_is_written(
    shell: Shell, language: str, phone: str, hours: str, needed: str
) -> None:
    shell("site", "small", "set", "phone", "0591-5550101")
    shown = shell("site", "small", language=language).stdout.splitlines()
    assert len(shown) == 2 * len(FACTS)
    assert shown[shown.index("phone = 0591-5550101") + 1] == phone
    assert shown[shown.index("hours = 08:00-12:00 14:30-17:30") + 1] == hours
    assert needed in shown


@pytest.mark.parametrize(
    ("fact", "english", "chinese"),
    [
        ("phone=call us", 'phone cannot be "call us". It is a phone number such as 0591-5550101, with at least 5 digits.', "phone 不能是“call us”。应填：电话号码，例如 0591-5550101，至少5位数字。"),
        ("ae_phone=120", 'ae_phone cannot be "120". It is a phone number', "ae_phone 不能是“120”。应填：电话号码"),
        ("recruiting=maybe", 'recruiting cannot be "maybe". It is yes or no.', "recruiting 不能是“maybe”。应填：yes 或 no。"),
        ("hours=8-12", 'hours cannot be "8-12". It is hours such as 08:00-12:00 14:30-17:30.', "hours 不能是“8-12”。应填：时间段，例如 08:00-12:00 14:30-17:30。"),
        ("keep_days=long", 'keep_days cannot be "long". It is a whole number of days, 0 to 9999.', "keep_days 不能是“long”。应填：天数，0至9999的整数。"),
        ("first_contact_days=0", "It is a whole number of days, 1 to 9.", "应填：天数，1至9的整数。"),
        ("status_checked_on=2026-02-30", "It is a day such as 2026-06-15, not in the future; empty for none.", "应填：日期，例如 2026-06-15，不能晚于今天；留空表示没有。"),
        ("ended_on=2199-01-01", 'ended_on cannot be "2199-01-01". It is a day such as', "ended_on 不能是“2199-01-01”。应填：日期"),
        ("alert_chat=@group", "It is a chat's number such as -1001234567890; empty for none.", "应填：聊天的编号，例如 -1001234567890；留空表示没有。"),
        ("fone=1", "There is no site fact fone; did you mean phone?", "没有 fone 这项研究中心信息；您是不是想写 phone？"),
        ("zzz=1", "There is no site fact zzz. The facts are: recruiting, status_checked_on,", "没有 zzz 这项研究中心信息。可以设置："),
    ],
)  # fmt: skip
def test_a_site_fact_that_does_not_fit_is_refused_and_changes_nothing(
    shell: Shell, fact: str, english: str, chinese: str
) -> None:
    before = shell("site", "small").stdout
    for language, sentence in (("en", english), ("zh", chinese)):
        result = shell("site", "small", "set", *fact.split("="), language=language, code=2)
        assert result.stdout == ""
        assert sentence in result.stderr
    assert shell("site", "small").stdout == before


def test_site_does_two_things_only(shell: Shell) -> None:
    for words in (["drop"], ["set"], ["set", "phone"], ["show", "phone", "1"]):
        assert "site FLOW set NAME VALUE" in shell("site", "small", *words, code=2).stderr
    assert "site FLOW set NAME VALUE" in shell("site", "small", "drop", language="zh", code=2).stderr


async def test_serve_says_why_a_study_does_not_recruit(shell: Shell) -> None:
    """Nobody confirmed it, or the site said no on purpose."""
    shell("staff", "add", "anna", "--role", "editor")
    shell("staff", "add", "bob", "--role", "approver")
    published(shell)
    for name in ("phone", "ae_phone", "ethics_phone"):
        shell("site", "small", "set", name, "0591-5550101")
    for fact, english, chinese in (
        (
            "recruiting=yes",
            "small: recruiting is not confirmed (a confirmation holds 90 days), so",
            "small：没有确认正在招募（一次确认有效90天），",
        ),
        (
            "recruiting=no",
            "small: recruiting is set to no, so",
            "small：已设为停止招募，",
        ),
    ):
        shell("site", "small", "set", *fact.split("="))
        for language, sentence in (("en", english), ("zh", chinese)):
            async with Program(shell, "--language", language, "serve") as server:
                await server.line()
                server.process.send_signal(signal.SIGTERM)
                _, complaints = await server.end()
            assert any(line.startswith(sentence) for line in complaints.splitlines()), complaints


# the queue


@pytest.fixture
async def worked(shell: Shell) -> Shell:
    """A demonstration in which somebody became a lead and somebody asked for a person."""
    shell.env |= {"PRESCREEN_MODE": "demo", "PRESCREEN_DATA_DIR": str(shell.folder / "demo-data")}
    stage = Stage(shell.folder / "demo-data")
    await Person(stage, "p1").to_queue()
    await Person(stage, "p2", "en").say("/unwell")
    stage.stop()
    return shell


async def test_the_queue_is_listed_in_either_language(worked: Shell) -> None:
    for language, verdict, unwell in (("en", "Likely match", "Feels unwell"), ("zh", "可能符合", "感到不适")):
        lines = worked("leads", "list", language=language).stdout.splitlines()
        assert len(lines) == 3
        assert re.search(CODES, lines[1])
        assert unwell in lines[1]
        assert verdict in lines[2]


async def test_the_queue_is_printed_for_machines(worked: Shell) -> None:
    request, lead = json.loads(worked("leads", "list", "--json").stdout)
    assert (request["kind"], request["urgent"], request["verdict"]) == ("unwell", True, "")
    assert (lead["kind"], lead["verdict"], lead["open"], lead["demo"]) == ("lead", "likely_match", [], True)
    assert "林" not in json.dumps(lead, ensure_ascii=False)
    assert set(request) == set(lead)


async def test_a_lead_is_shown_with_its_answers_in_either_language(worked: Shell) -> None:
    code = next(
        row["code"] for row in json.loads(worked("leads", "list", "--json").stdout) if row["kind"] == "lead"
    )
    shown = worked("leads", "show", code.lower(), language="zh").stdout
    for words in (
        code,
        "小研究",
        "林女士",
        "+86 138 0013 8000",
        "18至60周岁",
        "您今年几周岁？ 35",
        "没有怀孕",
    ):
        assert words in shown
    shown = worked("leads", "show", code).stdout
    for words in ("Small study", "林女士", "How old are you? 35"):
        assert words in shown


@pytest.mark.parametrize(
    ("language", "empty", "unknown"),
    [
        ("en", "The queue is empty.\n", "There is no lead or request L-0000-0000.\n"),
        ("zh", "队列是空的。\n", "没有编号为 L-0000-0000 的意向者或求助。\n"),
    ],
)
def test_an_empty_queue_and_an_unknown_lead_say_so(
    shell: Shell, language: str, empty: str, unknown: str
) -> None:
    assert shell("leads", "list", language=language).stdout == empty
    result = shell("leads", "show", "L-0000-0000", language=language, code=1)
    assert (result.stdout, result.stderr) == ("", unknown)


@pytest.fixture
async def contacted(staffed: Shell) -> tuple[Shell, str]:
    """A live study with a lead. Mei is a coordinator, Yan an auditor, Anna an editor."""
    stage = Stage(staffed.data, live=True)
    stage.open()
    await Person(stage).to_queue()
    (lead,) = stage.rows(t.leads)
    stage.stop()
    for name, role in (("mei", "coordinator"), ("yan", "auditor"), ("anna", "editor")):
        staffed("staff", "add", name, "--role", role)
    return staffed, lead.code


def openings(shell: Shell, code: str) -> list[str]:
    """Who opened a lead or was refused it, by the trail."""
    with sqlite3.connect(shell.data / "prescreen.db") as connection:
        rows = connection.execute(
            "SELECT who, what FROM audit WHERE (subject, what) = (?, 'opened') OR what = 'refused' ORDER BY id",
            (code,),
        )
        return [" ".join(row) for row in rows]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_who_a_lead_is_is_shown_to_who_calls_them_by_name(
    contacted: tuple[Shell, str], language: str
) -> None:
    shell, code = contacted
    how = {
        "en": f"Name and phone are shown to coordinators and admins: prescreen leads show {code} --by NAME\n",
        "zh": f"协调员和管理员可以看称呼和电话：prescreen leads show {code} --by 姓名\n",
    }[language]
    for by, told, hint in (("mei", True, ""), ("yan", False, ""), ("", False, how)):
        shown = shell("leads", "show", code, *(["--by", by] if by else []), language=language)
        assert ("林女士" in shown.output, "138 0013 8000" in shown.output) == (told, told)
        assert shown.stderr == hint
        assert "35" in shown.stdout
    assert openings(shell, code) == ["staff:mei opened", "staff:yan opened", "command opened"]


@pytest.mark.parametrize(
    ("by", "english", "chinese"),
    [
        ("anna", "anna (editor) may not read leads.", "anna (editor) 不能看意向者"),
        ("nobody", "prescreen staff add nobody --role coordinator.", "prescreen staff add nobody --role coordinator"),
    ],
)  # fmt: skip
async def test_a_lead_is_not_shown_to_others_and_that_stands_in_the_trail(
    contacted: tuple[Shell, str], by: str, english: str, chinese: str
) -> None:
    shell, code = contacted
    for language, sentence in (("en", english), ("zh", chinese)):
        refused = shell("leads", "show", code, "--by", by, language=language, code=1)
        assert refused.stdout == ""
        assert sentence in refused.stderr
    assert openings(shell, code) == [f"staff:{by} refused"] * 2


# staff, database, settings


@pytest.mark.parametrize("name", ["bob smith", "o'neil; rm", "林 护士", "bob"])
def test_the_command_that_is_printed_works_as_it_is_typed(shell: Shell, name: str) -> None:
    for more in ([], [], ["--role", "auditor"]):
        printed = shell("staff", "add", name, *more).stdout.splitlines()[-1]
        program, *words = shlex.split(printed[printed.index("prescreen staff link") :])
        assert (program, words) == ("prescreen", ["staff", "link", name])
        assert "login?token=" in shell(*words).stdout


def test_others_on_the_machine_cannot_read_what_is_kept(shell: Shell) -> None:
    """The twin: what was open before is closed when it is opened again."""
    masks = os.umask(0)
    try:
        shell("staff", "add", "anna")
        file = shell.data / "prescreen.db"
        assert [stat.S_IMODE(path.stat().st_mode) for path in (shell.data, file)] == [0o700, 0o600]
        file.chmod(0o644)
        stage = Stage(shell.data, live=True)
        stage.open()
        kept = sorted(shell.data.glob("prescreen.db*"))
        assert [path.name for path in kept] == ["prescreen.db", "prescreen.db-shm", "prescreen.db-wal"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
        stage.stop()
    finally:
        os.umask(masks)


def test_staff_are_added_and_get_a_link(shell: Shell) -> None:
    assert shell("staff", "add", "林护士", "--role", "auditor").stdout.startswith("林护士: auditor\n")
    link = shell("staff", "link", "林护士").stdout
    assert re.fullmatch(r"http://localhost:8080/staff/login\?token=\S{20,}\n", link)
    for listen, place in [
        ("0.0.0.0:9090", "localhost:9090"),
        ("[::]:9090", "localhost:9090"),
        ("10.0.0.7:9090", "10.0.0.7:9090"),
        ("[fd00::7]:9090", "[fd00::7]:9090"),
    ]:
        shell.env["PRESCREEN_LISTEN"] = listen
        assert shell("staff", "link", "林护士").stdout.startswith(f"http://{place}/staff/login?token=")
    shell.env["PRESCREEN_WEBHOOK_URL"] = "https://bot.example.org/telegram/webhook"
    assert shell("staff", "link", "林护士").stdout.startswith("https://bot.example.org/staff/login?token=")
    assert shell("staff", "roles").stdout.split() == ["coordinator", "editor", "approver", "auditor", "admin"]


@pytest.mark.parametrize(
    ("language", "added", "same", "other"),
    [
        (
            "en",
            "Registered. A link to log in: prescreen staff link anna",
            "Nothing was changed: anna has this role already. A link to log in: prescreen staff link anna",
            "The role was editor before; sessions and links have ended. A new link to log in: prescreen staff link anna",
        ),
        (
            "zh",
            "已登记。生成登录链接：prescreen staff link anna",
            "没有改动：anna 已是这个角色。生成登录链接：prescreen staff link anna",
            "原来的角色是 editor；已登录的会话和链接都已失效。重新生成登录链接：prescreen staff link anna",
        ),
    ],
)
def test_adding_staff_again_says_what_became_of_the_role(
    shell: Shell, language: str, added: str, same: str, other: str
) -> None:
    for role, sentence in (("editor", added), ("editor", same), ("admin", other)):
        printed = shell("staff", "add", "anna", "--role", role, language=language).stdout
        assert printed == f"anna: {role}\n{sentence}\n"


@pytest.mark.parametrize(
    ("language", "linked", "unlinked", "listed", "spoken"),
    [
        (
            "en",
            "The Telegram account is linked. anna may now write /help to the bot.",
            "No Telegram account is linked with anna any more.",
            "anna: auditor (Telegram linked)",
            "The bot writes to anna in this language: English.",
        ),
        (
            "zh",
            "已关联 Telegram 账号。anna 现在可以给机器人发送 /help。",
            "anna 已不再关联 Telegram 账号。",
            "anna: auditor (已关联 Telegram)",
            "机器人和 anna 说话用的语言：English。",
        ),
    ],
)
def test_a_telegram_account_is_linked_and_removed(
    shell: Shell, language: str, linked: str, unlinked: str, listed: str, spoken: str
) -> None:
    def said(*words: str, code: int = 0) -> str:
        return shell("staff", *words, language=language, code=code).stdout

    said("add", "anna", "--role", "auditor")
    assert said("add", "anna", "--telegram", "123456789") == f"anna: auditor\n{linked}\n"
    assert said("list") == f"{listed}\n"
    assert said("add", "anna", "--language", "en") == f"anna: auditor\n{spoken}\n"
    for wrong in ("@anna", "0", "-1001", "1" * 21, "１２３"):
        assert (
            "123456789"
            in shell("staff", "add", "anna", f"--telegram={wrong}", language=language, code=2).stderr
        )
    taken = shell("staff", "add", "bob", "--telegram", "123456789", language=language, code=2).stderr
    assert "anna" in taken
    assert "123456789" not in taken
    assert said("list") == f"{listed}\n"
    assert said("add", "anna", "--telegram", "") == f"anna: auditor\n{unlinked}\n"
    assert said("list") == "anna: auditor\n"


@pytest.mark.parametrize(
    ("language", "nobody", "gone"),
    [
        ("en", "Nobody is registered yet.\n", "anna is no longer registered.\n"),
        ("zh", "还没有登记任何工作人员。\n", "anna 已不再是登记的工作人员。\n"),
    ],
)
def test_staff_are_listed_and_removed(shell: Shell, language: str, nobody: str, gone: str) -> None:
    assert shell("staff", "list", language=language).stdout == nobody
    shell("staff", "add", "bob", "--role", "approver")
    shell("staff", "add", "anna")
    assert shell("staff", "list", language=language).stdout == "anna: coordinator\nbob: approver\n"
    assert shell("staff", "remove", "anna", language=language).stdout == gone
    assert shell("staff", "list", language=language).stdout == "bob: approver\n"
    for command in ("link", "remove"):
        assert "anna" in shell("staff", command, "anna", language=language, code=2).stderr
    shell("staff", "add", "anna", "--role", "editor")
    assert "anna: editor" in shell("staff", "list").stdout


@pytest.mark.parametrize(
    ("language", "nobody", "no_role"),
    [
        (
            "en",
            "Nobody called mallory is registered. First: prescreen staff add.\n",
            "There is no role boss. The roles are coordinator, editor, approver, auditor, admin.\n",
        ),
        (
            "zh",
            "没有登记名为 mallory 的工作人员。请先运行 prescreen staff add。\n",
            "没有角色 boss。可用的角色：coordinator、editor、approver、auditor、admin。\n",
        ),
    ],
)
def test_unknown_staff_and_roles_are_refused(shell: Shell, language: str, nobody: str, no_role: str) -> None:
    shell("db", "upgrade")
    assert shell("staff", "link", "mallory", language=language, code=2).stderr == nobody
    assert shell("staff", "add", "mallory", "--role", "boss", language=language, code=2).stderr == no_role


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "林林林林林林林林林林林林林林林林林林林林… is too long: a name or a number has at most 50 characters.\n",
        ),
        ("zh", "林林林林林林林林林林林林林林林林林林林林…太长：名字或编号最多 50 个字。\n"),
    ],
)
def test_a_name_that_is_too_long_is_not_cut(
    shell: Shell, request: pytest.FixtureRequest, database: str, language: str, sentence: str
) -> None:
    if database == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        shell.env |= {"PRESCREEN_DATABASE_URL": server.create_database(), "PRESCREEN_KEY": new_keys()}
    fits, long = "林" * 50, "林" * 51
    shell("staff", "add", fits, "--role", "editor")
    shell("staff", "add", "bob", "--role", "approver")
    shell("staff", "link", fits)
    hash = shell("flows", "submit", "small", "--by", fits).stdout.split()[1]
    shell("flows", "approve", hash, "--ethics-number", fits, "--by", "bob")
    shell("flows", "publish", hash, "--by", fits)
    shell("site", "small", "set", "phone", "0591-5550101", "--by", fits)
    for command in (
        ["staff", "add", long],
        ["staff", "link", fits, "--by", long],
        ["leads", "show", "L-0000-0000", "--by", long],
        ["flows", "submit", "small", "--by", long],
        ["flows", "approve", hash, "--ethics-number", "E-1", "--by", long],
        ["flows", "approve", hash, "--ethics-number", long, "--by", "bob"],
        ["flows", "publish", hash, "--by", long],
        ["site", "small", "set", "phone", "0591-5550101", "--by", long],
    ):
        result = shell(*command, language=language, code=2)
        assert (result.stdout, result.stderr) == ("", sentence)


@pytest.mark.parametrize("blank", ["", "  "])
def test_nobody_acts_without_a_name_and_no_approval_goes_without_its_number(shell: Shell, blank: str) -> None:
    shell("staff", "add", "lin", "--role", "editor")
    shell("staff", "add", "bob", "--role", "approver")
    hash = shell("flows", "submit", "small", "--by", "lin").stdout.split()[1]
    for command in (
        ["staff", "add", blank],
        ["flows", "submit", "small", "--by", blank],
        ["flows", "approve", hash, "--ethics-number", "E-1", "--by", blank],
        ["flows", "approve", hash, "--ethics-number", blank, "--by", "bob"],
        ["flows", "publish", hash, "--by", blank],
        ["site", "small", "set", "phone", "0591-5550101", "--by", blank],
    ):
        assert "is blank" in shell(*command, code=2).stderr


def test_an_approval_is_not_replaced(shell: Shell) -> None:
    shell("staff", "add", "lin", "--role", "editor")
    shell("staff", "add", "bob", "--role", "approver")
    hash = shell("flows", "submit", "small", "--by", "lin").stdout.split()[1]
    shell("flows", "approve", hash, "--ethics-number", "E-1", "--by", "bob")
    again = shell("flows", "approve", hash, "--ethics-number", "E-2", "--by", "bob", code=1)
    assert "E-1 (bob)" in again.stderr
    assert "E-1 (bob)" in shell("flows", "list").stdout


def test_the_database_is_brought_up_to_date(shell: Shell) -> None:
    for _ in range(2):
        assert shell("db", "upgrade").stdout == "The database is up to date.\n"
    assert shell("db", "upgrade", language="zh").stdout == "数据库已是最新。\n"
    assert (shell.data / "prescreen.db").exists()


def test_config_masks_secrets(shell: Shell) -> None:
    shell.env |= {
        "PRESCREEN_TELEGRAM_TOKEN": "123:hush",
        "PRESCREEN_WEBHOOK_SECRET": "hush",
        "PRESCREEN_KEY": "k1:hush",
        "PRESCREEN_DATABASE_URL": "postgresql://anna:hush@host/name",
    }
    shown = shell("config").stdout
    assert "hush" not in shown
    lines = shown.splitlines()
    assert {"PRESCREEN_TELEGRAM_TOKEN=********", "PRESCREEN_KEY=********"} <= set(lines)
    assert "PRESCREEN_DATABASE_URL=postgresql://anna:********@host/name" in lines
    assert "PRESCREEN_TIMEZONE=Asia/Shanghai" in lines


@pytest.mark.parametrize(
    ("name", "value", "english", "chinese"),
    [
        ("LISTEN", "8080", 'PRESCREEN_LISTEN is "8080", which is not host:port such as 127.0.0.1:8080, with a port up to 65535.', "PRESCREEN_LISTEN 的值“8080”不是 主机:端口，例如 127.0.0.1:8080，端口不超过 65535。"),
        ("MODE", "production", 'PRESCREEN_MODE is "production". It is live or demo.', "PRESCREEN_MODE 的值“production”不对，只能是 live 或 demo。"),
        ("TIMEZONE", "Mars", 'PRESCREEN_TIMEZONE is "Mars", which is not a time zone such as Asia/Shanghai.', "PRESCREEN_TIMEZONE 的值“Mars”不是时区，例如 Asia/Shanghai。"),
        ("TODAY", "9999-12-31", 'PRESCREEN_TODAY is "9999-12-31", which is not a day such as 2026-06-15, from 1950 to 2199.', "PRESCREEN_TODAY 的值“9999-12-31”不是日期，例如 2026-06-15（1950年至2199年）。"),
        ("TODAY", "today", 'PRESCREEN_TODAY is "today", which is not a day', "PRESCREEN_TODAY 的值“today”不是日期"),
        ("WEBHOOK_URL", "ftp://x", 'PRESCREEN_WEBHOOK_URL is "ftp://x", which is not a public address such as https://bot.example.org.', "PRESCREEN_WEBHOOK_URL 的值“ftp://x”不是公网地址，例如 https://bot.example.org。"),
        ("TELEGRAM_TOKEN_FILE", "nowhere", "The file nowhere, named by PRESCREEN_TELEGRAM_TOKEN_FILE, cannot be read: No such file or directory.", "PRESCREEN_TELEGRAM_TOKEN_FILE 所指的文件 nowhere 读不了：No such file or directory。"),
        ("WEBHOOK_SECRET_FILE", "/dev/null", "The file /dev/null, named by PRESCREEN_WEBHOOK_SECRET_FILE, is empty.", "PRESCREEN_WEBHOOK_SECRET_FILE 所指的文件 /dev/null 是空的。"),
        ("DATABASE_URL_FILE", sys.executable, f"The file {sys.executable}, named by PRESCREEN_DATABASE_URL_FILE, cannot be read: UTF-8.", f"PRESCREEN_DATABASE_URL_FILE 所指的文件 {sys.executable} 读不了：UTF-8。"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(shell: Shell, name: str, value: str, english: str, chinese: str) -> None:
    shell.env[f"PRESCREEN_{name}"] = value
    for command in (["config"], ["leads", "list"], ["check", "small"]):
        for language, sentence in (("en", english), ("zh", chinese)):
            result = shell(*command, language=language, code=2)
            assert result.stdout == ""
            assert result.stderr.startswith(sentence)


def test_every_wrong_setting_is_named(shell: Shell) -> None:
    shell.env |= {"PRESCREEN_MODE": "x", "PRESCREEN_LISTEN": "x"}
    first, second = shell("config", code=2).stderr.splitlines()
    assert first.startswith("PRESCREEN_LISTEN")
    assert second.startswith("PRESCREEN_MODE")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "PRESCREEN_TODAY is only for the demonstration. Unset it, or set PRESCREEN_MODE=demo.\n"),
        ("zh", "PRESCREEN_TODAY 只用于演示。请去掉它，或设 PRESCREEN_MODE=demo。\n"),
    ],
)
def test_the_day_is_fixed_for_demonstrations_and_scripts_only(
    shell: Shell, language: str, sentence: str
) -> None:
    shell.env |= {"PRESCREEN_TODAY": "2026-06-15", "PRESCREEN_LISTEN": "127.0.0.1:0"}
    for command in (["serve"], ["leads", "list"], ["flows", "list"]):
        result = shell(*command, language=language, code=2)
        assert (result.stdout, result.stderr) == ("", sentence)
    assert not shell.data.exists()
    shell("check", "small")
    shell("chat", "small")
    (shell.folder / "cases.json").write_text(json.dumps(CASES), encoding="utf-8")
    clean, pill = json.loads(shell("rehearse", "small", "cases.json", "--json").stdout)
    assert (clean["verdict"], pill["come_back"]) == ("likely_match", "2027-01-10")


async def test_a_demonstration_takes_place_on_the_day_that_was_fixed(shell: Shell) -> None:
    async with Program(shell, "demo", PRESCREEN_TODAY="2026-06-15") as demo:
        assert "Demonstration" in await demo.line()


# databases and keys that cannot be used


def wrong_key(shell: Shell) -> None:
    shell("db", "upgrade")
    (shell.data / "key").write_text(new_keys(), encoding="utf-8")


def unreadable_key(shell: Shell) -> None:
    shell("db", "upgrade")
    (shell.data / "key").write_bytes(b"\xff\x00 not a key")


def garbled_key(shell: Shell) -> None:
    shell.env["PRESCREEN_KEY"] = "a secret of mine"


def missing_key(shell: Shell) -> None:
    shell("db", "upgrade")
    (shell.data / "key").unlink()


def newer_database(shell: Shell) -> None:
    shell("db", "upgrade")
    engine = create_engine(f"sqlite:///{shell.data / 'prescreen.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()


def bad_address(shell: Shell) -> None:
    shell.env["PRESCREEN_DATABASE_URL"] = "my database"


def unreachable(shell: Shell) -> None:
    shell.env["PRESCREEN_DATABASE_URL"] = "postgresql://anna:hush@127.0.0.1:1/name"
    shell.env["PRESCREEN_KEY"] = new_keys()


def no_database(shell: Shell) -> None:
    shell.data.mkdir()
    (shell.data / "prescreen.db").write_bytes(b"this is something else, and long enough " * 200)
    (shell.data / "key").write_text(new_keys(), encoding="utf-8")


def broken_inside(shell: Shell) -> None:
    shell("db", "upgrade")
    file = shell.data / "prescreen.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def no_folder(shell: Shell) -> None:
    shell.data.write_text("a file, not a folder", encoding="utf-8")


def impossible_folder(shell: Shell) -> None:
    shell.env["PRESCREEN_DATA_DIR"] = "/proc/nowhere"


def file_is_a_folder(shell: Shell) -> None:
    shell.env["PRESCREEN_DATABASE_URL"] = f"sqlite:///{shell.folder}"
    shell.env["PRESCREEN_KEY"] = new_keys()


def mistyped_folder(shell: Shell) -> None:
    shell.env["PRESCREEN_DATABASE_URL"] = "sqlite:///nope/x.db"


UNUSABLE: list[tuple[Callable[[Shell], None], str, str]] = [
    (wrong_key, "The key does not fit this database.", "密钥与这个数据库不匹配。"),
    (unreadable_key, "The key in data/key cannot be read.", "data/key 里的密钥无法读取。"),
    (garbled_key, "The key in PRESCREEN_KEY cannot be read. It must be lines of name:base64", "PRESCREEN_KEY 里的密钥无法读取。"),
    (missing_key, "There is no key for this database (data/key).", "找不到这个数据库的密钥（data/key）。"),
    (newer_database, "The database belongs to a newer version of this program (9999).", "这个数据库属于更新版本的程序（9999）。"),
    (bad_address, "PRESCREEN_DATABASE_URL is not an address such as", "PRESCREEN_DATABASE_URL 的写法不对"),
    (unreachable, "The database cannot be reached: connection", "连不上数据库："),
    (no_database, "The file data/prescreen.db is damaged, or it is not a database", "文件 data/prescreen.db 已损坏，或不是本程序的数据库。"),
    (broken_inside, "The file data/prescreen.db is damaged, or it is not a database", "文件 data/prescreen.db 已损坏，或不是本程序的数据库。"),
    (no_folder, "The data directory cannot be used: data: File exists. Choose another", "数据目录用不了：data: File exists。"),
    (impossible_folder, "The data directory cannot be used: /proc/nowhere: ", "数据目录用不了：/proc/nowhere: "),
    (file_is_a_folder, "The database cannot be used: /", "数据库用不了：/"),
    (mistyped_folder, "PRESCREEN_DATABASE_URL names a folder that does not exist: nope.", "PRESCREEN_DATABASE_URL 所写的文件夹不存在：nope。"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("spoil", "english", "chinese"), UNUSABLE, ids=[row[0].__name__ for row in UNUSABLE])
def test_a_database_that_cannot_be_used_is_explained(
    shell: Shell, language: str, spoil: Callable[[Shell], None], english: str, chinese: str
) -> None:
    spoil(shell)
    shell.env["PRESCREEN_LISTEN"] = "127.0.0.1:0"
    for command in (["leads", "list"], ["serve"]):
        result = shell(*command, language=language, code=2)
        assert result.stdout == ""
        assert result.stderr.startswith(english if language == "en" else chinese)
        assert len(result.stderr.splitlines()) == 1
        assert "hush" not in result.stderr


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "An encryption key was made at data/key. Keep a copy in a safe place: without it the data cannot be read.\n",
        ),
        ("zh", "已生成加密密钥：data/key。请另存一份到安全的地方：没有它，数据无法读取。\n"),
    ],
)
@pytest.mark.parametrize("command", ["db upgrade", "staff list", "flows list", "leads list", "site small"])
def test_whichever_command_makes_the_key_says_so_once(
    shell: Shell, command: str, language: str, sentence: str
) -> None:
    assert shell(*command.split(), language=language).stderr == sentence
    assert shell(*command.split(), language=language).stderr == ""


def test_a_mistyped_folder_is_not_made(shell: Shell) -> None:
    mistyped_folder(shell)
    shell("staff", "list", code=2)
    assert not (shell.folder / "nope").exists()
    shell.env["PRESCREEN_DATABASE_URL"] = "sqlite:///here.db"
    shell("staff", "list")
    assert (shell.folder / "here.db").exists()


def test_nothing_is_lost_when_the_key_is_put_back(shell: Shell) -> None:
    shell("staff", "add", "anna")
    key = (shell.data / "key").read_text(encoding="utf-8")
    wrong_key(shell)
    shell("staff", "link", "anna", code=2)
    (shell.data / "key").write_text(key, encoding="utf-8")
    shell("staff", "link", "anna")


# serving


@pytest.fixture
def taken() -> Iterator[str]:
    """An address where another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield f"127.0.0.1:{other.getsockname()[1]}"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "{address} cannot be used: another program listens there, or the address is not this machine's. Choose another with PRESCREEN_LISTEN (demo: --port).\n",
        ),
        (
            "zh",
            "{address} 用不了：已有别的程序占用，或不是本机地址。请用 PRESCREEN_LISTEN 换一个（demo 用 --port）。\n",
        ),
    ],
)
def test_an_occupied_port_is_named(shell: Shell, taken: str, language: str, sentence: str) -> None:
    shell.env["PRESCREEN_LISTEN"] = taken
    for command in ("serve", "demo"):
        result = shell(command, language=language, code=2)
        assert (result.stdout, result.stderr) == ("", sentence.format(address=taken))
    assert not shell.data.exists()


def test_a_port_that_is_given_to_the_demonstration_counts(shell: Shell, taken: str) -> None:
    shell.env["PRESCREEN_LISTEN"] = "127.0.0.1:0"
    assert shell("demo", "--port", taken.split(":")[1], code=2).stderr.startswith(f"{taken} cannot be used")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "Another process serves this database already ({file}). Stop it first, or use another database (PRESCREEN_DATA_DIR, PRESCREEN_DATABASE_URL).\n",
        ),
        (
            "zh",
            "已有另一个进程在使用这个数据库（{file}）。请先停掉它，或换一个数据库（PRESCREEN_DATA_DIR、PRESCREEN_DATABASE_URL）。\n",
        ),
    ],
)
def test_a_database_is_served_by_one_process(shell: Shell, language: str, sentence: str) -> None:
    """Also when the other one has another data directory; nothing is done to the database before."""
    file = shell.folder / "somewhere" / "prescreen.db"
    file.parent.mkdir()
    shell.env |= {"PRESCREEN_LISTEN": "127.0.0.1:0", "PRESCREEN_DATABASE_URL": f"sqlite:///{file}"}
    with served_alone(f"sqlite:///{file}"):
        assert shell("serve", language=language, code=2).stderr == sentence.format(file=file)
    assert not file.exists()
    (shell.data / "demo").mkdir(parents=True)
    with served_alone(f"sqlite:///{shell.data / 'demo' / 'prescreen.db'}"):
        words = sentence.format(file=Path("data/demo/prescreen.db"))
        assert shell("demo", language=language, code=2).stderr == words


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There is no flow script in empty. Set PRESCREEN_FLOWS_DIR to the folder that holds them.\n"),
        ("zh", "empty 里没有流程脚本。请把 PRESCREEN_FLOWS_DIR 设为脚本所在的文件夹。\n"),
    ],
)
def test_a_demonstration_needs_a_script(shell: Shell, language: str, sentence: str) -> None:
    shell.env |= {"PRESCREEN_FLOWS_DIR": "empty", "PRESCREEN_LISTEN": "127.0.0.1:0"}
    (shell.folder / "empty").mkdir()
    assert shell("demo", language=language, code=2).stderr == sentence


class Program:
    """`prescreen` as a process of its own."""

    def __init__(self, shell: Shell, *words: str, **env: str) -> None:
        self._shell = shell
        self._words = words
        self._env = env

    async def __aenter__(self) -> "Program":
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PRESCREEN_")}
        self.process = await asyncio.create_subprocess_exec(
            *PRESCREEN,
            *self._words,
            cwd=self._shell.folder,
            env={
                **clean,
                "PYTHONPATH": str(ROOT),
                "PRESCREEN_LISTEN": "127.0.0.1:0",
                "LC_ALL": "C.UTF-8",
                **self._env,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        self.process._transport.close()  # type: ignore[attr-defined]

    async def line(self, stream: str = "stdout") -> str:
        raw = await asyncio.wait_for(getattr(self.process, stream).readline(), 30)
        return str(raw.decode()).rstrip("\n")

    async def end(self) -> tuple[int, str]:
        """Its exit code and what it said on standard error."""
        _, complaints = await asyncio.wait_for(self.process.communicate(), 30)
        assert self.process.returncode is not None
        return self.process.returncode, complaints.decode()


@pytest.mark.parametrize(
    ("token", "language", "sentence"),
    [
        ("7000000001:WRONG-token_of_the_double", "en", "Telegram does not accept the bot token."),
        ("not a token", "zh", "Telegram 不接受这个机器人令牌。"),
    ],
)
async def test_a_wrong_token_ends_it_with_a_sentence(
    shell: Shell, token: str, language: str, sentence: str
) -> None:
    async with BotApi() as api:
        words = ["--language", language, "serve"]
        async with Program(
            shell, *words, PRESCREEN_TELEGRAM_API=api.url, PRESCREEN_TELEGRAM_TOKEN=token
        ) as bot:
            code, complaints = await bot.end()
    assert code == 2
    assert sentence in complaints
    assert "Traceback" not in complaints
    assert token not in complaints


@pytest.mark.parametrize(
    ("url", "secret", "english", "chinese"),
    [
        ("https://bot.example.org/hook", "s3cret", "The path of PRESCREEN_WEBHOOK_URL must be", "PRESCREEN_WEBHOOK_URL 的路径只能是"),
        ("https://bot.example.org", "my secret", "PRESCREEN_WEBHOOK_SECRET must be", "PRESCREEN_WEBHOOK_SECRET 只能由"),
    ],
)  # fmt: skip
def test_a_webhook_that_cannot_work_ends_it_with_a_sentence(
    shell: Shell, url: str, secret: str, english: str, chinese: str
) -> None:
    shell.env |= {
        "PRESCREEN_TELEGRAM_TOKEN": "7000000001:a-token",
        "PRESCREEN_WEBHOOK_URL": url,
        "PRESCREEN_WEBHOOK_SECRET": secret,
        "PRESCREEN_LISTEN": "127.0.0.1:0",
    }
    for language, sentence in (("en", english), ("zh", chinese)):
        result = shell("serve", language=language, code=2)
        assert sentence in result.stderr
        assert secret not in result.stderr


async def test_without_a_token_it_serves_the_pages_and_says_so(shell: Shell) -> None:
    async with Program(shell, "serve") as server:
        assert "An encryption key was made at data/key." in await server.line("stderr")
        assert (await server.line("stderr")).startswith("There is no bot token, so Telegram is not used.")
        assert "No approved flow is published" in await server.line("stderr")
        queue = await server.line()
        found = re.fullmatch(r"The queue, for coordinators: http://localhost:(\d+)/staff", queue)
        assert found
        assert await server.line() == "  a link to log in: prescreen staff link NAME"
        for path, answer in (("/healthz", b"200 OK"), ("/", b"location: /staff")):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(found[1]))
            writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            assert answer in await asyncio.wait_for(reader.read(), 10)
            writer.close()
            await writer.wait_closed()
        server.process.send_signal(signal.SIGTERM)
        code, complaints = await server.end()
    assert "Traceback" not in complaints
    assert code in (0, -signal.SIGTERM)
    # It gave the lock back.
    with served_alone(f"sqlite:///{shell.data / 'prescreen.db'}"):
        pass


async def test_what_a_live_bot_says_when_it_starts_is_in_chinese_too(shell: Shell) -> None:
    """A script that is broken, a folder that is not there: what is published goes on, and it serves."""
    path = broken(shell)
    sentences = {
        "en": f"{path.relative_to(shell.folder)} is broken and cannot be submitted; what is published goes on. See: prescreen check {path.relative_to(shell.folder)}",
        "zh": f"{path.relative_to(shell.folder)} 有错误，不能提交；已发布的版本照常运行。请运行 prescreen check {path.relative_to(shell.folder)}",
    }
    no_folder = {
        "en": "The folder of flow scripts does not exist: nowhere. What is published goes on; to submit another version set PRESCREEN_FLOWS_DIR.",
        "zh": "流程脚本文件夹不存在：nowhere。已发布的版本照常运行；要提交别的版本，请设置 PRESCREEN_FLOWS_DIR。",
    }
    for language, queue in (("en", "The queue, for coordinators:"), ("zh", "协调员的队列：")):
        for env, sentence in (({}, sentences), ({"PRESCREEN_FLOWS_DIR": "nowhere"}, no_folder)):
            async with Program(shell, "--language", language, "serve", **env) as server:
                assert (await server.line()).startswith(queue)
                server.process.send_signal(signal.SIGTERM)
                _, complaints = await server.end()
            assert sentence[language] in complaints.splitlines()


async def test_the_demonstration_says_where_to_click(shell: Shell) -> None:
    async with Program(shell, "--language", "zh", "demo") as demo:
        first = await demo.line()
        assert re.search(r"演示.* http://localhost:\d+/$", first)
        assert (await demo.line()).endswith("/chat")
        assert (await demo.line()).endswith("/staff")
        demo.process.send_signal(signal.SIGINT)
        code, complaints = await demo.end()
    assert "Traceback" not in complaints
    assert code in (0, 130, -signal.SIGINT)
    assert (shell.data / "demo" / "prescreen.db").exists()


async def test_a_command_speaks_the_terminals_language(shell: Shell) -> None:
    async with Program(shell, "leads", "list", LC_ALL="zh_CN.UTF-8") as command:
        assert await command.line() == "队列是空的。"


def test_every_command_has_a_help(shell: Shell) -> None:
    def walk(words: list[str], group: Any) -> Iterator[list[str]]:
        yield words
        for command in group.registered_commands:
            yield [*words, command.name or command.callback.__name__.replace("_", "-")]
        for inner in group.registered_groups:
            yield from walk([*words, inner.name] if inner.name else words, inner.typer_instance)

    commands = list(walk([], app))
    assert len(commands) > 15
    for words in commands:
        assert "Usage" in shell(*words, "--help").stdout


def test_what_every_option_is_for_is_said_in_both_languages() -> None:
    def helps(group: Any) -> Iterator[tuple[str, str]]:
        callbacks = [command.callback for command in group.registered_commands]
        if group.registered_callback is not None:
            callbacks.append(group.registered_callback.callback)
        for callback in callbacks:
            for parameter in inspect.signature(callback).parameters.values():
                for words in getattr(parameter.annotation, "__metadata__", ()):
                    yield f"{callback.__name__} {parameter.name}", words.help or ""
        for inner in group.registered_groups:
            yield from helps(inner.typer_instance)

    found = dict(helps(app))
    assert len(found) > 60
    translators = Translators(ROOT / "locales")
    assert [name for name, words in found.items() if translators["zh"](words) == words] == []


@pytest.mark.parametrize(
    ("command", "english", "chinese"),
    [
        ("leads export", "Who takes it; it is written into the trail.", "谁导出，会写入审计记录。"),
        ("site", "show or set", "show（查看）或 set（设置）"),
        ("", "the terminal's own unless given", "不写则跟终端一致"),
    ],
)
def test_options_are_explained_in_the_terminals_language(
    shell: Shell, command: str, english: str, chinese: str
) -> None:
    for language, words in (("en_GB.UTF-8", english), ("zh_CN.UTF-8", chinese)):
        env = {**os.environ, "LC_ALL": language, "COLUMNS": "300", "PYTHONPATH": str(ROOT)}
        told = subprocess.run(
            [*PRESCREEN, *command.split(), "--help"], env=env, capture_output=True, check=True
        )
        assert words in told.stdout.decode()


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        ("", "A command is missing. See: prescreen --help", "缺少命令。请看：prescreen --help"),
        ("nonsense", "There is no command nonsense. See: prescreen --help", "没有 nonsense 这个命令。请看：prescreen --help"),
        ("leds list", "There is no command leds; did you mean leads? See: prescreen --help", "没有 leds 这个命令；您是不是想写 leads？请看：prescreen --help"),
        ("flows aprove", "There is no command aprove; did you mean approve? See: prescreen flows --help", "没有 aprove 这个命令；您是不是想写 approve？请看：prescreen flows --help"),
        ("flows approve abc", "The option --ethics-number is missing. See: prescreen flows approve --help", "缺少选项 --ethics-number。请看：prescreen flows approve --help"),
        ("check", "Something is missing: flows. See: prescreen check --help", "缺少：flows。请看：prescreen check --help"),
        ("serve now please", "That is more than the command takes: now please. See: prescreen serve --help", "这个命令不接受这么多内容：now please。请看：prescreen serve --help"),
        ("demo --prt 3", "There is no option --prt; did you mean --port? See: prescreen demo --help", "没有 --prt 这个选项；您是不是想写 --port？请看：prescreen demo --help"),
        ("demo --zzz", "There is no option --zzz. See: prescreen demo --help", "没有 --zzz 这个选项。请看：prescreen demo --help"),
        ("demo --port", "The option --port needs a value. See: prescreen --help", "选项 --port 后面要写值。请看：prescreen --help"),
        ("rehearse small --json=3", "The option --json takes no value. See: prescreen --help", "选项 --json 后面不写值。请看：prescreen --help"),
        ("demo --port 99999", "A port is a whole number from 1 to 65535. See: prescreen demo --help", "端口是1至65535的整数。请看：prescreen demo --help"),
        ("demo --port http", "A port is a whole number from 1 to 65535. See: prescreen demo --help", "端口是1至65535的整数。请看：prescreen demo --help"),
        ("flows publish x --by anna --running on", "--running is one of continue, re-consent, end, not on. See: prescreen flows publish --help", "--running 可以是 continue, re-consent, end，不能是 on。请看：prescreen flows publish --help"),
        ("check small --format xml", "--format is one of text, json, github, not xml. See: prescreen check --help", "--format 可以是 text, json, github，不能是 xml。请看：prescreen check --help"),
    ],
)  # fmt: skip
def test_wrong_use_is_a_sentence(shell: Shell, words: str, english: str, chinese: str) -> None:
    for language, sentence in (("en", english), ("zh", chinese)):
        result = shell(*words.split(), language=language, code=2)
        assert (result.stdout, result.stderr) == ("", f"{sentence}\n")


def test_the_language_may_be_written_in_one_word(shell: Shell) -> None:
    result = CliRunner().invoke(app, ["--language=zh", "nonsense"], prog_name="prescreen")
    assert result.stderr.startswith("没有 nonsense 这个命令。")


@pytest.mark.parametrize("words", [[], ["flows"], ["--language", "zh", "flows"]])
def test_without_a_command_there_is_the_help_once(shell: Shell, words: list[str]) -> None:
    result = CliRunner().invoke(app, words, prog_name="prescreen")
    assert result.exit_code == 2
    assert result.output.count("Usage") == 1
