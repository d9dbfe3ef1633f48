"""The scripts of a folder."""

from collections.abc import Iterator
from pathlib import Path

from bot.script.compile import Compiled, compile_script

SCRIPT_NAME = "flow.yaml"


def script_files(folder: Path) -> Iterator[Path]:
    """`*/flow.yaml` in the order of the folder names."""
    yield from sorted(folder.glob(f"*/{SCRIPT_NAME}"))


def read_file(path: Path) -> Compiled:
    """One script, compiled."""
    return compile_script(path.read_bytes(), str(path))
