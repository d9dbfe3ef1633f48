"""What several commands ask for in the same way."""

from typing import Annotated

import typer

from bot.i18n import N_

By = Annotated[
    str, typer.Option(help=N_("Who does it: a registered member of staff. It is written into the trail."))
]
Taker = Annotated[str, typer.Option(help=N_("Who takes it; it is written into the trail."))]
Since = Annotated[str, typer.Option("--from", help=N_("The first day, YYYY-MM-DD."))]
Until = Annotated[str, typer.Option("--to", help=N_("The last day, YYYY-MM-DD."))]
Study = Annotated[str, typer.Option(help=N_("The study, by its short name."))]
Json = Annotated[bool, typer.Option("--json", help=N_("For programs."))]
