"""The names and numbers that staff give: there must be one, and it must be kept whole."""

from dataclasses import dataclass

#: The trail keeps 64 characters of who did something, "staff:" before a name included.
LONGEST_NAME = 50


@dataclass(eq=False)
class BadName(Exception):
    """A name that is blank (`reason` blank_name) or would not be kept whole (`too_long`)."""

    reason: str
    name: str


def check_names(*names: str) -> None:
    """Raises BadName. SQLite would keep any length, PostgreSQL refuse it; nobody in the trail is nobody."""
    for name in names:
        if not name.strip():
            raise BadName("blank_name", name)
        if len(name) > LONGEST_NAME:
            raise BadName("too_long", name)
