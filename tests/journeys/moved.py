"""`prescreen` with a clock that a test can move: python -m tests.journeys.moved FOLDER serve

The file FOLDER/ahead says by how many seconds the clock is ahead of the real one, and FOLDER/ticked what it said
when the timers were last looked at. Everything else is the product's own.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

AHEAD, TICKED = "ahead", "ticked"
PATIENCE = 30.0


class MovedClock:
    """The test's end of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def set(self, moment: datetime) -> None:
        """It is this moment now, and time goes on from there."""
        self._write((moment - datetime.now(UTC)).total_seconds())

    async def move(self, step: timedelta) -> None:
        """So much later all of a sudden. Returns when the timers have noticed."""
        ahead = self.jump(step)
        until = time.monotonic() + PATIENCE
        while _read(self._folder / TICKED) != ahead:
            assert time.monotonic() < until, "the timers do not go"
            await asyncio.sleep(0.01)

    def jump(self, step: timedelta) -> float:
        """The same without waiting; how far ahead it is then."""
        ahead = _read(self._folder / AHEAD) + step.total_seconds()
        self._write(ahead)
        return ahead

    def _write(self, ahead: float) -> None:
        _put(self._folder / AHEAD, repr(ahead))


def _put(file: Path, text: str) -> None:
    """Whoever reads meanwhile reads the old text or the new one."""
    new = file.with_suffix(".new")
    new.write_text(text)
    new.replace(file)


def _read(file: Path) -> float:
    return float(file.read_text()) if file.exists() else 0.0


def main() -> None:
    """Put the clock in and start the program."""
    folder = Path(sys.argv.pop(1))

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=_read(folder / AHEAD))

    from bot import bootstrap
    from bot.service import timers

    def clock_of(settings: Any) -> Callable[[], datetime]:
        return now

    tick = timers.Timers.tick

    async def noted_tick(self: timers.Timers) -> int:
        ahead = _read(folder / AHEAD)
        done = await tick(self)
        _put(folder / TICKED, repr(ahead))
        return done

    bootstrap.clock_of = clock_of
    timers.Timers.tick = noted_tick  # type: ignore[method-assign]
    timers.EVERY = 0.1
    from bot.cli import main as prescreen

    prescreen()


if __name__ == "__main__":
    main()
