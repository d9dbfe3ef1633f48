"""The table of a version's life: every step from every state, and its drawing in docs/versions.md."""

import itertools
from pathlib import Path

import pytest

from bot.script.life import STATES, TABLE, Standing
from tests.drawing import state_diagram

DRAWING = Path(__file__).parents[2] / "docs" / "versions.md"
TRIGGERS = sorted({row[0] for row in TABLE})
GUARDS = ("has_no_errors", "by_another", "words_changed")


@pytest.mark.parametrize(("trigger", "state"), list(itertools.product(TRIGGERS, STATES)))
def test_a_step_is_taken_where_the_table_has_it_and_its_guards_hold(trigger: str, state: str) -> None:
    rows = [
        (dest, guards)
        for named, sources, dest, guards in TABLE
        if named == trigger and state in ([sources] if isinstance(sources, str) else sources)
    ]
    for values in itertools.product([True, False], repeat=len(GUARDS)):
        held = dict(zip(GUARDS, values, strict=True))
        standing = Standing(state, **held)
        dest = next((dest for dest, guards in rows if all(held[guard] for guard in guards)), None)
        assert standing.may(trigger) is (dest is not None)
        assert standing.state == (dest or state)


def test_nothing_is_published_that_was_not_approved_by_another() -> None:
    """The only way from a draft to participants leads through the checker and somebody else."""
    assert {dest for _, source, dest, _ in TABLE if source == "draft"} == {"submitted"}
    into = {str(source) for _, source, dest, _ in TABLE if dest == "published"}
    assert into == {"approved", "published", "replaced"}
    (first,) = [row for row in TABLE if row[2] == "approved" and row[1] == "submitted"]
    assert first[3] == ("has_no_errors", "by_another")


def test_what_was_retired_stays_so() -> None:
    assert not [row for row in TABLE if "retired" in ([row[1]] if isinstance(row[1], str) else row[1])]


def drawn() -> str:
    """docs/versions.md: the library's Mermaid drawing."""
    return "\n".join(
        [
            "# Life of a version · 版本的一生",
            "",
            "Drawn from `TABLE` in `bot/script/life.py` by `transitions`; `pytest tests/script/test_script_life.py --update` draws it anew.",
            "A version is one exact content. It is never edited: a change is a new draft and a new version.",
            "",
            "由 `bot/script/life.py` 里的表自动画出。一个版本就是一份确定的内容，从不修改；要改就是新的草稿、新的版本。",
            "",
            "```mermaid",
            *state_diagram(STATES, "draft", "state", TABLE),
            "```",
            "",
        ]
    )


def test_the_drawing_is_fresh(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        DRAWING.write_text(drawn(), encoding="utf-8")
    assert DRAWING.read_text(encoding="utf-8") == drawn(), "draw it anew: pytest tests/script --update"
    assert all(f'"{state}" as {state}' in drawn() for state in STATES)
