"""The written form of a chat, one file a journey.

# Ms Lin, 36, is pregnant.
> 没有怀孕           what the person taps or types: a live button's label is tapped
> (types) 没有怀孕   … or is typed all the same; (again), (old button) and (photo) are told likewise
~ ✓ 没有怀孕         the answered prompt shows what was chosen
< 第8题，共约28题     a message, a line each
  您现在在喂母乳吗？
[ 在喂 | 没在喂 ]     its buttons, a row each; alone: the same message with other buttons
@ 24 hours later     what happens without the person
* run: not_match     what the store holds at the end
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

# No \b: to it a Chinese character in front is a letter like any other.
_CODE = re.compile(r"(?<![A-Z0-9])([LR])-[3-9A-HJKMNP-Y]{4}-[3-9A-HJKMNP-Y]{4}(?![A-Z0-9])")
_MOMENT = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日|\d{1,2} [A-Z][a-z]+ \d{4}) \d{2}:\d{2}")


def message_lines(texts: Iterable[str]) -> list[str]:
    """A message as it stands in a transcript."""
    rows = [row.strip() for text in texts for row in text.split("\n") if row.strip()]
    return [f"{'  ' if number else '< '}{row}" for number, row in enumerate(rows)]


def button_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """Buttons as they stand in a transcript."""
    return [f"[ {' | '.join(row)} ]" for row in rows if row]


def masked(line: str) -> str:
    """Without what differs from run to run."""
    return _CODE.sub(r"\1-XXXX-XXXX", line)


def undated(line: str) -> str:
    """Without the moments of a process that goes by the real clock."""
    return _MOMENT.sub("…", masked(line))


def path(channel: str, name: str, language: str) -> Path:
    """Where a journey's transcript is."""
    return HERE / channel / f"{name}.{language}.chat"


@dataclass(frozen=True, slots=True)
class Turn:
    """What was done and what was seen then. `how` is one of the marks below, "" where the line has none."""

    how: str
    said: str
    seen: list[str]


#: Marks of a person's turn, and of what happens without them.
TYPED, OLD, PHOTO, LATER, SITE, TEAM = "types", "old button", "photo", "later", "site", "team"
_DONE = (
    (re.compile(r"> \(types\) (.*)"), TYPED),
    (re.compile(r"> \((?:again|old button)\) (.*)"), OLD),
    (re.compile(r"> \((photo)\)"), PHOTO),
    (re.compile(r"> (.*)"), ""),
    (re.compile(r"@ (\d+) hours? later"), LATER),
    (re.compile(r"@ the team (.*)"), TEAM),
    (re.compile(r"@ the site sets (.*)"), SITE),
)


def turns(lines: Iterable[str]) -> Iterator[Turn]:
    """The turns of a transcript."""
    turn: Turn | None = None
    for line in lines:
        done = next(((how, found[1]) for form, how in _DONE if (found := form.fullmatch(line))), None)
        if done:
            if turn:
                yield turn
            turn = Turn(*done, [])
        elif turn and not line.startswith("*"):
            turn.seen.append(line)
    if turn:
        yield turn
