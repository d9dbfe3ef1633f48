"""The database and its one writer: steps that wait together are committed together."""

import asyncio
import fcntl
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool

from bot.store.records import Records
from bot.store.vault import UnusableKey, Vault

T = TypeVar("T")

_MIGRATIONS = Path(__file__).parent / "migrations"
_KEY_CHECK = "key_check"
#: Any number that nobody else locks.
_MIGRATION_LOCK = 2024_02_801
#: How many waiting steps share one commit.
BATCH = 64
#: PostgreSQL locks rows, so several steps can run at once.
POSTGRES_WRITERS = 4
#: Seconds before a transaction that had to give way is done again; after the last one its failure counts.
PAUSES = (0.02, 0.1, 0.5)
#: PostgreSQL's states for a serialization failure and a deadlock: it undid the one so that the other could go on.
#: … or that two of them made the same row at the same moment: done again, the second sees the first one's.
_GAVE_WAY = ("40001", "40P01", "23505")
#: SQLite's words for a file that is something else or broken, and for one that cannot be opened or written.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNUSABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


@dataclass(eq=False)
class Trouble(Exception):
    """The database cannot be used; `reason` names the sentence that says what to do."""

    reason: str
    detail: str = ""


class Stopped(Exception):
    """The writers have ended; the step was not done."""


def connect(url: str) -> Engine:
    """An engine with the settings durability needs; Trouble when the address cannot be read."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        # What people said must not stand in an error's text.
        options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            # A database in memory is its one connection.
            options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        engine = create_engine(parsed, **options)
    except Exception as problem:
        raise Trouble("bad_database_url", type(problem).__name__) from None
    if engine.dialect.name == "sqlite":
        if path := _file(url):
            _check_folder(path)
            event.listen(engine, "do_connect", lambda *connection: _keep_to_owner(path))
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _file(url: str) -> Path | None:
    """Where an embedded database lies; None for one in memory or on a server. Raises Trouble."""
    try:
        parsed = make_url(url)
        embedded = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    except Exception as problem:
        raise Trouble("bad_database_url", type(problem).__name__) from None
    return Path(str(parsed.database)) if embedded else None


def _check_folder(file: Path) -> None:
    """A mistyped address must not begin an empty database somewhere else."""
    if not file.resolve().parent.is_dir():
        raise Trouble("no_folder", str(file.parent))


def _keep_to_owner(path: Path) -> None:
    """Nobody else on the machine reads what people said. SQLite makes the files beside it as the file itself is."""
    # What cannot be made or is somebody else's file, SQLite tells by itself.
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))):
        with suppress(OSError):
            file.chmod(0o600)


def _set_up_sqlite(connection: Any, _: Any) -> None:
    # The driver's own transaction handling would commit behind our savepoints.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _alembic(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Bring the tables to this version; Trouble when they belong to a newer one or cannot be reached."""
    scripts = ScriptDirectory(str(_MIGRATIONS))
    try:
        with _one_at_a_time(engine):
            current = _revision(engine)
            if current is not None:
                known = {revision.revision for revision in scripts.walk_revisions()}
                if current not in known:
                    raise Trouble("newer_database", current)
            if current != scripts.get_current_head():
                command.upgrade(_alembic(engine), "head")
    except OperationalError as problem:
        raise _trouble(engine, problem) or Trouble("unreachable_database", _short(problem)) from None


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """Workers that start together on one PostgreSQL migrate it one after the other."""
    if engine.dialect.name == "sqlite":
        yield
        return
    with engine.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(_MIGRATION_LOCK)))
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(_MIGRATION_LOCK)))


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as problem:
        raise _trouble(engine, problem) or Trouble("unreachable_database", _short(problem)) from None


def check_key(engine: Engine, vault: Vault) -> None:
    """Refuse to go on with a key that did not seal this database; Trouble("wrong_key")."""
    try:
        with _explained(engine), engine.begin() as connection:
            Records(connection, vault).keep(_KEY_CHECK, b"the key fits")
    except UnusableKey as problem:
        raise Trouble(str(problem)) from None


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """What the operator can mend in the file of an embedded database is Trouble."""
    try:
        yield
    except DatabaseError as problem:
        if trouble := _trouble(engine, problem):
            raise trouble from None
        raise


def _trouble(engine: Engine, problem: DatabaseError) -> Trouble | None:
    """What is wrong with the file of an embedded database, where that is what went wrong."""
    code = getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return Trouble("damaged_database", str(engine.url.database))
    if code in _UNUSABLE:
        return Trouble("unusable_database", f"{engine.url.database}: {_short(problem)}")
    return None


def _short(problem: DatabaseError) -> str:
    return str(problem.orig).strip().splitlines()[0][:200]


@dataclass(slots=True)
class _Waiting:
    step: Callable[[Records], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Database:
    """Runs steps in writer threads. A step is a plain function of Records; if the commit fails, it did nothing.

    It may be called again after what it did was undone, so it changes nothing but the records.
    """

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.engine = engine
        self.vault = vault
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._stopped = False
        #: Nothing is put behind the mark that ends the last writer: nobody would ever answer it.
        self._door = threading.Lock()

    def start(self) -> None:
        """Start the writers: one on SQLite, where only one can write."""
        self._stopped = False
        count = 1 if self.engine.dialect.name == "sqlite" else POSTGRES_WRITERS
        for number in range(count):
            thread = threading.Thread(target=self._write, name=f"writer-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finish what waits, then close."""
        with self._door:
            self._stopped = True
            for _ in self._threads:
                self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self.engine.dispose()

    async def run(self, step: Callable[[Records], T]) -> T:
        """Run a step in a transaction; returns after the commit, raises what the step raised. Stopped."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._door:
            if self._stopped:
                raise Stopped
            self._waiting.put(_Waiting(step, loop, future))
        return await future

    def run_now(self, step: Callable[[Records], T]) -> T:
        """The same for commands that have no loop. Raises Trouble when the database's file is damaged or unusable."""

        def transaction() -> T:
            with self.engine.begin() as connection:
                return step(Records(connection, self.vault))

        with _explained(self.engine):
            return _persist(transaction)

    def read_now(self, step: Callable[[Records], T]) -> T:
        """For what only reads: it sees one moment and holds nobody up, however long it takes. Raises Trouble."""
        with (
            _explained(self.engine),
            self.engine.connect().execution_options(reads=True) as connection,
            connection.begin(),
        ):
            records = Records(connection, self.vault)
            records.hold_still()
            return step(records)

    def _write(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                return
            batch = [first]
            stopping = False
            if self.engine.dialect.name == "sqlite":
                with suppress(queue.Empty):
                    while len(batch) < BATCH and not stopping:
                        more = self._waiting.get_nowait()
                        if more is None:
                            stopping = True
                        else:
                            batch.append(more)
            self._commit(batch)
            if stopping:
                return

    def _commit(self, batch: list[_Waiting]) -> None:
        """Do the batch and tell everybody what became of it."""
        try:
            outcomes = _persist(lambda: self._transaction(batch))
        except Exception as problem:
            outcomes = [(waiting, None, problem) for waiting in batch]
        for waiting, result, failure in outcomes:
            with suppress(RuntimeError):  # the loop may be closed when the process stops
                waiting.loop.call_soon_threadsafe(_resolve, waiting.future, result, failure)

    def _transaction(self, batch: list[_Waiting]) -> list[tuple[_Waiting, Any, BaseException | None]]:
        """One transaction for the batch, a savepoint for each: a bad step never fails its neighbours."""
        outcomes: list[tuple[_Waiting, Any, BaseException | None]] = []
        with self.engine.begin() as connection:
            for waiting in batch:
                try:
                    with connection.begin_nested():
                        result = waiting.step(Records(connection, self.vault))
                    outcomes.append((waiting, result, None))
                except Exception as problem:
                    if connection.invalidated or _gave_way(problem):
                        raise
                    outcomes.append((waiting, None, problem))
        return outcomes


def _persist(transaction: Callable[[], T]) -> T:
    """Do a transaction, and do it again when it was undone only because it met another one."""
    for pause in PAUSES:
        try:
            return transaction()
        except DBAPIError as problem:
            if not _gave_way(problem):
                raise
            time.sleep(pause)
    return transaction()


def _gave_way(problem: Exception) -> bool:
    """Whether the database undid a transaction for another one's sake, or never let it begin."""
    if not isinstance(problem, DBAPIError):
        return False
    busy = getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return busy or getattr(problem.orig, "sqlstate", None) in _GAVE_WAY


def _resolve(future: asyncio.Future[Any], result: Any, problem: BaseException | None) -> None:
    if future.cancelled():
        return
    if problem is not None:
        future.set_exception(problem)
    else:
        future.set_result(result)


@contextmanager
def served_alone(url: str) -> Iterator[None]:
    """Hold the lock that says which process serves an embedded database, whatever its data directory.

    It lies beside the database's file. A server's database has none: it may have many workers. Raises Trouble.
    """
    path = _file(url)
    if path is None:
        yield
        return
    _check_folder(path)
    # Reached by another name or through a link, it is the same database.
    lock = path.resolve().with_name(f"{path.resolve().name}.lock")
    try:
        handle = lock.open("ab")
    except OSError as problem:
        raise Trouble("unusable_database", f"{lock}: {problem.strerror}") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Trouble("already_serving", str(path)) from None
        yield
