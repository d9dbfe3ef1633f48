"""People who phone in are entered by hand: a lead without a chat, whose every question is still to be asked."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import __version__
from bot.core.conversation import Conversation
from bot.core.flow import Flow
from bot.core.prompts import TIMES
from bot.core.run import Run
from bot.core.screening import Verdict
from bot.i18n import Translators
from bot.leads.due import first_contact
from bot.leads.lead import PHONE, Lead, new_code, rank
from bot.leads.search import tokens
from bot.reading.phone import REGION, read_phone
from bot.service.capacity import QUEUED
from bot.service.evidence import keep_with_leads
from bot.service.in_hand import TWICE_WITHIN, CannotWork
from bot.service.placing import arrange
from bot.service.ports import Clock, Records, Store
from bot.service.read_out import read_out
from bot.service.shelf import Shelf
from bot.service.staff import admit_worker
from bot.service.views import StaffMember

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who phoned in. `agreed`: to all that was read out to them (see bot.service.read_out)."""

    study: str
    name: str
    phone: str
    language: str
    call_time: str = "any"
    note: str = ""
    agreed: bool = False


class ByHand:
    """Enters people; each is one transaction, in the trail."""

    def __init__(
        self, store: Store, shelf: Shelf, translators: Translators, clock: Clock, zone: ZoneInfo
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._translators = translators
        self._clock = clock
        self._zone = zone

    async def words(self, language: str) -> str:
        """What is to be read out."""
        return read_out(self._translators[language])

    async def admit(self, member: StaffMember) -> None:
        """NotAllowed: does not work on leads."""
        await self._store.run(lambda records: self._admit(records, member))

    def _admit(self, records: Records, member: StaffMember) -> None:
        admit_worker(records, self._shelf, member)

    async def enter(self, caller: Caller, member: StaffMember) -> str:
        """The code of the new lead, claimed by whoever entered it. NotAllowed, CannotWork: something is missing."""

        def put(records: Records) -> str:
            self._admit(records, member)
            return self._enter(records, caller, member)

        return await self._store.run(put)

    def _enter(self, records: Records, caller: Caller, member: StaffMember) -> str:
        now = self._clock()
        today = now.astimezone(self._zone).date()
        offer = self._shelf.offer(records, today)
        flow = offer.flows.get(caller.study)
        if flow is None or caller.study not in offer.recruiting:
            raise CannotWork("not_open", caller.study)
        name, phone = caller.name.strip()[:LONGEST_NAME], read_phone(caller.phone, REGION)
        if caller.language not in flow.languages or caller.call_time not in TIMES:
            raise CannotWork("needs", "language")
        if not name:
            raise CannotWork("needs", "name")
        if not phone:
            raise CannotWork("needs", "phone")
        if not caller.agreed:
            raise CannotWork("needs", "agreed")
        if twice := self._entered_just_now(records, flow.id, phone, member, now):
            return twice
        code = new_code("L")
        chat = records.new_chat(PHONE, code)
        chat.state = Conversation(
            caller.language, secrets.token_hex(2), "queued", flow.id, flow.hash
        ).to_dict()
        records.save_chat(chat, now)
        run = Run(secrets.token_hex(8), flow.id, flow.hash, self._shelf.demo, PHONE, caller.language, now)
        records.start_run(chat, run, "by_hand")
        opened = tuple(each.id for each in flow.criteria if each.settled_by.value == "questions")
        result = {
            "verdict": Verdict.NEEDS_REVIEW.value,
            "criteria": {each.id: "open" if each.id in opened else "clinician" for each in flow.criteria},
        }
        records.end_run(chat, run.id, Verdict.NEEDS_REVIEW.value, result, now, today.isoformat())
        records.save_chat(chat, now)
        records.count(flow.id, today.isoformat(), "started")
        self._consent(records, chat.id, run, flow, caller, now)
        site = self._shelf.site(records, flow.id)
        lead = Lead(
            code=code,
            study=flow.id,
            demo=self._shelf.demo,
            language=caller.language,
            channel=PHONE,
            run=run.id,
            verdict=Verdict.NEEDS_REVIEW.value,
            open_criteria=opened,
            flags=(),
            rank=rank(flow, Verdict.NEEDS_REVIEW, opened),
            status="new",
            reach="phone",
            call_time=caller.call_time,
            created_at=now,
            due_at=first_contact(site, now, caller.call_time),
        )
        records.queue_lead(chat, lead, name, phone)
        records.count(flow.id, today.isoformat(), QUEUED)
        keep_with_leads(records, site, run.id, now)
        arrange(records, site, code, now)
        if caller.note.strip():
            records.add_lead_event(chat, code, "note", member.id, {}, caller.note.strip(), now)
            records.add_words(code, tokens(caller.note))
        detail = {"study": flow.id, "run": run.id}
        records.note(code, f"staff:{member.id}", "entered", detail, now)
        # They are on the phone at this moment: nobody else calls them.
        records.claim(code, member.id, now + timedelta(minutes=int(site["claim_minutes"])), now)
        records.note(code, f"staff:{member.id}", "claimed", {}, now)
        return code

    @staticmethod
    def _entered_just_now(
        records: Records, study: str, phone: str, member: StaffMember, now: datetime
    ) -> str:
        """The lead of a form that a browser sent twice; "" for none."""
        for lead in records.with_phone(phone, 5):
            mine = (lead.study, lead.channel, lead.claimed_by) == (study, PHONE, member.id)
            if mine and now - lead.created_at < TWICE_WITHIN:
                return lead.code
        return ""

    def _consent(
        self, records: Records, chat: str, run: Run, flow: Flow, caller: Caller, now: datetime
    ) -> None:
        """What was agreed to on the phone, with the hash of what was read out (brief, 3.3)."""
        words = read_out(self._translators[caller.language])
        for purpose in ("consent_health", "contact"):
            records.add_consent(
                chat_id=chat,
                run_id=run.id,
                study=flow.id,
                version=flow.hash,
                purpose=purpose,
                agreed=True,
                language=caller.language,
                text_hash=hashlib.sha256(words.encode()).hexdigest(),
                channel=PHONE,
                how="spoken",
                app_version=__version__,
                at=now,
                utc_offset=f"{now.astimezone(self._zone):%z}",
            )
