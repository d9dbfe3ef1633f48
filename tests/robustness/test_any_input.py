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
from tests.robustness.states import STATES
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
WORDS = (
    *(
        "想死",
        "自杀",
        "胸痛",
        "chest pain",
        "I am in the study and feel unwell",
        "林女士",
        "O'Neill",
        "{phone}",
    ),
    *("２", "三十五岁", "1,2", "没有，不确定", "2025-03", "13800138000", "+86 138 0013 8000"),
)
STARTS = ("", *STUDIES, "small-poster", "small-two-wechat", "nonsense-1", "a" * 70)
CHOICES = (
    *("yes", "zh", "agree", "finish", "edit", "none", "delete_all", "withdraw", "", ":"),
    *(".back", ".skip", ".done", ".pick", ".tens:90", ".number:17", ".month:2026-99", ".month:", ".year:0"),
)

typed = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec="utf-8"), max_size=5000),
    st.integers(-5, 200).map(str),
    st.dates().map(str),
    st.sampled_from(WORDS),
)
PERSONAL: st.SearchStrategy[Move] = st.one_of(
    *[st.builds(partial, st.just(press_live), some)] * 4,
    st.builds(partial, st.just(go_on), st.integers(1, 12)),
    st.sampled_from(COMMANDS).map(lambda command: doing(Text(f"/{command}"))),
    st.sampled_from(STARTS).map(lambda payload: doing(Text(f"/start {payload}"))),
    typed.map(lambda text: doing(Text(text))),
    st.builds(partial, st.just(press_old), some),
    st.builds(partial, st.just(press_foreign), some),
    st.builds(partial, st.just(press_made_up), st.integers(-2, 1), st.sampled_from(CHOICES)),
    st.text(min_size=1, max_size=16).map(lambda data: doing(Press(data))),
    st.builds(partial, st.just(type_label), some),
    st.sampled_from([OwnPhone("+8613900139000"), OwnPhone("110"), Other()]).map(doing),
    st.just(once_more),
)
OF_THE_WORLD: st.SearchStrategy[Move] = st.one_of(
    st.builds(partial, st.just(later), st.sampled_from([1, 23, 25, 24 * 8, 24 * 31, 24 * 400])),
    st.builds(partial, st.just(recruit), st.booleans(), st.integers(0, 1)),
)
#: Who they are, and where in the conversation what they do next begins.
somebody = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(sorted(set(STATES) - {"not_recruiting"})))
steps = st.tuples(st.integers(0, 1), st.one_of(PERSONAL, PERSONAL, PERSONAL, OF_THE_WORLD))
lives = st.tuples(somebody, somebody, st.lists(steps, min_size=10, max_size=40))
Life = tuple[tuple[tuple[str, str], str], tuple[tuple[str, str], str], list[tuple[int, Move]]]


def begin(world: World) -> None:
    """Nobody is there, and everything recruits."""
    world.empty()
    for study in world.studies:
        world.recruit(True, study)


def live_through(world: World, life: Life) -> None:
    """Two people come into their states, and on from there."""
    *starts, moves = life
    begin(world)
    people = []
    for (channel, language), state in starts:
        person = world.person(channel, language)
        reachable = state if channel == "telegram" or state != "consent_abroad" else "consent_health"
        STATES[reachable](world, person)
        people.append(person)
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
    @settings(SAME_EVERY_TIME, max_examples=25)
    @given(lives)
    def run(life: Life) -> None:
        live_through(demo, life)
        everybody_goes_on(demo)

    run()


def test_nothing_breaks_live_studies(live: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=25)
    @given(lives)
    def run(life: Life) -> None:
        live_through(live, life)
        everybody_goes_on(live)

    run()


def test_nothing_breaks_when_the_process_comes_and_goes(demo: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=6)
    @given(
        st.tuples(
            somebody,
            somebody,
            st.lists(st.one_of(steps, st.tuples(st.just(0), st.just(restart))), max_size=20),
        )
    )
    def run(life: Life) -> None:
        live_through(demo, life)
        demo.restart()
        everybody_goes_on(demo)

    run()


@pytest.fixture(scope="module")
def real_trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.demo(tmp_path_factory.mktemp("real"), ROOT / "flows") as world:
        yield world


def test_nothing_breaks_the_shipped_trial(real_trial: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=8)
    @given(st.lists(steps, min_size=10, max_size=40))
    @example([(0, partial(go_on, 60)), (1, partial(go_on, 60))])
    def run(moves: list[tuple[int, Move]]) -> None:
        begin(real_trial)
        people = [real_trial.person(*who) for who in PEOPLE[:2]]
        for number, move in moves:
            move(real_trial, people[number])
        everybody_goes_on(real_trial)

    run()


@pytest.fixture(scope="module")
def on_postgres(postgres: Postgres, flows: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("postgres")
    with World.live(folder, flows, postgres.create_database()) as world:
        yield world


def test_nothing_breaks_on_postgresql(on_postgres: World) -> None:
    @settings(SAME_EVERY_TIME, max_examples=8)
    @given(lives)
    def run(life: Life) -> None:
        live_through(on_postgres, life)
        everybody_goes_on(on_postgres)

    run()
