"""How wide words are, near enough: the server has no fonts."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

#: Letters of Latin by their width in em, as the widest of the common sans serif faces has them.
_WIDTHS = {"ijlI'|.,:;": 0.32, "tfr()[]-/ ": 0.42, "mMW%@": 1.0, "w": 0.82, "ABCDEFGHJKLNOPQRSTUVXYZ&": 0.75}
_EM = {letter: em for letters, em in _WIDTHS.items() for letter in letters}
_OTHER = 0.63
#: Bold letters are wider.
BOLD = 1.1
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60"
_OPENING = "“（《‘"
_CLOSING = "，。、；：？！）》”’…"
#: What stays on one line: a word, or a Chinese character with the marks that belong to it; a dot between two never begins one.
_PIECE = re.compile(
    rf"[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_WIDE}])[{_CLOSING}]*\s*(?:·\s*)?|\S\s*"
)


def width(words: str, size: float) -> float:
    """The width of words in a letter size, rather too much than too little."""
    return size * sum(_em(letter) for letter in words)


def _em(letter: str) -> float:
    return 1.0 if east_asian_width(letter) in "WFA" else _EM.get(letter, _OTHER)


def wrapped(words: str, size: float, room: float, first: float = 0.0) -> list[str]:
    """Words on lines no wider than `room`; on the first one `first` is taken already."""
    lines, left = [""], room - first
    for piece in _pieces(words, size, room):
        needed = width(piece.rstrip(), size)
        if needed > left and (lines[-1] or first):
            lines, left, first = [*lines, ""], room, 0.0
        lines[-1] += piece
        left -= width(piece, size)
    return [line.rstrip() for line in lines]


def _pieces(words: str, size: float, room: float) -> Iterator[str]:
    """What may stand on a line of its own; a word wider than a line is cut."""
    for piece in _PIECE.findall(words):
        start, taken = 0, 0.0
        for end, letter in enumerate(piece.rstrip()):
            if taken + width(letter, size) > room and end > start:
                yield piece[start:end]
                start, taken = end, 0.0
            taken += width(letter, size)
        yield piece[start:]
