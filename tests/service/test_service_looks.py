"""A script that several people look at is compiled and walked once, and whoever types waits for no walk."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from bot.script.script import Script
from bot.script.walk import Walk
from bot.service import looks as module
from bot.service.looks import REMEMBERED, Looks
from tests.service.stage import SMALL

SOURCE = SMALL.read_bytes()
TODAY = date(2026, 6, 15)


def test_however_many_look_at_a_script_it_is_walked_once_and_who_types_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walks: list[date] = []
    begun, may_end = threading.Event(), threading.Event()

    def walk(script: Script, today: date) -> Walk:
        walks.append(today)
        begun.set()
        assert may_end.wait(30)
        return Walk(7, 1, 1, ())

    monkeypatch.setattr(module, "walk_script", walk)
    looks = Looks()
    with ThreadPoolExecutor(4) as people:
        looking = [people.submit(looks.at, SOURCE, TODAY, True) for _ in range(3)]
        assert begun.wait(30)
        typing = people.submit(looks.at, SOURCE, TODAY, False)
        assert typing.result(30).walked is None
        may_end.set()
        assert [each.result(30).walked for each in looking] == [Walk(7, 1, 1, ())] * 3
    assert walks == [TODAY]


def test_another_day_is_walked_anew_and_what_nobody_looks_at_is_forgotten() -> None:
    looks = Looks()
    first = looks.at(SOURCE, TODAY, walked=True)
    assert looks.at(SOURCE, TODAY, walked=True) is first
    assert looks.at(SOURCE, date(2026, 6, 16), walked=True) is not first
    for number in range(REMEMBERED):
        looks.at(f"a: {number}".encode(), TODAY, walked=False)
    assert looks.at(SOURCE, TODAY, walked=True) is not first


def test_a_script_with_errors_is_not_walked() -> None:
    looked = Looks().at(SOURCE.replace(b"kind: number", b"kind: nunber"), TODAY, walked=True)
    assert looked.has_errors
    assert looked.walked is None
