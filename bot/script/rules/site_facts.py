"""Phone numbers and days of the site are settings, never written out in a text."""

import re
from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script
from bot.script.wording.amounts import Amount, amounts

#: Seven digits and more; the short numbers of emergency services are no site facts.
_PHONE = re.compile(r"(?<![A-Za-z0-9.])\+?[0-9０-９][0-9０-９()（） -]{5,18}[0-9０-９](?![A-Za-z0-9])")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")

_SENTENCE_END = re.compile(r"[。！？\n]|[.!?](?=\s|$)")
_KEEPING = re.compile(r"删|保存|保留|存放|清除|delet|kept|keep|stor|eras|remov", re.IGNORECASE)


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
                    if amount.unit == "day" and isinstance(amount.value, float) and _keeps(text, amount):
                        yield script.problem_in(
                            "days_written",
                            wording,
                            language,
                            amount.start,
                            len(amount.words),
                            word=amount.words,
                        )


def _keeps(text: str, amount: Amount) -> bool:
    """Whether the sentence around it is about keeping or deleting, which is where the site's days belong."""
    start = max((end.end() for end in _SENTENCE_END.finditer(text, 0, amount.start)), default=0)
    end = _SENTENCE_END.search(text, amount.start)
    return not amount.soft and bool(_KEEPING.search(text[start : end.start() if end else len(text)]))
