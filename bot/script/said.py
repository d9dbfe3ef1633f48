"""Answers in the words of the script, for whoever reads a report."""

from collections.abc import Mapping

from bot.core.answers import Answer, Chosen, Skipped, to_value
from bot.core.flow import Flow, Question
from bot.core.text import Text

_NO_ANSWER: Text = {"zh": "还没有任何回答", "en": "no answer yet"}
_SKIP: Text = {"zh": "跳过", "en": "Skip"}


def said(flow: Flow, answers: Mapping[str, Answer]) -> Text:
    """All answers in a line: `Age: 60; Pregnancy: Yes`."""
    if not answers:
        return _NO_ANSWER
    parts = [(flow.question_by_id[id], answer) for id, answer in answers.items()]
    return {
        language: mark.join(
            f"{question.short.get(language, question.id)}{colon}{answer_text(question, answer)[language]}"
            for question, answer in parts
        )
        for language, mark, colon in (("zh", "；", "："), ("en", "; ", ": "))
    }


def answer_text(question: Question, answer: Answer) -> Text:
    """An answer by its buttons' words; a number in its unit, or a day, as it is written."""
    match answer:
        case Skipped():
            return _SKIP
        case Chosen(codes):
            options = [question.option(code) for code in codes]
            return {
                language: comma.join(
                    option.label.get(language, option.code) if option else "?" for option in options
                )
                for language, comma in (("zh", "、"), ("en", ", "))
            }
    value = to_value(answer)
    words = "–".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value)
    unit = question.unit or {}
    return {
        language: f"{words}{space}{unit[language]}" if language in unit else words
        for language, space in (("zh", ""), ("en", " "))
    }
