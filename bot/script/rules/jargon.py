"""A word that not everybody knows is explained in the help."""

from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script, Wording
from bot.script.wording.lexicon import listed


def check(script: Script) -> Iterator[Problem]:
    """The terms of `lexicons/jargon.yaml` in questions, against their help."""
    for index, question in enumerate(script.flow.questions):
        wording = Wording(("questions", index, "ask"), question.ask)
        for language in ("zh", "en"):
            explanation = question.help.get(language, "")
            if not explanation or listed("jargon", "explains").among(explanation, language):
                continue
            for hit in listed("jargon", "terms").hits(script.words(wording, language), language):
                if hit.words.casefold() not in explanation.casefold():
                    yield script.problem_in(
                        "jargon", wording, language, hit.start, len(hit.words), word=hit.words
                    )
