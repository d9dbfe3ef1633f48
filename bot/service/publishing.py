"""The life of a flow version: kept, approved by somebody else, published; and the site facts beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.leads.site import Site, check_fact
from bot.service.evidence import keep_with_leads
from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.wording import Wording


@dataclass(eq=False)
class Refused(Exception):
    """Publishing or approving is not possible; `reason` names the sentence that says why."""

    reason: str
    detail: str = ""


#: The roles that may take a step in live mode.
STEPS: Mapping[str, frozenset[str]] = {
    "submit": frozenset({"editor", "approver", "admin"}),
    "approve": frozenset({"approver", "admin"}),
    "publish": frozenset({"editor", "approver", "admin"}),
}


def _same(name: str) -> str:
    """Names that differ in case or spaces alone are one person's."""
    return "".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One kept version."""

    hash: str
    study: str
    added_by: str
    added_at: datetime
    ethics_number: str
    approved_by: str
    published: bool
    #: Whether participants read other interface words now than when it was approved.
    words_changed: bool


class Publishing:
    """Staff actions on flow versions. Whoever acts, and an ethics number, may be no name (BadName)."""

    def __init__(
        self,
        store: Store,
        compile_flow: Callable[[bytes], Flow],
        wording: Wording,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._compile = compile_flow
        self._wording = wording
        self._clock = clock
        self._zone = zone

    def admit(self, who: str, step: str) -> None:
        """Live, a step is taken by a registered member of staff whose role allows it. Refused, BadName."""
        check_names(who)
        staff = self._store.run_now(lambda records: records.staff())
        roles = {_same(row.name): row.role for row in staff}
        if _same(who) not in roles:
            raise Refused("not_staff", who)
        if roles[_same(who)] not in STEPS[step]:
            raise Refused("not_entitled", f"{who} ({roles[_same(who)]})")

    def submit(self, source: bytes, who: str) -> Flow:
        """Keep a version whole under its hash; `who` counts among its authors from now on."""
        check_names(who)
        flow = self._compile(source)

        def keep(records: Records) -> None:
            records.add_version(flow.hash, flow.id, source, who, self._clock())
            records.note(flow.hash, who, "submitted", {"study": flow.id}, self._clock())

        self._store.run_now(keep)
        return flow

    def is_author(self, hash: str, who: str) -> bool:
        """Whether somebody counts among the authors of a kept version: who the script names, and who brought it in."""
        return self._store.run_now(lambda records: self._is_author(records, hash, who))

    def _is_author(self, records: Records, hash: str, who: str) -> bool:
        source = records.version(hash)
        if source is None:
            return False
        authors = {self._compile(source).author, records.version_author(hash)}
        authors |= {*records.who_did(hash, "submitted")}
        return _same(who) in {_same(author) for author in authors if author}

    def approve(self, prefix: str, ethics_number: str, who: str) -> str:
        """Record the ethics approval of exactly this content. Refused: unknown, or by an author of it."""
        check_names(ethics_number, who)

        def approve(records: Records) -> str:
            hash = self._find(records, prefix)
            if self._is_author(records, hash, who):
                raise Refused("own_version", who)
            words, before = self._wording.interface_hash(), records.approval(hash)
            if before is not None and before.words_hash == words:
                raise Refused("approved_already", f"{before.ethics_number} ({before.approved_by})")
            records.add_approval(hash, ethics_number, words, who, self._clock())
            detail = {"ethics_number": ethics_number}
            records.note(hash, who, "approved", detail, self._clock())
            return hash

        return self._store.run_now(approve)

    def publish(self, prefix: str, who: str) -> str:
        """New runs take this version from now on; running chats stay on theirs. Refused unless approved."""
        check_names(who)

        def publish(records: Records) -> str:
            hash = self._find(records, prefix)
            if records.approval(hash) is None:
                raise Refused("not_approved", hash[:12])
            source = records.version(hash)
            assert source is not None
            study = self._compile(source).id
            records.publish(study, hash, who, self._clock())
            records.note(hash, who, "published", {"study": study}, self._clock())
            return hash

        return self._store.run_now(publish)

    def list(self) -> list[VersionLine]:
        """Every kept version, newest first."""

        def read(records: Records) -> list[VersionLine]:
            published = set(records.published().values())
            words = self._wording.interface_hash()
            lines = []
            for row in records.versions():
                approval = records.approval(row.hash)
                lines.append(
                    VersionLine(
                        row.hash,
                        row.study,
                        row.added_by,
                        row.added_at,
                        approval.ethics_number if approval else "",
                        approval.approved_by if approval else "",
                        row.hash in published,
                        approval is not None and approval.words_hash != words,
                    )
                )
            return lines

        return self._store.run_now(read)

    def _find(self, records: Records, prefix: str) -> str:
        found = [row.hash for row in records.versions() if row.hash.startswith(prefix)]
        if len(found) != 1 or len(prefix) < 6:
            raise Refused("no_such_version", prefix)
        return str(found[0])

    def _set_lead_retention(self, records: Records, study: str) -> None:
        """What the site says of recruiting decides how long its leads are kept (R-11)."""
        site = Site(records.site(study), self._zone)
        for run in records.runs_of_leads(study):
            keep_with_leads(records, site, run, self._clock())

    def facts(self, study: str) -> dict[str, str]:
        """A study's site facts, defaults filled in."""
        return self._store.run_now(lambda records: Site(records.site(study), self._zone).all())

    def alerts_failed_at(self, study: str) -> datetime | None:
        """Since when alerts do not arrive in the study's alert chat; None while they do."""
        return self._store.run_now(lambda records: records.alerts_failed_at(study))

    def set_fact(self, study: str, name: str, value: str, who: str) -> None:
        """Set a site fact; BadFact when there is none such or the value does not fit."""
        check_names(who)
        today = self._clock().astimezone(self._zone).date()
        check_fact(name, value, self._zone, today)

        def change(records: Records) -> None:
            records.set_fact(study, name, value, who, self._clock())
            if name == "recruiting":
                ended = records.site(study).get("ended_on") or today.isoformat()
                records.set_fact(study, "ended_on", ended if value == "no" else "", who, self._clock())
            if name in ("recruiting", "ended_on", "status_checked_on", "keep_days"):
                self._set_lead_retention(records, study)
            # Phones and chats are not the trail's business; that they changed is.
            shown = (
                value
                if name in ("recruiting", "ended_on", "status_checked_on") or name.endswith("_days")
                else ""
            )
            records.note(f"site:{study}", who, "fact", {"name": name, "value": shown}, self._clock())

        self._store.run_now(change)
