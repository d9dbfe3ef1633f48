"""Who comes in by Telegram: registered staff go to their own chat, a coordinators' group gets its answer, everybody else goes to the intake."""

from bot.service.intake import Intake
from bot.service.messages import Incoming, InGroup, Membership
from bot.service.ports import Clock, Records, Store
from bot.service.staff import account
from bot.service.staff_chat import StaffChat


class Reception:
    """One update is one transaction, seen twice it is done once. Nobody is told that others go elsewhere."""

    def __init__(self, store: Store, intake: Intake, staff: StaffChat, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._staff = staff
        self._clock = clock

    async def take(self, incoming: Incoming | InGroup | Membership) -> None:
        """Returns after the commit."""
        await self._store.run(lambda records: self._take(records, incoming))

    def _take(self, records: Records, incoming: Incoming | InGroup | Membership) -> None:
        now = self._clock()
        if isinstance(incoming, InGroup):
            if records.first_sight(incoming.channel, incoming.update, now):
                self._staff.answer_group(records, incoming)
            return
        known = account(records, incoming.address) if isinstance(incoming, Incoming) else None
        if known is None or isinstance(incoming, Membership):
            self._intake.take_within(records, incoming)
        elif records.first_sight(incoming.channel, incoming.update, now):
            self._staff.take(records, incoming, known)
