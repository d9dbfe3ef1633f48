"""The check sheet of a lead: per criterion the questions as they were shown, and what was answered (Q-7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.answers import from_value
from bot.core.criteria import State
from bot.core.flow import Flow, Question
from bot.core.run import RecordedAnswer
from bot.core.screening import Screening
from bot.service.views import AnswerView, CriterionView, Edit, WorkedView
from bot.service.wording import Wording, worked_words


@dataclass(frozen=True, slots=True)
class Said:
    """Everything a lead's person answered: in the run that counts, and in their other runs of the study."""

    now: Sequence[RecordedAnswer]
    before: Sequence[RecordedAnswer]

    def to(self, question: str) -> tuple[list[RecordedAnswer], list[RecordedAnswer]]:
        """What was said to one question, both ways; an answer that was removed is none."""
        now, before = (
            [line for line in lines if line.question == question and line.value is not None]
            for lines in (self.now, self.before)
        )
        return now, before


@dataclass(frozen=True, slots=True)
class Sheet:
    """One lead's sheet in the reader's language; `spoken` is the language in which the person would be asked again."""

    wording: Wording
    flow: Flow
    screening: Screening
    said: Said
    language: str
    spoken: str
    now: datetime

    def criteria(self, stored: Mapping[str, str]) -> tuple[CriterionView, ...]:
        """Every criterion in the protocol's order; `stored` is what they came to when the run ended."""
        flow, screening, language = self.flow, self.screening, self.language
        views = []
        other = next((each for each in flow.languages if each != language), "")
        for criterion in flow.criteria:
            state = stored.get(criterion.id) or screening.findings[criterion.id].state.value
            answers = [
                self._answer(question, criterion.id)
                for question in screening.asked
                if criterion.id in (*question.criteria, *question.linked)
            ]
            if not answers and not screening.asked:
                answers = self._to_ask(criterion.id)
            views.append(
                CriterionView(
                    id=criterion.id,
                    inclusion=criterion.inclusion,
                    text=criterion.text[language],
                    state=State(state).value,
                    settled_by=criterion.settled_by.value,
                    reason=criterion.reason[language],
                    answers=tuple(answers),
                    also=criterion.text.get(other, ""),
                    also_in=other,
                    worked=tuple(
                        WorkedView(
                            name=value.computed.short[language],
                            value=worked_words(value),
                            state=value.findings[criterion.id].state.value,
                        )
                        for value in screening.worked
                        if criterion.id in value.findings
                    ),
                )
            )
        return tuple(views)

    def _to_ask(self, criterion: str) -> list[AnswerView]:
        """The questions of a criterion for somebody who was asked none: they were entered by hand."""
        return [
            AnswerView(
                question_id=question.id,
                ask=question.ask[self.language],
                part=question.part[self.language] if question.part else "",
                answer="",
                state="open",
                at=self.now,
                typed=False,
                ask_them=self._theirs(question),
                ask_in=self.spoken,
            )
            for question in self.flow.questions
            if criterion in question.criteria
        ]

    def _answer(self, question: Question, criterion: str) -> AnswerView:
        now, before = self.said.to(question.id)
        words = [self._words(question, line) for line in now]
        other = [Edit(word, line.at) for line in before if (word := self._words(question, line)) != words[-1]]
        linked = criterion not in question.criteria
        return AnswerView(
            question_id=question.id,
            ask=question.ask[self.language],
            part=question.part[self.language] if question.part else "",
            answer=words[-1],
            state=_state(self.screening, question, question.criteria[0] if linked else criterion).value,
            at=now[-1].at,
            typed=now[-1].typed,
            edits=tuple(Edit(word, line.at) for word, line in zip(words[-2::-1], now[-2::-1], strict=True)),
            earlier=tuple(other),
            linked=linked,
            ask_them=self._theirs(question),
            ask_in=self.spoken,
        )

    def _words(self, question: Question, line: RecordedAnswer) -> str:
        return self.wording.answer(question, from_value(line.value), self.language)

    def _theirs(self, question: Question) -> str:
        """The question in the person's language, where the reader has another."""
        return question.ask.get(self.spoken, "") if self.spoken != self.language else ""


def _state(screening: Screening, question: Question, criterion: str) -> State:
    """What an answer says of a criterion, by itself or through a value that was worked out from it."""
    own = screening.parts[question.id].get(criterion)
    if own is None and criterion in question.worked_out:
        values = [value for value in screening.worked if question.id in value.computed.takes.values()]
        return values[0].findings[criterion].state if values else State.OPEN
    return own.state if own else State.NA
