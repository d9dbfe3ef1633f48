"""The trail finds out whoever edits, removes, reorders or adds a row, on both databases; erasing a person leaves it whole."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from bot.leads.chain import START, Finding, Link
from bot.service.publishing import Refused
from bot.store import tables as t
from tests.service.stage import Person, Stage

AUDIT = t.audit
LEAD = "L-4444-4444"


@pytest.fixture
def written(any_store: Stage) -> Stage:
    """A chain of five rows, and two others."""
    for subject, count in ((LEAD, 5), ("run-1", 3), ("staff:mei", 2)):
        for number in range(count):
            any_store.app.database.run_now(
                lambda records, s=subject, n=number: records.note(
                    s, "staff:mei", "opened", {"n": n, "why": "核对"}, any_store.clock()
                )
            )
            any_store.clock.move(seconds=1)
    return any_store


def change(stage: Stage, *statements: Any) -> None:
    """What somebody with access to the database does."""
    with stage.app.database.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def row(seq: int, subject: str = LEAD) -> Any:
    return (AUDIT.c.subject == subject) & (AUDIT.c.seq == seq)


def told(stage: Stage) -> set[tuple[str, str, int]]:
    return {(found.kind, found.subject, found.seq) for found in stage.app.audit.verify().findings}


def test_a_trail_that_nobody_touched_is_intact(written: Stage) -> None:
    written.app.audit.anchor()
    checked = written.app.audit.verify()
    assert (checked.findings, checked.rows, checked.chains, checked.anchors) == ([], 11, 4, 1)
    assert checked.anchored_at == written.clock()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("who", "staff:lin"),
        ("what", "claimed"),
        ("detail", {"n": 7}),
        ("detail", ["no", "table"]),
        ("previous", START),
        ("hash", "f" * 64),
    ],
)
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_edited_column_is_found(written: Stage, column: str, value: object, seq: int) -> None:
    if column == "previous" and seq == 1:
        value = "e" * 64
    change(written, update(AUDIT).where(row(seq)).values({column: value}))
    assert told(written) == {("edited", LEAD, seq)}


NOT_TEXT = "cast(x'ff' AS TEXT)"


@pytest.mark.parametrize(
    "edit",
    [
        *("at='foo'", "at=''", "at='0001-01-01 00:00+14:00'", "at=x'ff'", "at=NULL"),
        *("seq='x'", f"seq={NOT_TEXT}", "seq=NULL", "hash=''", "hash=NULL", "hash=x'00'"),
        *("detail='}'", "detail=NULL", """detail='{"n":"\\ud800"}'""", f"detail='{'[' * 9999}'"),
        *("who=x'616263'", f"who={NOT_TEXT}", "what=NULL", "previous=NULL"),
    ],
    ids=lambda edit: edit[:30],
)
def test_what_cannot_be_read_is_told_as_edited(tmp_path: Path, edit: str) -> None:
    """SQLite lets somebody put anything anywhere; the check tells it instead of ending."""
    stage = Stage(tmp_path, live=True)
    stage.open()
    for what in ("claimed", "opened", "released"):
        stage.app.database.run_now(
            lambda records, done=what: records.note(LEAD, "system", done, {}, stage.clock())
        )
    # Whoever can write the file can also take away what its columns must be.
    may_be_null = "UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'audit'"
    change(stage, text("PRAGMA writable_schema = ON"), text(may_be_null))
    stage.app.database.engine.dispose()
    change(stage, text(f"UPDATE audit SET {edit} WHERE subject = '{LEAD}' AND seq = 2"))
    assert {subject for kind, subject, _ in told(stage) if kind == "edited"} == {LEAD}
    stage.stop()


@pytest.mark.parametrize("detail", ["}", "{}", '{"to": "x"}', '{"to": -1}', f'{{"to": {10**30}}}', "[]"])
def test_an_anchor_that_cannot_be_read_is_told(tmp_path: Path, detail: str) -> None:
    """And the next one is made all the same."""
    stage = Stage(tmp_path, live=True)
    stage.open()
    stage.app.audit.anchor()
    change(stage, update(AUDIT).where(row(1, "anchor")).values(detail=text("'" + detail + "'")))
    assert {("edited", "anchor", 1), ("anchor", "anchor", 1)} <= told(stage)
    assert stage.app.audit.anchor() is not None
    assert ("edited", "anchor", 1) in told(stage)
    stage.stop()


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_row_given_to_another_subject_is_found(written: Stage, seq: int) -> None:
    change(written, update(AUDIT).where(row(seq)).values(subject="run-2"))
    found = told(written)
    assert ("edited", "run-2", seq) in found
    assert (("removed", LEAD, seq + 1) in found) == (seq != 5)


@pytest.mark.parametrize("seq", [1, 3])
def test_a_removed_row_leaves_a_gap(written: Stage, seq: int) -> None:
    change(written, delete(AUDIT).where(row(seq)))
    assert told(written) == {("removed", LEAD, seq + 1)}


@pytest.mark.parametrize("what", ["last", "tail", "chain"])
def test_what_is_cut_off_at_the_end_is_found_up_to_the_last_anchor(written: Stage, what: str) -> None:
    cut = {"last": AUDIT.c.seq == 5, "tail": AUDIT.c.seq > 2, "chain": AUDIT.c.seq > 0}[what]
    cut &= AUDIT.c.subject == LEAD
    written.app.audit.anchor()
    change(written, delete(AUDIT).where(cut))
    (found,) = written.app.audit.verify().findings
    assert found == Finding("anchor", "anchor", 1, {"last": "1", "tail": "3", "chain": "5"}[what])


def test_without_an_anchor_a_tail_is_not_missed_and_it_says_so(written: Stage) -> None:
    change(written, delete(AUDIT).where(row(5)))
    checked = written.app.audit.verify()
    assert (checked.findings, checked.anchored_at) == ([], None)


def test_two_rows_that_changed_places_are_found(written: Stage) -> None:
    change(
        written,
        update(AUDIT).where(row(2)).values(seq=99),
        update(AUDIT).where(row(4)).values(seq=2),
        update(AUDIT).where(row(99)).values(seq=4),
    )
    assert told(written) == {("reordered", LEAD, 2), ("reordered", LEAD, 4)}


def forged(seq: int, previous: str, at: datetime) -> dict[str, Any]:
    link = Link(LEAD, seq, at, "staff:lin", "claimed", {}, previous)
    values = {name: getattr(link, name) for name in Link.__slots__}
    return values | {"hash": link.digest()}


def test_a_forged_row_is_found(written: Stage) -> None:
    """With a hash that fits by itself: it does not follow from the row before; at the end, the next anchor tells."""
    made = forged(6, "a" * 64, written.clock())
    change(written, insert(AUDIT).values(**made))
    assert told(written) == {("unlinked", LEAD, 6)}


def test_a_row_that_was_replaced_by_one_that_fits_is_found_by_its_follower(written: Stage) -> None:
    last = [each.hash for each in written.rows(AUDIT) if (each.subject, each.seq) == (LEAD, 2)]
    made = forged(3, last[0], written.clock())
    change(written, update(AUDIT).where(row(3)).values(**made))
    assert told(written) == {("unlinked", LEAD, 4)}


def test_a_chain_written_anew_as_a_whole_is_found_by_the_anchor(written: Stage) -> None:
    written.app.audit.anchor()
    previous = START
    for seq in range(1, 6):
        made = forged(seq, previous, written.clock())
        previous = made["hash"]
        change(written, update(AUDIT).where(row(seq)).values(**made))
    assert told(written) == {("anchor", "anchor", 1)}


def test_a_number_kept_outside_finds_that_the_anchors_themselves_are_gone(written: Stage) -> None:
    made = written.app.audit.anchor()
    assert made is not None
    assert written.app.audit.verify(made.hash).findings == []
    change(written, delete(AUDIT).where(AUDIT.c.subject.in_([LEAD, "anchor"])))
    assert told(written) == set()
    (found,) = written.app.audit.verify(made.hash).findings
    assert (found.kind, found.detail) == ("no_anchor", made.hash)


def test_days_later_it_is_seen_without_a_number_that_anchors_are_missing(written: Stage) -> None:
    """One is made each day: rows that are older than two have one after them."""
    written.app.audit.anchor()
    written.clock.move(days=30)
    assert told(written) == set()
    written.app.database.run_now(
        lambda records: records.note("run-1", "system", "erased", {}, written.clock())
    )
    written.clock.move(days=1, hours=23)
    assert told(written) == set()
    written.clock.move(hours=1)
    assert told(written) == {("unanchored", "anchor", 1)}
    change(written, delete(AUDIT).where(AUDIT.c.subject == "anchor"))
    assert told(written) == {("unanchored", "anchor", 0)}
    written.app.audit.anchor()
    assert told(written) == set()


def test_each_anchor_holds_what_came_since_the_one_before(written: Stage) -> None:
    note: Callable[[str], None] = lambda what: written.app.database.run_now(  # noqa: E731 - one line says it
        lambda records: records.note("run-1", "system", what, {}, written.clock())
    )
    assert written.app.audit.anchor()
    assert written.app.audit.anchor() is None
    note("erased")
    assert written.app.audit.anchor()
    assert written.app.audit.verify().findings == []
    change(written, delete(AUDIT).where(row(4, "run-1")))
    assert told(written) == {("anchor", "anchor", 2)}


async def test_one_is_made_each_day_by_itself(written: Stage) -> None:
    tick = written.app.timers.tick
    await tick()
    await tick()
    assert written.app.audit.verify().anchors == 1
    written.clock.move(hours=25)
    await tick()
    assert written.app.audit.verify().anchors == 1  # nothing new
    await Person(written).to_not_match()
    await tick()
    checked = written.app.audit.verify()
    assert (checked.anchors, checked.findings) == (2, [])


async def test_erasing_a_person_leaves_the_trail_whole(any_store: Stage) -> None:
    person = await Person(any_store).to_queue()
    any_store.app.audit.anchor()
    await person.say("/delete")
    await person.tap("delete_all")
    any_store.clock.move(days=400)
    await any_store.app.timers.tick()
    assert any_store.rows(t.leads) == []
    checked = any_store.app.audit.verify()
    assert (checked.findings, checked.anchors) == ([], 2)


def test_the_chain_is_read_as_it_is_written_out(written: Stage) -> None:
    written.app.staff.add("yan", "auditor")
    taken: list[Link] = []
    count = written.app.audit.export(LEAD, None, None, "yan", taken.append)
    assert (count, [link.seq for link in taken]) == (5, [1, 2, 3, 4, 5])
    assert all(link.digest() == link.hash for link in taken)
    assert written.app.audit.export("", date(2026, 6, 16), None, "yan", taken.append) == 0
    kept = [each.detail["rows"] for each in written.rows(AUDIT) if each.subject == "audit"]
    assert kept == [5, 0]


@pytest.mark.parametrize(
    ("who", "why"), [("mei", "not_for_audit"), ("lin", "not_for_audit"), ("nobody", "no_auditor")]
)
def test_who_may_not_take_it_gets_nothing(stage: Stage, who: str, why: str) -> None:
    stage.app.staff.add("mei", "coordinator")
    stage.app.staff.add("lin", "editor")
    with pytest.raises(Refused) as refused:
        stage.app.audit.export("", None, None, who, lambda link: None)
    assert refused.value.reason == why
    assert [each for each in stage.rows(AUDIT) if each.what == "exported"] == []


def test_a_check_holds_nobody_up(stage: Stage) -> None:
    """SQLite takes one writer at a time; whoever only reads is none."""
    database = stage.app.database

    def read(records: Any) -> int:
        records.last_written()
        database.run_now(lambda other: other.note("x", "system", "opened", {}, stage.clock()))
        return int(records.last_written())

    before = len(stage.rows(AUDIT))
    assert database.read_now(read) == before
    with database.engine.connect() as connection:
        assert len(connection.execute(select(AUDIT)).all()) == before + 1
