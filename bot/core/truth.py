"""Three-valued logic as tables that a clinician can check."""

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """Yes, no, or not known from what the person said."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("A Truth may be unknown: compare with `is Truth.YES`, or use all_of / any_of.")


_Y, _N, _U = Truth.YES, Truth.NO, Truth.UNKNOWN

AND: dict[tuple[Truth, Truth], Truth] = {
    (_Y, _Y): _Y, (_Y, _N): _N, (_Y, _U): _U,
    (_N, _Y): _N, (_N, _N): _N, (_N, _U): _N,
    (_U, _Y): _U, (_U, _N): _N, (_U, _U): _U,
}  # fmt: skip

OR: dict[tuple[Truth, Truth], Truth] = {
    (_Y, _Y): _Y, (_Y, _N): _Y, (_Y, _U): _Y,
    (_N, _Y): _Y, (_N, _N): _N, (_N, _U): _U,
    (_U, _Y): _Y, (_U, _N): _U, (_U, _U): _U,
}  # fmt: skip

NOT: dict[Truth, Truth] = {_Y: _N, _N: _Y, _U: _U}


def all_of(truths: Iterable[Truth]) -> Truth:
    """YES when every one is; an empty list is YES."""
    result = Truth.YES
    for truth in truths:
        result = AND[result, truth]
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """YES when at least one is; an empty list is NO."""
    result = Truth.NO
    for truth in truths:
        result = OR[result, truth]
    return result


def known(value: bool) -> Truth:
    """The truth of something that is certain."""
    return Truth.YES if value else Truth.NO
