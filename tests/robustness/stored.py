"""What must hold of everything that is stored, whatever people did."""

import json
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from bot.core.conversation import Conversation
from bot.core.phases import CONSENTS, CONTACT, RUN
from bot.leads.site import Site
from bot.service.evidence import SHORTEST_KEPT
from bot.service.intake import REMIND_AFTER, REQUEST_KEPT, TRANSIENT_FOR
from bot.service.messages import CHANNELS
from bot.store import tables as t
from bot.store.records import Records
from tests.robustness.world import Person, World

#: Verdicts by which somebody is a lead.
FITS = ("likely_match", "needs_review")
#: How long a run is kept after it ended so; any other, and one that did not end, `stop_days`.
DELETE_DAYS = ("not_match", "not_interested", "withdrawn")


def check(world: World) -> None:
    """Raises an AssertionError that says what is wrong."""
    world._in_records(lambda records: _Stored(world, records).check())


class _Stored:
    def __init__(self, world: World, records: Records) -> None:
        self._world = world
        self._records = records
        self._runs = self._by("id", t.runs)
        self._leads = self._by("code", t.leads)
        self._timers = {(row.kind, row.subject): row.due_at for row in self._all(t.timers)}
        self._given: dict[str, set[str]] = {id: set() for id in self._runs}
        for row in self._all(t.consents):
            if row.agreed and row.withdrawn_at is None:
                self._given[row.run_id].add(row.purpose)

    def _all(self, table: Any) -> list[Any]:
        return list(self._records._db.execute(select(table)))

    def _by(self, key: str, table: Any) -> dict[str, Any]:
        return {getattr(row, key): row for row in self._all(table)}

    def check(self) -> None:
        self._answers_have_consents()
        self._identities_have_consents()
        self._one_open_lead_each()
        self._runs_go_when_promised()
        for person in self._world.people:
            self._chat(person)
        asked = select(t.requests.c.created_at, t.requests.c.expires_at)
        assert all(gone - made <= REQUEST_KEPT for made, gone in self._records._db.execute(asked))

    def _answers_have_consents(self) -> None:
        for id in self._records._db.scalars(select(t.answers.c.run_id).distinct()):
            abroad = CHANNELS[self._runs[id].channel].goes_abroad
            needed = set(CONSENTS) if abroad else {CONSENTS[0]}
            assert needed <= self._given[id], f"answers of {id} with the consents {self._given[id]} only"

    def _identities_have_consents(self) -> None:
        for lead in self._leads.values():
            if lead.closed_at is None:
                assert "contact" in self._given[lead.run_id], f"the lead {lead.code} without consent"
        for row in self._all(t.identities):
            assert self._leads[row.code].closed_at is None, f"{row.code} is closed, its identity kept"

    def _one_open_lead_each(self) -> None:
        open_leads = [(row.chat_id, row.study) for row in self._leads.values() if row.closed_at is None]
        assert len(set(open_leads)) == len(open_leads), "two open leads of a person in a study"

    def _runs_go_when_promised(self) -> None:
        active = {row.run_id: row for row in self._all(t.chats)}
        behind = {row.run_id: self._leads[row.code] for row in self._all(t.lead_runs)}
        for run in self._runs.values():
            due = self._timers.get(("erase_run", run.id))
            lead = behind.get(run.id)
            site = Site(self._records.site(run.study), self._world.settings.zone)
            if lead is not None and lead.closed_at is None and run.outcome in FITS:
                latest = _end_of(site)
                assert (due is None) == (latest is None), (
                    f"a lead's run goes {due}, its study's leads {latest}"
                )
            else:
                days = site.days("delete_days" if run.outcome in DELETE_DAYS else "stop_days")
                assert run.outcome or run.id in active, "a run that nobody is in and that has no outcome"
                since = active[run.id].updated_at if run.id in active else run.ended_at
                latest = max(days, SHORTEST_KEPT) + since
                assert due is not None, f"a run with outcome {run.outcome} is kept for ever"
            if due is not None and latest is not None:
                assert due <= max(latest, self._world.now + SHORTEST_KEPT), (
                    f"{run.outcome} goes {due - latest} late"
                )

    def _chat(self, person: Person) -> None:
        chat = self._records.chat(person.channel, person.address)
        if chat is None:
            return
        conversation = Conversation.from_dict(chat.state)
        again = Conversation.from_dict(json.loads(json.dumps(conversation.to_dict())))
        assert again == conversation, "a conversation that cannot be stored and loaded"
        if conversation.name or conversation.phone:
            assert conversation.phase in CONTACT, f"a name or phone in {conversation.phase}"
            assert "contact" in conversation.shown, "a name or phone before the consent to be contacted"
        if chat.run is None and not self._records.studies_of(chat):
            due = self._timers.get(("expire_chat", chat.id))
            assert due is not None, "a chat without a run is kept for ever"
            assert due <= person.last_at + TRANSIENT_FOR
        remind = self._timers.get(("remind", chat.id))
        assert remind is None or conversation.phase in (*RUN, *CONTACT), f"a reminder in {conversation.phase}"
        assert remind is None or remind <= person.last_at + REMIND_AFTER
        if conversation.phase == "queued" and not conversation.overlay:
            assert self._records.open_lead(chat, conversation.study or ""), "in the queue without a lead"


def _end_of(site: Site) -> datetime | None:
    """When the leads of a study go."""
    day = site.leads_go()
    return None if day is None else datetime.combine(day, time(), site.zone)
