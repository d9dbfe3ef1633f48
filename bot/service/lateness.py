"""What happens when nobody did what was due: it is marked, a second person is told, and the participant too, once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.run import Chat
from bot.i18n import Translators
from bot.leads.due import first_contact
from bot.leads.lead import PHONE, Lead
from bot.leads.queue import late_from
from bot.leads.site import Site
from bot.service.messages import TELEGRAM, Line, Outgoing
from bot.service.placing import REQUEST, alert, arrange, escalates_at, place_request
from bot.service.ports import Records
from bot.service.promise import Promise, late_words
from bot.service.shelf import Shelf

#: Before anybody was called, the participant waits for what was promised.
PROMISED = ("first_call", "first_call_weekend")
TELL_LATE = "tell_late"
#: What an alert says of a lead whose time has come.
DUE = {
    "call_back": "约定的回电时间到了 · call back now",
    "visit": "到访后请记录结果 · note how the visit went",
}
LATE = "已超期 · overdue"


class Lateness:
    """Looks at a lead or request when its timer goes off."""

    def __init__(self, shelf: Shelf, translators: Translators, zone: ZoneInfo) -> None:
        self._shelf = shelf
        self._translators = translators
        self._zone = zone

    def lead(self, records: Records, chat: Chat, code: str, now: datetime) -> None:
        """A lead's day or hour has come, or has passed."""
        lead = records.lead_alone(code)
        site = self._shelf.site(records, lead.study)
        if lead.closed_at is not None:
            return
        if late_from(site.hours, lead.next, lead.due_at) > now:
            arrange(records, site, code, now)
        elif lead.overdue_at is None:
            self._note(records, chat, code, "overdue", {"next": lead.next}, now)
            self._alert(records, site, f"{code} · {DUE.get(lead.next, LATE)}", now)
            lead = arrange(records, site, code, now, overdue_at=now)
            is_told = lead.channel != PHONE and not self._shelf.demo
            if is_told and lead.next in PROMISED and not lead.told_late_at:
                records.set_timer(TELL_LATE, code, site.waking.next_open(now))
        elif lead.escalated_at is None and escalates_at(site, lead.overdue_at) <= now:
            to = site["second_person"]
            self._note(records, chat, code, "escalated", {"to": to, "next": lead.next}, now)
            second = (
                f"请{to}接手 · {to}, please see to it" if to else "请任何人接手 · anybody, please see to it"
            )
            self._alert(records, site, f"{code} · {LATE} · {second}", now)
            self._tell(records, [to], f"{code} · {LATE}", now)
            arrange(records, site, code, now, escalated_at=now)
        else:  # the hours are others by now
            arrange(records, site, code, now)

    def tell(self, records: Records, chat: Chat, code: str, now: datetime) -> None:
        """What was promised was not kept: the person is told so, once, and by when it will be."""
        lead = records.lead_alone(code)
        if lead.closed_at is not None or lead.told_late_at is not None or lead.next not in PROMISED:
            return
        site = self._shelf.site(records, lead.study)
        if not site.waking.is_open(now):
            records.set_timer(TELL_LATE, code, site.waking.next_open(now))
            return
        promise = promised(site, lead, now)
        tr = self._translators[lead.language]
        lines = late_words(lead.language, tr, self._zone, promise, site["phone"])
        message = Outgoing("send", lines).to_dict()
        records.post(chat.channel, chat.address, message, now, chat)
        records.change_lead(code, told_late_at=now)
        self._note(
            records, chat, code, "told_late", {"by": promise.by.isoformat() if promise.by else ""}, now
        )

    def request(self, records: Records, code: str, now: datetime) -> None:
        """A request's time is over. One that somebody works on is theirs."""
        request = records.request(code)
        if request is None or request.status != "new":
            return
        studies = [request.study] if request.study else self._shelf.offer(records, now.date()).flows
        sites = [self._shelf.site(records, study) for study in studies]
        held_until = request.claimed_until if request.claimed_by else None
        if held_until is not None and held_until > now:
            records.set_timer(REQUEST, code, held_until)
        elif request.escalated_at is None:
            names = sorted({site["second_person"] for site in sites} - {""})
            to = ", ".join(names)
            records.note(code, "system", "escalated", {"to": to}, now)
            what = (
                "紧急求助无人处理 · urgent request, nobody has taken it" if request.urgent else f"求助{LATE}"
            )
            if not self._shelf.demo:
                alert(records, sites, f"{code} · {what}{f' · {to}' if to else ''}", now)
            self._tell(records, names, f"{code} · {what}", now)
            records.change_request(code, escalated_at=now)
        request = records.request(code)
        assert request is not None
        place_request(records, self._shelf.site(records, request.study or ""), request, now)

    def _note(
        self, records: Records, chat: Chat, code: str, kind: str, detail: dict[str, Any], now: datetime
    ) -> None:
        records.add_lead_event(chat, code, kind, "system", detail, "", now)
        records.note(code, "system", kind, detail, now)

    def _tell(self, records: Records, names: Sequence[str], text: str, now: datetime) -> None:
        """The second person themselves, where their account is known: code and status only (Q-12)."""
        if self._shelf.demo:
            return
        for name in names:
            if address := records.account_of(name):
                records.post(TELEGRAM.name, address, Outgoing("send", (Line(text),)).to_dict(), now)

    def _alert(self, records: Records, site: Site, text: str, now: datetime) -> None:
        if not self._shelf.demo:
            alert(records, [site], text, now)


def promised(site: Site, lead: Lead, now: datetime) -> Promise:
    """By when a person is contacted, as they were told last: once more after the first day has passed, and no oftener.

    The second day too is one at the hours they chose.
    """
    if now < lead.due_at:
        return Promise(lead.due_at, lead.due_at)
    again = first_contact(site, lead.due_at, lead.call_time)
    return Promise(lead.due_at, again if now < again else None, late=True)
