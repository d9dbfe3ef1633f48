"""How long things take, as a ratio to something measured in the same run: `make bench`, or one part of it.

A machine is never the same twice, so each figure stands beside its yardstick.
"""

import sys
from collections.abc import Callable, Mapping

from tests.bench.queue import queue_pages
from tests.bench.walk import check_and_walk

#: Each part tells what it found, and whether the goal was met.
PARTS: Mapping[str, Callable[[], tuple[str, bool]]] = {"walk": check_and_walk, "queue": queue_pages}


def main(wanted: list[str]) -> int:
    """Runs the parts that are named, or all of them; returns the exit code."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.stderr.write(f"No part {', '.join(unknown)}; there are {', '.join(PARTS)}.\n")
        return 2
    met = True
    for name in wanted or PARTS:
        report, fine = PARTS[name]()
        sys.stdout.write(f"{name}: {report}{'' if fine else ' - NOT MET'}\n")
        sys.stdout.flush()
        met = met and fine
    return int(not met)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
