"""What a table that somebody edited would change in the script it was made from."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from bot.core.text import Text
from bot.script.compile import LANGUAGES, Compiled, compile_script
from bot.script.edit import CannotEdit, Value, rewritten, set_values
from bot.script.problems import NOWHERE, Problem, problem_at
from bot.script.rows import NUMBER, Part, Row, Rows, is_number, rows_of
from bot.script.script import Path

#: So many places are named in a sentence.
_LISTED = 8
_JOINT = {"zh": "；", "en": "; "}


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell now, what stood in it when the table was made, and where it is."""

    value: str
    before: str
    where: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A row that came back: its cells by language, and what somebody noted beside it."""

    part: Part
    key: str
    where: str
    cells: Mapping[str, Cell]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that came back, the script and version it was made from, and what is wrong with it as a file."""

    file: str
    study: str = ""
    version: str = ""
    rows: tuple[Returned, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A text or a number that becomes another one, in every language before and after."""

    path: Path
    place: Text
    old: Text
    new: Text
    #: Languages in which a text stays as it was although another changes.
    left_behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a table would change; nothing is written before somebody says so.

    `problems` are the table's: with an error among them something in it would be lost, so it cannot be taken.
    `compiled` is the script with the changes, and what the checker says of it.
    """

    changes: tuple[Change, ...]
    notes: tuple[tuple[Text, str], ...]
    problems: tuple[Problem, ...]
    source: bytes
    compiled: Compiled

    @property
    def whole(self) -> bool:
        """Whether everything in the table was understood."""
        return all(problem.severity != "error" for problem in self.problems)


def take(source: bytes, file: str, table: Table) -> Taken:
    """What a table would change in a script, with its problems, and the script with the changes."""
    laid = rows_of(source, file)
    if laid is None or not table.rows:
        return _taken(source, file, [], [], table.problems)
    if table.study != laid.study:
        other = problem_at(table.file, NOWHERE, "sheet_of_other_study", word=table.study, study=laid.study)
        return _taken(source, file, [], [], (*table.problems, other))
    changes: list[Change] = []
    notes: list[tuple[Text, str]] = []
    problems = [*table.problems, *_as_a_whole(laid, table)]
    by_key = {(row.part, row.key): row for row in laid.rows}
    times = Counter((row.part, row.key) for row in table.rows)
    for returned in table.rows:
        row = by_key.get((returned.part, returned.key))
        if row is None or times[returned.part, returned.key] > 1:
            message = "sheet_row_unknown" if row is None else "sheet_row_twice"
            problems.append(problem_at(returned.where, NOWHERE, message, word=returned.key))
            continue
        if returned.note:
            notes.append((row.place, returned.note))
        change, wrong = _compared(row, returned)
        changes += [change] if change.new != change.old else []
        problems += wrong
    order = {row.path: place for place, row in enumerate(laid.rows)}
    return _taken(source, file, sorted(changes, key=lambda change: order[change.path]), notes, problems)


def _as_a_whole(laid: Rows, table: Table) -> Iterator[Problem]:
    if table.version != laid.version:
        made, now = table.version[:12], laid.version[:12]
        yield problem_at(table.file, NOWHERE, "sheet_of_other_version", made=made, now=now)
    found = {(row.part, row.key) for row in table.rows}
    parts = {row.part for row in table.rows}
    gone = [row.place for row in laid.rows if row.part in parts and (row.part, row.key) not in found]
    if gone:
        places = {
            language: _JOINT[language].join(place[language] for place in gone[:_LISTED])
            for language in LANGUAGES
        }
        yield problem_at(table.file, NOWHERE, "sheet_rows_missing", count=len(gone), places=places)


def _compared(row: Row, returned: Returned) -> tuple[Change, list[Problem]]:
    """What somebody changed in a row. What the script itself changed since the table was made stays."""
    numbers = row.part is Part.LIMITS
    same = _same_number if numbers else _same_text
    new, problems = dict(row.values), []
    for language, now in row.values.items():
        cell = returned.cells.get(language)
        if cell is None:
            continue  # reported, or a language that is new in the script
        wanted = _tidy(cell.value, row.part)
        if same(wanted, cell.before) or same(wanted, now):
            continue
        if numbers and not is_number(wanted):
            problems.append(problem_at(cell.where, NOWHERE, "sheet_not_a_number", word=wanted))
        elif not same(now, cell.before):
            problems.append(problem_at(cell.where, NOWHERE, "sheet_both_changed", word=now))
        else:
            new[language] = wanted
    changed = [language for language in new if new[language] != row.values[language]]
    filled_in = not any(row.values[language] for language in changed)
    left = () if filled_in else tuple(each for each in new if new[each] and each not in changed)
    return Change(row.path, row.place, row.values, new, left), problems


def _tidy(value: str, part: Part) -> str:
    """A text as a script holds it: `\\n` at line ends, nothing around it. A number in ordinary digits."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return unicodedata.normalize("NFKC", value) if part is Part.LIMITS else value


def _same_text(one: str, other: str) -> bool:
    return one == other.strip()


def _same_number(one: str, other: str) -> bool:
    numbers = [Decimal(each) if is_number(each) else each for each in (one, other)]
    return numbers[0] == numbers[1]


def _taken(
    source: bytes,
    file: str,
    changes: Sequence[Change],
    notes: Sequence[tuple[Text, str]],
    problems: Sequence[Problem],
) -> Taken:
    found = list(problems)
    values: dict[Path, Value] = {}
    for change in changes:
        for language, text in change.new.items():
            if text != change.old[language]:
                path = change.path if language == NUMBER else (*change.path, language)
                values[path] = Decimal(text) if language == NUMBER else text
    edited = source
    while values:
        try:
            edited = rewritten(source, partial(set_values, values=values))
            break
        except CannotEdit as cannot:
            del values[cannot.path]
            place = next(each.place for each in changes if cannot.path[: len(each.path)] == each.path)
            found.append(problem_at(file, NOWHERE, "sheet_cannot_edit", place=place))
    return Taken(tuple(changes), tuple(notes), tuple(found), edited, compile_script(edited, file))
