"""What the store holds of one person at the end of a journey, as transcript lines."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, func, select

from bot.bootstrap import App
from bot.core.run import RecordedAnswer
from bot.store import tables as t
from bot.store.records import Records
from tests.journeys.stage import ALERTS
from tests.journeys.transcript import masked

_OF_PERSONS = (t.chats, t.runs, t.answers, t.consents, t.leads, t.lead_runs, t.identities, t.relay, t.timers)


async def facts(app: App, channel: str, address: str) -> list[str]:
    """The lines that begin with an asterisk."""
    with app.database.engine.connect() as db:
        records = Records(db, app.database.vault)
        chat = records.chat(channel, address)
        lines = [*_runs(records, chat, db), *_leads(records, chat, db)]
        lines += [
            f"request: {row.kind}" for row in db.execute(select(t.requests).order_by(t.requests.c.created_at))
        ]
        lines += _stored(db)
        counted = {row.name: row.count for row in db.execute(select(t.counters))}
    alerts = [posted.outgoing for posted in await app.intake.feed("telegram", ALERTS)]
    lines += sorted(f"alert: {masked(alert.lines[0].text)}" for alert in alerts)
    lines += [f"counted: {_pairs(sorted(counted.items()), ' ')}"] if counted else []
    return [f"* {line}" for line in lines]


def _count(db: Connection, table: Table) -> int:
    return int(db.scalar(select(func.count()).select_from(table)) or 0)


def _stored(db: Connection) -> Iterator[str]:
    held = [table.name for table in _OF_PERSONS if _count(db, table)]
    if not held:
        yield "stored: nothing"
    elif held == ["chats", "timers"]:
        yield "stored: that the chat is open, for a day"


def _runs(records: Records, chat: Any, db: Connection) -> Iterator[str]:
    several = _count(db, t.runs) > 1
    for row in db.execute(select(t.runs).order_by(t.runs.c.started_at)):
        result = chat.box.open_json(row.result, f"runs.result:{row.id}") if row.result else {}
        criteria = result.get("criteria", {})
        shown = {
            "study": row.study if several or row.study != "melasma-exosome" else "",
            "fails": ",".join(f"{id}({how})" for id, how in result.get("fails", {}).items()),
            "open": ",".join(id for id, state in criteria.items() if state == "open"),
            "na": ",".join(id for id, state in criteria.items() if state == "na"),
            "flags": ",".join(result.get("flags", [])),
            "source": row.source,
        }
        yield f"run: {row.outcome or 'not ended'}{_given(shown)}"
        yield from _edits(records.answers(chat, row.id))
        given = db.execute(select(t.consents).where(t.consents.c.run_id == row.id).order_by(t.consents.c.id))
        yield f"consents: {', '.join(_consent(c) for c in given)}"


def _edits(record: Iterable[RecordedAnswer]) -> Iterator[str]:
    said: dict[str, list[str]] = {}
    for answer in record:
        words = answer.value if isinstance(answer.value, str | int) else ",".join(answer.value or ["removed"])
        said.setdefault(answer.question, []).append(str(words))
    yield f"answered: {sum(1 for values in said.values() if values[-1] != 'removed')}"
    for question, values in said.items():
        if len(values) > 1:
            yield f"changed: {question} {' → '.join(values)}"


def _leads(records: Records, chat: Any, db: Connection) -> Iterator[str]:
    for row in db.execute(select(t.leads).order_by(t.leads.c.created_at)):
        runs = db.scalars(select(t.lead_runs).where(t.lead_runs.c.code == row.code)).all()
        shown = {
            "study": row.study if row.study != "melasma-exosome" else "",
            "open": ",".join(row.open_criteria),
            "flags": ",".join(row.flags),
            "status": row.status,
            "reach": row.reach,
            "time": row.call_time,
            "runs": str(len(runs)) if len(runs) != 1 else "",
            "language": row.language,
            "demo": "yes" if row.demo else "",
        }
        yield f"lead: {row.verdict}{_given(shown)}"
        name, phone = records.identity(chat, row.code)
        if name or phone:
            yield f"identity: {name or '-'} {phone or '-'}"
        for message in records.messages(chat, row.code):
            yield f"message {message.way}: {' / '.join(message.words.splitlines())}"


def _given(shown: dict[str, str]) -> str:
    return "".join(f" {name}={value}" for name, value in shown.items() if value)


def _pairs(items: Iterable[tuple[str, object]], joint: str) -> str:
    return ", ".join(f"{name}{joint}{value}" for name, value in items)


def _consent(row: Any) -> str:
    said = "" if row.agreed else " (no)"
    return row.purpose + (" (withdrawn)" if row.withdrawn_at else said)
