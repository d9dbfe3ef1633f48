"""Check and full walk of the shipped trial, as a whole process."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.script.library import read_file
from bot.script.walk import walk_script
from tests.bench.measure import measure

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "flows" / "melasma-exosome" / "flow.yaml"
TODAY = date(2026, 6, 15)
ROUNDS = 7
GOAL_SECONDS = 2.0


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
