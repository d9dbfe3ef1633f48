"""A script laid out in rows, one for each text and each limit, for people who edit it in a table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from bot.core.text import Text
from bot.script.compile import LANGUAGES
from bot.script.nodes import ListNode, MapNode, Node, Scalar, decode, read
from bot.script.script import Path


class Part(Enum):
    """The tables: what participants read, what is written for the team, and the numbers of the rules."""

    TEXTS = "texts"
    CRITERIA = "criteria"
    LIMITS = "limits"


#: What stands for the language in a row of the limits.
NUMBER = "number"

#: Sections whose texts are for the team, and those whose numbers are limits, under these keys.
_TEAM = {"criteria", "notes", "allowed_phrases"}
_LIMITED = {"questions", "computed"}
#: Mappings whose keys are codes, which may look like languages.
_NO_TEXTS = {"means", "takes"}
_LIMITS = {"from", "to", "months", "weeks", "days"}

#: What the parts of a script are called.
_NAMES: Mapping[str, Text] = {
    "study": {"zh": "研究", "en": "study"},
    "name": {"zh": "名称", "en": "name"},
    "site": {"zh": "机构", "en": "site"},
    "notes": {"zh": "说明", "en": "note"},
    "criteria": {"zh": "标准", "en": "criterion"},
    "text": {"zh": "内容", "en": "text"},
    "reason": {"zh": "理由", "en": "reason"},
    "ending": {"zh": "结尾", "en": "ending"},
    "answer_sets": {"zh": "常用答案", "en": "answer set"},
    "questions": {"zh": "问题", "en": "question"},
    "computed": {"zh": "算出的值", "en": "computed value"},
    "short": {"zh": "短名", "en": "short"},
    "preface": {"zh": "引言", "en": "preface"},
    "ask": {"zh": "提问", "en": "ask"},
    "help": {"zh": "帮助", "en": "help"},
    "part": {"zh": "标准的一部分", "en": "part"},
    "unit": {"zh": "单位", "en": "unit"},
    "options": {"zh": "选项", "en": "option"},
    "label": {"zh": "按钮", "en": "button"},
    "ranges": {"zh": "范围", "en": "range"},
    "valid": {"zh": "有效数字", "en": "valid"},
    "window": {"zh": "期限", "en": "window"},
    "from": {"zh": "从", "en": "from"},
    "to": {"zh": "到", "en": "to"},
    "months": {"zh": "月", "en": "months"},
    "weeks": {"zh": "周", "en": "weeks"},
    "days": {"zh": "天", "en": "days"},
    "texts": {"zh": "文字", "en": "text"},
    "notice": {"zh": "隐私告知", "en": "notice"},
    "glossary": {"zh": "术语", "en": "term"},
    "allowed_phrases": {"zh": "例外", "en": "exception"},
}


@dataclass(frozen=True, slots=True)
class Row:
    """One text in every language, or one number (under NUMBER), and where in the script it stands.

    The key stays when questions are moved or added.
    """

    part: Part
    key: str
    place: Text
    path: Path
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """A script in rows, and the version they were made from: the SHA-256 of its text."""

    study: str
    version: str
    languages: tuple[str, ...]
    rows: tuple[Row, ...]


def rows_of(source: bytes | str, file: str) -> Rows | None:
    """A script in rows, also one that is not right yet; None where it cannot be read as YAML."""
    text, _ = decode(source, file)
    root, _ = read(source, file)
    if not isinstance(root, MapNode):
        return None
    languages = tuple(dict.fromkeys([*_words(root.get("languages")), *LANGUAGES]))
    study = root.get("flow")
    return Rows(
        study=study.text if isinstance(study, Scalar) else "",
        version=sha256(text.encode("utf-8", "replace")).hexdigest(),
        languages=languages,
        rows=tuple(_rows(root, (), (), languages)),
    )


def is_number(text: str) -> bool:
    """Whether a limit is written as a number."""
    return re.fullmatch(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?", text) is not None


def _words(node: Node | None) -> list[str]:
    return (
        [item.text for item in node.items if isinstance(item, Scalar)] if isinstance(node, ListNode) else []
    )


def _rows(node: Node, path: Path, names: tuple[str, ...], languages: tuple[str, ...]) -> Iterator[Row]:
    """`names`: the steps of the path, with ids for positions in lists."""
    if isinstance(node, ListNode):
        for place, (item, name) in enumerate(zip(node.items, _item_names(node), strict=True)):
            yield from _rows(item, (*path, place), (*names, name), languages)
    if not isinstance(node, MapNode) or (path and path[-1] in _NO_TEXTS):
        return
    keys = {key.text for key, _ in node.entries}
    if keys and keys <= set(languages):
        part = Part.CRITERIA if path[:1] and path[0] in _TEAM else Part.TEXTS
        values = {language: _text(node.get(language)) for language in languages}
        yield Row(part, ".".join(names), _place(path, names), path, values)
        return
    for key, value in node.entries:
        inner, named = (*path, key.text), (*names, key.text)
        if key.text in _LIMITS and isinstance(value, Scalar) and path and path[0] in _LIMITED:
            yield Row(Part.LIMITS, ".".join(named), _place(inner, named, node), inner, {NUMBER: _text(value)})
        yield from _rows(value, inner, named, languages)


def _text(node: Node | None) -> str:
    return node.text.strip() if isinstance(node, Scalar) and not node.empty else ""


def _item_names(node: ListNode) -> list[str]:
    """What the items of a list are called: by id or code where they have one of their own, else by number."""
    own = [
        next((_text(item.get(key)) for key in ("id", "code") if item.get(key)), "")
        if isinstance(item, MapNode)
        else ""
        for item in node.items
    ]
    return [name if name and own.count(name) == 1 else str(number) for number, name in enumerate(own, 1)]


def _place(path: Path, names: tuple[str, ...], around: MapNode | None = None) -> Text:
    """A place for people: question pregnant · option yes · button."""
    means = _text(around.get("means")) if around is not None else ""
    words: dict[str, str] = {}
    for language in LANGUAGES:
        parts: list[str] = []
        for step, name, before in zip(path, names, ("", *names), strict=False):
            called = _NAMES.get(name) if isinstance(step, str) else None
            if called is not None:
                parts.append(called[language])
            elif isinstance(step, int) and before not in _NAMES:
                parts.append(name)  # an option of an answer set
            else:
                parts[-1:] = [" ".join([*parts[-1:], name])]
        words[language] = " · ".join(parts) + (f" ({means})" if means else "")
    return words
