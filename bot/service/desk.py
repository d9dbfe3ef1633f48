"""What coordinators see: the queue, a lead, their day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.i18n import Translators
from bot.leads.lead import Lead, Request
from bot.leads.queue import COUNTED, Cursor, Wanted, narrows
from bot.leads.search import asked_for, is_in
from bot.reading.phone import REGION, read_phone
from bot.service.names import check_names
from bot.service.opened import Opened
from bot.service.ports import Clock, Records, Store
from bot.service.queue_rows import is_held, rows_of
from bot.service.shelf import Shelf
from bot.service.staff import SEES_LEADS, WORKS, NotAllowed, admit_reader, admitted, registered, sees_identity
from bot.service.views import Choices, Day, LeadView, QueuePage, QueueRow, StaffMember
from bot.service.wording import Wording

#: Rows of one page.
PER_PAGE = 50
EVERYTHING = Wanted()


def cursor_of(text: str) -> dict[str, Any]:
    """Where a page of the queue begins or ends, from the text that a page carries; nothing for any other text."""
    way, _, rest = text.partition(".")
    number, _, code = rest.partition(".")
    if way in ("after", "before") and number.isdecimal() and len(number) < 19 and code:
        return {way: Cursor(int(number), code[:16])}
    return {"last": True} if text == "last" else {}


def _closed_cursor(text: str) -> tuple[datetime, str] | None:
    moment, _, code = text.rpartition(".")
    try:
        return datetime.fromisoformat(moment), code[:16]
    except ValueError:
        return None


class Desk:
    """The staff side of the queue. Opening a lead is written into the trail."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        wording: Wording,
        translators: Translators,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._zone = zone
        self._store = store
        self._shelf = shelf
        self._wording = wording
        self._translators = translators
        self._clock = clock

    # the queue

    async def queue(
        self,
        language: str,
        member: StaffMember | None = None,
        wanted: Wanted = EVERYTHING,
        at: str = "",
    ) -> QueuePage:
        """A page of leads and requests in the order in which they should be worked (Q-3).

        `at` is a cursor of another page, "last" for the last one; what is none begins at the first. NotAllowed.
        """

        def read(records: Records) -> QueuePage:
            admit_reader(records, self._shelf, member)
            return self._queue(records, language, wanted, at, PER_PAGE)

        return await self._store.run(read)

    def queue_now(self, language: str, wanted: Wanted = EVERYTHING, limit: int = 500) -> list[QueueRow]:
        """The same for a command."""
        page = self._store.run_now(lambda records: self._queue(records, language, wanted, "", limit))
        return list(page.rows)

    def _queue(self, records: Records, language: str, wanted: Wanted, at: str, limit: int) -> QueuePage:
        now = self._clock()
        where = cursor_of(at)
        span: dict[str, Any] = {"limit": limit + 1, **where}
        found: list[Lead | Request] = list(records.leads_page(wanted, now, **span))
        if not narrows(wanted):
            found += self._requests(records, wanted, now, span)
        found.sort(key=lambda each: (each.place, each.code))
        backwards = "before" in where or "last" in where
        more = len(found) > limit
        kept = found[-limit:] if backwards else found[:limit]
        rows = tuple(rows_of(records, self._shelf, kept, language, now))
        waiting = records.waiting(wanted, now)
        has_later = (more if not backwards else "before" in where) and bool(kept)
        has_earlier = (more if backwards else "after" in where) and bool(kept)
        return QueuePage(
            rows,
            later=f"after.{kept[-1].place}.{kept[-1].code}" if has_later else "",
            earlier=f"before.{kept[0].place}.{kept[0].code}" if has_earlier else "",
            waiting=waiting + (len(rows) - sum(row.kind == "lead" for row in rows)),
            more=waiting >= COUNTED,
        )

    @staticmethod
    def _requests(
        records: Records, wanted: Wanted, now: datetime, span: Mapping[str, Any]
    ) -> Iterable[Request]:
        """Requests have neither verdict nor criteria; those that are late or free are told by themselves."""
        asked = records.requests_page(
            now, **span, who=wanted.who, language=wanted.language, study=wanted.study
        )
        for request in asked:
            if wanted.free and is_held(request, now):
                continue
            if not wanted.late or request.due_at <= now:
                yield request

    async def closed(self, language: str, at: str = "", member: StaffMember | None = None) -> QueuePage:
        """Closed leads, the latest first, a page at a time; on the first page the closed requests too. NotAllowed."""

        def read(records: Records) -> QueuePage:
            admit_reader(records, self._shelf, member)
            now = self._clock()
            leads = records.closed_page(PER_PAGE + 1, _closed_cursor(at))
            requests = [] if at else list(records.closed_requests(PER_PAGE))
            rows = tuple(rows_of(records, self._shelf, [*requests, *leads[:PER_PAGE]], language, now))
            more = len(leads) > PER_PAGE
            last = leads[PER_PAGE - 1] if more else None
            later = f"{last.closed_at.isoformat()}.{last.code}" if last and last.closed_at else ""
            return QueuePage(rows, later=later)

        return await self._store.run(read)

    async def search(self, text: str, language: str, member: StaffMember) -> tuple[QueueRow, ...]:
        """Leads by code, by exactly their phone, or by words of what was noted (Q-10). NotAllowed: not your role.

        Words and phones are looked up by keyed hash; what was found by words is opened and read to be sure.
        """

        def find(records: Records) -> tuple[QueueRow, ...]:
            if not sees_identity(records, self._shelf, member):
                raise NotAllowed(member.id)
            by, found = self._found(records, text.strip())
            detail = {"by": by, "found": [each.code for each in found][:PER_PAGE]}
            records.note(f"staff:{member.id}"[:64], f"staff:{member.id}", "searched", detail, self._clock())
            return tuple(rows_of(records, self._shelf, found, language, self._clock()))

        return await self._store.run(find)

    def _found(self, records: Records, text: str) -> tuple[str, Sequence[Lead | Request]]:
        """By what it was looked for, and what was found."""
        code = text.upper().replace(" ", "")
        for candidate in (code, f"L-{code}", f"L-{code[:4]}-{code[4:]}"):
            if found := records.lead(candidate):
                return "code", [found[0]]
        for candidate in (code, f"R-{code}", f"R-{code[:4]}-{code[4:]}"):
            if request := records.request(candidate):
                return "code", [request]
        if phone := read_phone(text, REGION):
            return "phone", list(records.with_phone(phone, PER_PAGE))
        asked = asked_for(text)
        if not asked:
            return "words", []
        return "words", [
            lead
            for lead, written in records.with_words(asked, PER_PAGE)
            if any(is_in(text, words) for words in written)
        ]

    async def day(self, language: str, member: StaffMember) -> Day:
        """What is before somebody today (Q-13). NotAllowed."""

        def read(records: Records) -> Day:
            admit_reader(records, self._shelf, member)
            now = self._clock()
            local = now.astimezone(self._zone)
            begins = datetime.combine(local.date(), time(), self._zone)
            ends = begins + timedelta(days=1)

            def rows(leads: Sequence[Lead | Request]) -> tuple[QueueRow, ...]:
                return tuple(rows_of(records, self._shelf, leads, language, now))

            requests = records.requests_page(now, PER_PAGE)
            mine = [each for each in requests if is_held(each, now) and each.claimed_by == member.id]
            return Day(
                held=rows([*mine, *records.leads_page(Wanted(who=member.id), now, PER_PAGE)]),
                calls=rows(records.leads_due("call_back", begins, ends)),
                visits=rows(records.leads_due("visit", begins, ends)),
                late=records.waiting(Wanted(late=True), now) + sum(each.due_at <= now for each in requests),
                urgent=sum(each.urgent and not is_held(each, now) for each in requests),
                unread=records.waiting(Wanted(unread=True), now),
                new=records.waiting(Wanted(status="new"), now),
            )

        return await self._store.run(read)

    async def choices(self, language: str) -> Choices:
        """What there is to filter by."""

        def read(records: Records) -> Choices:
            flows = self._shelf.offer(records, self._clock().astimezone(self._zone).date()).flows
            asked = {
                criterion.id: None
                for flow in flows.values()
                for criterion in flow.criteria
                if criterion.settled_by.value == "questions"
            }
            staff = tuple(name for name, role in registered(records).items() if role in WORKS)
            names = {study: flow.study.name[language] for study, flow in flows.items()}
            return Choices(names, tuple(self._translators), tuple(asked), staff)

        return await self._store.run(read)

    # one lead

    async def lead(
        self, code: str, language: str, member: StaffMember | None = None, reads: bool = True
    ) -> LeadView | None:
        """Everything of one lead or request; None when there is none such. NotAllowed.

        `reads`: the person's messages are shown, and are read by that.
        """
        return await self._store.run(lambda records: self._open(records, code, language, member, reads))

    def lead_now(self, code: str, language: str, who: str = "") -> LeadView | None:
        """The same for a command; by nobody's name it is without identity. It reads no messages. Refused, BadName."""
        if who:
            check_names(who)

        def read(records: Records) -> LeadView | None:
            if who and not self._shelf.demo:
                admitted(records, who, SEES_LEADS, "no_reader", "not_for_leads")
            member = StaffMember(who, who) if who else None
            return self._open(records, code, language, member, reads=False)

        return self._store.run_now(read)

    def _open(
        self, records: Records, code: str, language: str, member: StaffMember | None, reads: bool = True
    ) -> LeadView | None:
        admit_reader(records, self._shelf, member)
        return Opened(records, self._shelf, self._wording, language, member, self._clock(), reads).see(code)

    async def mark(self, code: str, member: StaffMember) -> str:
        """Changes with whatever is done with a lead or written by its person; "" when it is gone. NotAllowed.

        Nothing of the lead is seen by it, so it is no opening.
        """

        def read(records: Records) -> str:
            admit_reader(records, self._shelf, member)
            return records.lead_mark(code)

        return await self._store.run(read)
