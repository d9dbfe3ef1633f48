"""Services at work inside a transaction that is open already, so that several acts are done together or not at all."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.service.ports import Records

T = TypeVar("T")


class Within:
    """A store whose every step belongs to one open transaction."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def run(self, step: Callable[[Records], T]) -> T:
        """Do a step; it is committed with everything else."""
        return step(self._records)

    def run_now(self, step: Callable[[Records], T]) -> T:
        """The same."""
        return step(self._records)

    def read_now(self, step: Callable[[Records], T]) -> T:
        """The same."""
        return step(self._records)


def at_once(act: Coroutine[Any, Any, T]) -> T:
    """What an act comes to that waits for nothing but such a store; raises what it raises."""
    try:
        act.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    act.close()
    raise RuntimeError("it waits for something else")
