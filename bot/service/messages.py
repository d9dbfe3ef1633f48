"""What goes out and comes in, the same for every channel."""

import re
from dataclasses import dataclass
from typing import Any, Literal

Style = Literal["plain", "strong", "faint", "headed"]
Op = Literal["send", "settle", "redraw", "strip"]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `strong` is the question itself, `faint` a remark such as "Question 7 of about 28".

    `headed` begins with what it is about, up to the first colon.
    """

    text: str
    style: Style = "plain"


def head_of(line: Line) -> tuple[str, str]:
    """What a `headed` line begins with, its colon included, and the rest; for others nothing and everything."""
    found = re.match(r"[^:：]{1,40}[:：]", line.text) if line.style == "headed" else None
    return (found[0], line.text[found.end() :]) if found else ("", line.text)


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `data` (≤ 64 bytes, ids only) comes back when it is pressed.

    `share` asks the client for the person's own phone number instead of sending `data`; one with a `url` opens it.
    """

    data: str
    label: str
    share: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One operation on a chat.

    send: a new message. redraw: the message of this prompt gets these buttons. settle: it gets these lines and
    loses its buttons. strip: the message with this `ref` loses its buttons (a stale one that was pressed).
    `prompt` is the prompt's number in the chat, 0 for a message nobody answers.
    """

    op: Op
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    prompt: int = 0
    ref: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For storing and for the web page."""
        return {
            "op": self.op,
            "lines": [[line.text, line.style] for line in self.lines],
            "rows": [
                [[b.data, b.label, b.share, *([b.url] if b.url else [])] for b in row] for row in self.rows
            ],
            "prompt": self.prompt,
            "ref": self.ref,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Outgoing":
        """From its stored form."""
        return cls(
            op=stored["op"],
            lines=tuple(Line(text, style) for text, style in stored["lines"]),
            rows=tuple(tuple(Button(*button) for button in row) for row in stored["rows"]),
            prompt=stored["prompt"],
            ref=stored["ref"],
        )


@dataclass(frozen=True, slots=True)
class Text:
    """Typed text, commands included. `quoted`: what the bot wrote in the message that this one answers, else ""."""

    text: str
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button's `data`; `ref` is the channel's name of the message it belongs to."""

    data: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """The sender's own phone number, shared by the client's contact button."""

    phone: str


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else: a photo, a voice message, a file, a location, somebody else's contact.

    `text` is a caption: only words of an emergency are looked for in it.
    """

    text: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """An older message was changed; that changes no answer. Its text is looked at like a caption."""

    text: str = ""


Content = Text | Press | OwnPhone | Other | Edited


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update of a chat. `update` is unique in its channel: seen twice, it is done once."""

    channel: str
    address: str
    update: str
    content: Content
    language: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """The person blocked the bot, or let it in again. An update like any other, only that nobody said anything."""

    channel: str
    address: str
    update: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class InGroup:
    """A command in a group: `text` is what was typed, `address` the group's."""

    channel: str
    address: str
    update: str
    text: str


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel can do. `goes_abroad`: messages leave the country, which needs a consent of its own (R-13)."""

    name: str
    goes_abroad: bool = False
    shares_contact: bool = False


TELEGRAM = Channel("telegram", goes_abroad=True, shares_contact=True)
WEB = Channel("web")
TERMINAL = Channel("terminal")
CHANNELS = {channel.name: channel for channel in (TELEGRAM, WEB, TERMINAL)}
