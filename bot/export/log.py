"""The prescreening log as a file: CSV for Excel, XLSX, and HTML that prints to A4. Codes, days and counts; nobody's name."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.core.text import fill
from bot.export.flow_sheet import escaped
from bot.export.spreadsheet import as_csv
from bot.i18n import N_, Translator
from bot.leads.log import DECLINED, Line, Log, Mask, Masked

SHORT_HASH = 12

COLUMNS = (
    *(N_("Code"), N_("Date"), N_("Study"), N_("Flow version"), N_("Language"), N_("Verdict")),
    *(N_("Failing criteria or reasons"), N_("Open criteria"), N_("Checked by"), N_("Ending"), N_("Lead")),
)
_WIDTHS = (20, 12, 22, 15, 12, 16, 26, 20, 18, 18, 22)
#: How a walk ended before its consents, by counter.
INTRO: Mapping[str, str] = {
    "left": N_("Left before the consents"),
    "not_screened": N_("For somebody else, or in the study already"),
    "under_age": N_("Under 18, before any question"),
    "no_consent": N_("Did not consent"),
    "not_recruiting": N_("The study did not recruit, before any question"),
}
#: What only a run can come to, beside the words that staff pages have for it.
ENDINGS: Mapping[str, str] = {
    "under_age": N_("Under 18, by the answer"),
    "no_consent": N_("Did not consent to a newer version"),
}
NOT_CONSENT = N_(
    "This records prescreening in a chat. It is not the study's informed consent, and only the investigator decides who can join."
)
DEMO = N_("Demonstration: these are not real people.")
OF_VERSION = N_(
    "Of one version only what is kept can be counted: who left before the consents and what was deleted is in the totals of all versions."
)
MASKED = N_(
    "Numbers from 1 to {most} are shown as <{limit}; a star stands for a number that would give one of them away. The list of runs is left out."
)
SEVERAL = N_("One person may fail several criteria, so these do not add up to the number of people.")
ERASED = N_("Of these, deleted since and known by number only")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the reader's language for codes: tables of messages, and the name of a language."""

    tr: Translator
    verdicts: Mapping[str, str]
    outcomes: Mapping[str, str]
    statuses: Mapping[str, str]
    reasons: Mapping[str, str]
    tongue: Callable[[str], str]

    def word(self, table: Mapping[str, str], code: str) -> str:
        """The word for a code; one that nobody knows is shown as it is."""
        return self.tr(table[code]) if code in table else code


@dataclass(frozen=True, slots=True)
class Group:
    """Counts under a heading, with a remark on them."""

    title: str
    rows: Sequence[tuple[str, str]]
    remark: str = ""


def write_log(log: Log, format: str, language: str, words: Words) -> bytes:
    """The file in one of the formats `csv`, `xlsx`, `html`."""
    document = _Document(log, language, words)
    return {"csv": document.csv, "xlsx": document.xlsx, "html": document.html}[format]()


class _Document:
    """A log in one language: the same facts, lines and groups in every format."""

    def __init__(self, log: Log, language: str, words: Words) -> None:
        self._log = log
        self._language = language
        self._words = words
        tr = words.tr
        asked = log.asked
        self.title = tr(N_("Prescreening log"))
        self.facts = [
            (tr(N_("Study")), asked.study or tr(N_("All"))),
            (tr(N_("Period")), _days(asked.since, asked.until) or tr(N_("All"))),
            (tr(N_("Flow version")), asked.version or tr(N_("All"))),
            (tr(N_("Made on")), f"{log.made_at.astimezone(log.zone):%Y-%m-%d %H:%M}"),
        ]
        limit = str(asked.mask)
        self.remarks = [
            tr(NOT_CONSENT),
            *([tr(DEMO)] if log.demo else []),
            *([tr(OF_VERSION)] if asked.version else []),
            *([fill(tr(MASKED), {"limit": limit, "most": str(asked.mask - 1)})] if asked.mask else []),
        ]
        self.columns = [tr(column) for column in COLUMNS]
        self.rows = [self._row(line) for line in log.lines]
        self.groups = list(self._groups())

    def csv(self) -> bytes:
        """The list and the totals below each other."""
        rows: list[Sequence[str]] = [[self.title], *self.facts, *([remark] for remark in self.remarks)]
        if not self._log.asked.mask:
            rows += [[], self.columns, *self.rows]
        for group in self.groups:
            rows += [[], [group.title], *group.rows, *([[group.remark]] if group.remark else [])]
        return as_csv(rows)

    def xlsx(self) -> bytes:
        """The list on one sheet, the totals on another; every cell is text, whatever it looks like."""
        book = Workbook()
        del book[book.sheetnames[0]]
        book.properties.creator = "prescreen"
        if not self._log.asked.mask:
            sheet = book.create_sheet(self._words.tr(N_("Runs")))
            _fill(sheet, [self.columns, *self.rows])
            for column, width in enumerate(_WIDTHS, 1):
                sheet.column_dimensions[get_column_letter(column)].width = width
            _head(sheet, 1)
            sheet.freeze_panes = "B2"
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{max(sheet.max_row, 1)}"
        totals = book.create_sheet(self._words.tr(N_("Totals")))
        lines: list[Sequence[str]] = [[self.title], *self.facts, *([remark] for remark in self.remarks)]
        heads = [1]
        for group in self.groups:
            lines += [[], [group.title]]
            heads.append(len(lines))
            lines += [*group.rows, *([[group.remark]] if group.remark else [])]
        _fill(totals, lines, numbers=True)
        for head in heads:
            _head(totals, head)
        totals.column_dimensions["A"].width = 60
        totals.column_dimensions["B"].width = 24
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def html(self) -> bytes:
        """One file without anything from elsewhere."""
        templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        page = templates.get_template("log.html").render(
            language=self._language, document=self, masked=self._log.asked.mask, tr=self._words.tr
        )
        return page.encode()

    def _row(self, line: Line) -> list[str]:
        words = self._words
        return [
            line.code,
            line.day,
            line.study,
            line.version[:SHORT_HASH],
            words.tongue(line.language),
            words.word(words.verdicts, line.verdict),
            " ".join(words.word(words.reasons, each) for each in line.fails),
            " ".join(line.open),
            ", ".join(line.checked_by),
            self._ending(line.outcome) if line.outcome else words.tr(N_("In progress")),
            words.word(words.statuses, line.status),
        ]

    def _ending(self, outcome: str) -> str:
        return self._words.word({**self._words.outcomes, **ENDINGS}, outcome)

    def _groups(self) -> Iterator[Group]:
        tr, totals = self._words.tr, self._log.totals
        mask = Mask(self._log.asked.mask)
        parts = {tr(INTRO[name]): count for name, count in totals.intro.items()}
        if totals.started is not None:
            parts[tr(N_("Before the consents now"))] = totals.at_intro
            parts[tr(N_("Left at a question"))] = totals.left_at_question
        parts |= {self._ending(outcome): count for outcome, count in totals.endings.items()}
        parts[tr(N_("In progress"))] = totals.in_run
        began = [] if totals.started is None else [(tr(N_("Began")), _said(mask.alone(totals.started)))]
        told = [(name, _said(count)) for name, count in mask.together(parts).items()]
        erased = [(tr(ERASED), _said(mask.alone(totals.erased)))] if totals.started is not None else []
        yield Group(tr(N_("Everybody who began, by what became of them")), [*began, *told, *erased])
        leads = {
            self._words.word(self._words.statuses, status): totals.statuses[status]
            for status in self._words.statuses
            if totals.statuses.get(status)
        }
        standing = mask.together(leads)
        # What is kept from outsiders in one group would be given away by the same count in another.
        kept = {
            name for name, count in {**mask.together(parts), **standing}.items() if isinstance(count, Masked)
        }

        def told_alone(count: int, *of: str) -> str:
            return _said(Masked(0) if kept & {*of} else mask.alone(count))

        stands, ending = partial(self._words.word, self._words.statuses), self._ending
        by_team = ("phone_ineligible", "screen_failed")
        consort = {
            N_("Assessed: answered questions"): told_alone(totals.assessed),
            N_("Excluded by the answers"): told_alone(totals.endings["not_match"], ending("not_match")),
            N_("Excluded by a coordinator or at the visit"): told_alone(
                sum(totals.statuses.get(each, 0) for each in by_team), *map(stands, by_team)
            ),
            N_("Declined"): told_alone(totals.declined, ending("not_interested"), *map(stands, DECLINED)),
            N_("Enrolled"): told_alone(totals.enrolled, stands("enrolled")),
        }
        yield Group(tr(N_("For the CONSORT diagram")), [(tr(name), told) for name, told in consort.items()])
        fails = [
            (self._words.word(self._words.reasons, id), _said(mask.alone(count)))
            for id, count in totals.fails.items()
        ]
        yield Group(tr(N_("Failing criteria and reasons")), fails, tr(SEVERAL))
        told = [(name, _said(count)) for name, count in standing.items()]
        yield Group(tr(N_("Leads by where they stand")), told)


def _days(since: object, until: object) -> str:
    return f"{since or '…'} – {until or '…'}" if since or until else ""


def _said(count: int | Masked) -> str:
    if isinstance(count, int):
        return str(count)
    return f"<{count.limit}" if count.limit else "*"


def _fill(sheet: Worksheet, lines: Sequence[Sequence[str]], numbers: bool = False) -> None:
    for number, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(number, column)
            if numbers and column == 2 and text.isascii() and text.isdecimal():
                cell.value = int(text)
                continue
            cell.number_format = "@"
            if text:
                cell.value = escaped(text)
                cell.data_type = "s"
                cell.alignment = Alignment(wrap_text=len(line) > 1, vertical="top")


def _head(sheet: Worksheet, line: int) -> None:
    for cell in sheet[line]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="DDE6EE")
