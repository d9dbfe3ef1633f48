"""`prescreen audit`: what is found is said, in both languages and for programs."""

# ruff: noqa: F811 (a fixture is a name and an argument)

import csv
import json
import re
import sqlite3

import pytest

from tests.service.stage import Stage
from tests.test_cli import Shell, published, shell, staffed, worked  # noqa: F401


@pytest.fixture
def house(staffed: Shell) -> Shell:
    """Yan is an auditor, Anna an editor."""
    published(staffed)
    staffed("staff", "add", "yan", "--role", "auditor")
    return staffed


def tamper(house: Shell, statement: str) -> None:
    (file,) = house.folder.rglob("*.db")
    with sqlite3.connect(file) as connection:
        connection.execute(statement)


def test_an_untouched_trail_is_said_to_be_intact(house: Shell) -> None:
    assert "The trail is intact" in house("audit", "verify").stdout
    made = house("audit", "anchor")
    number = made.stdout.strip()
    assert f"--anchor {number}" in made.stderr
    assert "cannot be found" in house("audit", "verify", "--anchor", number).stdout
    # Nothing is new: the same number again.
    assert house("audit", "anchor").stdout.strip() == number
    paper = f"{number[:32].upper()} {number[32:]}"
    assert house("audit", "verify", "--anchor", paper).exit_code == 0
    for copied, fits in ((number[:12], 12), (f"{number}0", 65), (f"{number[:63]}O", 63)):
        assert f"one has {fits}." in house("audit", "verify", "--anchor", copied, code=2).stderr
    assert (
        "有64个字符（0–9、a–f），这里有12个"
        in house("audit", "verify", "--anchor", number[:12], code=2, language="zh").stderr
    )
    told = json.loads(house("audit", "verify", "--json").stdout)
    assert (told["intact"], told["findings"], told["anchors"]) == (True, [], 1)
    assert set(told) == {"rows", "chains", "anchors", "anchored_at", "intact", "findings"}


def test_what_was_changed_is_said_and_the_command_fails(house: Shell) -> None:
    number = house("audit", "anchor").stdout.strip()
    tamper(house, "UPDATE audit SET who = 'staff:bob' WHERE subject = 'staff:yan'")
    said = house("audit", "verify", code=1).stdout
    assert "staff:yan, row 1: it was changed after it was written." in said
    assert "NOT intact" in said
    (found,) = json.loads(house("audit", "verify", "--json", code=1).stdout)["findings"]
    assert found == {"kind": "edited", "subject": "staff:yan", "seq": 1, "detail": ""}
    tamper(house, "DELETE FROM audit WHERE subject IN ('staff:yan', 'anchor')")
    assert f"There is no anchor {number}" in house("audit", "verify", "--anchor", number, code=1).stdout
    chinese = house("audit", "verify", "--anchor", "0" * 64, code=1, language="zh").stdout
    assert "审计记录被改动过" in chinese
    assert "或者号码抄错了" in chinese


def test_in_chinese_too_an_untouched_trail_is_said_to_be_so(house: Shell) -> None:
    assert house("audit", "verify", language="zh").stdout.startswith("审计记录没有被改动：共")


def test_of_an_empty_trail_no_anchor_is_made(shell: Shell) -> None:
    shell("db", "upgrade")
    for language, nothing in (
        ("en", "Nothing is written in the trail yet."),
        ("zh", "审计记录里还没有内容。"),
    ):
        made = shell("audit", "anchor", language=language)
        assert (made.stdout, made.stderr) == ("", f"{nothing}\n")


def test_anchors_that_are_missing_are_said(house: Shell) -> None:
    stage = Stage(house.data, live=True)  # on a day of last June
    stage.app.database.run_now(lambda records: records.note("x", "system", "opened", {}, stage.clock()))
    stage.stop()
    house("audit", "anchor")
    assert "have no anchor" not in house("audit", "verify").stdout
    tamper(house, "DELETE FROM audit WHERE subject != 'x'")
    for language, said in (("en", "have no anchor after them"), ("zh", "却没有总校验点")):
        told = house("audit", "verify", code=1, language=language).stdout
        assert said in told
        assert "prescreen audit verify --anchor" in told


@pytest.mark.parametrize("value", ["'no json'", "'[1]'", "'null'"])
def test_a_row_that_cannot_be_read_any_more_is_said_too(house: Shell, value: str) -> None:
    tamper(house, f"UPDATE audit SET detail = {value} WHERE subject = 'staff:yan'")
    assert "staff:yan, row 1" in house("audit", "verify", code=1).stdout


def test_rows_are_written_out_for_an_auditor(house: Shell) -> None:
    written = house("audit", "export", "-o", "trail.csv", "--by", "yan", "--subject", "staff:yan")
    assert written.stdout == "trail.csv: 1 row\n"
    with (house.folder / "trail.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["subject"], row["seq"], row["what"], row["detail"]) == (
        *("staff:yan", "1", "added"),
        '{"role": "auditor", "was": ""}',
    )
    assert "is there already" in house("audit", "export", "-o", "trail.csv", "--by", "yan", code=2).stderr


async def test_a_code_may_be_typed_in_lower_case(worked: Shell) -> None:
    (_, lead) = json.loads(worked("leads", "list", "--json").stdout)
    worked("leads", "show", lead["code"])
    worked("staff", "add", "yan", "--role", "auditor")
    subject = ["--by", "yan", "--subject", lead["code"].lower()]
    for language, rows in (("en", r"a: \d\d? rows\n"), ("zh", r"a：\d\d? 行\n")):
        assert re.fullmatch(rows, worked("audit", "export", "-o", "a", *subject, language=language).stdout)
        (worked.folder / "a").unlink()
    # That there is nothing of a period is no mistake.
    assert worked("audit", "export", "-o", "a", *subject, "--to", "2020-01-01").stdout == "a: 0 rows\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--by", "yan", "--subject", "l-0000-0000"], 1, "Nothing in the trail is of L-0000-0000."),
        (["--by", "nobody"], 1, "prescreen staff add nobody --role auditor."),
        (["--by", "anna"], 1, "anna (editor) may not take the audit trail"),
        (["--by", "nobody"], 1, "Nobody called nobody is registered"),
        (
            ["--by", "yan", "--from", "2026-06-02", "--to", "2026-06-01"],
            1,
            "The last day is before the first",
        ),
    ],
)
def test_who_may_not_gets_no_file(house: Shell, words: list[str], code: int, said: str) -> None:
    assert said in house("audit", "export", "-o", "trail.csv", *words, code=code).stderr
    assert not (house.folder / "trail.csv").exists()
