"""The benchmark runs; what it measures depends on the machine."""

import pytest

from tests.bench.__main__ import main
from tests.bench.queue import queue_pages
from tests.bench.walk import check_and_walk


def test_it_says_how_check_and_walk_compare_with_their_yardsticks() -> None:
    report, _ = check_and_walk(rounds=1)
    assert "x python starts" in report
    assert "x compiled" in report


def test_it_says_how_a_long_queue_compares_with_a_short_one_on_both_databases() -> None:
    report, _ = queue_pages(few=500, many=600, rounds=1)
    for each in ("SQLite", "PostgreSQL", "last page", "filter unread=True", "claim next"):
        assert each in report


def test_a_part_there_is_not_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wlak"]) == 2
    assert capsys.readouterr().err == "No part wlak; there are walk, queue.\n"
