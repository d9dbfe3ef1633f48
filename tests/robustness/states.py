"""How a chat comes into each phase, and to each question that can lie above one."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bot.core.inputs import REPLY
from bot.core.phases import CONSENTS, CONTACT, GATES, RUN
from bot.service.messages import Press
from tests.robustness.world import Person, World

Reach = Callable[[World, Person], None]


def walk_to(phase: str, world: World, person: Person) -> None:
    world.walk(person, until=phase)


def after_a_run(world: World, person: Person) -> None:
    """Somebody who has been through the questions before, so that an ending without a trace keeps the chat."""
    end_not_match(world, person)
    world.say(person, "/start")


def end_not_match(world: World, person: Person) -> None:
    world.walk(person, until="asking")
    world.say(person, "70")
    world.choose(person, "finish")


def choose(choice: str) -> Reach:
    def reach(world: World, person: Person) -> None:
        world.choose(person, choice)

    return reach


def choose_at(phase: str, choice: str) -> Reach:
    def reach(world: World, person: Person) -> None:
        world.walk(person, until=phase)
        world.choose(person, choice)

    return reach


def say_at(phase: str, text: str) -> Reach:
    def reach(world: World, person: Person) -> None:
        world.walk(person, until=phase)
        world.say(person, text)

    return reach


def a_day_later(world: World, person: Person) -> None:
    world.tick(timedelta(hours=24))


def then(*steps: Reach) -> Reach:
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


def publish_anew(world: World, running: str) -> None:
    """A newer version of every study, with a wish for the chats that run."""
    publishing = world.app.publishing
    for study in world.studies:
        source = world.app.drafts.pull(study).source
        hash = publishing.submit(source + b"# once more\n", "author").hash
        publishing.approve(hash, "EC-2", "approver")
        publishing.publish(hash, "approver", running)


def meet_a_newer_version(running: str, phase: str = "asking") -> Reach:
    def reach(world: World, person: Person) -> None:
        world.walk(person, until=phase)
        publish_anew(world, running)
        world.say(person, "/help")

    return reach


def tick_what_does_not_go_together(world: World, person: Person) -> None:
    world.walk(person, until="asking")
    world.say(person, "35")
    for choice in ("none", "cream", ".done"):
        world.choose(person, choice)


def press_reply(world: World, person: Person) -> None:
    """Under a message of the study team, which is no prompt."""
    world.walk(person, until="queued")
    kept = world.kept(person)
    assert kept.conversation is not None
    (row,) = world.app.desk.queue_now("en")
    world.take(person, Press(f"{kept.conversation.salt}:0:{REPLY}{row.code}"))


def be_in_two_studies(world: World, person: Person) -> None:
    end_not_match(world, person)
    world.say(person, "/start small-two")
    world.walk(person, until="asking")
    world.say(person, "/delete")


#: How a chat comes into each phase…
REACH: dict[str, Reach] = {
    **{phase: partial(walk_to, phase) for phase in (*GATES, *CONSENTS, *RUN, *CONTACT, "queued")},
    "contact_phone": choose_at("contact_how", "phone"),
    "not_screened": then(after_a_run, choose_at("for_self", "other")),
    "enrolled": then(after_a_run, choose_at("for_self", "enrolled")),
    "no_consent": then(after_a_run, choose_at("consent_health", "decline")),
    "left": then(after_a_run, say_at("adult", "/stop")),
    "not_recruiting": stop_recruiting,
    "not_match": end_not_match,
    "not_interested": choose_at("contact_wish", "no"),
    "stopped": then(say_at("asking", "/stop"), choose("stop")),
    "replaced": meet_a_newer_version("end"),
    "withdrawn": then(choose_at("queued", "withdraw"), choose("withdraw")),
}
#: … and how each question comes above one.
ABOVE: dict[str, Reach] = {
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
    "reply": press_reply,
    "pass_on": say_at("queued", "周末可以吗？"),
    "pause": say_at("contact_wish", "/pause"),
    "safety": say_at("consent_health", "/unwell"),
    "resume": then(say_at("contact_wish", "/pause"), a_day_later),
    "minor_gate": then(choose_at("queued", "again"), *map(choose, ("restart", "small", "self", "no"))),
}
#: … and how somebody in the middle of a run is asked for their consents anew.
RENEWING: dict[str, Reach] = {
    "consent_health": meet_a_newer_version("re-consent", "contact_wish"),
    "consent_abroad": then(meet_a_newer_version("re-consent"), choose("agree")),
}
STATES = {
    **REACH,
    **{f"+{overlay}": reach for overlay, reach in ABOVE.items()},
    **{f"~{phase}": reach for phase, reach in RENEWING.items()},
}
#: Those that only come about where a version is published, or recruiting can end.
LIVE = {"not_recruiting", "replaced", *(state for state in STATES if state.startswith("~"))}
