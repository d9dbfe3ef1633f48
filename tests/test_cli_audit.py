"""`prescreen audit`: what is found is said, in both languages and for programs."""

# ruff: noqa: F811 (a fixture is a name and an argument)

import csv
import json
import sqlite3

import pytest

from tests.test_cli import Shell, published, shell, staffed  # noqa: F401


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
    assert "one has 12" in house("audit", "verify", "--anchor", number[:12], code=2).stderr
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
    assert (
        "审计记录不完整" in house("--language", "zh", "audit", "verify", "--anchor", "0" * 64, code=1).stdout
    )


@pytest.mark.parametrize("value", ["'no json'", "'[1]'", "'null'"])
def test_a_row_that_cannot_be_read_any_more_is_said_too(house: Shell, value: str) -> None:
    tamper(house, f"UPDATE audit SET detail = {value} WHERE subject = 'staff:yan'")
    assert "staff:yan, row 1" in house("audit", "verify", code=1).stdout


def test_rows_are_written_out_for_an_auditor(house: Shell) -> None:
    house("audit", "export", "-o", "trail.csv", "--by", "yan", "--subject", "staff:yan")
    with (house.folder / "trail.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["subject"], row["seq"], row["what"], row["detail"]) == (
        *("staff:yan", "1", "added"),
        '{"role": "auditor", "was": ""}',
    )
    assert "is there already" in house("audit", "export", "-o", "trail.csv", "--by", "yan", code=2).stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
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
