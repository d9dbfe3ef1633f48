"""Numbers with their units and comparison words, in Chinese and English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.reading.numerals import whole_number
from bot.script.wording.lexicon import lexicon

#: From … on, more than, up to, less than; `back`: a stretch of time that ends now; `during`: for so long;
#: `some`: 十几, ten and some more.
BOUNDS = ("", "min", "over", "max", "under", "back", "during", "some", "after", "before")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it stands in a text. `soft`: written so that the other language may have no number for it."""

    start: int
    words: str
    value: float | str
    unit: str = ""
    bound: str = ""
    soft: bool = False
    #: With its comparison word, as it is shown.
    said: str = ""

    @property
    def size(self) -> tuple[float | str, str]:
        """The value in the smallest unit of its family: 1 year is 12 months."""
        factor, unit = _FAMILIES.get(self.unit, (1, self.unit))
        return (self.value * factor if isinstance(self.value, float) else self.value), unit

    def agrees(self, other: "Amount") -> bool:
        """Whether both are the same amount; a number without a unit goes with any."""
        if not self.unit or not other.unit or {self.unit, other.unit} == {"age", "year"}:
            return self.value == other.value
        return self.size == other.size


_FAMILIES: Mapping[str, tuple[int, str]] = {"year": (12, "month"), "week": (7, "day")}
_ARABIC = r"[0-9０-９]{1,3}(?:[,，][0-9]{3})+|[0-9０-９]+(?:[.．][0-9０-９]+)?"
_CHINESE = "[零〇一二两三四五六七八九十百半]+"
_PLACEHOLDER = r"\{\w+\}"
_DAY = r"(?P<day>[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)"
#: Words, not amounts: one of anything, and what is said without counting.
_NOT_COUNTED = {"", "一", "百", "十", "a", "an", "one"}


#: Two numbers in a row: 两三天 is two or three days.
_ONE_OR_TWO = {"一两", "两三", "三四", "四五", "五六", "六七", "七八", "八九"}


@dataclass(frozen=True)
class _Language:
    pattern: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    units: Mapping[str, str]
    words: Mapping[str, float]
    bounds: Mapping[str, str]


def amounts(text: str, language: str) -> Iterator[Amount]:
    """Every number of a text in its order; none in a language whose numbers are not known."""
    if language not in ("zh", "en"):
        return
    known = _language(language)
    for found in known.pattern.finditer(text):
        if (amount := _amount(found, known)) is not None:
            yield amount


def unit_of(words: str, language: str) -> str:
    """The unit that some words are; empty for words nobody listed."""
    return _unit(words, _language(language))


def comparisons(text: str, language: str) -> set[str]:
    """The comparisons a text makes anywhere, also away from its numbers."""
    known = _language(language)
    return {bound for word, bound in known.bounds.items() if word in text.casefold()}


def _amount(found: re.Match[str], known: _Language) -> Amount | None:
    written, unit = found["number"], _unit(found["unit"], known)
    start, words = found.start(), found[0]
    if found["day"]:
        return Amount(start, words, words)
    bound, said = _bound(found, known)
    if written.startswith("{"):
        return Amount(start, words, written, unit, bound, True, said)
    if (value := _value(written, known)) is None:
        return None
    arabic = written[0].isdigit()
    counted = (
        arabic or found["half"] or found["more"] or found["percent"] or written.casefold() not in _NOT_COUNTED
    )
    if not (arabic or found["percent"] or unit) or not counted:
        return Amount(start, words, value, unit, soft=True)
    if unit == "year" and arabic and 1900 <= value <= 2199:
        unit = ""  # a calendar year
    if found["half"]:
        value += 0.5
    if found["percent"]:
        unit = "percent"
    if value != int(value) and unit in _FAMILIES:
        factor, unit = _FAMILIES[unit]
        value *= factor
    return Amount(start, words, value, unit, bound, said=said)


def _value(written: str, known: _Language) -> float | None:
    word = written.casefold()
    if word in known.words:
        return known.words[word]
    plain = "".join(str(int(each)) if each.isdecimal() else each for each in word)
    plain = re.sub("[,，]", "", plain).replace("．", ".")
    if re.fullmatch(r"[0-9.]+", plain):
        return float(plain)
    if word in _ONE_OR_TWO:
        word = word[1]
    whole = whole_number(word)
    return None if whole is None else float(whole)


def _unit(written: str | None, known: _Language) -> str:
    return known.units.get(re.sub(r"\s+|-", " ", (written or "").casefold()).strip(), "")


def _bound(found: re.Match[str], known: _Language) -> tuple[str, str]:
    """The comparison word right before the number, or the one right after it, and the number with it."""
    text = found.string
    before = known.before.search(text[: found.start()])
    after = known.after.match(text, found.end())
    bound = known.bounds[_plain(before[1])] if before else ""
    if before is not None and (after is None or bound != "during"):  # for two weeks or more
        return bound, text[before.start() : found.end()]
    if after is not None:
        return known.bounds[_plain(after[1])], text[found.start() : after.end()]
    return "some" if found["more"] else "", found[0]


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words.casefold())


@cache
def _language(language: str) -> _Language:
    units = {
        word.casefold(): unit
        for unit, words in lexicon("units")["units"].items()
        for word in words.get(language, ())
    }
    bounds: dict[str, str] = {}
    sides: dict[str, list[str]] = {"before": [], "after": []}
    for bound, places in lexicon("comparisons").items():
        for side, listed in sides.items():
            for word in places.get(f"{language}_{side}") or ():
                bounds[word] = bound
                listed.append(word)
    words = {str(word): float(value) for word, value in lexicon("units")["numbers"][language].items()}
    edge = "" if language == "zh" else r"(?![A-Za-z])"
    half, more = ("半", "[几多来余]") if language == "zh" else ("(?!)", "(?!)")
    unit = _either(units).replace(r"\ ", r"[\s-]+")
    spelled = _CHINESE if language == "zh" else rf"\b(?:{_either(words)})\b"
    return _Language(
        pattern=re.compile(
            rf"(?<![A-Za-z0-9./_])(?:{_DAY}|(?P<percent>百分之)?(?P<number>{_PLACEHOLDER}|{_ARABIC}|{spelled})(?:st|nd|rd|th)?"
            rf"(?:\s*-?\s*(?P<more>{more})?(?P<unit>{unit})(?P<half>{half})?{edge})?)(?![A-Za-z0-9_])",
            re.IGNORECASE,
        ),
        before=re.compile(rf"({_either(sides['before'])})\s*$", re.IGNORECASE),
        after=re.compile(rf"\s*({_either(sides['after'])}){edge}", re.IGNORECASE),
        units=units,
        words=words,
        bounds=bounds,
    )


def _either(words: Mapping[str, object] | list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
