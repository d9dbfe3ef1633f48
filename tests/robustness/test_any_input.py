"""Random people do random things in random order; what must hold is checked after every step.

What a single step must bring is checked in world.py (a reply, well-formed and in the person's language, one live
prompt, no question before the consents), what must hold of all that is stored in stored.py.

The same few lives every time, so that a failure is a bug in the change that is being tested. `make explore` looks for
others, and for long.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.core.inputs import COMMANDS
from bot.service.messages import Content, Other, OwnPhone, Press
from tests.postgres import Postgres
from tests.robustness import stored
from tests.robustness.states import STATES
from tests.robustness.world import ROOT, STUDIES, Person, World

EXPLORING = settings.get_current_profile_name() == "explore"
PEOPLE = (("telegram", "zh"), ("web", "en"), ("telegram", "en"), ("web", "zh"))
AT_MOST = 3

some = st.integers(0, 40)
hours = st.sampled_from([1, 23, 25, 24 * 8, 24 * 31, 24 * 400])
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
presses = st.one_of(
    st.builds(Press, st.text(min_size=1, max_size=16)),
    st.sampled_from([OwnPhone("+8613900139000"), OwnPhone("110"), Other(), Other("胸口痛")]),
)


class AnyLife(RuleBasedStateMachine):
    """People who chat with one bot. Subclasses say with which, and from which states people may begin."""

    world: World
    states: tuple[str, ...]

    people = Bundle("people")

    @initialize()
    def begin(self) -> None:
        """Nobody is there, and everything recruits."""
        self.world.empty()
        self.everything_recruits()

    def everything_recruits(self) -> None:
        for study in self.world.studies:
            self.world.recruit(True, study)

    # who they are

    @rule(target=people, who=st.sampled_from(PEOPLE), data=st.data())
    @precondition(lambda self: len(self.world.people) < AT_MOST)
    def comes_to(self, who: tuple[str, str], data: st.DataObject) -> Person:
        """Somebody new, who comes into a state of their own before anything else happens to them."""
        self.everything_recruits()
        channel, language = who
        abroad_only = {"consent_abroad"} if channel == "web" else set()
        state = data.draw(st.sampled_from(sorted({*self.states} - abroad_only)), label="state")
        person = self.world.person(channel, language)
        STATES[state](self.world, person)
        return person

    # what they do

    @rule(person=people, number=some)
    def presses_live(self, person: Person, number: int) -> None:
        """One of the buttons in front of them; without any, they begin."""
        buttons = person.buttons
        if buttons:
            self.world.press(person, buttons[number % len(buttons)])
        else:
            self.world.say(person, "/start")

    @rule(person=people, numbers=st.lists(some, min_size=2, max_size=6))
    def presses_several(self, person: Person, numbers: list[int]) -> None:
        """Ones that stand in front of them, one after the other."""
        for number in numbers:
            self.presses_live(person, number)

    @rule(person=people, steps=st.integers(1, 12))
    def goes_on(self, person: Person, steps: int) -> None:
        """A few steps of somebody who fits."""
        self.world.walk(person, steps=steps)

    @rule(person=people, command=st.sampled_from(COMMANDS))
    def commands(self, person: Person, command: str) -> None:
        self.world.say(person, f"/{command}")

    @rule(person=people, payload=st.sampled_from(STARTS))
    def starts(self, person: Person, payload: str) -> None:
        self.world.say(person, f"/start {payload}")

    @rule(person=people, text=typed)
    def types(self, person: Person, text: str) -> None:
        self.world.say(person, text)

    @rule(person=people, number=some)
    def types_label(self, person: Person, number: int) -> None:
        """The words of a button: what a reply keyboard sends."""
        buttons = person.buttons
        if buttons:
            self.world.say(person, buttons[number % len(buttons)].label)

    @rule(person=people, number=some)
    def presses_old(self, person: Person, number: int) -> None:
        """One of the buttons they ever saw, also of a chat that is no more."""
        buttons = person.old_buttons
        if buttons:
            self.world.take(person, Press(buttons[number % len(buttons)].data, "5"))

    @rule(person=people, other=people, number=some)
    def presses_foreign(self, person: Person, other: Person, number: int) -> None:
        """A button of somebody else."""
        buttons = other.old_buttons
        if buttons:
            self.world.take(person, Press(buttons[number % len(buttons)].data))

    @rule(person=people, prompt=st.integers(-2, 1), choice=st.sampled_from(CHOICES))
    def presses_made_up(self, person: Person, prompt: int, choice: str) -> None:
        """Data with the right salt and prompt, or nearly."""
        conversation = self.world.kept(person).conversation
        if conversation is not None:
            data = f"{conversation.salt}:{conversation.prompt + prompt}:{choice}"
            self.world.take(person, Press(data.encode()[:64].decode(errors="ignore")))

    @rule(person=people, content=presses)
    def sends(self, person: Person, content: Content) -> None:
        self.world.take(person, content)

    @rule(person=people)
    def comes_once_more(self, person: Person) -> None:
        """The last update is delivered again, as late as Telegram does."""
        if person.last is not None and self.world.now - person.last_at <= timedelta(hours=24):
            self.world.again(person)

    @rule(person=people)
    def gets_somewhere(self, person: Person) -> None:
        """Whatever happened: where something recruits, there is a way on."""
        self.everything_recruits()
        self.world.say(person, "/start")
        assert person.buttons

    # what happens to all of them

    @rule(hours=hours)
    def later(self, hours: int) -> None:
        self.world.tick(timedelta(hours=hours))

    @rule(recruiting=st.booleans(), number=st.integers(0, 1))
    def the_site_says(self, recruiting: bool, number: int) -> None:
        """In a demonstration that changes nothing for people."""
        self.world.recruit(recruiting, self.world.studies[number % len(self.world.studies)])

    @rule()
    def restart(self) -> None:
        """The process ends, and another one goes on."""
        self.world.restart()

    @invariant()
    def what_is_stored_may_be(self) -> None:
        stored.check(self.world)


def live_with(world: World, examples: int, states: tuple[str, ...] = tuple(STATES)) -> None:
    """Lives of people who chat with this bot."""
    machine = type("Life", (AnyLife,), {"world": world, "states": states})
    own = settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=True,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=settings.default if EXPLORING else own)


#: In a demonstration everything recruits.
IN_DEMO = tuple(sorted(set(STATES) - {"not_recruiting"}))


def test_nothing_breaks_a_demonstration(demo: World) -> None:
    live_with(demo, 40, IN_DEMO)


def test_nothing_breaks_live_studies(live: World) -> None:
    live_with(live, 50)


@pytest.fixture(scope="module")
def real_trial(read_once: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("trial")
    (folder / "melasma-exosome").symlink_to(ROOT / "flows" / "melasma-exosome")
    with World.demo(tmp_path_factory.mktemp("real"), folder) as world:
        yield world


def test_nothing_breaks_the_shipped_trial(real_trial: World) -> None:
    live_with(real_trial, 25, ("language", "asking"))


@pytest.fixture(scope="module")
def on_postgres(
    read_once: None, postgres: Postgres, flows: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("postgres")
    with World.live(folder, flows, postgres.create_database()) as world:
        yield world


def test_nothing_breaks_on_postgresql(on_postgres: World) -> None:
    live_with(on_postgres, 15)
