"""A draft of a script for a new trial, from a registry entry or a trial's page."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import clock_of
from bot.commands.shell import PROBLEMS, WRONG_USE, Shell
from bot.core.text import fill
from bot.i18n import N_
from bot.script.library import SCRIPT_NAME
from bot.script.scaffold.draft import Draft, draft_from
from bot.script.scaffold.source import CannotDraft

app = typer.Typer()

#: Why there is no draft, by the reason.
REFUSALS = {
    "unreadable": N_("{file} cannot be read: {problem}."),
    "unwritable": N_("{file} cannot be written: {problem}."),
    "exists": N_("{file} is there already and is not overwritten. Name another folder with --into."),
    "bad_flow_id": N_("The folder's name becomes the flow's, and {flow} cannot be one: at most 32 lower-case letters, digits and -, a letter first."),
    "too_big": N_("The file is larger than {limit} KiB, so it is hardly one study. Save the entry of one study, or only the part with the criteria."),
    "not_text": N_("The file is not text. Save the registry entry as JSON, or copy the trial's page into a text file."),
    "broken_json": N_("The file begins like JSON but is not whole. Save the registry entry once more."),
    "several_studies": N_("The file holds {count} studies. Save the entry of one study."),
    "no_criteria_field": N_("The JSON is no study of ClinicalTrials.gov (API version 2) with criteria: {field} is missing."),
    "no_criteria": N_("No criteria were found. The text needs a line Inclusion Criteria or Exclusion Criteria (入选标准, 排除标准) with the criteria below it."),
    "too_many": N_("The file seems to hold {count} criteria, more than {limit}. Save only the part with the criteria of one study."),
}  # fmt: skip
WRITTEN = N_(
    "{file}: a draft with {criteria} criteria, {unsettled} of them still to be taken care of. See what is to be written: prescreen check {folder}"
)
TO_SETTLE = N_("To settle (also under notes in the draft):")


@app.command(
    "new",
    help=N_("Draft a script from a ClinicalTrials.gov JSON file (API v2) or a trial's page as plain text."),
)
def new_flow(
    context: typer.Context,
    source: Path,
    into: Annotated[Path, typer.Option(help=N_("The new study's folder; its name becomes the flow's."))],
) -> None:
    shell: Shell = context.obj
    settings = shell.settings()
    today = clock_of(settings)().astimezone(settings.zone).date()
    script = into / SCRIPT_NAME

    def refuse(code: int, reason: str, **values: str) -> typer.Exit:
        shell.fail(fill(shell.tr(REFUSALS[reason]), values))
        return typer.Exit(code)

    if script.exists():
        raise refuse(WRONG_USE, "exists", file=str(script))
    try:
        draft = draft_from(source.read_bytes(), into.resolve().name, today)
    except OSError as problem:
        raise refuse(WRONG_USE, "unreadable", file=str(source), problem=str(problem.strerror)) from None
    except CannotDraft as reason:
        raise refuse(PROBLEMS, reason.reason, **reason.values) from None
    try:
        into.mkdir(parents=True, exist_ok=True)
        with script.open("x", encoding="utf-8") as file:
            file.write(draft.text)
    except OSError as problem:
        raise refuse(WRONG_USE, "unwritable", file=str(script), problem=str(problem.strerror)) from None
    _tell(shell, draft, script)


def _tell(shell: Shell, draft: Draft, script: Path) -> None:
    values = {
        "file": str(script),
        "folder": str(script.parent),
        "criteria": str(draft.criteria),
        "unsettled": str(draft.unsettled),
    }
    sys.stdout.write(fill(shell.tr(WRITTEN), values) + "\n")
    if draft.conflicts:
        sys.stdout.write(shell.tr(TO_SETTLE) + "\n")
    for number, conflict in enumerate(draft.conflicts, 1):
        where = f" {', '.join(conflict.criteria)}" if conflict.criteria else ""
        sys.stdout.write(f"  C{number}{where}: {conflict.text(shell.language)}\n")
