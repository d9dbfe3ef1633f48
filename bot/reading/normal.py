"""The form of a text that is compared: width, case, spaces and closing marks do not matter."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")
_SPACE = re.compile(r"\s+")
_EDGE = " \t\r\n.,;:!?。，；：！？、~“”\"'‘’"


def normal(text: str) -> str:
    """NFKC, invisible characters gone, lower case, single spaces, no marks at the edges."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _SPACE.sub(" ", plain).casefold().strip(_EDGE)


def tight(text: str) -> str:
    """The normal form without any space."""
    return normal(text).replace(" ", "")
