"""`prescreen flows`: drafts in and out, the life of a version, and the papers made of it."""

# ruff: noqa: F811 (a fixture is a name and an argument)

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.store import tables as t
from tests.service.stage import Person, Stage
from tests.test_cli import Shell, published, shell, staffed  # noqa: F401

ANNAS = "# 安娜改的\n"


def push(shell: Shell, words: str, by: str, *more: str, code: int = 0) -> str:
    """Somebody adds words to a file of their own and pushes it."""
    folder = shell.folder / by
    if not folder.exists():
        shell("flows", "pull", "small", "--into", by)
    path = folder / "small" / "flow.yaml"
    path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")
    result = shell("flows", "push", f"{by}/small", "--by", by, *more, code=code)
    return str(result.output)


# drafts


def test_a_draft_goes_in_and_out_to_the_byte(staffed: Shell) -> None:
    source = (staffed.folder / "flows" / "small" / "flow.yaml").read_bytes() + "# 注释 \r\n\n".encode()
    (staffed.folder / "mine.yaml").write_bytes(source)
    pushed = staffed("flows", "push", "mine.yaml", "--by", "anna").stdout
    assert pushed.startswith("draft 1 of small: anna, 20")
    out = staffed("flows", "pull", "small", "--into", "work").stdout.splitlines()
    assert out[0] == "work/small/flow.yaml"
    assert out[1].startswith("draft 1 of small: anna, 20")
    assert (staffed.folder / "work" / "small" / "flow.yaml").read_bytes() == source
    assert "draft 1 of small: anna, 20" in staffed("flows", "list").stdout


def test_without_a_draft_the_published_version_comes_out(staffed: Shell) -> None:
    published(staffed)
    out = staffed("flows", "pull", "small", "--into", "work").stdout
    assert out.splitlines()[1].startswith("small: anna, 20")
    shipped = (staffed.folder / "flows" / "small" / "flow.yaml").read_bytes()
    assert (staffed.folder / "work" / "small" / "flow.yaml").read_bytes() == shipped


@pytest.mark.parametrize(
    ("language", "begins", "ends"),
    [
        ("en", "Somebody changed the draft since you pulled it: anna, 20", "replace it with --over.\n"),
        ("zh", "您取出草稿之后有人改过：anna, 20", "或用 --over 替换。\n"),
    ],
)
def test_two_editors_are_told_of_each_others_change(
    staffed: Shell,
    language: str,
    begins: str,
    ends: str,
) -> None:
    published(staffed)
    for name in ("anna", "bob"):
        staffed("flows", "pull", "small", "--into", name)
    push(staffed, ANNAS, "anna")
    path = staffed.folder / "bob" / "small" / "flow.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# Bob\n", encoding="utf-8")
    told = staffed("flows", "push", "bob/small/flow.yaml", "--by", "bob", language=language, code=1)
    assert told.stdout == ""
    assert told.stderr.startswith(begins)
    assert told.stderr.endswith(ends)
    staffed("flows", "push", "bob/small", "--by", "bob", "--over")
    assert "draft 2 of small: bob" in staffed("flows", "list").stdout
    # After one's own push one may go on.
    assert "draft 3 of small" in push(staffed, "# more\n", "bob")


def test_a_file_of_before_does_not_undo_what_came_between(staffed: Shell) -> None:
    """Anna has two files: the older one lacks what Carol saved, though the latest draft is Anna's."""
    published(staffed)
    push(staffed, ANNAS, "anna")
    staffed("flows", "pull", "small", "--into", "old")
    push(staffed, "# Carol's\n", "carol", "--over")
    staffed("flows", "pull", "small", "--into", "anna", "--over")
    push(staffed, "# again\n", "anna")
    assert push(staffed, "# and again\n", "anna").startswith(
        "draft 4 of small: anna"
    )  # her note went on with it
    old = staffed.folder / "old" / "small" / "flow.yaml"
    old.write_text(old.read_text(encoding="utf-8") + "# old\n", encoding="utf-8")
    told = staffed("flows", "push", "old/small", "--by", "anna", code=1).stderr
    assert told.startswith("Somebody changed the draft since you pulled it: anna, 20")
    # The same words are no conflict, whatever the note says.
    old.write_bytes((staffed.folder / "anna" / "small" / "flow.yaml").read_bytes())
    assert "draft 5 of small" in staffed("flows", "push", "old/small", "--by", "carol").stdout


def test_a_note_that_older_releases_wrote_is_understood(staffed: Shell) -> None:
    published(staffed)
    push(staffed, ANNAS, "anna")
    path = staffed.folder / "anna" / "small" / ".flow.yaml.pulled"
    note = json.loads(path.read_text(encoding="utf-8"))
    del note["based_on"]
    path.write_text(json.dumps(note), encoding="utf-8")
    assert "draft 2 of small" in push(staffed, "# more\n", "anna")
    assert staffed("flows", "pull", "small", "--into", "work").stderr == ""


def test_a_version_published_since_is_told(staffed: Shell) -> None:
    published(staffed)
    staffed("flows", "pull", "small", "--into", "anna")
    path = staffed.folder / "flows" / "small" / "flow.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")
    published(staffed)
    assert "Another version was published since you pulled: bob, 20" in push(staffed, ANNAS, "anna", code=1)
    push(staffed, ANNAS, "anna", "--over")
    again = staffed("flows", "pull", "small", "--into", "work")
    assert "was published after this draft was begun." in again.stderr
    push(staffed, "# more\n", "anna")  # she was told, and goes on
    again = staffed("flows", "pull", "small", "--into", "work")
    assert "was published after this draft was begun." in again.stderr
    newest = staffed("flows", "pull", "small", "--published", "--into", "other").stdout
    assert "small: anna, 20" in newest


def test_a_pull_does_not_overwrite_what_was_not_pushed(staffed: Shell) -> None:
    published(staffed)
    push(staffed, ANNAS, "anna")
    staffed("flows", "pull", "small", "--into", "anna")
    path = staffed.folder / "anna" / "small" / "flow.yaml"
    path.write_text("mine", encoding="utf-8")
    told = staffed("flows", "pull", "small", "--into", "anna", code=2)
    assert "anna/small/flow.yaml has changes that are not in the draft." in told.stderr
    assert path.read_text(encoding="utf-8") == "mine"
    staffed("flows", "pull", "small", "--into", "anna", "--over")
    assert path.read_text(encoding="utf-8").endswith(ANNAS)
    # The shipped file was never pulled and differs.
    assert "has changes" in staffed("flows", "pull", "small", code=2).stderr


def test_a_broken_note_is_no_note(staffed: Shell) -> None:
    published(staffed)
    push(staffed, ANNAS, "anna")
    note = staffed.folder / "anna" / "small" / ".flow.yaml.pulled"
    for text in ("", "[]", "{}", '{"study": "small", "revision": "x", "published": ""}'):
        note.write_text(text, encoding="utf-8")
        staffed("flows", "pull", "small", "--into", "anna")
        assert json.loads(note.read_text(encoding="utf-8"))["revision"] == 1


def test_a_draft_may_be_wrong_and_says_so(staffed: Shell) -> None:
    published(staffed)
    assert "[keys]" in push(staffed, "odd: key\n", "anna")
    told = staffed("flows", "submit", "small", "--by", "anna", code=1)
    assert told.stdout == ""
    assert told.stderr.startswith("draft 1 of small:")
    assert "[keys]" in told.stderr


def test_what_a_walk_of_every_path_finds_is_not_submitted(
    staffed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.script.walk.proof.MOST_LOOKS", 400)
    told = staffed("flows", "submit", "flows/small", "--by", "anna", code=1)
    assert told.stdout == ""
    assert "answers can be combined in too many ways" in told.stderr
    assert "No version is kept yet." in staffed("flows", "list").stdout


def test_a_draft_is_submitted_by_the_name_of_its_study(staffed: Shell) -> None:
    first = published(staffed)
    push(staffed, ANNAS, "anna")
    study, hash_ = staffed("flows", "submit", "small", "--by", "anna").stdout.split()[:2]
    assert (study, hash_ != first) == ("small", True)
    # A file or folder that is there is itself.
    assert staffed("flows", "submit", "flows/small", "--by", "anna").stdout.split()[1] == first


@pytest.mark.parametrize(
    "words",
    [
        ["push", "nowhere.yaml", "--by", "anna"],
        ["pull", "small", "--into", "file"],
    ],
)
def test_a_file_that_cannot_be_read_or_written_is_told(staffed: Shell, words: list[str]) -> None:
    published(staffed)
    Path("file").write_text("", encoding="utf-8")
    assert staffed("flows", *words, code=2).stderr.count("\n") == 1


def test_a_study_of_which_nothing_is_kept(shell: Shell) -> None:
    assert "Nothing is kept of a study small." in shell("flows", "pull", "small", code=1).stderr
    Path("no.yaml").write_text("a: b\n", encoding="utf-8")
    shell("staff", "add", "anna", "--role", "editor")
    assert 'has no "flow"' in shell("flows", "push", "no.yaml", "--by", "anna", code=1).stderr


# the life of a version


def test_a_version_is_rolled_back_and_retired(staffed: Shell) -> None:
    first = published(staffed)
    push(staffed, ANNAS, "anna")
    second = staffed("flows", "submit", "small", "--by", "anna").stdout.split()[1]
    staffed("flows", "approve", second, "--ethics-number", "E-2", "--by", "bob")
    staffed("flows", "publish", second[:8], "--by", "bob", "--running", "re-consent")
    back = staffed("flows", "rollback", "small", "--by", "bob", "--running", "end")
    assert back.stdout == f"small {first} is in use again: new runs take it.\n"
    retired = staffed("flows", "retire", second[:8], "--by", "bob")
    assert retired.stdout == f"small {second} is retired for good.\n"
    listed = {line.split()[0]: line.split()[-1] for line in staffed("flows", "list").stdout.splitlines()[1:3]}
    assert listed == {first[:12]: "published", second[:12]: "retired"}
    assert (
        "there is none to go back to" in staffed("flows", "rollback", "small", "--by", "bob", code=1).stderr
    )
    assert "was retired" in staffed("flows", "publish", second, "--by", "bob", code=1).stderr


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "small {hash} is retired for good. It was in use: the study is not open now, and running chats end "
                "at their next turn. Next: publish another version.\n"
            ),
        ),
        (
            "zh",
            "small {hash} 已永久停用。它正在使用：研究现在不再开放，进行中的对话会在下一步结束。请另发布一个版本。\n",
        ),
    ],
)
async def test_what_is_retired_while_in_use_closes_the_study(
    staffed: Shell, language: str, said: str
) -> None:
    stage = Stage(staffed.data, live=True)
    stage.open()
    (version,) = (row.hash for row in stage.rows(t.versions))
    person = await Person(stage).to_questions()
    retired = staffed("flows", "retire", version, "--by", "bob", language=language)
    assert retired.stdout == said.format(hash=version)
    assert not stage.rows(t.runs)[0].ended_on
    await person.say("35")
    assert stage.rows(t.runs)[0].ended_on
    stage.stop()


def test_in_the_demonstration_what_is_retired_goes_on_being_shown(shell: Shell) -> None:
    shell.env["PRESCREEN_MODE"] = "demo"
    version = published(shell)
    retired = shell("flows", "retire", version, "--by", "bob").stdout
    assert retired == f"small {version} is retired for good.\n"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "… is no ethics number: it has no letter and no digit. Give the number of the approval.\n"),
        ("zh", "“…”不是伦理批件号：没有字母也没有数字。请填写批件上的号码。\n"),
    ],
)
def test_what_is_no_ethics_number_is_refused(staffed: Shell, language: str, said: str) -> None:
    hash_ = staffed("flows", "submit", "small", "--by", "anna").stdout.split()[1]
    approve = ["flows", "approve", hash_, "--by", "bob", "--ethics-number"]
    assert staffed(*approve, "…", language=language, code=1).stderr == said
    staffed(*approve, "批件2026")


@pytest.mark.parametrize(
    ("language", "refused"),
    [("en", "bob wrote this version, saved its draft"), ("zh", "bob 编写或提交了这个版本，或保存过它的草稿")],
)
def test_who_saved_the_draft_does_not_approve_what_another_submits(
    staffed: Shell, language: str, refused: str
) -> None:
    published(staffed)
    staffed("staff", "add", "dan", "--role", "approver")
    push(staffed, "# Bob's\n", "bob")
    hash_ = staffed("flows", "submit", "small", "--by", "anna").stdout.split()[1]
    approve = ["flows", "approve", hash_, "--ethics-number", "E-2", "--by"]
    assert refused in staffed(*approve, "bob", language=language, code=1).stderr
    staffed(*approve, "dan")


@pytest.mark.parametrize(
    ("language", "refused"),
    [("en", "is not the version in use, so nothing was changed."), ("zh", "不是正在使用的版本")],
)
def test_who_goes_back_may_say_from_where(staffed: Shell, language: str, refused: str) -> None:
    first = published(staffed)
    path = staffed.folder / "flows" / "small" / "flow.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# second\n", encoding="utf-8")
    second = published(staffed)
    back = ["flows", "rollback", "small", "--by", "bob", "--from", second[:12]]
    assert staffed(*back).stdout.split()[:2] == ["small", first]
    told = staffed(*back, language=language, code=1)
    assert (told.stdout, refused in told.stderr) == ("", True)


def test_what_an_older_checker_let_pass_is_listed_and_can_be_retired(staffed: Shell) -> None:
    first = published(staffed)
    staffed("flows", "list")
    source = (staffed.folder / "flows" / "small" / "flow.yaml").read_bytes()
    stage = Stage(staffed.data, live=True)
    broken = stage.publish_unchecked(source.replace(b"kind: number", b"kind: nunber"))
    stage.stop()
    listed = {line.split()[0]: line for line in staffed("flows", "list").stdout.splitlines()[1:]}
    assert "only be retired" in listed[broken[:12]]
    assert "only be retired" not in listed[first[:12]]
    assert "按现在的检查规则不通过" in staffed("flows", "list", language="zh").stdout
    told = staffed("flows", "publish", broken, "--by", "bob", code=1).stderr
    assert told.startswith(f"The checker finds errors in version {broken[:12]} that it did not know")
    assert (
        'did you mean "number"' in staffed("flows", "pack", "small", "--version", "published", code=1).stderr
    )
    staffed("flows", "retire", broken, "--by", "bob")
    assert "only be retired" not in staffed("flows", "list").stdout


@pytest.mark.parametrize(
    "words", [["push", "flows/small"], ["rollback", "small"], ["retire", "abcdef"]], ids=" ".join
)
def test_live_every_step_is_for_staff_with_a_role(staffed: Shell, words: list[str]) -> None:
    published(staffed)
    told = staffed("flows", *words, "--by", "mallory", code=1)
    assert told.stderr.startswith("Nobody called mallory is registered.")


# workbooks


def edited(path: Path, cells: dict[str, object], sheet: str = "文字 Texts") -> None:
    """Somebody opens a workbook, types into some cells and saves it."""
    book = load_workbook(path)
    for cell, value in cells.items():
        book[sheet][cell] = value
    book.save(path)


def row_of(path: Path, key: str, sheet: str = "文字 Texts") -> int:
    rows = load_workbook(path)[sheet].iter_rows(values_only=True)
    return next(number for number, row in enumerate(rows, 1) if key in row)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            """\
question pregnant · ask
  - zh  您现在怀孕了吗？
  + zh  您目前怀孕了吗？
    en  Are you pregnant now?
  ! The text in English did not change with it.

Note on question pregnant · ask: 更口语
Changes: 1
""",
        ),
        (
            "zh",
            """\
问题 pregnant · 提问
  - zh  您现在怀孕了吗？
  + zh  您目前怀孕了吗？
    en  Are you pregnant now?
  ! 英文没有跟着改。

问题 pregnant · 提问的备注：更口语
改动：1 处
""",
        ),
    ],
)
def test_a_workbook_goes_out_is_edited_and_taken(shell: Shell, language: str, told: str) -> None:
    script = shell.folder / "flows" / "small" / "flow.yaml"
    before = script.read_text(encoding="utf-8")
    assert shell("flows", "sheet", "flows/small", "-o", "small.xlsx").stdout == "small.xlsx\n"
    row = row_of(Path("small.xlsx"), "questions.pregnant.ask")
    edited(Path("small.xlsx"), {f"B{row}": "您目前怀孕了吗？", f"D{row}": "更口语"})
    assert shell("flows", "take", "flows/small", "small.xlsx", language=language).output == told
    assert script.read_text(encoding="utf-8") == before
    applied = shell("flows", "take", "small", "small.xlsx", "--apply").stdout
    assert applied.endswith("Changes: 1\nChanges written to flows/small/flow.yaml: 1\n")
    assert script.read_text(encoding="utf-8") == before.replace("您现在怀孕了吗？", "您目前怀孕了吗？")
    assert not shell.data.exists()


def test_a_limit_is_changed_and_the_checker_heard(shell: Shell) -> None:
    shell("flows", "sheet", "small", "--output", "small.xlsx")
    row = row_of(Path("small.xlsx"), "questions.age.ranges.2.to", "界限 Limits")
    edited(Path("small.xlsx"), {f"B{row}": 64}, "界限 Limits")
    told = shell("flows", "take", "small", "small.xlsx", code=1)
    assert told.stdout == "question age · range 2 · to (meets)\n  - 59\n  + 64\n\nChanges: 1\n"
    assert told.stderr.startswith("flows/small/flow.yaml:")
    assert "[ranges]" in told.stderr


def test_a_workbook_with_a_mistake_is_not_taken(shell: Shell) -> None:
    script = shell.folder / "flows" / "small" / "flow.yaml"
    before = script.read_bytes()
    shell("flows", "sheet", "small", "--output", "small.xlsx")
    edited(Path("small.xlsx"), {"B2": "新名字", "C2": "=A1", "B3": 3})
    told = shell("flows", "take", "small", "small.xlsx", "--apply", language="zh", code=1)
    assert "新名字" in told.stdout
    first, second, last = told.stderr.splitlines()
    assert first.startswith("small.xlsx 文字 Texts!C2: 这一格是公式")
    assert second.startswith("small.xlsx 文字 Texts!B3: 表格软件把这一格变成了日期或数字（3）")
    assert last.startswith("这份工作簿这样还不能取用")
    assert script.read_bytes() == before


def test_a_workbook_without_changes_says_so(shell: Shell) -> None:
    script = shell.folder / "flows" / "small" / "flow.yaml"
    before = script.read_bytes()
    shell("flows", "sheet", "small", "--output", "small.xlsx")
    assert shell("flows", "take", "small", "small.xlsx", "--apply").output == "Nothing would change.\n"
    assert script.read_bytes() == before


def test_a_draft_goes_out_and_comes_back(staffed: Shell) -> None:
    published(staffed)
    staffed("flows", "sheet", "small", "--draft", "-o", "small.xlsx")
    row = row_of(Path("small.xlsx"), "texts.hello")
    edited(Path("small.xlsx"), {f"B{row}": "欢迎。\n您好。", f"C{row}": "Welcome.\nHello."})
    take = ["flows", "take", "small", "small.xlsx", "--draft"]
    assert "  + zh  欢迎。\n  + zh  您好。\n" in staffed(*take).stdout
    assert "is blank" in staffed(*take, "--apply", code=2).stderr
    assert "Nobody called mallory" in staffed(*take, "--apply", "--by", "mallory", code=1).stderr
    written = staffed(*take, "--apply", "--by", "anna").stdout
    assert written.endswith("Changes written to draft 1 of small: 1\n")
    assert staffed(*take, "--apply", "--by", "anna").stderr.startswith(
        "small.xlsx: warning: the workbook was"
    )
    push(staffed, ANNAS, "anna")
    assert "欢迎。" in (staffed.folder / "anna" / "small" / "flow.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "says", "code"),
    [
        (["sheet", "small", "-o", "flows"], "flows is there already", 2),
        (["sheet", "small", "-o", "nowhere/small.xlsx"], "The file cannot be written", 2),
        (["sheet", "nothing", "-o", "x.xlsx"], "There is no flow script nothing", 2),
        (["sheet", "nothing", "--draft", "-o", "x.xlsx"], "Nothing is kept of a study nothing", 1),
        (["sheet", "broken.yaml", "-o", "x.xlsx"], "[yaml]", 1),
        (["sheet", "long.yaml", "-o", "x.xlsx"], "text hello: this text is longer than", 1),
        (["take", "small", "nowhere.xlsx"], "The workbook cannot be read: nowhere.xlsx", 2),
        (["take", "small", "broken.yaml"], "is not an Excel workbook", 1),
    ],
)
def test_what_is_wrong_with_it_is_a_sentence(shell: Shell, words: list[str], says: str, code: int) -> None:
    Path("broken.yaml").write_text("a: [", encoding="utf-8")
    small = (shell.folder / "flows" / "small" / "flow.yaml").read_text(encoding="utf-8")
    Path("long.yaml").write_text(small.replace("您好。", "好" * 33000), encoding="utf-8")
    assert says in shell("flows", *words, code=code).stderr
    assert not Path("x.xlsx").exists()
