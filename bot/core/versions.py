"""What of an earlier version's answers holds under a newer one."""

from collections.abc import Mapping
from datetime import date

from bot.core.answers import Answer, Chosen
from bot.core.flow import Flow, Question
from bot.core.meaning import erases, is_valid


def fits(flow: Flow, question: str, answer: Answer, today: date) -> bool:
    """Whether a version has the question and takes the answer. One of a minor is to be asked again (X2)."""
    asked = flow.question_by_id.get(question)
    return asked is not None and is_valid(asked, answer, today) and not erases(asked, answer)


def still_applies(old: Flow, new: Flow, question: str, answer: Answer, today: date) -> bool:
    """Whether what was answered is still asked, in the same words, and the answer still called the same.

    An answer was given to words. Where they change it is asked again rather than taken for another one.
    """
    before, after = old.question_by_id.get(question), new.question_by_id.get(question)
    if before is None or after is None or not fits(new, question, answer, today):
        return False
    return (
        before.kind is after.kind
        and before.ask == after.ask
        and before.unit == after.unit
        and _labels(before, answer) == _labels(after, answer)
    )


def no_longer_apply(old: Flow, new: Flow, answers: Mapping[str, Answer], today: date) -> list[str]:
    """The questions whose answers do not hold under the new version."""
    return [id for id, answer in answers.items() if not still_applies(old, new, id, answer, today)]


def _labels(question: Question, answer: Answer) -> list[object]:
    codes = answer.codes if isinstance(answer, Chosen) else ()
    return [option.label for code in codes if (option := question.option(code))]
