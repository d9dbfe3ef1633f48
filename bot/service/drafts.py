"""Scripts in the making, one draft for each study: whoever brings one in is told of everybody else's change."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import Conflict, Refused, draft_trail


@dataclass(frozen=True, slots=True)
class Pulled:
    """What somebody took out: the draft's revision (0: there was none) and the version published then."""

    study: str
    revision: int
    published: str
    #: The published version that what was taken out holds.
    based_on: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A script in the making, to the byte as it was brought in."""

    study: str
    revision: int
    source: bytes
    #: The published version it holds: was begun from, or was once itself.
    based_on: str
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """What is taken out of the store: a draft, or the version that is worked on next."""

    source: bytes
    pulled: Pulled
    #: Whose and of when it is.
    who: str
    at: datetime
    #: A version published after the draft was begun, which it does not hold.
    newer: str = ""


class Drafts:
    """Takes drafts in and hands them out."""

    def __init__(self, store: Store, study_of: Callable[[bytes], str], clock: Clock) -> None:
        self._store = store
        self._study_of = study_of
        self._clock = clock

    def draft(self, study: str) -> Draft | None:
        """A study's draft."""
        return self._store.run_now(lambda records: _draft(records, study))

    def list(self) -> list[tuple[str, int, str, datetime]]:
        """Every draft: study, revision, by whom and when."""
        rows = self._store.run_now(lambda records: records.drafts())
        return [(row.study, row.revision, row.saved_by, row.saved_at) for row in rows]

    def pull(self, study: str, published: bool = False) -> Copy:
        """The draft, else what is published, else what was kept last. Refused: nothing is kept of the study."""

        def pull(records: Records) -> Copy:
            current = records.published().get(study, "")
            draft = _draft(records, study)
            if draft is not None and not published:
                holds = current if current and _holds(records, draft, current) else draft.based_on
                newer = current if current not in ("", holds) else ""
                pulled = Pulled(study, draft.revision, current, holds)
                return Copy(draft.source, pulled, draft.saved_by, draft.saved_at, newer)
            kept = [row for row in records.versions() if row.study == study]
            if not kept or (published and not current):
                raise Refused("nothing_kept", study)
            row = next((row for row in kept if row.hash == current), kept[0])
            source = records.version(row.hash)
            assert source is not None
            pulled = Pulled(study, draft.revision if draft else 0, current, current)
            return Copy(source, pulled, row.added_by, row.added_at)

        return self._store.run_now(pull)

    def push(self, source: bytes, who: str, pulled: Pulled | None = None, over: bool = False) -> Draft:
        """The study's next draft; it need not be right yet. `over`: whoever else changed it, this one stands.

        Saved again is what was pulled, or the same words. What a draft holds of the published versions is as it was
        pulled; without that it is taken to be begun from the present one. Raises Conflict, and what `study_of` raises where the file names no study.
        """
        check_names(who)
        study = self._study_of(source)
        if pulled is not None and pulled.study != study:
            pulled = None

        def push(records: Records) -> Draft:
            before = _draft(records, study)
            current = records.published().get(study, "")
            if not over:
                _look_out(records, before, source, who, pulled, current)
            based_on = pulled.based_on if pulled is not None and pulled.based_on else current
            now, after = self._clock(), before.revision if before else 0
            revision = after + 1 if before else _last_discarded(records, study)[0] + 1
            if not records.save_draft(study, source, based_on, who, now, after, revision):
                beaten = _draft(records, study)  # by somebody who was quicker by an instant
                assert beaten is not None
                raise Conflict("drafted", beaten.saved_by, beaten.saved_at)
            detail = {"revision": revision, "digest": hashlib.sha256(source).hexdigest(), "over": over}
            records.note(draft_trail(study), who, "drafted", detail, now)
            return Draft(study, revision, source, based_on, who, now)

        return self._store.run_now(push)


def discard(records: Records, study: str, who: str, revision: int, now: datetime) -> None:
    """A draft goes, and what is worked on is the published version again. Conflict: it was changed since."""
    before = _draft(records, study)
    if before is None:
        return
    if before.revision != revision:
        raise Conflict("drafted", before.saved_by, before.saved_at)
    records.drop_draft(study)
    records.note(draft_trail(study), who, "discarded", {"revision": revision}, now)


def _draft(records: Records, study: str) -> Draft | None:
    row = records.draft(study)
    if row is None:
        return None
    return Draft(row.study, row.revision, row.source, row.based_on, row.saved_by, row.saved_at)


def _last_discarded(records: Records, study: str) -> tuple[int, str, datetime | None]:
    """The revision of the draft that was discarded last, by whom and when; a later draft goes on counting from there,
    so that no number is ever two drafts'."""
    for row in reversed(records.trail(draft_trail(study))):
        if row.what == "discarded":
            return row.detail["revision"], row.who, row.at
    return 0, "", None


def _holds(records: Records, draft: Draft, current: str) -> bool:
    """Whether a draft was begun from the published version, or was itself submitted as it."""
    if current == draft.based_on:
        return True
    for row in reversed(records.trail(draft_trail(draft.study))):
        if row.what == "submitted" and row.detail["version"] == current:
            return True
        if row.what == "discarded" or row.detail.get("over"):
            return False
    return False


def _look_out(
    records: Records, before: Draft | None, source: bytes, who: str, pulled: Pulled | None, current: str
) -> None:
    """Whether somebody else's change would be lost; raises Conflict."""
    seen = pulled.revision if pulled else 0
    if before is not None and before.revision != seen and before.source != source:
        raise Conflict("drafted", before.saved_by, before.saved_at)
    if before is None and seen and pulled is not None:
        gone, discarded_by, at = _last_discarded(records, pulled.study)
        if gone >= seen and at is not None:
            raise Conflict("drafted", discarded_by, at)
    if pulled is not None and pulled.published not in ("", current) and current:
        row = records.publications(pulled.study)[-1]
        if row.published_by != who:
            raise Conflict("published", row.published_by, row.at)
