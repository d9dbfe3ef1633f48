"""Messages of the study team on their way to a lead's person: at once, or when the quiet hours are over (Q-6)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.core.inputs import REPLY
from bot.core.run import Chat
from bot.leads.lead import PHONE, Lead
from bot.service.ports import Records
from bot.service.shelf import Shelf
from bot.service.wording import Wording

#: When somebody is reminded of a visit, the day before; not where it was booked later than a day before.
REMINDED_AT = time(10)
SHORTEST_NOTICE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of a message: it is sent now, it waits until `at`, the person has blocked the bot, or has no chat."""

    state: Literal["sent", "waiting", "blocked", "no_chat"]
    at: datetime | None = None


class Letters:
    """Everything here happens in a transaction that is open already."""

    def __init__(self, shelf: Shelf, wording: Wording, zone: ZoneInfo) -> None:
        self._shelf = shelf
        self._wording = wording
        self._zone = zone

    def language(self, chat: Chat, lead: Lead) -> str:
        """The language the person reads now."""
        return str(chat.state.get("language") or lead.language)

    def send(self, records: Records, chat: Chat, lead: Lead, text: str, who: str, now: datetime) -> Told:
        """Send it, or let it wait. To somebody who blocked the bot nothing is sent, and nothing kept."""
        if lead.channel == PHONE:
            return Told("no_chat")
        if records.blocked_leads([lead.code]):
            return Told("blocked")
        at = self._shelf.site(records, lead.study).waking.next_open(now)
        if at > now:
            records.add_message(chat, lead.code, "to", who, text, now)
            # Not in the outbox: there it would hold up the person's own conversation.
            records.set_timer("relay", lead.code, at)
            return Told("waiting", at)
        records.add_message(chat, lead.code, "to", who, text, now, self._post(records, chat, lead, text, now))
        return Told("sent")

    def deliver(self, records: Records, code: str, now: datetime) -> None:
        """The quiet hours are over: what waited goes, in order, unless the site has others by now."""
        found = records.lead(code)
        if found is None:
            return
        lead, chat = found
        at = self._shelf.site(records, lead.study).waking.next_open(now)
        if at > now:
            records.set_timer("relay", code, at)
            return
        is_blocked = bool(records.blocked_leads([code]))
        for message in records.messages(chat, code):
            if message.state == "waiting":
                posted = None if is_blocked else self._post(records, chat, lead, message.words, now)
                records.posted_message(message.id, posted)

    def _post(self, records: Records, chat: Chat, lead: Lead, text: str, now: datetime) -> int:
        reply = f"{chat.state.get('salt', '')}:0:{REPLY}{lead.code}"
        outgoing = self._wording.from_team(text, self.language(chat, lead), reply)
        return records.post(chat.channel, chat.address, outgoing.to_dict(), now, chat)

    # visits

    def tell_visit(
        self, records: Records, chat: Chat, lead: Lead, visit: datetime, moved: bool, who: str, now: datetime
    ) -> Told:
        """The day and the time, in the person's language."""
        text = self._visit(records, chat, lead, "moved" if moved else "booked", visit)
        return self.send(records, chat, lead, text, who, now)

    def call_off(
        self, records: Records, chat: Chat, lead: Lead, visit: datetime, who: str, now: datetime
    ) -> None:
        """The visit they were told of does not stand: nobody shall come for nothing."""
        site = self._shelf.site(records, lead.study).all()
        text = self._wording.no_visit(visit, self._zone, site, self.language(chat, lead))
        self.send(records, chat, lead, text, who, now)

    def mind_visit(self, records: Records, code: str, visit: datetime | None, now: datetime) -> None:
        """One reminder the day before; None: of no visit any more."""
        if visit is not None and visit - now >= SHORTEST_NOTICE:
            day = visit.astimezone(self._zone).date() - timedelta(days=1)
            at = datetime.combine(day, REMINDED_AT, self._zone)
            if at > now:
                records.set_timer("visit", code, at)
                return
        records.stop_timer("visit", code)

    def remind(self, records: Records, code: str, now: datetime) -> None:
        """The visit is tomorrow, or today where this is told late; what is over is not told."""
        found = records.lead(code)
        if found is None or found[0].status != "visit_booked" or found[0].visit_at is None:
            return
        lead, chat = found
        visit = found[0].visit_at
        read_at = self._shelf.site(records, lead.study).waking.next_open(now)
        days = (visit.astimezone(self._zone).date() - read_at.astimezone(self._zone).date()).days
        if read_at >= visit or days > 1:
            return
        text = self._visit(records, chat, lead, "tomorrow" if days else "today", visit)
        self.send(records, chat, lead, text, "system", now)

    def _visit(self, records: Records, chat: Chat, lead: Lead, what: str, at: datetime) -> str:
        site = self._shelf.site(records, lead.study).all()
        return self._wording.visit(what, at, self._zone, site, self.language(chat, lead))
