"""How a channel that pushes (Telegram) is fed from the outbox, and what it may answer."""

from dataclasses import dataclass
from typing import Protocol

from bot.service.messages import Outgoing


@dataclass(eq=False)
class Unreachable(Exception):
    """A delivery failed. `permanent`: never try again (the person blocked the bot); else after `wait` seconds.

    `refused`: the channel does not take this message, for a reason of its own; after some tries the next goes first.
    """

    reason: str
    permanent: bool = False
    wait: float = 1.0
    refused: bool = False


class Carrier(Protocol):
    """A channel's way out."""

    async def deliver(self, address: str, outgoing: Outgoing, ref: str) -> str:
        """Carry out one operation. `ref` names the message that settle, redraw and strip work on ("" if none
        was sent). Returns the ref of a message that was sent, else "". Raises Unreachable."""
