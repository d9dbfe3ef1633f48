"""What two texts that should say the same do not both say."""

import re
from collections.abc import Iterator, Sequence

from bot.script.wording.amounts import Amount
from bot.script.wording.lexicon import listed

_LINE = re.compile(r"\n+")
_SENTENCE = re.compile(r"[。！？!?]+|\.(?=\s|$)")
#: Between two statements of a sentence, not between two items of a list.
_CLAUSE = re.compile(
    "[；;]|，(?=也|但|可是|而|所以|因此|如果|请|您|这|不过)|,(?= (?:and |but |so )?(?:it|you|we|they|I|this|please|if)\\b)"
)

#: Comparison words that go together: a translation may leave the weaker one out.
_ALIKE = (
    *({"back", ""}, {"back", "max"}, {"after", ""}, {"before", ""}, {"after", "min"}, {"before", "back"}),
    *({"during", other} for other in ("", "max", "back", "after", "before", "some")),
    *({"some", other} for other in ("", "over", "min")),
)
#: The number itself counts in one of them and not in the other.
_NEXT_TO_EACH_OTHER = ({"max", "under"}, {"min", "over"})


def unmatched(
    first: Sequence[Amount], second: Sequence[Amount]
) -> tuple[list[Amount], list[Amount], list[tuple[Amount, Amount]]]:
    """The amounts only the first text has, those only the second has, and the pairs."""
    left, right = list(first), list(second)
    pairs = []
    for exact in (True, False):
        for one in list(left):
            for other in right:
                if one.agrees(other) and (not exact or (one.bound == other.bound and one.unit == other.unit)):
                    pairs.append((one, other))
                    left.remove(one)
                    right.remove(other)
                    break
    return (
        [each for each in left if _counts(each, second)],
        [each for each in right if _counts(each, first)],
        pairs,
    )


def _counts(amount: Amount, others: Sequence[Amount]) -> bool:
    """Whether an amount without a partner is one too many: not said twice, not a mere word in the other text."""
    if amount.soft:
        return False
    return not any(amount.agrees(other) or (other.soft and amount.value == other.value) for other in others)


def unequal(pairs: Sequence[tuple[Amount, Amount]]) -> Iterator[tuple[Amount, Amount]]:
    """Pairs whose comparison words do not agree."""
    for one, other in pairs:
        if one.bound != other.bound and {one.bound, other.bound} not in _ALIKE:
            yield one, other


def loosely_equal(one: Amount, other: Amount) -> bool:
    """Whether two comparisons may mean the same, as their words are used: 25度以下, below 25 degrees."""
    loose = any(listed("comparisons", "loose").among(each.said, "zh") for each in (one, other))
    return loose and {one.bound, other.bound} in _NEXT_TO_EACH_OTHER


def aligned(first: str, second: str) -> Iterator[tuple[slice, slice]]:
    """Stretches of two texts that belong together: sentences where both have as many, else lines, else all."""
    lines = _cut(_LINE, first), _cut(_LINE, second)
    if len(lines[0]) != len(lines[1]):
        lines = [slice(0, len(first))], [slice(0, len(second))]
    for one, other in zip(*lines, strict=True):
        parts = _cut(_SENTENCE, first, one), _cut(_SENTENCE, second, other)
        for pair in zip(*parts, strict=True) if len(parts[0]) == len(parts[1]) else [(one, other)]:
            clauses = _cut(_CLAUSE, first, pair[0]), _cut(_CLAUSE, second, pair[1])
            yield from zip(*clauses, strict=True) if len(clauses[0]) == len(clauses[1]) else [pair]


def _cut(pattern: re.Pattern[str], text: str, within: slice | None = None) -> list[slice]:
    """The stretches of a text between the matches of a pattern that hold something."""
    start, stop, _ = (within or slice(None)).indices(len(text))
    found = []
    for mark in pattern.finditer(text, start, stop):
        found.append(slice(start, mark.end()))
        start = mark.end()
    found.append(slice(start, stop))
    return [piece for piece in found if text[piece].strip()]
