"""What is wrong with a script, where, and how it is shown to the person who wrote it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Literal
from unicodedata import category, combining, east_asian_width, normalize

from bot.core.text import Text
from bot.script.messages import CATALOGUE, Sentence

Severity = Literal["error", "warning"]

#: What fills a placeholder of a sentence: the author's own words, a number, a list, or our words in each language.
Value = str | int | tuple[str, ...] | Text

#: What stands in every sentence between what is wrong and what would be right.
_THEN = {"zh": "；", "en": "; "}
#: Wider lines are cut around the mark, so that a terminal does not wrap it away from its caret.
WIDEST_LINE = 110
_QUOTED_AT_MOST = 40
_LISTED_AT_MOST = 16
_COMPARED_AT_MOST = 200
#: Quotation marks of a Chinese keyboard.
CHINESE_QUOTES = "“”‘’「」『』＂＇"
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line; line and column count from 1, in characters."""

    line: int
    column: int
    length: int = 1


#: Of the file as a whole, and of what has no lines, as JSON has none for us.
NOWHERE = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a place and a sentence of the catalogue with the values that belong in it."""

    file: str
    line: int
    column: int
    message: str
    values: Mapping[str, Value]
    length: int = 1

    @property
    def sentence(self) -> Sentence:
        """The sentence in every language, with its rule."""
        return CATALOGUE[self.message]

    @property
    def rule(self) -> str:
        """The name of the rule that found it."""
        return self.sentence.rule

    @property
    def severity(self) -> Severity:
        """An error keeps the script from being used, a warning does not."""
        return "warning" if self.sentence.warning else "error"

    def text(self, language: str = "en") -> str:
        """What is wrong and what would be right, in Chinese or (for any other language) English."""
        language = "zh" if language.startswith("zh") else "en"
        return self._filled(self.sentence.words[language], language)

    def to_dict(self, language: str = "en") -> dict[str, str | int]:
        """As `check --format json` prints it: `message` says what is wrong, `fix` what would be right."""
        language = "zh" if language.startswith("zh") else "en"
        wrong, _, right = self.sentence.words[language].partition(_THEN[language])
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "severity": self.severity,
            "rule": self.rule,
            "message": self._filled(wrong, language),
            "fix": self._filled(right, language),
        }

    def _filled(self, words: str, language: str) -> str:
        return words.format_map({name: _worded(value, language) for name, value in self.values.items()})


def problem_at(file: str, place: Place, message: str, /, **values: Value) -> Problem:
    """A problem at a place."""
    return Problem(file, place.line, place.column, message, values, place.length)


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems from top to bottom, each said once."""
    seen = {(found.line, found.column, found.text()): found for found in problems}
    return tuple(sorted(seen.values(), key=lambda found: (found.line, found.column)))


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word somebody probably meant; none if several could be."""
    word = word.strip(" \u3000\"'“”‘’")
    digits = _NOT_DIGITS.sub("", word)  # E11 is no slip for E10
    names = [name for name in islice(known, _COMPARED_AT_MOST) if _NOT_DIGITS.sub("", name) == digits]
    same = [name for name in names if name.casefold() == word.casefold()]
    return next(iter(same or get_close_matches(word, names, n=1, cutoff=0.7)), None)


def unquoted(word: str) -> str:
    """A word without Chinese quotation marks around it."""
    return word.strip(CHINESE_QUOTES)


def hint_criterion(word: str, known: Iterable[str]) -> Text:
    """A way out for a criterion nobody knows: what was probably meant, or the nearest number and the list."""
    names = tuple(islice(known, _COMPARED_AT_MOST))
    meant = normalize("NFKC", word).replace(" ", "").upper().replace("O", "0").replace("L", "1")
    if meant in names:
        return hint(meant, names)
    numbers = {name: int(_NOT_DIGITS.sub("", name) or 0) for name in names if name[:1] == meant[:1]}
    wanted = _NOT_DIGITS.sub("", meant)[:9]
    if not numbers or not wanted:
        return hint(word, names)
    nearest = min(numbers, key=lambda name: abs(numbers[name] - int(wanted)))
    listed = hint("", names)
    return {
        "zh": f"最接近的是“{nearest}”。{listed['zh']}",
        "en": f'the nearest is "{nearest}"; {listed["en"]}',
    }


def hint(word: str, known: Iterable[str]) -> Text:
    """A way out for a word nobody knows: the one that was probably meant, or the list of them."""
    names = tuple(dict.fromkeys(islice(known, _COMPARED_AT_MOST)))
    if close := closest(word, names):
        return {"zh": f"您是不是想写“{close}”？", "en": f'did you mean "{close}"?'}
    if not names:
        return {"zh": "这里目前一个也没有。", "en": "there are none here yet"}
    return {"zh": f"可以写：{_worded(names, 'zh')}。", "en": f"use one of: {_worded(names, 'en')}"}


def render(problem: Problem, source_lines: Sequence[str], language: str = "en") -> str:
    """`file:line:col: message [rule]`, the line itself and a caret under the place.

    flow.yaml:5:7: there is no language "enn"; did you mean "en"? [languages]
      ask: {zh: 您今年几周岁？, enn: "How old are you?"}
                                ^~~
    """
    prefix = ""
    if problem.severity == "warning":
        prefix = "提醒：" if language.startswith("zh") else "warning: "
    where = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    head = f"{where}: {prefix}{problem.text(language)} [{problem.rule}]"
    if not 1 <= problem.line <= len(source_lines):
        return head
    line, column, length = _cut(
        _printable(source_lines[problem.line - 1]), problem.column - 1, problem.length
    )
    if not line.strip():
        return head
    marked = max(1, width(line[column : column + length]))
    return f"{head}\n{line}\n{' ' * width(line[:column])}^{'~' * (marked - 1)}"


def render_all(problems: Iterable[Problem], source: str, language: str = "en") -> str:
    """Every problem with its line, in the order given."""
    lines = source.split("\n")
    return "\n".join(render(problem, lines, language) for problem in problems)


def workflow_command(problem: Problem, language: str = "en") -> str:
    """A problem as GitHub Actions reads it from a job's output, to show it beside the line of a change."""

    where = {
        "file": problem.file,
        "line": str(problem.line),
        "col": str(problem.column),
        "endColumn": str(problem.column + problem.length),
        "title": problem.rule,
    }
    properties = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in where.items())
    return f"::{problem.severity} {properties}::{_escaped(problem.text(language))}"


def _escaped(words: str, more: str = "") -> str:
    return "".join(f"%{ord(each):02X}" if each in f"%\r\n{more}" else each for each in words)


def width(words: str) -> int:
    """Columns the words take in a terminal: two for a wide character, none for one that sits on another."""
    return sum(
        0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1 for character in words
    )


def _cut(line: str, column: int, length: int) -> tuple[str, int, int]:
    """The part of a long line around the mark, and where the mark is in it."""
    if width(line) <= WIDEST_LINE:
        return line, column, length
    start = end = min(column, len(line) - 1)
    while width(line[start:end]) < WIDEST_LINE // 2 and start > 0:
        start -= 1
    while width(line[start:end]) < WIDEST_LINE and end < len(line):
        end += 1
    before, after = "…" if start else "", "…" if end < len(line) else ""
    return before + line[start:end] + after, column - start + len(before), min(length, end - column)


def _printable(line: str) -> str:
    """The line with a tab as one space and every invisible character as a visible one, one for one."""
    return "".join(
        " "
        if character == "\t"
        else "�"
        if category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else character
        for character in line
    )


def _worded(value: Value, language: str) -> str:
    match value:
        case str():
            return short(value)
        case int():
            return str(value)
        case tuple():
            shown = [short(item) for item in value[:_LISTED_AT_MOST]] + ["…"] * (len(value) > _LISTED_AT_MOST)
            return ("、" if language == "zh" else ", ").join(shown)
        case _:
            return value[language]


def short(words: str) -> str:
    """The author's words on one line, cut where they are long."""
    words = _printable(" ".join(words.split()))
    return words if len(words) <= _QUOTED_AT_MOST else words[: _QUOTED_AT_MOST - 1] + "…"
