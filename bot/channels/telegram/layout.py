"""Lines become Telegram messages: HTML, and no longer than Telegram takes."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.service.messages import Line, Style, head_of

#: Telegram counts UTF-16 code units after the markup is taken out: an emoji is two.
MAX_UNITS = 4096

_TAGS: dict[Style, tuple[str, str]] = {
    "plain": ("", ""),
    "headed": ("", ""),
    "strong": ("<b>", "</b>"),
    "faint": ("<i>", "</i>"),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """Text of one style and what stands between it and the part before."""

    gap: str
    text: str
    style: Style

    @property
    def units(self) -> int:
        return units(self.gap) + units(self.text)


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(lines: Sequence[Line], limit: int = MAX_UNITS) -> list[str]:
    """The messages, as HTML, that show these lines; usually one."""
    found: list[list[_Part]] = [[]]
    room = limit
    for part in _parts(lines, limit):
        if part.units > room and found[-1]:
            found.append([])
            room = limit
        found[-1].append(part)
        room -= part.units if len(found[-1]) > 1 else units(part.text)
    return [_html(parts) for parts in found if parts]


def _parts(lines: Sequence[Line], limit: int) -> Iterator[_Part]:
    """Every row of every paragraph, in parts that fit into a message each."""
    gap = ""
    for line in lines:
        if not line.text.strip():
            continue
        head, rest = head_of(line)
        if head:
            yield _Part(gap, head, "strong")
            gap = ""
        for row in rest.strip("\n" if head else None).split("\n"):
            for piece in _cut(row.rstrip(), limit):
                yield _Part(gap, piece, line.style)
                gap = " "
            gap = "\n" if row.strip() else f"{gap}\n"
        # A remark such as "Question 7 of about 28" belongs to what comes after it.
        gap = "\n" if line.style == "faint" else "\n\n"


def _cut(row: str, limit: int) -> Iterator[str]:
    """A row that is too long by itself, cut at spaces where there are any, never inside a character."""
    while units(row) > limit:
        end = len(row.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore"))
        space = row.rfind(" ", 1, end)
        if head := row[: space if space > 0 else end].rstrip():
            yield head
        row = row[space if space > 0 else end :].lstrip()
    if row:
        yield row


def _html(parts: Sequence[_Part]) -> str:
    text = ""
    style: Style = "plain"
    for number, part in enumerate(parts):
        gap = part.gap if number else ""
        if part.style == style:
            text += gap
        else:
            text += _TAGS[style][1] + gap + _TAGS[part.style][0]
        text += html.escape(part.text, quote=False)
        style = part.style
    return text + _TAGS[style][1]
