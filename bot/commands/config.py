"""The settings in force."""

import sys

import typer

from bot.commands.shell import Shell
from bot.i18n import N_

app = typer.Typer()


@app.command(help=N_("The settings in force, secrets masked."))
def config(context: typer.Context) -> None:
    shell: Shell = context.obj
    for name, value in shell.settings().masked().items():
        sys.stdout.write(f"{name}={value}\n")
