"""Phone numbers and days of the site are settings, never written out in a text."""

import re
from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script
from bot.script.wording.amounts import amounts

#: Seven digits and more; the short numbers of emergency services are no site facts.
_PHONE = re.compile(r"(?<![A-Za-z0-9.])\+?[0-9０-９][0-9０-９()（） -]{5,18}[0-9０-９](?![A-Za-z0-9])")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def check(script: Script) -> Iterator[Problem]:
    """Phones in every text; days in the texts and the notice, since questions may well ask about days."""
    for wording in script.wordings():
        for language in wording.text:
            text = script.words(wording, language)
            for found in _PHONE.finditer(text):
                if not _DATE.fullmatch(found[0]) and sum(map(str.isdigit, found[0])) >= 7:
                    yield script.problem_in(
                        "phone_written", wording, language, found.start(), len(found[0]), word=found[0]
                    )
            if wording.path[0] in {"texts", "notice"} or wording.name == "ending":
                for amount in amounts(text, language):
                    if amount.unit == "day" and isinstance(amount.value, float) and not amount.soft:
                        yield script.problem_in(
                            "days_written",
                            wording,
                            language,
                            amount.start,
                            len(amount.words),
                            word=amount.words,
                        )
