"""The hot path: one incoming message is one transaction – load, read, step, save, outbox."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import __version__
from bot.core.answers import to_value
from bot.core.conversation import Conversation
from bot.core.engine import Context, Engine, Turn
from bot.core.events import (
    AnswerRecorded,
    AnswerRemoved,
    ConsentAnswered,
    ContactChanged,
    ContactWithdrawn,
    Counted,
    Erased,
    Event,
    EvidenceAdded,
    LeadQueued,
    MessageToTeam,
    Prompted,
    Redrawn,
    RequestMade,
    RunEnded,
    RunRenewed,
    RunStarted,
    Said,
    Settled,
)
from bot.core.flow import Flow
from bot.core.inputs import REPLY, Alarmed, GavePhone, Input, Reminded, SentOther, Tapped
from bot.core.phases import CONSENTS, CONTACT, ENDINGS, GATES, RUN, TRACELESS
from bot.core.run import RecordedAnswer, Run, effective
from bot.core.screening import EarlierFail
from bot.i18n import Translators
from bot.leads.due import first_contact
from bot.leads.lead import Lead, Request, new_code, standing
from bot.leads.life import COMES_BACK, OPEN
from bot.leads.site import Site
from bot.reading.phone import REGION, read_phone
from bot.reading.reader import Expected, read
from bot.reading.safety import Lexicon, alarm
from bot.service.capacity import QUEUED, called_by, full
from bot.service.evidence import (
    SHORTEST_KEPT,
    count_gone,
    fails_before,
    keep_with_leads,
    latest_checks,
    weighed,
)
from bot.service.lateness import promised
from bot.service.messages import (
    CHANNELS,
    Channel,
    Edited,
    Incoming,
    Membership,
    Other,
    Outgoing,
    OwnPhone,
    Press,
    Text,
)
from bot.service.placing import alert, arrange, place_request
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Offer, Shelf
from bot.service.wording import EarlierRun, LeadWords, Scene, Wording

REMIND_AFTER = timedelta(hours=24)
TRANSIENT_FOR = timedelta(hours=24)
REQUEST_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Feed:
    """One operation of a chat with its serial number, for channels that pull."""

    seq: int
    outgoing: Outgoing


@dataclass(frozen=True)
class Tools:
    """What every step works with; made once by the composition root."""

    store: Store
    engine: Engine
    shelf: Shelf
    wording: Wording
    translators: Translators
    lexicon: Lexicon
    clock: Clock
    zone: ZoneInfo
    today: date | None = None


class Intake:
    """Takes what reaches a chat. When `take` returns, everything about it is committed."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def take(self, incoming: Incoming | Membership) -> None:
        """One update; one that was seen before changes nothing."""
        await self._tools.store.run(lambda records: self.take_within(records, incoming))

    def take_within(self, records: Records, incoming: Incoming | Membership) -> None:
        """The same inside a transaction that is open already."""
        now = self._tools.clock()
        if not records.first_sight(incoming.channel, incoming.update, now):
            return
        if isinstance(incoming, Incoming):
            _Step(self._tools, records, now, incoming).take()
        elif chat := records.chat(incoming.channel, incoming.address):
            if incoming.blocked:
                records.block(chat.chat_hash, now)
            else:
                records.unblock(chat.chat_hash)

    def remind(self, records: Records, chat_id: str) -> None:
        """The day's pause is over (R-29)."""
        chat = records.chat_by_id(chat_id)
        if chat is not None:
            incoming = Incoming(chat.channel, chat.address, "", Other())
            _Step(self._tools, records, self._tools.clock(), incoming).take(Reminded())

    async def feed(self, channel: str, address: str, after: int = 0) -> list[Feed]:
        """A chat's operations after a serial number, in order."""

        def read_feed(records: Records) -> list[Feed]:
            posted = records.feed(channel, address, after)
            return [Feed(row.id, Outgoing.from_dict(row.content)) for row in posted if row.content]

        return await self._tools.store.run(read_feed)


class _Step:
    """One input on its way through."""

    def __init__(self, tools: Tools, records: Records, now: datetime, incoming: Incoming) -> None:
        self.tools = tools
        self.records = records
        self.now = now
        self.incoming = incoming
        self.channel: Channel = CHANNELS[incoming.channel]
        self.today = tools.today or now.astimezone(tools.zone).date()
        self.lead: Lead | None = None

    def take(self, received: Input | None = None) -> None:
        offer = self.tools.shelf.offer(self.records, self.today)
        chat = self.records.chat(self.incoming.channel, self.incoming.address)
        if chat is None and not offer.flows:
            self._closed()
            return
        self.chat = chat or self.records.new_chat(self.incoming.channel, self.incoming.address)
        conversation = self._conversation()
        context = self._context(offer, conversation)
        if received is None:
            received = self._read(context, conversation)
        before = conversation.phase
        turn = self.tools.engine.step(context, conversation, received)
        self._save(turn, before)
        outgoing = self._worded(turn, offer)
        gone = self._apply(turn, offer)
        if any(isinstance(event, Erased) for event in turn.events):
            outgoing = [_wordless(operation) for operation in outgoing]
        elif self.lead is not None:
            outgoing = self._worded(turn, offer)  # with the code and the contact as they are now
        if turn.conversation.phase in (*GATES, *CONSENTS, *TRACELESS) and not turn.conversation.renewing:
            self.chat.run = None  # the next run begins with its consents; earlier ones are over
        elif turn.conversation.phase == "queued" and self.lead is not None:
            self.chat.run = self.lead.run  # a later run is evidence beside it
        if not gone:
            self._keep(turn, by_themselves=received != Reminded())
        for operation in outgoing:
            to, kept = (self.chat.channel, self.chat.address), None if gone else self.chat
            self.records.post(*to, operation.to_dict(), self.now, kept)

    # before the step

    def _conversation(self) -> Conversation:
        if self.chat.state:
            return Conversation.from_dict(self.chat.state)
        language = self.tools.translators.nearest(self.incoming.language)
        return Conversation(language, secrets.token_hex(2))

    def _closed(self) -> None:
        """No study is open here: a kind word; calls for help are heard all the same."""
        language = self.tools.translators.nearest(self.incoming.language)
        said = "closed"
        content = self.incoming.content
        if isinstance(content, Text | Other | Edited):
            said = alarm(content.text, self.tools.lexicon) or said
            command = content.text.strip().lower().partition(" ")[0]
            if command in ("/unwell", "/human"):
                said = command[1:]
            elif command == "/delete":
                self.records.erase_requests(self.incoming.channel, self.incoming.address)
                said = "deleted"
        if said in ("unwell", "human"):
            self._ask_for_help(said, None, language)
            said = "emergency" if said == "unwell" else "asked"
        outgoing = self.tools.wording.fixed(said, language)
        self.records.post(self.incoming.channel, self.incoming.address, outgoing.to_dict(), self.now)

    def _context(self, offer: Offer, conversation: Conversation) -> Context:
        records, chat = self.records, self.chat
        pinned = self.tools.shelf.flow(records, conversation.version) if conversation.version else None
        answers = effective(records.answers(chat, chat.run)) if chat.run else {}
        if conversation.study and not chat.is_new:
            self.lead = records.lead_of(chat, conversation.study)
        return Context(
            today=self.today,
            offered=offer.flows,
            pinned=pinned,
            recruiting=offer.recruiting,
            answers=answers,
            earlier=self._earlier(conversation.study) if chat.run and conversation.study else (),
            has_open_lead=self.lead is not None,
            takes_part=self.lead is not None and self.lead.status == "enrolled",
            own_code=self.lead.code if self.lead else "",
            team_reads=self._team_reads(conversation),
            has_other_studies=self._has_other_studies(conversation.study),
            goes_abroad=self.channel.goes_abroad,
            shares_contact=self.channel.shares_contact,
            running=self._running(offer, conversation),
            languages=pinned.languages if pinned else tuple(self.tools.translators),
        )

    def _team_reads(self, conversation: Conversation) -> frozenset[str]:
        """The open leads this turn may write to: the study's, and the one that a message was about."""
        content, open_leads = self.incoming.content, set()
        if self.lead is not None and self.lead.status in OPEN:
            open_leads.add(self.lead.code)
        about = conversation.to
        if isinstance(content, Press) and f":{REPLY}" in content.data:
            about = content.data.partition(f":{REPLY}")[2][:16]
        if about and about not in open_leads and (found := self.records.lead(about)):
            lead, chat = found
            if chat.id == self.chat.id and lead.status in OPEN:
                open_leads.add(lead.code)
        return frozenset(open_leads)

    def _running(self, offer: Offer, conversation: Conversation) -> str:
        """What is to become of this chat, if its study has a newer version."""
        flow = offer.flows.get(conversation.study or "")
        if flow is None or conversation.version in ("", flow.hash):
            return "continue"
        return self.tools.shelf.running(self.records, flow.id, conversation.version)

    def _has_other_studies(self, study: str | None) -> bool:
        kept = () if self.chat.is_new else self.records.studies_of(self.chat)
        return study in kept and len(kept) > 1

    def _earlier(self, study: str) -> tuple[EarlierFail, ...]:
        return tuple(fails_before(self.records, self.tools.shelf, self.chat, study, self.chat.run))

    def _read(self, context: Context, conversation: Conversation) -> Input:
        match self.incoming.content:
            case Press(data):
                salt, _, rest = data.partition(":")
                number, _, choice = rest.partition(":")
                live = salt == conversation.salt and number.isdecimal() and len(number) < 9
                return Tapped(int(number) if live else 0, choice)
            case OwnPhone(phone):
                read_number = read_phone(phone, REGION)
                return GavePhone(read_number, shared=True) if read_number else SentOther()
            case Other(text) | Edited(text):
                if kind := alarm(text, self.tools.lexicon):
                    return Alarmed(kind)
                return SentOther(edited=isinstance(self.incoming.content, Edited))
            case Text(text):
                prompt = self.tools.engine.prompt(context, conversation)
                flow = context.pinned or context.offered.get(conversation.study or "")
                question = flow.question_by_id.get(prompt.question or "") if flow else None
                scene = replace(self._scene(flow, context.offered, {}, conversation), lead=self._lead_words())
                expected = Expected(prompt, question, self.tools.wording.labels(prompt, scene))
                return read(text, expected, self.tools.lexicon)

    # after the step

    def _save(self, turn: Turn, before: str) -> None:
        self.chat.state = turn.conversation.to_dict()
        self.records.save_chat(self.chat, self.now)
        if turn.conversation.phase != before and self.chat.run:
            detail = {"from": before, "to": turn.conversation.phase}
            self.records.note(self.chat.run, "participant", "phase", detail, self.now)

    def _scene(
        self,
        flow: Any,
        offered: Mapping[str, Any],
        site: Mapping[str, str],
        conversation: Conversation,
    ) -> Scene:
        return Scene(
            flow=flow,
            offered=offered,
            site=site,
            zone=self.tools.zone,
            salt=conversation.salt,
            demo=self.tools.shelf.demo,
            abroad=self.channel.goes_abroad,
            channel=self.channel.name,
            phase=conversation.phase,
            full=self._full(flow, conversation),
            overlay=conversation.overlay,
        )

    def _full(self, flow: Flow | None, conversation: Conversation) -> str:
        """What there is no room in, where somebody is asked whether they may be contacted."""
        if flow is None or self.lead is not None or conversation.phase not in ("checking", *CONTACT):
            return ""
        return full(self.records, self.tools.shelf.site(self.records, flow.id), flow.id, self.now)

    def _worded(self, turn: Turn, offer: Offer) -> list[Outgoing]:
        scene = replace(
            self._scene(turn.flow, offer.flows, self._site(turn.flow), turn.conversation),
            answers=turn.answers,
            screening=turn.screening,
            lead=self._lead_words(),
        )
        said = frozenset(event.what for event in turn.events if isinstance(event, Said))
        scene = self._with_my_data(scene, said, turn)
        return [*self._stripped(turn), *self._operations(turn, scene)]

    def _lead_words(self) -> LeadWords | None:
        lead = self.lead
        if lead is None:
            return None
        site = self.tools.shelf.site(self.records, lead.study)
        return LeadWords(
            lead.code,
            promised(site, lead, self.now),
            by_phone=lead.reach == "phone",
            status=lead.status,
            visit_at=lead.visit_at,
            is_read=lead.status in OPEN,
            full=full(self.records, site, lead.study, self.now) if lead.status == "waiting_list" else "",
        )

    def _site(self, flow: Flow | None) -> dict[str, str]:
        return self.tools.shelf.site(self.records, flow.id).all() if flow else {}

    def _operations(self, turn: Turn, scene: Scene) -> list[Outgoing]:
        found = []
        for event in turn.events:
            match event:
                case Settled():
                    # The turn may have left the study that the prompt was about.
                    site = scene.site if event.flow is scene.flow else self._site(event.flow)
                    then = replace(
                        scene,
                        flow=event.flow,
                        site=site,
                        answers=event.answers,
                        screening=event.screening,
                    )
                    found.append(self._with_ref(self.tools.wording.render(event, then)))
                case Redrawn():
                    found.append(self._with_ref(self.tools.wording.render(event, scene)))
                case Prompted() | Said():
                    found.append(self.tools.wording.render(event, scene))
        return found

    def _with_ref(self, operation: Outgoing) -> Outgoing:
        """The message that a settle or redraw works on: the one that was pressed, else the prompt's own."""
        content = self.incoming.content
        stored = self.records.ref_of_prompt(self.chat.chat_hash, operation.prompt)
        if not stored and isinstance(content, Press) and f":{operation.prompt}:" in content.data:
            stored = content.ref
        return replace(operation, ref=stored)

    def _stripped(self, turn: Turn) -> list[Outgoing]:
        content = self.incoming.content
        stale = any(isinstance(event, Said) and event.what in ("stale", "over") for event in turn.events)
        if stale and isinstance(content, Press) and content.ref:
            return [Outgoing("strip", ref=content.ref)]
        return []

    def _with_my_data(self, scene: Scene, said: frozenset[str], turn: Turn) -> Scene:
        """Adds what is kept of the person, as far as this turn speaks of it."""
        records, chat = self.records, self.chat
        if scene.phase in (*GATES, *CONSENTS, *TRACELESS) and not chat.is_new:
            # A minor's runs of this study go with this turn.
            going = {scene.flow.id} if scene.phase == "under_age" and scene.flow else set()
            renewing = turn.conversation.renewing or any(event == Erased("run") for event in turn.events)
            present = chat.run if renewing else None
            others = (run for study in records.studies_of(chat) for run in records.ended_runs(chat, study))
            earlier_stays = any(run.study not in going and run.id != present for run in others)
            scene = replace(scene, has_earlier=earlier_stays)
        if said & {"mydata", "status"} or scene.overlay.startswith("delete"):
            scene = replace(scene, requests=tuple(records.requests_of(self.incoming.channel, chat.address)))
        if scene.phase in CONTACT and self.lead is None:
            scene = replace(scene, contact=(turn.conversation.name, turn.conversation.phone, ""))
        if self.lead is not None and (scene.phase == "queued" or "mydata" in said):
            scene = replace(scene, contact=(*records.identity(chat, self.lead.code), self.lead.call_time))
        if "mydata" not in said:
            return scene
        if self.lead is not None:
            wrote = [each for each in records.messages(chat, self.lead.code) if each.way == "from"]
            scene = replace(scene, messages=tuple((each.words, each.at) for each in wrote))
        runs = [run for study in records.studies_of(chat) for run in records.ended_runs(chat, study)]
        flows = {run.id: self.tools.shelf.flow(records, run.version) for run in runs}
        earlier = [
            EarlierRun(run.started_at, flow, effective(records.answers(chat, run.id)))
            for run in runs
            if run.id != chat.run and (flow := flows[run.id]) is not None
        ]
        kept = dict.fromkeys([run.id for run in runs] + ([chat.run] if chat.run else []))
        consents = [
            row for run in kept for row in records.consents(run) if row.agreed and not row.withdrawn_at
        ]
        return replace(
            scene,
            earlier=tuple(earlier),
            consents=tuple((row.purpose, row.at) for row in consents),
        )

    def _apply(self, turn: Turn, offer: Offer) -> bool:
        """Carry the events into the records. True when the chat is gone afterwards."""
        gone = False
        for event in turn.events:
            gone = self._record(event, turn, offer) or gone
        return gone

    def _record(self, event: Event, turn: Turn, offer: Offer) -> bool:
        records, chat, now = self.records, self.chat, self.now
        match event:
            case ConsentAnswered(purpose, agreed):
                self._show(purpose, turn, offer)
                if not agreed and chat.run and (run := records.run(chat.run)):
                    self._consent(purpose, run, turn.conversation, agreed=False)
            case RunStarted():
                self._start_run(turn, offer)
            case RunRenewed():
                self._renew_run(turn)
            case AnswerRecorded(question, answer, typed):
                self._answer(question, to_value(answer), typed, turn)
            case AnswerRemoved(question):
                self._answer(question, None, False, turn)
            case RunEnded(outcome, screening) if chat.run:
                result = screening.to_dict() if screening else {}
                records.end_run(chat, chat.run, outcome, result, now, self.today.isoformat())
                records.note(chat.run, "participant", "ended", {"outcome": outcome}, now)
            case LeadQueued(contact):
                self._queue(turn, contact.name, contact.phone, contact.when)
            case EvidenceAdded() if chat.run and self.lead:
                records.add_evidence(self.lead.code, chat.run, now)
                self._bring_back(self.lead)
                assert turn.flow is not None
                assert turn.screening is not None
                checks = latest_checks(records.lead_events(chat, self.lead.code))
                says = standing(turn.flow, turn.screening) | weighed(turn.flow, turn.screening, checks)
                site = self._site_of(self.lead)
                arrange(records, site, self.lead.code, now, **says)
                keep_with_leads(records, site, chat.run, now)
                self._news(self.lead, "run", {"run": chat.run})
            case ContactChanged(contact) if self.lead:
                self._change_contact(self.lead, contact.phone, contact.when)
            case ContactWithdrawn() if self.lead:
                self._withdraw(self.lead)
            case MessageToTeam(code, text):
                self._pass_on(code, text)
            case RequestMade(kind):
                self._ask_for_help(kind, turn.conversation.study, turn.conversation.language)
                self._count(turn, f"request_{kind}")
            case Erased(scope):
                return self._erase(scope, turn)
            case Counted(name, day, study):
                self._count(turn, name, day, study)
        return False

    def _count(self, turn: Turn, name: str, day: str = "", study: str | None = None) -> None:
        study = (turn.conversation.study or "") if study is None else study
        self.records.count(study, day or self.today.isoformat(), name)

    def _start_run(self, turn: Turn, offer: Offer) -> None:
        conversation, flow = turn.conversation, turn.flow
        assert flow is not None
        run = Run(
            id=secrets.token_hex(8),
            study=flow.id,
            version=flow.hash,
            demo=self.tools.shelf.demo,
            channel=self.channel.name,
            language=conversation.language,
            started_at=self.now,
        )
        source = re.sub(r"[^A-Za-z0-9_-]", "", conversation.source)[:32]
        self.records.start_run(self.chat, run, source)
        self.records.note(
            run.id, "participant", "started", {"study": run.study, "version": run.version}, self.now
        )
        for purpose in conversation.consents:
            self._consent(purpose, run, conversation)

    def _renew_run(self, turn: Turn) -> None:
        """The run goes on under the version that was agreed to."""
        assert turn.flow is not None
        assert self.chat.run is not None
        self.records.renew_run(self.chat.run, turn.flow.hash)
        detail = {"version": turn.flow.hash}
        self.records.note(self.chat.run, "participant", "renewed", detail, self.now)
        run = self.records.run(self.chat.run)
        assert run is not None
        for purpose in turn.conversation.consents:
            self._consent(purpose, run, turn.conversation)

    def _show(self, purpose: str, turn: Turn, offer: Offer) -> None:
        """Keep in the chat's state what was on the screen when a consent was given (brief, 3.3)."""
        conversation = turn.conversation
        scene = self._scene(turn.flow, offer.flows, self._site(turn.flow), conversation)
        scene = replace(scene, screening=turn.screening)
        how = "button" if isinstance(self.incoming.content, Press) else "typed"
        text_hash = self.tools.wording.consent_hash(purpose, conversation.language, scene)
        conversation.shown[purpose] = [text_hash, conversation.language, self.now.isoformat(), how]
        if purpose == "contact":
            conversation.shown["full"] = [scene.full]

    def _consent(self, purpose: str, run: Run, conversation: Conversation, agreed: bool = True) -> None:
        """Append a consent that was given or refused, to the record of the run it is for."""
        text_hash, language, at, how = conversation.shown.pop(purpose)
        given = datetime.fromisoformat(at)
        self.records.add_consent(
            chat_id=self.chat.id,
            run_id=run.id,
            study=run.study,
            version=run.version,
            purpose=purpose,
            agreed=agreed,
            language=language,
            text_hash=text_hash,
            channel=self.channel.name,
            how=how,
            app_version=__version__,
            at=given,
            utc_offset=f"{given.astimezone(self.tools.zone):%z}",
        )
        detail = {"purpose": purpose, "agreed": agreed, "text": text_hash}
        self.records.note(run.id, "participant", "consent", detail, self.now)

    def _withdraw(self, lead: Lead) -> None:
        """Nobody contacts them any more; the answers of all the lead's runs go when the text says."""
        records, now = self.records, self.now
        keep = max(self.tools.shelf.site(records, lead.study).days("delete_days"), SHORTEST_KEPT)
        records.forget_identity(lead.code)
        records.forget_messages(lead.code)
        for kind in ("relay", "visit"):
            records.stop_timer(kind, lead.code)
        claim = {"claimed_by": None, "claimed_until": None}
        arrange(records, self._site_of(lead), lead.code, now, status="withdrawn", closed_at=now, **claim)
        how = "button" if isinstance(self.incoming.content, Press) else "typed"
        for run in records.runs_of_lead(self.chat, lead.code):
            records.withdraw_consents(run.id, ["contact"], how, now)
            if run.outcome in ("likely_match", "needs_review"):  # another goes when it was said that it goes
                day = run.ended_on or self.today.isoformat()
                records.end_run(self.chat, run.id, "withdrawn", {}, now, day)
                records.set_timer("erase_run", run.id, now + keep)
        self._news(lead, "withdrawn", {})
        self.lead = None

    def _answer(self, question: str, value: Any, typed: bool, turn: Turn) -> None:
        assert self.chat.run is not None
        line = RecordedAnswer(question, value, typed, turn.conversation.language, self.now)
        self.records.add_answer(self.chat, self.chat.run, line)
        what = "removed" if value is None else "answered"
        self.records.note(self.chat.run, "participant", what, {"question": question}, self.now)

    def _queue(self, turn: Turn, name: str, phone: str, when: str) -> None:
        flow, screening, run = turn.flow, turn.screening, self.chat.run
        assert flow is not None
        assert screening is not None
        assert run is not None
        site = self.tools.shelf.site(self.records, flow.id)
        told = turn.conversation.shown.pop("full", [""])[0]
        # Only who was told so waits; and where there is room by now, nobody does.
        waits = told if full(self.records, site, flow.id, self.now) else ""
        lead = Lead(
            code=new_code("L"),
            study=flow.id,
            demo=self.tools.shelf.demo,
            language=turn.conversation.language,
            channel=self.channel.name,
            run=run,
            **standing(flow, screening),
            status="waiting_list" if waits else "new",
            reach="phone" if phone else "chat",
            call_time=when,
            created_at=self.now,
            due_at=called_by(site, waits, self.now, self.tools.zone)
            if waits
            else first_contact(site, self.now, when),
        )
        if not waits:
            self._count(turn, QUEUED)
        self.records.queue_lead(self.chat, lead, name, phone)
        lead = arrange(self.records, site, lead.code, self.now)
        stored = self.records.run(run)
        assert stored is not None
        self._consent("contact", stored, turn.conversation)
        detail = {"study": lead.study, "verdict": lead.verdict, "run": run}
        self.records.note(lead.code, "participant", "queued", detail, self.now)
        self.lead = lead
        self._alert(flow.id, f"{lead.code} · 新意向 · new lead")

    def _pass_on(self, code: str, text: str) -> None:
        """Keep a message for whoever works on the lead; elsewhere it is only said that there is one (Q-12)."""
        found = self.records.lead(code)
        assert found is not None
        self.records.add_message(self.chat, code, "from", "participant", text, self.now)
        self.records.one_more_unread(code)
        arrange(self.records, self._site_of(found[0]), code, self.now)
        self.records.note(code, "participant", "wrote", {}, self.now)
        self._alert(found[0].study, f"{code} · 新留言 · new message")

    def _change_contact(self, lead: Lead, phone: str, when: str) -> None:
        changes: dict[str, Any] = {}
        if phone:
            self.records.change_phone(self.chat, lead.code, phone)
            changes["reach"] = "phone"
        if when:
            changes["call_time"] = when
            if lead.status == "new" and lead.overdue_at is None:
                changes["due_at"] = first_contact(self._site_of(lead), self.now, when)
        arrange(self.records, self._site_of(lead), lead.code, self.now, **changes)
        self._news(lead, "phone" if phone else "time", {})
        self._bring_back(lead)
        self.lead = self.records.lead_of(self.chat, lead.study)

    def _news(self, lead: Lead, what: str, detail: Mapping[str, Any]) -> None:
        """What the person did themselves stands beside what the team did."""
        records, told = self.records, {"what": what, **detail}
        records.add_lead_event(self.chat, lead.code, "news", "participant", told, "", self.now)
        records.note(lead.code, "participant", "news", told, self.now)

    def _site_of(self, lead: Lead) -> Site:
        return self.tools.shelf.site(self.records, lead.study)

    def _bring_back(self, lead: Lead) -> None:
        """News from a person whose lead the team had closed: it waits again, as if it had just come (Q-1)."""
        if lead.status not in COMES_BACK:
            return
        site = self._site_of(lead)
        detail = {
            "step": "reopen",
            "was": lead.status,
            "became": "contacting",
            "was_due": lead.due_at.isoformat(),
        }
        self.records.add_lead_event(self.chat, lead.code, "step", "participant", detail, "", self.now)
        due = first_contact(site, self.now, lead.call_time)
        back = {"status": "contacting", "closed_at": None, "last_try": None, "tries": 0}
        arrange(self.records, site, lead.code, self.now, due_at=due, **back)
        self.records.note(lead.code, "participant", "reopened", {"was": lead.status}, self.now)
        self._alert(lead.study, f"{lead.code} · 再次联系 · back again")

    def _ask_for_help(self, kind: str, study: str | None, language: str) -> None:
        """Queue a request; it holds a way to answer and its kind, nothing else."""
        site = self.tools.shelf.site(self.records, study or "")
        urgent_within = timedelta(minutes=int(site["urgent_minutes"]))
        request = Request(
            code=new_code("R"),
            kind=kind,
            study=study,
            demo=self.tools.shelf.demo,
            language=language,
            channel=self.channel.name,
            status="new",
            created_at=self.now,
            due_at=self.now + urgent_within if kind == "unwell" else site.hours.due(self.now),
        )
        expires = self.now + REQUEST_KEPT
        if self.records.add_request(self.incoming.channel, self.incoming.address, request, expires):
            place_request(self.records, site, request, self.now)
            self.records.note(request.code, "participant", "requested", {"kind": kind}, self.now)
            what = "紧急求助 · urgent request" if request.urgent else "求助 · request"
            self._alert(study, f"{request.code} · {what}")

    def _alert(self, study: str | None, text: str) -> None:
        """Tell the coordinators' chat: code and status only (Q-12), in both languages, for it has none of its own.

        In a demonstration never.
        Before a study is chosen, every study's coordinators are told.
        """
        if self.tools.shelf.demo:
            return
        studies = [study] if study else self.tools.shelf.offer(self.records, self.today).flows
        alert(self.records, [self.tools.shelf.site(self.records, each) for each in studies], text, self.now)

    def _erase(self, scope: str, turn: Turn) -> bool:
        chat, study = self.chat, turn.conversation.study
        subject = chat.run or chat.id
        if scope != "chat":
            self._count_gone(scope, study)
        match scope:
            case "chat" if not self.records.studies_of(chat):
                self.records.erase_transient(chat)
                return True
            case "chat":
                return False
            case "run":
                assert chat.run is not None
                self.records.erase_run(chat, chat.run)
            case "runs":
                assert study is not None
                self.records.erase_runs(chat, study)
                self.lead = None
            case "study":
                assert study is not None
                self.records.erase_study(chat, study)
            case _:
                self.records.erase_chat(chat)
        self.records.note(subject, "participant", "erased", {"scope": scope}, self.now)
        if scope == "all":
            return True
        if not self.records.studies_of(chat):
            self.records.erase_transient(chat)
            return True
        if scope == "run":
            return False
        said = turn.conversation
        kept = Conversation(said.language, said.salt, phase="left", prompt=said.prompt)
        others = self.records.studies_of(chat)
        kept.study = others[0] if len(others) == 1 else None  # there one may be in the queue
        for name in Conversation.__slots__:
            setattr(said, name, getattr(kept, name))
        self.chat.state = said.to_dict()
        return False

    def _count_gone(self, scope: str, study: str | None) -> None:
        """Of the runs that an erasure takes, their counts stay."""
        going = [self.chat.run] if scope == "run" and self.chat.run else []
        if scope != "run" and not self.chat.is_new:
            going = list(self.records.run_ids(self.chat, None if scope == "all" else study))
        count_gone(self.records, self.tools.shelf, going, self.tools.zone)

    def _keep(self, turn: Turn, by_themselves: bool) -> None:
        """The chat's row and its timers."""
        chat, records, phase = self.chat, self.records, turn.conversation.phase
        chat.state = turn.conversation.to_dict()
        records.save_chat(chat, self.now)
        records.stop_timer("remind", chat.id)
        if chat.run is None:
            records.set_timer("expire_chat", chat.id, self.now + TRANSIENT_FOR)
            return
        records.stop_timer("expire_chat", chat.id)
        if phase in (*RUN, *CONTACT) and not turn.conversation.reminded:
            records.set_timer("remind", chat.id, self.now + REMIND_AFTER)
        if by_themselves:  # our reminder does not lengthen what the notice promised
            self._set_retention(turn, chat.run)

    def _set_retention(self, turn: Turn, run: str) -> None:
        """R-11: not a fit and not interested `delete_days`, midway `stop_days`, leads by their own rule."""
        phase = turn.conversation.phase
        site = self.tools.shelf.site(self.records, turn.conversation.study or "")
        # A lead's later run, until it joins the lead, is a run like any other.
        if phase == "queued" or (phase in CONTACT and self.lead is not None):
            keep_with_leads(self.records, site, run, self.now)
            return
        if phase in ENDINGS and not turn.events:
            return
        ended = any(isinstance(event, RunEnded | ContactWithdrawn) for event in turn.events)
        if phase in ENDINGS and not ended:
            return
        name = "delete_days" if phase in ("not_match", "not_interested", "withdrawn") else "stop_days"
        self.records.set_timer("erase_run", run, self.now + max(site.days(name), SHORTEST_KEPT))


def _wordless(operation: Outgoing) -> Outgoing:
    """After an erasure a prompt only loses its buttons: what it said is not put into the outbox again."""
    if operation.op != "settle":
        return operation
    return Outgoing("redraw", prompt=operation.prompt, ref=operation.ref)
