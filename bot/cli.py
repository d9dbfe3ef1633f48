"""The `prescreen` command."""

import asyncio
import itertools
import json
import locale
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from bot.bootstrap import App, BrokenScript, bootstrap, check_today, clock_of, open_database, read_script
from bot.channels.telegram.errors import TelegramRefused
from bot.channels.terminal.chat import TerminalChat
from bot.config import Settings
from bot.core.text import fill
from bot.i18n import N_, Translator, Translators
from bot.leads.site import FACTS, BadFact
from bot.script.cases import day_of, read_cases
from bot.script.compile import Compiled
from bot.script.library import SCRIPT_NAME
from bot.script.problems import workflow_command
from bot.script.rehearsal import differences, walk
from bot.server import bind, browser_address, serve
from bot.service.desk import ROLES, NoSuchStaff, NotAllowed
from bot.service.names import BadName
from bot.service.publishing import Refused
from bot.service.views import LeadView, QueueRow
from bot.staff import words
from bot.store.database import Trouble, served_alone

FINE, PROBLEMS, WRONG_USE = 0, 1, 2

TROUBLES = {
    "bad_database_url": N_("PRESCREEN_DATABASE_URL is not an address such as postgresql://user:password@host/name."),
    "unreachable_database": N_("The database cannot be reached: {detail}. Check PRESCREEN_DATABASE_URL and that the server runs."),
    "newer_database": N_("The database belongs to a newer version of this program ({detail}). Install that version, or restore a backup made before the upgrade."),
    "wrong_key": N_("The key does not fit this database. Put back the key it was made with (PRESCREEN_KEY or PRESCREEN_KEY_FILE)."),
    "unreadable_key": N_("The key cannot be read. It must be lines of name:base64 with 32 bytes each, one of them named lookup."),
    "missing_key": N_("There is no key for this database ({detail}). Set PRESCREEN_KEY or PRESCREEN_KEY_FILE; without its key a database cannot be read."),
    "port_taken": N_("{detail} cannot be used: another program listens there, or the address is not this machine's. Choose another with PRESCREEN_LISTEN (demo: --port)."),
    "already_serving": N_("Another process serves this database already ({detail}). Stop it first, or use another database (PRESCREEN_DATA_DIR, PRESCREEN_DATABASE_URL)."),
    "other_mode": N_("This database was made in {detail} mode and is not opened in another. Set PRESCREEN_MODE, or use another PRESCREEN_DATA_DIR."),
    "no_flows": N_("There is no flow script in {detail}. Set PRESCREEN_FLOWS_DIR to the folder that holds them."),
    "no_such_flow": N_("There is no flow script {detail}. Name its folder, for example flows/melasma-exosome."),
    "unreadable_script": N_("The flow script cannot be read: {detail}."),
    "own_version": N_("{detail} wrote this version or brought it in and cannot approve it. Somebody else must."),
    "not_staff": N_("Nobody called {detail} is registered. First: prescreen staff add {detail} --role approver (or editor)."),
    "not_entitled": N_("{detail} may not do that. Approving needs the role approver or admin; submitting and publishing need editor, approver or admin."),
    "not_approved": N_("Version {detail} is not approved, so it cannot be published. First: prescreen flows approve."),
    "no_such_version": N_("There is no single version that begins with {detail}. Give at least 6 characters; prescreen flows list shows them."),
    "no_such_lead": N_("There is no lead or request {detail}."),
    "no_such_staff": N_("Nobody called {detail} is registered. First: prescreen staff add."),
    "no_such_role": N_("There is no role {detail}. The roles are coordinator, editor, approver, auditor, admin."),
    "today_in_live": N_("PRESCREEN_TODAY is only for the demonstration. Unset it, or set PRESCREEN_MODE=demo."),
    "no_day": N_("{detail} is not a day such as 2026-06-15, from 1950 to 2199."),
    "blank_name": N_("A name or number is blank. Say who does it (--by), and the ethics number where one is asked for."),
    "approved_already": N_("This version is approved already: {detail}. An approval is not replaced."),
    "too_long": N_("{detail} is too long: a name or a number has at most 50 characters."),
    "bad_fact": N_("That is not a site fact and a value it can have: {detail}. prescreen site FLOW show lists them."),
    "no_token": N_("There is no bot token, so Telegram is not used. Set PRESCREEN_TELEGRAM_TOKEN to the token from @BotFather."),
}  # fmt: skip

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
leads_app = typer.Typer(no_args_is_help=True, help=N_("The lead queue."))
flows_app = typer.Typer(no_args_is_help=True, help=N_("Flow versions: submit, approve, publish."))
staff_app = typer.Typer(no_args_is_help=True, help=N_("Members of staff and their login links."))
db_app = typer.Typer(no_args_is_help=True, help=N_("The database."))
for name, group in (("leads", leads_app), ("flows", flows_app), ("staff", staff_app), ("db", db_app)):
    app.add_typer(group, name=name)


@dataclass(frozen=True, slots=True)
class Shell:
    """The language of the person at the keyboard, and how to speak to them."""

    language: str
    console: Console

    def settings(self) -> Settings:
        """The settings, or an exit that says which variable is wrong."""
        try:
            return Settings()
        except ValidationError as problems:
            for problem in problems.errors():
                name = "_".join(str(part) for part in problem["loc"]).upper()
                prefix = f"PRESCREEN_{name} " if name else ""
                self.fail(f"{prefix}{problem['msg'].removeprefix('Value error, ')}")
            raise typer.Exit(WRONG_USE) from None

    @property
    def tr(self) -> Translator:
        """The translator of the person's language."""
        return _translators()[self.language]

    def fail(self, sentence: str) -> None:
        """A sentence on standard error."""
        # Without emoji=False ":100:" in "flow.yaml:100:7" would be a picture.
        Console(stderr=True, soft_wrap=True, highlight=False, emoji=False).print(sentence, markup=False)

    def trouble(self, reason: str, detail: str = "") -> None:
        """A known trouble in words."""
        self.fail(fill(self.tr(TROUBLES[reason]), {"detail": detail}))

    @contextmanager
    def careful(self) -> Iterator[None]:
        """Turns what a person can mend into a sentence and an exit code."""
        try:
            yield
        except Trouble as trouble:
            self.trouble(trouble.reason, trouble.detail)
            raise typer.Exit(WRONG_USE) from None
        except Refused as refused:
            self.trouble(refused.reason, refused.detail)
            raise typer.Exit(PROBLEMS) from None
        except BrokenScript as broken:
            self.fail(broken.compiled.report(self.language))
            raise typer.Exit(PROBLEMS) from None
        except TelegramRefused as refused:
            self.fail(self.tr(refused.sentence))
            raise typer.Exit(WRONG_USE) from None
        except NoSuchStaff as missing:
            self.trouble("no_such_staff", str(missing))
            raise typer.Exit(WRONG_USE) from None
        except NotAllowed as missing:
            self.trouble("no_such_role", str(missing))
            raise typer.Exit(WRONG_USE) from None
        except BadName as bad:
            self.trouble(bad.reason, f"{bad.name[:20]}…")
            raise typer.Exit(WRONG_USE) from None
        except BadFact as bad:
            self.trouble("bad_fact", f"{bad.name}={bad.value}")
            raise typer.Exit(WRONG_USE) from None
        except BrokenPipeError:
            raise typer.Exit(FINE) from None


@cache
def _translators() -> Translators:
    return Translators(Settings.model_construct().locales)


@app.callback(help=N_("Prescreens prospective participants of clinical trials, in Chinese and English."))
def prescreen(
    context: typer.Context,
    language: Annotated[str, typer.Option(help="zh or en; the terminal's own unless given.")] = "",
) -> None:
    context.obj = Shell(language if language in ("zh", "en") else _own_language(), Console(soft_wrap=True))


def _own_language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if spoken.startswith("zh") else "en"


# the conversation


@app.command(help=N_("Try it: a chat and the queue in the browser, without token or server."))
def demo(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(help="Instead of the port in PRESCREEN_LISTEN, or 8080.")
    ] = None,
) -> None:
    shell: Shell = context.obj
    _quiet_logs(logging.ERROR)
    with shell.careful():
        settings = shell.settings()
        settings = settings.model_copy(
            update={
                "mode": "demo",
                "telegram_token": None,
                "data_dir": settings.data_dir / "demo",
                "database_url": None,
                "key": None,
                "key_file": None,
            }
        )
        if port is not None:
            host, _, _ = settings.listen.rpartition(":")
            settings = settings.model_copy(update={"listen": f"{host}:{port}"})

        def announce(address: str) -> None:
            tr = shell.tr
            everything = tr(N_("Demonstration. Open in your browser:"))
            chat, queue = tr(N_("the chat alone:")), tr(N_("the queue alone:"))
            shell.console.print(f"[bold]{everything}[/bold] {address}/")
            shell.console.print(f"  {chat} {address}/chat")
            shell.console.print(f"  {queue} {address}/staff")
            shell.console.print(tr(N_("Ctrl+C stops. Everything you enter stays on this machine.")))

        with bind(settings.host, settings.port) as listening, served_alone(settings.database):
            _run(bootstrap(settings), listening, announce)


@app.command("serve", help=N_("Serve Telegram and the staff pages, by long polling or webhook."))
def serve_command(context: typer.Context) -> None:
    shell: Shell = context.obj
    _quiet_logs(logging.INFO)
    with shell.careful():
        settings = shell.settings()
        check_today(settings)
        with bind(settings.host, settings.port) as listening, served_alone(settings.database):
            parts = bootstrap(settings)
            if parts.made_key:
                shell.fail(fill(shell.tr(KEY_MADE), {"path": str(settings.data_dir / "key")}))
            if settings.telegram_token is None:
                shell.trouble("no_token")
            for sentence in (*_not_open(parts, shell.tr), *_other_words(parts, shell.tr)):
                shell.fail(sentence)
            _run(parts, listening, lambda address: shell.console.print(address))


KEY_MADE = N_(
    "An encryption key was made at {path}. Keep a copy in a safe place: without it the data cannot be read."
)


def _not_open(parts: App, tr: Translator) -> Iterator[str]:
    """Why people will hear that a study is not open (C2)."""
    if parts.shelf.demo:
        return
    today = parts.clock().astimezone(parts.settings.zone).date()
    offer = parts.database.run_now(lambda records: parts.shelf.offer(records, today))
    if not offer.flows:
        yield tr(
            N_(
                "No approved flow is published, so people hear that the study is not open. See: prescreen flows --help"
            )
        )
    for study, site in offer.sites.items():
        if site.missing:
            words = tr(
                N_(
                    "{study}: site facts are missing, so the study is not open: {names}. Set them: prescreen site {study} set NAME VALUE"
                )
            )
            yield fill(words, {"study": study, "names": ", ".join(site.missing)})
        elif study not in offer.recruiting:
            words = tr(
                N_(
                    "{study}: recruiting is not confirmed, so people hear that it is not recruiting. Set recruiting=yes and status_checked_on to today's date."
                )
            )
            yield fill(words, {"study": study})


def _other_words(parts: App, tr: Translator) -> Iterator[str]:
    """An approval holds for the interface words it was given for, too."""
    if parts.shelf.demo:
        return
    words = tr(
        N_(
            "{study}: participants read other interface words (buttons, prompts, commands) now than when version {version} was approved. Let the ethics committee see them, then approve it again: prescreen flows approve {version}"
        )
    )
    for line in parts.publishing.list():
        if line.published and line.words_changed:
            yield fill(words, {"study": line.study, "version": line.hash[:12]})


def _run(parts: App, listening: socket.socket, announce: Callable[[str], None]) -> None:
    try:
        asyncio.run(serve(parts, listening, announce))
    except KeyboardInterrupt:
        raise typer.Exit(FINE) from None
    finally:
        parts.database.engine.dispose()


@app.command("chat", help=N_("Talk to a flow in the terminal; nothing is kept."))
def chat_command(
    context: typer.Context,
    flow: str,
    today: Annotated[str, typer.Option(help="Pretend that it is this day, YYYY-MM-DD.")] = "",
) -> None:
    shell: Shell = context.obj
    _quiet_logs(logging.ERROR)
    with shell.careful():
        settings = shell.settings().model_copy(
            update={
                "mode": "demo",
                "database_url": "sqlite://",
                "key": None,
                "key_file": None,
                "today": _day(today),
            }
        )
        parts = bootstrap(settings, only=_script(flow, settings))
        asyncio.run(_chat(parts, shell))


async def _chat(parts: App, shell: Shell) -> None:
    # asyncio's own handler would wait until the line that is being typed ends.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parts.start()
    colours = sys.stdout.isatty()

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def read_line() -> str | None:
        try:
            return input("> " if colours else "")
        except (EOFError, KeyboardInterrupt):
            return None

    try:
        terminal = TerminalChat(parts.intake, write, shell.tr, shell.language, colours)
        await terminal.run(read_line)
    finally:
        parts.stop()


# scripts


def _script(flow: str, settings: Settings) -> Path:
    """A script by its file, its folder or its name; Trouble."""
    for path in (Path(flow), Path(flow) / SCRIPT_NAME, settings.flows / flow / SCRIPT_NAME):
        if path.is_file():
            return path
    raise Trouble("no_such_flow", flow)


def _day(text: str) -> date | None:
    """The day an option names; Trouble."""
    if text and day_of(text) is None:
        raise Trouble("no_day", text)
    return day_of(text)


class Form(Enum):
    """How problems are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@app.command(help=N_("Say what is wrong with scripts, where, and what would be right."))
def check(
    context: typer.Context,
    flows: list[str],
    form: Annotated[
        Form, typer.Option("--format", help="For people, for programs, or for GitHub.")
    ] = Form.TEXT,
) -> None:
    shell: Shell = context.obj
    with shell.careful():
        settings = shell.settings()
        checked = [read_script(_script(flow, settings)) for flow in flows]
        problems = [problem for compiled in checked for problem in compiled.problems]
        match form:
            case Form.TEXT:
                for compiled in checked:
                    sys.stdout.writelines(f"{line}\n" for line in _checked(compiled, shell))
            case Form.JSON:
                listed = [problem.to_dict(shell.language) for problem in problems]
                sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
            case Form.GITHUB:
                sys.stdout.writelines(f"{workflow_command(each, shell.language)}\n" for each in problems)
    raise typer.Exit(FINE if all(compiled.flow for compiled in checked) else PROBLEMS)


def _checked(compiled: Compiled, shell: Shell) -> Iterator[str]:
    if compiled.problems:
        yield compiled.report(shell.language).rstrip()
    if compiled.flow is not None:
        words = shell.tr(N_("{file}: fine ({criteria} criteria, {questions} questions)"))
        values = {
            "file": compiled.file,
            "criteria": str(len(compiled.flow.criteria)),
            "questions": str(len(compiled.flow.questions)),
        }
        yield fill(words, values)


@app.command(
    help=N_("Walk the rehearsals beside a script and say where the result is not what was expected.")
)
def rehearse(
    context: typer.Context,
    flow: str,
    cases: Annotated[list[Path] | None, typer.Argument()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    today: Annotated[str, typer.Option(help="For cases that name no day, YYYY-MM-DD.")] = "",
) -> None:
    shell: Shell = context.obj
    with shell.careful():
        settings = shell.settings()
        day = _day(today) or clock_of(settings)().astimezone(settings.zone).date()
        path = _script(flow, settings)
        compiled = read_script(path)
        if compiled.flow is None:
            raise BrokenScript(compiled)
        folder = path.parent / "rehearsals"
        found = read_cases(cases or sorted(folder.glob("*.yaml")), compiled.flow)
        if found.problems:
            shell.fail(found.report(shell.language))
            raise typer.Exit(WRONG_USE)
        results, wrong = [], 0
        for case in found.cases:
            result = walk(compiled.flow, case, day)
            differs = differences(case, result, shell.language)
            wrong += bool(differs)
            results.append({"id": case.id, **result.to_dict()})
            if not as_json:
                mark = "✗" if differs else "✓"
                sys.stdout.write(f"{mark} {case.id}: {result.verdict.value}\n")
                sys.stdout.writelines(f"    {line}\n" for line in differs)
        if as_json:
            sys.stdout.write(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
        else:
            words = shell.tr(N_("{count} rehearsals, {wrong} not as expected"))
            sys.stdout.write(fill(words, {"count": str(len(found.cases)), "wrong": str(wrong)}) + "\n")
    raise typer.Exit(PROBLEMS if wrong else FINE)


# the queue


@leads_app.command("list", help=N_("The queue, the next right call first."))
def list_leads(context: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        rows = parts.desk.queue_now(shell.language)
        if as_json:
            sys.stdout.write(json.dumps([_row(row) for row in rows], ensure_ascii=False, indent=1) + "\n")
            return
        if not rows:
            sys.stdout.write(shell.tr(N_("The queue is empty.")) + "\n")
            return
        table = Table(box=None, pad_edge=False)
        for title in (
            CODE,
            N_("Kind"),
            N_("Since"),
            N_("Due"),
            N_("Verdict"),
            N_("Open"),
            N_("Flags"),
            N_("Language"),
        ):
            table.add_column(shell.tr(title), no_wrap=title == CODE, overflow="fold")
        zone = parts.settings.zone
        say = words.Wording(shell.language, shell.tr, zone, parts.clock())
        for row in rows:
            due = f"{row.due_at.astimezone(zone):%m-%d %H:%M}" if row.due_at else ""
            table.add_row(
                row.code,
                say.word(words.KINDS, row.kind),
                f"{row.created_at.astimezone(zone):%m-%d %H:%M}",
                f"{due} !" if row.overdue else due,
                say.word(words.VERDICTS, row.verdict) if row.verdict else "",
                " ".join(row.open),
                ", ".join(say.flag(flag)[0] for flag in row.flags),
                row.language,
            )
        # In a pipe nothing is folded.
        (shell.console if shell.console.is_terminal else Console(width=200)).print(table)


CODE = N_("Code")


def _row(row: QueueRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "kind": row.kind,
        "study": row.study_name,
        "urgent": row.urgent,
        "demo": row.demo,
        "language": row.language,
        "verdict": row.verdict,
        "open": list(row.open),
        "flags": list(row.flags),
        "created_at": row.created_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "overdue": row.overdue,
        "reach": row.reach,
        "call_time": row.call_time,
        "status": row.status,
    }


@leads_app.command(
    "show",
    help=N_(
        "One lead: the verdict and the answer behind every criterion. Opening it is written into the trail."
    ),
)
def show_lead(context: typer.Context, code: str) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        lead = parts.desk.lead_now(code.upper(), shell.language)
        if lead is None:
            raise Refused("no_such_lead", code)
        say = words.Wording(shell.language, shell.tr, parts.settings.zone, parts.clock())
        sys.stdout.writelines(f"{line}\n" for line in _lead_lines(lead, say))


def _lead_lines(lead: LeadView, say: words.Wording) -> Iterator[str]:
    tr, row, who = say.tr, lead.row, lead.identity
    yield f"{row.code}  {say.word(words.VERDICTS, row.verdict) if row.verdict else say.word(words.KINDS, row.kind)}  {row.study_name}"
    if row.urgent:
        yield tr("Urgent")
    yield "  ".join(part for part in (who.name, say.phone(who.phone), who.chat) if part)
    time = say.word(words.TIMES, row.call_time) if row.call_time else ""
    yield "  ".join(
        part for part in (say.word(words.REACH, row.reach), time, say.tongue(row.language)) if part
    )
    yield f"{tr('Received')} {say.exact(row.created_at)}" + (
        f"  {tr('Due')} {say.exact(row.due_at)}" if row.due_at else ""
    )
    for flag in lead.flags:
        short, long = say.flag(flag.name)
        yield f"! {flag.criterion} {short}: {long}".replace("  ", " ")
    first = {"fails": 0, "open": 1}
    for criterion in sorted(lead.criteria, key=lambda c: first.get(c.state, 2)):
        kind = tr("Inclusion") if criterion.inclusion else tr("Exclusion")
        yield ""
        yield f"{criterion.id} ({kind}) {criterion.text}"
        yield f"    {' '.join(say.state(criterion.state))}"
        for answer in criterion.answers:
            yield f"    {answer.ask} {answer.answer} ({say.when(answer.at)})"
            for edit in answer.edits:
                yield f"        {tr('before that:')} {edit.answer} ({say.when(edit.at)})"
            for other in answer.earlier:
                yield f"        {tr('in another run:')} {other.answer} ({say.when(other.at)})"


@contextmanager
def _opened(shell: Shell) -> Iterator[App]:
    """The parts for a command that looks at or changes the stored data."""
    _quiet_logs(logging.ERROR)
    settings = shell.settings()
    demo_dir = settings.data_dir / "demo"
    if settings.mode == "demo" and settings.database_url is None and demo_dir.is_dir():
        settings = settings.model_copy(update={"data_dir": demo_dir})
    parts = bootstrap(settings)
    try:
        yield parts
    finally:
        parts.database.engine.dispose()


# versions and site facts


@flows_app.command("submit", help=N_("Keep a script's exact content as a version; BY counts as its author."))
def submit_flow(context: typer.Context, flow: str, by: Annotated[str, typer.Option()]) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        path = _script(flow, parts.settings)
        compiled = read_script(path)
        if compiled.flow is None:
            raise BrokenScript(compiled)
        _admit(parts, by, "submit")
        kept = parts.publishing.submit(compiled.source.encode(), by)
        sys.stdout.write(f"{kept.id} {kept.hash}\n")


@flows_app.command(
    "approve", help=N_("Record the ethics approval of one exact version; not by an author of it.")
)
def approve_flow(
    context: typer.Context,
    version: str,
    ethics_number: Annotated[str, typer.Option()],
    by: Annotated[str, typer.Option()],
) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        _admit(parts, by, "approve")
        sys.stdout.write(f"{parts.publishing.approve(version, ethics_number, by)}\n")


@flows_app.command("publish", help=N_("Let new runs take an approved version; running chats stay on theirs."))
def publish_flow(context: typer.Context, version: str, by: Annotated[str, typer.Option()]) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        _admit(parts, by, "publish")
        sys.stdout.write(f"{parts.publishing.publish(version, by)}\n")


def _admit(parts: App, by: str, step: str) -> None:
    """In the demonstration, where nobody is real, everybody may; Refused."""
    if not parts.shelf.demo:
        parts.publishing.admit(by, step)


@flows_app.command(
    "list", help=N_("Every kept version: who brought it in, its approval, and which one runs.")
)
def list_flows(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        lines = parts.publishing.list()
        titles = (
            N_("Version"),
            N_("Study"),
            N_("Brought in by"),
            N_("Ethics number (approved by)"),
            N_("State"),
        )
        if lines:
            sys.stdout.write("  ".join(shell.tr(title) for title in titles) + "\n")
        for line in lines:
            approved = f"{line.ethics_number} ({line.approved_by})" if line.approved_by else "-"
            runs = [shell.tr(N_("published"))] if line.published else []
            if line.words_changed:
                runs.append(shell.tr(N_("interface words changed since the approval")))
            state = " · ".join(runs)
            sys.stdout.write(f"{line.hash[:12]}  {line.study}  {line.added_by}  {approved}  {state}\n")
        if not lines:
            sys.stdout.write(shell.tr(N_("No version is kept yet.")) + "\n")


# A Telegram group's number begins with a minus, which is no option.
@app.command(
    "site",
    context_settings={"ignore_unknown_options": True},
    help=N_("Show or set the facts only the site knows: recruiting, phones, hours, retention."),
)
def site(
    context: typer.Context,
    flow: str,
    action: Annotated[str, typer.Argument(help="show or set")] = "show",
    name: Annotated[str, typer.Argument()] = "",
    value: Annotated[str, typer.Argument()] = "",
    by: Annotated[str, typer.Option()] = "command",
) -> None:
    shell: Shell = context.obj
    if action not in ("show", "set"):
        raise typer.BadParameter("show or set")
    with shell.careful(), _opened(shell) as parts:
        study = _study(flow, parts)
        if action == "set":
            parts.publishing.set_fact(study, name, value, by)
        for fact, now in parts.publishing.facts(study).items():
            needed = shell.tr(N_("(still needed)")) if not now and FACTS[fact].default is None else ""
            sys.stdout.write(f"{fact} = {now}{needed}\n")
        if failed_at := parts.publishing.alerts_failed_at(study):
            since = f"{failed_at.astimezone(parts.settings.zone):%Y-%m-%d %H:%M}"
            shell.fail(fill(shell.tr(ALERTS_FAIL), {"since": since}))


ALERTS_FAIL = N_(
    "Alerts do not reach alert_chat (since {since}): Telegram does not know the chat, or the bot may not write there. Add the bot to the group, or set another chat."
)


def _study(flow: str, parts: App) -> str:
    """A study by its id, or by its script; Trouble."""
    if flow in {line.study for line in parts.publishing.list()}:
        return flow
    compiled = read_script(_script(flow, parts.settings))
    if compiled.flow is None:
        raise BrokenScript(compiled)
    return compiled.flow.id


# staff, database, settings


@staff_app.command("add", help=N_("Register a member of staff."))
def add_staff(
    context: typer.Context, name: str, role: Annotated[str, typer.Option()] = "coordinator"
) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        parts.desk.add_staff(name, role)
        sys.stdout.write(f"{name}: {role}\n")


@staff_app.command("list", help=N_("Every member of staff and their role."))
def list_staff(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        staff = parts.desk.staff()
        sys.stdout.writelines(f"{name}: {role}\n" for name, role in staff.items())
        if not staff:
            sys.stdout.write(shell.tr(N_("Nobody is registered yet.")) + "\n")


@staff_app.command(
    "remove", help=N_("Take somebody off the staff; their sessions and login links end at once.")
)
def remove_staff(context: typer.Context, name: str) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        parts.desk.remove_staff(name)
        sys.stdout.write(fill(shell.tr(N_("{name} is no longer registered.")), {"name": name}) + "\n")


@staff_app.command("link", help=N_("A login link for the staff pages; it works once, for ten minutes."))
def staff_link(context: typer.Context, name: str) -> None:
    shell: Shell = context.obj
    with shell.careful(), _opened(shell) as parts:
        token = parts.desk.link(name)
        base = parts.settings.webhook_url or browser_address(parts.settings.host, parts.settings.port)
        sys.stdout.write(f"{'/'.join(base.split('/')[:3])}/staff/login?token={token}\n")


@staff_app.command("roles", help=N_("The roles there are."))
def staff_roles() -> None:
    sys.stdout.write("\n".join(ROLES) + "\n")


@db_app.command("upgrade", help=N_("Bring the tables to this version."))
def upgrade_database(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful():
        database, _ = open_database(shell.settings())
        database.engine.dispose()
        sys.stdout.write(shell.tr(N_("The database is up to date.")) + "\n")


@app.command(help=N_("The settings in force, secrets masked."))
def config(context: typer.Context) -> None:
    shell: Shell = context.obj
    for name, value in shell.settings().masked().items():
        sys.stdout.write(f"{name}={value}\n")


def _quiet_logs(level: int) -> None:
    """Logs go to standard error: keys and ids, never what somebody wrote."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for talkative in ("alembic", "transitions", "uvicorn"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> None:
    """The entry point."""
    with suppress(locale.Error):  # a language that this machine has no locale for
        locale.setlocale(locale.LC_CTYPE, "")
    given = dict(itertools.pairwise(sys.argv)).get("--language", "")
    language = given if given in ("zh", "en") else _own_language()
    _translate_help(app, _translators()[language])
    app()


def _translate_help(group: typer.Typer, tr: Translator) -> None:
    """Typer takes help texts when commands are declared, before anybody's language is known."""
    callback = group.registered_callback
    if callback is not None and isinstance(callback.help, str):
        callback.help = tr(callback.help)
    for command in group.registered_commands:
        command.help = tr(str(command.help))
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            inner.typer_instance.info.help = tr(str(inner.typer_instance.info.help))
            _translate_help(inner.typer_instance, tr)
