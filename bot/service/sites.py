"""What staff see and set of the sites: recruiting, phones, days. No new script version is needed for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.i18n import Translators
from bot.leads.site import FACTS, BadFact
from bot.service.facts import FORMS, PURPOSES, SHUT, refusal, unfit
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import SETS, STOPS, Publishing, who_sets
from bot.service.shelf import Shelf
from bot.service.staff import NotAllowed, registered
from bot.service.views import StaffMember


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact: its value, what it is for, how it is written; `needed`: without it the study is not open."""

    name: str
    value: str
    purpose: str
    form: str
    choices: tuple[str, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class SiteView:
    """A study's facts. `recruits`: questions are asked now; `shut`: why they are not, in words."""

    study: str
    name: str
    recruits: bool
    stopped: bool
    shut: tuple[str, ...]
    facts: tuple[FactView, ...]
    may_set: bool
    may_stop: bool


class Sites:
    """The sites of all studies that are kept here. Who may do what is decided here, not in a page."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        publishing: Publishing,
        translators: Translators,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._publishing = publishing
        self._translators = translators
        self._clock = clock
        self._zone = zone

    async def all(self, language: str, member: StaffMember) -> Sequence[SiteView]:
        """Every study, by name."""

        def read(records: Records) -> list[SiteView]:
            studies = {row.study for row in records.versions()} | set(self._offered(records))
            return [self._view(records, study, language, member) for study in sorted(studies)]

        return await self._store.run(read)

    async def site(self, study: str, language: str, member: StaffMember) -> SiteView | None:
        """One study; None when nothing of it is kept."""
        return next((view for view in await self.all(language, member) if view.study == study), None)

    async def set(self, study: str, name: str, value: str, language: str, member: StaffMember) -> str:
        """Set a fact; returns why it cannot be, or "". NotAllowed."""
        await self._allow(member, who_sets(name, value))
        try:
            # On a connection of its own: the command does the same.
            await asyncio.to_thread(self._publishing.set_fact, study, name, value.strip(), member.id)
        except BadFact as bad:
            tr = self._translators[language]
            return unfit(bad, tr) if bad.name in FACTS else refusal(bad, tr)
        return ""

    async def _allow(self, member: StaffMember, roles: frozenset[str]) -> None:
        if not await self._store.run(lambda records: self._may(records, member, roles)):
            raise NotAllowed(member.id)

    def _may(self, records: Records, member: StaffMember, roles: frozenset[str]) -> bool:
        """By the role that is kept, not by what a page says; in the demonstration everybody."""
        return self._shelf.demo or registered(records).get(member.id) in roles

    def _offered(self, records: Records) -> Sequence[str]:
        return tuple(self._shelf.offer(records, self._today()).flows)

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _view(self, records: Records, study: str, language: str, member: StaffMember) -> SiteView:
        tr = self._translators[language]
        offer = self._shelf.offer(records, self._today())
        flow = offer.flows.get(study)
        site = self._shelf.site(records, study)
        values = site.all()
        shut = (() if flow else ("no_version",)) + site.shut(self._today())
        return SiteView(
            study=study,
            name=flow.study.name[language] if flow else study,
            recruits=study in offer.recruiting,
            stopped=site.stopped,
            shut=() if study in offer.recruiting else tuple(tr(SHUT[why]) for why in shut),
            facts=tuple(
                FactView(
                    name=name,
                    value=values[name],
                    purpose=tr(PURPOSES[name]),
                    form=tr(FORMS[fact.form]),
                    choices=("yes", "no") if fact.form == "yes_no" else (),
                    needed=fact.default is None and not values[name],
                )
                for name, fact in FACTS.items()
            ),
            may_set=self._may(records, member, SETS),
            may_stop=self._may(records, member, STOPS),
        )
