"""Members of staff and their login links."""

import shlex
import sys
from enum import StrEnum
from typing import Annotated

import typer

from bot.commands.shell import Shell, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.service.refused import COMMAND
from bot.service.staff import ROLES
from bot.service.wording import LANGUAGE_NAMES

app = typer.Typer(no_args_is_help=True, help=N_("Members of staff and their login links."))


class Language(StrEnum):
    """What the bot speaks with staff."""

    ZH = "zh"
    EN = "en"


ROLE = N_("The role; coordinator for who is new.")
TELEGRAM = N_('The number of their own Telegram account, which then works the queue there; "" removes it.')
LANGUAGE = N_("The language in which the bot speaks with them there.")
_By = Annotated[str, typer.Option(help=N_("The admin who does it; it is written into the trail."))]


@app.command("add", help=N_("Register a member of staff."))
def add_staff(
    context: typer.Context,
    name: str,
    role: Annotated[str | None, typer.Option(help=ROLE)] = None,
    telegram: Annotated[str | None, typer.Option(metavar="ID", help=TELEGRAM)] = None,
    language: Annotated[Language | None, typer.Option(help=LANGUAGE)] = None,
    by: _By = COMMAND,
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        parts.staff.admit(by)
        role = role or parts.staff.all().get(name, "coordinator")
        before = parts.staff.add(name, role, telegram, language and language.value, by)
        words = ADDED if not before else SAME_ROLE if before == role else OTHER_ROLE
        sys.stdout.write(f"{name}: {role}\n")
        if before != role or (telegram is None and language is None):
            values = {"name": name, "before": before, "link": f"prescreen staff link {shlex.quote(name)}"}
            sys.stdout.write(fill(shell.tr(words), values) + "\n")
        if telegram is not None:
            words = LINKED if telegram else UNLINKED
            sys.stdout.write(fill(shell.tr(words), {"name": name}) + "\n")
        if language is not None:
            spoken = {"name": name, "language": LANGUAGE_NAMES[language.value]}
            sys.stdout.write(fill(shell.tr(SPEAKS), spoken) + "\n")


SPEAKS = N_("The bot writes to {name} in this language: {language}.")
LINKED = N_("The Telegram account is linked. {name} may now write /help to the bot.")
UNLINKED = N_("No Telegram account is linked with {name} any more.")
ADDED = N_("Registered. A link to log in: {link}")
SAME_ROLE = N_("Nothing was changed: {name} has this role already. A link to log in: {link}")
OTHER_ROLE = N_("The role was {before} before; sessions and links have ended. A new link to log in: {link}")


@app.command("list", help=N_("Every member of staff and their role."))
def list_staff(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        staff = parts.staff.all()
        linked, mark = parts.staff.linked(), shell.tr(N_("Telegram linked"))
        sys.stdout.writelines(
            f"{name}: {role}{f' ({mark})' if name in linked else ''}\n" for name, role in staff.items()
        )
        if not staff:
            sys.stdout.write(shell.tr(N_("Nobody is registered yet.")) + "\n")


@app.command("remove", help=N_("Take somebody off the staff; their sessions and login links end at once."))
def remove_staff(context: typer.Context, name: str, by: _By = COMMAND) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        parts.staff.admit(by)
        parts.staff.remove(name, by)
        sys.stdout.write(fill(shell.tr(N_("{name} is no longer registered.")), {"name": name}) + "\n")


@app.command("link", help=N_("A login link for the staff pages; it works once, for ten minutes."))
def staff_link(context: typer.Context, name: str, by: _By = COMMAND) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        parts.staff.admit(by)
        token = parts.staff.link(name, by)
        sys.stdout.write(f"{parts.settings.address}/staff/login?token={token}\n")


@app.command("roles", help=N_("The roles there are."))
def staff_roles() -> None:
    sys.stdout.write("\n".join(ROLES) + "\n")
