"""What a registry entry or a trial's page says of a study, as far as a draft can use it."""

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 256 * 1024
#: What cannot stand in a script: control and invisible characters, halves of characters.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
#: Personal data that some registries carry; it goes stale, and a script never holds it.
_PERSONAL = (
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}"),
    re.compile(r"(?<![\w-])\+?\(?\d[\d()\s.-]{7,18}\d(?![\w-])"),
    re.compile(r"\b(?:Dr|Prof|Professor|Mr|Ms|Mrs)\b\.?\s+[A-Z][\w'-]+(?:\s+[A-Z][\w'.-]+){0,3}"),
)
LEFT_OUT = "[…]"


@dataclass(frozen=True, slots=True)
class Limits:
    """An age range as it is written; None where there is no limit."""

    low: int | None
    high: int | None
    written: str


@dataclass(eq=False)
class CannotDraft(Exception):
    """Why no draft can be made of a source, by the name of its sentence."""

    reason: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A study as its source describes it; "" and None where it says nothing. `criteria` is the text as it stands."""

    title: str
    criteria: str
    is_registry: bool
    site: str = ""
    protocol: str = ""
    registry: str = ""
    ages: tuple[Limits, ...] = ()
    sex: str = ""
    status: str = ""
    recruits: bool | None = None
    months_old: int | None = None
    updated: str = ""
    accepts_healthy: bool = False


def decoded(content: bytes) -> str:
    """The text of a file, in UTF-8 or as Chinese Windows saves it; CannotDraft."""
    if len(content) > MOST_BYTES:
        raise CannotDraft("too_big", {"limit": str(MOST_BYTES // 1024)})
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise CannotDraft("not_text")


def tidy(text: str) -> str:
    """Ordinary characters and line ends only, entities and Markdown's escapes undone."""
    plain = html.unescape(text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = plain.encode("utf-8", "ignore").decode().replace("\xa0", " ").replace("\u3000", "  ")
    plain = _UNPRINTABLE.sub("", unicodedata.normalize("NFC", plain))
    return _ESCAPED.sub(r"\1", plain.replace("\t", "    "))


def line_of(value: Any) -> str:
    """A value as one line of text; "" when it is none."""
    return " ".join(tidy(value).split()) if isinstance(value, str) else ""


def without_people(text: str) -> str:
    """The text with names after a title, phones and e-mail addresses left out."""
    for pattern in _PERSONAL:
        text = pattern.sub(LEFT_OUT, text)
    return text


def language_of(text: str) -> str:
    """zh or en, by the characters a text is written in."""
    letters = sum(character.isalpha() for character in text)
    return "zh" if 4 * len(_CHINESE.findall(text)) > letters else "en"


def name_without_braces(text: str) -> str:
    """Braces would be placeholders."""
    return text.translate({ord("{"): "(", ord("}"): ")"})
