"""A chat and its runs as they are kept: who walked which version, what was said, how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.answers import Answer, from_value


@dataclass(slots=True)
class Chat:
    """A person's chat, opened. `state` is the conversation's stored form, `run` the active run.

    `box` opens what is sealed under the person's data key; only the store looks into it.
    """

    id: str
    channel: str
    address: str
    chat_hash: bytes
    box: Any
    state: dict[str, Any]
    run: str | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One walk of one participant through one study's flow, without its answers."""

    id: str
    study: str
    version: str
    demo: bool
    channel: str
    language: str
    started_at: datetime
    outcome: str | None = None
    ended_on: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    #: The poster or page they came from, "" where it is not known.
    source: str = ""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One line of a run's record, never overwritten. `value` is None where an answer was removed (X6)."""

    question: str
    value: Any
    typed: bool
    language: str
    at: datetime


def effective(record: Iterable[RecordedAnswer]) -> dict[str, Answer]:
    """The answers that count: the latest to each question."""
    latest: dict[str, Answer] = {}
    for line in record:
        latest.pop(line.question, None)
        if line.value is not None:
            latest[line.question] = from_value(line.value)
    return latest
