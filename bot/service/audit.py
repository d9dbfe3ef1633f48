"""The audit trail is checked, anchored and written out (3.6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.leads.chain import ANCHOR, Anchored, Chains, Finding, Link
from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import Refused
from bot.service.staff import admitted

#: How often the chains are anchored by themselves.
ANCHOR_EVERY = timedelta(days=1)
#: Who may take the trail out of the house.
AUDITS = frozenset({"auditor", "admin"})
#: More would say nothing new.
MOST_FINDINGS = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the whole trail came to. `anchored_at`: up to then also what was cut off whole is found."""

    rows: int
    chains: int
    anchors: int
    anchored_at: datetime | None
    findings: Sequence[Finding]


def anchor(records: Records, who: str, now: datetime) -> Link | None:
    """Hold everything written since the last anchor together in one row. None: nothing was."""
    records.hold_trail()
    last = records.last_anchor()
    after = _number(last, "to") if last else 0
    until = records.last_written()
    window = _window(records, after, until)
    if not window.rows:
        return None
    detail = {"from": after, "to": until, "rows": window.rows, "digest": window.digest}
    records.note(ANCHOR, who, "anchored", detail, now)
    return records.last_anchor()


def anchor_daily(records: Records, now: datetime) -> None:
    """An anchor when the last one is a day old."""
    last = records.last_anchor()
    if last is None or last.at <= now - ANCHOR_EVERY:
        anchor(records, "system", now)


def _window(records: Records, after: int, until: int) -> Anchored:
    window = Anchored()
    for row in records.written(after, until):
        window.take(*row)
    return window


class Audit:
    """The trail as a whole."""

    def __init__(self, store: Store, clock: Clock, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def anchor(self) -> Link | None:
        """An anchor now; its hash, kept elsewhere, later shows that the trail up to here is the same."""
        return self._store.run_now(lambda records: anchor(records, "command", self._clock()))

    def latest(self) -> Link | None:
        """The last anchor there is."""
        return self._store.read_now(lambda records: records.last_anchor())

    def verify(self, known: str = "") -> Checked:
        """Check every row of every chain, and every anchor. `known`: the hash of an anchor that must be there."""
        return self._store.read_now(lambda records: self._verify(records, known))

    def _verify(self, records: Records, known: str) -> Checked:
        chains = Chains()
        findings: list[Finding] = []
        for finding in chains.check(records.links()):
            findings.append(finding)
            if len(findings) >= MOST_FINDINGS:
                break
        anchors, last, after, seen = 0, None, 0, not known
        for link in records.links(ANCHOR):
            anchors, last = anchors + 1, link.at
            seen = seen or link.hash == known
            until = _number(link, "to")
            window = _window(records, after, until)
            if (window.rows, window.digest) != (link.detail.get("rows"), link.detail.get("digest")):
                gone = _number(link, "rows") - window.rows
                findings.append(Finding("anchor", ANCHOR, link.seq, str(gone)))
            after = until
        first = records.first_written(after)
        if first is not None and first.is_whole and first.at <= self._clock() - 2 * ANCHOR_EVERY:
            findings.append(Finding("unanchored", ANCHOR, anchors))
        if not seen:
            findings.append(Finding("no_anchor", ANCHOR, anchors, known))
        return Checked(chains.rows, chains.chains, anchors, last, findings)

    def export(
        self, subject: str, since: date | None, until: date | None, who: str, take: Callable[[Link], None]
    ) -> int:
        """Hand rows over one by one; returns how many. That `who` took them stands in the trail. BadName, Refused:
        not for them, or nothing at all is of `subject`.
        """
        check_names(who)
        if since and until and since > until:
            raise Refused("days_reversed", f"{since} – {until}")

        def read(records: Records) -> int:
            admitted(records, who, AUDITS, "no_auditor", "not_for_audit")
            first = datetime.combine(since, time(), self._zone) if since else None
            before = datetime.combine(until + timedelta(days=1), time(), self._zone) if until else None
            if subject and not records.has_trail(subject):
                raise Refused("nothing_of", subject)
            count = 0
            for link in records.links(subject, first, before):
                take(link)
                count += 1
            return count

        count = self._store.read_now(read)
        detail = {
            "subject": subject,
            "from": since.isoformat() if since else "",
            "to": until.isoformat() if until else "",
            "rows": count,
        }
        now = self._clock()
        self._store.run_now(lambda records: records.note("audit", f"staff:{who}", "exported", detail, now))
        return count


def _number(link: Link, name: str) -> int:
    """A number of an anchor; 0 where somebody put something else there."""
    value = link.detail.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**63 else 0
