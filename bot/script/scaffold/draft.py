"""Writes the draft: every criterion in the ledger, what is known filled in, everything else marked to be written."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from textwrap import indent

from bot.core.text import Text
from bot.script.compile import flow_id
from bot.script.nodes import TO_BE_WRITTEN, Scalar
from bot.script.problems import NOWHERE
from bot.script.scaffold.ages import OLDEST, limits_in
from bot.script.scaffold.conflicts import Conflict, conflicts
from bot.script.scaffold.criteria import Item, Split, split
from bot.script.scaffold.page import read_page
from bot.script.scaffold.registry import read_registry
from bot.script.scaffold.snippets import Commonplace, Snippets, snippets
from bot.script.scaffold.source import (
    CannotDraft,
    Limits,
    Source,
    decoded,
    language_of,
    name_without_braces,
    without_people,
)
from bot.script.shapes import Log

#: More criteria than any protocol has: the file is something else.
MOST_CRITERIA = 300
ADULT = 18


@dataclass(frozen=True, slots=True)
class Draft:
    """A script to go on with, and what a person has to settle."""

    text: str
    conflicts: tuple[Conflict, ...]
    criteria: int
    unsettled: int


def draft_from(content: bytes, flow: str, today: date) -> Draft:
    """A draft of the flow called `flow`; CannotDraft says why there is none."""
    log = Log("")
    if flow_id(Scalar(flow, NOWHERE), log) is None or log.problems:
        raise CannotDraft("bad_flow_id", {"flow": flow})
    source = _read(decoded(content), today)
    found = split(source.criteria, is_page=not source.is_registry)
    if not found.items or (not source.is_registry and not found.has_headings):
        raise CannotDraft("no_criteria")
    if len(found.items) > MOST_CRITERIA:
        raise CannotDraft("too_many", {"count": str(len(found.items)), "limit": str(MOST_CRITERIA)})
    source = replace(source, title=without_people(source.title), site=without_people(source.site))
    items = tuple(replace(item, text=without_people(item.text)) for item in found.items)
    return _Writer(flow, source, replace(found, items=items), snippets()).draft()


def _read(text: str, today: date) -> Source:
    if text.lstrip()[:1] not in ("{", "["):
        return read_page(text)
    try:
        return read_registry(json.loads(text), today)
    except (ValueError, RecursionError):
        raise CannotDraft("broken_json") from None


class _Writer:
    def __init__(self, flow: str, source: Source, found: Split, library: Snippets) -> None:
        self._flow = flow
        self._source = source
        self._found = found
        self._library = library
        self._age, self._limits = self._age_limits()
        self._known = {
            item.id: known
            for item in found.items
            if item is not self._age
            and found.has_headings
            and (known := library.known(item.text, item.inclusion))
        }

    def _age_limits(self) -> tuple[Item | None, Limits | None]:
        """The first inclusion criterion that sets ages; else what the header says, if it says one thing."""
        if self._found.has_headings:
            for item in self._found.items:
                if item.inclusion and (limits := limits_in(item.text)):
                    return item, limits
        usable = [each for each in self._source.ages if _is_usable(each)]
        one = len({(each.low, each.high) for each in usable}) == 1
        return None, usable[0] if one else None

    def draft(self) -> Draft:
        found = tuple(conflicts(self._source, self._found, self._limits, self._age, self._library))
        unsettled = [
            item for item in self._found.items if item is not self._age and item.id not in self._known
        ]
        parts = (
            self._head(),
            self._notes(found),
            self._criteria(),
            self._questions(),
            _section("texts", _TEXTS, self._library.texts),
            _section("notice", _NOTICE, self._library.notice),
        )
        return Draft("\n".join(part for part in parts if part), found, len(self._found.items), len(unsettled))

    def _head(self) -> str:
        source = self._source
        lines = [
            *_HEAD,
            "",
            "format: 1",
            f"flow: {self._flow}",
            "languages: [zh, en]",
            f"author: {TO_BE_WRITTEN}    # 您的角色，不写人名 / your role, not a person's name",
            "",
            "study:",
            *_text("  ", "name", name_without_braces(source.title)),
            *_text("  ", "site", name_without_braces(source.site)),
            f"  protocol: {_quoted(source.protocol)}",
        ]
        if source.registry:
            lines.append(f"  registry: {_quoted(source.registry)}")
        return "\n".join([*lines, "", "settings:", "  stop: first_fail", ""])

    def _notes(self, found: Sequence[Conflict]) -> str:
        if not found:
            return ""
        lines = [*_NOTES, "notes:"]
        for number, conflict in enumerate(found, 1):
            lines += [
                f"  - id: C{number}",
                f"    criteria: [{', '.join(conflict.criteria)}]",
                "    site_decides: true",
                "    text:",
                *(f"      {language}: {_quoted(conflict.text(language))}" for language in ("zh", "en")),
            ]
        return "\n".join([*lines, ""])

    def _criteria(self) -> str:
        lines = [*_CRITERIA, "criteria:"]
        if self._limits and self._age is None:
            lines += self._ledger(Item("I0", True, self._limits.written), True)
        for item in self._found.items:
            lines += self._ledger(item, item is self._age)
        return "\n".join(lines)

    def _ledger(self, item: Item, is_age: bool) -> Iterator[str]:
        known = self._known.get(item.id)
        kind = "inclusion" if item.inclusion else "exclusion"
        yield f"  - id: {item.id}"
        yield f"    kind: {kind if self._found.has_headings else TO_BE_WRITTEN}"
        yield from _text("    ", "text", item.text)
        if is_age and self._limits:
            yield "    settled_by: questions"
            yield from _both("    ", "reason", self._library.age["reason"])
            yield "    disclose: topic            # 年龄范围是公开的，所以结尾可以说 / the age limits are public"
            yield from _both("    ", "ending", _with_limits(self._library.age, self._limits))
        elif known:
            yield f"    settled_by: {known.settled_by}"
            yield from _both("    ", "reason", known.reason)
        else:
            yield f"    settled_by: {TO_BE_WRITTEN}"
            yield f"    reason: {TO_BE_WRITTEN}"
        yield ""

    def _questions(self) -> str:
        parts = list(self._known_questions())
        if not parts:
            return "\n".join([*_QUESTIONS, f"questions: {TO_BE_WRITTEN}", ""])
        return "\n".join([*_QUESTIONS, "questions:", "", *(indent(part, "  ") for part in parts)])

    def _known_questions(self) -> Iterator[str]:
        if self._limits:
            ranges = indent("\n".join(_ranges(self._limits)), "    ")
            question = self._library.age["question"].replace("  RANGES", ranges)
            yield question.replace("CRITERION", self._age.id if self._age else "I0")
        used: dict[str, Commonplace] = {}
        for criterion, known in self._known.items():
            if known.questions and known.name not in used:
                used[known.name] = known
                ids = [id for id, each in self._known.items() if each is known]
                yield known.questions.replace("CRITERION", ", ".join(ids) or criterion)


def _is_usable(limits: Limits) -> bool:
    low, high = limits.low or 0, OLDEST if limits.high is None else limits.high
    return max(low, ADULT) <= high <= OLDEST


def _ranges(limits: Limits) -> Iterator[str]:
    low = max(limits.low or 0, ADULT)
    yield "- {to: 17, means: fails, lasting: temporary, erases: true}     # 未成年：全部删除 / a minor: erase all"
    if low > ADULT:
        yield f"- {{from: 18, to: {low - 1}, means: fails, lasting: temporary}}"
    if limits.high is None:
        yield f"- {{from: {low}, means: meets}}"
        return
    if limits.high > low:
        yield f"- {{from: {low}, to: {limits.high - 1}, means: meets}}"
    yield f"- {{from: {limits.high}, to: {limits.high}, means: meets, flag: near_limit}}"
    yield f"- {{from: {limits.high + 1}, means: fails, lasting: permanent}}"


def _with_limits(age: Mapping[str, Text], limits: Limits) -> Text:
    low, high = str(max(limits.low or 0, ADULT)), str(limits.high)
    words = age["at_least" if limits.high is None else "between"]
    return {language: text.replace("LOW", low).replace("HIGH", high) for language, text in words.items()}


def _text(margin: str, key: str, words: str) -> Iterator[str]:
    """The source's words in their own language, the other marked; nothing but the mark where there are none."""
    if not words.strip():
        yield f"{margin}{key}: {TO_BE_WRITTEN}"
        return
    own = language_of(words)
    yield f"{margin}{key}:"
    for language in ("zh", "en"):
        yield f"{margin}  {language}: {_quoted(words) if language == own else TO_BE_WRITTEN}"


def _both(margin: str, key: str, text: Text) -> Iterator[str]:
    yield f"{margin}{key}:"
    for language, words in text.items():
        if "\n" in words:
            yield f"{margin}  {language}: |-"
            yield indent(words.strip("\n"), f"{margin}    ")
        else:
            yield f"{margin}  {language}: {_quoted(words)}"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False) if words.strip() else TO_BE_WRITTEN


def _section(key: str, head: Sequence[str], body: str) -> str:
    return "\n".join(
        [*head, f"{key}:", indent(re.sub(r"\n{2,}", "\n\n", body), "  ", lambda line: bool(line.strip()))]
    )


_LINE = "# ---------------------------------------------------------------------------"
_HEAD = (
    "# 由 `prescreen flows new` 起草。写着 to_be_written 的地方都要由人写完；`prescreen check` 会逐个列出。没写完不能提交和发布。",
    "# 来源的文字原样放在它自己的语言里，另一种语言要由人写。起草不会编问题，也不会翻译。",
    "# Drafted by `prescreen flows new`. Whatever says to_be_written is for a person to write; `prescreen check` lists",
    "# every place. Until then the script cannot be submitted or published. The source's words stand in their own",
    "# language, the other is to be written. A draft invents no question and no translation.",
    "#",
    "# 怎样写一道题、每一项是什么意思：见 flows/README.zh.md。",
    "# How to write a question and what each field means: see flows/README.md.",
)
_NOTES = (
    "",
    _LINE,
    "# 说明：来源里互相矛盾或没写清的地方。逐条和研究者确认，写下结论",
    "# Notes: where the source disagrees with itself or leaves something open. Settle each with the investigator",
    _LINE,
    "",
)
_CRITERIA = (
    "",
    _LINE,
    "# 标准：来源里的每一条，按原来的次序编号。settled_by：questions 由问题判定 | coordinator 协调员 | visit 访视时 | investigator 研究者",
    "# Criteria: every one of the source, numbered in its order. settled_by: questions | coordinator | visit | investigator",
    _LINE,
    "",
)
_QUESTIONS = (
    "",
    _LINE,
    "# 问题：每一条由问题判定的标准至少一道题。先问容易问、容易不符合的，私人的问题放在后面",
    "# Questions: at least one for every criterion that questions settle. Easy and deciding ones first, private ones late",
    _LINE,
    "",
)
_TEXTS = ("", _LINE, "# 问题以外给参与者看的文字 / texts for participants outside the questions", _LINE, "")
_NOTICE = ("", _LINE, "# 隐私告知：每项一行 / the privacy notice, one line each", _LINE, "")
