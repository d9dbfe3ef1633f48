"""Lines as Telegram messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.layout import MAX_UNITS, pieces, units
from bot.service.messages import Line
from tests.botapi import plain_text, utf16


def test_a_question_reads_well() -> None:
    lines = [
        Line("Question 7 of about 28", "faint"),
        Line("Are you pregnant?", "strong"),
        Line("Tap a button."),
    ]
    assert pieces(lines) == ["<i>Question 7 of about 28</i>\n<b>Are you pregnant?</b>\n\nTap a button."]


def test_hostile_text_stays_text() -> None:
    hostile = """<b>&amp; </i><script>alert("1")</script> & <"""
    [html] = pieces([Line(hostile, "strong")])
    assert plain_text(html) == hostile


def test_empty_lines_say_nothing() -> None:
    assert pieces([]) == []
    assert pieces([Line(""), Line(" \n ")]) == []
    assert pieces([Line("a"), Line(""), Line("b")]) == ["a\n\nb"]


def test_rows_of_a_paragraph_stay_rows() -> None:
    assert pieces([Line("a\n\n b \nc")]) == ["a\n\n b\nc"]


def test_a_long_text_is_cut_at_line_ends() -> None:
    rows = [f"{number}. " + "回答" * 20 for number in range(200)]
    found = pieces([Line("\n".join(rows), "strong")])
    assert len(found) > 1
    assert "\n".join(plain_text(piece) for piece in found) == "\n".join(rows)


@pytest.mark.parametrize("character", ["a", "汉", "😀", "a😀"])
def test_a_row_too_long_by_itself_is_cut_between_characters(character: str) -> None:
    row = character * 5000
    found = pieces([Line(row)])
    assert all(utf16(piece) <= MAX_UNITS for piece in found)
    assert "".join(found) == row


def test_a_row_too_long_by_itself_is_cut_at_spaces() -> None:
    row = " ".join(["words"] * 2000)
    found = pieces([Line(row)])
    assert " ".join(found) == row


def test_what_just_fits_is_one_message() -> None:
    assert len(pieces([Line("😀" * 2048)])) == 1
    assert len(pieces([Line("😀" * 2048 + "!")])) == 2
    assert len(pieces([Line("汉" * 4094), Line("!")])) == 2
    assert len(pieces([Line("汉" * 4093), Line("!")])) == 1


TEXT = st.text(st.sampled_from("ab 汉😀\n<&>"), max_size=60)
LINES = st.lists(st.builds(Line, TEXT, st.sampled_from(["plain", "strong", "faint"])), max_size=6)


@given(LINES, st.integers(2, 30))
def test_nothing_is_lost_and_nothing_is_too_long(lines: list[Line], limit: int) -> None:
    found = pieces(lines, limit)
    shown = [plain_text(piece) for piece in found]
    assert all(0 < units(text) <= limit and text.strip() for text in shown)
    said = "".join(line.text for line in lines)
    assert "".join("".join(shown).split()) == "".join(said.split())
