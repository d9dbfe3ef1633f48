"""What a chat is in the middle of: the part of its state that cannot be computed from the answers."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Conversation:
    """One chat's state. Stored sealed; answers and identity are kept apart from it.

    `prompt` is the number of the latest prompt, `live` whether it still waits for an answer.
    `overlay` is a question above the one that stands, `beneath` the overlay that comes back after an aside.
    `shown` holds, by purpose, what was on the screen when a consent was given; the service fills and reads it.
    `noticed` is the language in which the notice was last shown.
    `began` is the day on which a walk began that stands before its consents, `entered` the study it is counted under
    ("" before one is chosen).
    `renewing`: a run waits for consent to a newer version of the study.
    `tries` counts texts that were not understood, by question or phase.
    `message` is what the person wrote to the team of the lead `to`, until they say whether it is passed on.
    """

    language: str
    salt: str
    phase: str = "language"
    study: str | None = None
    version: str = ""
    source: str = ""
    prompt: int = 0
    live: bool = False
    overlay: str = ""
    beneath: str = ""
    reopened: str | None = None
    tries: dict[str, int] = field(default_factory=dict)
    challenged: list[str] = field(default_factory=list)
    consents: list[str] = field(default_factory=list)
    renewing: bool = False
    shown: dict[str, list[str]] = field(default_factory=dict)
    noticed: str = ""
    began: str = ""
    entered: str | None = None
    draft: list[str] = field(default_factory=list)
    picker: str = ""
    pending: Any = None
    wanted: str | None = None
    offered_human: bool = False
    reminded: bool = False
    name: str = ""
    phone: str = ""
    to: str = ""
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For storing: what still has its default is left out."""
        new = Conversation("", "")
        kept = {
            f.name: value for f in fields(self) if (value := getattr(self, f.name)) != getattr(new, f.name)
        }
        return {**kept, "language": self.language, "salt": self.salt}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Conversation":
        """From its stored form. Keys of a newer or older version are left aside."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})
