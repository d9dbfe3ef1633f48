"""The names and numbers that staff give: how long one may be."""

from dataclasses import dataclass

#: The trail keeps 64 characters of who did something, "staff:" before a name included.
LONGEST_NAME = 50


@dataclass(eq=False)
class TooLong(Exception):
    """A name that would not be kept whole."""

    name: str


def check_length(*names: str) -> None:
    """Raises TooLong: SQLite would keep any length, PostgreSQL refuse it."""
    for name in names:
        if len(name) > LONGEST_NAME:
            raise TooLong(name)
