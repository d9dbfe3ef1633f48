"""The one composition root: from settings to parts that know each other."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy.engine import make_url

from bot.config import Settings
from bot.core.engine import Engine
from bot.core.flow import Flow
from bot.documents import Documents
from bot.export.fhir import bundle_file
from bot.export.redcap import redcap_file
from bot.i18n import Translators
from bot.reading.safety import Lexicon
from bot.script.compile import BrokenScript as BrokenScript
from bot.script.compile import Compiled, compile_script, study_named
from bot.script.library import read_file, script_files
from bot.service.audit import Audit
from bot.service.by_hand import ByHand
from bot.service.desk import Desk
from bot.service.digest import Digest
from bot.service.drafts import Drafts
from bot.service.hand_off import Handing
from bot.service.intake import Intake, Tools
from bot.service.lateness import Lateness
from bot.service.letters import Letters
from bot.service.log import PrescreeningLog
from bot.service.publishing import Publishing
from bot.service.reception import Reception
from bot.service.relay import Relay
from bot.service.replay import Replay
from bot.service.reports import Reports
from bot.service.requests import Requests
from bot.service.scripts import Scripts, Shipped
from bot.service.shelf import Shelf
from bot.service.sites import Sites
from bot.service.staff import Staff
from bot.service.staff_chat import Parts, StaffChat
from bot.service.timers import Timers
from bot.service.versions import Versions
from bot.service.wording import Wording
from bot.service.work import Work
from bot.staff.cards import Cards
from bot.staff.words import Wording as Words
from bot.store.database import Database, Trouble, check_key, connect, upgrade
from bot.store.vault import UnusableKey, Vault, new_keys, read_keys

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class App:
    """Everything, put together."""

    settings: Settings
    translators: Translators
    wording: Wording
    database: Database
    shelf: Shelf
    intake: Intake
    desk: Desk
    staff: Staff
    work: Work
    requests: Requests
    by_hand: ByHand
    letters: Letters
    relay: Relay
    log: PrescreeningLog
    handing: Handing
    audit: Audit
    reports: Reports
    reception: Reception
    publishing: Publishing
    sites: Sites
    drafts: Drafts
    versions: Versions
    documents: Documents
    replay: Replay
    scripts: Scripts
    lateness: Lateness
    digest: Digest
    timers: Timers
    clock: Clock
    #: Whether a key was made just now, for the embedded default.
    made_key: bool

    def start(self) -> None:
        """Start the writers."""
        self.database.start()

    def stop(self) -> None:
        """Finish and close."""
        self.database.stop()


def utc_now() -> datetime:
    """The clock of the real world."""
    return datetime.now(UTC)


def clock_of(settings: Settings) -> Clock:
    """The real clock, or one that stands on `PRESCREEN_TODAY` while its hours go on."""
    if settings.today is None:
        return utc_now
    today: date = settings.today

    def fixed() -> datetime:
        local = datetime.now(settings.zone)
        return datetime.combine(today, local.time(), settings.zone).astimezone(UTC)

    return fixed


def bootstrap(settings: Settings, clock: Clock | None = None, only: Path | bytes | None = None) -> App:
    """Put the parts together and make the database ready.

    `only`: one script, or its file, instead of the flows folder (demonstration). Raises Trouble (a fixed day in live mode,
    database, key) and BrokenScript.
    """
    check_today(settings)
    clock = clock or clock_of(settings)
    translators = Translators(settings.locales)
    wording = Wording(translators)
    sources = _sources(settings, only) if settings.mode == "demo" else None
    shelf = Shelf(read_flow, settings.zone, sources)
    database, made_key = open_database(settings)
    check_mode(database, settings.mode)
    database.run_now(lambda records: shelf.lay_out(records, clock()))
    tools = Tools(
        store=database,
        engine=Engine(),
        shelf=shelf,
        wording=wording,
        translators=translators,
        lexicon=read_lexicon(),
        clock=clock,
        zone=settings.zone,
    )
    intake = Intake(tools)
    compile_once = lru_cache(maxsize=64)(compile_flow)  # the same versions are asked for again and again
    publishing = Publishing(database, compile_once, wording, clock, settings.zone, shelf.demo)
    drafts = Drafts(database, study_of, clock)
    versions = Versions(publishing, drafts, compile_once)
    documents = Documents(translators, wording, clock, settings.zone)
    lateness, digest = Lateness(shelf, translators, settings.zone), Digest(shelf)
    letters = Letters(shelf, wording, settings.zone)
    work = Work(database, shelf, letters, clock, settings.zone)
    requests = Requests(database, shelf, clock)
    replay = Replay(database, shelf, publishing, clock)
    log = PrescreeningLog(database, shelf, documents.log, clock, settings.zone)
    chat = Parts(
        shelf=shelf,
        letters=letters,
        wording=wording,
        translators=translators,
        clock=clock,
        zone=settings.zone,
        cards=lambda language: Cards(Words(language, translators[language], settings.zone, clock())),
        address=settings.address,
    )
    return App(
        settings=settings,
        translators=translators,
        wording=wording,
        database=database,
        shelf=shelf,
        intake=intake,
        desk=Desk(database, shelf, wording, translators, clock, settings.zone),
        staff=Staff(database, clock, shelf.demo),
        work=work,
        requests=requests,
        by_hand=ByHand(database, shelf, translators, clock, settings.zone),
        letters=letters,
        relay=Relay(shelf, wording, work, requests, letters, clock),
        log=log,
        reports=Reports(database, shelf, log, documents.report, clock, settings.zone),
        handing=Handing(database, shelf, {"fhir": bundle_file, "redcap": redcap_file}, clock, settings.zone),
        audit=Audit(database, clock, settings.zone),
        reception=Reception(database, intake, StaffChat(chat), clock),
        publishing=publishing,
        sites=Sites(database, shelf, publishing, translators, clock, settings.zone),
        drafts=drafts,
        versions=versions,
        documents=documents,
        replay=replay,
        scripts=Scripts(
            store=database,
            drafts=drafts,
            publishing=publishing,
            shelf=shelf,
            versions=versions,
            documents=documents,
            replay=replay,
            shipped=lambda: shipped(settings.flows),
            clock=clock,
            zone=settings.zone,
        ),
        lateness=lateness,
        digest=digest,
        timers=Timers(
            database,
            intake,
            shelf,
            letters,
            lateness,
            digest,
            clock,
            settings.zone,
        ),
        clock=clock,
        made_key=made_key,
    )


def check_today(settings: Settings) -> None:
    """A fixed day is for demonstrations; Trouble where people are real."""
    if settings.today is not None and settings.mode != "demo":
        raise Trouble("today_in_live")


def open_database(settings: Settings) -> tuple[Database, bool]:
    """The database with its tables and its key checked. True when a key was made for it. Raises Trouble."""
    make_data_dir(settings)
    engine = connect(settings.database)
    text, place, made_key = _key(settings)
    try:
        vault = Vault(read_keys(text))
    except UnusableKey as problem:
        raise Trouble(str(problem), place) from None
    try:
        upgrade(engine)
        check_key(engine, vault)
    except Trouble:
        engine.dispose()
        raise
    return Database(engine, vault), made_key


def make_data_dir(settings: Settings) -> None:
    """The folder of the embedded default is made; one that an address names must be there already. Raises Trouble."""
    if settings.database_url is None:
        _make_folder(settings.data_dir)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise Trouble("unusable_folder", f"{folder}: {problem.strerror}") from None


def check_mode(database: Database, mode: str) -> None:
    """A demonstration and real people never share a database; Trouble."""
    kept = database.run_now(lambda records: records.keep("mode", mode.encode())).decode()
    if kept != mode:
        database.engine.dispose()
        raise Trouble("other_mode", kept)


def read_script(path: Path) -> Compiled:
    """A script of the flows folder, compiled; Trouble."""
    try:
        return read_file(path)
    except OSError as problem:
        raise Trouble("unreadable_script", f"{path}: {problem.strerror}") from None


def compile_flow(source: bytes, name: str = "flow.yaml") -> Flow:
    """A flow from a script; BrokenScript."""
    return _flow(compile_script(source, name))


def read_flow(source: bytes) -> Flow:
    """A flow from a version that was held to the rules when it came in: it runs on, whatever rules came since.

    BrokenScript: it cannot be read any more.
    """
    return _flow(compile_script(source, "flow.yaml", rules=False))


def _flow(compiled: Compiled) -> Flow:
    if compiled.flow is None:
        raise BrokenScript(compiled)
    return compiled.flow


def study_of(source: bytes) -> str:
    """The study a draft is of; BrokenScript where it names none."""
    study = study_named(source, "flow.yaml")
    if study is None:
        raise BrokenScript(compile_script(source, "flow.yaml"))
    return study


def shipped(folder: Path) -> dict[str, Shipped]:
    """The scripts of a flows folder by study, with their rehearsals; what names no study is left out."""
    found = {}
    for path in script_files(folder):
        source = path.read_bytes()
        study = study_named(source, str(path))
        if study is not None:
            found[study] = Shipped(source, tuple(sorted((path.parent / "rehearsals").glob("*.yaml"))))
    return found


def read_lexicon() -> Lexicon:
    """The safety phrases."""
    text = files("bot.reading").joinpath("lexicons/safety.yaml").read_text(encoding="utf-8")
    loaded = YAML(typ="safe", pure=True).load(text)
    return Lexicon({kind: tuple(phrases) for kind, phrases in loaded.items()})


def _sources(settings: Settings, only: Path | bytes | None) -> dict[str, bytes]:
    if isinstance(only, bytes):
        compiled = [compile_script(only, "flow.yaml")]
    else:
        compiled = [read_script(path) for path in ([only] if only else script_files(settings.flows))]
    for script in compiled:
        if script.flow is None:
            raise BrokenScript(script)
    if not compiled:
        raise Trouble("no_flows", str(settings.flows_dir))
    return {script.flow.id: script.source.encode() for script in compiled if script.flow}


def _key(settings: Settings) -> tuple[str, str, bool]:
    """The key's text, where it is from, and whether it was made: for the embedded default, in the data directory."""
    if settings.key is not None:
        return settings.key.get_secret_value(), "PRESCREEN_KEY", False
    path = settings.key_path
    if path.exists():
        try:
            return path.read_text(encoding="utf-8"), str(path), False
        except (OSError, UnicodeDecodeError):
            raise Trouble("unreadable_key", str(path)) from None
    url = make_url(settings.database)
    if settings.key_file is not None or url.get_backend_name() != "sqlite":
        raise Trouble("missing_key", str(path))
    if url.database in (None, "", ":memory:"):
        return new_keys(), "", False
    if Path(str(url.database)).exists():
        raise Trouble("missing_key", str(path))
    text = new_keys()
    _make_folder(path.parent)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        raise Trouble("unusable_folder", f"{path.parent}: {problem.strerror}") from None
    return text, str(path), True
