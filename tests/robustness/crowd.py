"""People who answer the questions at random, each in their own way, and remember what they said."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.core.answers import SKIP, from_value
from bot.core.flow import Flow, Kind, Question
from bot.core.run import RecordedAnswer, effective
from bot.core.screening import Screening, screen
from tests.botapi import Message, Person

#: How long somebody waits for the bot to say something.
PATIENCE = 120.0
#: How likely an answer is not the one that fits, and how likely somebody goes back instead of answering.
UNFIT, BACK = 0.07, 0.04
FITS = {"meets", "na"}
LONG_AGO = "2024-01-15"


@dataclass(slots=True)
class Somebody:
    """A person who answers the newest question in front of them, and does not mind reading it twice."""

    person: Person
    number: int
    flow: Flow
    chance: Random
    #: Each answer in the order given.
    said: list[tuple[str, Any]] = field(default_factory=list)
    wishes: bool = True
    name: str = ""
    phone: str = ""
    time: str = ""
    ended: str = ""
    _plans: dict[int, list[str]] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)

    @property
    def language(self) -> str:
        return ("zh", "en")[self.number % 2]

    async def chat(self) -> None:
        """From the first message to the last."""
        self.person.send("/start")
        while not self.ended:
            await self.person.api.until(lambda: self._new, PATIENCE, f"something new for {self.number}")
            message = self._new
            assert message is not None
            self._answered.add(_view(message))
            self._react(message)

    @property
    def _new(self) -> Message | None:
        """The newest prompt, unless it is answered. It may have come twice, and one of the two have changed."""
        newest = 0
        for message in reversed(self.person.messages):
            if not message.from_bot or not (message.inline or (message.keyboard and self.person.keyboard)):
                continue
            newest = newest or prompt_of(message)
            if prompt_of(message) != newest:
                break
            if _view(message) not in self._answered:
                return message
        return None

    def _react(self, message: Message) -> None:
        if message.keyboard and not message.inline:
            self.phone = f"+86138{self.number:08}"
            self.person.share_contact(self.phone.removeprefix("+"))
            return
        data = {button["callback_data"].split(":", 2)[2]: button for button in flat(message.inline)}
        question = self._question(message)
        if question and self.said and ".back" in data and self.chance.random() < BACK:
            choice = ".back"
        elif question and question.kind in (Kind.NUMBER, Kind.DATE):
            self._type(question)
            return
        elif question:
            choice = self._answer(question, prompt_of(message), data)
        elif {".skip", ".back"} == set(data):
            if self.chance.random() < 0.7:
                self.name = f"林女士{'甲乙丙丁'[self.number % 4]}"
                self.person.send(self.name)
                return
            choice = ".skip"
        else:
            choice = self._choose(data)
        if choice:
            self.person.press_data(data[choice]["callback_data"], message.message_id)

    def _question(self, message: Message) -> Question | None:
        """The question that a message asks."""
        asked = [q for q in self.flow.questions if q.ask[self.language] in message.text.split("\n")]
        assert len(asked) < 2
        return asked[0] if asked else None

    def _type(self, question: Question) -> None:
        if question.kind is Kind.DATE:
            self._say(question, LONG_AGO)
        else:
            self._say(question, self.chance.randint(61, 80) if self._unfit() else self.chance.randint(18, 60))
        self.person.send(str(self.said[-1][1]))

    def _say(self, question: Question, value: Any) -> None:
        self.said.append((question.id, value))

    def _unfit(self) -> bool:
        return self.chance.random() < UNFIT

    def _answer(self, question: Question, prompt: int, data: dict[str, Any]) -> str:
        """What to press; a question with ticks takes several presses."""
        wanted = self._plans.setdefault(prompt, self._plan(question))
        if wanted == [SKIP]:
            self._say(question, SKIP)
            return ".skip"
        if question.kind is not Kind.MULTI:
            self._say(question, wanted[0])
            return wanted[0]
        for option in question.options:
            if data[option.code]["text"].startswith("☑") != (option.code in wanted):
                return option.code
        self._say(question, wanted[0] if len(wanted) == 1 else wanted)
        return ".done"

    def _plan(self, question: Question) -> list[str]:
        fitting = [o.code for o in question.options if {m.state.value for m in o.means.values()} <= FITS]
        if not self._unfit():
            return [self.chance.choice(fitting)]
        codes = [option.code for option in question.options]
        together = [code for code in codes if code not in question.exclusive]
        if question.kind is Kind.MULTI and self.chance.random() < 0.5:
            picked = self.chance.sample(together, 2)
            return [code for code in codes if code in picked]
        return [self.chance.choice([*codes, SKIP])]

    def _choose(self, choices: dict[str, Any]) -> str:
        """Everything that is not a question of the study."""
        if "change_time" in choices:
            self.ended = "queued"
        elif "check" in choices:
            self.ended = "not_match"
        elif "again" in choices:
            self.ended = "not_interested"
        if self.ended:
            return ""
        if "morning" in choices:
            self.time = self.chance.choice(["morning", "afternoon", "evening", "weekend", "any"])
            return self.time
        if set(choices) >= {"yes", "no"} and not any(choice.startswith(".") for choice in choices):
            self.wishes = self.chance.random() < 0.8
            return "yes" if self.wishes else "no"
        if "phone" in choices:
            return self.chance.choice(["phone", "chat"])
        wanted = (self.language, "self", "yes", "agree", "finish", "keep")
        return next(choice for choice in wanted if choice in choices)

    def screened(self, today: Any) -> Screening:
        """What their answers mean."""
        record = [RecordedAnswer(question, value, False, "", None) for question, value in self.said]  # type: ignore[arg-type]
        answers = {question: from_value(value) for question, value in self.said}
        assert answers == effective(record)
        asked = {question.id for question in screen(self.flow, answers, today).asked}
        return screen(self.flow, {id: value for id, value in answers.items() if id in asked}, today)


def prompt_of(message: Message) -> int:
    """The number of the prompt that waits under a message; -1 where only a reply keyboard goes with it."""
    return number_in(message.inline)


def number_in(rows: list[list[dict[str, Any]]]) -> int:
    """The number that buttons carry; -1 without any."""
    return int(flat(rows)[0]["callback_data"].split(":")[1]) if rows else -1


def flat(rows: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The buttons in one list."""
    return [button for row in rows for button in row]


def _view(message: Message) -> str:
    """The same for a message that came twice, another one when its buttons have changed."""
    return f"{message.text} {message.inline}"
