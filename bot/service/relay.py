"""What coordinators write to people through the bot; nobody sees who of the team it was."""

from bot.core.inputs import LONGEST_MESSAGE
from bot.core.run import Chat
from bot.leads.lead import Lead
from bot.leads.life import OPEN
from bot.service.in_hand import CannotWork
from bot.service.letters import Letters, Told
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Shelf
from bot.service.staff import admit_worker
from bot.service.views import StaffMember
from bot.service.wording import Wording
from bot.service.work import Work


class Relay:
    """Each message is one transaction, and stands in the trail without its words."""

    def __init__(
        self, store: Store, shelf: Shelf, wording: Wording, work: Work, letters: Letters, clock: Clock
    ) -> None:
        self._store = store
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
            told = self._letters.send(records, chat, lead, words, member.id, now)
            records.note(code, f"staff:{member.id}", "wrote", {"state": told.state}, now)
            return told

        return await self._work.act(code, member, send)

    async def answer_request(self, code: str, text: str, member: StaffMember) -> Told:
        """To somebody who asked for a person: one way, nothing of it is kept (R-16). CannotWork, NotAllowed.

        Somebody who feels unwell is answered at any hour; others not in the quiet hours, for nothing could wait.
        """
        words = _checked(text)

        def send(records: Records) -> Told:
            admit_worker(records, self._shelf, member)
            request = records.request(code)
            if request is None:
                raise CannotWork("no_such_lead", code)
            now = self._clock()
            site = self._shelf.site(records, request.study or "")
            at = site.waking.next_open(now)
            if at > now and not request.urgent:
                raise CannotWork("quiet", until=at)
            address = records.request_address(code)
            outgoing = self._wording.from_team(words, request.language, phone=site["phone"])
            # Under the person's own key where there is one, so that it goes with them.
            chat = records.chat(request.channel, address)
            records.post(request.channel, address, outgoing.to_dict(), now, chat)
            records.note(code, f"staff:{member.id}", "answered", {}, now)
            return Told("sent")

        return await self._store.run(send)


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise CannotWork("needs", "text")
    if len(words) > LONGEST_MESSAGE:
        raise CannotWork("too_long", str(len(words)))
    return words
