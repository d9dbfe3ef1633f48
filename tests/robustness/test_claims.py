"""Many coordinators want the same lead at the same moment: exactly one gets it (Q-4)."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.leads.queue import Wanted
from bot.service.in_hand import CannotWork
from bot.service.views import StaffMember
from bot.store import tables as t
from bot.store.vault import new_keys
from tests.bench.crowd import Crowd
from tests.postgres import Postgres
from tests.service.stage import MELASMA, Person, Stage

STUDY = "melasma-exosome"
MEI, WEI = (StaffMember(name, name) for name in ("mei", "wei"))
LEADS, RACES = 500, 10_000
HALF_HOUR = timedelta(minutes=30)


@contextmanager
def hospital(folder: Path, url: str | None) -> Iterator[Sequence[Stage]]:
    """A live study whose leads are all free. On PostgreSQL two workers, each with connections of its own."""
    key = new_keys()
    with ExitStack() as open:
        workers = []
        for number in range(2 if url else 1):
            place = folder / str(number)
            place.mkdir()
            worker = Stage(place, live=True, script=MELASMA, database_url=url, key=key if url else None)
            open.callback(worker.stop)
            workers.append(worker)
        app = workers[0].app
        workers[0].open(STUDY)
        for member in (MEI, WEI):
            app.staff.add(member.id, "coordinator")
        Crowd.of(workers[0], STUDY, LEADS).fill(app.database)
        set_free(workers[0])
        yield workers


@pytest.fixture(params=["sqlite", "postgresql"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sequence[Stage]]:
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    with hospital(tmp_path, server.create_database() if server else None) as workers:
        yield workers


def set_free(stage: Stage) -> None:
    """Every lead's claim is over."""
    with stage.app.database.engine.begin() as db:
        db.execute(update(t.leads).values(claimed_by=None, claimed_until=None))


def claims(stage: Stage) -> dict[str, str]:
    """Who has which lead."""
    return {row.code: row.claimed_by for row in stage.rows(t.leads) if row.claimed_by}


def open_codes(stage: Stage) -> list[str]:
    return [row.code for row in stage.rows(t.leads) if row.closed_at is None]


async def takes(stage: Stage, code: str, member: StaffMember) -> bool:
    """Whether the store gives the lead to somebody who wants it."""
    now = stage.clock()
    return await stage.app.database.run(lambda records: records.claim(code, member.id, now + HALF_HOUR, now))


async def claims_it(stage: Stage, code: str, member: StaffMember) -> bool:
    """The same by the service, with all that belongs to it."""
    with suppress(CannotWork):
        await stage.app.work.claim(code, member)
        return True
    return False


def test_of_two_who_want_the_same_lead_exactly_one_gets_it_each_time(workers: Sequence[Stage]) -> None:
    first, last = workers[0], workers[-1]
    codes = open_codes(first)
    winners: Counter[str] = Counter()

    async def race(code: str, turn: int) -> str:
        one, other = ((first, MEI), (last, WEI))[:: 1 if turn % 2 else -1]
        ours, theirs = await asyncio.gather(takes(one[0], code, one[1]), takes(other[0], code, other[1]))
        assert ours != theirs, f"{code}: {'both' if ours else 'nobody'}"
        return one[1].id if ours else other[1].id

    async def races() -> None:
        for turn in range(RACES // LEADS):
            won = await asyncio.gather(*(race(code, turn) for code in codes))
            assert claims(first) == dict(zip(codes, won, strict=True))
            winners.update(won)
            set_free(first)

    asyncio.run(races())
    assert winners.total() == RACES
    assert min(winners[MEI.id], winners[WEI.id]) > 0, "a race that one side always wins is none"


def test_whoever_comes_second_is_told_and_leaves_nothing_in_the_trail(workers: Sequence[Stage]) -> None:
    first, last = workers[0], workers[-1]
    codes = open_codes(first)[:100]

    async def races() -> dict[str, str]:
        won = {}
        for code in codes:
            mei, wei = await asyncio.gather(claims_it(first, code, MEI), claims_it(last, code, WEI))
            assert mei != wei
            won[code] = MEI.id if mei else WEI.id
        return won

    won = asyncio.run(races())
    assert claims(first) == won
    noted = [(row.subject, row.who) for row in first.rows(t.audit) if row.what == "claimed"]
    assert sorted(noted) == sorted((code, f"staff:{who}") for code, who in won.items())


def test_whoever_asks_for_the_next_lead_gets_one_that_nobody_else_got(workers: Sequence[Stage]) -> None:
    team = [StaffMember(f"nurse-{number}", f"nurse-{number}") for number in range(40)]
    for member in team:
        workers[0].app.staff.add(member.id, "coordinator")

    async def everybody_asks() -> list[str | None]:
        return await asyncio.gather(
            *(
                workers[number % len(workers)].app.work.claim_next(Wanted(), member)
                for number, member in enumerate(team)
            )
        )

    for _ in range(5):
        got = asyncio.run(everybody_asks())
        assert None not in got, "there was more than one for everybody"
        assert claims(workers[0]) == {code: member.id for code, member in zip(got, team, strict=True) if code}
        assert len(set(got)) == len(team)
        set_free(workers[0])


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_who_withdraws_while_somebody_works_on_it_stays_withdrawn(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    """On PostgreSQL the two are at it at the same moment; whoever is second sees what the first did."""
    server: Postgres | None = request.getfixturevalue("postgres") if database == "postgresql" else None
    with small_hospital(tmp_path, server.create_database() if server else None) as (first, last):
        asyncio.run(race_to_withdraw(first, last))


@contextmanager
def small_hospital(folder: Path, url: str | None) -> Iterator[tuple[Stage, Stage]]:
    """The small study; on PostgreSQL two workers, else one that is both."""
    key = new_keys()
    with ExitStack() as open:
        workers = []
        for number in range(2 if url else 1):
            (place := folder / str(number)).mkdir()
            worker = Stage(place, live=True, database_url=url, key=key if url else None)
            open.callback(worker.stop)
            workers.append(worker)
        workers[0].open()
        workers[0].app.staff.add(MEI.id, "coordinator")
        yield workers[0], workers[-1]


async def race_to_withdraw(first: Stage, last: Stage) -> None:
    known: set[str] = set()

    async def race(number: int) -> None:
        person = await Person(first, f"w{number}").to_queue()
        (code,) = [row.code for row in first.rows(t.leads) if row.code not in known]
        known.add(code)
        await asyncio.gather(
            person.tap("withdraw", "withdraw"),
            last.app.work.attempt(code, "phone", "reached", MEI),
            return_exceptions=True,
        )
        (row,) = [row for row in first.rows(t.leads) if row.code == code]
        assert row.status == "withdrawn"
        assert row.claimed_by is None

    for number in range(10):
        await race(number)
