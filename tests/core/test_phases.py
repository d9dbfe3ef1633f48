"""The table of phases: where each trigger leads, what guards it, and its drawing in docs/phases.md."""

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from transitions import MachineError

from bot.core.phases import CONSENTS, CONTACT, ENDINGS, GATES, PHASES, RUN, TABLE, move, phase_machine
from tests.drawing import state_diagram

MACHINE = phase_machine()
GUARDS = sorted({guard.lstrip("!") for _, _, _, guards in TABLE for guard in guards})
DRAWING = Path(__file__).parents[2] / "docs" / "phases.md"


def rows() -> Iterator[tuple[int, str, str, str, tuple[str, ...]]]:
    """Every row, once for each phase it starts from."""
    for number, (trigger, sources, dest, guards) in enumerate(TABLE):
        for source in [sources] if isinstance(sources, str) else sources:
            yield number, trigger, str(source), dest, guards


def standing_in(phase: str, **guards: bool) -> SimpleNamespace:
    """A conversation in a phase, of which these guards hold."""
    held = {name: partial(guards.get, name, False) for name in GUARDS}
    return SimpleNamespace(phase=phase, **held)


def fits(guards: tuple[str, ...], held: Mapping[str, bool]) -> bool:
    """Whether a row with these guards is open."""
    return all(held[guard.lstrip("!")] is not guard.startswith("!") for guard in guards)


def expected(trigger: str, source: str, held: dict[str, bool]) -> str | None:
    """Where the first row that fits leads."""
    for _, named, start, dest, guards in rows():
        if (named, start) == (trigger, source) and fits(guards, held):
            return dest
    return None


EVERY_WAY = sorted({(trigger, source) for _, trigger, source, _, _ in rows()})


@pytest.mark.parametrize(("trigger", "source"), EVERY_WAY)
def test_the_first_row_that_fits_is_taken_whatever_holds(trigger: str, source: str) -> None:
    named = sorted({g.lstrip("!") for _, t, s, _, gs in rows() if (t, s) == (trigger, source) for g in gs})
    for values in itertools.product([True, False], repeat=len(named)):
        held = dict(zip(named, values, strict=True))
        person = standing_in(source, **held)
        dest = expected(trigger, source, held)
        assert move(MACHINE, trigger, person) is (dest is not None)
        assert person.phase == (dest or source)


def test_every_row_can_be_taken() -> None:
    """None hides behind an earlier one."""
    taken = set()
    for number, trigger, source, _, guards in rows():
        earlier = [g for n, t, s, _, g in rows() if n < number and (t, s) == (trigger, source)]
        names = sorted({guard.lstrip("!") for g in (*earlier, guards) for guard in g})
        for values in itertools.product([True, False], repeat=len(names)):
            held = dict(zip(names, values, strict=True))
            if fits(guards, held) and not any(fits(g, held) for g in earlier):
                taken.add(number)
    assert taken == set(range(len(TABLE)))


def test_every_phase_can_be_reached_from_the_beginning() -> None:
    reached, edge = {"language"}, {"language"}
    while edge:
        edge = {dest for _, _, source, dest, _ in rows() if source in edge} - reached
        reached |= edge
    assert reached == set(PHASES)


def test_every_phase_is_exactly_one_kind() -> None:
    assert sorted(PHASES) == sorted(set(PHASES)) == sorted([*GATES, *CONSENTS, *RUN, *CONTACT, *ENDINGS])


def test_no_way_leads_to_a_health_question_without_every_consent() -> None:
    """The only rows into `asking` ask for all consents, and none comes from a gate."""
    into = [(source, guards) for _, _, source, dest, guards in rows() if dest == "asking"]
    assert all("has_every_consent" in guards for _, guards in into)
    assert {source for source, _ in into} == {*CONSENTS, *RUN}
    for trigger, source in EVERY_WAY:
        for rest in itertools.product([True, False], repeat=3):
            open_ = dict(zip(["goes_abroad", "has_next", "recruits"], rest, strict=True))
            person = standing_in(source, has_every_consent=False, **open_)
            move(MACHINE, trigger, person)
            assert person.phase != "asking" or source == "asking"


def test_abroad_the_health_consent_alone_leads_to_the_second_one() -> None:
    person = standing_in("consent_health", goes_abroad=True, has_every_consent=False)
    assert move(MACHINE, "agree", person)
    assert person.phase == "consent_abroad"
    assert not move(MACHINE, "agree", person)
    assert person.phase == "consent_abroad"


def test_at_home_there_is_no_second_consent() -> None:
    person = standing_in("consent_health", goes_abroad=False, has_every_consent=True, has_next=True)
    assert move(MACHINE, "agree", person)
    assert person.phase == "asking"


def test_a_trigger_that_no_row_starts_from_is_our_mistake() -> None:
    with pytest.raises(MachineError):
        move(MACHINE, "agree", standing_in("queued"))


def test_one_machine_serves_everybody() -> None:
    first, second = standing_in("adult"), standing_in("for_self")
    move(MACHINE, "adult", first)
    assert (first.phase, second.phase) == ("consent_health", "for_self")
    assert MACHINE.models == []


# the drawing

_MANY = 4


def drawn() -> str:
    """docs/phases.md: the library's Mermaid drawing; rows that start from many phases stand below it."""
    wide = [row for row in TABLE if not isinstance(row[1], str) and len(row[1]) > _MANY]
    narrow = [row for row in TABLE if row not in wide]
    table = ["| trigger | from | to | guards |", "|---|---|---|---|"]
    for trigger, source, dest, guards in wide:
        named = "every phase" if list(source) == list(PHASES) else ", ".join(map(str, source))
        table.append(f"| {trigger} | {named} | {dest} | {' '.join(guards)} |")
    return "\n".join(
        [
            "# Phases of a conversation · 对话的阶段",
            "",
            "Drawn from `TABLE` in `bot/core/phases.py` by `transitions`; `pytest tests/core/test_phases.py --update` draws it anew.",
            "The questions themselves are not phases: inside `asking` the next one is computed from the answers.",
            "",
            "由 `bot/core/phases.py` 里的表自动画出。问题本身不是阶段：在 `asking` 里，下一题由已有的回答算出。",
            "",
            "```mermaid",
            *state_diagram(PHASES, "language", "phase", narrow),
            "```",
            "",
            "From many phases · 从许多阶段都可以：",
            "",
            *table,
            "",
        ]
    )


def test_the_drawing_is_fresh(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        DRAWING.parent.mkdir(exist_ok=True)
        DRAWING.write_text(drawn(), encoding="utf-8")
    assert DRAWING.read_text(encoding="utf-8") == drawn(), "draw it anew: pytest tests/core --update"


def test_the_drawing_shows_every_phase_and_row() -> None:
    text = drawn()
    assert all(f'"{phase}" as {phase}' in text for phase in PHASES)
    for trigger, sources, dest, _ in TABLE:
        source = sources if isinstance(sources, str) else str(sources[0])
        assert f"{source} --> {dest}: " in text or f"| {trigger} |" in text
