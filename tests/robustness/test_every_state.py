"""Every state of a chat meets every command, every button, old and foreign ones, and what nobody expects."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.core import prompts
from bot.core.inputs import COMMANDS
from bot.core.phases import CONSENTS, CONTACT, GATES, PHASES, RUN
from bot.i18n import Translators
from bot.service.messages import Other, OwnPhone, Outgoing, Press, Text
from bot.service.wording import SAID
from tests.robustness.world import ROOT, Person, World

TRANSLATORS = Translators(ROOT / "locales")
OVERLAYS = ("language", "edit", *prompts._OVERLAY_CHOICES)
TYPED = (
    *("", "   ", "/nonsense", "/start small-two-poster", f"/start {'x' * 4000}"),
    *("1", "99", "３５", "17", "2026-01-31", "2031-01-01", "9999-99", "13800138000"),
    *("Yes", "林女士", "\u202e‮😀", "<b>&amp;{phone}", "中" * 4096),
    *("我胸口剧痛，喘不过气", "call an ambulance", "我不想活了", "I want to kill myself"),
)  # fmt: skip
PRESSED = (" ", "x" * 64, "中" * 21, "0000:1:yes", ":1:yes")


def walk_to(world: World, person: Person, phase: str) -> None:
    world.walk(person, until=phase)


def after_a_run(world: World, person: Person) -> None:
    """Somebody who has been through the questions before, so that an ending without a trace keeps the chat."""
    end_not_match(world, person)
    world.say(person, "/start")


def end_not_match(world: World, person: Person) -> None:
    world.walk(person, until="asking")
    world.say(person, "70")
    world.choose(person, "finish")


def choose_at(phase: str, choice: str) -> Callable[[World, Person], None]:
    def reach(world: World, person: Person) -> None:
        world.walk(person, until=phase)
        world.choose(person, choice)

    return reach


def say_at(phase: str, text: str) -> Callable[[World, Person], None]:
    def reach(world: World, person: Person) -> None:
        world.walk(person, until=phase)
        world.say(person, text)

    return reach


def then(*steps: Callable[[World, Person], None]) -> Callable[[World, Person], None]:
    def reach(world: World, person: Person) -> None:
        for step in steps:
            step(world, person)

    return reach


def stop_recruiting(world: World, person: Person) -> None:
    world.walk(person, until="asking")
    for study in world.studies:
        world.recruit(False, study)
    world.say(person, "/help")
    for study in world.studies:
        world.recruit(True, study)


def tick_what_does_not_go_together(world: World, person: Person) -> None:
    world.walk(person, until="asking")
    world.say(person, "35")
    for choice in ("none", "cream", ".done"):
        world.choose(person, choice)


def be_in_two_studies(world: World, person: Person) -> None:
    end_not_match(world, person)
    world.say(person, "/start small-two")
    world.walk(person, until="asking")
    world.say(person, "/delete")


#: How a chat comes into each phase…
REACH: dict[str, Callable[[World, Person], None]] = {
    **{
        phase: lambda world, person, phase=phase: walk_to(world, person, phase)
        for phase in (*GATES, *CONSENTS, *RUN, *CONTACT, "queued")
    },
    "contact_phone": choose_at("contact_how", "phone"),
    "not_screened": then(after_a_run, choose_at("for_self", "other")),
    "enrolled": then(after_a_run, choose_at("for_self", "enrolled")),
    "under_age": then(after_a_run, choose_at("adult", "no")),
    "no_consent": then(after_a_run, choose_at("consent_health", "decline")),
    "left": then(after_a_run, say_at("adult", "/stop")),
    "not_recruiting": stop_recruiting,
    "not_match": end_not_match,
    "not_interested": choose_at("contact_wish", "no"),
    "stopped": then(say_at("asking", "/stop"), lambda world, person: void(world.choose(person, "stop"))),
    "withdrawn": then(
        choose_at("queued", "withdraw"), lambda world, person: void(world.choose(person, "withdraw"))
    ),
}
#: … and how each question comes above one.
ABOVE: dict[str, Callable[[World, Person], None]] = {
    "language": say_at("asking", "/language"),
    "edit": choose_at("checking", "edit"),
    "minor": say_at("asking", "17"),
    "conflict": tick_what_does_not_go_together,
    "delete": say_at("asking", "/delete"),
    "delete_which": be_in_two_studies,
    "stop": say_at("contact_name", "/stop"),
    "restart": say_at("asking", "/restart"),
    "switch": say_at("checking", "/start small-two"),
    "withdraw": choose_at("queued", "withdraw"),
    "pause": say_at("contact_wish", "/pause"),
    "safety": say_at("consent_health", "/unwell"),
}
STATES = {**REACH, **{f"+{overlay}": reach for overlay, reach in ABOVE.items()}}


def void(_: object) -> None:
    """Drops what a step answers."""


def test_it_knows_the_way_to_every_phase_and_to_every_question_above_one() -> None:
    assert set(REACH) == set(PHASES)
    assert set(ABOVE) == set(OVERLAYS)


def _people() -> Iterator[tuple[str, str, str]]:
    """Each state on both channels and in both languages; only Telegram has the consent to the path abroad."""
    for number, state in enumerate(STATES):
        yield state, "telegram", "zh"
        yield state, "telegram", "en"
        if state != "consent_abroad":
            yield state, "web", ("zh", "en")[number % 2]


@pytest.fixture(scope="module", params=_people(), ids="-".join)
def somebody(request: pytest.FixtureRequest, demo: World, live: World) -> tuple[World, Person]:
    """A world and a person whose chat is in the state. The tests only try things out, so one walk serves all."""
    state, channel, language = request.param
    world = live if state == "not_recruiting" else demo
    world.empty()
    person = world.person(channel, language)
    STATES[state](world, person)
    kept = world.kept(person)
    assert (f"+{kept.overlay}" if state.startswith("+") else kept.phase) == state
    return world, person


@pytest.fixture
def unchanged(somebody: tuple[World, Person]) -> Iterator[None]:
    """Trials leave nothing behind."""
    world, person = somebody
    person.kept = None
    before = world.kept(person)
    yield
    person.kept = None
    assert world.kept(person) == before


@pytest.mark.usefixtures("unchanged")
def test_it_answers_every_command(somebody: tuple[World, Person]) -> None:
    world, person = somebody
    for command in COMMANDS:
        with world.trial():
            assert world.say(person, f"/{command}")


@pytest.mark.usefixtures("unchanged")
def test_it_answers_whatever_is_typed_or_sent(somebody: tuple[World, Person]) -> None:
    world, person = somebody
    for content in (*map(Text, TYPED), Other(), OwnPhone("+8613900139000"), OwnPhone("12")):
        with world.trial():
            assert world.take(person, content)


@pytest.mark.usefixtures("unchanged")
def test_it_takes_an_update_once(somebody: tuple[World, Person]) -> None:
    world, person = somebody
    for button in person.buttons[:1]:
        with world.trial():
            assert world.press(person, button)
            assert world.again(person) == []
    with world.trial():
        assert world.say(person, "35")
        assert world.again(person) == []


@pytest.mark.usefixtures("unchanged")
def test_it_takes_live_buttons(somebody: tuple[World, Person]) -> None:
    world, person = somebody
    for button in person.buttons:
        with world.trial():
            assert not _says(world.press(person, button), "stale", "over"), button.data


@pytest.mark.usefixtures("unchanged")
def test_it_takes_no_other_buttons(somebody: tuple[World, Person]) -> None:
    world, person = somebody
    conversation = world.kept(person).conversation
    assert conversation is not None
    live = {button.data for button in person.buttons}
    old = {b.data: None for b in person.old_buttons if b.data not in live and not b.share}
    salt, number = conversation.salt, conversation.prompt
    wrong = [f"{salt}:{number}:nope", f"{salt}:{number + 1}:yes", f"{salt}:-1:yes", f"{salt}:{'9' * 40}:yes"]
    for data in (*list(old)[-3:], *wrong, *PRESSED):
        with world.trial():
            assert _says(world.take(person, Press(data, "7")), "stale"), data


@pytest.mark.usefixtures("unchanged")
def test_time_may_pass(somebody: tuple[World, Person]) -> None:
    world, person = somebody
    with world.trial():
        for hours in (1, 24, 24, 24 * 6, 24 * 30, 24 * 200):
            world.tick(timedelta(hours=hours))
        for button in person.old_buttons[-1:]:
            world.press(person, button)
        assert world.say(person, "/start")


def _says(operations: list[Outgoing], *what: str) -> bool:
    words = {tr(SAID[name]) for name in what for tr in TRANSLATORS.values()}
    return any(line.text in words for operation in operations for line in operation.lines)
