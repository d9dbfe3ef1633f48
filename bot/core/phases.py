"""The phases of a conversation as one table; the questions themselves are computed, not listed here."""

from enum import Enum
from typing import Any

from transitions import Machine, State

GATES = ("language", "study", "for_self", "adult")
CONSENTS = ("consent_health", "consent_abroad")
RUN = ("asking", "checking")
CONTACT = ("contact_wish", "contact_name", "contact_how", "contact_phone", "contact_time")
#: Endings before any answer is stored: nothing of the person stays.
TRACELESS = ("not_screened", "enrolled", "no_consent", "under_age", "left")
ENDINGS = (
    *(*TRACELESS, "not_recruiting", "replaced", "not_match", "not_interested", "stopped", "withdrawn"),
    "queued",
)
PHASES = (*GATES, *CONSENTS, *RUN, *CONTACT, *ENDINGS)

_BEFORE_CONSENT: list[str | Enum | State] = [*GATES, *CONSENTS]
_AFTER_CONSENT: list[str | Enum | State] = [*RUN, *CONTACT]

#: trigger, from, to, guards (a guard with "!" must not hold). The first row that fits is taken.
TABLE: tuple[tuple[str, str | list[str | Enum | State], str, tuple[str, ...]], ...] = (
    ("begin", "language", "study", ("!study_is_known",)),
    ("begin", "language", "not_recruiting", ("!recruits",)),
    ("begin", "language", "for_self", ()),
    ("begin", "study", "not_recruiting", ("!recruits",)),
    ("begin", "study", "for_self", ()),
    ("for_self", "for_self", "adult", ()),
    ("for_another", "for_self", "not_screened", ()),
    ("enrolled", "for_self", "enrolled", ()),
    ("adult", "adult", "consent_health", ()),
    ("minor", "adult", "under_age", ()),
    ("agree", "consent_health", "consent_abroad", ("goes_abroad",)),
    ("agree", "consent_health", "asking", ("has_every_consent", "has_next")),
    ("agree", "consent_health", "checking", ("has_every_consent",)),
    ("agree", "consent_abroad", "asking", ("has_every_consent", "has_next")),
    ("agree", "consent_abroad", "checking", ("has_every_consent",)),
    ("decline", list(CONSENTS), "no_consent", ()),
    ("answer", "asking", "under_age", ("is_minor",)),
    ("answer", "asking", "asking", ("has_next", "has_every_consent")),
    ("answer", "asking", "checking", ()),
    ("reopen", list(RUN), "asking", ("has_every_consent",)),
    ("finish", "checking", "asking", ("has_next", "has_every_consent")),
    ("finish", "checking", "not_match", ("fails",)),
    ("finish", "checking", "queued", ("has_open_lead",)),
    ("finish", "checking", "contact_wish", ()),
    ("wish", "contact_wish", "contact_name", ()),
    ("no_wish", "contact_wish", "not_interested", ()),
    ("named", "contact_name", "contact_how", ()),
    ("by_chat", "contact_how", "contact_time", ()),
    ("by_phone", "contact_how", "contact_phone", ()),
    ("phoned", "contact_phone", "queued", ("has_open_lead",)),
    ("phoned", "contact_phone", "contact_time", ()),
    ("timed", "contact_time", "queued", ()),
    ("change_phone", "queued", "contact_phone", ()),
    ("change_time", "queued", "contact_time", ()),
    ("withdraw", "queued", "withdrawn", ()),
    ("back", ["for_self", "study"], "language", ()),
    ("back", "adult", "for_self", ()),
    ("back", "consent_health", "adult", ()),
    ("back", "consent_abroad", "consent_health", ()),
    ("back", ["contact_phone", "contact_time"], "queued", ("has_open_lead",)),
    ("back", "contact_name", "contact_wish", ()),
    ("back", "contact_how", "contact_name", ()),
    ("back", ["contact_phone", "contact_time"], "contact_how", ()),
    ("stop", list(CONSENTS), "stopped", ("is_renewing",)),
    ("stop", _BEFORE_CONSENT, "queued", ("has_open_lead",)),
    ("stop", _BEFORE_CONSENT, "left", ()),
    ("stop", ["contact_phone", "contact_time"], "queued", ("has_open_lead",)),
    ("stop", _AFTER_CONSENT, "stopped", ()),
    ("close", ["for_self", "adult", *CONSENTS, *_AFTER_CONSENT], "not_recruiting", ()),
    ("renew", [*CONSENTS, *_AFTER_CONSENT], "consent_health", ()),
    ("replace", [*CONSENTS, *_AFTER_CONSENT], "replaced", ()),
    ("resume", [*_BEFORE_CONSENT, *ENDINGS], "queued", ("has_open_lead",)),
    ("again", list(PHASES), "study", ("!study_is_known",)),
    ("again", list(PHASES), "not_recruiting", ("!recruits",)),
    ("again", list(PHASES), "for_self", ()),
)


def phase_machine() -> Machine:
    """One machine for all conversations: it holds no model, a turn lends it its own."""
    machine = Machine(
        model=None,
        states=list(PHASES),
        initial="language",
        auto_transitions=False,
        model_attribute="phase",
    )
    for trigger, source, dest, guards in TABLE:
        machine.add_transition(
            trigger,
            source,
            dest,
            conditions=[guard for guard in guards if not guard.startswith("!")],
            unless=[guard[1:] for guard in guards if guard.startswith("!")],
        )
    return machine


def move(machine: Machine, trigger: str, model: Any) -> bool:
    """Let the table decide where `trigger` leads; False when no row fits. MachineError: a mistake of ours."""
    return bool(machine.events[trigger].trigger(model))
