"""A mutator that puts one fault at a time into a good script, and harmless changes beside it.

Every class of faults is one function below: its docstring says how a fault is made, and it yields the changed source
with the rules that may find it and the lines one of which must be named. It works on any script that compiles: it
reads the script, picks the places where such a fault can be made, and spreads its picks over them.
Where a fault makes two languages or two places disagree, nobody can tell which of them is the wrong one, so either
line is right.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from bot.core.answers import Amount
from bot.core.criteria import State
from bot.core.flow import Flow, Kind, Option, Question, Range, step
from bot.script.compile import compile_script
from bot.script.nodes import TO_BE_WRITTEN, ListNode, MapNode, Node, Scalar, read
from bot.script.questions import DAYS
from bot.script.rules.unsure import is_unsure
from bot.script.script import Path, Script, Wording
from bot.script.wording.amounts import amounts, unit_of
from bot.script.wording.compare import aligned
from bot.script.wording.lexicon import listed

#: At most so many faults of one class in one script.
MOST = 5


@dataclass(frozen=True)
class Fault:
    """A changed script, the rules one of which must find it, and the lines one of which must be named."""

    kind: str
    what: str
    source: str
    rules: frozenset[str]
    lines: frozenset[int]

    def __str__(self) -> str:
        return f"{self.kind}-{self.what}"


class Page:
    """A good script, its parts, and what it reads like with some characters changed."""

    def __init__(self, source: str) -> None:
        self.source = source
        node, problems = read(source, "flow.yaml")
        flow = compile_script(source, "flow.yaml").flow
        assert node is not None
        assert flow is not None
        assert not problems
        self.script = Script("flow.yaml", node, flow)
        self.flow: Flow = flow
        self.starts = [0, *(found.end() for found in re.finditer("\n", source))]

    def place(self, path: Path, words: str | None = None) -> tuple[int, int]:
        """Where a value, or some words of it, stand in the source."""
        node = self.script.node(*path)
        place = node.place
        if words is not None:
            assert isinstance(node, Scalar)
            place = node.part(node.text.index(words), len(words))
        start = self.starts[place.line - 1] + place.column - 1
        return start, start + place.length

    def line(self, *path: str | int) -> int:
        return self.script.line(*path)

    def changed(self, *changes: tuple[tuple[int, int], str]) -> str:
        """The source with some stretches replaced."""
        source = self.source
        for (start, end), words in sorted(changes, reverse=True):
            source = source[:start] + words + source[end:]
        return source

    def swapped(self, path: Path, old: str, new: str) -> str:
        """The source with some words of a value replaced."""
        return self.changed((self.place(path, old), new))

    def put(self, path: Path, words: str) -> str:
        """The source with another value on one line."""
        return self.changed((self.place(path), words))

    def without(self, path: Path) -> str:
        """The source without a part: an item of a list, or a key with its value."""
        first, last = self.span(path)
        lines = self.source.split("\n")
        return "\n".join(lines[: first - 1] + lines[last - 1 :])

    def span(self, path: Path) -> tuple[int, int]:
        """The lines of a part, up to the next one of its kind."""
        *above, name = path
        parent = self.script.node(*above)
        if isinstance(name, int):
            assert isinstance(parent, ListNode)
            after = parent.items[name + 1 : name + 2]
        else:
            assert isinstance(parent, MapNode)
            keys = [key for key, _ in parent.entries]
            at = next(at for at, key in enumerate(keys) if key.text == name)
            after = tuple(keys[at + 1 : at + 2])
            if not after:
                return self.key_line(path), self.end_of(parent.entries[-1][1])
            return self.key_line(path), after[0].place.line
        return self.line(*path), after[0].place.line if after else self.end_of(self.script.node(*path))

    def key_line(self, path: Path) -> int:
        parent = self.script.node(*path[:-1])
        assert isinstance(parent, MapNode)
        key = parent.key(str(path[-1]))
        assert key is not None
        return key.place.line

    def end_of(self, node: Node) -> int:
        """The line after a part."""
        match node:
            case MapNode() if node.entries:
                return max(self.end_of(value) for _, value in node.entries)
            case ListNode() if node.items:
                return max(self.end_of(item) for item in node.items)
            case Scalar():
                return node.place.line + node.written.rstrip().count("\n") + 1
            case _:
                return node.place.line + 1

    def pairs(self) -> Iterator[Wording]:
        """Every text for participants in both languages, once."""
        seen = set()
        for wording in self.script.wordings():
            if wording.path not in seen and self.script.scalar(*wording.path, "zh"):
                seen.add(wording.path)
                yield wording

    def asks(self) -> Iterator[tuple[int, Question]]:
        yield from enumerate(self.flow.questions)

    def scales(self) -> Iterator[tuple[Path, str, tuple[Range, ...], Amount]]:
        """Where ranges stand, whose they are, and what lies between two numbers of them."""
        for index, question in self.asks():
            yield ("questions", index, "ranges"), question.id, question.ranges, step(question.decimals)
        for index, value in enumerate(self.flow.computed):
            yield ("computed", index, "ranges"), value.id, value.ranges, step(value.decimals)

    def options(self, own: bool = False) -> Iterator[tuple[int, int, Option]]:
        """Every option with the places of its question and of itself; `own`: not in an answer set."""
        for index, question in self.asks():
            if not own or self.script.options_path(index)[0] == "questions":
                for place, option in enumerate(question.options):
                    yield index, place, option


Made = tuple[str, str, str, set[int]]
Maker = Callable[[Page], Iterator[Made]]
MAKERS: dict[str, tuple[Maker, str]] = {}


def makes(rules: str) -> Callable[[Maker], Maker]:
    """Registers a class of faults and the rules, one of which must find each."""

    def register(maker: Maker) -> Maker:
        assert maker.__doc__
        MAKERS[maker.__name__] = (maker, rules)
        return maker

    return register


def faults(source: str, most: int = MOST) -> Iterator[Fault]:
    """Every class of faults, spread over the script."""
    page = Page(source)
    for kind, (maker, rules) in MAKERS.items():
        for number, (what, changed, rule, lines) in enumerate(_spread(list(maker(page)), most), 1):
            assert changed != source, (kind, what)
            yield Fault(
                kind, f"{number}-{what}", changed, frozenset((rule or rules).split()), frozenset(lines)
            )


def _spread(made: Sequence[Made], most: int) -> Iterator[Made]:
    step = max(1, len(made) / most)
    for at in range(min(most, len(made))):
        yield made[int(at * step)]


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _lines(page: Page, path: Path) -> set[int]:
    """The lines of a text in every language, whichever of its lines it is on."""
    found = set()
    for language in ("zh", "en"):
        node = page.script.scalar(*path, language)
        if node is not None:
            found |= set(range(node.place.line, page.end_of(node)))
    return found


# --- both languages ---


@makes("languages")
def blank_text(page: Page) -> Iterator[Made]:
    """The text of one language becomes an empty one."""
    for wording in page.pairs():
        for language in ("zh", "en"):
            path = (*wording.path, language)
            node = page.script.scalar(*path)
            if node and not node.written:
                yield _name(path), page.put(path, '""'), "", {node.place.line}


@makes("numbers")
def number_changed(page: Page) -> Iterator[Made]:
    """A number is another one in one language: 12 months and 6 months."""
    for wording in (*page.pairs(), *page.script.staff_wordings()):
        for language in ("zh", "en"):
            for amount in amounts(wording.text[language], language):
                digits = re.match(r"\d+", amount.words)
                if digits and isinstance(amount.value, float) and "/" not in wording.text[language]:
                    new = amount.words.replace(digits[0], str(int(digits[0]) * 2 + 1), 1)
                    path = (*wording.path, language)
                    yield (
                        f"{_name(path)}-{digits[0]}",
                        page.swapped(path, amount.words, new),
                        "",
                        _lines(page, wording.path),
                    )
                    break


@makes("numbers")
def unit_changed(page: Page) -> Iterator[Made]:
    """Months become weeks, minutes hours, in one language."""
    others = {
        "个月": "周",
        "months": "weeks",
        "分钟": "小时",
        "minutes": "hours",
        "天": "周",
        "days": "weeks",
        "years": "months",
    }
    for wording in (*page.pairs(), *page.script.staff_wordings()):
        for language in ("zh", "en"):
            for amount in amounts(wording.text[language], language):
                for old, new in others.items():
                    if amount.words.endswith(old) and not amount.soft:
                        path = (*wording.path, language)
                        yield (
                            _name(path),
                            page.swapped(path, amount.words, amount.words.replace(old, new)),
                            "",
                            _lines(page, wording.path),
                        )


@makes("numbers")
def comparison_changed(page: Page) -> Iterator[Made]:
    """ "At least" becomes "at most", 内 becomes 以上, in one language."""
    others = {"within": "more than", "at most": "at least", "天内": "天以上"}
    for wording in page.pairs():
        for language in ("zh", "en"):
            for amount in amounts(wording.text[language], language):
                for old, new in others.items():
                    if old in amount.said:
                        said = amount.said
                        path = (*wording.path, language)
                        yield (
                            _name(path),
                            page.swapped(path, said, said.replace(old, new)),
                            "",
                            _lines(page, wording.path),
                        )


@makes("negation yes_no")
def negation_lost(page: Page) -> Iterator[Made]:
    """The only word that denies is taken out of a sentence in one language."""
    lost = {"不": "", "没有": "有", "not": "", "没": "", "do not": "", "cannot": "can", "does not": "does"}
    for wording in page.pairs():
        for stretches in aligned(wording.text["zh"], wording.text["en"]):
            for language, part in zip(("zh", "en"), stretches, strict=True):
                text = wording.text[language][part]
                hits = list(listed("negation").hits(text, language))
                other = wording.text["en" if language == "zh" else "zh"][
                    stretches[1 if language == "zh" else 0]
                ]
                if len(hits) == 1 and hits[0].words in lost and other.strip():
                    mended = text[: hits[0].start] + lost[hits[0].words] + text[hits[0].end :]
                    path = (*wording.path, language)
                    if "\n" not in text.strip() and not listed("negation").among(mended, language):
                        yield (
                            f"{_name(path)}-{text[:12].strip()}",
                            page.swapped(path, text.strip(), mended.strip()),
                            "",
                            _lines(page, wording.path),
                        )


@makes("yes_no negation")
def swapped_labels(page: Page) -> Iterator[Made]:
    """The words of the yes and of the no button change places, in one language or in both."""
    for index, question in page.asks():
        codes = [option.code for option in question.options]
        if {"yes", "no"} <= set(codes):
            yes, no = codes.index("yes"), codes.index("no")
            path = page.script.options_path(index)
            for languages in (("zh",), ("en",), ("zh", "en")):
                changes = []
                for language in languages:
                    places = [page.place((*path, at, "label", language)) for at in (yes, no)]
                    changes += [
                        (places[0], page.source[slice(*places[1])]),
                        (places[1], page.source[slice(*places[0])]),
                    ]
                lines = {page.line(*path, at) for at in (yes, no)}
                yield f"{question.id}-{'-'.join(languages)}", page.changed(*changes), "", lines


@makes("yes_no")
def unsure_says_something_else(page: Page) -> Iterator[Made]:
    """ "Not sure" becomes another answer."""
    for index, place, option in page.options():
        if option.code == "unsure":
            path = (*page.script.options_path(index), place, "label")
            yield _name(path), page.put((*path, "zh"), "其他"), "", {page.line(*path)}


@makes("placeholders")
def placeholder_dropped(page: Page) -> Iterator[Made]:
    """A placeholder is missing in one language."""
    for wording in page.pairs():
        for language in ("zh", "en"):
            for found in re.findall(r"\{\w+\}", wording.text[language])[:1]:
                path = (*wording.path, language)
                yield (
                    f"{_name(path)}-{found[1:-1]}",
                    page.swapped(path, found, ""),
                    "",
                    _lines(page, wording.path),
                )


@makes("placeholders")
def placeholder_misspelt(page: Page) -> Iterator[Made]:
    """A placeholder that nothing fills."""
    for wording in page.pairs():
        for found in re.findall(r"\{\w+\}", wording.text["zh"])[:1]:
            path = (*wording.path, "zh")
            node = page.script.scalar(*path)
            assert node is not None
            line = node.part(node.text.index(found), len(found)).line
            yield _name(path), page.swapped(path, found, found[:-2] + "}"), "", {line}


@makes("glossary")
def term_translated_otherwise(page: Page) -> Iterator[Made]:
    """A term of the glossary is called something else in one language."""
    for name, wording in _uses_of_terms(page):
        term = page.flow.glossary[name]
        for language, other in (("zh", "某种东西"), ("en", "something")):
            if wording.text[language].count(term[language]) == 1:
                path = (*wording.path, language)
                yield (
                    f"{_name(path)}-{name}",
                    page.swapped(path, term[language], other),
                    "",
                    _lines(page, wording.path),
                )


@makes("glossary")
def glossary_says_otherwise(page: Page) -> Iterator[Made]:
    """The glossary gives a term another translation than the texts."""
    for name, term in page.flow.glossary.items():
        lines = {
            line for each, used in _uses_of_terms(page) if each == name for line in _lines(page, used.path)
        }
        for language, other in (("zh", "某种东西"), ("en", "something")):
            if lines and page.script.scalar("glossary", name, language):
                place = ("glossary", name, language)
                yield f"{name}-{language}", page.swapped(place, term[language], other), "", lines


def _uses_of_terms(page: Page) -> Iterator[tuple[str, Wording]]:
    """Every text that has a term of the glossary in both languages."""
    for name, term in page.flow.glossary.items():
        for wording in (*page.pairs(), *page.script.staff_wordings()):
            if wording.path[0] != "glossary" and all(term[each] in wording.text[each] for each in term):
                yield name, wording


@makes("wrong_language")
def left_over_language(page: Page) -> Iterator[Made]:
    """The text of one language stands in the other: never translated."""
    for wording in page.pairs():
        for language, other in (("zh", "en"), ("en", "zh")):
            path = (*wording.path, language)
            node = page.script.scalar(*path)
            text = wording.text[other]
            if node and not node.written and '"' not in text and len(text) > 12:
                yield _name(path), page.put(path, f'"{text}"'), "", {node.place.line}


@makes("asking")
def question_mark_lost(page: Page) -> Iterator[Made]:
    """A question ends with a full stop in one language."""
    for index, question in page.asks():
        path: Path = ("questions", index, "ask", "zh")
        if question.ask["zh"].count("？") == 1:
            yield question.id, page.swapped(path, "？", "。"), "", {page.line(*path)}


# --- meanings and order ---


def _meaning(page: Page, index: int, code: str) -> Path | None:
    question = page.flow.questions[index]
    option = question.option(code)
    if option is None:
        return None
    path = page.script.meaning_path(index, question.options.index(option))
    return path if page.script.scalar(*path) else None


@makes("inverted")
def inverted_meaning(page: Page) -> Iterator[Made]:
    """What the yes and the no mean change places."""
    for index, question in page.asks():
        bad = [
            o
            for o in question.options
            if not is_unsure(o)
            and o.code != "na"
            and o.means
            and all(m.state in (State.FAILS, State.OPEN) for m in o.means.values())
        ]
        good = [
            o
            for o in question.options
            if o.code in ("yes", "no", "none", "clinic", "doctor")
            and all(m.state is State.MEETS for m in o.means.values())
        ]
        if len(bad) != 1 or len(good) != 1:
            continue
        paths = [_meaning(page, index, option.code) for option in (bad[0], good[0])]
        if paths[0] and paths[1] and _checked_for_inversion(page, question):
            places = [page.place(path) for path in paths if path]
            source = page.changed(
                (places[0], page.source[slice(*places[1])]), (places[1], page.source[slice(*places[0])])
            )
            lines = {page.line(*path) for path in paths if path}
            yield question.id, source, "", lines


def _checked_for_inversion(page: Page, question: Question) -> bool:
    """A criterion that rules something out may be met by either answer; there the rule says nothing on purpose."""
    texts = [page.flow.criterion_by_id[name].text["zh"] for name in question.criteria]
    return not any("排除" in text for text in texts)


@makes("limits")
def limit_moved(page: Page) -> Iterator[Made]:
    """A limit is moved by one step, with the range beside it; a window is a month or a week longer or shorter."""
    for base, name, ranges, one in page.scales():
        for (place, part), (after, following) in pairwise(enumerate(ranges)):
            states = [{c: m.state for c, m in each.means.items()} for each in (part, following)]
            if states[0] == states[1] or part.high is None or following.low is None:
                continue
            for by in (-one, one):
                if part.low is not None and part.low > part.high + by:
                    continue
                source = page.changed(
                    (page.place((*base, place, "to")), str(part.high + by)),
                    (page.place((*base, after, "from")), str(following.low + by)),
                )
                lines = {page.line(*base, place), page.line(*base, after)}
                yield f"{name}-{part.high + by}", source, "", lines
    for index, question in page.asks():
        for unit in DAYS if question.window else ():
            path: Path = ("questions", index, "window", unit)
            node = page.script.scalar(*path)
            for by in (-1, 1) if page.script.exists(*path) and node else ():
                yield f"{question.id}-{by}", page.put(path, str(int(node.text) + by)), "", {page.line(*path)}


@makes("limits")
def duration_of_both_languages(page: Page) -> Iterator[Made]:
    """A question asks about another stretch of time than its criterion, in both languages alike."""
    for index, question in page.asks():
        zh = [a for a in amounts(question.ask["zh"], "zh") if a.unit in ("month", "week")]
        en = [a for a in amounts(question.ask["en"], "en") if a.unit in ("month", "week")]
        if zh and en:
            path: Path = ("questions", index, "ask")
            for months in (3, 6, 24):
                source = page.changed(
                    (page.place((*path, "zh"), zh[0].words), f"{months}个月"),
                    (page.place((*path, "en"), en[0].words), f"{months} months"),
                )
                yield f"{question.id}-{months}", source, "", _lines(page, path)


@makes("criteria references")
def dropped_criterion(page: Page) -> Iterator[Made]:
    """A criterion is taken out of the ledger, or the only question that decides it is."""
    for index, criterion in enumerate(page.flow.criteria):
        asking = [at for at, q in page.asks() if criterion.id in q.criteria]
        if asking:
            first = page.span(("criteria", index))
            shift = first[1] - first[0]
            source = page.without(("criteria", index))
            places = {page.line("questions", at, "criteria") - shift for at in asking}
            yield criterion.id, source, "references", places
        named = (
            [
                q
                for q in page.flow.questions
                if q.ask_if and page.flow.questions[asking[0]].id in q.ask_if.questions()
            ]
            if asking
            else []
        )
        flagged = (
            any(page.flow.questions[asking[0]].id in flag.when.questions() for flag in page.flow.flags)
            if asking
            else False
        )
        if len(asking) == 1 and not named and not flagged:
            yield (
                f"{criterion.id}-question",
                page.without(("questions", asking[0])),
                "criteria",
                {page.line("criteria", index, "settled_by")},
            )


@makes("meanings reach")
def dead_end_after_not_sure(page: Page) -> Iterator[Made]:
    """ "Not sure" only opens a follow-up, and there is none for it."""
    for index, question in page.asks():
        path = _meaning(page, index, "unsure")
        if path and question.kind is not Kind.DATE:
            yield question.id, page.put(path, "next"), "", {page.line(*path)}


@makes("unsure")
def not_sure_decides(page: Page) -> Iterator[Made]:
    """ "Not sure" fails, or meets."""
    for index, question in page.asks():
        path = _meaning(page, index, "unsure")
        if path:
            yield f"{question.id}-meets", page.put(path, "meets"), "", {page.line(*path)}
            yield f"{question.id}-fails", page.put(path, "fails"), "", {page.line(*path)}


@makes("ledger")
def nobody_passes(page: Page) -> Iterator[Made]:
    """The only answer that meets a criterion fails or leaves it open instead."""
    for index, question in page.asks():
        good = [
            o.code
            for o in question.options
            if o.means and all(m.state is State.MEETS for m in o.means.values())
        ]
        path = _meaning(page, index, good[0]) if len(good) == 1 else None
        passing = [
            o
            for o in question.options
            if any(m.state in (State.NA, State.NOT_ASKED) for m in o.means.values())
        ]
        if path and not passing and question.ask_if is None:
            yield (
                f"{question.id}-open",
                page.put(path, "open"),
                "",
                {page.line("questions", index, "criteria")},
            )


@makes("ledger")
def nobody_fails(page: Page) -> Iterator[Made]:
    """The only answer that fails is made to be checked by a person."""
    for index, question in page.asks():
        bad = [o.code for o in question.options if any(m.state is State.FAILS for m in o.means.values())]
        path = _meaning(page, index, bad[0]) if len(bad) == 1 and question.window is None else None
        if path and page.script.exists("questions", index, "lasting"):
            yield question.id, page.put(path, "open"), "", {page.line("questions", index, "lasting")}


@makes("lasting")
def lasting_dropped(page: Page) -> Iterator[Made]:
    """A fail does not say whether it can pass."""
    for index, question in page.asks():
        path = ("questions", index, "lasting")
        if page.script.exists(*path) and question.window is None:
            first, after = page.span(path)
            source = page.without(path)
            wanted = {
                page.line(*page.script.meaning_path(index, at))
                for at, o in enumerate(question.options)
                if any(m.state is State.FAILS for m in o.means.values())
            } | {
                page.line("questions", index, "ranges", at, "means")
                for at, part in enumerate(question.ranges)
                if any(m.state is State.FAILS for m in part.means.values())
            }
            yield (
                question.id,
                source,
                "",
                {line if line < first else line - (after - first) for line in wanted},
            )


@makes("reach")
def contradictory_condition(page: Page) -> Iterator[Made]:
    """A condition that no answers can satisfy, or that holds whatever is answered."""
    single = [
        (at, q) for at, q in page.asks() if q.kind is Kind.SINGLE and len(q.options) > 1 and q.ask_if is None
    ]
    for (_, earlier), (index, question) in pairwise(single):
        codes = [option.code for option in earlier.options]
        path: Path = ("questions", index, "id")
        for what, condition in (
            ("never", f"{earlier.id} = {codes[0]} and {earlier.id} = {codes[1]}"),
            ("always", f"{earlier.id} in [{', '.join(codes)}]"),
        ):
            source = page.put(path, f"{question.id}\n    ask_if: {condition}")
            yield f"{question.id}-{what}", source, "", {page.line(*path) + 1}


@makes("reach")
def unreachable_question(page: Page) -> Iterator[Made]:
    """A question is asked only after an answer that ends the questions."""
    single = [(at, q) for at, q in page.asks() if q.kind is Kind.SINGLE and q.ask_if is None]
    for (_, earlier), (index, question) in pairwise(single):
        failing = [o.code for o in earlier.options if any(m.state is State.FAILS for m in o.means.values())]
        if failing:
            path: Path = ("questions", index, "id")
            source = page.put(path, f"{question.id}\n    ask_if: {earlier.id} = {failing[0]}")
            yield question.id, source, "", {page.line(*path) + 1}


@makes("references conditions")
def unknown_in_condition(page: Page) -> Iterator[Made]:
    """A condition names an option or a question that does not exist, or one that comes later."""
    for index, question in page.asks():
        path: Path = ("questions", index, "ask_if")
        node = page.script.scalar(*path)
        if node is None:
            continue
        name = next(iter(question.ask_if.questions())) if question.ask_if else ""
        word = re.findall(r"\w+\W*$", node.text)[-1]
        yield (
            f"{question.id}-code",
            page.swapped(path, f" {word}", f" x{word}"),
            "references",
            {node.place.line},
        )
        yield f"{question.id}-question", page.swapped(path, name, f"{name}x"), "conditions", {node.place.line}
        last = page.flow.questions[-1]
        yield (
            f"{question.id}-later",
            page.put(path, f"{last.id} = {last.options[0].code}"),
            "conditions",
            {node.place.line},
        )


@makes("references meanings")
def unknown_option(page: Page) -> Iterator[Made]:
    """`means` gives a meaning to an option that does not exist."""
    for index, question in page.asks():
        means = page.script.node("questions", index, "means")
        if isinstance(means, MapNode) and page.script.exists("questions", index, "means"):
            key = means.entries[0][0]
            place = (page.starts[key.place.line - 1] + key.place.column - 1,) * 2
            yield (
                question.id,
                page.changed(((place[0], place[0] + key.place.length), "maybe")),
                "",
                {key.place.line},
            )


@makes("references")
def unknown_criterion(page: Page) -> Iterator[Made]:
    """A question decides a criterion that is not in the ledger."""
    for index, question in page.asks():
        path: Path = ("questions", index, "criteria", 0)
        yield question.id, page.put(path, "E99"), "", {page.line(*path)}


@makes("criteria")
def criterion_of_the_team(page: Page) -> Iterator[Made]:
    """A question decides a criterion that only the team settles."""
    team = [c.id for c in page.flow.criteria if c.settled_by.value != "questions"]
    for index, question in page.asks():
        if team:
            path: Path = ("questions", index, "criteria", 0)
            yield (
                question.id,
                page.changed((page.place(path), f"{question.criteria[0]}, {team[0]}")),
                "",
                {page.line(*path)},
            )


@makes("ranges")
def gap_or_overlap(page: Page) -> Iterator[Made]:
    """A range starts one step later or earlier than the one before ends."""
    for base, name, ranges, one in page.scales():
        for place, part in enumerate(ranges):
            if part.low is not None and place:
                path: Path = (*base, place, "from")
                lines = {page.line(*path), page.line(*base, place - 1), page.line(*base[:-1], "valid")}
                lines.add(page.line(*base, min(place + 1, len(ranges) - 1)))
                for by in (-one, one):
                    yield f"{name}-{part.low + by}", page.put(path, str(part.low + by)), "ranges", lines


# --- numbers in a unit, and what is worked out from them ---


@makes("numbers")
def unit_of_one_language(page: Page) -> Iterator[Made]:
    """A number is asked for in another unit in one language."""
    others = {"zh": ("天", "公斤", "厘米"), "en": ("days", "kg", "cm")}
    for index, question in page.asks():
        for language, words in others.items() if question.unit else ():
            path: Path = ("questions", index, "unit")
            for other in words:
                if unit_of(other, language) != unit_of(question.unit[language], language):
                    yield f"{question.id}-{other}", page.put((*path, language), other), "", _lines(page, path)


@makes("computed")
def formula_of_something_else(page: Page) -> Iterator[Made]:
    """A formula takes a question that is no number, one in another unit, or one that does not exist."""
    for index, value in enumerate(page.flow.computed):
        for term, taken in value.takes.items():
            path: Path = ("computed", index, "from", term)
            no_number = next(question.id for _, question in page.asks() if question.kind is Kind.SINGLE)
            swapped = next(id for id in value.takes.values() if id != taken)
            yield f"{term}-no-number", page.put(path, no_number), "", {page.line(*path)}
            yield f"{term}-other-unit", page.put(path, swapped), "", {page.line(*path)}
            yield f"{term}-unknown", page.put(path, taken + "x"), "conditions", {page.line(*path)}


@makes("computed")
def formula_in_other_units(page: Page) -> Iterator[Made]:
    """A question of a formula asks for another unit in both languages, or its number may be 0."""
    for index, question in page.asks():
        if question.worked_out and question.unit:
            unit: Path = ("questions", index, "unit")
            places = [page.place((*unit, language)) for language in ("zh", "en")]
            lines = {
                page.line("computed", at, "from", term)
                for at, value in enumerate(page.flow.computed)
                for term, taken in value.takes.items()
                if taken == question.id
            }
            yield f"{question.id}-unit", page.changed((places[0], "毫米"), (places[1], "mm")), "", lines
            yield f"{question.id}-zero", page.put(("questions", index, "valid", "from"), "0"), "", lines


@makes("meanings")
def value_says_nothing(page: Page) -> Iterator[Made]:
    """A value means next, which only leads to another question."""
    for index, value in enumerate(page.flow.computed):
        for place, _ in enumerate(value.ranges):
            path: Path = ("computed", index, "ranges", place, "means")
            yield f"{value.id}-{place}", page.put(path, "next"), "", {page.line(*path)}


@makes("values")
def too_many_decimals(page: Page) -> Iterator[Made]:
    """A limit has more decimals than its number."""
    for base, name, ranges, one in page.scales():
        for place, part in enumerate(ranges):
            if part.high is not None:
                path: Path = (*base, place, "to")
                yield (
                    f"{name}-{place}",
                    page.put(path, f"{part.high + one * Decimal('0.25')}"),
                    "",
                    {page.line(*path)},
                )


@makes("windows")
def window_in_two_units(page: Page) -> Iterator[Made]:
    """A window is counted in months and in days."""
    for index, question in page.asks():
        if question.window:
            path: Path = ("questions", index, "window")
            yield question.id, page.put(path, "{months: 6, days: 3}"), "", {page.line(*path)}


@makes("to_be_written")
def left_to_be_written(page: Page) -> Iterator[Made]:
    """A text, a meaning or who settles a criterion still says to_be_written."""
    for wording in page.pairs():
        path = (*wording.path, "en")
        node = page.script.scalar(*path)
        if node and not node.written:
            yield _name(path), page.put(path, TO_BE_WRITTEN), "", {node.place.line}
    for index, criterion in enumerate(page.flow.criteria):
        path = ("criteria", index, "settled_by")
        yield criterion.id, page.put(path, TO_BE_WRITTEN), "", {page.line(*path)}


# --- words ---


def _said(page: Page, language: str, words: str, inner: bool = False) -> Iterator[tuple[Wording, str, int]]:
    """The source with some words put in front of a text, and the line they are on."""
    for wording in page.pairs():
        if wording.path[0] in {"texts", "notice", "questions"} and wording.name not in {"short", "part"}:
            path = (*wording.path, language)
            node = page.script.scalar(*path)
            assert node is not None
            first = re.match(r"[^\s，。,.!?！？：:]+", wording.text[language])
            if first and (wording.name != "ask" or inner):
                yield wording, page.swapped(path, first[0], words + first[0]), node.part(0, 1).line


@makes("claims")
def claim(page: Page) -> Iterator[Made]:
    """A text says that a product is safe, works or is new, or that somebody qualifies (R-3)."""
    for language, words in (
        ("zh", "安全有效"),
        ("en", "No side effects "),
        ("zh", "根治"),
        ("en", "You qualify "),
        ("en", "It is safe and effective "),
    ):
        for wording, source, line in list(_said(page, language, words))[:: 1 + len(words)]:
            yield f"{_name(wording.path)}-{words}", source, "", {line}


@makes("inducement")
def inducement(page: Page) -> Iterator[Made]:
    """Money, scarcity or hurry (R-24)."""
    for language, words in (
        ("zh", "免费"),
        ("en", "Free treatment "),
        ("zh", "名额有限"),
        ("en", "Sign up now "),
    ):
        for wording, source, line in list(_said(page, language, words))[:: 1 + len(words)]:
            yield f"{_name(wording.path)}-{words}", source, "", {line}


@makes("tone")
def tone(page: Page) -> Iterator[Made]:
    """你 for 您, subjects, praise, regret, emoji."""
    for wording in page.pairs():
        if "您" in wording.text["zh"] and wording.path[0] == "questions":
            path = (*wording.path, "zh")
            node = page.script.scalar(*path)
            assert node is not None
            yield (
                f"{_name(path)}-informal",
                page.swapped(path, "您", "你"),
                "",
                {node.part(node.text.index("您"), 1).line},
            )
    for language, words in (
        ("zh", "太棒了"),
        ("en", "Great "),
        ("zh", "很遗憾"),
        ("en", "Unfortunately "),
        ("zh", "受试者"),
        ("zh", "🎉"),
    ):
        for wording, source, line in list(_said(page, language, words))[::5]:
            yield f"{_name(wording.path)}-{words}", source, "", {line}


@makes("site_facts")
def site_fact_written_out(page: Page) -> Iterator[Made]:
    """A phone number or the days of the site instead of a placeholder."""
    for wording in page.pairs():
        for name, new in (
            ("{phone}", "0591-83357896"),
            ("{ae_phone}", "13800138000"),
            ("{delete_days}", "30"),
            ("{stop_days}", "7"),
        ):
            if name in wording.text["zh"] and name in wording.text["en"]:
                paths = [(*wording.path, language) for language in ("zh", "en")]
                source = page.changed(*((page.place(path, name), new) for path in paths))
                yield f"{_name(wording.path)}-{name[1:-1]}", source, "", _lines(page, wording.path)


@makes("slots")
def slot_without_what_it_is_for(page: Page) -> Iterator[Made]:
    """Whom to call or when answers are deleted is gone in both languages."""
    for path, needed in (
        (("texts", "unwell"), "{ae_phone}"),
        (("texts", "already_enrolled"), "{ae_phone}"),
        (("texts", "no_consent"), "{phone}"),
        (("texts", "not_match"), "{phone}"),
        (("notice", "contact"), "{phone}"),
        (("notice", "screened_out"), "{delete_days}"),
        (("notice", "rights"), "/delete"),
    ):
        source = page.changed(*((page.place((*path, language), needed), "") for language in ("zh", "en")))
        yield _name(path), source, "", _lines(page, path)


@makes("keys")
def slot_missing(page: Page) -> Iterator[Made]:
    """A text that every script has is left out."""
    for part in ("texts", "notice"):
        node = page.script.node(part)
        assert isinstance(node, MapNode)
        for key, _ in node.entries[1:-1]:
            yield f"{part}-{key.text}", page.without((part, key.text)), "", {node.place.line}


@makes("asking")
def asked_badly(page: Page) -> Iterator[Made]:
    """Two questions in one, a second question mark, a question in the help, a question in the negative."""
    for index, question in page.asks():
        en: Path = ("questions", index, "ask", "en")
        line = page.line(*en)
        end = question.ask["en"].rstrip()[-8:]
        if question.ask["en"].endswith("?"):
            yield (
                f"{question.id}-two",
                page.swapped(en, end, end.replace("?", " and/or do you smoke?")),
                "",
                {line},
            )
            yield f"{question.id}-marks", page.swapped(en, end, end.replace("?", "? Really?")), "", {line}
        help_path: Path = ("questions", index, "help", "zh")
        node = page.script.scalar(*help_path)
        if node and question.help["zh"].endswith("。"):
            tail = question.help["zh"][-6:]
            yield (
                f"{question.id}-help",
                page.swapped(help_path, tail, tail.replace("。", "？")),
                "",
                {page.end_of(node) - 1},
            )


@makes("reading")
def too_long(page: Page) -> Iterator[Made]:
    """A question of more than 15 words or 25 characters, a help text of more than 60, a long sentence."""
    for index, question in page.asks():
        path: Path = ("questions", index, "ask")
        tail = question.ask["zh"][-4:]
        longer = "以前在任何时候任何地方因为任何原因在任何医院里" + tail
        yield f"{question.id}-zh", page.swapped((*path, "zh"), tail, longer), "", {page.line(*path, "zh")}
        tail = question.ask["en"].split()[-1]
        longer = "ever in your life in any place and for any reason at any hospital of your town " + tail
        yield f"{question.id}-en", page.swapped((*path, "en"), tail, longer), "", {page.line(*path, "en")}


@makes("punctuation")
def punctuation(page: Page) -> Iterator[Made]:
    """A half-width mark in Chinese, a full-width one in English."""
    for wording in page.pairs():
        if "。" in wording.text["zh"] and wording.path[0] in {"texts", "questions"}:
            path = (*wording.path, "zh")
            node = page.script.scalar(*path)
            assert node is not None
            at = node.text.index("。")
            before = node.text[at - 1 : at + 1]
            if not node.written or node.text.count(before) == 1:
                yield (
                    _name(path),
                    page.swapped(path, before, before.replace("。", ";")),
                    "",
                    {node.part(at, 1).line},
                )
        if ", " in wording.text["en"]:
            path = (*wording.path, "en")
            node = page.script.scalar(*path)
            assert node is not None
            yield _name(path), page.swapped(path, ", ", "，"), "", {node.part(node.text.index(", "), 1).line}


@makes("labels")
def same_label_twice(page: Page) -> Iterator[Made]:
    """Two buttons of a question read alike."""
    for index, question in page.asks():
        if len(question.options) > 2:
            path = page.script.options_path(index)
            places = [page.place((*path, at, "label", "zh")) for at in (0, 2)]
            yield (
                question.id,
                page.changed((places[1], page.source[slice(*places[0])])),
                "",
                {page.line(*path, 2)},
            )


# --- the file ---


@makes("keys")
def misspelt_key(page: Page) -> Iterator[Made]:
    """A key that does not exist."""
    for index, question in page.asks():
        for key in ("help", "kind", "short"):
            line = page.key_line(("questions", index, key))
            start = page.source.index(key, page.starts[line - 1])
            yield f"{question.id}-{key}", page.changed(((start, start + len(key)), f"{key}s")), "", {line}


@makes("values")
def wrong_value(page: Page) -> Iterator[Made]:
    """A kind, a meaning or a length that does not exist; Chinese quotation marks; full-width brackets."""
    for index, question in page.asks():
        path: Path = ("questions", index, "kind")
        yield f"{question.id}-kind", page.put(path, "choice"), "", {page.line(*path)}
        yield f"{question.id}-quotes", page.put(path, f"“{question.kind.value}”"), "", {page.line(*path)}
        path = ("questions", index, "criteria")
        yield (
            f"{question.id}-brackets",
            page.put(path, f"【{'，'.join(question.criteria)}】"),
            "",
            {page.line(*path)},
        )


@makes("ids")
def wrong_id(page: Page) -> Iterator[Made]:
    """An id with a capital or a hyphen, or one that is taken."""
    for (_, earlier), (index, question) in pairwise(list(page.asks())):
        path: Path = ("questions", index, "id")
        yield f"{question.id}-hyphen", page.put(path, question.id.title() + "-1"), "", {page.line(*path)}
        yield f"{question.id}-taken", page.put(path, earlier.id), "", {page.line(*path)}


@makes("yaml")
def broken_yaml(page: Page) -> Iterator[Made]:
    """A tab, a full-width colon, a missing quotation mark, a missing brace, a line out of place."""
    for index, question in page.asks():
        line = page.key_line(("questions", index, "kind"))
        start = page.starts[line - 1]
        text = page.source[start : page.source.index("\n", start)]
        stretch = (start, start + len(text))
        yield f"{question.id}-tab", page.changed((stretch, "\t" + text.lstrip())), "", {line}
        yield f"{question.id}-colon", page.changed((stretch, text.replace(": ", "："))), "", {line}
        yield f"{question.id}-indent", page.changed((stretch, " " + text)), "", {line}
        short = page.key_line(("questions", index, "short"))
        start = page.starts[short - 1]
        text = page.source[start : page.source.index("\n", start)]
        if text.rstrip().endswith("}"):
            stretch = (start, start + len(text))
            yield f"{question.id}-brace", page.changed((stretch, text.rstrip()[:-1])), "", {short}
    for index, place, _ in page.options(own=True):
        line = page.line("questions", index, "options", place)
        start = page.starts[line - 1]
        text = page.source[start : page.source.index("\n", start)]
        if '"}}' in text or '"},' in text:
            stretch = (start, start + len(text))
            yield f"{index}-{place}-quote", page.changed((stretch, text.replace('"}', "}", 1))), "", {line}


@makes("keys")
def key_twice(page: Page) -> Iterator[Made]:
    """The same key twice in one question."""
    for index, question in page.asks():
        path: Path = ("questions", index, "kind")
        yield (
            question.id,
            page.put(path, f"{question.kind.value}\n    kind: {question.kind.value}"),
            "",
            {page.line(*path) + 1},
        )


# --- harmless ---


def variations(source: str) -> Iterator[tuple[str, str]]:
    """Changes after which a good script is as good as before."""
    page = Page(source)
    yield "windows line ends", source.replace("\n", "\r\n")
    yield "old line ends", source.replace("\n", "\r")
    yield "byte order mark", "\ufeff" + source
    yield "no comments", re.sub(r"(?m)(^|\s)#.*$", "", source)
    yield "more comments", re.sub(r"(?m)^( *)- id:", r"\1# 改动 / a change: 12 months\n\1- id:", source)
    yield "blank lines", re.sub(r"(?m)^( *kind:)", r"\n\1", source)
    yield "spaces at line ends", re.sub(r"(?m)(kind: \w+)$", r"\1   ", source)
    yield "no line end at the end", source.rstrip("\n")
    yield "a document start", "---\n" + source
    yield "single quotes", re.sub(r'"([\w ]+)"', r"'\1'", source)
    yield "quotes around words", re.sub(r"(?m)^( *(?:kind|block|settled_by): )(\w+)", r'\1"\2"', source)
    yield "quotes around texts", _quoted(page)
    yield (
        "spaces inside braces",
        re.sub(r"\{(\w+: )", r"{ \1", source).replace("}}", " } }") if "{zh" in source else source,
    )
    yield "folded texts", re.sub(r"(?m)^(      zh: )([^\"\[{|>\n]+)$", r"\1>-\n        \2", source)
    yield "literal texts", re.sub(r"(?m)^(      (?:zh|en): )([^\"\[{|>\n]+)$", r"\1|-\n        \2", source)
    yield "english before chinese", re.sub(r"\{zh: ([^,{}\"]+), en: ([^,{}]+)\}", r"{en: \2, zh: \1}", source)
    yield (
        "keys in another order",
        re.sub(r"(?m)^(    criteria: .*)\n(    (?:linked: .*\n    )?kind: .*)$", r"\2\n\1", source),
    )
    yield "sections in another order", _sections(source)
    yield "as JSON", _json(source)
    yield "criteria in another order", _moved(page, "criteria")
    yield "a question renamed", re.sub(rf"\b{page.flow.questions[-1].id}\b", "another_name", source)
    yield (
        "a note more",
        re.sub(
            r"(?m)^notes:\n",
            "notes:\n  - id: X9\n    criteria: []\n    text: {zh: 还有一点, en: One more point}\n",
            source,
        ),
    )
    yield "reworded alike", _reworded(page)
    yield "one sentence more in both", _longer(page)
    yield (
        "an exception with a reason",
        source
        + "\nallowed_phrases:\n  - {phrase: "
        + page.flow.study.name["zh"]
        + ", reason: {zh: 研究的名称, en: The name of the study}}\n",
    )


def _quoted(page: Page) -> str:
    changes = []
    for wording in page.pairs():
        for language in ("zh", "en"):
            node = page.script.scalar(*wording.path, language)
            if node and node.plain and not node.written and '"' not in node.text and "\\" not in node.text:
                place = page.place((*wording.path, language))
                changes.append((place, f'"{node.text}"'))
    return page.changed(*changes)


def _sections(source: str) -> str:
    starts = [found.start() for found in re.finditer(r"(?m)^[a-z_]+:", source)]
    sections = [source[a:b] for a, b in pairwise([*starts, len(source)])]
    head = source[: starts[0]]
    return head + "\n".join(section.rstrip("\n") + "\n" for section in reversed(sections))


def _json(source: str) -> str:
    import json

    class Words(str):
        """Kept as words, so that `no` stays one."""

    def plain(node: Node) -> object:
        match node:
            case MapNode():
                return {key.text: plain(value) for key, value in node.entries}
            case ListNode():
                return [plain(item) for item in node.items]
            case Scalar():
                return node.text
        raise AssertionError

    root, _ = read(source, "flow.yaml")
    assert root is not None
    return json.dumps(plain(root), ensure_ascii=False, indent=1)


def _moved(page: Page, part: str) -> str:
    """The first item of a list comes second."""
    first, second = page.span((part, 0)), page.span((part, 1))
    lines = page.source.split("\n")
    head, one, two, tail = (
        lines[: first[0] - 1],
        lines[first[0] - 1 : first[1] - 1],
        lines[second[0] - 1 : second[1] - 1],
        lines[second[1] - 1 :],
    )
    return "\n".join(head + two + one + tail)


def _reworded(page: Page) -> str:
    """Other words in both languages, with the same meaning."""
    changes = []
    for index, question in page.asks():
        for language, old, new in (
            ("zh", "您现在", "您目前"),
            ("zh", "例如", "比如"),
            ("en", "Examples are", "For example"),
        ):
            for part in ("ask", "help"):
                path: Path = ("questions", index, part, language)
                node = page.script.scalar(*path)
                if node and old in node.text:
                    changes.append((page.place(path, old), new))
        _ = question
    return page.changed(*changes)


def _longer(page: Page) -> str:
    changes = []
    for index, question in page.asks():
        for language, sentence in (("zh", "可以慢慢想。"), ("en", " Take your time.")):
            tail = question.help[language][-3:]
            changes.append((page.place(("questions", index, "help", language), tail), tail + sentence))
        if index == 4:
            break
    return page.changed(*changes)
