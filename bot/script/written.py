"""A case as it is written: in a file of rehearsals, and for programs."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.answers import SKIP, to_value
from bot.core.inputs import Unclear
from bot.core.screening import Screening
from bot.core.text import Text
from bot.script.cases import Case, Reply

#: Words that YAML, or a reader of it, takes for something else.
_NOT_PLAIN = {"yes", "no", "on", "off", "y", "n", "null", "true", "false", "~"}


def expectation(found: Screening, criteria: Iterable[str] = ()) -> dict[str, Any]:
    """A result as a case expects it, with the states of some criteria."""
    value = found.to_dict()
    states = {id: value["criteria"][id] for id in value["criteria"] if id in {*criteria}}
    return {
        "verdict": value["verdict"],
        **({"criteria": states} if states else {}),
        "open": list(found.open),
        "fails": value["fails"],
        "flags": value["flags"],
        "come_back": value["come_back"],
        "asked": len(value["asked"]),
    }


def to_json(case: Case) -> dict[str, Any]:
    """A case as `rehearse` reads it."""
    printed: dict[str, Any] = {
        "id": case.id,
        "language": case.language,
        "answers": {id: _value(reply) for id, reply in case.answers.items()},
    }
    if case.edits:
        printed["edits"] = [{"id": id, "value": _value(reply)} for id, reply in case.edits]
    if case.today:
        printed["today"] = case.today.isoformat()
    return {**printed, "expect": dict(case.expect)}


def written(case: Case, about: Iterable[Text] = ()) -> str:
    """A case in YAML, with what it is about in both languages."""
    values = to_json(case)
    lines = [f"- id: {_flow(values['id'])}", f"  language: {case.language}"]
    if said := list(about):
        lines.append("  about:")
        lines += [
            f"    {language}: {_quoted(mark.join(text[language] for text in said))}"
            for language, mark in (("zh", "；"), ("en", "; "))
        ]
    for key in ("answers", "expect"):
        if key == "expect":
            lines += [f"  edits: [{', '.join(map(_flow, values['edits']))}]"] if case.edits else []
            lines += [f"  today: {_quoted(values['today'])}"] if case.today else []
        lines.append(f"  {key}:" + ("" if values[key] else " {}"))
        lines += [f"    {name}: {_flow(value)}" for name, value in values[key].items()]
    return "\n".join(lines) + "\n"


def _value(reply: Reply) -> Any:
    """What was not understood counts as skipped."""
    return SKIP if isinstance(reply, Unclear) else to_value(reply)


def _flow(value: Any) -> str:
    """A value on one line."""
    match value:
        case None:
            return "null"
        case int() | float():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(map(_flow, value))}]"
        case str():
            plain = value.replace("-", "").replace("_", "").isalnum() and not value[:1].isdigit()
            return value if plain and value.isascii() and value not in _NOT_PLAIN else _quoted(value)
    assert isinstance(value, Mapping)
    return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
