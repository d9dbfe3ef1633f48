"""Reads a question: its words, how it is answered and what each answer means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.answers import SKIP, Amount
from bot.core.criteria import Lasting, State
from bot.core.flow import Kind, Meaning, Option, Question, Range, Window
from bot.core.text import Text
from bot.script import messages
from bot.script.conditions import RESERVED, condition
from bot.script.nodes import ListNode, MapNode, Node, Scalar
from bot.script.problems import hint, hint_criterion
from bot.script.shapes import (
    Fields,
    Keys,
    Log,
    Shape,
    amount_of,
    distinct,
    fields,
    identifier,
    list_items,
    list_of,
    mapping_of,
    one_of,
    scalar,
    text_in,
    truth,
    whole,
    word_among,
    words,
)
from bot.script.shapes import name as a_name

#: The states a script may give an answer; `next` only opens a follow-up.
MEANINGS = {
    "meets": State.MEETS,
    "fails": State.FAILS,
    "open": State.OPEN,
    "na": State.NA,
    "next": State.NOT_ASKED,
}

QUESTION = Keys(
    messages.A_QUESTION,
    required=("id", "criteria", "kind", "short", "ask", "help"),
    optional=(
        *("linked", "block", "preface", "part", "ask_if"),
        *("valid", "unit", "decimals", "ranges", "options", "means", "lasting", "exclusive", "window"),
    ),
)
OPTION = Keys(messages.AN_OPTION, required=("code", "label"), optional=("means", "lasting"))
SET_OPTION = Keys(messages.AN_OPTION, required=("code", "label"))
RANGE = Keys(messages.A_RANGE, required=("means",), optional=("from", "to", "lasting", "erases", "flag"))
VALID = Keys(messages.VALID, required=("from", "to"))
WINDOW = Keys(messages.WINDOW, required=(), optional=("months", "weeks", "days"))

_CHOICE, _NUMBER, _DATE = (Kind.SINGLE, Kind.MULTI), (Kind.NUMBER,), (Kind.DATE,)
#: The kinds of question that need a key, and those that may have it.
KINDS_THAT_NEED = {"options": _CHOICE, "valid": _NUMBER, "ranges": _NUMBER, "window": _DATE}
KINDS_THAT_TAKE = {
    **KINDS_THAT_NEED,
    "options": _CHOICE + _DATE,
    "means": _CHOICE + _DATE,
    "exclusive": (Kind.MULTI,),
    "unit": _NUMBER,
    "decimals": _NUMBER,
}
#: The longest windows, and how many days each of their units has; months are counted by the calendar.
LONGEST = {"months": 1200, "weeks": 5200, "days": 36500}
DAYS = {"months": 0, "weeks": 7, "days": 1}
#: A number is asked for with so many decimals at most.
MOST_DECIMALS = 3

# Telegram refuses callback data over 64 bytes; question and code both travel in it.
question_id = identifier("[a-z][a-z0-9_]*", "bad_id", 32, RESERVED | {SKIP})
answer_code = identifier("[a-z][a-z0-9_]*", "bad_id", 24, frozenset({SKIP, "and", "or"}))
flag_name = identifier("[a-z][a-z0-9_]*", "bad_id", 32)
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as written: its meaning is read when the question it belongs to is known."""

    code: str
    label: Text
    means: Node | None = None
    lasting: Lasting | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What meanings are read against: the criteria a question decides, and how long its fails last."""

    criteria: tuple[str, ...]
    lasting: Lasting | None


def answer_set(languages: Sequence[str]) -> Shape[tuple[Choice, ...]]:
    """Options that several questions share."""
    return _choices(SET_OPTION, languages)


def question(
    languages: Sequence[str],
    sets: Mapping[str, tuple[Choice, ...]],
    worked_out: Mapping[str, frozenset[str]],
) -> Shape[Question]:
    """One question of the flow. `worked_out`: by question the criteria that values computed from it decide."""
    text = text_in(languages)

    def read(node: Node, log: Log) -> Question:
        found = fields(node, log, QUESTION)
        name = found.read("id", question_id) or ""
        kind = found.read("kind", one_of(Kind))
        criteria = found.read("criteria", distinct(a_name)) or ()
        terms = Terms(criteria, found.read("lasting", lasting))
        derived = worked_out.get(name, frozenset()) & {*criteria}
        own = Terms(tuple(each for each in criteria if each not in derived), terms.lasting)
        decimals = found.read("decimals", whole(0, MOST_DECIMALS)) or 0
        if kind is not None:
            _check_kind(found, kind, ("ranges",) if derived and not own.criteria else ())
        asked_if = found.values.get("ask_if")
        return Question(
            id=name,
            kind=kind or Kind.SINGLE,
            criteria=criteria,
            linked=found.read("linked", distinct(a_name)) or (),
            block=found.read("block", words) or "",
            short=found.read("short", text) or {},
            preface=found.read("preface", text),
            ask=found.read("ask", text) or {},
            help=found.read("help", text) or {},
            part=found.read("part", text),
            ask_if=None if asked_if is None else condition(asked_if, log),
            options=_options(found, name, terms, languages, sets),
            exclusive=frozenset(found.read("exclusive", distinct(a_name)) or ()),
            valid=found.read("valid", _valid(decimals)),
            ranges=ranges(found, own, decimals),
            unit=found.read("unit", text),
            decimals=decimals,
            worked_out=derived,
            window=found.read("window", _window(terms)),
        )

    return read


def _check_kind(found: Fields, kind: Kind, not_needed: Sequence[str]) -> None:
    """Keys that go with another kind of question, and keys this kind needs."""
    for name in found.names:
        kinds = KINDS_THAT_TAKE.get(name.text)
        if kinds is not None and kind not in kinds:
            takes = tuple(taker.value for taker in kinds)
            found.log.report("key_of_other_kind", name.place, key=name.text, kinds=takes, kind=kind.value)
    for key, kinds in KINDS_THAT_NEED.items():
        if kind in kinds and key not in (*found.values, *not_needed):
            found.log.report("missing_key_of_kind", found.place, key=key, kind=kind.value)


def _choices(keys: Keys, languages: Sequence[str]) -> Shape[tuple[Choice, ...]]:
    text = text_in(languages)

    def read_one(node: Node, log: Log) -> Choice:
        found = fields(node, log, keys)
        return Choice(
            code=found.read("code", answer_code) or "",
            label=found.read("label", text) or {},
            means=found.values.get("means"),
            lasting=found.read("lasting", lasting),
        )

    def read(node: Node, log: Log) -> tuple[Choice, ...] | None:
        items = list_items(node, log)
        return None if items is None else tuple(read_one(item, log) for item in items)

    return read


def _options(
    found: Fields,
    name: str,
    terms: Terms,
    languages: Sequence[str],
    sets: Mapping[str, tuple[Choice, ...]],
) -> tuple[Option, ...]:
    log = found.log
    node = found.values.get("options")
    choices: tuple[Choice, ...] | None
    if isinstance(node, Scalar) and not node.empty and not node.unwritten:
        choices = sets.get(node.text)
        if choices is None:
            log.report("unknown_answer_set", node.place, word=node.text, hint=hint(node.text, sets))
    else:
        choices = found.read("options", _choices(OPTION, languages))
    means = found.values.get("means")
    mapping = None if means is None else mapping_of(means, log)
    if choices is None:
        return ()
    by_code = _means_by_code(mapping, choices, name, log)
    unreadable = means is not None and mapping is None
    return tuple(_option(choice, by_code, terms, unreadable, log) for choice in choices)


def _means_by_code(
    mapping: MapNode | None, choices: Sequence[Choice], question: str, log: Log
) -> dict[str, Node]:
    """The meanings a question lists for its codes."""
    codes = {choice.code: choice for choice in choices}
    by_code: dict[str, Node] = {}
    for name, value in mapping.entries if mapping else ():
        if name.text not in codes:
            log.report(
                "unknown_code", name.place, question=question, word=name.text, hint=hint(name.text, codes)
            )
        by_code[name.text] = value
    return by_code


def _option(choice: Choice, by_code: Mapping[str, Node], terms: Terms, unreadable: bool, log: Log) -> Option:
    if choice.means is not None and choice.code in by_code:
        log.report("meaning_twice", choice.means.place, word=choice.code)
    node = choice.means or by_code.get(choice.code)
    terms = Terms(terms.criteria, choice.lasting or terms.lasting)
    if node is not None:
        return Option(choice.code, choice.label, _meanings(node, terms, log))
    return Option(choice.code, choice.label, _open(terms) if unreadable else {})


def _meanings(node: Node, terms: Terms, log: Log) -> Mapping[str, Meaning]:
    """One word for all criteria of the question, or a word for each."""
    if not isinstance(node, MapNode):
        return _meaning_for(terms.criteria, node, terms, log)
    means: dict[str, Meaning] = {}
    for name, value in node.entries:
        if terms.criteria and name.text not in terms.criteria:
            way_out = hint_criterion(name.text, terms.criteria)
            log.report("unknown_criterion", name.place, word=name.text, hint=way_out)
        means |= _meaning_for((name.text,), value, terms, log)
    return means


def _meaning_for(criteria: Sequence[str], node: Node, terms: Terms, log: Log) -> dict[str, Meaning]:
    found = scalar(node, log, messages.A_MEANING)
    word = None if found is None else word_among(tuple(MEANINGS))(found, log)
    if word is None:
        return {criterion: Meaning(State.OPEN) for criterion in criteria}
    state = MEANINGS[word]
    meaning = Meaning(state, terms.lasting if state is State.FAILS else None)
    return dict.fromkeys(criteria, meaning)


def _open(terms: Terms) -> dict[str, Meaning]:
    """What stands in for meanings that were reported as unreadable."""
    return {criterion: Meaning(State.OPEN) for criterion in terms.criteria}


def ranges(found: Fields, terms: Terms, decimals: int, keys: Keys = RANGE) -> tuple[Range, ...]:
    """The ranges of a number; none if one of them is wrong, since what they cover is then unknown."""

    def read(node: Node, log: Log) -> Range | None:
        before = len(log.problems)
        part = fields(node, log, keys)
        own = Terms(terms.criteria, part.read("lasting", lasting) or terms.lasting)
        means = part.values.get("means")
        result = Range(
            low=_limit(part, "from", decimals),
            high=_limit(part, "to", decimals),
            means={} if means is None else _meanings(means, own, log),
            erases=part.read("erases", truth) or False,
            flag=part.read("flag", flag_name),
        )
        given = part.values.values()
        whole = given and not any(isinstance(value, Scalar) and value.unwritten for value in given)
        return result if whole and len(log.problems) == before else None

    node = found.values.get("ranges")
    all_of_them = found.read("ranges", list_of(read)) or ()
    return all_of_them if isinstance(node, ListNode) and len(node.items) == len(all_of_them) else ()


def lasting(node: Node, log: Log) -> Lasting:
    """How long a fail lasts; where it could not be read it was reported, so it counts as said."""
    return one_of(Lasting)(node, log) or Lasting.PERMANENT


def _limit(found: Fields, key: str, decimals: int) -> Amount | None:
    if key not in found.values:
        return None
    return amount_of(-_MOST, _MOST, decimals)(found.values[key], found.log)


def _valid(decimals: int) -> Shape[tuple[Amount, Amount]]:
    def read(node: Node, log: Log) -> tuple[Amount, Amount] | None:
        found = fields(node, log, VALID)
        low, high = _limit(found, "from", decimals), _limit(found, "to", decimals)
        return None if low is None or high is None else (low, high)

    return read


def _window(terms: Terms) -> Shape[Window]:
    def read(node: Node, log: Log) -> Window | None:
        found = fields(node, log, WINDOW)
        counts = {unit: found.read(unit, whole(1, most)) for unit, most in LONGEST.items()}
        given = {unit: count for unit, count in counts.items() if count is not None}
        if isinstance(node, MapNode) and len([unit for unit in LONGEST if unit in found.values]) != 1:
            log.report("window_one_of", found.place)
        days = sum(DAYS[unit] * count for unit, count in given.items())
        # A window passes by itself, so its fails are temporary unless the script says otherwise.
        return Window(given.get("months", 0), terms.lasting or Lasting.TEMPORARY, days) if given else None

    return read
