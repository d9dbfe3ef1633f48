"""The application a journey plays on: it is shut down and put together anew before every turn."""

import functools
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot import bootstrap as root
from bot.bootstrap import App, bootstrap
from bot.config import Settings
from bot.core.flow import Question
from bot.store.vault import new_keys
from tests.journeys.second import SLEEP
from tests.postgres import Postgres

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "flows"
MELASMA = FLOWS / "melasma-exosome" / "flow.yaml"
STUDY = "melasma-exosome"
#: A Monday, 10:00 in Fuzhou.
MORNING = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
ALERTS = "-1001"
FACTS = {
    "phone": "0591-5550101",
    "ae_phone": "0591-5550102",
    "ethics_phone": "0591-5550103",
    "alert_chat": ALERTS,
}
KEYS = new_keys()
SOURCES = {STUDY: MELASMA.read_bytes(), "sleep": SLEEP.encode()}
#: When the site last confirmed that it recruits.
CHECKED_ON = "2026-06-01"

#: How a site can stand: the studies that are published, and whether they recruit.
SETTINGS: dict[str, tuple[tuple[str, ...], bool]] = {
    "open": ((STUDY,), True),
    "short": (("sleep",), True),
    #: Apart from "short", for here coordinators take part, which no face of the person's shows.
    "with the team": (("sleep",), True),
    "two studies": ((STUDY, "sleep"), True),
    "not recruiting": ((STUDY,), False),
    "nothing approved": ((), False),
}


@functools.cache
def questions() -> tuple[Question, ...]:
    """The questions of both studies."""
    return tuple(question for source in SOURCES.values() for question in root.compile_flow(source).questions)


@dataclass
class Clock:
    """Stands still unless it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, step: timedelta) -> None:
        self.now += step


def settings(url: str, mode: str, data: Path, flows: Path = FLOWS) -> Settings:
    """Without the environment of whoever runs the tests."""
    return Settings(
        mode=mode,  # type: ignore[arg-type]
        data_dir=data,
        database_url=url,
        key=SecretStr(KEYS),
        flows_dir=flows,
        _env_file=None,  # type: ignore[call-arg]
    )


def scripts(setting: str, folder: Path) -> Path:
    """The folder of the setting's scripts: a demonstration offers all that lie there, approved or not."""
    studies, _ = SETTINGS[setting]
    kept = folder / f"flows {setting}"
    for study in studies:
        script = kept / study / "flow.yaml"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_bytes(SOURCES[study])
    return kept


def publish(app: App, setting: str, checked_on: str) -> None:
    """Let a site stand as the setting says: submitted by one, approved by another."""
    studies, recruits = SETTINGS[setting]
    for name in ("editor", "approver"):
        app.staff.add(name, name)
    for study in studies:
        kept = app.publishing.submit(SOURCES[study], "editor")
        app.publishing.approve(kept.hash, "EC-2026-01", "approver")
        app.publishing.publish(kept.hash, "approver")
        facts = {**FACTS, "status_checked_on": checked_on, "recruiting": "yes" if recruits else "no"}
        for name, value in facts.items():
            app.publishing.set_fact(study, name, value, "admin")


class Databases:
    """Prepared once for each setting and copied for each journey."""

    def __init__(self, folder: Path, server: Callable[[], Postgres]) -> None:
        self._folder = folder
        self._server = server
        self._prepared: dict[tuple[str, str, str], str] = {}
        self._numbers = itertools.count(1)

    def new(self, kind: str, mode: str, setting: str) -> str:
        """The URL of a database in which the site stands as the setting says."""
        prepared = self._prepared.get((kind, mode, setting)) or self._prepare(kind, mode, setting)
        if kind == "sqlite":
            copy = self._folder / f"{next(self._numbers)}.db"
            shutil.copy(str(make_url(prepared).database), copy)
            return f"sqlite:///{copy}"
        parsed = make_url(prepared)
        name = f"journey_{next(self._numbers)}"
        self._sql(prepared, f"CREATE DATABASE {name} TEMPLATE {parsed.database}")
        return parsed.set(database=name).render_as_string(hide_password=False)

    def scripts(self, setting: str) -> Path:
        """The folder of scripts for a setting."""
        return scripts(setting, self._folder)

    def drop(self, url: str) -> None:
        """A journey is over."""
        if url.startswith("sqlite"):
            for file in self._folder.glob(f"{Path(str(make_url(url).database)).name}*"):
                file.unlink()
        else:
            self._sql(url, f"DROP DATABASE {make_url(url).database}")

    def _prepare(self, kind: str, mode: str, setting: str) -> str:
        if kind == "sqlite":
            url = f"sqlite:///{self._folder}/{mode}-{setting.replace(' ', '-')}.db"
        else:
            url = self._server().create_database()
        app = bootstrap(settings(url, mode, self._folder, self.scripts(setting)), Clock())
        if mode == "live":
            publish(app, setting, CHECKED_ON)
        app.stop()
        self._prepared[kind, mode, setting] = url
        return url

    @staticmethod
    def _sql(url: str, statement: str) -> None:
        engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@dataclass
class Stage:
    """One site, one database, one clock; `restart` is what happens between any two turns."""

    settings: Settings
    clock: Clock = field(default_factory=Clock)
    _app: App | None = None

    @property
    def app(self) -> App:
        if self._app is None:
            self._app = bootstrap(self.settings, self.clock)
            self._app.start()
        return self._app

    def restart(self) -> None:
        """Nothing stays in memory."""
        if self._app is not None:
            self._app.stop()
            self._app = None


@contextmanager
def staged(databases: Databases, kind: str, mode: str, setting: str, data: Path) -> Iterator[Stage]:
    """A stage for one journey."""
    url = databases.new(kind, mode, setting)
    stage = Stage(settings(url, mode, data, databases.scripts(setting)))
    try:
        yield stage
    finally:
        stage.restart()
        databases.drop(url)
