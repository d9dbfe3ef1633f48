"""Somebody who walks a journey, in either language, and writes down what happens."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.core.flow import Kind, Question
from bot.service.messages import Button, Text
from bot.service.views import StaffMember
from tests.journeys.chat import Bubble, ServiceFace
from tests.journeys.stage import STUDY, Stage, questions
from tests.journeys.transcript import masked

#: What somebody answers whom the study may fit.
CLEAN: Mapping[str, Any] = {
    "age": 36,
    "melasma_dx": "yes",
    "face_patches": "yes",
    "treated_before": ["none"],
    "avoid_cosmetic": "yes",
    "sleep": "yes",
}


class Person:
    """`tap` names buttons by their id, so a journey is written once for both languages."""

    def __init__(self, face: ServiceFace, language: str) -> None:
        self.face = face
        self.stage: Stage = face.stage
        self.language = language
        self.transcript: list[str] = []

    # what they do

    async def say(self, text: str, english: str = "") -> None:
        """Tap what is a live button's label, else type."""
        said = english if english and self.language == "en" else text
        await self.face.say(said)
        await self._wrote(f"> {said}")

    async def type(self, text: str, english: str = "") -> None:
        """Type, even what is a live button's label."""
        said = english if english and self.language == "en" else text
        await self.face.take(Text(said))
        await self._wrote(f"> (types) {said}")

    async def tap(self, *ids: str) -> None:
        """Tap live buttons, one after the other."""
        for id in ids:
            await self.face.say(self.button(id).label)
            await self._wrote(f"> {self._pressed.label}")

    async def tap_twice(self, id: str) -> None:
        """Two presses before the first one had an effect."""
        bubble = self.face.live
        assert bubble
        button = self.button(id)
        await self.face.press(bubble, button)
        await self._wrote(f"> {button.label}")
        await self.face.press(bubble, button)
        await self._wrote(f"> (again) {button.label}")

    async def tap_old(self, id: str, under: str = "") -> None:
        """A button that an earlier message once had; `under` is part of that message."""
        bubble, button = self._old(id, under)
        await self.face.press(bubble, button)
        await self._wrote(f"> (old button) {button.label}")

    async def send_photo(self) -> None:
        await self.face.send_photo()
        await self._wrote("> (photo)")

    async def wait(self, hours: int) -> None:
        """Time goes by."""
        await self.face.wait(timedelta(hours=hours))
        await self._wrote(f"@ {hours} hour{'s' if hours > 1 else ''} later")

    async def site(self, name: str, value: str) -> None:
        """Meanwhile the site changes one of its facts."""
        for study in (STUDY, "sleep"):
            self.stage.app.publishing.set_fact(study, name, value, "admin")
        await self._wrote(f"@ the site sets {name}={value}")

    async def hears(self, text: str, english: str = "") -> None:
        """Meanwhile a coordinator writes."""
        words = english if english and self.language == "en" else text
        app = self.stage.app
        app.staff.add("mei", "coordinator")
        (row,) = [row for row in app.desk.queue_now("en") if row.kind == "lead"]
        told = await app.relay.write(row.code, words, StaffMember("mei", "mei"))
        await self.face.wait(timedelta())
        await self._wrote(f"@ the team writes: {words} ({told.state})")

    async def reply(self) -> None:
        """Press the button under the team's latest message."""
        bubble = [bubble for bubble in self.face.bubbles if not bubble.prompt and bubble.rows][-1]
        button = bubble.buttons[0]
        await self.face.press(bubble, button)
        await self._wrote(f"> {button.label}")

    # stretches of the way

    async def begin(self, start: str = "/start") -> None:
        """From the first word to the first question."""
        await self.say(start)
        await self.tap(self.language, "self", "yes")
        await self.consent()

    async def begin_again(self) -> None:
        """After an ending: the language is known. In the queue one is shown one's place first."""
        await self.say("/start")
        if any(_id(button) == "again" for button in self.live_buttons):
            await self.tap("again", "restart")
        await self.tap("self", "yes")
        await self.consent()

    async def consent(self) -> None:
        """Agree to everything."""
        await self.tap("agree")
        if self.face.channel == "telegram":
            await self.tap("agree")

    async def give_phone(self) -> None:
        """The own number: by Telegram's button, else typed."""
        if self.face.channel == "telegram":
            await self.tap(".share")
        else:
            await self.say("138 0013 8000")

    async def answer(self, until: str = "", **other: Any) -> None:
        """Answer question after question as the clean case does, except for `other`."""
        while (question := self.question()) and question.id != until:
            await self.give(question, other.get(question.id, CLEAN.get(question.id, "no")))

    async def give(self, question: Question, value: Any) -> None:
        """Give one answer as most people would."""
        if value == "skip":
            await self.tap(".skip")
        elif question.kind is Kind.MULTI:
            await self.tap(*value, ".done")
        elif isinstance(value, int) or not question.option(value):
            await self.say(str(value))
        else:
            await self.tap(value)

    # what they see

    def question(self) -> Question | None:
        """The question that stands, by its words."""
        bubble = self.face.live
        texts = bubble.texts if bubble else []
        return next((q for q in questions() if q.ask[self.language] in texts), None)

    @property
    def live_buttons(self) -> list[Button]:
        """The buttons that can be pressed."""
        return self.face.live.buttons if self.face.live else []

    def button(self, id: str) -> Button:
        """The live button with this id."""
        found = [button for button in self.live_buttons if _id(button) == id]
        assert found, f"no button {id}, only {[_id(button) for button in self.live_buttons]}"
        self._pressed = found[0]
        return found[0]

    def _old(self, id: str, under: str) -> tuple[Bubble, Button]:
        for bubble in reversed(self.face.bubbles):
            if (bubble.forgotten or not bubble.rows) and any(under in text for text in bubble.texts):
                for button in bubble.had:
                    if _id(button) == id:
                        return bubble, button
        raise AssertionError(f"no earlier message had a button {id}")

    async def _wrote(self, what: str) -> None:
        self.transcript.append(what)
        self.transcript += [masked(line) for line in await self.face.seen()]
        assert self.face.live or not self.face.bubbles[-1].rows or self.face.bubbles[-1].forgotten


def _id(button: Button) -> str:
    return button.data.split(":", 2)[2]
