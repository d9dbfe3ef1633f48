"""Items of a list are moved, removed and added, and every other character stays."""

from pathlib import Path

import pytest

from bot.script.cards import cards_of
from bot.script.edit import CannotEdit
from bot.script.items import added, moved, removed
from bot.script.nodes import read

SHIPPED = (Path(__file__).parents[2] / "flows" / "melasma-exosome" / "flow.yaml").read_text("utf-8")
SCRIPT = """\
questions:
  # the first
  - id: age          # in years
    options:
      - {code: a}    # one
      - {code: b}

  # the second
  - id: pregnant
    options: [x, y]
  -
    id: last
texts: {bye: 1}
"""


def test_an_item_moves_down_and_up_again() -> None:
    down = moved(SCRIPT, ("questions", 0), 1)
    assert (
        down
        == """\
questions:
  # the second
  - id: pregnant
    options: [x, y]

  # the first
  - id: age          # in years
    options:
      - {code: a}    # one
      - {code: b}
  -
    id: last
texts: {bye: 1}
"""
    )
    assert moved(down, ("questions", 1), -1) == SCRIPT
    assert moved(moved(SCRIPT, ("questions", 2), -1), ("questions", 1), 1) == SCRIPT
    assert moved("a:\n- b\n- c", ("a", 1), -1) == "a:\n- c\n- b\n"


def test_an_item_goes_with_its_lines() -> None:
    assert removed(SCRIPT, ("questions", 0, "options", 0)) == SCRIPT.replace(
        "      - {code: a}    # one\n", ""
    )
    assert removed(SCRIPT, ("questions", 1)) == SCRIPT.replace(
        "\n  # the second\n  - id: pregnant\n    options: [x, y]\n", "\n"
    )
    assert removed(SCRIPT, ("questions", 2)) == SCRIPT.replace("  -\n    id: last\n", "")


def test_an_item_is_added_behind_another() -> None:
    assert added(SCRIPT, ("questions", 0, "options", 1), "{code: c}") == SCRIPT.replace(
        "      - {code: b}\n", "      - {code: b}\n      - {code: c}\n"
    )
    assert added(SCRIPT, ("questions", 1), "id: new\noptions: [z]") == SCRIPT.replace(
        "[x, y]\n", "[x, y]\n\n  - id: new\n    options: [z]\n"
    )
    assert added("a:\n- b", ("a", 0), "c") == "a:\n- b\n- c\n"


@pytest.mark.parametrize(
    "path",
    [
        ("questions", 3),
        ("questions", "age"),
        ("questions", 1, "options", 0),
        ("texts", 0),
        ("nothing", 0),
        ("questions", -1),
    ],
)
def test_what_is_no_item_of_lines_is_left_alone(path: tuple[str | int, ...]) -> None:
    for change in (
        lambda: moved(SCRIPT, path, 1),
        lambda: removed(SCRIPT, path),
        lambda: added(SCRIPT, path, "x"),
    ):
        with pytest.raises(CannotEdit):
            change()


def test_the_ends_stay_the_ends() -> None:
    with pytest.raises(CannotEdit):
        moved(SCRIPT, ("questions", 0), -1)
    with pytest.raises(CannotEdit):
        moved(SCRIPT, ("questions", 2), 1)
    with pytest.raises(CannotEdit):
        removed("a:\n- b\n", ("a", 0))
    with pytest.raises(CannotEdit):
        added(SCRIPT, ("questions", 0), "no: [yaml")


def test_what_would_mean_something_else_elsewhere_stays() -> None:
    with pytest.raises(CannotEdit):
        moved("a:\n- &x b\n- *x\n", ("a", 1), -1)
    with pytest.raises(CannotEdit):
        moved("a:\n- b\n- c\na: 1\n", ("a", 1), -1)


def test_items_of_the_shipped_script_move_and_come_back() -> None:
    root, _ = read(SHIPPED, "flow.yaml")
    movable = [card for card in cards_of(root) if card.kind in ("question", "criterion", "note")]
    for card in movable[::8]:
        list_path, place = card.path[:-1], int(card.path[-1])
        if place == 0:
            continue
        there = moved(SHIPPED, (*list_path, place), -1)
        assert there != SHIPPED
        assert moved(there, (*list_path, place - 1), 1) == SHIPPED
