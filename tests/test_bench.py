"""The benchmark runs; what it measures depends on the machine."""

from tests.bench.__main__ import check_and_walk


def test_it_says_how_check_and_walk_compare_with_their_yardsticks() -> None:
    report, _ = check_and_walk(rounds=1)
    assert "x python starts" in report
    assert "x compiled" in report
