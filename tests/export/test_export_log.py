"""The log as a file: Excel reads its Chinese and takes no text for a formula; the HTML stands alone and prints."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from bot.documents import Documents
from bot.i18n import Translators
from bot.leads.log import Asked, Line, Log, totals_of
from bot.service.wording import Wording
from tests.service.stage import ROOT

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
LINE = Line(
    code="L-7QK4-X9M3",
    day="2026-06-14",
    study="small",
    version="f" * 64,
    language="zh",
    verdict="needs_review",
    fails=("E10", "distance"),
    open=("I1", "E3"),
    checked_by=("=cmd|calc", "林护士"),
    outcome="needs_review",
    status="phone_ineligible",
    is_first=True,
)
DIGITS = Line("1234567890123456", "2026-06-14", "small", "a" * 64, "en", "", (), (), (), "", "")


@pytest.fixture
def write() -> Callable[[str, str], bytes]:
    translators = Translators(ROOT / "locales")
    documents = Documents(translators, Wording(translators), lambda: NOW, ZONE)
    lines = [LINE, DIGITS]
    totals = totals_of(lines, {"started": 4, "left": 1}, 1)
    log = Log(Asked("small", date(2026, 6, 1)), NOW, ZONE, lines, totals)
    return lambda format, language: documents.log(log, format, language)


def test_a_csv_is_chinese_for_excel_and_no_cell_is_a_formula(write: Callable[[str, str], bytes]) -> None:
    made = write("csv", "zh")
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"))))
    (row,) = [row for row in rows if row[:1] == [LINE.code]]
    assert row == [
        *("L-7QK4-X9M3", "2026-06-14", "small", "ffffffffffff", "中文", "待核实"),
        *("E10 太远", "I1 E3", "'=cmd|calc, 林护士", "待核实", "电话核实不符合"),
    ]
    assert ["开始", "4"] in rows
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_workbook_holds_text_alone_and_counts_as_numbers(write: Callable[[str, str], bytes]) -> None:
    book = load_workbook(io.BytesIO(write("xlsx", "en")))
    runs, totals = (book[name] for name in book.sheetnames)
    assert {cell.data_type for row in runs.iter_rows() for cell in row} <= {"s", "n"}
    assert [cell.value for cell in runs[2]][:2] == ["L-7QK4-X9M3", "2026-06-14"]
    assert runs["A3"].value == DIGITS.code
    assert runs["I2"].value == "=cmd|calc, 林护士"
    assert runs["I2"].data_type == "s"
    counts = {row[0].value: row[1].value for row in totals.iter_rows(max_col=2)}
    assert (counts["Began"], counts["In progress"]) == (4, 1)


def test_the_page_stands_alone_and_escapes(write: Callable[[str, str], bytes]) -> None:
    html = write("html", "zh").decode()
    assert '<html lang="zh">' in html
    assert "A4" in html
    assert "初筛登记表" in html
    assert "不是研究的知情同意" in html
    assert "http" not in html
