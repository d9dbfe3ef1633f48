"""A conversation in the terminal."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import App, bootstrap, read_script
from bot.channels.terminal.chat import ADDRESS, TerminalChat
from bot.commands.scripts import given_day, script_path
from bot.commands.shell import PROBLEMS, Shell, quiet_logs
from bot.core.run import RecordedAnswer
from bot.core.text import fill
from bot.i18n import N_
from bot.script.recorded import new_id, recorded
from bot.script.written import written
from bot.service.messages import TERMINAL
from bot.store.database import Trouble
from bot.store.records import Records

app = typer.Typer()


@app.command("chat", help=N_("Talk to a flow in the terminal; nothing is kept."))
def chat_command(
    context: typer.Context,
    flow: str,
    today: Annotated[str, typer.Option(help=N_("Pretend that it is this day, YYYY-MM-DD."))] = "",
    record: Annotated[
        Path | None,
        typer.Option(
            help=N_("Add the conversation to this file as a rehearsal; - prints it."), allow_dash=True
        ),
    ] = None,
) -> None:
    shell: Shell = context.obj
    quiet_logs(logging.ERROR)
    with shell.careful():
        settings = shell.settings().model_copy(
            update={
                "mode": "demo",
                "database_url": "sqlite://",
                "key": None,
                "key_file": None,
                "today": given_day(today),
            }
        )
        path = script_path(flow, settings)
        parts = bootstrap(settings, only=path)

        def afterwards() -> None:
            if record is not None:
                _record(parts, path, record, shell)

        asyncio.run(_chat(parts, shell, afterwards))


async def _chat(parts: App, shell: Shell, afterwards: Callable[[], None]) -> None:
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
        afterwards()
    finally:
        parts.stop()


def _record(parts: App, script: Path, target: Path, shell: Shell) -> None:
    """Write the run that was tried last as a rehearsal."""
    flow = read_script(script).flow
    assert flow is not None  # it was just talked to
    lines = parts.database.run_now(lambda records: _last_run(records, flow.id))
    if not lines:
        shell.fail(shell.tr(N_("Nothing was answered, so there is nothing to record.")))
        raise typer.Exit(PROBLEMS)
    here = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in sorted((script.parent / "rehearsals").glob("*.yaml"))
    ]
    to_file = str(target) != "-"
    if to_file and target.is_file():
        here.append(target.read_text(encoding="utf-8", errors="replace"))
    today = parts.clock().astimezone(parts.settings.zone).date()
    case = recorded(flow, lines, new_id(here), today)
    remark = {
        "zh": "试着聊出来的：请判断 expect 对不对，再改掉这句话",
        "en": "Recorded from a conversation: judge whether expect is right, then change this remark",
    }
    words = written(case, [remark])
    if not to_file:
        sys.stdout.write(f"\n{words}")
        return
    try:
        with target.open("a", encoding="utf-8") as file:
            file.write(("\n" if file.tell() else "") + words)
    except OSError as problem:
        sys.stdout.write(f"\n{words}")  # what was tried is not lost
        raise Trouble("unwritable_file", f"{target}: {problem.strerror}") from None
    said = shell.tr(N_("Added to {file} as {case}. Judge whether its result is what it should be."))
    sys.stdout.write(fill(said, {"file": str(target), "case": str(case.id)}) + "\n")


def _last_run(records: Records, study: str) -> Sequence[RecordedAnswer]:
    """What was answered in the run that stands, or in the last one that ended."""
    chat = records.chat(TERMINAL.name, ADDRESS)
    if chat is None:
        return ()
    runs = [run.id for run in records.ended_runs(chat, study)]
    last = chat.run or (runs[-1] if runs else None)
    return records.answers(chat, last) if last else ()
