"""Rows of text as CSV that Excel opens rightly, Chinese too."""

import csv
import io
from collections.abc import Iterable, Sequence

#: What a spreadsheet takes for a formula when a cell of a CSV begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark; what looks like a formula is made text."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        write.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
