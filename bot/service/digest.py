"""The daily digest: once on each working day the coordinators' chat is told how the queue stands. Numbers only (Q-5, Q-12)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.leads.queue import Wanted
from bot.leads.site import Site
from bot.service.placing import alert
from bot.service.ports import Records
from bot.service.shelf import Shelf

DIGEST = "digest"
#: So many requests are counted.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a study's queue stands: how many wait, ask for a person, are new and late, and what is agreed for today."""

    study: str
    waiting: int
    requests: int
    new: int
    late: int
    calls: int
    visits: int


class Digest:
    """One timer for each study; it goes off when the working day opens."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def expect(self, records: Records, now: datetime) -> None:
        """See that every study's next digest is on its way."""
        for study in self._studies(records, now):
            if not records.has_timer(DIGEST, study[:32]):
                self._set(records, study, now)

    def post(self, records: Records, subject: str, now: datetime) -> None:
        """This day's, and the timer of the next."""
        for study in self._studies(records, now):
            if study[:32] != subject:
                continue
            site = self._shelf.site(records, study)
            # Found late, or on a day that is off by now, it tells nobody who is at work.
            at_work = site.works_on(now.astimezone(site.zone).date()) and now < site.hours.closing(now)
            if at_work and (text := self._text(records, site, study, now)):
                alert(records, [site], text, now)
            self._set(records, study, now)

    def _set(self, records: Records, study: str, now: datetime) -> None:
        hours = self._shelf.site(records, study).hours
        records.set_timer(DIGEST, study[:32], hours.next_opening(now))

    def _studies(self, records: Records, now: datetime) -> list[str]:
        """Those whose coordinators have a chat; in a demonstration nobody is told anything."""
        if self._shelf.demo:
            return []
        studies = {row.study for row in records.versions()}
        return sorted(study for study in studies if self._shelf.site(records, study)["alert_chat"])

    def _text(self, records: Records, site: Site, study: str, now: datetime) -> str:
        """The numbers; "" when nobody waits."""
        n = numbers(records, site, study, now)
        if not n.waiting and not n.requests:
            return ""
        return (
            f"{study}\n今日队列 · the queue today\n"
            f"等待 {n.waiting} waiting · 求助 {n.requests} requests · 新 {n.new} new · 超期 {n.late} overdue"
            f" · 回电 {n.calls} call-backs · 到访 {n.visits} visits"
        )


def numbers(records: Records, site: Site, study: str, now: datetime) -> Numbers:
    """How a study's queue stands on the day of a moment."""
    day = datetime.combine(now.astimezone(site.zone).date(), time(), site.zone)
    end = day + timedelta(days=1)
    return Numbers(
        study=study,
        waiting=records.waiting(Wanted(study=study), now),
        requests=len(records.requests_page(now, MOST, study=study)),
        new=records.waiting(Wanted(study=study, status="new"), now),
        late=records.waiting(Wanted(study=study, late=True), now),
        calls=len(records.leads_due("call_back", day, end, study, MOST)),
        visits=len(records.leads_due("visit", day, end, study, MOST)),
    )
