"""What a step reads and writes, within the transaction of the connection it is given."""

from bot.store.records.chats import ChatRecords
from bot.store.records.hand_off import HandOffRecords
from bot.store.records.outbox import OutboxRecords
from bot.store.records.pages import PageRecords
from bot.store.records.queue import QueueRecords
from bot.store.records.relay import RelayRecords
from bot.store.records.reports import ReportRecords
from bot.store.records.requests import RequestRecords
from bot.store.records.runs import RunRecords
from bot.store.records.scripts import ScriptRecords
from bot.store.records.staff import StaffRecords
from bot.store.records.trail import TrailRecords


class Records(
    ChatRecords,
    RunRecords,
    QueueRecords,
    RequestRecords,
    PageRecords,
    HandOffRecords,
    RelayRecords,
    OutboxRecords,
    ScriptRecords,
    StaffRecords,
    TrailRecords,
    ReportRecords,
):
    """The store within one transaction."""
