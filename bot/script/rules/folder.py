"""A flow is called like the folder its file is in."""

from collections.abc import Iterator
from pathlib import PurePath

from bot.script.problems import Problem
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """Compares the two names; a file that is not `…/flow.yaml` (a draft) has no folder of its own."""
    path = PurePath(script.file)
    folder = path.parent.name
    if path.name == "flow.yaml" and folder and script.flow.id and folder != script.flow.id:
        yield script.problem("folder_differs", ("flow",), flow=script.flow.id, folder=folder)
