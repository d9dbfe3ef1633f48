"""A script as a workbook (XLSX) that translators and doctors edit in Excel or WPS, and what comes back of it."""

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell as WrittenCell
from openpyxl.cell import MergedCell
from openpyxl.cell.text import Text as SharedText
from openpyxl.formatting.rule import Rule
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from bot.script.messages import language_name
from bot.script.problems import NOWHERE, Problem, problem_at
from bot.script.rows import NUMBER, Part, Row, is_number, rows_of
from bot.script.taking import Cell, Returned, Table

#: Of a file as it comes, and of what is packed in it.
MOST_BYTES, MOST_UNPACKED = 10_000_000, 50_000_000
#: Excel's own limit, in units of UTF-16.
MOST_IN_A_CELL = 32767
#: Columns further to the right and rows further down are somebody's own.
MOST_COLUMNS, MOST_ROWS = 50, 20_000

TITLES = {Part.TEXTS: "文字 Texts", Part.CRITERIA: "标准 Criteria", Part.LIMITS: "界限 Limits"}
#: The hidden sheet that says what the workbook was made from.
ORIGIN = "prescreen"
PLACE, NOTE, KEY = "位置 / Place", "备注 / Note", "键 / Key"
_PLACE_WIDTH, _TEXT_WIDTH, _NOTE_WIDTH = 30, 55, 30

_HEADING = PatternFill("solid", start_color="DDE6EE")
_EDITED = PatternFill("solid", end_color="FFF2B8")
_LOCKED = PatternFill("solid", start_color="F5F5F5")

#: What XML cannot hold, or would read otherwise. Excel writes it as `_x000D_`, and `_x005F_` for the underscore of a
#: text that only looks like that (ECMA-376, ST_Xstring).
_ODD = "[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_LIKE_AN_ESCAPE = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}(?:_|{_ODD}))")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(eq=False)
class TooLong(Exception):
    """A text of the script does not fit into a cell; `problem` says which."""

    problem: Problem


def flow_sheet(source: bytes | str, file: str) -> bytes | None:
    """A script as a workbook, also one that is not right yet; None where it cannot be read as YAML. Raises TooLong."""
    rows = rows_of(source, file)
    if rows is None:
        return None
    book = Workbook()
    book.properties.creator = "prescreen"
    for part, title in TITLES.items():
        sheet = book.create_sheet(title)
        languages = _columns(part, rows.languages)
        _fill(sheet, languages, [row for row in rows.rows if row.part is part], file)
        _lay_out(sheet, languages)
        if part is Part.LIMITS:
            _ask_for_numbers(sheet)
    del book[book.sheetnames[0]]
    origin = book.create_sheet(ORIGIN)
    for name, value in (
        ("study", rows.study),
        ("version", rows.version),
        ("languages", " ".join(rows.languages)),
    ):
        origin.append([name, value])
    origin.sheet_state = "veryHidden"
    origin.protection.sheet = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_sheet(data: bytes, name: str) -> Table:
    """A workbook that came back, as far as it can be read; what is wrong with it is in its problems."""
    if len(data) > MOST_BYTES:
        return Table(name, problems=(_problem(name, "sheet_too_big", limit=MOST_BYTES // 1_000_000),))
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > MOST_UNPACKED:
            return Table(name, problems=(_problem(name, "sheet_too_big", limit=MOST_BYTES // 1_000_000),))
        sheets = dict(_sheets(data))
    except Exception:  # whatever a broken file makes openpyxl stumble over: zip, XML, keys, numbers
        return Table(name, problems=(_problem(name, "sheet_unreadable"),))
    return _table(sheets, name)


# writing


def _columns(part: Part, languages: Sequence[str]) -> dict[str, str]:
    """The headings of what is edited, by language."""
    if part is Part.LIMITS:
        return {NUMBER: "数字 / Number"}
    return {each: f"{language_name(each)['zh'].strip()} / {language_name(each)['en']}" for each in languages}


def _before(language: str) -> str:
    return f"导出时 / As exported: {language}"


def _fill(sheet: Worksheet, languages: Mapping[str, str], rows: Sequence[Row], file: str) -> None:
    headings = [PLACE, *languages.values(), NOTE, KEY, *map(_before, languages)]
    for column, heading in enumerate(headings, 1):
        _write(sheet.cell(1, column), heading)
    for line, row in enumerate(rows, 2):
        texts = [row.values[language] for language in languages]
        place = (
            row.place["zh"] if row.place["zh"] == row.place["en"] else f"{row.place['zh']}\n{row.place['en']}"
        )
        for column, text in enumerate([place, *texts, "", row.key, *texts], 1):
            if len(escaped(text).encode("utf-16-le", "surrogatepass")) > 2 * MOST_IN_A_CELL:
                problem = problem_at(
                    file, NOWHERE, "sheet_text_too_long", place=row.place, limit=MOST_IN_A_CELL
                )
                raise TooLong(problem)
            _write(sheet.cell(line, column), text)
        if row.part is Part.LIMITS and is_number(texts[0]):
            for column in (2, len(headings)):
                sheet.cell(line, column, Decimal(texts[0])).number_format = "General"


def _write(cell: WrittenCell | MergedCell, text: str) -> None:
    """A text that stays one whatever it looks like: a date, a number, a formula, an error."""
    cell.number_format = "@"
    if text:
        cell.value = escaped(text)
        cell.data_type = "s"


def _lay_out(sheet: Worksheet, languages: Mapping[str, str]) -> None:
    """Widths, wrapped lines, a heading that stays; only texts and notes can be edited, changed ones are marked."""
    last, first_hidden = sheet.max_row, len(languages) + 3
    widths = [_PLACE_WIDTH, *[_TEXT_WIDTH for _ in languages], _NOTE_WIDTH]
    for column in range(1, sheet.max_column + 1):
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = widths[column - 1] if column < first_hidden else _PLACE_WIDTH
        dimension.hidden = column >= first_hidden
        for line in range(1, last + 1):
            cell = sheet.cell(line, column)
            editable = line > 1 and 1 < column < first_hidden
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.protection = Protection(locked=not editable)
            if line == 1:
                cell.font, cell.fill = Font(bold=True), _HEADING
            elif column == 1:
                cell.fill = _LOCKED
    for column in range(2, 2 + len(languages)):
        here, before = (get_column_letter(at) for at in (column, column + len(languages) + 2))
        formula = f"NOT(EXACT({here}2,{before}2))"
        changed = Rule("expression", formula=[formula], dxf=DifferentialStyle(fill=_EDITED))
        sheet.conditional_formatting.add(f"{here}2:{here}{max(last, 2)}", changed)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(first_hidden - 1)}{last}"
    protection = sheet.protection
    protection.sheet = True
    # A flag that is off allows.
    protection.formatColumns = protection.formatRows = protection.formatCells = protection.autoFilter = False


def _ask_for_numbers(sheet: Worksheet) -> None:
    asked = DataValidation("decimal", operator="between", formula1="-999999999", formula2="999999999")
    asked.showErrorMessage = True
    asked.errorTitle = "数字 / Number"
    asked.error = "请只写一个数字，例如 18。\nWrite just a number, for example 18."
    asked.add(f"B2:B{max(sheet.max_row, 2)}")
    sheet.add_data_validation(asked)


# reading


class _Reader(ExcelReader):
    """openpyxl drops every `x005F_` from shared strings, so that an escape and what looks like one become one."""

    def read_strings(self) -> None:
        """What cells refer to by number."""
        parts = [each for each in self.package.Override if each.ContentType == SHARED_STRINGS]
        for part in parts:
            with self.archive.open(part.PartName[1:]) as source:
                nodes = [node for _, node in iterparse(source) if node.tag == f"{{{SHEET_MAIN_NS}}}si"]
            texts = map(SharedText.from_tree, nodes)
            self.shared_strings = [text.content if text else "" for text in texts]


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in a cell: a text, or (as it is shown) what is none."""

    kind: str = ""
    words: str = ""


_EMPTY = _Found()
#: The rows of a sheet that hold something, by their number.
_Lines = Mapping[int, Sequence[_Found]]


def _sheets(data: bytes) -> Iterator[tuple[str, _Lines]]:
    """The rows of each sheet, cell by cell; what stands in many cells is kept once."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # openpyxl tells of features that it does not keep; nothing is written back
        reader = _Reader(io.BytesIO(data), read_only=True, keep_links=False)
        reader.read()
        read = lru_cache(maxsize=None)(unescaped)
        for sheet in reader.wb.worksheets:
            # A row that is not in the file comes as one of empty cells, however far down the last one is.
            rows = enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS), 1)
            yield (
                sheet.title,
                {
                    number: [_found(cell, read) for cell in row]
                    for number, row in rows
                    if any(cell.value is not None for cell in row)
                },
            )


def _found(cell: Any, read: Callable[[str], str]) -> _Found:
    if cell.value is None:
        return _EMPTY
    if cell.data_type == "s":
        return _Found("s", read(cell.value))
    value = cell.value
    number = cell.data_type == "n" and isinstance(value, float) and value.is_integer()
    return _Found(cell.data_type, str(int(value) if number else value))


def _table(sheets: Mapping[str, _Lines], name: str) -> Table:
    origin = {row[0].words: row[1].words for row in sheets.get(ORIGIN, {}).values()}
    if not origin:
        return Table(name, problems=(_problem(name, "sheet_tab_missing", word=ORIGIN),))
    rows: list[Returned] = []
    problems: list[Problem] = []
    for part, title in TITLES.items():
        if title not in sheets:
            problems.append(_problem(name, "sheet_tab_missing", word=title))
            continue
        columns = _columns(part, origin.get("languages", "").split())
        for found in _rows(sheets[title], part, columns, f"{name} {title}"):
            if isinstance(found, Returned):
                rows.append(found)
            else:
                problems.append(found)
    return Table(name, origin.get("study", ""), origin.get("version", ""), tuple(rows), tuple(problems))


def _rows(lines: _Lines, part: Part, columns: Mapping[str, str], where: str) -> Iterator[Returned | Problem]:
    headings = [found.words for found in lines.get(1, ())]
    needed = [*columns.values(), KEY, *map(_before, columns)]
    missing = [heading for heading in needed if heading not in headings]
    yield from (_problem(where, "sheet_column_missing", word=heading) for heading in missing)
    if missing:
        return
    at = {heading: headings.index(heading) for heading in headings}
    for number, line in lines.items():
        if number == 1:
            continue
        key, note = line[at[KEY]].words, line[at[NOTE]].words if NOTE in at else ""
        places = {
            language: f"{where}!{get_column_letter(at[heading] + 1)}{number}"
            for language, heading in columns.items()
        }
        found = {language: line[at[heading]] for language, heading in columns.items()}
        if not key:
            if note or any(each.words for each in found.values()):
                yield _problem(f"{where}!{number}", "sheet_row_without_key")
            continue
        cells = {}
        for language, each in found.items():
            if each.kind in ("", "s") or (each.kind == "n" and part is Part.LIMITS):
                cells[language] = Cell(each.words, line[at[_before(language)]].words, places[language])
            elif each.kind == "f":
                yield _problem(places[language], "sheet_formula")
            else:
                yield _problem(places[language], "sheet_converted", word=each.words)
        yield Returned(part, key, f"{where}!{number}", cells, note)


def escaped(text: str) -> str:
    """A text as a workbook holds it."""
    text = _LIKE_AN_ESCAPE.sub("_x005F_", text)
    return re.sub(_ODD, lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """A text as a workbook holds it, as it reads."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _problem(where: str, message: str, **values: str | int) -> Problem:
    return problem_at(where, NOWHERE, message, **values)
