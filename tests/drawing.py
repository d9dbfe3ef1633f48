"""A table of states as the library draws it: what the pictures in docs/ are held against."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from transitions.extensions import GraphMachine


def state_diagram(
    states: Sequence[str], initial: str, attribute: str, table: Iterable[tuple[str, Any, str, Sequence[str]]]
) -> list[str]:
    """The lines of a Mermaid drawing; titles and colours are left to the page it is shown on. `!` negates a guard."""
    machine = GraphMachine(
        model=SimpleNamespace(),
        states=list(states),
        initial=initial,
        auto_transitions=False,
        show_conditions=True,
        graph_engine="mermaid",
        model_attribute=attribute,
    )
    for trigger, source, dest, guards in table:
        machine.add_transition(
            trigger,
            source,
            dest,
            conditions=[guard for guard in guards if not guard.startswith("!")],
            unless=[guard[1:] for guard in guards if guard.startswith("!")],
        )
    lines = machine.get_graph().source.splitlines()
    plain = [line.rstrip() for line in lines[lines.index("stateDiagram-v2") :]]
    return [line for line in plain if line and not line.strip().lower().startswith(("classdef", "class "))]
