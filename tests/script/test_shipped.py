"""The scripts that come with the program."""

from pathlib import Path

import pytest

from bot.script.library import read_file, script_files

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.mark.parametrize("file", list(script_files(FLOWS)), ids=lambda file: file.parent.name)
def test_it_has_no_problems(file: Path) -> None:
    compiled = read_file(file)
    assert compiled.report("zh") == ""
    assert compiled.flow is not None
    assert compiled.flow.id == file.parent.name


def test_the_first_trial_is_among_them() -> None:
    assert "melasma-exosome" in [file.parent.name for file in script_files(FLOWS)]
