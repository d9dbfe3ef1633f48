"""What the pages of the scripts show, and why something of theirs is not done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff

from bot.script.cards import Card
from bot.script.problems import Problem, Severity
from bot.service.publishing import VersionLine


@dataclass(eq=False)
class CardChanged(Exception):
    """Somebody changed the same card since it was opened; nothing was saved."""

    who: str
    at: datetime


@dataclass(eq=False)
class NotEditable(Exception):
    """A value of the card stands in the file in a way that cannot be changed in its place."""

    name: str


@dataclass(eq=False)
class CannotMove(Exception):
    """There is no such place, it is the only one of its kind, or the list stands in brackets in the file."""


@dataclass(eq=False)
class BadId(Exception):
    """A new question cannot be called so."""

    id: str


@dataclass(eq=False)
class HasErrors(Exception):
    """A script with errors is not submitted, tried or rehearsed."""


@dataclass(eq=False)
class DraftThere(Exception):
    """A file would replace a draft that whoever brings it in may never have seen."""

    who: str
    at: datetime


@dataclass(eq=False)
class OtherStudy(Exception):
    """A file is a script of another study, or names none."""


@dataclass(eq=False)
class HasProblem(Exception):
    """A file is not taken or a document not made; the checker has a sentence for why."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem where it belongs: a card, and a place (`path`) in it. `part` is "" for the script as a whole."""

    line: int
    severity: Severity
    rule: str
    text: str
    part: str
    path: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is no error and yet should be known before a script is submitted."""

    #: Names of texts that changed against the version in use, and their other language did not.
    left_behind: tuple[str, ...]
    rehearsals: int
    wrong: int


@dataclass(frozen=True, slots=True)
class VersionView:
    """A kept version and the steps that whoever looks may take with it."""

    line: VersionLine
    steps: frozenset[str]
    #: Whether it is to the letter what is worked on.
    same: bool
    #: Whether today's checker finds errors in it: it can only be retired.
    broken: bool = False


@dataclass(frozen=True, slots=True)
class ScriptView:
    """A study's script as it is worked on: the draft, or what a draft would begin with (`revision` 0)."""

    study: str
    name: str
    revision: int
    saved_by: str
    saved_at: datetime | None
    #: A version published after the draft was begun, which it does not hold.
    newer: str
    source: str
    languages: tuple[str, ...]
    cards: tuple[Card, ...]
    problems: tuple[ProblemView, ...]
    #: Paths of answers that were walked; 0 where errors kept it from being walked.
    paths: int
    versions: tuple[VersionView, ...]
    #: The steps whoever looks may take: draft, submit, replay.
    steps: frozenset[str]
    demo: bool
    #: When a question is asked, in words, by its id; only of a script without errors.
    conditions: Mapping[str, str]
    #: Texts that changed in one language only, and rehearsals that are not as expected; None where not looked at.
    readiness: "Readiness | None" = None

    @property
    def errors(self) -> int:
        """How many problems keep it from being submitted."""
        return sum(problem.severity == "error" for problem in self.problems)

    def of(self, part: str) -> list[ProblemView]:
        """The problems of one card."""
        return [problem for problem in self.problems if problem.part == part]

    def beside(self, typed: str) -> Iterator[tuple[str, str]]:
        """Where a whole file differs from what is worked on: lines marked - (only there), + (only in the file) or blank."""
        for line in unified_diff(self.source.splitlines(), typed.splitlines(), lineterm="", n=1):
            if line.startswith("@@"):
                yield "…", ""
            elif line not in ("--- ", "+++ "):
                yield line[0], line[1:]

    def card(self, part: str) -> Card | None:
        """A card by its name."""
        return next((card for card in self.cards if card.part == part), None)

    @property
    def version(self) -> VersionView | None:
        """The kept version that is to the letter what is worked on."""
        return next((version for version in self.versions if version.same), None)


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study in the list. `published` is the hash new runs take, or ""; `waiting`: versions to be approved."""

    study: str
    name: str
    revision: int
    saved_by: str
    saved_at: datetime | None
    published: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One rehearsal: what came out, and what is not as expected."""

    id: str
    verdict: str
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """The rehearsals beside a script, walked with what is worked on; `problems`: files that could not be read."""

    results: tuple[Rehearsed, ...]
    problems: tuple[str, ...]

    @property
    def wrong(self) -> int:
        """How many are not as expected."""
        return sum(bool(each.differs) for each in self.results)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One difference: what it is of, and old beside new, by language for a text (else one pair under "").

    `left_behind`: languages whose text did not change with the other. `part`: the card it is on, "" where on none.
    """

    part: str
    area: str
    name: str
    pairs: tuple[tuple[str, str, str], ...]
    left_behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What changes of the version that is in use; `version` "" where there is none yet.

    `broken`: today's checker finds errors in that one, so nothing can be compared.
    """

    version: str
    changes: tuple[ChangeView, ...]
    broken: bool = False

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that something changes in."""
        return tuple(dict.fromkeys(change.area for change in self.changes))


@dataclass(frozen=True, slots=True)
class Workbook:
    """What an edited workbook would change; `whole`: it can be taken. `source` is the script with the changes.

    `revision` is the draft's that they were worked out from: only that one is to be replaced.
    """

    changes: tuple[ChangeView, ...]
    notes: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    whole: bool
    source: str
    revision: int
