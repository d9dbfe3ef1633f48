"""What a step reads and writes, within the transaction of the connection it is given."""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.run import Chat, RecordedAnswer, Run
from bot.leads.lead import Lead, LeadEvent, Request
from bot.store import tables as t
from bot.store.vault import Box, Vault

#: What a chain of audit rows starts from.
CHAIN_START = "0" * 64


#: Messages with the wrapped data key of their chat, where there is one.
_MESSAGES = select(t.outbox, t.chats.c.data_key).outerjoin(t.chats, t.chats.c.id == t.outbox.c.chat_id)
#: A second urgent request within this time is the same one.
URGENT_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Posted:
    """An operation on a chat that waits in the outbox or was taken from it; `chat` is None where none is kept."""

    id: int
    chat: str | None
    chat_hash: bytes
    address: str
    content: dict[str, Any]
    tries: int
    refusals: int


class Records:
    """The store within one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault
        self._sqlite = connection.dialect.name == "sqlite"

    # updates

    def first_sight(self, channel: str, update_key: str, now: datetime) -> bool:
        """Note an update, by keyed hash; False when it was taken before."""
        row = {"channel": channel, "update_key": self._vault.lookup(channel, update_key).hex(), "at": now}
        # Not the row count: for an INSERT psycopg's is not kept.
        inserted = self._insert_once(t.seen, row).returning(t.seen.c.update_key)
        return self._db.execute(inserted).first() is not None

    def _insert_once(self, table: Any, row: Mapping[str, Any]) -> Any:
        dialect = sqlite if self._sqlite else postgresql
        return dialect.insert(table).values(**row).on_conflict_do_nothing()

    # chats

    def chat(self, channel: str, address: str) -> Chat | None:
        """The chat at an address, locked until the transaction ends."""
        chat_hash = self._chat_hash(channel, address)
        query = select(t.chats).where(t.chats.c.chat_hash == chat_hash).with_for_update()
        row = self._db.execute(query).first()
        if row is None and not self._sqlite:
            # Two workers may meet somebody new at the same moment: the second waits for the first one's row.
            number = int.from_bytes(chat_hash[:8], "big", signed=True)
            self._db.execute(select(func.pg_advisory_xact_lock(number)))
            row = self._db.execute(query).first()
        return self._open_chat(row) if row else None

    def chat_by_id(self, id: str) -> Chat | None:
        """A chat by its id, locked likewise."""
        row = self._db.execute(select(t.chats).where(t.chats.c.id == id).with_for_update()).first()
        return self._open_chat(row) if row else None

    def _open_chat(self, row: Row[Any]) -> Chat:
        box = self._vault.data_key(row.data_key, f"chats.data_key:{row.id}")
        return Chat(
            id=row.id,
            channel=row.channel,
            address=box.open(row.address, f"chats.address:{row.id}").decode(),
            chat_hash=row.chat_hash,
            box=box,
            state=box.open_json(row.state, f"chats.state:{row.id}"),
            run=row.run_id,
        )

    def new_chat(self, channel: str, address: str) -> Chat:
        """A chat that is not stored before `save_chat`."""
        id = secrets.token_hex(8)
        box = Box(b"\x00" * 32)
        return Chat(id, channel, address, self._chat_hash(channel, address), box, {}, None, is_new=True)

    def save_chat(self, chat: Chat, now: datetime) -> None:
        """Write the chat's state; a new one gets its data key."""
        if not chat.is_new:
            state = chat.box.seal_json(chat.state, f"chats.state:{chat.id}")
            values = {"state": state, "run_id": chat.run, "updated_at": now, "blocked_at": None}
            self._db.execute(update(t.chats).where(t.chats.c.id == chat.id).values(**values))
            return
        chat.box, wrapped = self._vault.new_data_key(f"chats.data_key:{chat.id}")
        row = {
            "id": chat.id,
            "channel": chat.channel,
            "chat_hash": chat.chat_hash,
            "data_key": wrapped,
            "address": chat.box.seal(chat.address.encode(), f"chats.address:{chat.id}"),
            "state": chat.box.seal_json(chat.state, f"chats.state:{chat.id}"),
            "run_id": chat.run,
            "created_at": now,
            "updated_at": now,
        }
        self._db.execute(insert(t.chats).values(**row))
        chat.is_new = False

    def _chat_hash(self, channel: str, address: str) -> bytes:
        return self._vault.lookup("chat", f"{channel}:{address}")

    def studies_of(self, chat: Chat) -> tuple[str, ...]:
        """The studies this person has runs in."""
        query = select(t.runs.c.study).where(t.runs.c.chat_id == chat.id).distinct()
        return tuple(self._db.scalars(query))

    # erasing

    def erase_chat(self, chat: Chat) -> None:
        """The person and all that is theirs, the data key with it."""
        self._forget_messages(chat)
        self._db.execute(delete(t.requests).where(t.requests.c.chat_hash == chat.chat_hash))
        self._erase_runs(chat, self.run_ids(chat))
        self._db.execute(delete(t.timers).where(t.timers.c.subject == chat.id))
        self._db.execute(delete(t.chats).where(t.chats.c.id == chat.id))

    def erase_transient(self, chat: Chat) -> None:
        """The row of somebody who has not consented. A request they made stays its seven days."""
        self._forget_messages(chat)
        self._db.execute(delete(t.timers).where(t.timers.c.subject == chat.id))
        self._db.execute(delete(t.chats).where(t.chats.c.id == chat.id))

    def erase_run(self, chat: Chat, run: str) -> None:
        """One run with its answers, consents and lead; what was said of it in messages too."""
        self._forget_words(chat)
        self._erase_runs(chat, [run])

    def erase_runs(self, chat: Chat, study: str) -> None:
        """All of a person's runs in one study; a request they made stays its seven days."""
        self._forget_words(chat)
        self._erase_runs(chat, self.run_ids(chat, study))

    def erase_study(self, chat: Chat, study: str) -> None:
        """All of a person's runs and requests in one study."""
        self._forget_words(chat)
        asked = (t.requests.c.chat_hash == chat.chat_hash, t.requests.c.study == study)
        self._db.execute(delete(t.requests).where(*asked))
        self._erase_runs(chat, self.run_ids(chat, study))

    def _forget_messages(self, chat: Chat) -> None:
        self._db.execute(delete(t.outbox).where(t.outbox.c.chat_hash == chat.chat_hash))

    def _forget_words(self, chat: Chat) -> None:
        """All messages but the traces of those that were sent."""
        wordy = (t.outbox.c.chat_hash == chat.chat_hash, t.outbox.c.content.is_not(None))
        self._db.execute(delete(t.outbox).where(*wordy))

    def run_ids(self, chat: Chat, study: str | None = None) -> list[str]:
        """All of a person's runs, in one study or in every one, also those that have not ended."""
        query = select(t.runs.c.id).where(t.runs.c.chat_id == chat.id)
        if study is not None:
            query = query.where(t.runs.c.study == study)
        return list(self._db.scalars(query))

    def _erase_runs(self, chat: Chat, runs: Sequence[str]) -> None:
        if chat.run in runs:
            chat.run = None
        codes = list(self._db.scalars(select(t.leads.c.code).where(t.leads.c.run_id.in_(runs))))
        self._db.execute(delete(t.identities).where(t.identities.c.code.in_(codes)))
        for table in (t.lead_runs, t.leads, t.consents, t.answers):
            self._db.execute(delete(table).where(table.c.run_id.in_(runs)))
        self._db.execute(delete(t.timers).where(t.timers.c.subject.in_(runs)))
        self._db.execute(delete(t.runs).where(t.runs.c.id.in_(runs)))

    # runs and answers

    def start_run(self, chat: Chat, run: Run, source: str) -> None:
        """A new run; it becomes the chat's active one."""
        row = {
            "id": run.id,
            "chat_id": chat.id,
            "study": run.study,
            "version": run.version,
            "demo": run.demo,
            "channel": run.channel,
            "source": source,
            "language": run.language,
            "started_at": run.started_at,
        }
        self._db.execute(insert(t.runs).values(**row))
        chat.run = run.id

    def renew_run(self, run: str, version: str) -> None:
        """The run goes on under another version; what it came to under the old one does not count."""
        values = {"version": version, "outcome": None, "ended_at": None, "ended_on": None, "result": None}
        self._db.execute(update(t.runs).where(t.runs.c.id == run).values(**values))

    def end_run(
        self, chat: Chat, run: str, outcome: str, result: Mapping[str, Any], now: datetime, today: str
    ) -> None:
        """Note a run's outcome; a later one (not interested, stopped) replaces it, the result stays."""
        values: dict[str, Any] = {"outcome": outcome, "ended_at": now, "ended_on": today}
        if result:
            values["result"] = chat.box.seal_json(dict(result), f"runs.result:{run}")
        self._db.execute(update(t.runs).where(t.runs.c.id == run).values(**values))

    def run(self, id: str) -> Run | None:
        """A run by its id, without its result."""
        row = self._db.execute(select(t.runs).where(t.runs.c.id == id)).first()
        return self._run(row) if row else None

    def run_owner(self, id: str) -> Chat | None:
        """The chat a run belongs to."""
        chat = self._db.scalars(select(t.runs.c.chat_id).where(t.runs.c.id == id)).first()
        return self.chat_by_id(chat) if chat else None

    def ended_runs(self, chat: Chat, study: str) -> list[Run]:
        """The person's earlier runs in a study that came to a result."""
        query = select(t.runs).where(
            t.runs.c.chat_id == chat.id, t.runs.c.study == study, t.runs.c.outcome.is_not(None)
        )
        return [self._run(row, chat.box) for row in self._db.execute(query.order_by(t.runs.c.started_at))]

    def runs_of_lead(self, chat: Chat, code: str) -> list[Run]:
        """The runs behind a lead, first to last."""
        query = select(t.runs).join(t.lead_runs, t.lead_runs.c.run_id == t.runs.c.id)
        query = query.where(t.lead_runs.c.code == code).order_by(t.runs.c.started_at)
        return [self._run(row, chat.box) for row in self._db.execute(query)]

    def runs_of_leads(self, study: str) -> list[str]:
        """The ids of the runs by which people are leads of a study.

        A run that ended otherwise (not a fit, withdrawn) goes when that person was told it would.
        """
        query = select(t.lead_runs.c.run_id).join(t.leads, t.leads.c.code == t.lead_runs.c.code)
        query = query.join(t.runs, t.runs.c.id == t.lead_runs.c.run_id)
        fits = t.runs.c.outcome.in_(("likely_match", "needs_review"))
        return list(self._db.scalars(query.where(t.leads.c.study == study, fits)))

    def kept_runs(self, study: str, now: datetime) -> list[tuple[str, str]]:
        """Chats and their ended runs in a study, as ids, without those whose time is over but not yet erased."""
        over = (
            t.timers.c.kind == "erase_run",
            t.timers.c.subject == t.runs.c.id,
            t.timers.c.due_at <= now,
        )
        query = select(t.runs.c.chat_id, t.runs.c.id).where(
            t.runs.c.study == study, t.runs.c.outcome.is_not(None), ~exists().where(*over)
        )
        rows = self._db.execute(query.order_by(t.runs.c.started_at, t.runs.c.id))
        return [(row.chat_id, row.id) for row in rows]

    def _run(self, row: Row[Any], box: Box | None = None) -> Run:
        result = {}
        if box is not None and row.result is not None:
            result = box.open_json(row.result, f"runs.result:{row.id}")
        return Run(
            row.id,
            row.study,
            row.version,
            row.demo,
            row.channel,
            row.language,
            row.started_at,
            row.outcome,
            row.ended_on,
            result,
        )

    def add_answer(self, chat: Chat, run: str, answer: RecordedAnswer) -> None:
        """Append an answer; what was said before stays in the record."""
        sealed = None
        if answer.value is not None:
            sealed = chat.box.seal_json(answer.value, f"answers.value:{run}:{answer.question}")
        self._db.execute(
            insert(t.answers).values(
                run_id=run,
                question=answer.question,
                value=sealed,
                typed=answer.typed,
                language=answer.language,
                at=answer.at,
            )
        )

    def answers(self, chat: Chat, run: str) -> list[RecordedAnswer]:
        """Every answer of a run in the order given, replaced and removed ones included."""
        query = select(t.answers).where(t.answers.c.run_id == run).order_by(t.answers.c.id)
        return [
            RecordedAnswer(
                row.question,
                None
                if row.value is None
                else chat.box.open_json(row.value, f"answers.value:{run}:{row.question}"),
                row.typed,
                row.language,
                row.at,
            )
            for row in self._db.execute(query)
        ]

    def add_consent(self, **row: Any) -> None:
        """Append one consent (brief, section 3.3)."""
        self._db.execute(insert(t.consents).values(**row))

    def consents(self, run: str) -> list[Row[Any]]:
        """The consents of a run."""
        query = select(t.consents).where(t.consents.c.run_id == run).order_by(t.consents.c.id)
        return list(self._db.execute(query))

    def withdraw_consents(self, run: str, purposes: Iterable[str], how: str, now: datetime) -> None:
        """Note that consents no longer stand."""
        query = update(t.consents).where(
            t.consents.c.run_id == run,
            t.consents.c.purpose.in_(list(purposes)),
            t.consents.c.withdrawn_at.is_(None),
        )
        self._db.execute(query.values(withdrawn_at=now, withdrawn_how=how))

    # leads and requests

    def open_lead(self, chat: Chat, study: str) -> Lead | None:
        """The person's lead in a study that is not closed."""
        query = select(t.leads).where(
            t.leads.c.chat_id == chat.id, t.leads.c.study == study, t.leads.c.closed_at.is_(None)
        )
        row = self._db.execute(query).first()
        return _lead(row) if row else None

    def lead_of(self, chat: Chat, study: str) -> Lead | None:
        """The person's latest lead in a study that they did not withdraw, be it closed by the team."""
        query = select(t.leads).where(
            t.leads.c.chat_id == chat.id, t.leads.c.study == study, t.leads.c.status != "withdrawn"
        )
        row = self._db.execute(query.order_by(t.leads.c.created_at.desc(), t.leads.c.code)).first()
        return _lead(row) if row else None

    def lead(self, code: str) -> tuple[Lead, Chat] | None:
        """A lead by its code, with the chat that can open what is sealed."""
        row = self._db.execute(select(t.leads).where(t.leads.c.code == code)).first()
        if row is None:
            return None
        chat = self.chat_by_id(row.chat_id)
        return (_lead(row), chat) if chat else None

    def queue_lead(self, chat: Chat, lead: Lead, name: str, phone: str) -> None:
        """Put a lead into the queue, its identity apart."""
        row = {name: getattr(lead, name) for name in Lead.__slots__ if name != "run"}
        row |= {"open_criteria": list(lead.open_criteria), "flags": list(lead.flags)}
        self._db.execute(insert(t.leads).values(**row, chat_id=chat.id, run_id=lead.run))
        self.add_evidence(lead.code, lead.run, lead.created_at)
        self._db.execute(
            insert(t.identities).values(code=lead.code, **self._identity(chat, lead.code, name, phone))
        )

    def _identity(self, chat: Chat, code: str, name: str, phone: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if name:
            values["name"] = chat.box.seal(name.encode(), f"identities.name:{code}")
        if phone:
            values["phone"] = chat.box.seal(phone.encode(), f"identities.phone:{code}")
            values["phone_hash"] = self._vault.lookup("phone", phone)
        return values

    def add_evidence(self, code: str, run: str, now: datetime) -> None:
        """Attach a later run to an open lead."""
        self._db.execute(self._insert_once(t.lead_runs, {"code": code, "run_id": run, "added_at": now}))

    def change_lead(self, code: str, **values: Any) -> None:
        """Change columns of a lead."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        self._db.execute(update(t.leads).where(t.leads.c.code == code).values(**values))

    def change_phone(self, chat: Chat, code: str, phone: str) -> None:
        """A new phone for an open lead."""
        values = self._identity(chat, code, "", phone)
        self._db.execute(update(t.identities).where(t.identities.c.code == code).values(**values))

    def forget_identity(self, code: str) -> None:
        """Name and phone go; the lead's code stays."""
        self._db.execute(delete(t.identities).where(t.identities.c.code == code))

    def identity(self, chat: Chat, code: str) -> tuple[str, str]:
        """Name and phone of a lead, empty where not given."""
        row = self._db.execute(select(t.identities).where(t.identities.c.code == code)).first()
        if row is None:
            return "", ""
        name = chat.box.open(row.name, f"identities.name:{code}").decode() if row.name else ""
        phone = chat.box.open(row.phone, f"identities.phone:{code}").decode() if row.phone else ""
        return name, phone

    def claim(self, code: str, who: str, until: datetime, now: datetime) -> bool:
        """Work on a lead until then, unless somebody else does. Of two at the same instant one gets it (Q-4)."""
        free = or_(
            t.leads.c.claimed_by.is_(None), t.leads.c.claimed_by == who, t.leads.c.claimed_until <= now
        )
        query = update(t.leads).where(t.leads.c.code == code, free)
        taken = self._db.execute(query.values(claimed_by=who, claimed_until=until).returning(t.leads.c.code))
        return taken.first() is not None

    def add_lead_event(
        self,
        chat: Chat,
        code: str,
        kind: str,
        who: str,
        detail: Mapping[str, Any],
        words: str,
        now: datetime,
    ) -> None:
        """Note what was done with a lead; words are sealed under the person's data key."""
        sealed = chat.box.seal(words.encode(), f"lead_events.words:{code}") if words else None
        row = {"code": code, "kind": kind, "at": now, "who": who, "detail": dict(detail), "words": sealed}
        self._db.execute(insert(t.lead_events).values(**row))

    def lead_events(self, chat: Chat, code: str) -> list[LeadEvent]:
        """What was done with a lead, the earliest first."""
        query = select(t.lead_events).where(t.lead_events.c.code == code).order_by(t.lead_events.c.id)
        return [
            LeadEvent(
                id=row.id,
                kind=row.kind,
                at=row.at,
                who=row.who,
                detail=row.detail,
                words=chat.box.open(row.words, f"lead_events.words:{code}").decode() if row.words else "",
                undone_by=row.undone_by or "",
            )
            for row in self._db.execute(query)
        ]

    def same_phone(self, code: str) -> list[str]:
        """Other leads with the same phone, by its keyed hash (Q-10)."""
        mine = select(t.identities.c.phone_hash).where(t.identities.c.code == code).scalar_subquery()
        query = select(t.identities.c.code).where(
            t.identities.c.phone_hash == mine, t.identities.c.code != code
        )
        return list(self._db.scalars(query.order_by(t.identities.c.code)))

    def undo_lead_event(self, id: int, who: str, now: datetime) -> None:
        """Mark something as undone; it stays."""
        query = update(t.lead_events).where(t.lead_events.c.id == id)
        self._db.execute(query.values(undone_at=now, undone_by=who))

    def leads(self, limit: int = 500) -> list[Lead]:
        """The open leads in the queue's order."""
        query = select(t.leads).where(t.leads.c.closed_at.is_(None))
        query = query.order_by(t.leads.c.rank, t.leads.c.created_at).limit(limit)
        return [_lead(row) for row in self._db.execute(query)]

    def add_request(self, channel: str, address: str, request: Request, expires_at: datetime) -> bool:
        """Queue a request; False when the same person has one of the kind waiting.

        An urgent one counts as waiting for a few minutes only: the next is news (R-26).
        """
        chat_hash = self._chat_hash(channel, address)
        waiting = select(t.requests.c.code).where(
            t.requests.c.chat_hash == chat_hash,
            t.requests.c.kind == request.kind,
            t.requests.c.study.is_not_distinct_from(request.study),
            t.requests.c.status == "new",
        )
        if request.urgent:
            waiting = waiting.where(t.requests.c.created_at > request.created_at - URGENT_AGAIN_AFTER)
        known = self._db.scalars(waiting).first()
        if known is not None:  # asked for again today, it waits from today
            longer = update(t.requests).where(t.requests.c.code == known).values(expires_at=expires_at)
            self._db.execute(longer)
            return False
        row = {name: getattr(request, name) for name in Request.__slots__}
        sealed = self._vault.seal(address.encode(), f"requests.address:{request.code}")
        self._db.execute(
            insert(t.requests).values(**row, chat_hash=chat_hash, address=sealed, expires_at=expires_at)
        )
        return True

    def erase_requests(self, channel: str, address: str) -> None:
        """What the person at an address asked a human for."""
        mine = t.requests.c.chat_hash == self._chat_hash(channel, address)
        self._db.execute(delete(t.requests).where(mine))

    def requests_of(self, channel: str, address: str) -> list[datetime]:
        """When the person at an address asked for a human, as far as it is kept."""
        query = select(t.requests.c.created_at).where(
            t.requests.c.chat_hash == self._chat_hash(channel, address)
        )
        return list(self._db.scalars(query.order_by(t.requests.c.created_at)))

    def request_address(self, code: str) -> str:
        """Where to answer a request; "" when there is none such."""
        row = self._db.execute(select(t.requests.c.address).where(t.requests.c.code == code)).first()
        return self._vault.open(row.address, f"requests.address:{code}").decode() if row else ""

    def requests(self, limit: int = 500) -> list[Request]:
        """The waiting requests, oldest first."""
        query = select(t.requests).where(t.requests.c.status == "new").order_by(t.requests.c.created_at)
        return [
            Request(**{name: getattr(row, name) for name in Request.__slots__})
            for row in self._db.execute(query.limit(limit))
        ]

    def expire_requests(self, now: datetime) -> int:
        """Requests older than their seven days go."""
        return self._db.execute(delete(t.requests).where(t.requests.c.expires_at <= now)).rowcount

    # outbox

    def post(
        self,
        channel: str,
        address: str,
        content: Mapping[str, Any],
        now: datetime,
        chat: Chat | None = None,
    ) -> None:
        """Put an operation on a chat into the outbox, sealed under the person's data key where one is kept."""
        chat_hash = self._chat_hash(channel, address)
        place = chat_hash.hex()
        words = json.dumps(content, ensure_ascii=False).encode()
        box = chat.box if chat else self._vault
        self._db.execute(
            insert(t.outbox).values(
                channel=channel,
                chat_hash=chat_hash,
                chat_id=chat.id if chat else None,
                address=box.seal(address.encode(), f"outbox.address:{place}"),
                content=box.seal(words, f"outbox.content:{place}"),
                op=content["op"],
                prompt=content["prompt"],
                ref=content["ref"],
                created_at=now,
                tries=0,
                not_before=now,
            )
        )

    def feed(self, channel: str, address: str, after: int) -> list[Posted]:
        """A chat's operations after a serial number, in order (channels that pull)."""
        query = _MESSAGES.where(t.outbox.c.chat_hash == self._chat_hash(channel, address))
        rows = self._db.execute(query.where(t.outbox.c.id > after).order_by(t.outbox.c.id))
        return [self._posted(row) for row in rows]

    def heads(self, channel: str, now: datetime, limit: int, but: Collection[bytes] = ()) -> list[Posted]:
        """The first unsent operation of each chat of a channel but some, due ones only."""
        first = (
            select(func.min(t.outbox.c.id))
            .where(t.outbox.c.channel == channel, t.outbox.c.sent_at.is_(None))
            .group_by(t.outbox.c.chat_hash)
        )
        query = (
            _MESSAGES.where(t.outbox.c.id.in_(first), t.outbox.c.not_before <= now)
            .where(t.outbox.c.chat_hash.not_in(but))
            .order_by(t.outbox.c.id)
            .limit(limit)
            .with_for_update(of=t.outbox, skip_locked=True)
        )
        return [self._posted(row) for row in self._db.execute(query)]

    def lease(self, ids: Sequence[int], until: datetime) -> None:
        """Keep others from sending these until then, if not longer; a worker that dies lets them go by itself."""
        shorter = (t.outbox.c.id.in_(ids), t.outbox.c.not_before < until)
        self._db.execute(update(t.outbox).where(*shorter).values(not_before=until))

    def release(self, channel: str, now: datetime) -> None:
        """Let go of whatever a process that is no more held back."""
        unsent = (t.outbox.c.channel == channel, t.outbox.c.sent_at.is_(None), t.outbox.c.not_before > now)
        self._db.execute(update(t.outbox).where(*unsent).values(not_before=now))

    def sent(self, id: int, ref: str, now: datetime) -> None:
        """An operation was carried out; its words are not kept, nor anything of it where no chat is."""
        values: dict[str, Any] = {"sent_at": now, "content": None}
        if ref:
            values["ref"] = ref
        kept = (t.outbox.c.id == id, t.outbox.c.chat_id.is_not(None))
        if not self._db.execute(update(t.outbox).where(*kept).values(**values)).rowcount:
            self._db.execute(delete(t.outbox).where(t.outbox.c.id == id))

    def put_back(self, id: int, not_before: datetime, refused: bool = False) -> None:
        """Try again later."""
        row: dict[str, Any] = {"tries": t.outbox.c.tries + 1, "not_before": not_before}
        if refused:
            row["refusals"] = t.outbox.c.refusals + 1
        self._db.execute(update(t.outbox).where(t.outbox.c.id == id).values(**row))

    def block(self, chat_hash: bytes, now: datetime) -> None:
        """The person blocked the bot: nothing that waits is ever sent, and they are not reminded."""
        blocked = update(t.chats).where(t.chats.c.chat_hash == chat_hash).values(blocked_at=now)
        for id in self._db.scalars(blocked.returning(t.chats.c.id)).all():
            self.stop_timer("remind", id)
        unsent = delete(t.outbox).where(t.outbox.c.chat_hash == chat_hash, t.outbox.c.sent_at.is_(None))
        self._db.execute(unsent)

    def unblock(self, chat_hash: bytes) -> None:
        """The person lets the bot in again."""
        self._db.execute(update(t.chats).where(t.chats.c.chat_hash == chat_hash).values(blocked_at=None))

    def ref_of_prompt(self, chat_hash: bytes, prompt: int) -> str:
        """The channel's name of the message that carried a prompt; "" when it was never sent."""
        query = select(t.outbox.c.ref).where(
            t.outbox.c.chat_hash == chat_hash, t.outbox.c.prompt == prompt, t.outbox.c.op == "send"
        )
        return self._db.scalars(query.order_by(t.outbox.c.id.desc())).first() or ""

    def forget_sent(self, before: datetime) -> int:
        """Old traces of messages and seen updates go, except where the buttons in front of a person are."""
        self._db.execute(delete(t.seen).where(t.seen.c.at < before))
        # Rows of channels that pull are never marked sent; they are just as old. What was for nobody's chat in
        # particular is no use any more.
        over = or_(t.outbox.c.chat_id.is_(None), t.outbox.c.channel != "telegram", _sent_and_not_latest())
        return self._db.execute(delete(t.outbox).where(t.outbox.c.created_at < before, over)).rowcount

    def forget_last_words(self, before: datetime) -> int:
        """What was said to people of whom nothing is kept goes, on channels that pull."""
        read = (
            t.outbox.c.channel != "telegram",
            t.outbox.c.chat_id.is_(None),
            t.outbox.c.created_at < before,
        )
        return self._db.execute(delete(t.outbox).where(*read)).rowcount

    def _posted(self, row: Row[Any]) -> Posted:
        place = row.chat_hash.hex()
        box: Box | Vault = self._vault
        if row.chat_id is not None:
            box = self._vault.data_key(row.data_key, f"chats.data_key:{row.chat_id}")
        address = box.open(row.address, f"outbox.address:{place}").decode()
        content: dict[str, Any] = {}
        if row.content is not None:
            content = json.loads(box.open(row.content, f"outbox.content:{place}"))
        return Posted(row.id, row.chat_id, row.chat_hash, address, content, row.tries, row.refusals)

    # timers, counters

    def set_timer(self, kind: str, subject: str, due_at: datetime) -> None:
        """One timer of a kind per subject; a new time replaces the old."""
        self.stop_timer(kind, subject)
        self._db.execute(insert(t.timers).values(kind=kind, subject=subject, due_at=due_at))

    def stop_timer(self, kind: str, subject: str) -> None:
        """No such timer any more."""
        self._db.execute(delete(t.timers).where(t.timers.c.kind == kind, t.timers.c.subject == subject))

    def due_timers(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Timers that are due, as (kind, subject); the earliest first. They are not locked."""
        query = select(t.timers.c.kind, t.timers.c.subject).where(t.timers.c.due_at <= now)
        rows = self._db.execute(query.order_by(t.timers.c.due_at, t.timers.c.id).limit(limit))
        return [(row.kind, row.subject) for row in rows]

    def take_timer(self, kind: str, subject: str, now: datetime) -> bool:
        """A due timer is done with; False when it is no longer there or no longer due.

        Whoever takes it has locked its chat before: a step of the person locks the chat first, and then its timers.
        """
        due = (t.timers.c.kind == kind, t.timers.c.subject == subject, t.timers.c.due_at <= now)
        return self._db.execute(delete(t.timers).where(*due).returning(t.timers.c.id)).first() is not None

    def count(self, study: str, day: str, name: str) -> None:
        """One more of something, with nobody's data."""
        dialect = sqlite if self._sqlite else postgresql
        row = dialect.insert(t.counters).values(study=study, day=day, name=name, count=1)
        again = {"count": t.counters.c.count + 1}
        self._db.execute(row.on_conflict_do_update(index_elements=["study", "day", "name"], set_=again))

    def counted(self, study: str, since: str, until: str) -> dict[str, int]:
        """What was counted of a study ("": of all) from one day to another, both included; "" for no limit."""
        total = func.sum(t.counters.c.count)
        query = select(t.counters.c.name, total.label("total")).group_by(t.counters.c.name)
        if study:
            query = query.where(t.counters.c.study == study)
        if since:
            query = query.where(t.counters.c.day >= since)
        if until:
            query = query.where(t.counters.c.day <= until)
        return {row.name: int(row.total) for row in self._db.execute(query)}

    # the prescreening log

    def hold_still(self) -> None:
        """What is read from here on is of one moment; first in its transaction. SQLite does that by itself."""
        if not self._sqlite:
            self._db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    def logged(
        self,
        study: str = "",
        since: datetime | None = None,
        before: datetime | None = None,
        runs: Sequence[str] | None = None,
    ) -> list[tuple[Run, Lead | None, list[LeadEvent]]]:
        """Runs with their results, the lead that each belongs to, and what was done with it, words left out."""
        where = []
        if study:
            where.append(t.runs.c.study == study)
        if since is not None:
            where.append(t.runs.c.started_at >= since)
        if before is not None:
            where.append(t.runs.c.started_at < before)
        if runs is not None:
            where.append(t.runs.c.id.in_(runs))
        ids = select(t.runs.c.id).where(*where)
        mine = t.lead_runs.c.run_id.in_(ids)
        query = select(t.leads, t.lead_runs.c.run_id.label("of_run"))
        found = self._db.execute(query.join(t.lead_runs, t.lead_runs.c.code == t.leads.c.code).where(mine))
        leads = {row.of_run: _lead(row) for row in found}
        codes = select(t.lead_runs.c.code).where(mine)
        done: dict[str, list[LeadEvent]] = {}
        for row in self._db.execute(
            select(t.lead_events).where(t.lead_events.c.code.in_(codes)).order_by(t.lead_events.c.id)
        ):
            event = LeadEvent(row.id, row.kind, row.at, row.who, row.detail, undone_by=row.undone_by or "")
            done.setdefault(row.code, []).append(event)
        people = select(t.runs, t.chats.c.data_key).join(t.chats, t.chats.c.id == t.runs.c.chat_id)
        rows = self._db.execute(people.where(*where).order_by(t.runs.c.started_at, t.runs.c.id))
        return [
            (self._run(row, self._box(row)), lead, done.get(lead.code, []) if lead else [])
            for row in rows
            for lead in [leads.get(row.id)]
        ]

    def _box(self, row: Row[Any]) -> Box:
        return self._vault.data_key(row.data_key, f"chats.data_key:{row.chat_id}")

    def begun(self) -> list[tuple[str, str]]:
        """Study ("" before one is chosen) and day of every walk that stands before its consents."""
        found = []
        for row in self._db.execute(select(t.chats).where(t.chats.c.run_id.is_(None))):
            box = self._vault.data_key(row.data_key, f"chats.data_key:{row.id}")
            state = box.open_json(row.state, f"chats.state:{row.id}")
            if state.get("began"):
                found.append((state.get("entered", ""), state["began"]))
        return found

    # audit

    def note(self, subject: str, who: str, what: str, detail: Mapping[str, Any], now: datetime) -> None:
        """Append to a subject's chain: codes and ids only, never what somebody said (design, audit)."""
        query = select(t.audit.c.seq, t.audit.c.hash).where(t.audit.c.subject == subject)
        last = self._db.execute(query.order_by(t.audit.c.seq.desc()).limit(1)).first()
        seq, previous = (last.seq + 1, last.hash) if last else (1, CHAIN_START)
        content = [subject, seq, now.astimezone(UTC).isoformat(), who, what, dict(detail), previous]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        self._db.execute(
            insert(t.audit).values(
                subject=subject,
                seq=seq,
                at=now,
                who=who,
                what=what,
                detail=dict(detail),
                previous=previous,
                hash=digest,
            )
        )

    def who_did(self, subject: str, what: str) -> list[str]:
        """Who stands in a subject's trail for something."""
        query = select(t.audit.c.who).where(t.audit.c.subject == subject, t.audit.c.what == what)
        return list(self._db.scalars(query.order_by(t.audit.c.seq)))

    def trail(self, subject: str) -> list[Row[Any]]:
        """What was done with a subject, by whom and when, first to last."""
        query = select(t.audit.c.who, t.audit.c.what, t.audit.c.detail, t.audit.c.at)
        return list(self._db.execute(query.where(t.audit.c.subject == subject).order_by(t.audit.c.seq)))

    # flows and site facts

    def add_version(self, hash: str, study: str, source: bytes, who: str, now: datetime) -> None:
        """Keep a version whole, under its hash, for good."""
        row = {"hash": hash, "study": study, "source": source, "added_by": who, "added_at": now}
        self._db.execute(self._insert_once(t.versions, row))

    def version(self, hash: str) -> bytes | None:
        """The source of a version."""
        return self._db.scalars(select(t.versions.c.source).where(t.versions.c.hash == hash)).first()

    def version_author(self, hash: str) -> str | None:
        """Who brought a version in."""
        return self._db.scalars(select(t.versions.c.added_by).where(t.versions.c.hash == hash)).first()

    def add_approval(self, hash: str, ethics_number: str, words_hash: str, who: str, now: datetime) -> None:
        """Record the ethics approval of one exact version."""
        row = {"version": hash, "ethics_number": ethics_number, "words_hash": words_hash}
        self._db.execute(insert(t.approvals).values(**row, approved_by=who, at=now))

    def approval(self, hash: str) -> Row[Any] | None:
        """The latest approval of a version."""
        query = select(t.approvals).where(t.approvals.c.version == hash).order_by(t.approvals.c.id.desc())
        return self._db.execute(query.limit(1)).first()

    def publish(
        self,
        study: str,
        hash: str,
        who: str,
        now: datetime,
        running: str = "continue",
        how: str = "published",
    ) -> None:
        """From now on new runs of the study take this version; `running`: what becomes of the others."""
        row = {"study": study, "version": hash, "published_by": who, "at": now}
        self._db.execute(insert(t.publications).values(**row, running=running, how=how))

    def published(self) -> dict[str, str]:
        """The version that new runs take, by study; none where it was retired."""
        latest = select(func.max(t.publications.c.id)).group_by(t.publications.c.study)
        query = select(t.publications.c.study, t.publications.c.version).where(
            t.publications.c.id.in_(latest),
            t.publications.c.version.not_in(select(t.retirements.c.version)),
        )
        return {row.study: row.version for row in self._db.execute(query.order_by(t.publications.c.study))}

    def publications(self, study: str) -> list[Row[Any]]:
        """What was published of a study, first to last."""
        query = select(t.publications).where(t.publications.c.study == study)
        return list(self._db.execute(query.order_by(t.publications.c.id)))

    def running_since(self, study: str, version: str) -> list[str]:
        """What was wished for running chats by every publication since a version was last published."""
        last = (
            select(func.max(t.publications.c.id))
            .where(t.publications.c.study == study, t.publications.c.version == version)
            .scalar_subquery()
        )
        query = select(t.publications.c.running).where(
            t.publications.c.study == study, t.publications.c.id > last
        )
        return list(self._db.scalars(query.order_by(t.publications.c.id)))

    def retire(self, hash: str, who: str, now: datetime) -> None:
        """No new run takes this version any more."""
        row = {"version": hash, "retired_by": who, "at": now}
        self._db.execute(self._insert_once(t.retirements, row))

    def retired(self) -> set[str]:
        """The versions that were retired."""
        return set(self._db.scalars(select(t.retirements.c.version)))

    def draft(self, study: str) -> Row[Any] | None:
        """A study's script in the making."""
        return self._db.execute(select(t.drafts).where(t.drafts.c.study == study)).first()

    def drafts(self) -> list[Row[Any]]:
        """Every draft without its source, by study."""
        columns = (t.drafts.c.study, t.drafts.c.revision, t.drafts.c.saved_by, t.drafts.c.saved_at)
        return list(self._db.execute(select(*columns).order_by(t.drafts.c.study)))

    def save_draft(
        self, study: str, source: bytes, based_on: str, who: str, now: datetime, after: int, number: int = 1
    ) -> bool:
        """The revision that follows `after` (0: there is no draft, and it is number `number`); False when somebody was quicker."""
        row = {"source": source, "based_on": based_on, "saved_by": who, "saved_at": now}
        if after == 0:
            first = self._insert_once(t.drafts, {"study": study, "revision": number, **row})
            return self._db.execute(first.returning(t.drafts.c.study)).first() is not None
        here = (t.drafts.c.study == study, t.drafts.c.revision == after)
        query = update(t.drafts).where(*here).values(revision=after + 1, **row)
        return self._db.execute(query.returning(t.drafts.c.study)).first() is not None

    def drop_draft(self, study: str) -> None:
        """A study has no draft any more."""
        self._db.execute(delete(t.drafts).where(t.drafts.c.study == study))

    def versions(self) -> list[Row[Any]]:
        """All versions kept, newest first, without their source."""
        columns = (t.versions.c.hash, t.versions.c.study, t.versions.c.added_by, t.versions.c.added_at)
        return list(self._db.execute(select(*columns).order_by(t.versions.c.added_at.desc())))

    def site(self, study: str) -> dict[str, str]:
        """The facts the site has set for a study."""
        query = select(t.site_facts.c.name, t.site_facts.c.value).where(t.site_facts.c.study == study)
        return {row.name: row.value for row in self._db.execute(query)}

    def set_fact(self, study: str, name: str, value: str, who: str, now: datetime) -> None:
        """Set a site fact."""
        where = (t.site_facts.c.study == study, t.site_facts.c.name == name)
        self._db.execute(delete(t.site_facts).where(*where))
        row = {"study": study, "name": name, "value": value, "set_by": who, "set_at": now}
        self._db.execute(insert(t.site_facts).values(**row))

    def note_alerts(self, address: str, failed_at: datetime | None) -> list[str]:
        """Alerts to this chat arrive, or do not since then; the studies of which that was not known."""
        failed = t.site_facts.c.failed_at
        alert_chat = (t.site_facts.c.name == "alert_chat", t.site_facts.c.value == address)
        news = failed.is_(None) if failed_at else failed.is_not(None)
        query = update(t.site_facts).where(*alert_chat, news).values(failed_at=failed_at)
        return list(self._db.scalars(query.returning(t.site_facts.c.study)))

    def alerts_failed_at(self, study: str) -> datetime | None:
        """Since when alerts do not arrive in the study's alert chat; None while they do."""
        query = select(t.site_facts.c.failed_at).where(
            t.site_facts.c.study == study, t.site_facts.c.name == "alert_chat"
        )
        return self._db.scalars(query).first()

    # staff

    def add_staff(self, name: str, role: str, now: datetime) -> None:
        """A member of staff; the same name again changes the role, and brings back who was removed."""
        self._db.execute(delete(t.staff_tokens).where(t.staff_tokens.c.name == name))
        self._db.execute(delete(t.staff).where(t.staff.c.name == name))
        self._db.execute(insert(t.staff).values(name=name, role=role, added_at=now))

    def remove_staff(self, name: str, now: datetime) -> None:
        """Ends somebody's sessions and links. The name stays, for the trail."""
        self._db.execute(delete(t.staff_tokens).where(t.staff_tokens.c.name == name))
        self._db.execute(update(t.staff).where(t.staff.c.name == name).values(removed_at=now))

    def staff(self) -> list[Row[Any]]:
        """All members of staff, without who was removed."""
        query = select(t.staff).where(t.staff.c.removed_at.is_(None))
        return list(self._db.execute(query.order_by(t.staff.c.name)))

    def add_token(self, name: str, kind: str, token: str, expires_at: datetime) -> None:
        """A one-time link or a session, by keyed hash."""
        row = {
            "token_hash": self._vault.lookup(kind, token),
            "name": name,
            "kind": kind,
            "expires_at": expires_at,
        }
        self._db.execute(insert(t.staff_tokens).values(**row))

    def use_link(self, token: str, now: datetime) -> str | None:
        """Whose link it is; a link works once, only before it expires, and not for who was removed."""
        still_there = select(t.staff.c.name).where(t.staff.c.removed_at.is_(None))
        query = (
            update(t.staff_tokens)
            .where(
                t.staff_tokens.c.token_hash == self._vault.lookup("link", token),
                t.staff_tokens.c.used_at.is_(None),
                t.staff_tokens.c.expires_at > now,
                t.staff_tokens.c.name.in_(still_there),
            )
            .values(used_at=now)
            .returning(t.staff_tokens.c.name)
        )
        return self._db.scalars(query).first()

    def session(self, token: str, now: datetime) -> Row[Any, Any] | None:
        """The member of staff of a session that has not expired; nobody who was removed."""
        query = select(t.staff.c.name, t.staff.c.role).join(
            t.staff_tokens, t.staff_tokens.c.name == t.staff.c.name
        )
        query = query.where(
            t.staff_tokens.c.token_hash == self._vault.lookup("session", token),
            t.staff_tokens.c.expires_at > now,
            t.staff.c.removed_at.is_(None),
        )
        return self._db.execute(query).first()

    def end_session(self, token: str) -> None:
        """Log out."""
        hashed = self._vault.lookup("session", token)
        self._db.execute(delete(t.staff_tokens).where(t.staff_tokens.c.token_hash == hashed))

    # odds

    def keep(self, name: str, value: bytes) -> bytes:
        """Store a value once; returns what is stored, ours or an earlier one."""
        sealed = self._vault.seal(value, f"meta:{name}")
        self._db.execute(self._insert_once(t.meta, {"name": name, "value": sealed}))
        stored = self._db.scalars(select(t.meta.c.value).where(t.meta.c.name == name)).one()
        return self._vault.open(stored, f"meta:{name}")


def _sent_and_not_latest() -> Any:
    """Operations that were carried out, but not a chat's latest prompt: its buttons may still be pressed."""
    later = t.outbox.alias("later")
    newer = (later.c.chat_hash == t.outbox.c.chat_hash, later.c.id > t.outbox.c.id)
    is_latest = (
        (t.outbox.c.op == "send")
        & (t.outbox.c.prompt > 0)
        & ~exists().where(*newer, later.c.op == "send", later.c.prompt > 0)
    )
    return t.outbox.c.sent_at.is_not(None) & ~is_latest


def _lead(row: Row[Any]) -> Lead:
    values = {name: getattr(row, name) for name in Lead.__slots__ if name != "run"}
    values |= {"open_criteria": tuple(row.open_criteria), "flags": tuple(row.flags)}
    return Lead(**values, run=row.run_id)
