"""A script drawn from top to bottom: each question with what its answers lead to, the endings, the criteria."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.criteria import SettledBy, State
from bot.core.flow import Flow, Stop
from bot.core.text import Text
from bot.script.drawing.cards import Card, cards
from bot.script.drawing.measure import BOLD, width, wrapped
from bot.script.drawing.paper import Paper, Point, Span, chip_width
from bot.script.outcomes import BEGINS, CHECKS, ENDINGS, MINOR, VERDICTS, Outcome
from bot.script.words import (
    EXCLUSION,
    INCLUSION,
    SETTLED_BY,
    STATES,
    STOP_SENTENCES,
    both,
    listed,
)

MARGIN, GAP, PAD = 24, 26, 14
#: How far apart the lines beside the questions run.
LANE, RAIL = 16, 20
ASKS, MEANS = 330, 430
ACROSS = ASKS + MEANS
LINE = 19
#: Where it says who settles a criterion.
_SETTLED = 150
ENDING_ACROSS, ENDING_DOWN = 178, 74

#: A sign and a colour for each kind of outcome.
SIGNS = {
    State.MEETS.value: ("✓", "good"),
    State.NA.value: ("–", "soft"),
    State.OPEN.value: ("?", "open"),
    State.NOT_ASKED.value: ("↳", "accent"),
    State.FAILS.value: ("✕", "bad"),
    MINOR: ("✕", "bad"),
}
_KEY: tuple[tuple[str, Text], ...] = (
    (State.MEETS.value, STATES[State.MEETS]),
    (State.OPEN.value, STATES[State.OPEN]),
    (State.FAILS.value, STATES[State.FAILS]),
    (State.NOT_ASKED.value, {"zh": "只引出追问", "en": "only leads to another question"}),
    (State.NA.value, STATES[State.NA]),
)
_SKIP: Text = {
    "zh": "每一题都可以跳过，跳过算待核实。",
    "en": "Every question can be skipped; skipped is open.",
}
_CRITERIA: Text = {"zh": "标准", "en": "Criteria"}
_ASKED_BY: Text = {"zh": "第 {numbers} 题", "en": "question {numbers}"}
_VERSION: Text = {"zh": "版本 {hash}", "en": "version {hash}"}
#: When each ending is reached, and its colours.
_REACHED: dict[str, tuple[Text, str, str]] = {
    "likely_match": (
        {"zh": "没有不符合，也没有待核实", "en": "nothing fails, nothing is open"},
        "good-tint",
        "good",
    ),
    "needs_review": (
        {"zh": "没有不符合，有待核实", "en": "nothing fails, something is open"},
        "open-tint",
        "open",
    ),
    "not_match": ({"zh": "至少一条标准不符合", "en": "at least one criterion fails"}, "bad-tint", "bad"),
    "under_age": ({"zh": "回答全部删除", "en": "all answers are erased"}, "bad-tint", "bad"),
}


def drawing(flow: Flow, language: str) -> str:
    """The script as SVG in one language. Each question is a group with the id `question-…`, each value `computed-…`."""
    return _Picture(flow, language).svg()


@dataclass(frozen=True, slots=True)
class _Row:
    """What answers that come to the same mean, and the answers on lines."""

    kind: str
    meaning: str
    lines: Sequence[str]


class _Picture:
    """Draws downwards from `y`."""

    def __init__(self, flow: Flow, language: str) -> None:
        self.flow = flow
        self.language = language
        self.paper = Paper()
        self.numbers = {question.id: number for number, question in enumerate(flow.questions, 1)}
        self.lanes = _lanes(flow, self.numbers)
        self.left = MARGIN + LANE * (max(self.lanes.values(), default=-1) + 1)
        self.right = self.left + ACROSS
        self.y: float = MARGIN
        #: Where answers leave for an ending: its name, and the places.
        self.leaving: dict[str, list[Point]] = {}
        #: By card: where a line to a follow-up begins, and where one arrives.
        self.begins: dict[str, float] = {}
        self.arrives: dict[str, float] = {}

    def svg(self) -> str:
        self._heading()
        self._questions()
        self._follow_ups()
        self._endings()
        self._criteria()
        across = self.right + MARGIN + RAIL * 2
        return self.paper.svg(across, self.y + MARGIN, self._in(self.flow.study.name), self.language)

    def _in(self, text: Text) -> str:
        return text.get(self.language, "")

    def _heading(self) -> None:
        self.y += 16
        version = f"{self.flow.study.protocol} · {self._in(both(_VERSION, hash=self.flow.hash[:12]))}"
        name = Span(self._in(self.flow.study.name), bold=True, size=18)
        self.paper.text(self.left, self.y, name, Span(version, "soft", size=12, after=10))
        self.y += 26
        key: list[Span] = []
        for kind, words in _KEY:
            sign, tone = SIGNS[kind]
            key += [Span(sign, tone, bold=True, after=16 if key else 0), Span(self._in(words), tone, after=2)]
        self.paper.text(self.left, self.y, *key)
        self.y += 22
        for line in wrapped(f"{self._in(STOP_SENTENCES[self.flow.stop])} {self._in(_SKIP)}", 12, ACROSS):
            self.paper.text(self.left, self.y, Span(line, "soft", size=12))
            self.y += 18

    # questions

    def _questions(self) -> None:
        middle = self.left + ASKS / 2
        self.y += 6
        self._pill(middle, self._in(BEGINS))
        block: str | None = None
        for card in cards(self.flow, self.language):
            top = self.y
            if card.block != block:
                block = card.block
                self.y += 14
                self.paper.text(middle + 14, top + 24, Span(block, "soft", bold=True, size=11.5))
            self.y += GAP
            self.paper.line([(middle, top), (middle, self.y)], "line", arrow=True)
            self._card(card)
        self.paper.line([(middle, self.y), (middle, self.y + GAP)], "line", arrow=True)
        self.y += GAP
        self._pill(middle, self._in(CHECKS))

    def _pill(self, middle: float, words: str) -> None:
        across = width(words, 13) * BOLD + 32
        self.paper.box(middle - across / 2, self.y, across, 30, "tint", "accent")
        self.paper.text(middle, self.y + 20, Span(words, "accent", bold=True), middle=True)
        self.y += 30

    def _card(self, card: Card) -> None:
        rows = [self._row(outcome) for outcome in card.outcomes]
        room = ASKS - 2 * PAD
        note = wrapped(card.note, 12, room) if card.note else []
        ask = wrapped(card.ask, 13.5, room) if card.ask else []
        below = self._head_room(card) > room
        left = 24 + 17 * len(note) + LINE * len(ask) + (22 if below else 0)
        down = 2 * PAD + max(left, LINE * sum(len(row.lines) for row in rows)) - 4
        self.paper.begin(card.id)
        self.paper.box(self.left, self.y, ACROSS, down, "paper", "line", dashed=card.conditional)
        x = self.left + ASKS
        self.paper.line([(x, self.y + PAD), (x, self.y + down - PAD)], "line", thick=1)
        self._asks(card, note, ask, below)
        self._means(rows)
        self.paper.end()
        self.y += down

    def _head_room(self, card: Card) -> float:
        """How much of a line the title, the way to answer and the criteria take."""
        chips = sum(chip_width(id) + 5 for id, _ in card.chips)
        return width(card.title, 14.5) * BOLD + (width(card.kind, 11.5) + 8 if card.kind else 0) + 10 + chips

    def _asks(self, card: Card, note: Sequence[str], ask: Sequence[str], below: bool) -> None:
        x, y = self.left + PAD, self.y + PAD + 12
        self.arrives[card.id] = y - 5
        self.begins[card.id] = y + 5
        kind = Span(card.kind, "soft", size=11.5, after=4)
        self.paper.text(x, y, Span(card.title, bold=True, size=14.5), kind)
        across = sum(chip_width(id) + 5 for id, _ in card.chips) - 5
        at = x if below else self.left + ASKS - PAD - across
        if below:
            y += 23
        for id, linked in card.chips:
            self.paper.chip(at, y, id, linked)
            at += chip_width(id) + 5
        y += 3
        for line in note:
            y += 17
            self.paper.text(x, y, Span(line, "accent", size=12))
        for line in ask:
            y += LINE
            self.paper.text(x, y, Span(line, size=13.5))

    def _row(self, outcome: Outcome) -> _Row:
        meaning = self._in(outcome.meaning)
        first = width(meaning, 13) * BOLD + 8
        return _Row(
            outcome.kind, meaning, wrapped(self._in(outcome.answers), 13, MEANS - 2 * PAD - 20, first)
        )

    def _means(self, rows: Sequence[_Row]) -> None:
        x, y = self.left + ASKS + PAD, self.y + PAD - 4
        for row in rows:
            kind = row.kind
            sign, tone = SIGNS[kind]
            self.paper.text(x, y + 15, Span(sign, tone, bold=True))
            said = [Span(line, after=0 if number else 4) for number, line in enumerate(row.lines)]
            self.paper.text(x + 20, y + 15, Span(row.meaning, tone, bold=True), said[0])
            for number, line in enumerate(said[1:], 1):
                self.paper.text(x + 20, y + 15 + LINE * number, line)
            if kind == MINOR or (kind == State.FAILS.value and self.flow.stop is not Stop.ASK_ALL):
                ending = "under_age" if kind == MINOR else "not_match"
                self.leaving.setdefault(ending, []).append((self.right, y + 10))
            y += LINE * len(row.lines)

    def _follow_ups(self) -> None:
        """Lines on the left from the question a condition looks at to the one that depends on it."""
        for (earlier, later), lane in self.lanes.items():
            x = self.left - LANE * (lane + 1) + 4
            begin, end = self.begins[f"question-{earlier}"], self.arrives[f"question-{later}"]
            points = [(self.left, begin), (x, begin), (x, end), (self.left, end)]
            self.paper.line(points, "accent", arrow=True)

    # endings

    def _endings(self) -> None:
        shown = [name for name in ENDINGS if name in VERDICTS or name in self.leaving]
        top = self.y + 56
        step = (ACROSS - ENDING_ACROSS) / (len(shown) - 1)
        middles = {name: self.left + ENDING_ACROSS / 2 + step * place for place, name in enumerate(shown)}
        begin = self.left + ASKS / 2
        checked = [name for name in shown if name not in self.leaving]
        for name in checked:
            self.paper.line(
                [(begin, self.y), (begin, self.y + 18), (middles[name], self.y + 18), (middles[name], top)],
                "line", arrow=True,
            )  # fmt: skip
        for place, (name, points) in enumerate(sorted(self.leaving.items())):
            x, turn = self.right + RAIL * (place + 1) - 4, self.y + 20 + 12 * place
            for point in points:
                self.paper.dot(*point, "bad")
                self.paper.line([point, (x, point[1])], "bad")
            down = [(x, points[0][1]), (x, turn), (middles[name], turn), (middles[name], top)]
            self.paper.line(down, "bad", arrow=True)
        for name in shown:
            self._ending(name, middles[name] - ENDING_ACROSS / 2, top)
        self.y = top + ENDING_DOWN

    def _ending(self, name: str, x: float, y: float) -> None:
        words, ground, tone = _REACHED[name]
        self.paper.box(x, y, ENDING_ACROSS, ENDING_DOWN, ground, tone)
        self.paper.text(x + PAD, y + 24, Span(self._in(ENDINGS[name]), tone, bold=True, size=14))
        for number, line in enumerate(wrapped(self._in(words), 12, ENDING_ACROSS - 2 * PAD)):
            self.paper.text(x + PAD, y + 44 + 17 * number, Span(line, tone, size=12))

    # criteria

    def _criteria(self) -> None:
        self.y += 44
        self.paper.text(self.left, self.y, Span(self._in(_CRITERIA), bold=True, size=15))
        self.y += 8
        for criterion in self.flow.criteria:
            lines = wrapped(self._in(criterion.text), 13, ACROSS - 130 - _SETTLED)
            settled = list(self._settled(criterion.id, criterion.settled_by))
            self.y += 26
            self.paper.chip(self.left, self.y, criterion.id)
            kind = INCLUSION if criterion.inclusion else EXCLUSION
            self.paper.text(self.left + 48, self.y, Span(self._in(kind), "soft", size=12))
            for number, line in enumerate(lines):
                self.paper.text(self.left + 112, self.y + 18 * number, Span(line))
            for number, line in enumerate(settled):
                here = (self.left + ACROSS - _SETTLED, self.y + 18 * number)
                self.paper.text(*here, Span(line, "soft", size=12))
            self.y += 18 * (max(len(lines), len(settled)) - 1)

    def _settled(self, criterion: str, by: SettledBy) -> Iterator[str]:
        """The numbers of the questions that decide a criterion, or whose it is."""
        words = SETTLED_BY[by]
        if by is SettledBy.QUESTIONS:
            numbers = [str(self.numbers[q.id]) for q in self.flow.questions if criterion in q.criteria]
            words = both(_ASKED_BY, numbers=listed(numbers))
        yield from wrapped(self._in(words), 12, _SETTLED)


def _lanes(flow: Flow, numbers: dict[str, int]) -> dict[tuple[str, str], int]:
    """From each question a condition looks at to the one that depends on it, on lanes where none lies on another."""
    links = [
        (earlier, question.id)
        for question in flow.questions
        if question.ask_if is not None
        for earlier in sorted(question.ask_if.questions())
        if earlier in numbers
    ]
    links.sort(key=lambda link: numbers[link[1]] - numbers[link[0]])
    lanes: dict[tuple[str, str], int] = {}
    for earlier, later in links:
        taken = {
            lane
            for (other, last), lane in lanes.items()
            if numbers[other] <= numbers[later] and numbers[earlier] <= numbers[last]
        }
        lanes[earlier, later] = next(lane for lane in range(len(links)) if lane not in taken)
    return lanes
