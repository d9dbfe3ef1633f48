"""How the databases find a page of the queue: by an index, in its order, whatever is asked for."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from bot.leads.lead import Lead
from bot.leads.queue import Cursor, Wanted
from bot.store import tables as t
from bot.store.records import Records
from bot.store.records.pages import COUNTED
from tests.store.conftest import Stored
from tests.store.people import NOW, lead

LEADS = 1200
MIDDLE = Cursor(300 * 2 * 10**12, "L-0300")
STATUSES = ("new", "contacting", "reached")


@pytest.fixture
def store(store: Stored) -> Stored:
    """Leads of every kind, and as many that PostgreSQL's plans are those of a long queue."""
    chat = store.new_chat()
    with store.engine.begin() as db:
        kept, runs, opened = [], [], []
        for number in range(LEADS):
            held = number % 75 == 0
            each = lead(
                f"L-{number:04}",
                f"run-{number}",
                status=STATUSES[number % 3],
                language=("zh", "en")[number % 2],
                verdict=("likely_match", "needs_review")[number // 2 % 2],
                claimed_by="mei" if held else None,
                claimed_until=NOW + timedelta(hours=1) if held else None,
                unread=int(number % 60 == 0),
                place=number * 2 * 10**12,
                closed_at=NOW if number % 10 == 7 else None,
            )
            row = {name: getattr(each, name) for name in Lead.__slots__ if name != "run"}
            row |= {"open_criteria": ["I2"], "flags": [], "chat_id": chat.id, "run_id": each.run}
            kept.append(row)
            runs.append(
                {
                    "id": each.run,
                    "chat_id": chat.id,
                    **{name: getattr(each, name) for name in ("study", "demo", "channel", "language")},
                    "version": "version-1",
                    "source": "",
                    "started_at": NOW,
                }
            )
            if each.closed_at is None:
                facets = {name: row[name] for name in t.FACETS}
                opened.append({"code": each.code, "criterion": "I2", "place": each.place, **facets})
        for table, rows in ((t.runs, runs), (t.leads, kept), (t.lead_open, opened)):
            db.execute(insert(table), rows)
        if store.engine.dialect.name != "sqlite":
            db.execute(text("ANALYZE"))
    return store


@contextmanager
def plans(store: Stored) -> Iterator[list[str]]:
    """How every query between here and there is done."""
    found: list[str] = []
    engine = store.engine
    sqlite = engine.dialect.name == "sqlite"

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
            return
        own = connection.connection.driver_connection.cursor()
        own.execute(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {statement}", parameters)
        found.append("\n".join(str(row[-1]) for row in own.fetchall()))

    if not sqlite:
        # With a few rows a walk over the table is quicker. Here it is what must not be needed.
        event.listen(engine, "begin", _as_with_many_rows)
    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)
        if not sqlite:
            event.remove(engine, "begin", _as_with_many_rows)


def _as_with_many_rows(connection: Any) -> None:
    for way in ("seqscan", "bitmapscan", "sort"):
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")


FILTERS = (
    Wanted(),
    Wanted(study="small"),
    Wanted(language="en"),
    Wanted(status="new"),
    Wanted(verdict="likely_match"),
    Wanted(criterion="I2"),
    Wanted(free=True),
    Wanted(late=True),
    Wanted(status="new", language="en"),
    Wanted(study="small", status="new", language="en", verdict="likely_match", late=True),
    Wanted(criterion="I2", status="reached", language="zh"),
    Wanted(criterion="I2", late=True),
    Wanted(criterion="I2", language="zh"),
)
#: Found by what is in a team's hand, and put in order then.
IN_HAND = (
    Wanted(who="mei"),
    Wanted(who="mei", language="en"),
    Wanted(unread=True),
    Wanted(unread=True, status="new"),
)


def looks(wanted: Wanted) -> Sequence[Callable[[Records], object]]:
    return (
        lambda records: records.leads_page(wanted, NOW, 10),
        lambda records: records.leads_page(wanted, NOW, 10, after=MIDDLE),
        lambda records: records.leads_page(wanted, NOW, 10, before=MIDDLE),
        lambda records: records.leads_page(wanted, NOW, 10, last=True),
        lambda records: records.waiting(wanted, NOW),
    )


def walks_a_table(plan: str) -> bool:
    """Whether it looks at every row, rather than along an index. `anon`: rows that were found already."""
    return any(
        "Seq Scan" in line or ("SCAN " in line and "USING" not in line and "SCAN anon" not in line)
        for line in plan.splitlines()
    )


def sorts(plan: str) -> bool:
    """Whether it puts in order what it does not find in order; what was found already is a page at most."""
    lines = plan.splitlines()
    return "Sort  (" in plan or any(
        "TEMP B-TREE" in line and "SCAN anon" not in before for before, line in pairwise(["", *lines])
    )


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_a_page_is_read_along_an_index_in_the_queues_order(store: Stored, wanted: Wanted) -> None:
    for look in looks(wanted):
        with plans(store) as found:
            store(look)
        assert found
        for plan in found:
            assert not walks_a_table(plan), plan
            assert not sorts(plan), plan


@pytest.mark.parametrize("wanted", IN_HAND, ids=str)
def test_what_is_in_hand_is_found_by_an_index_of_its_own(store: Stored, wanted: Wanted) -> None:
    index = "ix_leads_claimed" if wanted.who else "ix_leads_unread"
    for look in looks(wanted):
        with plans(store) as found:
            store(look)
        assert index in found[0], found[0]


def test_a_walk_over_a_table_would_be_found(store: Stored) -> None:
    with plans(store) as found:
        store(
            lambda records: records._db.execute(
                text("SELECT code FROM leads WHERE reach = 'phone' ORDER BY due_at")
            )
        )
    assert walks_a_table(found[0])
    assert sorts(found[0])


@pytest.mark.parametrize("wanted", [*FILTERS, *IN_HAND, replace(FILTERS[-1], free=True)], ids=str)
def test_every_way_of_reading_leaves_the_same_leads(store: Stored, wanted: Wanted) -> None:
    everything = store(lambda records: records.leads_page(Wanted(), NOW, LEADS))

    def fits(number: int) -> bool:
        each = everything[number]
        return (
            all(
                getattr(wanted, name) in ("", getattr(each, name))
                for name in ("study", "language", "status", "verdict")
            )
            and (not wanted.criterion or wanted.criterion == "I2")
            and (not wanted.who or each.claimed_by == wanted.who)
            and (not wanted.free or each.claimed_by is None)
            and (not wanted.unread or each.unread > 0)
            and (not wanted.late or each.place < 2 * 10**15)
        )

    expected = [each.code for number, each in enumerate(everything) if fits(number)]
    assert expected, "a filter that leaves nothing shows nothing"

    def codes(**where: Any) -> list[str]:
        return [each.code for each in store(lambda records: records.leads_page(wanted, NOW, LEADS, **where))]

    assert codes() == expected
    assert codes(last=True) == expected
    middle = everything[len(everything) // 3]
    cut = Cursor(middle.place, middle.code)
    assert codes(after=cut) == [code for code in expected if code > middle.code]
    assert codes(before=cut) == [code for code in expected if code < middle.code]
    first = store(lambda records: records.leads_page(wanted, NOW, 2))
    last = store(lambda records: records.leads_page(wanted, NOW, 2, last=True))
    assert ([each.code for each in first], [each.code for each in last]) == (expected[:2], expected[-2:])
    assert store(lambda records: records.waiting(wanted, NOW)) == min(len(expected), COUNTED)
