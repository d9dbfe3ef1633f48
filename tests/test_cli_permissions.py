"""Whoever is named by --by does with a command what their role allows, and nothing else."""

# ruff: noqa: F811 (a fixture is a name and an argument)

import json
import sqlite3

import pytest

from bot.service.staff import ROLES
from tests.test_cli import Shell, published, shell, staffed  # noqa: F401

COORDINATOR, EDITOR, APPROVER, AUDITOR, ADMIN = ROLES
WRITE, APPROVE = {EDITOR, APPROVER, ADMIN}, {APPROVER, ADMIN}
EXPORT, IDENTITY = {COORDINATOR, AUDITOR, ADMIN}, {COORDINATOR, ADMIN}

#: What is typed before --by, and the roles that may. `{version}`: the one that is published.
TABLE = (
    ("flows push flows/small/flow.yaml", WRITE),
    ("flows submit small", WRITE),
    ("flows replay small", WRITE),
    ("flows approve {version} --ethics-number E-2", APPROVE),
    ("flows publish {version}", WRITE),
    ("flows rollback small", WRITE),
    ("flows retire {version}", WRITE),
    ("site small set delete_days 14", WRITE),
    ("site small set recruiting no", WRITE | {COORDINATOR}),
    ("leads export -o log.csv", EXPORT),
    ("leads export -o leads.json --format fhir", EXPORT),
    ("leads export -o known.json --format fhir --identified --purpose site_edc", IDENTITY),
    ("audit export -o trail.csv", {AUDITOR, ADMIN}),
    ("leads show L-0000-0000", EXPORT),
    ("leads report", EXPORT),
    ("staff add new --role admin", {ADMIN}),
    ("staff remove anna", {ADMIN}),
    ("staff link anna", {ADMIN}),
)


def kept(house: Shell) -> list[str]:
    """All that is stored but the trail."""
    (file,) = house.folder.rglob("*.db")
    with sqlite3.connect(file) as connection:
        return [line for line in connection.iterdump() if '"audit"' not in line]


def refusals(house: Shell) -> list[tuple[str, str]]:
    """Who was refused which command, by the trail."""
    (file,) = house.folder.rglob("*.db")
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT who, detail FROM audit WHERE what = 'refused' ORDER BY id")
        return [(who, json.loads(detail)["what"]) for who, detail in rows]


@pytest.mark.parametrize(("words", "allowed"), TABLE)
def test_a_command_is_refused_by_role_and_then_changes_nothing(
    staffed: Shell, words: str, allowed: set[str]
) -> None:
    version = published(staffed)
    for role in ROLES:
        staffed("staff", "add", f"the-{role}", "--role", role)
    staffed("staff", "add", "gone", "--role", ADMIN)
    staffed("staff", "remove", "gone")
    typed = words.format(version=version).split()
    before = kept(staffed)
    for who in (*(f"the-{role}" for role in ROLES if role not in allowed), "gone", "nobody"):
        refused = staffed(*typed, "--by", who, code=1)
        assert who in refused.stderr
        assert kept(staffed) == before
        noted, command = refusals(staffed)[-1]
        assert noted == f"staff:{who}"
        assert words.startswith(command)
        assert not [path for path in staffed.folder.iterdir() if path.suffix in (".csv", ".json")]
    for role in sorted(allowed):
        answer = staffed(*typed, "--by", f"the-{role}", code=None)
        assert f"the-{role} (" not in answer.stderr, "that would be a refusal by role"
        assert "Nobody called" not in answer.stderr
