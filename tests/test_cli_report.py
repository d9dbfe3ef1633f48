"""`prescreen leads report`: tables to read, JSON for other programs, and each refusal with its sentence."""

# ruff: noqa: F811 (a fixture is a name and an argument)

import json

import pytest

from tests.test_cli import Shell, shell, staffed  # noqa: F401
from tests.test_cli_log import house  # noqa: F401


def test_it_is_read_at_a_terminal(house: Shell) -> None:
    made = house("leads", "report", "--by", "mei", "--language", "zh").stdout
    assert "每条标准挡住多少人" in made
    assert "从未联系" in made
    assert "Where people stop" in house("leads", "report", "--by", "mei", "--language", "en").stdout


def test_other_programs_get_what_the_readme_says(house: Shell) -> None:
    made = json.loads(house("leads", "report", "--by", "mei", "--format", "json", "--study", "small").stdout)
    assert (made["study"], made["from"], made["mask"], made["demo"]) == ("small", None, 0, False)
    tables = made["tables"]
    assert list(tables) == [
        *("workload", "funnel", "drop_off", "fails", "leads", "times", "sources", "languages")
    ]
    assert tables["funnel"][0] == {"stage": "began", "people": 0}
    assert tables["times"][0] == {
        "until": "first_try",
        "leads": 0,
        **dict.fromkeys(("working_median", "working_ninetieth", "clock_median", "clock_ninetieth")),
    }


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--by", "anna"], 1, "anna (editor) may not see the prescreening log and the reports"),
        (["--by", "nobody"], 1, "Nobody called nobody is registered"),
        (["--by", "mei", "--study", "other"], 1, "Nothing is kept of a study other"),
        (["--by", "mei", "--from", "June"], 2, "June is not a day"),
        (["--by", "mei", "--from", "2026-06-02", "--to", "2026-06-01"], 1, "The last day is before"),
        (["--by", "mei", "--format", "pdf"], 2, "--format is one of"),
    ],
)
def test_what_is_wrong_is_said(house: Shell, words: list[str], code: int, said: str) -> None:
    done = house("leads", "report", *words, code=code)
    assert said in done.stderr
    assert done.stdout == ""
