"""The same chat as everywhere, line by line: what is typed is text, a letter presses a button."""

import string
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol
from uuid import uuid4

from bot.i18n import N_, Translator
from bot.service.messages import TERMINAL, Button, Content, Incoming, Line, Outgoing, Press, Text, head_of

#: Where the one person at a terminal is.
ADDRESS = "terminal"


class Posted(Protocol):
    """One operation of the chat, with its serial number."""

    @property
    def seq(self) -> int: ...
    @property
    def outgoing(self) -> Outgoing: ...


class Intake(Protocol):
    """What the terminal needs of the service."""

    async def take(self, incoming: Incoming) -> None: ...
    async def feed(self, channel: str, address: str, after: int = 0) -> Sequence[Posted]: ...


class Look:
    """How lines look: in colour on a screen, plain in a pipe."""

    def __init__(self, colours: bool) -> None:
        self._codes = {"strong": "\x1b[1m", "faint": "\x1b[2m"} if colours else {}

    def __call__(self, text: str, style: str) -> str:
        code = self._codes.get(style, "")
        return f"{code}{text}\x1b[0m" if code and text else text


class TerminalChat:
    """One person at one terminal. `read_line` returns None at the end of input."""

    def __init__(
        self,
        intake: Intake,
        write: Callable[[str], None],
        tr: Translator,
        language: str,
        colours: bool = False,
        address: str = ADDRESS,
    ) -> None:
        self._intake = intake
        self._write = write
        self._tr = tr
        self._language = language
        self._look = Look(colours)
        self._address = address
        self._after = 0
        self._prompt = 0
        self._buttons: list[Button] = []

    async def run(self, read_line: Callable[[], str | None], start: str = "/start") -> None:
        """Talk until the input ends or somebody types /quit."""
        hint = self._tr(
            N_("Type your answer, or the letter of a button. /help lists the commands, /quit leaves.")
        )
        self._write(self._look(hint, "faint") + "\n")
        await self.say(start)
        while (line := read_line()) is not None and line.strip() != "/quit":
            await self.say(line)

    async def say(self, line: str) -> None:
        """Take one line and show what follows."""
        await self._intake.take(
            Incoming(TERMINAL.name, self._address, uuid4().hex, self._content(line), self._language)
        )
        for posted in await self._intake.feed(TERMINAL.name, self._address, self._after):
            self._after = posted.seq
            for shown in self._shown(posted.outgoing):
                self._write(shown)

    def _content(self, line: str) -> Content:
        letter = line.strip().lower()
        if len(letter) == 1 and letter in string.ascii_lowercase:
            place = string.ascii_lowercase.index(letter)
            if place < len(self._buttons):
                return Press(self._buttons[place].data)
        return Text(line)

    def _shown(self, outgoing: Outgoing) -> Iterator[str]:
        match outgoing.op:
            case "send":
                yield "\n" + "\n".join(self._line(line) for line in outgoing.lines) + "\n"
                if outgoing.prompt:
                    self._prompt = outgoing.prompt
                    self._buttons = []
                if outgoing.prompt or outgoing.rows:  # a message of the team has a button and is no prompt
                    yield from self._keyboard(outgoing)
            case "redraw" if outgoing.prompt == self._prompt:
                self._buttons = []
                yield from self._keyboard(outgoing)
            case "settle" if outgoing.prompt == self._prompt:
                self._buttons = []
                if outgoing.lines and outgoing.lines[-1].text.startswith("✓"):
                    yield self._look(outgoing.lines[-1].text, "faint") + "\n"

    def _line(self, line: Line) -> str:
        head, rest = head_of(line)
        return self._look(head, "strong") + self._look(rest, line.style)

    def _keyboard(self, outgoing: Outgoing) -> Iterator[str]:
        before = len(self._buttons)
        self._buttons += [button for row in outgoing.rows for button in row if not button.share]
        if len(self._buttons) > len(string.ascii_lowercase):
            # More buttons than letters (a picker, the list to edit): their words are typed.
            yield "  " + "  ".join(f"[{button.label}]" for button in self._buttons) + "\n"
            self._buttons = []
            return
        names = iter(string.ascii_lowercase[before:])
        for row in outgoing.rows:
            shown = [f"{next(names)}) {button.label}" for button in row if not button.share]
            if shown:
                yield "  " + "   ".join(shown) + "\n"
