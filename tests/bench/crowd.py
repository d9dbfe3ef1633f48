"""A queue of any length, put into the tables at once, as a study might leave it after years."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Connection, Table, text

from bot.core.flow import Flow
from bot.leads.lead import ALPHABET
from bot.leads.life import CLOSED, OPEN
from bot.leads.queue import lane, place_of, what_next
from bot.leads.search import tokens
from bot.leads.site import Site
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import Records
from bot.store.vault import Vault
from tests.service.stage import Stage

#: What there is of however many leads there are: as much as a team can have in hand.
IN_HAND = 60
STAFF = ("mei", "wei", "lin", "hua")
#: One note in so many leads; the words of the rare one are in IN_HAND leads.
NOTE_EVERY = 3
NOTES = (
    "周五上班，晚上再打",
    "孩子放学以后方便",
    "出差到月底，上班时不接电话",
    "please call after work",
    "已经加过微信",
)
RARE_NOTE = "上班在厦门，想问交通补贴"
WEIGHTS = {
    "status": dict(zip(OPEN, (28, 20, 10, 8, 8, 7, 6, 7, 6), strict=True)),
    "language": {"zh": 80, "en": 20},
    "verdict": {"likely_match": 30, "needs_review": 62, "not_match": 8},
}


def code_of(number: int, prefix: str = "L") -> str:
    """A code that looks like a real one; each number its own."""
    letters = ""
    number = number * 7_919_317 % len(ALPHABET) ** 8
    for _ in range(8):
        number, digit = divmod(number, len(ALPHABET))
        letters += ALPHABET[digit]
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def phone_of(number: int) -> str:
    """Everybody has their own."""
    return f"+86139{number:08d}"


@dataclass(frozen=True)
class Crowd:
    """So many open leads of one study, and a tenth as many closed ones."""

    flow: Flow
    site: Site
    vault: Vault
    now: datetime
    open: int

    @classmethod
    def of(cls, stage: Stage, study: str, open: int) -> Self:
        """Of a study that is published."""
        app = stage.app

        def look(records: Records) -> tuple[Flow | None, Site]:
            return app.shelf.flow(records, records.published()[study]), app.shelf.site(records, study)

        flow, site = app.database.run_now(look)
        assert flow is not None
        return cls(flow, site, app.database.vault, stage.clock(), open)

    def fill(self, database: Database) -> None:
        """Put them into the tables. Indexes are made afterwards, which takes a fraction of the time."""
        rows: dict[Table, list[dict[str, Any]]] = {
            table: []
            for table in (t.chats, t.runs, t.leads, t.identities, t.lead_open, t.note_words, t.lead_events)
        }
        indexes = [index for table in rows for index in table.indexes]
        with database.engine.begin() as db:
            for index in indexes:
                index.drop(db)
            for lead in self._leads():
                for table, more in lead.items():
                    rows[table] += more
                if len(rows[t.leads]) == 10_000:
                    _load(db, rows)
            _load(db, rows)
            for index in indexes:
                index.create(db)
        settle(database)

    def _leads(self) -> Iterator[Mapping[Table, list[dict[str, Any]]]]:
        chance = random.Random(self.open)
        specials = iter(chance.sample(range(self.open), 8 * IN_HAND))
        marks: dict[int, str] = {}
        for kind in ("held", "unread", "call_back", "visit", "rare_words", "rare", "rare_criterion", "noted"):
            for _ in range(IN_HAND):
                marks[next(specials)] = kind
        drawn = {
            name: chance.choices(list(weights), list(weights.values()), k=self.open)
            for name, weights in WEIGHTS.items()
        }
        for number in range(self.open):
            picked = {name: values[number] for name, values in drawn.items()}
            yield self._lead(number, picked, marks.get(number, ""), chance)
        for number in range(self.open, self.open + self.open // 10):
            yield self._closed(number, chance)

    def _lead(
        self, number: int, picked: Mapping[str, str], mark: str, chance: random.Random
    ) -> Mapping[Table, list[dict[str, Any]]]:
        status, language, verdict = picked["status"], picked["language"], picked["verdict"]
        asked = [each.id for each in self.flow.criteria if each.settled_by.value == "questions"]
        criteria = chance.sample(asked[1:], chance.randint(1, 4)) if verdict == "needs_review" else []
        # Two combinations that hardly ever occur, of things each of which is common.
        if (status, language, verdict) == ("no_show", "en", "not_match"):
            language = "zh"
        if status == "consented" and asked[1] in criteria:
            criteria.remove(asked[1])
        if mark == "rare":
            status, language, verdict = "no_show", "en", "not_match"
        if mark == "rare_criterion":
            status, criteria = "consented", [asked[1]]
        created = self.now - timedelta(seconds=chance.randint(60, 200 * 86400))
        due = self.now + timedelta(seconds=chance.randint(-2 * 86400, 8 * 86400))
        tries, last, visit = 0, None, None
        if status == "contacting":
            tries, last = chance.randint(1, 3), "no_answer"
        if status == "visit_booked":
            visit = due = self.now + timedelta(days=chance.randint(1, 30))
        if mark == "call_back":
            status, last, due = "reached", "call_back", self.now + timedelta(minutes=chance.randint(5, 300))
        if mark == "visit":
            status, last = "visit_booked", None
            visit = due = self.now + timedelta(minutes=chance.randint(5, 300))
        claimed, until = None, None
        if mark == "held":
            claimed, until = STAFF[0], self.now + timedelta(hours=9)
        elif status != "new":
            claimed, until = chance.choice(STAFF), self.now - timedelta(days=chance.randint(1, 60))
        next = what_next(status, last, tries)
        rank = len(criteria)
        here = lane(self.site.hours, next, due, self.now, visit)
        place = place_of(here, next, rank, created, due)
        note = ""
        if mark == "rare_words":
            note = RARE_NOTE
        elif number % NOTE_EVERY == 0:
            note = chance.choice(NOTES)
        return self._rows(
            number,
            note,
            criteria,
            created,
            status=status,
            language=language,
            verdict=verdict,
            rank=rank,
            due_at=due,
            closed_at=None,
            claimed_by=claimed,
            claimed_until=until,
            place=place,
            next=next,
            tries=tries,
            last_try=last,
            visit_at=visit,
            overdue_at=due if due <= self.now else None,
            unread=1 if mark == "unread" else 0,
        )

    def _closed(self, number: int, chance: random.Random) -> Mapping[Table, list[dict[str, Any]]]:
        created = self.now - timedelta(seconds=chance.randint(86400, 300 * 86400))
        return self._rows(
            number,
            "",
            [],
            created,
            status=chance.choice(CLOSED),
            language="zh",
            verdict="likely_match",
            rank=0,
            due_at=created,
            closed_at=created + timedelta(seconds=chance.randint(1, 86400)),
            claimed_by=None,
            claimed_until=None,
            place=0,
            next="",
            tries=0,
            last_try=None,
            visit_at=None,
            overdue_at=None,
            unread=0,
        )

    def _rows(
        self, number: int, note: str, criteria: list[str], created: datetime, **lead: Any
    ) -> Mapping[Table, list[dict[str, Any]]]:
        code, id = code_of(number), f"{number:016x}"
        box, key = self.vault.new_data_key(f"chats.data_key:{id}")
        chat = {
            "id": id,
            "channel": "web",
            "chat_hash": self.vault.lookup("chat", f"web:{id}"),
            "data_key": key,
            "address": box.seal(id.encode(), f"chats.address:{id}"),
            "state": box.seal_json({}, f"chats.state:{id}"),
            "run_id": None,
            "created_at": created,
            "updated_at": created,
        }
        run = {
            "id": id,
            "chat_id": id,
            "study": self.flow.id,
            "version": self.flow.hash,
            "demo": False,
            "channel": "web",
            "source": "",
            "language": lead["language"],
            "started_at": created,
            "outcome": lead["verdict"],
            "ended_at": created,
            "ended_on": created.date().isoformat(),
        }
        row = {
            "code": code,
            "chat_id": id,
            "run_id": id,
            "study": self.flow.id,
            "demo": False,
            "channel": "web",
            "open_criteria": json.dumps(criteria),
            "flags": "[]",
            "reach": "phone",
            "call_time": "any",
            "created_at": created,
            **lead,
        }
        phone = phone_of(number)
        identity = {
            "code": code,
            "phone": box.seal(phone.encode(), f"identities.phone:{code}"),
            "phone_hash": self.vault.lookup("phone", phone),
        }
        event = {
            "code": code,
            "kind": "note",
            "at": created,
            "who": STAFF[0],
            "detail": "{}",
            "words": box.seal(note.encode(), f"lead_events.words:{code}"),
        }
        return {
            t.chats: [chat],
            t.runs: [run],
            t.leads: [row],
            t.identities: [identity],
            t.lead_open: [
                {
                    "code": code,
                    "criterion": id,
                    "place": lead["place"],
                    **{name: row[name] for name in t.FACETS},
                }
                for id in criteria
            ],
            t.note_words: [
                {"token": self.vault.lookup("word", token), "code": code} for token in tokens(note)
            ],
            t.lead_events: [event] if note else [],
        }


def _load(db: Connection, rows: Mapping[Table, list[dict[str, Any]]]) -> None:
    """Past SQLAlchemy, which would take several times as long; empties the lists."""
    for table, some in rows.items():
        if some:
            names = list(some[0])
            values = (tuple(row[name] for name in names) for row in some)
            _copy(db, table, names, values)
            some.clear()


def _copy(db: Connection, table: Table, names: list[str], values: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = db.connection.driver_connection
    columns = ", ".join(names)
    if db.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        driver.executemany(
            f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",
            (tuple(_plain(value) for value in row) for row in values),
        )
        return
    with driver.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _plain(value: Any) -> Any:
    """As SQLAlchemy writes it into SQLite."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def settle(database: Database) -> None:
    """What PostgreSQL does by itself, sooner or later, after so many new rows."""
    if database.engine.dialect.name != "sqlite":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("VACUUM ANALYZE"))
