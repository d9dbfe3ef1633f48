"""How long things take, as a ratio to something measured in the same run: `make bench`.

A machine is never the same twice, so each figure stands beside its yardstick.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from bot.script.library import read_file
from bot.script.walk import walk_script

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "flows" / "melasma-exosome" / "flow.yaml"
TODAY = date(2026, 6, 15)
ROUNDS = 7
#: Check and full walk of the shipped trial, as a whole process (issue 3).
GOAL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of some rounds, in seconds."""

    name: str
    seconds: float


def measure(name: str, action: Callable[[], object], rounds: int) -> Figure:
    """Once to warm up, then the median."""
    action()
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        action()
        times.append(perf_counter() - begun)
    return Figure(name, median(times))


def python(*words: str) -> Callable[[], object]:
    """A whole process."""
    command = [sys.executable, *words]
    return lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def check_and_walk(rounds: int = ROUNDS) -> tuple[str, bool]:
    """`prescreen check` of the shipped trial, and the parts of it in this process."""
    start = measure("python starts", python("-c", "pass"), rounds)
    check = measure("prescreen check, with the walk", python("-m", "bot", "check", str(SCRIPT)), rounds)
    compiling = measure("the script compiled", lambda: read_file(SCRIPT), rounds)
    script = read_file(SCRIPT).script
    assert script is not None
    walking = measure("every path walked", lambda: walk_script(script, TODAY), rounds)
    walked = walk_script(script, TODAY)
    lines = [
        f"{walked.paths:,} paths in {walked.states:,} merged states; median of {rounds}",
        f"  {start.name:32} {start.seconds:8.3f} s",
        f"  {check.name:32} {check.seconds:8.3f} s   {check.seconds / start.seconds:6.1f} x python starts",
        f"  {compiling.name:32} {compiling.seconds:8.3f} s",
        f"  {walking.name:32} {walking.seconds:8.3f} s   {walking.seconds / compiling.seconds:6.1f} x compiled",
        f"  goal: check under {GOAL_SECONDS} s",
    ]
    return "\n".join(lines), check.seconds < GOAL_SECONDS


if __name__ == "__main__":
    report, met = check_and_walk()
    sys.stdout.write(report + ("\n" if met else " - NOT MET\n"))
    sys.exit(not met)
