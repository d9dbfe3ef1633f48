"""The life of a flow version: kept, approved by somebody else, published, retired; and the site facts beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.leads.site import FACTS, BadFact, Site, check_fact
from bot.script.compile import BrokenScript
from bot.script.life import Standing
from bot.service.evidence import keep_with_leads
from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.refused import COMMAND as COMMAND
from bot.service.refused import Refused as Refused
from bot.service.staff import WORKS, registered
from bot.service.wording import Wording


@dataclass(eq=False)
class Conflict(Exception):
    """Somebody else changed the draft, or published a version, since one looked."""

    #: drafted or published
    what: str
    who: str
    at: datetime


#: The roles that may take a step in live mode.
STEPS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("draft", "submit", "publish", "roll_back", "retire", "replay"),
        frozenset({"editor", "approver", "admin"}),
    ),
    "approve": frozenset({"approver", "admin"}),
}
#: Who may set a fact of the site, and who may stop recruiting: whoever hears first that the study is full.
SETS = frozenset({"editor", "approver", "admin"})
STOPS = SETS | {"coordinator"}


def who_sets(name: str, value: str) -> frozenset[str]:
    """The roles that may set a fact to a value."""
    return STOPS if (name, value) == ("recruiting", "no") else SETS


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
    approved_at: datetime | None
    #: A state of its life (bot.script.life).
    state: str
    #: Whether participants read other interface words now than when it was approved.
    words_changed: bool

    @property
    def published(self) -> bool:
        """Whether new runs take it."""
        return self.state == "published"


def layers(publications: Sequence[Any]) -> list[str]:
    """The published versions that lie under each other, the present one last; rolling back takes one off."""
    stack: list[str] = []
    for row in publications:
        if row.how == "rolled_back":
            del stack[stack.index(row.version) + 1 :]
        else:
            stack = [hash for hash in stack if hash != row.version] + [row.version]
    return stack


def draft_trail(study: str) -> str:
    """The subject under which the trail keeps what happens to a study's draft."""
    return f"draft:{study}"


def _drafters(records: Records, study: str) -> list[str]:
    """Who saved the draft since it was last submitted as what was approved then.

    What was submitted and not approved is nobody's approved text yet: whoever wrote it is an author of the next one too.
    So is who wrote a draft that was discarded and then brought in again as it was.
    """
    found: list[str] = []
    contents: set[str] = set()
    discarded = False
    for row in reversed(records.trail(draft_trail(study))):
        if row.what == "submitted" and records.approval(row.detail["version"]) is not None:
            break
        discarded = discarded or row.what == "discarded"
        if row.what == "drafted" and (not discarded or row.detail["digest"] in contents):
            found.append(row.who)
            contents.add(row.detail["digest"])
    return list(dict.fromkeys(reversed(found)))


class Publishing:
    """Staff actions on flow versions. Whoever acts, and an ethics number, may be no name (BadName)."""

    def __init__(
        self,
        store: Store,
        compile_flow: Callable[[bytes], Flow],
        wording: Wording,
        clock: Clock,
        zone: ZoneInfo,
        demo: bool,
    ) -> None:
        self._store = store
        self._demo = demo
        self._compile = compile_flow
        self._wording = wording
        self._clock = clock
        self._zone = zone
        self._broken: set[str] = set()

    def admit(self, who: str, step: str) -> None:
        """Live, a step is taken by a registered member of staff whose role allows it. Refused, BadName.

        In the demonstration, where nobody is real, everybody may.
        """
        self._admit(who, STEPS[step])

    def admit_fact(self, who: str, name: str, value: str) -> None:
        """Likewise for a fact of the site; `command` is whoever has the keys to the machine. Refused, BadName."""
        if who != COMMAND:
            self._admit(who, who_sets(name, value))

    def _admit(self, who: str, roles: frozenset[str]) -> None:
        check_names(who)
        if self._demo:
            return
        staff = self._store.run_now(lambda records: records.staff())
        registered = {_same(row.name): row.role for row in staff}
        if _same(who) not in registered:
            raise Refused("not_staff", who, who)
        if registered[_same(who)] not in roles:
            raise Refused("not_entitled", f"{who} ({registered[_same(who)]})", who)

    def submit(self, source: bytes, who: str, revision: int = 0) -> Flow:
        """Keep a version whole under its hash; from now on `who` counts among its authors, and so does everybody
        who saved the study's draft since it was last approved as it stood.

        `revision`: of the draft that this is; 0 is a file. Refused; Conflict: the draft is another one by now;
        whatever `compile_flow` raises: the checker found errors, and nothing is kept.
        """
        self.admit(who, "submit")
        flow = self._compile(source)

        def keep(records: Records) -> None:
            now, draft = self._clock(), records.draft(flow.id)
            if revision and (draft is None or draft.revision != revision):
                raise Conflict("drafted", draft.saved_by if draft else "", draft.saved_at if draft else now)
            records.add_version(flow.hash, flow.id, source, who, now)
            known = records.who_did(flow.hash, "drafted")
            for drafter in [name for name in _drafters(records, flow.id) if name not in known]:
                records.note(flow.hash, drafter, "drafted", {"study": flow.id}, now)
            records.note(flow.hash, who, "submitted", {"study": flow.id}, now)
            if revision:
                detail = {"revision": revision, "version": flow.hash}
                records.note(draft_trail(flow.id), who, "submitted", detail, now)

        self._store.run_now(keep)
        return flow

    def is_author(self, hash: str, who: str) -> bool:
        """Whether somebody counts among the authors of a kept version.

        They are: who the script names, who brought it in or submitted it, and who saved the draft it came from.
        """
        return self._store.run_now(lambda records: self._is_author(records, hash, who))

    def _is_author(self, records: Records, hash: str, who: str) -> bool:
        flow = self._flow(records, hash)
        authors = {flow.author if flow else None, records.version_author(hash)}
        authors |= {*records.who_did(hash, "submitted"), *records.who_did(hash, "drafted")}
        return _same(who) in {_same(author) for author in authors if author}

    def is_broken(self, hash: str) -> bool:
        """Whether today's checker finds errors in a kept version, which an earlier one did not."""
        return self._store.run_now(lambda records: self._flow(records, hash)) is None

    def _flow(self, records: Records, hash: str) -> Flow | None:
        """A kept version; None where it is broken, or none."""
        source = None if hash in self._broken else records.version(hash)
        try:
            return self._compile(source) if source is not None else None
        except BrokenScript:
            self._broken.add(hash)
            return None

    def approve(self, prefix: str, ethics_number: str, who: str) -> str:
        """Record the ethics approval of exactly this content. Refused: unknown, by an author of it, or the number is none."""
        check_names(ethics_number, who)
        self.admit(who, "approve")
        if not any(character.isalnum() for character in ethics_number):
            raise Refused("no_number", ethics_number)

        def approve(records: Records) -> str:
            hash = self._find(records, prefix)
            words, before = self._wording.interface_hash(), records.approval(hash)
            standing = Standing(
                self._state(records, hash),
                has_no_errors=self._flow(records, hash) is not None,
                by_another=not self._is_author(records, hash, who),
                words_changed=before is not None and before.words_hash != words,
            )
            if not standing.may("approve"):
                if standing.state == "retired":
                    raise Refused("retired_version", hash[:12])
                if not standing.has_no_errors:
                    raise Refused("broken_version", hash[:12])
                if not standing.by_another:
                    raise Refused("own_version", who, who)
                assert before is not None
                raise Refused("approved_already", f"{before.ethics_number} ({before.approved_by})")
            records.add_approval(hash, ethics_number, words, who, self._clock())
            detail = {"ethics_number": ethics_number}
            records.note(hash, who, "approved", detail, self._clock())
            return hash

        return self._store.run_now(approve)

    def publish(self, prefix: str, who: str, running: str = "continue") -> str:
        """New runs take this version from now on; `running` says what becomes of the others (shelf.RUNNING).

        Refused unless approved.
        """
        self.admit(who, "publish")

        def publish(records: Records) -> str:
            hash = self._find(records, prefix)
            standing = self._standing(records, hash)
            if not standing.has_no_errors and standing.state != "retired":
                raise Refused("broken_version", hash[:12])
            if not standing.may("publish") or records.approval(hash) is None:
                reason = "retired_version" if standing.state == "retired" else "not_approved"
                raise Refused(reason, hash[:12])
            study = self._study(records, hash)
            records.publish(study, hash, who, self._clock(), running)
            records.note(hash, who, "published", {"study": study, "running": running}, self._clock())
            return hash

        return self._store.run_now(publish)

    def roll_back(self, study: str, who: str, running: str = "continue", present: str = "") -> str:
        """The version that was published before the present one is the present one again.

        Those that were retired or are broken, or whose approval is gone, are passed over. Refused when there is none, or when
        `present` is given and names another version than the present one: going back twice takes two decisions.
        """
        self.admit(who, "roll_back")

        def roll_back(records: Records) -> str:
            stack = layers(records.publications(study))
            now = stack.pop() if stack else None
            if present and now != self._find(records, present):
                raise Refused("not_present", present[:12])
            while stack:
                hash = stack.pop()
                standing = self._standing(records, hash)
                if records.approval(hash) is None or not standing.may("roll_back"):
                    continue
                records.publish(study, hash, who, self._clock(), running, "rolled_back")
                detail = {"study": study, "from": now, "running": running}
                records.note(hash, who, "rolled_back", detail, self._clock())
                return hash
            raise Refused("nothing_before", study)

        return self._store.run_now(roll_back)

    def retire(self, prefix: str, who: str) -> str:
        """No new run takes this version any more, for good. Of a published one running chats end kindly."""
        self.admit(who, "retire")

        def retire(records: Records) -> str:
            hash = self._find(records, prefix)
            standing = Standing(was := self._state(records, hash))
            if not standing.may("retire"):
                raise Refused("retired_version", hash[:12])
            records.retire(hash, who, self._clock())
            detail = {"study": self._study(records, hash), "was": was}
            records.note(hash, who, "retired", detail, self._clock())
            return hash

        return self._store.run_now(retire)

    def source(self, prefix: str) -> bytes:
        """A kept version, whole. Refused: unknown."""

        def read(records: Records) -> bytes:
            source = records.version(self._find(records, prefix))
            assert source is not None
            return source

        return self._store.run_now(read)

    def _study(self, records: Records, hash: str) -> str:
        return next(str(row.study) for row in records.versions() if row.hash == hash)

    def _standing(self, records: Records, hash: str) -> Standing:
        return Standing(self._state(records, hash), has_no_errors=self._flow(records, hash) is not None)

    def _state(self, records: Records, hash: str) -> str:
        """Where a version stands in its life."""
        if hash in records.retired():
            return "retired"
        study = self._study(records, hash)
        if records.published().get(study) == hash:
            return "published"
        if hash in {row.version for row in records.publications(study)}:
            return "replaced"
        return "submitted" if records.approval(hash) is None else "approved"

    def list(self) -> list[VersionLine]:
        """Every kept version, newest first."""

        def read(records: Records) -> list[VersionLine]:
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
                        approval.at if approval else None,
                        self._state(records, row.hash),
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
        """Set a site fact; BadFact when there is none such or the value does not fit.

        Live, the second person is somebody who works on leads: nobody else would be reached.
        """
        check_names(who)
        today = self._clock().astimezone(self._zone).date()
        check_fact(name, value, self._zone, today)

        def change(records: Records) -> None:
            named = value if FACTS[name].form == "name" and not self._demo else ""
            if named and registered(records).get(named) not in WORKS:
                raise BadFact(name, named)
            was = records.site(study).get(name, "")
            records.set_fact(study, name, value, who, self._clock())
            if name == "recruiting":
                stood = records.site(study).get("ended_on", "")
                ended = (stood or today.isoformat()) if value == "no" else ""
                ended_on = {"name": "ended_on", "was": stood, "value": ended}
                records.set_fact(study, "ended_on", ended_on["value"], who, self._clock())
                records.note(f"site:{study}", who, "fact", ended_on, self._clock())
            if name in ("recruiting", "ended_on", "status_checked_on", "keep_days"):
                self._set_lead_retention(records, study)
            # Phones and chats are not the trail's business; that they changed is.
            shown = {} if FACTS[name].form in ("phone", "chat") else {"was": was, "value": value}
            records.note(f"site:{study}", who, "fact", {"name": name, **shown}, self._clock())

        self._store.run_now(change)
