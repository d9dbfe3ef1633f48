"""The chains of the audit trail: how a row follows from the one before it, and what is wrong where it does not (3.6)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

#: What a chain starts from.
START = "0" * 64
#: The subject whose rows hold all other chains together.
ANCHOR = "anchor"
#: So far from its place a row that was moved is looked for.
_NEAR = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the trail."""

    subject: str
    seq: int
    at: datetime
    who: str
    what: str
    detail: Mapping[str, Any]
    previous: str
    hash: str = ""

    def digest(self) -> str:
        """The hash that it must have."""
        when = self.at.astimezone(UTC).isoformat()
        content = [self.subject, self.seq, when, self.who, self.what, dict(self.detail), self.previous]
        written = json.dumps(content, sort_keys=True, ensure_ascii=False)
        # JSON can spell half a character, which UTF-8 cannot.
        return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()

    @property
    def is_whole(self) -> bool:
        """Whether it is as it was written."""
        return self.digest() == self.hash


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written.

    `kind`: edited, reordered, removed (rows before this one are gone), unlinked (the row before is another one than
    when this was written), anchor (rows that were anchored are gone, changed or more than there were), unanchored (rows
    that are old have no anchor after them).
    """

    kind: str
    subject: str
    seq: int
    detail: str = ""


@dataclass
class Chains:
    """Checks rows as they come, chain by chain and in order; keeps none of them."""

    rows: int = 0
    chains: int = 0

    def check(self, links: Iterable[Link]) -> Iterator[Finding]:
        """What is wrong."""
        subject, last, trusted = None, START, True
        expected = 1
        for link in links:
            self.rows += 1
            if link.subject != subject:
                self.chains += 1
                subject, last, expected, trusted = link.subject, START, 1, True
            if link.seq > expected:
                yield Finding("removed", link.subject, link.seq, str(link.seq - expected))
                trusted = False
            if not link.is_whole:
                yield Finding("reordered" if _moved(link) else "edited", link.subject, link.seq)
                trusted = False
            else:
                if trusted and link.previous != last:
                    yield Finding("unlinked", link.subject, link.seq)
                trusted = True
            last, expected = link.hash, link.seq + 1


def _moved(link: Link) -> bool:
    """Whether the row is whole, but of another place in its chain; 0 is none."""
    if link.seq < 1:
        return False
    near = range(max(1, link.seq - _NEAR), link.seq + _NEAR)
    return any(replace(link, seq=seq).digest() == link.hash for seq in near)


@dataclass
class Anchored:
    """The rows from one anchor to the next, in the order in which they were written, as one hash."""

    rows: int = 0

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256()

    def take(self, subject: str, seq: int, hash: str) -> None:
        """One more row."""
        self.rows += 1
        self._hash.update(json.dumps([subject, seq, hash], ensure_ascii=False).encode())

    @property
    def digest(self) -> str:
        """Of all rows so far."""
        return self._hash.hexdigest()
