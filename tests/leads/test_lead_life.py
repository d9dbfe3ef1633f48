"""The table of a lead's life: every step from every status, and its drawing in docs/leads.md."""

import itertools
from pathlib import Path

import pytest

from bot.leads.life import CLOSED, NEEDS, OPEN, STATUSES, TABLE, Standing, steps_from
from tests.drawing import state_diagram

DRAWING = Path(__file__).parents[2] / "docs" / "leads.md"
TRIGGERS = sorted({row[0] for row in TABLE})
#: What makes each guard hold.
BROUGHT = {
    "has_criterion": {"criterion": "E10"},
    "has_visit": {"visit": "2026-06-20T09:00"},
    "has_other": {"other": "L-7QK4-X9M3"},
    "has_reason": {"reason": "she called back"},
    "agrees_to_wait": {"agrees": True},
    "tried_enough": {"tried_enough": True},
    "was_reached": {"was_reached": True},
    "is_the_day": {"is_the_day": True},
    "visit_is_over": {"visit_is_over": True},
}


def sources(row: tuple[object, ...]) -> list[object]:
    return row[1] if isinstance(row[1], list) else [row[1]]


@pytest.mark.parametrize(("trigger", "status"), list(itertools.product(TRIGGERS, STATUSES)))
def test_a_step_is_taken_where_the_table_has_it_and_its_guards_hold(trigger: str, status: str) -> None:
    rows = [row for row in TABLE if row[0] == trigger and status in sources(row)]
    for held in itertools.product([True, False], repeat=len(BROUGHT)):
        holds = dict(zip(BROUGHT, held, strict=True))
        brought = {name: value for guard in BROUGHT if holds[guard] for name, value in BROUGHT[guard].items()}
        standing = Standing(status, **brought)  # type: ignore[arg-type]
        dest = next((row[2] for row in rows if all(holds[guard] for guard in row[3])), None)
        assert standing.take(trigger) is (dest is not None)
        assert standing.status == (dest or status)


@pytest.mark.parametrize("status", STATUSES)
def test_what_can_be_done_is_said_with_what_it_needs(status: str) -> None:
    for step, needs in steps_from(status).items():
        bare = Standing(status, tried_enough=True, is_the_day=True, visit_is_over=True)
        assert bare.take(step) is (not needs)
    assert set(steps_from(status)) == {row[0] for row in TABLE if status in sources(row)}


def test_every_end_but_a_withdrawal_can_be_reopened_with_a_reason() -> None:
    for status in CLOSED:
        assert Standing(status, reason=" ").take("reopen") is False
        assert Standing(status, reason="a mistake").take("reopen") is (status != "withdrawn")
        assert set(steps_from(status)) <= {"reopen"}


def test_nobody_is_enrolled_who_did_not_come_and_consent() -> None:
    """The only way to the study leads through a visit and the consent given there (Q-11)."""
    assert {source for row in TABLE if row[2] == "enrolled" for source in sources(row)} == {"consented"}
    assert {source for row in TABLE if row[2] == "consented" for source in sources(row)} == {"attended"}
    assert {source for row in TABLE if row[2] == "attended" for source in sources(row)} == {"visit_booked"}


def test_every_guard_that_somebody_can_satisfy_names_what_it_needs() -> None:
    assert {guard for row in TABLE for guard in row[3]} - set(NEEDS) == {
        *("tried_enough", "was_reached", "is_the_day", "visit_is_over")
    }
    assert set(OPEN) | set(CLOSED) == set(STATUSES)


def drawn() -> str:
    """docs/leads.md: the library's Mermaid drawing."""
    return "\n".join(
        [
            "# Life of a lead · 意向者的一生",
            "",
            "Drawn from `TABLE` in `bot/leads/life.py` by `transitions`; `pytest tests/leads/test_lead_life.py --update` draws it",
            "anew. What has no arrow out of it but `reopen` is closed; reopening needs a reason.",
            "",
            "由 `bot/leads/life.py` 里的表自动画出。除了 `reopen` 没有出口的，就是已结束；重新打开要写理由。",
            "",
            "```mermaid",
            *state_diagram(STATUSES, "new", "status", TABLE),
            "```",
            "",
        ]
    )


def test_the_drawing_is_that_of_the_table(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        DRAWING.write_text(drawn(), encoding="utf-8")
    assert DRAWING.read_text(encoding="utf-8") == drawn()
