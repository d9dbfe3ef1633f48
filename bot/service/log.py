"""The prescreening log leaves the house: who may have it, what is in it, and the row in the trail (R-1, Q-9)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.run import Run
from bot.leads.lead import Lead, LeadEvent
from bot.leads.log import Asked as Asked
from bot.leads.log import Line, Log, Totals, line_of, of_version, totals_of
from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import Refused
from bot.service.shelf import Shelf
from bot.service.staff import EXPORTS, admitted
from bot.service.views import StaffMember

FORMATS = ("csv", "xlsx", "html")
#: Beginnings of a hash shorter than this are no name for a version.
SHORTEST_HASH = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """Runs with their lines, the counters of the same days, and the totals of both."""

    asked: Asked
    found: Sequence[tuple[tuple[Run, Lead | None, Sequence[LeadEvent]], Line]]
    counted: Mapping[str, int]
    totals: Totals


class PrescreeningLog:
    """Reads what is kept at one moment. `write` makes the file: of a log, in a format and a language."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        write: Callable[[Log, str, str], bytes],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._write = write
        self._clock = clock
        self._zone = zone

    def export(self, asked: Asked, format: str, language: str, who: str) -> bytes:
        """The file; that `who` took it stands in the trail before it is handed over. Refused, BadName."""
        check_names(who)
        log = self._store.read_now(lambda records: self._log(records, asked, who))
        made = self._write(log, format, language)
        detail = {
            "format": format,
            "from": asked.since.isoformat() if asked.since else "",
            "to": asked.until.isoformat() if asked.until else "",
            "version": log.asked.version,
            "mask": asked.mask,
            "rows": len(log.lines),
        }
        subject = f"log:{asked.study or 'all'}"[:64]
        now = self._clock()
        self._store.run_now(lambda records: records.note(subject, f"staff:{who}", "exported", detail, now))
        return made

    async def export_for(self, asked: Asked, format: str, language: str, member: StaffMember) -> bytes:
        """The same for a page."""
        return await asyncio.to_thread(self.export, asked, format, language, member.id)

    async def studies(self, member: StaffMember) -> Sequence[str]:
        """The studies to choose from. Refused."""
        return await self._store.run(lambda records: self._studies(records, member.id))

    def studies_now(self, who: str) -> Sequence[str]:
        """The same for a command."""
        return self._store.run_now(lambda records: self._studies(records, who))

    def _studies(self, records: Records, who: str) -> Sequence[str]:
        self._admit(records, who)
        return sorted(self._kept(records))

    def _log(self, records: Records, asked: Asked, who: str) -> Log:
        kept = self.kept(records, asked, who)
        # Whoever is told no small numbers cannot be given the lines to count.
        shown = () if asked.mask else tuple(line for _, line in kept.found)
        return Log(kept.asked, self._clock(), self._zone, shown, kept.totals, self._shelf.demo)

    def kept(self, records: Records, asked: Asked, who: str) -> Kept:
        """What is kept of the runs that are asked for, read at one moment; first in its transaction. Refused."""
        records.hold_still()
        self._admit(records, who)
        asked = self._understood(records, asked)
        since = self._midnight(asked.since) if asked.since else None
        before = self._midnight(asked.until + timedelta(days=1)) if asked.until else None
        found = [
            ((run, lead, events), line_of(run, lead, events, self._zone))
            for run, lead, events in records.logged(asked.study, since, before)
        ]
        if asked.version:
            found = [(logged, line) for logged, line in found if line.version == asked.version]
            return Kept(asked, found, {}, of_version(line for _, line in found))
        first, last = (day.isoformat() if day else "" for day in (asked.since, asked.until))
        standing = [
            study
            for study, day in records.begun()
            if asked.study in ("", study) and first <= day and (not last or day <= last)
        ]
        counted = records.counted(asked.study, first, last)
        totals = totals_of((line for _, line in found), counted, len(standing))
        return Kept(asked, found, counted, totals)

    def _admit(self, records: Records, who: str) -> None:
        if not self._shelf.demo:
            admitted(records, who, EXPORTS, "no_exporter", "not_for_export")

    def _understood(self, records: Records, asked: Asked) -> Asked:
        if asked.study and asked.study not in self._kept(records):
            raise Refused("nothing_kept", asked.study)
        if asked.since and asked.until and asked.since > asked.until:
            raise Refused("days_reversed", f"{asked.since} – {asked.until}")
        if not asked.version:
            return asked
        found = [row.hash for row in records.versions() if row.hash.startswith(asked.version)]
        if len(found) != 1 or len(asked.version) < SHORTEST_HASH:
            raise Refused("no_such_version", asked.version)
        return replace(asked, version=found[0])

    def _kept(self, records: Records) -> set[str]:
        offered = self._shelf.offer(records, self._clock().astimezone(self._zone).date()).flows
        return {row.study for row in records.versions()} | set(offered)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)
