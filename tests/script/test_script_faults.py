"""Seeded faults: each is found by the right rule in the right line; harmless changes are not remarked upon."""

from pathlib import Path

import pytest
from faults import MAKERS, Fault, faults, variations

from bot.script.compile import compile_script
from bot.script.library import script_files

FLOWS = Path(__file__).parents[2] / "flows"
SOURCES = {file.parent.name: file.read_text("utf-8") for file in script_files(FLOWS)}
FAULTS = [(name, fault) for name, source in SOURCES.items() for fault in faults(source)]
HARMLESS = [(name, *each) for name, source in SOURCES.items() for each in variations(source)]


@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[f"{name}-{fault}" for name, fault in FAULTS])
def test_a_fault_is_found(name: str, fault: Fault) -> None:
    found = compile_script(fault.source, "flow.yaml").problems
    named = [(problem.rule, problem.line) for problem in found]
    assert any(rule in fault.rules and line in fault.lines for rule, line in named), (
        named,
        fault.rules,
        fault.lines,
    )


@pytest.mark.parametrize("name", SOURCES)
def test_a_lost_denial_is_nearly_always_certain(name: str) -> None:
    """An error, which keeps a script from being used; only where the words do not tell is it a warning."""
    lost = [fault for fault in faults(SOURCES[name], most=16) if fault.kind == "negation_lost"]
    found = [compile_script(fault.source, "flow.yaml").problems for fault in lost]
    certain = [
        any(each.rule in fault.rules and each.severity == "error" for each in problems)
        for fault, problems in zip(lost, found, strict=True)
    ]
    assert len(lost) == 16
    assert certain.count(False) <= 1


@pytest.mark.parametrize(
    ("name", "what", "source"), HARMLESS, ids=[f"{name}-{what}" for name, what, _ in HARMLESS]
)
def test_a_harmless_change_is_not_remarked_upon(name: str, what: str, source: str) -> None:
    assert source != SOURCES[name]
    assert compile_script(source, "flow.yaml").report("en") == ""


def test_the_corpus_is_as_large_as_was_promised() -> None:
    assert len(FAULTS) >= 150
    assert len({what for _, what, _ in HARMLESS}) >= 20
    assert {fault.kind for _, fault in FAULTS} == set(MAKERS)
