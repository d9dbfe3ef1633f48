"""Leads leave the house as FHIR or for REDCap: who may take them, to whom they may go, and the rows in the trail."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.core.run import Chat, RecordedAnswer, effective
from bot.leads.hand_off import FORMATS as FORMATS
from bot.leads.hand_off import PURPOSES as PURPOSES
from bot.leads.hand_off import Consented, HandedLead, HandOff
from bot.leads.hand_off import Wanted as Wanted
from bot.leads.lead import Lead
from bot.leads.log import line_of
from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import Refused
from bot.service.shelf import Shelf
from bot.service.staff import EXPORTS, SEES_IDENTITY, admitted
from bot.service.views import StaffMember

#: Identity is handed off only so soon after a login.
LOGIN_HOLDS = timedelta(minutes=10)


class LoginAgain(Exception):
    """Whoever wants identity logged in too long ago."""


class Handing:
    """Reads what is kept at one moment. `write` makes the file of a format."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        write: Mapping[str, Callable[[HandOff], bytes]],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._write = write
        self._clock = clock
        self._zone = zone

    def hand_off(self, wanted: Wanted, format: str, who: str) -> bytes:
        """The file; that `who` took it, what for and of whom stands in the trail before it is handed over.

        A REDCap project is of one study; the only one that has leads where none is named. Raises Refused, BadName.
        """
        check_names(who)
        wanted, handed = self._store.read_now(lambda records: self._read(records, wanted, format, who))
        made = self._write[format](handed)
        detail = {
            "format": format,
            "purpose": wanted.purpose,
            "identified": wanted.identified,
            "from": wanted.since.isoformat() if wanted.since else "",
            "to": wanted.until.isoformat() if wanted.until else "",
            "leads": len(handed.leads),
        }
        subject = f"hand_off:{wanted.study or 'all'}"[:64]
        self._store.run_now(lambda records: self._note(records, subject, who, detail, handed))
        return made

    async def hand_off_for(self, wanted: Wanted, format: str, member: StaffMember) -> bytes:
        """The same for a page; with identity only soon after a login, else LoginAgain."""
        if wanted.identified and not self._shelf.demo and not self._just_logged_in(member):
            raise LoginAgain
        return await asyncio.to_thread(self.hand_off, wanted, format, member.id)

    def _just_logged_in(self, member: StaffMember) -> bool:
        since = member.logged_in_at
        return since is not None and self._clock() - since < LOGIN_HOLDS

    def _note(
        self, records: Records, subject: str, who: str, detail: Mapping[str, object], handed: HandOff
    ) -> None:
        now = self._clock()
        records.note(subject, f"staff:{who}", "exported", detail, now)
        short = {name: detail[name] for name in ("format", "purpose", "identified")}
        for each in handed.leads:  # who asks for deletion can be told where their data went
            records.note(each.lead.code, f"staff:{who}", "handed_off", short, now)

    def _read(self, records: Records, wanted: Wanted, format: str, who: str) -> tuple[Wanted, HandOff]:
        self._admit(records, wanted, who)
        if format == "redcap" and not wanted.study and not wanted.code:
            wanted = replace(wanted, study=self._only_study(records))
        self._check(records, wanted)
        since = self._midnight(wanted.since) if wanted.since else None
        before = self._midnight(wanted.until + timedelta(days=1)) if wanted.until else None
        found = records.leads_to_hand_off(wanted.study, since, before, wanted.code)
        if wanted.code and not found:
            raise Refused("no_such_lead", wanted.code)
        leads = [
            handed
            for lead, chat in found
            if (handed := self._handed(records, lead, chat, wanted.identified)) is not None
        ]
        flows = _latest_first([handed.flow for handed in leads])
        if format == "redcap" and not flows:
            flows = self._offered(records, wanted.study)
        today = self._clock().astimezone(self._zone).date()
        sites = {flow.id: self._shelf.site(records, flow.id) for flow in flows}
        return wanted, HandOff(
            made_at=self._clock(),
            zone=self._zone,
            leads=leads,
            flows=flows,
            identified=wanted.identified,
            demo=self._shelf.demo,
            recruits={study: site.recruits(today) for study, site in sites.items()},
            kept_until={study: site.leads_go() for study, site in sites.items()},
        )

    def _admit(self, records: Records, wanted: Wanted, who: str) -> None:
        if self._shelf.demo:
            return
        role = admitted(records, who, EXPORTS, "no_exporter", "not_for_export")
        if wanted.identified and role not in SEES_IDENTITY:
            raise Refused("not_for_identity", f"{who} ({role})", who)

    def _only_study(self, records: Records) -> str:
        studies = records.studies_of_leads()
        if len(studies) != 1:
            raise Refused("which_study")
        return studies.pop()

    def _check(self, records: Records, wanted: Wanted) -> None:
        if wanted.purpose and wanted.purpose not in PURPOSES:
            raise Refused("not_in_notice", wanted.purpose)
        if wanted.identified and not wanted.purpose:
            raise Refused("what_for")
        if wanted.study and wanted.study not in self._kept(records):
            raise Refused("nothing_kept", wanted.study)
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise Refused("days_reversed", f"{wanted.since} – {wanted.until}")

    def _kept(self, records: Records) -> set[str]:
        offered = self._shelf.offer(records, self._clock().astimezone(self._zone).date()).flows
        return {row.study for row in records.versions()} | set(offered)

    def _offered(self, records: Records, study: str) -> list[Flow]:
        offered = self._shelf.offer(records, self._clock().astimezone(self._zone).date()).flows
        return [offered[study]] if study in offered else []

    def _handed(self, records: Records, lead: Lead, chat: Chat, identified: bool) -> HandedLead | None:
        """None: its script cannot be read any more, or its run is gone."""
        runs = records.runs_of_lead(chat, lead.code)
        flow = self._shelf.flow(records, runs[-1].version) if runs else None
        if flow is None:
            return None
        run = runs[-1]
        if lead.claimed_until is not None and lead.claimed_until <= self._clock():
            lead = replace(lead, claimed_by=None)
        said = records.answers(chat, run.id)
        events = records.lead_events(chat, lead.code)
        line = line_of(run, lead, events, self._zone)
        gone = lead.status == "withdrawn"
        name, phone = records.identity(chat, lead.code) if identified and not gone else ("", "")
        return HandedLead(
            lead=lead,
            run=run,
            flow=flow,
            answers={} if gone else effective(said),
            amended=_amended(said),
            authored_at=max([each.at for each in said], default=run.started_at),
            changed_at=max([each.at for each in events], default=lead.created_at),
            consents=[
                Consented(
                    each.id,
                    row.purpose,
                    row.agreed,
                    row.language,
                    row.version,
                    row.text_hash,
                    row.at,
                    row.withdrawn_at,
                )
                for each in runs
                for row in records.consents(each.id)
            ],
            fails=() if gone else line.fails,
            open=() if gone else line.open,
            name=name,
            phone=phone,
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)


def _amended(said: Sequence[RecordedAnswer]) -> bool:
    """Whether somebody answered a question twice."""
    given = [each.question for each in said if each.value is not None]
    return len(given) > len(set(given))


def _latest_first(flows: Sequence[Flow]) -> list[Flow]:
    """Each version once, that of the last lead first."""
    return list({flow.hash: flow for flow in reversed(flows)}.values())
