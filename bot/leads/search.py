"""What a note can be found by: its words, and every two Chinese characters that stand side by side."""

import re
import unicodedata
from itertools import pairwise

#: Chinese runs, and words of other scripts or figures.
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
#: Words beyond these are of no use for finding anything.
MOST_TOKENS, LONGEST = 400, 40


def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text, or of a query: all of a query's are in whatever text it is found in.

    Chinese is not written with spaces, so its tokens are single characters and pairs: a word of two characters is
    found as its pair, a longer one by all of its pairs. Of a query only the pairs count where there are any.
    """
    found: dict[str, None] = {}
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u3400" <= run[0] <= "\u9fff":
            found |= dict.fromkeys(run)
            found |= dict.fromkeys(first + second for first, second in pairwise(run))
        else:
            found[run[:LONGEST]] = None
    return tuple(found)[:MOST_TOKENS]


def asked_for(query: str) -> tuple[str, ...]:
    """The tokens to look up for a query: the most telling first, single characters only where nothing else is asked."""
    found = tokens(query)
    telling = [token for token in found if len(token) > 1 or not "\u3400" <= token <= "\u9fff"]
    return tuple(sorted(telling or found, key=len, reverse=True))


def is_in(query: str, text: str) -> bool:
    """Whether a text holds the words of a query, each as it is written."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return all(run in text for run in _RUNS.findall(unicodedata.normalize("NFKC", query).casefold()))
