"""The lead queue and one lead of it."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.options import Json
from bot.commands.shell import Shell, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.service.publishing import Refused
from bot.service.views import LeadView, QueueRow
from bot.staff import words

app = typer.Typer(no_args_is_help=True, help=N_("The lead queue."))


@app.command("list", help=N_("The queue, the next right call first."))
def list_leads(context: typer.Context, as_json: Json = False) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
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
WITHOUT_IDENTITY = N_(
    "Name and phone are shown to coordinators and admins: prescreen leads show {code} --by NAME"
)


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


@app.command(
    "show",
    help=N_(
        "One lead: the verdict and the answer behind every criterion. Opening it is written into the trail."
    ),
)
def show_lead(
    context: typer.Context,
    code: str,
    by: Annotated[str, typer.Option(help=N_("Who looks; it is written into the trail."))] = "",
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        lead = parts.desk.lead_now(code.upper(), shell.language, by)
        if lead is None:
            raise Refused("no_such_lead", code)
        say = words.Wording(shell.language, shell.tr, parts.settings.zone, parts.clock())
        sys.stdout.writelines(f"{line}\n" for line in _lead_lines(lead, say))
        if not by and not parts.shelf.demo:
            shell.fail(fill(shell.tr(WITHOUT_IDENTITY), {"code": lead.row.code}))


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
        for value in criterion.worked:
            yield f"    {value.name} {value.value} ({tr('worked out from the answers')})"
