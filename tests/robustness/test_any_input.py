"""Random people do random things in random order; what must hold is checked after every step (world.py)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from bot.core.inputs import COMMANDS
from bot.service.messages import Other, OwnPhone, Press, Text
from tests.postgres import Postgres
from tests.robustness.world import ROOT, STUDIES, Person, World

#: The same inputs every time: a failure here is a bug in the change that is being tested.
SAME_EVERY_TIME = settings(
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PEOPLE = (("telegram", "zh"), ("web", "en"), ("telegram", "en"), ("web", "zh"))

Move = Callable[[World, Person], object]


def press_live(number: int, world: World, person: Person) -> None:
    """One of the buttons in front of them; without any, begin."""
    buttons = person.buttons
    if buttons:
        world.press(person, buttons[number % len(buttons)])
    else:
        world.say(person, "/start")


def press_old(number: int, world: World, person: Person) -> None:
    """One of the buttons they ever saw, also of a chat that is no more."""
    buttons = person.old_buttons
    if buttons:
        world.take(person, Press(buttons[number % len(buttons)].data, "5"))


def press_foreign(number: int, world: World, person: Person) -> None:
    """A button of somebody else."""
    buttons = [button for other in world.people if other is not person for button in other.old_buttons]
    if buttons:
        world.take(person, Press(buttons[number % len(buttons)].data))


def press_made_up(prompt: int, choice: str, world: World, person: Person) -> None:
    """Data with the right salt and prompt, or nearly."""
    conversation = world.kept(person).conversation
    if conversation is not None:
        data = f"{conversation.salt}:{conversation.prompt + prompt}:{choice}"
        world.take(person, Press(data.encode()[:64].decode(errors="ignore")))


def type_label(number: int, world: World, person: Person) -> None:
    """The words of a button: what a reply keyboard sends."""
    buttons = person.buttons
    if buttons:
        world.say(person, buttons[number % len(buttons)].label)


def once_more(world: World, person: Person) -> None:
    """The last update is delivered again, as late as Telegram does."""
    if person.last is not None and world.now - person.last_at <= timedelta(hours=24):
        world.again(person)


def go_on(steps: int, world: World, person: Person) -> None:
    """A few steps of somebody who fits."""
    world.walk(person, steps=steps)


def later(hours: int, world: World, person: Person) -> None:
    """Time passes for everybody."""
    world.tick(timedelta(hours=hours))


def recruit(recruiting: bool, number: int, world: World, person: Person) -> None:
    """The site changes its mind. In a demonstration that changes nothing."""
    world.recruit(recruiting, world.studies[number % len(world.studies)])


def restart(world: World, person: Person) -> None:
    """The process ends, and another one goes on."""
    world.restart()


def doing(content: Text | Press | OwnPhone | Other) -> Move:
    """One update."""

    def move(world: World, person: Person) -> None:
        world.take(person, content)

    return move


some = st.integers(0, 40)
typed = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec="utf-8"), max_size=5000),
    st.integers(-5, 200).map(str),
    st.dates().map(str),
    st.sampled_from(
        ["想死", "自杀", "chest pain", "胸痛", "I am in the study and feel unwell", "２", "三十五岁", "林女士"]
        + ["O'Neill", "+86 138 0013 8000", "13800138000", "{phone}", "2025-03", "1,2", "没有，不确定"]
    ),
)
starts = st.sampled_from(["", *STUDIES, "small-poster", "small-two-wechat", "nonsense-1", "a" * 70])
PERSONAL: st.SearchStrategy[Move] = st.one_of(
    st.builds(partial, st.just(press_live), some),
    st.builds(partial, st.just(press_live), some),
    st.builds(partial, st.just(go_on), st.integers(1, 12)),
    st.sampled_from(COMMANDS).map(lambda command: doing(Text(f"/{command}"))),
    starts.map(lambda payload: doing(Text(f"/start {payload}"))),
    typed.map(lambda text: doing(Text(text))),
    st.builds(partial, st.just(press_old), some),
    st.builds(partial, st.just(press_foreign), some),
    st.builds(
        partial,
        st.just(press_made_up),
        st.integers(-2, 1),
        st.sampled_from(
            ["yes", ".back", ".skip", ".done", ".pick", ".tens:90", ".number:17", ".month:2026-99", ".year:0"]
            + [".month:", ".before:x", "delete_all", "withdraw", "edit", "", ":", "zh", "finish", "none", "agree"]
        ),
    ),
    st.text(min_size=1, max_size=16).map(lambda data: doing(Press(data))),
    st.builds(partial, st.just(type_label), some),
    st.sampled_from([OwnPhone("+8613900139000"), OwnPhone("110"), Other()]).map(doing),
    st.just(once_more),
)
OF_THE_WORLD: st.SearchStrategy[Move] = st.one_of(
    st.builds(partial, st.just(later), st.sampled_from([1, 23, 25, 24 * 8, 24 * 31, 24 * 400])),
    st.builds(partial, st.just(recruit), st.booleans(), st.integers(0, 1)),
)
steps = st.tuples(st.integers(0, len(PEOPLE) - 1), st.one_of(PERSONAL, PERSONAL, PERSONAL, OF_THE_WORLD))
lives = st.lists(steps, min_size=15, max_size=50)


def live_through(world: World, moves: list[tuple[int, Move]]) -> None:
    """Four people from the beginning on."""
    world.empty()
    people = [world.person(*who) for who in PEOPLE]
    for number, move in moves:
        move(world, people[number])


def everybody_goes_on(world: World) -> None:
    """Whatever happened, each of them still gets somewhere."""
    for study in world.studies:
        world.recruit(True, study)
    for person in world.people:
        world.say(person, "/start")
        assert person.buttons


def test_nothing_breaks_a_demonstration(demo: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=40)
    @given(lives)
    def run(moves: list[tuple[int, Move]]) -> None:
        live_through(demo, moves)
        everybody_goes_on(demo)

    run()


def test_nothing_breaks_live_studies(live: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=40)
    @given(lives)
    def run(moves: list[tuple[int, Move]]) -> None:
        for study in live.studies:
            live.recruit(True, study)
        live_through(live, moves)
        everybody_goes_on(live)

    run()


def test_nothing_breaks_when_the_process_comes_and_goes(demo: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=6)
    @given(st.lists(st.one_of(steps, st.tuples(st.just(0), st.just(restart))), min_size=15, max_size=30))
    def run(moves: list[tuple[int, Move]]) -> None:
        live_through(demo, moves)
        demo.restart()
        everybody_goes_on(demo)

    run()


@pytest.fixture(scope="module")
def real_trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.demo(tmp_path_factory.mktemp("real"), ROOT / "flows") as world:
        yield world


def test_nothing_breaks_the_shipped_trial(real_trial: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=15)
    @given(lives)
    @example([(0, partial(go_on, 60)), (1, partial(go_on, 60)), (2, partial(go_on, 60)), (3, partial(go_on, 60))])
    def run(moves: list[tuple[int, Move]]) -> None:
        live_through(real_trial, moves)
        everybody_goes_on(real_trial)

    run()


@pytest.fixture(scope="module")
def on_postgres(
    postgres: Postgres, flows: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("postgres")
    with World.live(folder, flows, postgres.create_database()) as world:
        yield world


def test_nothing_breaks_on_postgresql(on_postgres: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=12)
    @given(lives)
    def run(moves: list[tuple[int, Move]]) -> None:
        live_through(on_postgres, moves)
        everybody_goes_on(on_postgres)

    run()
