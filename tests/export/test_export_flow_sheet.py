"""A script as a workbook: out, edited as people do in Excel or WPS, and back."""

import io
import random
import re
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.export import flow_sheet as module
from bot.export.flow_sheet import (
    KEY,
    MOST_ROWS,
    NOTE,
    TITLES,
    TooLong,
    escaped,
    flow_sheet,
    read_sheet,
    unescaped,
)
from bot.script.compile import compile_script
from bot.script.library import script_files
from bot.script.messages import CATALOGUE
from bot.script.rows import NUMBER, Part
from bot.script.taking import Taken, take

SMALL = Path(__file__).parents[1] / "script" / "small" / "flow.yaml"
SHIPPED = list(script_files(Path(__file__).parents[2] / "flows"))
SOURCE = SMALL.read_bytes()


@cache
def made_of(source: bytes) -> bytes:
    made = flow_sheet(source, "flow.yaml")
    assert made is not None
    return made


class Book:
    """A workbook open in front of somebody."""

    def __init__(self, source: bytes = SOURCE) -> None:
        self.book: Workbook = load_workbook(io.BytesIO(made_of(source)))

    def sheet(self, part: Part = Part.TEXTS) -> Worksheet:
        return self.book[TITLES[part]]

    def headings(self, part: Part = Part.TEXTS) -> list[str]:
        return [str(cell.value) for cell in self.sheet(part)[1]]

    def line(self, key: str) -> tuple[Worksheet, int]:
        for part in Part:
            column = self.headings(part).index(KEY) + 1
            for line in range(2, self.sheet(part).max_row + 1):
                if self.sheet(part).cell(line, column).value == key:
                    return self.sheet(part), line
        raise AssertionError(key)

    def put(self, key: str, column: int, value: object) -> None:
        """Type something: 2 is the first language or the number."""
        sheet, line = self.line(key)
        sheet.cell(line, column).value = value

    def saved(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def taken(self, source: bytes = SOURCE) -> Taken:
        return take(source, "flow.yaml", read_sheet(self.saved(), "t.xlsx"))


def as_excel_saves(data: bytes) -> bytes:
    """With the texts in a table of their own, as Excel and WPS keep them."""
    texts: list[str] = []

    def shared(found: re.Match[str]) -> str:
        texts.append(found["text"])
        return f'{found["head"]} t="s"><v>{len(texts) - 1}</v></c>'

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode("utf-8")
            if name.startswith("xl/worksheets/"):
                content = re.sub(
                    r'(?P<head><c r="\w+"(?: s="\d+")?) t="inlineStr"><is>(?P<text><t.*?</t>|<t ?/>)</is></c>',
                    shared,
                    content,
                    flags=re.DOTALL,
                )
                assert "inlineStr" not in content
            if name == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
                content = content.replace("</Types>", part)
            new.writestr(name, content)
        listed = "".join(f"<si>{text}</si>" for text in texts)
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr(
            "xl/sharedStrings.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{space}">{listed}</sst>',
        )
    return out.getvalue()


# out


@pytest.mark.parametrize("source", [SMALL, *SHIPPED], ids=lambda path: path.parent.name)
@pytest.mark.parametrize("saves", [bytes, as_excel_saves])
def test_out_and_back_without_an_edit_is_no_change(source: Path, saves: Callable[[bytes], bytes]) -> None:
    before = source.read_bytes()
    made = flow_sheet(before, str(source))
    assert made is not None
    result = take(before, str(source), read_sheet(saves(made), "t.xlsx"))
    assert (result.changes, result.notes, result.problems) == ((), (), ())
    assert result.source == before


def test_it_is_laid_out_for_people() -> None:
    book = Book()
    assert book.book.sheetnames == ["文字 Texts", "标准 Criteria", "界限 Limits", "prescreen"]
    assert book.book["prescreen"].sheet_state == "veryHidden"
    assert book.headings()[:4] == ["位置 / Place", "中文 / Chinese", "英文 / English", "备注 / Note"]
    assert book.headings(Part.LIMITS)[:3] == ["位置 / Place", "数字 / Number", "备注 / Note"]
    sheet, line = book.line("questions.pregnant.ask")
    shown = [sheet.cell(line, column).value for column in range(1, 4)]
    assert shown == [
        "问题 pregnant · 提问\nquestion pregnant · ask",
        "您现在怀孕了吗？",
        "Are you pregnant now?",
    ]
    assert sheet.freeze_panes == "B2"
    assert [sheet.column_dimensions[letter].hidden for letter in "ABCDEFG"] == [False] * 4 + [True] * 3
    assert [sheet.cell(line, column).protection.locked for column in range(1, 8)] == [
        *(True, False, False, False),
        *(True, True, True),
    ]
    assert sheet.protection.sheet
    assert all(sheet.cell(at, 2).alignment.wrap_text for at in (1, line))
    limits, line = book.line("questions.age.valid.to")
    assert [(limits.cell(line, at).value, limits.cell(line, at).data_type) for at in (2, 5)] == [
        (120, "n")
    ] * 2
    assert limits.data_validations.dataValidation[0].showErrorMessage


def test_another_language_has_a_column_of_its_own() -> None:
    source = SOURCE.replace(b"languages: [zh, en]", b"languages: [zh, en, vi]")
    book = Book(source)
    assert book.headings()[3] == "vi / vi"
    book.put("texts.about", 4, "Giới thiệu.")
    result = book.taken(source)
    assert result.whole
    assert "{zh: 研究介绍。, en: About the study., vi: Giới thiệu.}" in result.source.decode()


def test_a_script_that_is_not_right_yet_goes_out_too() -> None:
    source = SOURCE.replace(b", en: About the study.}", b"}").replace(b"to: 120", b"to: 1.2.0")
    assert compile_script(source, "flow.yaml").flow is None
    book = Book(source)
    book.put("texts.about", 3, "About the study.")
    book.put("questions.age.valid.to", 2, 120)
    assert book.taken(source).source == SOURCE


def test_what_yaml_cannot_read_does_not_go_out() -> None:
    assert flow_sheet("a: [", "flow.yaml") is None


def test_a_text_longer_than_a_cell_is_named() -> None:
    source = SOURCE.replace("研究介绍。".encode(), ("长" * 32768).encode())
    with pytest.raises(TooLong) as told:
        flow_sheet(source, "flow.yaml")
    assert told.value.problem.text("en").startswith(
        "text about: this text is longer than the 32767 characters"
    )


# back


def test_edits_come_back_as_changes() -> None:
    book = Book()
    book.put("questions.pregnant.ask", 2, "您目前怀孕了吗？")
    book.put("questions.age.ranges.2.to", 2, 58.0)
    book.put("criteria.E10.reason", 4, "哪一种治疗？")
    result = book.taken()
    age, ask = result.changes
    assert (age.new, ask.new["zh"], ask.left_behind) == ({NUMBER: "58"}, "您目前怀孕了吗？", ("en",))
    assert result.notes == (({"zh": "标准 E10 · 理由", "en": "criterion E10 · reason"}, "哪一种治疗？"),)
    assert result.whole
    assert {problem.rule for problem in result.compiled.problems} == {"ranges"}


def test_sorting_hiding_and_moving_change_nothing() -> None:
    """Rows in another order, a column of one's own, empty rows, sheets of one's own."""
    book = Book()
    sheet = book.sheet()
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for line, row in enumerate(reversed(rows), 5):
        for column, value in enumerate(row, 1):
            sheet.cell(line, column).value = value
    for line in (2, 3, 4):
        for column in range(1, 8):
            sheet.cell(line, column).value = None
    sheet.insert_cols(2)
    sheet.cell(1, 2).value = "我的"
    sheet.row_dimensions[7].hidden = True
    book.book.create_sheet("草稿", 0)["A1"] = 1
    result = book.taken()
    assert (result.changes, result.problems) == ((), ())


def test_without_a_column_for_notes_there_are_none() -> None:
    book = Book()
    book.sheet().delete_cols(book.headings().index(NOTE) + 1)
    assert (book.taken().changes, book.taken().problems) == ((), ())


TEXT = some.text(max_size=20)
LIKE_ESCAPES = some.text(alphabet="_x0045Fd\r\x07\ufffe\n ", max_size=25)


@settings(max_examples=15, deadline=None)
@given(some.lists(some.one_of(TEXT, LIKE_ESCAPES), min_size=3, max_size=3), some.booleans())
@example(["=1+1", "12-3", "#N/A"], True)
@example(["_x0041_x0042_", "_x005F_x0041_", "x005F_"], True)
@example(["'quoted", "TRUE", "1e3"], False)
def test_any_text_in_any_cell_comes_back_as_it_is(texts: list[str], resaved: bool) -> None:
    book = Book()
    sheet, line = book.line("questions.pregnant.ask")
    for column, text in zip((2, 3, 4), texts, strict=True):
        cell = sheet.cell(line, column)
        cell.value = escaped(text) or None
        cell.data_type = "s" if text else "n"
    data = as_excel_saves(book.saved()) if resaved else book.saved()
    (row,) = (row for row in read_sheet(data, "t.xlsx").rows if row.key == "questions.pregnant.ask")
    assert [row.cells["zh"].value, row.cells["en"].value, row.note] == texts


@given(some.text(alphabet=some.characters()))
def test_escapes_are_undone(text: str) -> None:
    assert unescaped(escaped(text)) == text


# what is wrong with a workbook


def rename_a_sheet(book: Book) -> None:
    book.sheet(Part.CRITERIA).title = "Sheet2"


def delete_the_origin(book: Book) -> None:
    del book.book["prescreen"]


def change_a_heading(book: Book) -> None:
    book.sheet()["C1"] = "English"


def empty_a_sheet(book: Book) -> None:
    book.sheet(Part.LIMITS).delete_rows(1, 100)


def change_a_key(book: Book) -> None:
    sheet, line = book.line("texts.about")
    sheet.cell(line, book.headings().index(KEY) + 1).value = "texts.abuot"


def copy_a_key(book: Book) -> None:
    sheet, line = book.line("texts.about")
    sheet.cell(line, book.headings().index(KEY) + 1).value = "texts.hello"


def add_a_row(book: Book) -> None:
    book.sheet().append(["", "新的问题？", "A new question?"])


def delete_a_key_beside_a_note(book: Book) -> None:
    sheet, line = book.line("texts.about")
    for column in (2, 3, book.headings().index(KEY) + 1):
        sheet.cell(line, column).value = None
    sheet.cell(line, 4).value = "删掉？"


def delete_a_row(book: Book) -> None:
    sheet, line = book.line("texts.about")
    sheet.delete_rows(line)


def write_a_formula(book: Book) -> None:
    book.put("texts.about", 2, "=A1&B1")


def let_excel_make_a_date(book: Book) -> None:
    book.put("texts.about", 3, date(2026, 12, 3))


def let_excel_make_a_number(book: Book) -> None:
    book.put("texts.about", 3, 36)


def let_excel_make_an_error(book: Book) -> None:
    book.put("texts.about", 3, "#REF!")


def write_a_word_for_a_limit(book: Book) -> None:
    book.put("questions.age.valid.to", 2, "sixty")


def make_a_limit_a_date(book: Book) -> None:
    book.put("questions.age.valid.to", 2, date(2026, 1, 1))


def take_another_study(book: Book) -> None:
    book.book["prescreen"]["B1"] = "other"


def make_it_of_an_older_version(book: Book) -> None:
    book.book["prescreen"]["B2"] = "0" * 64


def make_it_older_with_another_text(book: Book) -> None:
    sheet, line = book.line("texts.about")
    sheet.cell(line, 2).value = "介绍。"
    sheet.cell(line, 6).value = "以前的介绍。"


@pytest.mark.parametrize(
    ("mistake", "where", "en", "zh", "severity"),
    [
        (rename_a_sheet, "t.xlsx", 'no sheet called "标准 Criteria"; give it its name back', "没有名叫“标准 Criteria”的工作表", "error"),
        (delete_the_origin, "t.xlsx", 'no sheet called "prescreen"', "没有名叫“prescreen”的工作表", "error"),
        (change_a_heading, "t.xlsx 文字 Texts", 'no column "英文 / English"', "没有“英文 / English”这一列", "error"),
        (empty_a_sheet, "t.xlsx 界限 Limits", 'no column "数字 / Number"', "没有“数字 / Number”这一列", "error"),
        (change_a_key, r"t.xlsx 文字 Texts!\d+", 'no key "texts.abuot"', "没有键“texts.abuot”", "error"),
        (copy_a_key, r"t.xlsx 文字 Texts!\d+", 'several rows have the key "texts.hello"', "键“texts.hello”有好几行", "error"),
        (add_a_row, r"t.xlsx 文字 Texts!\d+", "this row has no key", "这一行没有键", "error"),
        (delete_a_key_beside_a_note, r"t.xlsx 文字 Texts!\d+", "this row has no key", "这一行没有键", "error"),
        (delete_a_row, "t.xlsx", "lacks 1 of its rows (text about)", "少了 1 行（文字 about）", "warning"),
        (write_a_formula, r"t.xlsx 文字 Texts!B\d+", "this cell holds a formula", "这一格是公式", "error"),
        (let_excel_make_a_date, r"t.xlsx 文字 Texts!C\d+", "a date or a number (2026-12-03", "变成了日期或数字（2026-12-03", "error"),
        (let_excel_make_a_number, r"t.xlsx 文字 Texts!C\d+", "a date or a number (36)", "变成了日期或数字（36）", "error"),
        (let_excel_make_an_error, r"t.xlsx 文字 Texts!C\d+", "a date or a number (#REF!)", "变成了日期或数字（#REF!）", "error"),
        (write_a_word_for_a_limit, r"t.xlsx 界限 Limits!B\d+", '"sixty" is no number', "“sixty”不是数字", "error"),
        (make_a_limit_a_date, r"t.xlsx 界限 Limits!B\d+", "a date or a number (2026-01-01", "变成了日期或数字（2026-01-01", "error"),
        (take_another_study, "t.xlsx", 'a workbook of "other", not of "small"', "这是“other”的工作簿，要改的却是“small”", "error"),
        (make_it_of_an_older_version, "t.xlsx", "made from version 000000000000", "从版本 000000000000 导出", "warning"),
        (make_it_older_with_another_text, r"t.xlsx 文字 Texts!B\d+", 'it now is "研究介绍。"', "现在是“研究介绍。”", "error"),
    ],
)  # fmt: skip
def test_it_says_what_to_do(
    mistake: Callable[[Book], None], where: str, en: str, zh: str, severity: str
) -> None:
    book = Book()
    mistake(book)
    result = book.taken()
    found = next(each for each in result.problems if en in each.text("en"))
    assert zh in found.text("zh")
    assert (found.severity, found.line) == (severity, 0)
    assert re.fullmatch(where, found.file)
    assert result.whole == (severity == "warning")
    assert result.source == SOURCE


ONE_EDIT = [rename_a_sheet, change_a_key, add_a_row, write_a_formula, let_excel_make_a_date, delete_a_row]


@pytest.mark.parametrize("mistake", ONE_EDIT)
def test_with_a_mistake_the_other_edits_are_still_seen(mistake: Callable[[Book], None]) -> None:
    book = Book()
    mistake(book)
    book.put("texts.stopped", 2, "停了。")
    assert [change.new["zh"] for change in book.taken().changes] == ["停了。"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"name,zh,en\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        made_of(SOURCE)[:-200],
    ],
)
def test_what_is_no_workbook(data: bytes) -> None:
    table = read_sheet(data, "t.xlsx")
    assert [problem.message for problem in table.problems] == ["sheet_unreadable"]
    result = take(SOURCE, "flow.yaml", table)
    assert (result.whole, result.changes, result.source) == (False, (), SOURCE)


def test_a_workbook_of_something_else() -> None:
    out = io.BytesIO()
    Workbook().save(out)
    assert [each.message for each in read_sheet(out.getvalue(), "t.xlsx").problems] == ["sheet_tab_missing"]


def test_a_cell_a_million_rows_further_down_costs_nothing() -> None:
    """The rows above it come as empty ones: kept, they would be gigabytes."""
    far = MOST_ROWS + 1_000_000
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made_of(SOURCE))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode("utf-8")
            if name.startswith("xl/worksheets/"):
                row = f'<row r="{far}"><c r="A{far}" t="inlineStr"><is><t>x</t></is></c></row>'
                content = content.replace("</sheetData>", f"{row}</sheetData>")
                content = re.sub('<dimension ref="[^"]*"', f'<dimension ref="A1:H{far}"', content)
                assert str(far) in content
            new.writestr(name, content)
    tracemalloc.start()
    table = read_sheet(out.getvalue(), "t.xlsx")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30_000_000
    assert take(SOURCE, "flow.yaml", table).problems == ()


def test_a_workbook_that_is_too_big(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made_of(SOURCE)
    for limit in ("MOST_BYTES", "MOST_UNPACKED"):
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, 1000)
            assert [each.message for each in read_sheet(data, "t.xlsx").problems] == ["sheet_too_big"]
    assert read_sheet(data, "t.xlsx").problems == ()


def test_a_workbook_that_would_blow_up_is_not_read() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "ha">]>'
    data, out = made_of(SOURCE), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            new.writestr(name, bomb + content if name == "xl/worksheets/sheet1.xml" else content)
    assert [each.message for each in read_sheet(out.getvalue(), "t.xlsx").problems] == ["sheet_unreadable"]


@settings(max_examples=20, deadline=None)
@given(some.integers(0, 2**31), some.integers(1, 8))
def test_whatever_becomes_of_the_bytes_there_is_an_answer(seed: int, many: int) -> None:
    """Characters inside the parts of a workbook changed at random: a table or a sentence, nothing else."""
    changes, data, out = random.Random(seed), made_of(SOURCE), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = bytearray(old.read(name))
            for _ in range(many if changes.random() < 0.5 else 0):
                content[changes.randrange(len(content))] = changes.choice(b'<>/"0z &;')
            new.writestr(name, bytes(content))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = take(SOURCE, "flow.yaml", read_sheet(out.getvalue(), "t.xlsx"))
    assert all(problem.text("zh") and problem.text("en") for problem in result.problems)


def test_every_sentence_of_a_workbook_has_its_example() -> None:
    """Those of a script that is edited while it is away are in test_script_taking.py."""
    shown = {"sheet_unreadable", "sheet_too_big", "sheet_text_too_long", "sheet_cannot_edit"}
    for mistake in MISTAKES:
        book = Book()
        mistake(book)
        shown |= {problem.message for problem in book.taken().problems}
    assert shown == {message for message in CATALOGUE if message.startswith("sheet_")}


MISTAKES = [
    *(rename_a_sheet, change_a_heading, change_a_key, copy_a_key, add_a_row, delete_a_row, write_a_formula),
    *(let_excel_make_a_date, write_a_word_for_a_limit, take_another_study, make_it_of_an_older_version),
    make_it_older_with_another_text,
]
