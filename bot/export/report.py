"""A report in words: tables, each with its picture, for a page, a file or a terminal (Q-5, Q-13)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.text import Text, fill
from bot.export.bars import Bar, Bars
from bot.export.log import DEMO, SEVERAL, Words
from bot.export.spreadsheet import as_csv
from bot.i18n import N_
from bot.leads.report import CHECKING, DELETED, UNKNOWN, Cell, Report, Table, said, tables_of

TITLES: Mapping[str, str] = {
    "workload": N_("Work now"),
    "funnel": N_("From the first message to the study"),
    "drop_off": N_("Where people stop"),
    "fails": N_("What each criterion costs"),
    "leads": N_("Leads by where they stand"),
    "times": N_("How long people wait for us"),
    "sources": N_("Where people come from"),
    "languages": N_("Languages"),
}
KEYS: Mapping[str, str] = {
    "what": N_("Work"),
    "stage": N_("How far"),
    "question": N_("Question"),
    "criterion": N_("Criterion or reason"),
    "status": N_("Status"),
    "until": N_("Until"),
    "source": N_("Source"),
    "language": N_("Language"),
}
COLUMNS: Mapping[str, str] = {
    "people": N_("People"),
    "leads": N_("Leads"),
    "standing": N_("Stand there now"),
    "ended": N_("Ended there"),
    "all": N_("Fail for it"),
    "alone": N_("For it alone"),
    "working_median": N_("Half of them, working hours"),
    "working_ninetieth": N_("9 of 10, working hours"),
    "clock_median": N_("Half of them, hours"),
    "clock_ninetieth": N_("9 of 10, hours"),
    "consented": N_("Consented"),
    "finished": N_("Answered everything"),
    "reached": N_("Reached"),
    "enrolled": N_("Enrolled"),
}
#: The source of whom a coordinator entered.
BY_HAND = "by_hand"
#: The keys of rows that are no names.
ROWS: Mapping[str, str] = {
    "new_today": N_("New today"),
    "open": N_("Open leads"),
    "due_today": N_("Still due today"),
    "overdue": N_("Overdue"),
    "began": N_("Began"),
    "consented": N_("Consented to the questions"),
    "finished": N_("Answered everything"),
    "leads": N_("Became leads"),
    "reached": N_("Reached"),
    "visit_booked": N_("Visit booked"),
    "attended": N_("Came to the visit"),
    "study_consent": N_("Consented to the study"),
    "enrolled": N_("Enrolled"),
    "first_try": N_("the first try"),
    "reach": N_("the person is reached"),
    "never_reached": N_("tried, not reached"),
    "never_tried": N_("never tried"),
    CHECKING: N_("All answered, checking the answers"),
    DELETED: N_("Deleted since, not known"),
    UNKNOWN: N_("Not known"),
    BY_HAND: N_("Entered by hand"),
}
REMARKS: Mapping[str, Sequence[str]] = {
    "workload": (N_("Of the whole study now, whatever the days above."),),
    "funnel": (
        N_("Of leads that were deleted only the last status is known, so some of them came further than is counted."),
    ),
    "drop_off": (
        N_("Runs that did not come to a result, by the question that would be next. Of some that were deleted the question is not known."),
    ),
    "fails": (
        SEVERAL,
        N_("Alone is said of what was asked: a script that stops at a fail does not ask whether others fail too."),
    ),
    "leads": (),
    "times": (
        N_("Of the leads that are kept. Half of the people, and 9 of 10, waited no longer than this; working hours are the site's."),
    ),
    "sources": (N_("The source is the word behind the link or code by which people came. It goes with what is deleted."),),
    "languages": (N_("The language goes with what is deleted."),),
}  # fmt: skip
MASKED = N_(
    "Numbers from 1 to {most} are shown as <{limit}; a star stands for a number that would give one of them away."
)
EMPTY = N_("Nothing to show yet")
HOURS = N_("{number} h")
MEDIAN = N_("Until {what}: half of them, working hours")
NINETIETH = N_("Until {what}: 9 of 10, working hours")
#: The column that is drawn, and the one that is a part of it.
DRAWN: Mapping[str, tuple[str, str]] = {
    "drop_off": ("", "ended"),
    "fails": ("all", "alone"),
    "sources": ("consented", "leads"),
    "languages": ("consented", "leads"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with its picture, in one language."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    remarks: Sequence[str]
    bars: Bars
    facts: Sequence[tuple[str, str]]
    language: str

    def inside(self) -> str:
        """The picture as part of a page."""
        return self.bars.inside(self.name.replace("_", "-"))

    def file(self, format: str) -> bytes:
        """The picture (`svg`) or the table (`csv`) as a file."""
        if format == "svg":
            return self.bars.file(self.language).encode()
        head = [[self.title], *self.facts, *([remark] for remark in self.remarks), []]
        return as_csv([*head, self.columns, *self.rows])


def sheets(report: Report, language: str, words: Words) -> tuple[Sequence[Sheet], Sequence[str]]:
    """Every table of a report, and what is to be said of all of them."""
    made = _Made(report, language, words)
    return [made.sheet(table) for table in tables_of(report)], made.remarks


class _Made:
    """A report in one language."""

    def __init__(self, report: Report, language: str, words: Words) -> None:
        self._report = report
        self._language = language
        self._words = words
        tr, asked = words.tr, report.asked
        mask = {"limit": str(asked.mask), "most": str(asked.mask - 1)}
        self.remarks = [
            *([tr(DEMO)] if report.demo else []),
            *([fill(tr(MASKED), mask)] if asked.mask else []),
        ]
        days = f"{asked.since or '…'} – {asked.until or '…'}" if asked.since or asked.until else tr(N_("All"))
        self._facts = [
            (tr(N_("Study")), asked.study),
            (tr(N_("Period")), days),
            (tr(N_("Made on")), f"{report.made_at.astimezone(report.zone):%Y-%m-%d %H:%M}"),
        ]

    def sheet(self, table: Table) -> Sheet:
        """One table."""
        tr = self._words.tr
        remarks = [tr(remark) for remark in REMARKS[table.name]]
        labels = {key: self._label(table.key, key) for key in table.rows}
        rows = [[labels[key], *map(said, cells)] for key, cells in table.rows.items()]
        columns = [tr(KEYS[table.key]), *(tr(COLUMNS[column]) for column in table.columns)]
        if table.name == "fails":
            columns.insert(1, tr(N_("Words")))
            for row, id in zip(rows, table.rows, strict=True):
                row.insert(1, self._text(self._report.criteria.get(id, {})))
        if table.name == "funnel":
            columns.append(tr(N_("Of those before")))
            before: Cell = None
            for row, (cell, *_) in zip(rows, table.rows.values(), strict=True):
                row.append(_share(cell, before))
                before = cell
        drawn = self._bars(table, labels)
        facts = [*self._facts, *(("", remark) for remark in self.remarks)]
        return Sheet(table.name, tr(TITLES[table.name]), columns, rows, remarks, drawn, facts, self._language)

    def _bars(self, table: Table, labels: Mapping[str, str]) -> Bars:
        tr = self._words.tr
        legend = None
        if table.name in DRAWN:
            whole, part = DRAWN[table.name]
            first, second = COLUMNS[whole or "standing"], COLUMNS[part]
            legend = (tr(first), tr(second))
        under = [f"{name} {value}" for name, value in self._facts] + list(self.remarks)
        draw = {"times": self._times, "drop_off": self._drop_off}.get(table.name, self._plain)
        return Bars(tr(TITLES[table.name]), under, list(draw(table, labels)), legend, tr(EMPTY))

    def _plain(self, table: Table, labels: Mapping[str, str]) -> Iterator[Bar]:
        whole, part = DRAWN.get(table.name, ("", ""))
        for key, cells in table.rows.items():
            found = dict(zip(table.columns, cells, strict=True))
            length = found[whole] if whole else cells[0]
            words = f"{said(length)} · {said(found[part])}" if part else said(length)
            yield Bar(labels[key], words, _number(length), _number(found[part]) if part else None)

    def _drop_off(self, table: Table, labels: Mapping[str, str]) -> Iterator[Bar]:
        for key, (standing, ended) in table.rows.items():
            here, gone = _number(standing), _number(ended)
            whole = None if here is None or gone is None else here + gone
            yield Bar(labels[key], f"{said(standing)} · {said(ended)}", whole, gone)

    def _times(self, table: Table, labels: Mapping[str, str]) -> Iterator[Bar]:
        tr = self._words.tr
        for key, (_, median, ninetieth, *_) in table.rows.items():
            if key.startswith("never"):
                continue
            for sentence, hours in ((MEDIAN, median), (NINETIETH, ninetieth)):
                if hours is not None:
                    number = fill(tr(HOURS), {"number": said(hours)})
                    yield Bar(fill(tr(sentence), {"what": labels[key]}), number, _number(hours))

    def _label(self, kind: str, key: str) -> str:
        words, tr = self._words, self._words.tr
        if kind == "status":
            return words.word(words.statuses, key)
        if kind == "criterion":
            return words.word(words.reasons, key)
        if key in (CHECKING, DELETED, UNKNOWN) or kind in ("what", "stage", "until"):
            return tr(ROWS[key])
        if (kind, key) == ("source", BY_HAND):
            return tr(ROWS[key])
        named: Mapping[str, Callable[[str], str]] = {"question": self._question, "language": words.tongue}
        return named[kind](key) if kind in named else key

    def _question(self, id: str) -> str:
        return self._text(self._report.questions.get(id, {})) or id

    def _text(self, text: Text) -> str:
        return text.get(self._language) or next(iter(text.values()), "")


def _number(cell: Cell) -> float | None:
    return cell if isinstance(cell, int | float) else None


def _share(cell: Cell, before: Cell) -> str:
    here, whole = _number(cell), _number(before)
    return f"{here / whole:.0%}" if here is not None and whole else ""
