"""Words of a script in every language it has, side by side."""

from collections.abc import Mapping

#: Language code -> words. Every language of the flow is present (the checker sees to it).
Text = Mapping[str, str]


def fill(words: str, values: Mapping[str, str]) -> str:
    """`words` with `{name}` replaced; a name without a value stays as it is, so that it is seen."""
    for name, value in values.items():
        words = words.replace("{" + name + "}", value)
    return words
