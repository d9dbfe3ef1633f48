"""Every state of a chat meets every command, every button, old and foreign ones, and what nobody expects."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.core import prompts
from bot.core.inputs import COMMANDS
from bot.core.phases import PHASES
from bot.i18n import Translators
from bot.service.messages import Other, Outgoing, OwnPhone, Press, Text
from bot.service.wording import SAID
from tests.robustness.states import ABOVE, LIVE, REACH, STATES
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


def test_it_knows_the_way_to_every_phase_and_to_every_question_above_one() -> None:
    # Nobody stays in under_age: the study's runs go, and with them the phase.
    assert set(REACH) == set(PHASES) - {"under_age"}
    assert set(ABOVE) == set(OVERLAYS)


def _people() -> Iterator[tuple[str, str, str]]:
    """Each state on both channels and in both languages; only Telegram has the consent to the path abroad."""
    for number, state in enumerate(STATES):
        yield state, "telegram", "zh"
        yield state, "telegram", "en"
        if not state.endswith("consent_abroad"):
            yield state, "web", ("zh", "en")[number % 2]


@pytest.fixture(scope="module", params=_people(), ids="-".join)
def somebody(request: pytest.FixtureRequest, demo: World, live: World) -> tuple[World, Person]:
    """A world and a person whose chat is in the state. The tests only try things out, so one walk serves all."""
    state, channel, language = request.param
    world = live if state in LIVE else demo
    world.empty()
    person = world.person(channel, language)
    STATES[state](world, person)
    kept = world.kept(person)
    sign = state[0] if state[0] in "+~" else ""
    assert sign + (kept.overlay if sign == "+" else kept.phase or "") == state
    assert (kept.conversation is not None and kept.conversation.renewing) is (sign == "~")
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
