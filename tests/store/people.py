"""Values the store's tests write."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.run import Chat, RecordedAnswer, Run
from bot.leads.lead import Lead, Request
from bot.store.records import Records

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def run(id: str = "run-1", study: str = "small", **more: Any) -> Run:
    return Run(id, study, "version-1", True, "web", "zh", more.pop("started_at", NOW), **more)


def answer(question: str, value: Any, at: datetime = NOW) -> RecordedAnswer:
    return RecordedAnswer(question, value, False, "zh", at)


def lead(code: str = "L-7QK4-X9M3", run: str = "run-1", **more: Any) -> Lead:
    values: dict[str, Any] = {
        "study": "small",
        "demo": True,
        "language": "zh",
        "channel": "web",
        "verdict": "needs_review",
        "open_criteria": ("I2", "E3"),
        "flags": ("near_limit",),
        "rank": 3,
        "status": "new",
        "reach": "phone",
        "call_time": "any",
        "created_at": NOW,
        "due_at": NOW + DAY,
        **more,
    }
    return Lead(code=code, run=run, **values)


def request(code: str = "R-8QXA-4MKE", kind: str = "human", at: datetime = NOW) -> Request:
    return Request(code, kind, "small", True, "zh", "web", "new", at, at + DAY)


def consent(chat: Chat, run: str, purpose: str = "consent_health") -> dict[str, Any]:
    return {
        "chat_id": chat.id,
        "run_id": run,
        "study": "small",
        "version": "version-1",
        "purpose": purpose,
        "agreed": True,
        "language": "zh",
        "text_hash": "f" * 64,
        "channel": "web",
        "how": "button",
        "app_version": "0",
        "at": NOW,
        "utc_offset": "+0800",
    }


def message(text: str = "您好", prompt: int = 1, op: str = "send", ref: str = "") -> dict[str, Any]:
    return {"op": op, "lines": [[text, "plain"]], "rows": [], "prompt": prompt, "ref": ref}


def live(records: Records, chat: Chat, code: str = "L-7QK4-X9M3", id: str = "run-1", **more: Any) -> Lead:
    """A person's whole trace: run, consent, answers, lead, identity, messages, timers."""
    records.start_run(chat, run(id), "poster")
    records.save_chat(chat, NOW)
    records.add_consent(**consent(chat, id))
    records.add_answer(chat, id, answer("age", 35))
    queued = lead(code, id, **more)
    records.queue_lead(chat, queued, "林女士", "+8613800138000")
    records.post(chat.channel, chat.address, message(), NOW)
    records.set_timer("remind", chat.id, NOW + DAY)
    records.set_timer("erase_run", id, NOW + DAY)
    return queued
