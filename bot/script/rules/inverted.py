"""An answer does not mean the opposite of what it says."""

import re
from collections.abc import Iterator

from bot.core.criteria import Criterion, SettledBy, State
from bot.core.flow import Option, Question
from bot.script.problems import Problem
from bot.script.rules.negation import denies
from bot.script.rules.unsure import is_unsure
from bot.script.rules.yes_no import misnamed
from bot.script.script import Script
from bot.script.wording.lexicon import listed

_GOOD, _BAD = {State.MEETS}, {State.FAILS, State.OPEN}
#: A criterion that rules something out is met by a "no", whatever list it stands in (C7).
_RULES_OUT = re.compile(
    r"排除|禁止|拒绝|缺乏|缺少|rul\w+ out|exclu\w+|lack|refus\w+|unable|free of|absence", re.IGNORECASE
)
#: A question about something good may well be answered with no by those who fail an exclusion.
_GOOD_THING = re.compile(
    r"正常|良好|健康|能够|能不能|愿意|同意|\b(?:well|good|normal|healthy|able|willing|agree)\b", re.IGNORECASE
)
_WORD = re.compile(r"[a-z]{4,}")
#: Words that say nothing of what is asked.
_COMMON = set(
    "been does doctor disease from have more named other than that them they this what when which with would your".split()  # noqa: SIM905
)


def check(script: Script) -> Iterator[Problem]:
    """Compares the best affirmative and the best negative answer, where the criterion's direction is plain."""
    for index, question in enumerate(script.flow.questions):
        if not script.was_read(index) or misnamed(question):
            continue  # swapped labels are another rule's
        yes, no = _answers(question, False), _answers(question, True)
        for name in question.criteria if yes and no and not _asks_the_opposite(question) else ():
            criterion = script.flow.criterion_by_id.get(name)
            if criterion is None or not _plain(question, criterion) or _in_doubt(criterion):
                continue
            good, bad = (yes, no) if not criterion.inclusion else (no, yes)
            for option in good:
                if _state(option, name) in _GOOD and all(_state(other, name) in _BAD for other in bad):
                    path = script.meaning_path(index, question.options.index(option))
                    yield script.problem(
                        "inverted", path, word=option.code, criterion=name, other=bad[0].code
                    )
                    break


def _in_doubt(criterion: Criterion) -> bool:
    """Whether something about the criterion was reported: id and kind do not agree, or it is the team's."""
    return criterion.inclusion != (criterion.id[:1] == "I") or criterion.settled_by is not SettledBy.QUESTIONS


def _answers(question: Question, negative: bool) -> list[Option]:
    """The answers that deny, or those that do not; in both languages alike, and without "not sure"."""
    return [
        option
        for option in question.options
        if option.label
        and not is_unsure(option)
        and option.code != "na"
        and all(_is_no(words, language) == negative for language, words in option.label.items())
    ]


def _is_no(words: str, language: str) -> bool:
    """Whether an answer begins by denying: "I think so, no doctor said so" is a yes."""
    return denies(re.split("[，,；;]", words)[0], language)


def _asks_the_opposite(question: Question) -> bool:
    return all(listed("asking", "denies").among(words, language) for language, words in question.ask.items())


def _plain(question: Question, criterion: Criterion) -> bool:
    """Whether a yes to the question speaks for the criterion as it is written."""
    texts = [criterion.text, *([question.part] if question.part else [])]
    if any(text and all(denies(words, language) for language, words in text.items()) for text in texts):
        return _about_willing(question)
    if any(_RULES_OUT.search(words) for words in criterion.text.values()):
        return False
    if not criterion.inclusion:
        return not any(_GOOD_THING.search(words) for words in question.ask.values())
    return _about_willing(question) or bool(_words(question.ask) & _words(*texts))


def _about_willing(question: Question) -> bool:
    return all(listed("answers", "agrees").among(words, language) for language, words in question.ask.items())


def _words(*texts: object) -> set[str]:
    """The words of the English text that carry meaning, cut to a stem."""
    found = {
        word
        for text in texts
        for word in _WORD.findall(str(text["en"] if isinstance(text, dict) and "en" in text else "").lower())
    }
    return {word[:6] for word in found - _COMMON}


def _state(option: Option, criterion: str) -> State | None:
    meaning = option.means.get(criterion)
    return None if meaning is None else meaning.state
