"""What a YAML syntax error means to somebody who does not know YAML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_WIDE_COLON = re.compile(r"^(\s*(?:- +)?)([\w“”\"']+)(：)")
_NO_SPACE = re.compile(r"^(\s*(?:- +)?)([A-Za-z_][\w-]*)(:)(?=\S)")
_WIDE_INDENT = re.compile(r"^ *([\u3000\u00a0]+)")
_TAB_INDENT = re.compile(r"^ *(\t+)")
_KEY = re.compile(r"^(\s*(?:- +)*)([^\s:#][^:#]*):(?: |$)")
_WIDE_QUOTE = re.compile(r"[“”]")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sentence of the catalogue and the characters of the file it is about."""

    message: str
    start: int
    end: int
    values: Mapping[str, str | int] = field(default_factory=dict)


def explain(text: str, problem: str, at: int, context_at: int | None) -> Mistake:
    """The mistake behind the reader's `problem` at a character, found while reading from another."""
    if "end of stream" in problem or "document separator" in problem:
        start = context_at if context_at is not None else at
        return Mistake("quote_open", start, start + 1, {"quote": text[start : start + 1]})
    if "escape" in problem or "hexdecimal" in problem:
        return Mistake("bad_escape", at - 1, at + 1, {"escape": text[at - 1 : at + 1]})
    if "or '}'" in problem or "or ']'" in problem:
        return _bracket(text, at, at if context_at is None else context_at)
    for line_at in dict.fromkeys((at, max(0, at - 1), at if context_at is None else context_at)):
        if (mistake := _slip_in_line(text, line_at)) is not None:
            return mistake
    if "cannot start any token" in problem:
        return Mistake("bad_start", at, at + 1, {"character": text[at : at + 1]})
    if "alphabetic or numeric" in problem:
        return Mistake("bad_start", at - 1, at, {"character": text[at - 1 : at]})
    if "mapping values are not allowed" in problem:
        return _second_colon(text, at)
    if "could not find expected ':'" in problem:
        start = at if context_at is None else context_at
        return Mistake("no_colon", start, _line_end(text, start))
    if "expected <block end>" in problem:
        return _stray(text, at)
    return Mistake("yaml_other", at, at + 1, {"problem": problem})


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


def _second_colon(text: str, at: int) -> Mistake:
    """A colon where none can be: a second one in a line, or a line that hangs on the text above it."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start : _line_end(text, at)]
    key = _KEY.match(line)
    if key is not None and key.end(2) < at - start:
        return Mistake("colon_in_text", at, at + 1, {"key": key[2].strip()})
    above = text.rfind("\n", 0, max(0, start - 1)) + 1
    if (slip := _slip_in_line(text, above)) is not None:
        return slip
    indent = len(line) - len(line.lstrip())
    return Mistake("indentation", start + indent, _line_end(text, at))


def _stray(text: str, at: int) -> Mistake:
    """Something that does not belong to the block it stands in."""
    start = text.rfind("\n", 0, at) + 1
    before = text[start:at]
    if not before.strip():
        above = text.rfind("\n", 0, max(0, start - 1)) + 1
        return _bad_indent(text, above) or Mistake("indentation", at, _line_end(text, at))
    if before.rstrip()[-1:] in {'"', "'"}:
        return Mistake("after_quote", at, _line_end(text, at))
    if text[at : at + 1] in {"]", "}"}:
        return Mistake("bracket_extra", at, at + 1, {"bracket": text[at : at + 1]})
    return Mistake("indentation", at, _line_end(text, at))


def _bracket(text: str, at: int, opened: int) -> Mistake:
    """A `{` or `[` that does not end well."""
    opening = text[opened : opened + 1]
    closing = {"{": "}", "[": "]"}.get(opening, "}")
    values = {"opening": opening, "closing": closing}
    if at >= len(text.rstrip()) or "\n" in text[opened:at].strip():
        return Mistake("bracket_open", opened, opened + 1, values)
    if "，" in text[opened:at]:
        comma = text.rindex("，", opened, at)
        return Mistake("wide_comma", comma, comma + 1, values)
    return Mistake("bracket_text", at, at + 1, values)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
