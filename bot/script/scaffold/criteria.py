"""Splits the text of the criteria into inclusion and exclusion items, each in the source's own words."""

import re
from dataclasses import dataclass
from itertools import pairwise

_DECORATION = r"[\s#*_=>【】\[\]()（）.、:：\-–—]*"
_HEADING = re.compile(
    rf"(?i)^{_DECORATION}(?:(?:[0-9]{{1,2}}|[ivx]{{1,4}}|[一二三四五六七八九十]{{1,2}})[.、)）]\s*)?"
    r"(?:(?:key|main|major|general|study|patient|subject|participant|主要|关键)\s*)*"
    r"(?P<kind>inclusion|exclusion|入选|纳入|入组|排除)\s*(?:criteri(?:a|on)|标准)?"
    rf"(?P<for>\s*(?:\([^()\n]{{0,80}}\)|（[^（）\n]{{0,80}}）|for [^:：\n]{{1,60}}))?{_DECORATION}$"
)
_HEADING_WITH_MORE = re.compile(
    r"(?i)^[\s#*_【\[]*(?P<kind>inclusion|exclusion|入选|纳入|入组|排除)\s*(?:criteri(?:a|on)|标准)[】\]*_]*\s*[:：]\s*(?P<more>\S.*)$"
)
#: What numbers or bullets an item, by kind: items of one list have one kind.
_MARKS = (
    ("number", re.compile(r"^(?:\d{1,3}[.．、)）](?!\d)|\(\d{1,3}\)|（\d{1,3}）|[①-⑳])\s*")),
    (
        "chinese",
        re.compile(r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[)）])\s*"),
    ),
    ("letter", re.compile(r"^(?:[a-z][.)]|\([a-z]\)|（[a-z]）|[A-H][.)])\s+")),
    ("roman", re.compile(r"^(?:[ivx]{2,4}[.)]|\([ivx]{2,4}\))\s+")),
    ("bullet", re.compile(r"^[*•·●○▪◦■□‣]\s*(?=\S)")),
    ("dash", re.compile(r"^[-–—]\s+(?=\S)")),
)
#: A heading that stands behind the last item of the list before it, in the same line.
_HEADING_INSIDE = re.compile(
    r"(?i)(?<=[.;。；])(?<!\d\.)[ ]*(?=(?:inclusion|exclusion) criteria\s*:|(?:入选|纳入|入组|排除)标准\s*[:：])"
)
_INLINE = re.compile(r"(?:(?<=^)|(?<=[\s;；。.:：]))(\d{1,2})[.．、)）]\s*(?=[^\d\s])")
_SAYS_NOTHING = re.compile(r"(?i)^(?:yes|no|是|否|n/?a|none|无)?[\s.。:：]*$")
_PEOPLE = re.compile(
    r"(?i)^(?:(?:central |study |overall )?contacts?\b|(?:principal )?investigators?\s*[:：]|study officials?\b|联系人|联系方式|联系电话|研究负责人)"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion in the source's words; what stands below it in the source is part of it, a line each."""

    id: str
    inclusion: bool
    text: str


@dataclass(frozen=True, slots=True)
class Split:
    """The items in order. `has_headings`: whether the source says which are which. `left`: lines after them."""

    items: tuple[Item, ...]
    has_headings: bool
    left: int = 0
    groups: tuple[str, ...] = ()


@dataclass(slots=True)
class _Section:
    inclusion: bool
    lines: list[str]


def split(text: str, is_page: bool) -> Split:
    """Every item below the headings. Without a heading everything is one list (a page then has no criteria)."""
    sections: list[_Section] = []
    groups: list[str] = []
    before: list[str] = []
    for line in _HEADING_INSIDE.sub("\n", text).split("\n"):
        if heading := _HEADING.match(line):
            sections.append(_Section(_includes(heading["kind"]), []))
            if heading["for"] and re.match(r"(?i)\s*for ", heading["for"]):
                groups.append(line.strip())
        elif heading := _HEADING_WITH_MORE.match(line):
            sections.append(_Section(_includes(heading["kind"]), [heading["more"]]))
        else:
            (sections[-1].lines if sections else before).append(line)
    has_headings = bool(sections)
    if not sections and not is_page:
        sections = [_Section(True, before)]
    items: list[Item] = []
    left = 0
    for inclusion in (True, False):
        texts: list[str] = []
        for section in sections:
            if section.inclusion == inclusion:
                found, rest = _items(section.lines, is_page)
                texts += found
                left += rest
        letter = "I" if inclusion else "E"
        items += [Item(f"{letter}{number}", inclusion, text) for number, text in enumerate(texts, 1)]
    return Split(tuple(items), has_headings, left, tuple(groups))


def _includes(word: str) -> bool:
    return word.lower() not in ("exclusion", "排除")


def _items(lines: list[str], is_page: bool) -> tuple[list[str], int]:
    """The items of one list and how many lines behind them are no part of it."""
    lines = [part for line in lines for part in _inline(line)]
    found: list[list[str]] = []
    top: tuple[str, int] | None = None
    gap = False
    for place, line in enumerate(lines):
        plain = line.strip()
        if not plain or _SAYS_NOTHING.match(plain):
            gap = True
            continue
        if _PEOPLE.match(plain):
            return _joined(found), _count(lines[place:])
        kind, words = _marked(plain)
        depth = len(line) - len(line.lstrip())
        if kind and (top is None or (kind == top[0] and depth <= top[1])):
            top = top or (kind, depth)
            found.append([words])
        elif kind and found:
            found[-1].append(f"- {words}")
        elif found and top and (not gap or depth > top[1]):
            found[-1][-1] += f" {words}"
        elif top and is_page:
            return _joined(found), _count(lines[place:])
        else:
            found.append([words])
        gap = False
    return _joined(found), 0


def _marked(plain: str) -> tuple[str, str]:
    for kind, pattern in _MARKS:
        if (mark := pattern.match(plain)) and mark.end() < len(plain):
            return kind, plain[mark.end() :].strip()
    return "", plain


def _inline(text: str) -> list[str]:
    """The lines of items that stand in one line, numbered 1, 2, 3 …"""
    marks = list(_INLINE.finditer(text))
    if len(marks) < 2 or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
        return [text]
    starts = [0, *(mark.start() for mark in marks), len(text)]
    parts = [text[start:end] for start, end in pairwise(starts)]
    return [part for part in parts if part.strip()]


def _joined(found: list[list[str]]) -> list[str]:
    """Each item as text; what only joined it to the next one is gone."""
    return ["\n".join(" ".join(line.split()) for line in lines).rstrip(" ;；") for lines in found]


def _count(lines: list[str]) -> int:
    return sum(bool(line.strip()) for line in lines)
