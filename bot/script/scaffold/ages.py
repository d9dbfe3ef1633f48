"""Age limits as a criterion words them. What is not plain is not read."""

import re

from bot.script.scaffold.source import Limits

#: An age question takes these; beyond them a limit is a slip.
YOUNGEST, OLDEST = 1, 119
_YEARS = r"(?:years?(?:[- ]olds?)?(?: of age)?|yrs?|y\.?o\.?|周?岁)"
_BETWEEN = re.compile(
    rf"(?i)(?<![\d.])(\d{{1,3}})\s*{_YEARS}?\s*(?:-|–|—|~|～|to|and|至|到)\s*(\d{{1,3}})\s*{_YEARS}"
)
_AGED_BETWEEN = re.compile(
    r"(?i)(?:\bage[ds]?\b|年龄)\D{0,12}?(\d{1,3})\s*(?:-|–|—|~|～|to|and|至|到)\s*(\d{1,3})(?![\d.%])"
)
_AT_LEAST = re.compile(
    rf"(?i)(?:(?:≥|>=|at least|minimum(?: age)?(?: of)?|不小于|不低于)\s*(\d{{1,3}})\s*{_YEARS}"
    rf"|(\d{{1,3}})\s*{_YEARS}\s*(?:and|or) (?:older|above|over)|(\d{{1,3}})\s*周?岁(?:及|或)?以上)"
)
_AT_MOST = re.compile(
    rf"(?i)(?:(?:≤|<=|at most|maximum(?: age)?(?: of)?|up to|不大于|不超过)\s*(\d{{1,3}})\s*{_YEARS}"
    rf"|(\d{{1,3}})\s*{_YEARS}\s*(?:and|or) (?:younger|below|under)|(\d{{1,3}})\s*周?岁(?:及|或)?以下)"
)
_AGE = re.compile(r"(?i)\bage[ds]?\b|years? old|years? of age|\byears\b|年龄|周?岁")


def limits_in(text: str) -> Limits | None:
    """The limits a criterion sets, if it speaks of one range of ages."""
    if not _AGE.search(text):
        return None
    between = [*_BETWEEN.finditer(text)] or [*_AGED_BETWEEN.finditer(text)]
    if between:
        low, high = int(between[0][1]), int(between[0][2])
        one = len({match.groups() for match in between}) == 1
        return Limits(low, high, between[0][0]) if one and low <= high <= OLDEST else None
    lowest, highest = _AT_LEAST.search(text), _AT_MOST.search(text)
    if lowest is None and highest is None:
        return None
    low_end = _first(lowest) if lowest else None
    high_end = _first(highest) if highest else None
    if (low_end or YOUNGEST) > (high_end or OLDEST) or (low_end or 0) > OLDEST or (high_end or 0) > OLDEST:
        return None
    return Limits(low_end, high_end, " ".join(match[0] for match in (lowest, highest) if match))


def _first(match: re.Match[str]) -> int:
    return int(next(group for group in match.groups() if group))
