"""The flow versions that conversations run on, compiled once each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.leads.site import Site
from bot.script.compile import BrokenScript
from bot.service.ports import FlowRecords, Records

#: What publishing can do with chats that run on an earlier version, the least first.
RUNNING = ("continue", "re-consent", "end")


@dataclass(frozen=True, slots=True)
class Offer:
    """The studies a new run can take now, and which of them recruit."""

    flows: Mapping[str, Flow]
    recruiting: frozenset[str]
    sites: Mapping[str, Site]


class Shelf:
    """Finds flows. In demo mode every script in the folder is offered; live, only what is approved."""

    def __init__(
        self,
        compile_flow: Callable[[bytes], Flow],
        zone: ZoneInfo,
        demo: Mapping[str, bytes] | None,
    ) -> None:
        self._compile = compile_flow
        self._zone = zone
        self._sources = demo
        self._flows: dict[str, Flow | None] = {}
        self._shown = [self._keep(source) for source in (demo or {}).values()]

    def lay_out(self, records: FlowRecords, now: datetime) -> None:
        """Keep what the demonstration shows, so that running chats stay on their version."""
        for flow, source in zip(self._shown, (self._sources or {}).values(), strict=True):
            records.add_version(flow.hash, flow.id, source, "demo", now)

    @property
    def demo(self) -> bool:
        """Whether everything runs as a demonstration."""
        return self._sources is not None

    def offer(self, records: Records, today: date) -> Offer:
        """What can be begun now. Live: approved versions only, recruiting where it was confirmed (C2)."""
        if self._sources is not None:
            found = self._shown
        else:
            published = records.published().values()
            found = [
                flow for hash in published if records.approval(hash) and (flow := self.flow(records, hash))
            ]
        flows = {flow.id: flow for flow in found}
        sites = {study: self.site(records, study) for study in flows}
        recruiting = [
            study for study, site in sites.items() if site.recruits(today) or (self.demo and not site.stopped)
        ]
        return Offer(flows, frozenset(recruiting), sites)

    def running(self, records: FlowRecords, study: str, version: str) -> str:
        """What the publishers of all later versions wished for chats on this one: the most that one of them did."""
        if self.demo:
            return RUNNING[0]
        wished = records.running_since(study, version)
        return max(wished, key=RUNNING.index, default=RUNNING[0])

    def flow(self, records: FlowRecords, hash: str) -> Flow | None:
        """A version by its hash; None when it is not kept, or cannot be read any more."""
        if hash not in self._flows:
            source = records.version(hash)
            if source is None:
                return None
            try:
                self._keep(source)
            except BrokenScript:
                self._flows[hash] = None
        return self._flows.get(hash)

    def site(self, records: FlowRecords, study: str) -> Site:
        """A study's site facts."""
        return Site(records.site(study), self._zone)

    def _keep(self, source: bytes) -> Flow:
        flow = self._compile(source)
        self._flows[flow.hash] = flow
        return flow
