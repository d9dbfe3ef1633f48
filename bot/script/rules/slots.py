"""The texts every participant needs say what they are for: whom to call, when answers are deleted."""

from collections.abc import Iterator

from bot.script.messages import language_name
from bot.script.problems import Problem, Value
from bot.script.script import Path, Script

#: What a text must hold (R-7, R-9, R-26). The date of `come_back` is asked for with the placeholders.
NEEDED: dict[Path, str] = {
    ("texts", "already_enrolled"): "{ae_phone}",
    ("texts", "unwell"): "{ae_phone}",
    ("texts", "not_match"): "{phone}",
    ("texts", "no_consent"): "{phone}",
    ("notice", "contact"): "{phone}",
    ("notice", "screened_out"): "{delete_days}",
    ("notice", "rights"): "/delete",
}


def check(script: Script) -> Iterator[Problem]:
    """Looks for the words in each language; what only one language lacks is a placeholder that was forgotten."""
    for path, needed in NEEDED.items():
        part, name = path
        text = (script.flow.texts if part == "texts" else script.flow.notice).get(str(name), {})
        lacking = [language for language, words in text.items() if needed not in words]
        for language in lacking:
            if len(lacking) == len(text) or not needed.startswith("{"):
                values: dict[str, Value] = {
                    "where": str(name),
                    "word": needed,
                    "language": language_name(language),
                }
                yield script.problem("slot_needs", (*path, language), **values)
                break
