"""How things of ours are named in FHIR: stable, so that a second export updates what the first one brought."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from bot.core.flow import Flow
from bot.core.text import Text

Resource = dict[str, Any]

#: Names things and leads nowhere: `.example` is reserved for that.
BASE = "https://prescreen.example/fhir"
ANSWERS = f"{BASE}/CodeSystem/answer"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
SHORT_HASH = 12
_LONGEST_ID = 64


def id_of(*parts: str) -> str:
    """A FHIR id: letters, digits, `-` and `.`, at most 64; what had to be changed for that gets a hash."""
    given = "-".join(parts)
    plain = re.sub(r"[^A-Za-z0-9.-]", "-", given)
    if plain == given and len(plain) <= _LONGEST_ID:
        return plain
    mark = hashlib.sha256(given.encode()).hexdigest()[:8]
    return f"{plain[: _LONGEST_ID - 9]}-{mark}"


def version_id(flow: Flow, *parts: str) -> str:
    """An id that belongs to one version of a flow."""
    return id_of(flow.id, flow.hash[:SHORT_HASH], *parts)


def reference(kind: str, id: str) -> dict[str, str]:
    """Resolves within the bundle."""
    return {"reference": f"{kind}/{id}"}


def moment(at: datetime) -> str:
    """An instant in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def first_language(flow: Flow) -> str:
    """Chinese where the flow has it; the others are its translations."""
    return "zh" if "zh" in flow.languages else flow.languages[0]


def worded(name: str, text: Text, flow: Flow, before: str = "") -> Resource:
    """An element with its words and, by the translation extension, those in the other languages."""
    first = first_language(flow)
    others = [language for language in flow.languages if language != first]
    translations = [
        {
            "url": TRANSLATION,
            "extension": [
                {"url": "lang", "valueCode": language},
                {"url": "content", "valueString": f"{before}{text[language]}"},
            ],
        }
        for language in others
    ]
    found: Resource = {name: f"{before}{text[first]}"}
    if translations:
        found[f"_{name}"] = {"extension": translations}
    return found


def coding(question: str, code: str) -> Resource:
    """An answer's code. Codes repeat from question to question, so the system says which one it is of."""
    return {"system": f"{ANSWERS}/{question}", "code": code}
