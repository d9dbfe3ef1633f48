"""The prescreening log as a file, and leads handed off as FHIR or for REDCap."""

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import Since, Study, Taker, Until
from bot.commands.scripts import given_day
from bot.commands.shell import Shell, opened
from bot.i18n import N_
from bot.leads.hand_off import FORMATS, Wanted
from bot.leads.log import Asked
from bot.store.database import Trouble


class Format(Enum):
    """What leads can be written as: the log, which names nobody, or what other systems take."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    FHIR = "fhir"
    REDCAP = "redcap"


app = typer.Typer()


@app.command(
    "export",
    help=N_(
        "Write the prescreening log: a line for each run by code, and totals. With --format fhir or redcap, hand leads off to another system."
    ),
)
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help=N_("The file to write."))],
    by: Taker,
    format: Annotated[
        Format, typer.Option("--format", help=N_("csv, xlsx, html; fhir, redcap (a ZIP)"))
    ] = Format.CSV,
    study: Study = "",
    since: Since = "",
    until: Until = "",
    version: Annotated[str, typer.Option("--version", help=N_("Only runs of this version."))] = "",
    mask: Annotated[
        int,
        typer.Option(
            "--mask",
            min=0,
            help=N_("For outsiders: totals alone, without the numbers below this one, such as 5."),
        ),
    ] = 0,
    lead: Annotated[str, typer.Option("--lead", help=N_("Only this lead (fhir, redcap)."))] = "",
    identified: Annotated[
        bool, typer.Option("--identified", help=N_("With name and phone (fhir, redcap); needs --purpose."))
    ] = False,
    purpose: Annotated[
        str,
        typer.Option(
            "--purpose",
            help=N_("To whom and what for: site_edc, sponsor_named_in_notice, ethics, participant_request."),
        ),
    ] = "",
    language: Annotated[str, typer.Option("--language", help=N_("zh or en."))] = "",
) -> None:
    shell: Shell = Shell.of(language) if language else context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        if output.exists():
            raise Trouble("file_there", str(output))
        days = given_day(since), given_day(until)
        if format.value in FORMATS:
            if version or mask:
                raise Trouble("only_in_log")
            wanted = Wanted(study, *days, lead, identified, purpose)
            made = parts.handing.hand_off(wanted, format.value, by)
        elif identified or purpose or lead:
            raise Trouble("never_in_log")
        else:
            asked = Asked(study, *days, version, mask)
            made = parts.log.export(asked, format.value, shell.language, by)
        try:
            output.write_bytes(made)
        except OSError as problem:
            raise Trouble("unwritable_file", f"{output}: {problem.strerror}") from None
        sys.stdout.write(f"{output}\n")
