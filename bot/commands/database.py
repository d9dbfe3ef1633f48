"""The database."""

import sys

import typer

from bot.bootstrap import open_database
from bot.commands.shell import Shell
from bot.i18n import N_

app = typer.Typer(no_args_is_help=True, help=N_("The database."))


@app.command("upgrade", help=N_("Bring the tables to this version."))
def upgrade_database(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful():
        settings = shell.settings()
        database, made_key = open_database(settings)
        database.engine.dispose()
        if made_key:
            shell.key_made(settings)
        sys.stdout.write(shell.tr(N_("The database is up to date.")) + "\n")
