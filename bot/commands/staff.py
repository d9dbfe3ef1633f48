"""Members of staff and their login links."""

import sys
from typing import Annotated

import typer

from bot.commands.shell import Shell, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.server import browser_address
from bot.service.staff import ROLES

app = typer.Typer(no_args_is_help=True, help=N_("Members of staff and their login links."))


@app.command("add", help=N_("Register a member of staff."))
def add_staff(
    context: typer.Context, name: str, role: Annotated[str, typer.Option()] = "coordinator"
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        before = parts.staff.add(name, role)
        words = ADDED if not before else SAME_ROLE if before == role else OTHER_ROLE
        sys.stdout.write(f"{name}: {role}\n")
        sys.stdout.write(fill(shell.tr(words), {"name": name, "before": before}) + "\n")


ADDED = N_("Registered. A link to log in: prescreen staff link {name}")
SAME_ROLE = N_(
    "Nothing was changed: {name} has this role already. A link to log in: prescreen staff link {name}"
)
OTHER_ROLE = N_(
    "The role was {before} before; sessions and links have ended. A new link to log in: prescreen staff link {name}"
)


@app.command("list", help=N_("Every member of staff and their role."))
def list_staff(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        staff = parts.staff.all()
        sys.stdout.writelines(f"{name}: {role}\n" for name, role in staff.items())
        if not staff:
            sys.stdout.write(shell.tr(N_("Nobody is registered yet.")) + "\n")


@app.command("remove", help=N_("Take somebody off the staff; their sessions and login links end at once."))
def remove_staff(context: typer.Context, name: str) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        parts.staff.remove(name)
        sys.stdout.write(fill(shell.tr(N_("{name} is no longer registered.")), {"name": name}) + "\n")


@app.command("link", help=N_("A login link for the staff pages; it works once, for ten minutes."))
def staff_link(context: typer.Context, name: str) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        token = parts.staff.link(name)
        base = parts.settings.webhook_url or browser_address(parts.settings.host, parts.settings.port)
        sys.stdout.write(f"{'/'.join(base.split('/')[:3])}/staff/login?token={token}\n")


@app.command("roles", help=N_("The roles there are."))
def staff_roles() -> None:
    sys.stdout.write("\n".join(ROLES) + "\n")
