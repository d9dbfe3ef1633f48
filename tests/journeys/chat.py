"""A chat as its person sees it, and the face of the service itself."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from bot.service.intake import Feed
from bot.service.messages import Button, Content, Incoming, Other, Outgoing, OwnPhone, Press, Text
from bot.store.records import Records
from tests.journeys.stage import Stage
from tests.journeys.transcript import button_lines, message_lines

PHONE = "+8613800138000"
#: Between two turns.
PAUSE = timedelta(seconds=20)


class Face(Protocol):
    """Any way to chat with the bot."""

    async def say(self, text: str) -> None:
        """Tap the live button with this label; type it where there is none."""

    async def type(self, text: str) -> None:
        """Type, even what is a live button's label."""

    async def press_old(self, label: str) -> None:
        """Press a button that a message no longer shows."""

    async def send_photo(self) -> None:
        """Send what no chat with the bot is for."""

    async def seen(self) -> list[str]:
        """What has changed in the chat since the last look, as transcript lines."""


@dataclass
class Bubble:
    """A message of the bot."""

    ref: str
    prompt: int
    texts: list[str]
    rows: Sequence[Sequence[Button]] = ()
    #: Every button it ever had.
    had: list[Button] = field(default_factory=list)
    #: Whether the service has forgotten it: nothing can change it any more.
    forgotten: bool = False

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.rows for button in row]

    def draw(self, rows: Sequence[Sequence[Button]]) -> list[str]:
        self.rows = rows
        self.had = [*self.buttons, *self.had]
        return button_lines([button.label for button in row] for row in rows)


class ServiceFace:
    """The service without any channel around it.

    `hard`: it restarts before every turn, and gets every update twice.
    """

    def __init__(
        self, stage: Stage, channel: str, language: str, address: str = "5001", hard: bool = True
    ) -> None:
        self.stage = stage
        self._hard = hard
        self.channel = channel
        self.language = language
        self.address = address
        self.bubbles: list[Bubble] = []
        self._new: list[str] = []
        self._last = 0
        self._updates = itertools.count(1)

    async def say(self, text: str) -> None:
        found = [
            (bubble, button)
            for bubble in self.bubbles
            for button in bubble.buttons
            if button.label == text and not bubble.forgotten
        ]
        if not found:
            await self.take(Text(text))
            return
        assert len(found) == 1, f"several live buttons say {text}"
        bubble, button = found[0]
        if button.share:
            await self.take(OwnPhone(PHONE))
        elif any(other.share for other in bubble.buttons):
            await self.take(Text(button.label))  # a key of a reply keyboard
        else:
            await self.press(bubble, button)

    async def press(self, bubble: Bubble, button: Button) -> None:
        """Press a button, live or not."""
        assert len(button.data.encode()) <= 64
        await self.take(Press(button.data, bubble.ref))

    async def send_photo(self) -> None:
        await self.take(Other())

    async def take(self, content: Content) -> None:
        """One update; after a restart, and once more as when its acknowledgement was lost."""
        if self._hard:
            self.stage.restart()
        self.stage.clock.move(PAUSE)
        update = f"{self.address}:{next(self._updates)}"
        incoming = Incoming(self.channel, self.address, update, content, self.language)
        await self.stage.app.intake.take(incoming)
        before = len(self._new)
        await self._receive()
        assert len(self._new) > before, f"nothing came after {content}"
        if not self._hard:
            return
        before = len(self._new)
        await self.stage.app.intake.take(incoming)
        await self._receive()
        assert len(self._new) == before, "a seen update was taken again"

    async def wait(self, time: timedelta) -> None:
        """Time goes by."""
        self.stage.restart()
        self.stage.clock.move(time)
        await self.stage.app.timers.tick()
        await self._receive()

    async def seen(self) -> list[str]:
        new, self._new = self._new, []
        return new

    @property
    def live(self) -> Bubble | None:
        """The prompt with buttons; there is never more than one. A message of the team keeps its button."""
        live = [b for b in self.bubbles if b.prompt and b.rows and not b.forgotten]
        assert len(live) < 2, f"two messages have live buttons: {[bubble.texts for bubble in live]}"
        return live[0] if live else None

    async def _receive(self) -> None:
        feed = await self.stage.app.intake.feed(self.channel, self.address, self._last)
        for posted in feed:
            self._last = posted.seq
            self._new += self._carry_out(posted.outgoing, str(posted.seq))
        if not self.stage.app.database.run_now(lambda records: self._note(records, feed)):
            for bubble in self.bubbles:
                bubble.forgotten = True

    def _note(self, records: Records, feed: Sequence[Feed]) -> bool:
        """Sent operations are not kept where they are pushed. False when the store has no such chat any more."""
        for posted in feed if self.channel == "telegram" else ():
            ref = str(posted.seq) if posted.outgoing.op == "send" else ""
            records.sent(posted.seq, ref, self.stage.clock())
        return records.chat(self.channel, self.address) is not None

    def _carry_out(self, outgoing: Outgoing, ref: str) -> list[str]:
        texts = [line.text for line in outgoing.lines]
        match outgoing.op:
            case "send":
                bubble = Bubble(ref, outgoing.prompt, texts)
                self.bubbles.append(bubble)
                return [*message_lines(texts), *bubble.draw(outgoing.rows)]
            case "redraw":
                return self._find(outgoing).draw(outgoing.rows)
            case "settle":
                bubble = self._find(outgoing)
                bubble.texts, bubble.rows = texts, ()
                return [f"~ {texts[-1]}"] if texts[-1].startswith("✓") else []
            case _:
                self._find(outgoing).rows = ()
                return []

    def _find(self, outgoing: Outgoing) -> Bubble:
        """By the channel's name of the message; channels that pull know it by its prompt."""
        assert outgoing.ref or self.channel != "telegram", f"nothing says which message to {outgoing.op}"
        (found,) = [
            bubble
            for bubble in self.bubbles
            if (bubble.ref == outgoing.ref if outgoing.ref else bubble.prompt == outgoing.prompt)
        ]
        assert outgoing.prompt in (0, found.prompt), "another message than the prompt's own"
        return found
