"""Reads the values that are worked out from answers."""

from collections.abc import Mapping, Sequence

from bot.core.computed import FORMULAS
from bot.core.flow import Computed
from bot.script import messages
from bot.script.nodes import MapNode, Node
from bot.script.questions import MOST_DECIMALS, RANGE, Terms, lasting, question_id, ranges
from bot.script.shapes import (
    Keys,
    Log,
    Shape,
    distinct,
    fields,
    mapping_of,
    text_in,
    whole,
    word_among,
    words,
)

COMPUTED = Keys(
    messages.A_COMPUTED,
    required=("id", "short", "formula", "from", "criteria", "ranges"),
    optional=("decimals", "lasting"),
)
#: As those of a question; only an age says who is a minor.
VALUE_RANGE = Keys(RANGE.record, RANGE.required, tuple(key for key in RANGE.optional if key != "erases"))


def computed(languages: Sequence[str]) -> Shape[Computed]:
    """One computed value of the flow."""
    text = text_in(languages)

    def read(node: Node, log: Log) -> Computed:
        found = fields(node, log, COMPUTED)
        formula = found.read("formula", word_among(FORMULAS)) or ""
        criteria = found.read("criteria", distinct(words)) or ()
        given = found.read("decimals", whole(0, MOST_DECIMALS))
        decimals = 1 if given is None else given
        terms = Terms(criteria, found.read("lasting", lasting))
        return Computed(
            id=found.read("id", question_id) or "",
            short=found.read("short", text) or {},
            formula=formula,
            takes=found.read("from", _takes(formula)) or {},
            criteria=criteria,
            ranges=ranges(found, terms, decimals, VALUE_RANGE),
            decimals=decimals,
        )

    return read


def _takes(formula: str) -> Shape[Mapping[str, str]]:
    """Which question gives each of the formula's terms; of a formula nobody knows, whatever is written."""

    def read(node: Node, log: Log) -> Mapping[str, str]:
        if formula:
            found = fields(node, log, Keys(messages.TERMS, tuple(FORMULAS[formula].units)))
        else:
            mapping = mapping_of(node, log) or MapNode((), node.place)
            found = fields(mapping, log, Keys(messages.TERMS, (), tuple(n.text for n, _ in mapping.entries)))
        named = {term: found.read(term, words) for term in found.values}
        return {term: question for term, question in named.items() if question}

    return read


def worked_out(values: Sequence[Computed]) -> dict[str, frozenset[str]]:
    """By question the criteria that values computed from it decide."""
    found: dict[str, frozenset[str]] = {}
    for value in values:
        for question in value.takes.values():
            found[question] = found.get(question, frozenset()) | {*value.criteria}
    return found
