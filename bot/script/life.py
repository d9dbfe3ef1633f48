"""The life of a version of a script as one table; drawn in docs/versions.md."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from transitions import Machine, State

from bot.core.flow import Flow

STATES = ("draft", "submitted", "approved", "published", "replaced", "retired")

#: trigger, from, to, guards. A guard that does not hold keeps the version where it is. A later release may find errors
#: in what an earlier one kept: such a version can only be retired.
TABLE: tuple[tuple[str, str | list[str | Enum | State], str, tuple[str, ...]], ...] = (
    ("submit", "draft", "submitted", ("has_no_errors",)),
    ("approve", "submitted", "approved", ("has_no_errors", "by_another")),
    # Approved anew where participants read other interface words now.
    ("approve", "approved", "approved", ("has_no_errors", "by_another", "words_changed")),
    ("approve", "published", "published", ("has_no_errors", "by_another", "words_changed")),
    ("approve", "replaced", "replaced", ("has_no_errors", "by_another", "words_changed")),
    ("publish", "approved", "published", ("has_no_errors",)),
    ("publish", "published", "published", ("has_no_errors",)),
    ("publish", "replaced", "published", ("has_no_errors",)),
    ("replace", "published", "replaced", ()),
    ("roll_back", "replaced", "published", ("has_no_errors",)),
    ("retire", ["submitted", "approved", "published", "replaced"], "retired", ()),
)


@dataclass(frozen=True, slots=True)
class Version:
    """One content of a script, and what is recorded of it. One that is not kept is a draft.

    `by` and `at` say who brought it in, or saved the draft; the approval is the latest.
    """

    flow: Flow
    state: str = "draft"
    #: Of a draft in the database; a file has none.
    revision: int = 0
    by: str = ""
    at: datetime | None = None
    ethics_number: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    #: Whether participants read other interface words now than when it was approved.
    words_changed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As the commands print it for programs."""
        return {"study": self.flow.id, "hash": self.flow.hash, "state": self.state, "revision": self.revision}


@dataclass
class Standing:
    """Where a version stands, and what its next step depends on."""

    state: str
    has_no_errors: bool = True
    by_another: bool = True
    words_changed: bool = False

    def may(self, trigger: str) -> bool:
        """Take a step, if the table has one from here whose guards hold."""
        event = life_machine().events[trigger]
        return self.state in event.transitions and bool(event.trigger(self))


@cache
def life_machine() -> Machine:
    """One machine for all versions: it holds no model."""
    machine = Machine(
        model=None, states=list(STATES), initial="draft", auto_transitions=False, model_attribute="state"
    )
    for trigger, source, dest, guards in TABLE:
        machine.add_transition(trigger, source, dest, conditions=list(guards))
    return machine
