"""The audit trail: checked, anchored, written out."""

import csv
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import Json, Since, Taker, Until
from bot.commands.scripts import given_day
from bot.commands.shell import PROBLEMS, WRONG_USE, Shell, moment, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.leads.chain import START, Finding, Link
from bot.service.names import check_names
from bot.store.database import Trouble

app = typer.Typer(no_args_is_help=True, help=N_("The audit trail: check, anchor or write it out."))

FINDINGS = {
    "edited": N_("{subject}, row {seq}: it was changed after it was written."),
    "reordered": N_("{subject}, row {seq}: it stood in another place of its chain."),
    "removed": N_("{subject}, before row {seq}: {detail} row(s) are missing."),
    "unlinked": N_("{subject}, row {seq}: the row before it is not the one it was written after."),
    "anchor": N_("Anchor {seq}: what it holds together is not what was written. Rows that are missing: {detail}."),
    "unanchored": N_(
        "Rows are more than two days old and have no anchor after them: anchors were removed, or the service was not running. If you keep a number: prescreen audit verify --anchor NUMBER"
    ),
    "no_anchor": N_(
        "There is no anchor {detail}: it or what came after it was removed, it is of another database, or the number was copied wrong."
    ),
}  # fmt: skip
INTACT = N_("The trail is intact: {rows} rows in {chains} chains, {anchors} anchors.")
BROKEN = N_("The trail is NOT intact. Keep a copy of the database as it is, and tell whoever answers for it.")
UNTIL = N_("What was cut off at the end of a chain since the last anchor ({at}) cannot be found.")
NEVER = N_(
    "There is no anchor yet, so what was cut off at the end of a chain cannot be found. One is made each day, or with: prescreen audit anchor"
)
ANCHORED = N_("Keep this number outside, on paper for example. Later: prescreen audit verify --anchor {hash}")
NOTHING_NEW = N_("Nothing was written since the last anchor, which is this one.")
NOTHING_WRITTEN = N_("Nothing is written in the trail yet.")
BAD_NUMBER = N_(
    "An anchor's number has 64 characters from 0 to 9 and a to f, this one has {n}. Please compare it with your paper."
)
ROW, ROWS = N_("{file}: 1 row"), N_("{file}: {n} rows")
#: What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@app.command("verify", help=N_("Find edited, removed and reordered rows of the audit trail."))
def verify(
    context: typer.Context,
    anchor: Annotated[
        str, typer.Option("--anchor", help=N_("The number of an anchor that must be there."))
    ] = "",
    as_json: Json = False,
) -> None:
    shell: Shell = context.obj
    number = "".join(anchor.split()).lower()
    if anchor and not re.fullmatch(f"[0-9a-f]{{{len(START)}}}", number):
        fits = len(re.findall("[0-9a-f]", number))
        given = fits if len(number) == len(START) else len(number)
        shell.fail(fill(shell.tr(BAD_NUMBER), {"n": str(given)}))
        raise typer.Exit(WRONG_USE)
    with shell.careful(), opened(shell, context.command_path) as parts:
        checked = parts.audit.verify(number)
        if as_json:
            at = checked.anchored_at
            told = {
                **{name: getattr(checked, name) for name in ("rows", "chains", "anchors")},
                "anchored_at": at.isoformat() if at else None,
                "intact": not checked.findings,
                "findings": [asdict(finding) for finding in checked.findings],
            }
            sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.writelines(f"{_said(shell, finding)}\n" for finding in checked.findings)
            counts = {name: str(getattr(checked, name)) for name in ("rows", "chains", "anchors")}
            words = fill(shell.tr(INTACT), counts) if not checked.findings else shell.tr(BROKEN)
            sys.stdout.write(f"{words}\n")
            if checked.anchored_at is not None:
                until = fill(shell.tr(UNTIL), {"at": moment(parts, checked.anchored_at)})
            else:
                until = shell.tr(NEVER)
            sys.stdout.write(f"{until}\n")
    if checked.findings:
        raise typer.Exit(PROBLEMS)


@app.command("anchor", help=N_("Hold the chains of the audit trail together now; prints a number to keep."))
def make_anchor(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        made = parts.audit.anchor()
        if made is None:
            made = parts.audit.latest()
            if made is None:
                shell.fail(shell.tr(NOTHING_WRITTEN))
                return
            shell.fail(shell.tr(NOTHING_NEW))
        sys.stdout.write(f"{made.hash}\n")
        shell.fail(fill(shell.tr(ANCHORED), {"hash": made.hash}))


@app.command("export", help=N_("Write rows of the audit trail as CSV: of one subject, or of a period."))
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help=N_("The file to write."))],
    by: Taker,
    subject: Annotated[str, typer.Option(help=N_("A lead's code, a run, staff:NAME."))] = "",
    since: Since = "",
    until: Until = "",
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        check_names(by)
        days = given_day(since), given_day(until)
        if output.exists():
            raise Trouble("file_there", str(output))
        rows: list[list[str]] = []
        # A code is written in capitals; other subjects are not.
        subject = subject.upper() if subject[:2].lower() in ("l-", "r-") else subject
        count = parts.audit.export(subject, *days, by, lambda link: rows.append(_row(link)))
        try:
            with output.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
                csv.writer(file).writerows([Link.__slots__, *rows])
        except OSError as problem:
            raise Trouble("unwritable_file", f"{output}: {problem.strerror}") from None
        words = shell.tr(ROW if count == 1 else ROWS)
        sys.stdout.write(fill(words, {"file": str(output), "n": str(count)}) + "\n")


def _said(shell: Shell, finding: Finding) -> str:
    values = {"subject": finding.subject, "seq": str(finding.seq), "detail": finding.detail}
    return fill(shell.tr(FINDINGS[finding.kind]), values)


def _row(link: Link) -> list[str]:
    detail = json.dumps(dict(link.detail), sort_keys=True, ensure_ascii=False)
    cells = [link.subject, str(link.seq), link.at.isoformat(), link.who, link.what, detail]
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in (*cells, link.previous, link.hash)]
