"""Reports as pictures and tables: who may look, what is read, and the row in the trail for what is taken (Q-5, Q-13)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.core.text import Text
from bot.leads.log import Asked
from bot.leads.report import (
    Report,
    Walk,
    fails_of,
    funnel_of,
    groups_of,
    load_of,
    stands_of,
    waits_of,
)
from bot.service.evidence import stands
from bot.service.log import PrescreeningLog
from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import Refused
from bot.service.shelf import Shelf
from bot.service.views import StaffMember

FORMATS = ("svg", "csv")


class Sheet(Protocol):
    """One table with its picture, in the reader's language."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[Sequence[str]]: ...
    @property
    def remarks(self) -> Sequence[str]: ...

    def inside(self) -> str:
        """The picture as part of a page."""

    def file(self, format: str) -> bytes:
        """The picture (`svg`) or the table (`csv`) as a file."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A report on a page: what was asked for, its sheets, and the studies to choose from."""

    asked: Asked
    sheets: Sequence[Sheet]
    studies: Sequence[str]
    #: What holds for all sheets.
    remarks: Sequence[str]


class Reports:
    """Reads with the prescreening log, so that both tell the same. `sheets` makes tables and pictures of a report."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        log: PrescreeningLog,
        sheets: Callable[[Report, str], tuple[Sequence[Sheet], Sequence[str]]],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._log = log
        self._sheets = sheets
        self._clock = clock
        self._zone = zone

    def report(self, asked: Asked, who: str, taken_as: str = "") -> Report:
        """One study's; the only one where none is named. `taken_as`: it leaves the house, which is noted. Refused, BadName."""
        check_names(who)
        if not asked.study:
            studies = self._log.studies_now(who)
            if not studies:
                raise Refused("no_studies")
            if len(studies) > 1:
                raise Refused("several_studies", ", ".join(studies))
            asked = replace(asked, study=studies[0])
        asked = replace(asked, version="")
        report = self._store.read_now(lambda records: self._report(records, asked, who))
        if taken_as:
            self._note(report.asked, who, {"format": taken_as})
        return report

    async def shown(self, asked: Asked, language: str, member: StaffMember) -> Shown:
        """For a page; the first study where none is named. Refused."""
        studies = await self._log.studies(member)
        if not asked.study and studies:
            asked = replace(asked, study=studies[0])
        report = await asyncio.to_thread(self.report, asked, member.id)
        sheets, remarks = self._sheets(report, language)
        return Shown(report.asked, sheets, studies, remarks)

    async def taken(
        self, asked: Asked, name: str, format: str, language: str, member: StaffMember
    ) -> bytes | None:
        """One sheet as a file, after it was written into the trail; None: there is none of that name. Refused."""

        def take() -> bytes | None:
            report = self.report(asked, member.id)
            for sheet in self._sheets(report, language)[0]:
                if sheet.name == name:
                    made = sheet.file(format)
                    self._note(report.asked, member.id, {"report": name, "format": format})
                    return made
            return None

        return await asyncio.to_thread(take)

    def _note(self, asked: Asked, who: str, what: Mapping[str, str]) -> None:
        detail = {
            **what,
            "from": asked.since.isoformat() if asked.since else "",
            "to": asked.until.isoformat() if asked.until else "",
            "mask": asked.mask,
        }
        subject, now = f"report:{asked.study}"[:64], self._clock()
        self._store.run_now(lambda records: records.note(subject, f"staff:{who}", "exported", detail, now))

    def _report(self, records: Records, asked: Asked, who: str) -> Report:
        kept = self._log.kept(records, asked, who)
        asked, now = kept.asked, self._clock()
        stood = stands(records, self._shelf, [(logged[0], line) for logged, line in kept.found])
        walks = [
            Walk(run, line, lead, events, stood.get(run.id, "")) for (run, lead, events), line in kept.found
        ]
        questions, criteria = self._words(records, asked.study, {walk.run.version for walk in walks})
        midnight = datetime.combine(now.astimezone(self._zone).date(), time(), self._zone)
        totals, counted = kept.totals, kept.counted
        return Report(
            asked=asked,
            made_at=now,
            zone=self._zone,
            totals=totals,
            funnel=funnel_of(walks, totals, counted),
            stands=stands_of(walks, counted, questions),
            fails=fails_of(walks, totals, counted),
            waits=waits_of(walks, self._shelf.site(records, asked.study).hours),
            sources=groups_of(walks, lambda run: run.source, totals, counted),
            languages=groups_of(walks, lambda run: run.language, totals, counted),
            load=load_of(records.load(asked.study, midnight), now, self._zone),
            questions=questions,
            criteria=criteria,
            demo=self._shelf.demo,
        )

    def _words(self, records: Records, study: str, used: set[str]) -> tuple[dict[str, Text], dict[str, Text]]:
        """The words of the versions that people walked and of the one offered now, those of the newest first."""
        offered = self._shelf.offer(records, self._clock().astimezone(self._zone).date()).flows.get(study)
        flows: list[Flow] = [offered] if offered else []
        for row in records.versions():
            if row.hash in used and (flow := self._shelf.flow(records, row.hash)):
                flows.append(flow)
        questions: dict[str, Text] = {}
        criteria: dict[str, Text] = {}
        for flow in flows:
            for question in flow.questions:
                questions.setdefault(question.id, question.short)
            for criterion in flow.criteria:
                criteria.setdefault(criterion.id, criterion.text)
        return questions, criteria
