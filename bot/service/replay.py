"""Past answers under another version: whose verdict would change. Nobody is contacted, and nothing of theirs changes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from bot.core.flow import Flow
from bot.core.replay import Past, Replayed, replay
from bot.core.run import Chat, Run, effective
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import Publishing
from bot.service.shelf import Shelf

#: Endings of runs whose answers were judged and may still be used for recruiting.
JUDGED = ("likely_match", "needs_review", "not_match", "not_interested")


@dataclass(frozen=True, slots=True)
class LeadReplayed:
    """An open lead for which something would be otherwise."""

    code: str
    replayed: Replayed


@dataclass(frozen=True, slots=True)
class Report:
    """What a version would make of the answers that are kept of a study. No identity, and no answer."""

    study: str
    version: str
    #: To be looked at again by a coordinator.
    leads: tuple[LeadReplayed, ...]
    #: How many open leads stay as they are.
    leads_same: int
    #: Everybody else: verdict as it was, as it would be (None: more would be asked), and how many.
    others: Mapping[tuple[str, str | None], int]

    @property
    def people(self) -> int:
        """How many people's answers were looked at."""
        return len(self.leads) + self.leads_same + sum(self.others.values())

    def to_dict(self) -> dict[str, Any]:
        """As `flows replay --json` prints it."""
        return {
            "study": self.study,
            "version": self.version,
            "people": self.people,
            "leads": [_lead_dict(lead) for lead in self.leads],
            "leads_same": self.leads_same,
            "others": [
                {"before": before, "after": after, "count": count}
                for (before, after), count in self.others.items()
            ],
        }


def _lead_dict(lead: LeadReplayed) -> dict[str, Any]:
    found = lead.replayed
    return {
        "lead": lead.code,
        "before": found.before.value,
        "after": found.after.value if found.after else None,
        "criteria": {
            id: [state.value if state else None for state in states] for id, states in found.criteria.items()
        },
        "asks": list(found.asks),
    }


class Replay:
    """Reads what is kept of people's runs, one person in a transaction, so that nobody who writes has to wait."""

    def __init__(self, store: Store, shelf: Shelf, publishing: Publishing, clock: Clock) -> None:
        self._store = store
        self._shelf = shelf
        self._publishing = publishing
        self._clock = clock

    def run(self, flow: Flow, who: str) -> Report:
        """Everybody's latest answers in the flow's study under this version; written into the trail with its counts.

        Left out: runs whose time is over, whoever withdrew, and whoever did not agree to the use of their answers.
        Refused: the role may not.
        """
        self._publishing.admit(who, "replay")
        kept: dict[str, set[str]] = {}
        for chat, run in self._store.run_now(lambda records: records.kept_runs(flow.id, self._clock())):
            kept.setdefault(chat, set()).add(run)
        leads: list[LeadReplayed] = []
        same, others = 0, Counter[tuple[str, str | None]]()
        for chat, runs in kept.items():
            found = self._store.run_now(partial(self._person, chat_id=chat, kept=runs, flow=flow))
            if found is None:
                continue
            code, replayed = found
            if not code:
                others[replayed.before.value, replayed.after.value if replayed.after else None] += 1
            elif replayed.differs:
                leads.append(LeadReplayed(code, replayed))
            else:
                same += 1
        leads.sort(key=lambda lead: lead.code)
        report = Report(flow.id, flow.hash, tuple(leads), same, dict(sorted(others.items(), key=str)))
        detail = {"study": flow.id, "people": report.people, "leads": len(leads)}
        self._store.run_now(lambda records: records.note(flow.hash, who, "replayed", detail, self._clock()))
        return report

    def _person(
        self, records: Records, chat_id: str, kept: set[str], flow: Flow
    ) -> tuple[str, Replayed] | None:
        """The code of the person's open lead, if there is one, and what their latest run would come to."""
        chat = records.chat_by_id(chat_id)
        if chat is None:
            return None
        ended = [run for run in records.ended_runs(chat, flow.id) if run.id in kept]
        lead = records.open_lead(chat, flow.id)
        behind = (
            {run.id for run in records.runs_of_lead(chat, lead.code)} if lead else {run.id for run in ended}
        )
        usable = [run for run in ended if run.id in behind and run.outcome in JUDGED]
        if not usable or not self._agreed(records, ended, usable[-1]):
            return None
        before = [run for run in ended if run.started_at < usable[-1].started_at]
        past = self._past(records, chat, usable[-1])
        earlier = [found for run in before if (found := self._past(records, chat, run)) is not None]
        return None if past is None else (lead.code if lead else "", replay(past, flow, earlier))

    def _agreed(self, records: Records, runs: list[Run], run: Run) -> bool:
        """Whether the person agreed to the use of the run's answers, and withdrew nothing since it began."""
        rows = {each.id: records.consents(each.id) for each in runs}
        withdrawn: list[datetime] = [
            row.withdrawn_at for each in rows.values() for row in each if row.withdrawn_at
        ]
        agreed = any(row.purpose == "consent_health" and row.agreed for row in rows[run.id])
        return agreed and all(at < run.started_at for at in withdrawn)

    def _past(self, records: Records, chat: Chat, run: Run) -> Past | None:
        flow = self._shelf.flow(records, run.version)
        if flow is None or run.ended_on is None:
            return None
        return Past(flow, effective(records.answers(chat, run.id)), date.fromisoformat(run.ended_on))
