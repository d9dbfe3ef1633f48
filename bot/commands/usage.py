"""Wrong words on the command line: Typer knows what is wrong, these sentences say it in the person's language."""

import re
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from bot.commands.shell import FINE, PROBLEMS, WRONG_USE, Shell, language_of
from bot.core.text import fill
from bot.i18n import N_

#: What Typer says, and what we say.
SENTENCES = (
    (r"Missing option '(?P<name>.+)'\.", N_("The option {name} is missing.")),
    (r"Missing argument '(?P<name>.+)'\.", N_("Something is missing: {name}.")),
    (r"Missing command\.", N_("A command is missing.")),
    (r"No such command '(?P<name>.+)'\. Did you mean (?P<close>.+)\?", N_("There is no command {name}; did you mean {close}?")),
    (r"No such command '(?P<name>.+)'\.", N_("There is no command {name}.")),
    (r"No such option: (?P<name>\S+) \(Possible options: (?P<close>.+)\)", N_("There is no option {name}; did you mean {close}?")),
    (r"No such option: (?P<name>\S+)", N_("There is no option {name}.")),
    (r"Option '(?P<name>.+)' requires an argument\.", N_("The option {name} needs a value.")),
    (r"Option '(?P<name>.+)' does not take a value\.", N_("The option {name} takes no value.")),
    (r"Got unexpected extra argument\(s\) \((?P<name>.*)\)", N_("That is more than the command takes: {name}.")),
    (r"Invalid value for '--port': .*", N_("A port is a whole number from 1 to 65535.")),
    (r"Invalid value for '--mask': .*", N_("--mask is a whole number such as 5; 0 masks nothing.")),
    (r"Invalid value for '(?P<name>\S+)': .*'(?P<value>[^']*)' is not one of (?P<choices>.+)\.", N_("{name} is one of {choices}, not {value}.")),
)  # fmt: skip
SEE = N_("{wrong} See: {command} --help")


class Commands(TyperGroup):
    """A group of commands that answers wrong use with a sentence."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        options["standalone_mode"] = False
        shell = Shell.of(language_of(sys.argv[1:] if args is None else args))
        try:
            code = super().main(args, *more, **options)
        except typer.TyperException as wrong:
            # Without any word Typer has printed the help already, and says nothing more.
            if said := wrong.format_message().strip():
                context: typer.Context | None = getattr(wrong, "ctx", None)
                shell.fail(_sentence(said, context.command_path if context else "prescreen", shell))
            sys.exit(WRONG_USE)
        except typer.Abort:
            sys.exit(PROBLEMS)
        sys.exit(code if isinstance(code, int) else FINE)


def _sentence(said: str, command: str, shell: Shell) -> str:
    for pattern, words in SENTENCES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            values = {name: value.replace("'", "") for name, value in found.groupdict().items()}
            said = fill(shell.tr(words), values)
            break
    return fill(shell.tr(SEE), {"wrong": said, "command": command})
