"""What coordinators write to people through the bot; nobody sees who of the team it was."""

from datetime import datetime

from bot.core.inputs import LONGEST_MESSAGE
from bot.core.run import Chat
from bot.leads.lead import PHONE, Lead, Request
from bot.leads.life import OPEN
from bot.service.in_hand import TWICE_WITHIN, CannotWork
from bot.service.letters import Letters, Told
from bot.service.ports import Clock, Records
from bot.service.requests import Requests
from bot.service.shelf import Shelf
from bot.service.views import StaffMember
from bot.service.wording import Wording
from bot.service.work import Work


class Relay:
    """Each message is one transaction, and stands in the trail without its words."""

    def __init__(
        self,
        shelf: Shelf,
        wording: Wording,
        work: Work,
        requests: Requests,
        letters: Letters,
        clock: Clock,
    ) -> None:
        self._requests = requests
        self._shelf = shelf
        self._wording = wording
        self._work = work
        self._letters = letters
        self._clock = clock

    async def write(self, code: str, text: str, member: StaffMember) -> Told:
        """To a lead's person, by whoever works on it. CannotWork, NotAllowed."""
        words = _checked(text)

        def send(records: Records, chat: Chat, lead: Lead) -> Told:
            if lead.status not in OPEN:
                raise CannotWork("closed", lead.status)
            now = self._clock()
            if lead.channel == PHONE:
                raise CannotWork("no_chat")
            if self._is_twice(records, chat, code, words, member, now):
                return Told("sent")
            told = self._letters.send(records, chat, lead, words, member.id, now)
            records.note(code, f"staff:{member.id}", "wrote", {"state": told.state}, now)
            return told

        return await self._work.act(code, member, send)

    async def answer_request(self, code: str, text: str, member: StaffMember) -> Told:
        """To somebody who asked for a person: one way, nothing of it is kept (R-16). CannotWork, NotAllowed.

        Somebody who feels unwell is answered at any hour; others not in the quiet hours, for nothing could wait.
        """
        words = _checked(text)

        def send(records: Records, request: Request, now: datetime) -> Told:
            site = self._shelf.site(records, request.study or "")
            at = site.waking.next_open(now)
            if at > now and not request.urgent:
                raise CannotWork("quiet", until=at)
            address = records.request_address(code)
            if records.is_blocked(request.channel, address):
                raise CannotWork("blocked")
            outgoing = self._wording.from_team(words, request.language, phone=site["phone"])
            # Under the person's own key where there is one, so that it goes with them.
            chat = records.chat(request.channel, address)
            records.post(request.channel, address, outgoing.to_dict(), now, chat)
            records.note(code, f"staff:{member.id}", "answered", {}, now)
            return Told("sent")

        return await self._requests.act(code, member, send)

    @staticmethod
    def _is_twice(
        records: Records, chat: Chat, code: str, words: str, member: StaffMember, now: datetime
    ) -> bool:
        """A form that a browser sent twice: the same words by the same person within a minute."""
        sent = [each for each in records.messages(chat, code) if each.way == "to"]
        last = sent[-1] if sent else None
        same = last is not None and (last.words, last.who) == (words, member.id)
        return same and last is not None and now - last.at < TWICE_WITHIN


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise CannotWork("needs", "text")
    if len(words) > LONGEST_MESSAGE:
        raise CannotWork("too_long", str(len(words)))
    return words
