"""How a figure is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of some rounds, in seconds."""

    name: str
    seconds: float


def compare(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The medians of two actions that take turns, so that whatever else the machine does meets both."""
    times: tuple[list[float], list[float]] = [], []
    for _ in range(rounds + 1):
        for action, taken in zip((first, second), times, strict=True):
            begun = perf_counter()
            action()
            taken.append(perf_counter() - begun)
    return median(times[0][1:]), median(times[1][1:])


def measure(name: str, action: Callable[[], object], rounds: int) -> Figure:
    """Once to warm up, then the median."""
    action()
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        action()
        times.append(perf_counter() - begun)
    return Figure(name, median(times))
