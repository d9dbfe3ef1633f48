"""Whole journeys at the service: in both languages, with a restart before every turn.

On SQLite all of them, on PostgreSQL in Chinese those that differ in what is stored, not only in what is said.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import transcript
from tests.journeys.chat import ServiceFace
from tests.journeys.facts import facts
from tests.journeys.journeys import ABOUT_WORDS, CASES, Case
from tests.journeys.person import Person
from tests.journeys.stage import Databases, Stage, staged


@pytest.fixture
def stage(database: str, case: Case, databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    with staged(databases, database, case.mode, case.setting, tmp_path) as stage:
        yield stage


PLAYED = [("sqlite", case) for case in CASES]
PLAYED += [("postgres", case) for case in CASES if case.language == "zh" and case.walk not in ABOUT_WORDS]


@pytest.mark.parametrize(("database", "case"), PLAYED, ids=str)
async def test_it_goes_as_written(
    case: Case, database: str, stage: Stage, pytestconfig: pytest.Config
) -> None:
    person = Person(ServiceFace(stage, case.channel, case.language), case.language)
    await case.walk(person)
    about = [f"# {line.strip()}" for line in case.about.splitlines() if line.strip()]
    held = await facts(stage.app, case.channel, person.face.address)
    text = "\n".join([*about, *person.transcript, *held]) + "\n"
    file = case.file
    if pytestconfig.getoption("update") and database == "sqlite":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    if not pytestconfig.getoption("update"):
        assert file.exists(), "a new journey: read what `pytest --update` writes, and keep it"
        assert text == file.read_text(encoding="utf-8")


def test_every_transcript_belongs_to_a_journey(pytestconfig: pytest.Config) -> None:
    left_over = set(transcript.HERE.glob("*/*.chat")) - {case.file for case in CASES}
    if pytestconfig.getoption("update"):
        for file in left_over:
            file.unlink()
    else:
        assert not left_over
