"""What a YAML syntax error means to somebody who does not know YAML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_WIDE_COLON = re.compile(r"^(\s*(?:- +)?)([\w“”\"']+)(：)")
_NO_SPACE = re.compile(r"^(\s*(?:- +)?)([A-Za-z_][\w-]*)(:)(?=\S)")
_WIDE_INDENT = re.compile(r"^ *([\u3000\u00a0]+)")
_TAB_INDENT = re.compile(r"^ *(\t+)")
_WIDE_COMMA = re.compile(r"，\s*[A-Za-z_][\w-]*\s*$")
_QUOTE = re.compile(r'(?<!\\)"')
_OPENER = re.compile(r"[{\[,:]\s*$")
_AFTER_CLOSER = re.compile(r"\s*([,}\]:]|$)")
_WORDS = re.compile(r"(?:\{\w+\}|[^,，}\]])*")
_IN_BRACKETS = re.compile(r"[{\[]")
_GLUED_DASH = re.compile(r"-[^\s-]")
_KEY = re.compile(r"^(\s*(?:- +)*)([^\s:#][^:#]*):(?: |$)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sentence of the catalogue and the characters of the file it is about."""

    message: str
    start: int
    end: int
    values: Mapping[str, str | int] = field(default_factory=dict)


#: Explains a mistake at a character, found while reading from another.
Explanation = Callable[[str, int, int], Mistake]


def explain(text: str, problem: str, at: int, context_at: int | None) -> Mistake:
    """The mistake behind the reader's `problem` at a character, found while reading from another."""
    start = at if context_at is None else context_at
    if (mistake := _missing_quote(text, start, at)) is not None:
        return mistake
    for fragment, explanation in _IN_A_TEXT:
        if fragment in problem:
            return explanation(text, at, start)
    for line_at in dict.fromkeys((at, max(0, at - 1), start)):
        if (mistake := _slip_in_line(text, line_at)) is not None:
            return mistake
    for fragment, explanation in _IN_A_BLOCK:
        if fragment in problem:
            return explanation(text, at, start)
    return Mistake("yaml_other", at, at + 1, {"problem": problem})


def _missing_quote(text: str, start: int, at: int) -> Mistake | None:
    """A quotation mark in braces or brackets that the next one opens anew instead of closing it."""
    top = first = text.rfind("\n", 0, start) + 1
    for line in text[first : _line_end(text, at)].split("\n"):
        opened: int | None = None
        for found in _QUOTE.finditer(line):
            here, opens = found.start(), _OPENER.search(line[: found.start()])
            if opened is None:
                opened = here if opens else None
            elif opens and not _AFTER_CLOSER.match(line, here + 1):
                break
            else:
                opened = None
        if opened is not None and _IN_BRACKETS.search(text[top : first + opened]):
            word = "".join(_WORDS.findall(line, opened + 1)[:1]).rstrip()
            return Mistake("quote_missing", first + opened, first + opened + 1 + len(word), {"word": word})
        first += len(line) + 1
    return None


def _open_quote(text: str, at: int, start: int) -> Mistake:
    return Mistake("quote_open", start, start + 1, {"quote": text[start : start + 1]})


def _escape(text: str, at: int, start: int) -> Mistake:
    return Mistake("bad_escape", at - 1, at + 1, {"escape": text[at - 1 : at + 1]})


def _first_character(text: str, at: int, start: int) -> Mistake:
    return Mistake("bad_start", at, at + 1, {"character": text[at : at + 1]})


def _mark_before(text: str, at: int, start: int) -> Mistake:
    return _first_character(text, at - 1, start)


def _list_in_line(text: str, at: int, start: int) -> Mistake:
    return Mistake("list_in_line", at, at + 1)


def _no_colon(text: str, at: int, start: int) -> Mistake:
    if text[start : start + 1] == "-":
        return Mistake("dash_space", start, start + 1)
    return Mistake("no_colon", start, _line_end(text, start))


def _slip_in_line(text: str, at: int) -> Mistake | None:
    """Slips that are easy to see in the line itself."""
    if (mistake := _bad_indent(text, at)) is not None:
        return mistake
    start = text.rfind("\n", 0, at) + 1
    line = text[start : _line_end(text, at)]
    for pattern, message in ((_WIDE_COLON, "wide_colon"), (_NO_SPACE, "colon_space")):
        if found := pattern.match(line):
            return Mistake(message, start + found.start(3), start + found.end(3), {"key": found[2]})
    return None


def _bad_indent(text: str, at: int) -> Mistake | None:
    """A tab or a full-width space in front of the line."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start : _line_end(text, at)]
    for pattern, message in ((_TAB_INDENT, "tab_indent"), (_WIDE_INDENT, "wide_indent")):
        if found := pattern.match(line):
            return Mistake(message, start + found.start(1), start + found.end(1))
    return None


def _second_colon(text: str, at: int, start: int) -> Mistake:
    """A colon where none can be: a second one in a line, or a line that hangs on the text above it."""
    first = text.rfind("\n", 0, at) + 1
    line = text[first : _line_end(text, at)]
    key = _KEY.match(line)
    if key is not None and key.end(2) < at - first:
        return Mistake("colon_in_text", at, at + 1, {"key": key[2].strip()})
    above = text.rfind("\n", 0, max(0, first - 1)) + 1
    if (slip := _slip_in_line(text, above)) is not None:
        return slip
    indent = len(line) - len(line.lstrip())
    return Mistake("indentation", first + indent, _line_end(text, at))


def _stray(text: str, at: int, start: int) -> Mistake:
    """Something that does not belong to the block it stands in."""
    first = text.rfind("\n", 0, at) + 1
    before = text[first:at]
    if _GLUED_DASH.match(text, at):
        return Mistake("dash_space", at, at + 1)
    if not before.strip():
        above = text.rfind("\n", 0, max(0, first - 1)) + 1
        return _bad_indent(text, above) or Mistake("indentation", at, _line_end(text, at))
    if before.rstrip()[-1:] in {'"', "'"}:
        return Mistake("after_quote", at, _line_end(text, at))
    if text[at : at + 1] in {"]", "}"}:
        return Mistake("bracket_extra", at, at + 1, {"bracket": text[at : at + 1]})
    return Mistake("after_bracket", at, _line_end(text, at))


def _bracket(text: str, at: int, opened: int) -> Mistake:
    """A `{` or `[` that does not end well."""
    opening = text[opened : opened + 1]
    closing = {"{": "}", "[": "]"}.get(opening, "}")
    values = {"opening": opening, "closing": closing}
    above = text[opened : text.rfind("\n", 0, at) + 1].rstrip()
    if at >= len(text.rstrip()) or (above and above[-1] not in ",[{"):
        return Mistake("bracket_open", opened, opened + 1, values)
    if found := _WIDE_COMMA.search(text[opened:at]):
        return Mistake("wide_comma", opened + found.start(), opened + found.start() + 1, values)
    return Mistake("bracket_text", at, at + 1, values)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


#: What the reader says of texts in quotes or brackets, and of everything else, where slips are looked for first.
_IN_A_TEXT: tuple[tuple[str, Explanation], ...] = (
    ("end of stream", _open_quote),
    ("document separator", _open_quote),
    ("escape", _escape),
    ("hexdecimal", _escape),
    ("or '}'", _bracket),
    ("or ']'", _bracket),
)
_IN_A_BLOCK: tuple[tuple[str, Explanation], ...] = (
    ("cannot start any token", _first_character),
    ("mapping keys are not allowed", _first_character),
    ("alphabetic or numeric", _mark_before),
    ("sequence entries are not allowed", _list_in_line),
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("expected <block end>", _stray),
)
