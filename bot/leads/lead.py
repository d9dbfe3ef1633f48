"""A lead and a request, as the queue holds them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.flow import Flow
from bot.core.screening import Screening, Verdict

#: No 0/O, 1/I/L, 5/S, 2/Z: the code is read out over the phone.
ALPHABET = "346789ABCDEFGHJKMNPQRTUVWXY"

URGENT = frozenset({"unwell"})
#: The channel of who was entered by hand and has no chat with the bot.
PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Lead:
    """A person who agreed to be contacted. Who it is stands in the identity, kept apart."""

    code: str
    study: str
    demo: bool
    language: str
    channel: str
    run: str
    verdict: str
    open_criteria: tuple[str, ...]
    flags: tuple[str, ...]
    rank: int
    status: str
    reach: str
    call_time: str
    created_at: datetime
    due_at: datetime
    #: Who works on it, and until when nobody else does (Q-4).
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    closed_at: datetime | None = None
    #: Its place in the queue and what is to be done next: see bot.leads.queue.
    place: int = 0
    next: str = "first_call"
    #: Our own tries that reached nobody or left it open, and what the last of all came to.
    tries: int = 0
    last_try: str | None = None
    visit_at: datetime | None = None
    #: Since when it is late, and when a second person and the participant were told.
    overdue_at: datetime | None = None
    escalated_at: datetime | None = None
    told_late_at: datetime | None = None
    #: Messages of the person that nobody has read.
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A person who asks for a human. Holds a way to answer and the kind, never an answer."""

    code: str
    kind: str
    study: str | None
    demo: bool
    language: str
    channel: str
    status: str
    created_at: datetime
    due_at: datetime
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    place: int = 0
    #: When somebody of the staff opened it first, and when a second person was told.
    seen_at: datetime | None = None
    escalated_at: datetime | None = None
    closed_by: str | None = None
    closed_how: str | None = None

    @property
    def urgent(self) -> bool:
        """Whether it stands above everything else (R-26)."""
        return self.kind in URGENT


@dataclass(frozen=True, slots=True)
class LeadEvent:
    """One thing that was done with a lead: an attempt, a step, a check, a note, an undo (R-1, Q-1)."""

    id: int
    kind: str
    at: datetime
    who: str
    detail: Mapping[str, Any]
    words: str = ""
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message between the team and a lead's person. `way`: "to" the person, or "from" them.

    `state` of one to them: waiting (for the end of the quiet hours), on_its_way, sent, failed.
    """

    id: int
    way: str
    who: str
    words: str
    at: datetime
    read_at: datetime | None
    read_by: str
    state: str


def new_code(prefix: str) -> str:
    """A reference code such as L-7QK4-X9M3; it says nothing about the person."""
    letters = [secrets.choice(ALPHABET) for _ in range(8)]
    return f"{prefix}-{''.join(letters[:4])}-{''.join(letters[4:])}"


def standing(flow: Flow, screening: Screening) -> dict[str, Any]:
    """What a run says of its lead: verdict, open criteria, flags, rank; a later run says it anew."""
    return {
        "verdict": screening.verdict.value,
        "open_criteria": screening.open,
        "flags": tuple(dict.fromkeys(flag.name for flag in screening.flags)),
        "rank": rank(flow, screening.verdict, screening.open),
    }


def rank(flow: Flow, verdict: Verdict, open_criteria: Sequence[str]) -> int:
    """The lower, the sooner: likely matches, then few open items; one that often ends in a fail weighs double (Q-3).

    A lead whose later run was not a match comes last.
    """
    base = {Verdict.LIKELY_MATCH: 0, Verdict.NEEDS_REVIEW: 1, Verdict.NOT_MATCH: 50}[verdict]
    heavy = sum(1 for id in open_criteria if flow.criterion_by_id[id].often_fails)
    return base + len(open_criteria) + heavy
