"""The reports at a terminal."""

import json
import sys
from enum import Enum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.options import Since, Study, Until
from bot.commands.scripts import given_day
from bot.commands.shell import Shell, opened
from bot.i18n import N_
from bot.leads.log import Asked
from bot.leads.report import plain


class Form(Enum):
    """How a report is printed."""

    TEXT = "text"
    JSON = "json"


app = typer.Typer()


@app.command(
    "report",
    help=N_("How far people come, where they stop, what each criterion costs and how long they wait: counts alone."),
)  # fmt: skip
def report(
    context: typer.Context,
    by: Annotated[str, typer.Option(help=N_("Who looks; as JSON it is written into the trail."))],
    study: Study = "",
    since: Since = "",
    until: Until = "",
    form: Annotated[Form, typer.Option("--format", help=N_("text, or json for programs."))] = Form.TEXT,
    mask: Annotated[
        int,
        typer.Option(
            "--mask", min=0, help=N_("For outsiders: without the numbers below this one, such as 5.")
        ),
    ] = 0,
    language: Annotated[str, typer.Option("--language", help=N_("zh or en."))] = "",
) -> None:
    shell: Shell = Shell.of(language) if language else context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        asked = Asked(study, given_day(since), given_day(until), mask=mask)
        found = parts.reports.report(asked, by, "json" if form is Form.JSON else "")
        if form is Form.JSON:
            sys.stdout.write(json.dumps(plain(found), ensure_ascii=False, indent=1) + "\n")
            return
        sheets, remarks = parts.documents.report(found, shell.language)
        # In a pipe nothing is folded.
        console = shell.console if shell.console.is_terminal else Console(width=200)
        for remark in remarks:
            console.print(remark, markup=False)
        for sheet in sheets:
            console.print(f"\n{sheet.title}", style="bold", markup=False)
            table = Table(box=None, pad_edge=False)
            for place, column in enumerate(sheet.columns):
                table.add_column(column, overflow="fold", justify="right" if place and column else "left")
            for row in sheet.rows:
                table.add_row(*row)
            console.print(table) if sheet.rows else console.print(sheet.bars.empty, markup=False)
            for remark in sheet.remarks:
                console.print(remark, style="dim", markup=False)
