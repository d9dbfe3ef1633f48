"""The prescreening log as a file."""

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.scripts import given_day
from bot.commands.shell import Shell, opened
from bot.i18n import N_
from bot.leads.log import Asked
from bot.store.database import Trouble


class Format(Enum):
    """What a log can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


app = typer.Typer()


@app.command(
    "export",
    help=N_(
        "Write the prescreening log: a line for each run by code, and totals. Nobody's name, phone or account."
    ),
)
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="FILE")],
    by: Annotated[str, typer.Option(help="Who takes it; it is written into the trail.")],
    format: Annotated[Format, typer.Option("--format", help="csv, xlsx, html")] = Format.CSV,
    study: Annotated[str, typer.Option(help="STUDY")] = "",
    since: Annotated[str, typer.Option("--from", help="The first day, YYYY-MM-DD.")] = "",
    until: Annotated[str, typer.Option("--to", help="The last day, YYYY-MM-DD.")] = "",
    version: Annotated[str, typer.Option("--version", help="Only runs of this version.")] = "",
    mask: Annotated[
        int,
        typer.Option(
            "--mask",
            min=0,
            help="For outsiders: totals alone, without the numbers below this one, such as 5.",
        ),
    ] = 0,
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "",
) -> None:
    shell: Shell = Shell.of(language) if language else context.obj
    with shell.careful(), opened(shell) as parts:
        asked = Asked(study, given_day(since), given_day(until), version, mask)
        if output.exists():
            raise Trouble("file_there", str(output))
        made = parts.log.export(asked, format.value, shell.language, by)
        try:
            output.write_bytes(made)
        except OSError as problem:
            raise Trouble("unwritable_file", f"{output}: {problem.strerror}") from None
        sys.stdout.write(f"{output}\n")
