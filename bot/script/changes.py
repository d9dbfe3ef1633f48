"""A script changed in one meaning at a time: what a rehearsal should notice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.core.answers import Amount
from bot.core.criteria import Lasting, State
from bot.core.flow import (
    All,
    Any,
    Computed,
    Condition,
    CrossFlag,
    Flow,
    Is,
    Kind,
    Meaning,
    Option,
    Question,
    Range,
    Stop,
    Window,
    step,
)
from bot.core.text import Text
from bot.script.rules.ranges import span
from bot.script.script import Path

T = TypeVar("T")

#: What an answer may mean, in the words of a script.
STATES = {
    State.MEETS: "meets",
    State.OPEN: "open",
    State.FAILS: "fails",
    State.NA: "na",
    State.NOT_ASKED: "next",
}
_HOW_LONG: dict[Lasting | None, Text] = {
    Lasting.PERMANENT: {"zh": "永久", "en": "for good"},
    Lasting.TEMPORARY: {"zh": "暂时", "en": "for now"},
}


@dataclass(frozen=True, slots=True)
class Shift:
    """A window's limit by one day: an answer of the one day counts as the day beside it.

    `on_limit`: the last day that is met is taken for the first that is not; else the other way round.
    """

    question: str
    window: Window
    on_limit: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where it is, what nobody has said if no rehearsal notices it, and the script it leads to."""

    path: Path
    gap: Text
    flow: Flow
    #: The questions whose answers or conditions it touches; empty if it is about all.
    questions: frozenset[str]
    shift: Shift | None = None


def changes(flow: Flow) -> Iterator[Change]:
    """Every meaning of a script changed, one at a time, in the script's order."""
    for stop in Stop:
        if stop is not flow.stop:
            gap: Text = {
                "zh": f"什么时候停止提问：stop 也可以是 {stop.value}，而不是 {flow.stop.value}",
                "en": f"when the questions stop: stop could be {stop.value} instead of {flow.stop.value}",
            }
            yield Change(("settings", "stop"), gap, replace(flow, stop=stop), frozenset())
    for index, question in enumerate(flow.questions):
        yield from _Question(flow, index, question).changes()
    for index, value in enumerate(flow.computed):
        yield from _value(flow, index, value)
    for index, flag in enumerate(flow.flags):
        yield from _flag(flow, index, flag)


class _Question:
    """The changes of one question."""

    def __init__(self, flow: Flow, index: int, question: Question) -> None:
        self.flow = flow
        self.index = index
        self.question = question
        self.name: Text = {code: question.short.get(code, question.id) for code in ("zh", "en")}

    def changes(self) -> Iterator[Change]:
        yield from self._asked()
        yield from self._options()
        yield from self._ranges()
        yield from self._window()

    def _change(
        self, changed: Question, zh: str, en: str, *path: str | int, shift: Shift | None = None
    ) -> Change:
        questions = tuple(changed if each.id == changed.id else each for each in self.flow.questions)
        gap: Text = {"zh": f"“{self.name['zh']}”：{zh}", "en": f"{self.name['en']}: {en}"}
        whole = replace(self.flow, questions=questions)
        return Change(("questions", self.index, *path), gap, whole, frozenset({changed.id}), shift)

    def _asked(self) -> Iterator[Change]:
        """`ask_if`: dropped, reversed, each code, each part."""
        condition = self.question.ask_if
        if condition is None:
            return
        dropped = replace(self.question, ask_if=None)
        yield self._change(
            dropped,
            "什么时候不问：ask_if 可以去掉",
            "when it is not asked: ask_if could be dropped",
            "ask_if",
        )
        for other, zh, en in other_conditions(self.flow, condition):
            changed = replace(self.question, ask_if=other)
            yield self._change(changed, f"什么时候问：{zh}", f"when it is asked: {en}", "ask_if")

    def _options(self) -> Iterator[Change]:
        question = self.question
        for place, option in enumerate(question.options):
            label = {code: option.label.get(code, option.code) for code in ("zh", "en")}
            for means, zh, en in other_meanings(question.criteria, _usual(question), option.means):
                options = _with(question.options, place, Option(option.code, option.label, means))
                yield self._change(
                    replace(question, options=options),
                    f"“{label['zh']}”意味着什么：{zh}",
                    f'what "{label["en"]}" means: {en}',
                    *("options", place, "means"),
                )
            if len(question.options) > 1 and question.kind is Kind.MULTI:
                exclusive = question.exclusive ^ {option.code}
                alone = option.code in question.exclusive
                yield self._change(
                    replace(question, exclusive=exclusive),
                    f"“{label['zh']}”和别的选项一起选时怎么办：它也可以{'不是' if alone else '是'} exclusive",
                    f'what happens when "{label["en"]}" is picked with another answer: '
                    f"it could {'not ' if alone else ''}be exclusive",
                    "exclusive" if question.exclusive else "id",
                )

    def _ranges(self) -> Iterator[Change]:
        question = self.question
        one = step(question.decimals)
        for ranges, zh, en, place in other_ranges(question.ranges, question.decided, one):
            yield self._change(replace(question, ranges=ranges), zh, en, "ranges", place)
        for place, part in enumerate(question.ranges):
            words = span(part.low, part.high)
            ranges = _with(question.ranges, place, replace(part, erases=not part.erases))
            yield self._change(
                replace(question, ranges=ranges),
                f"回答 {words} 时要不要删除全部（erases）",
                f"whether {words} erases everything",
                *("ranges", place),
            )
        yield from self._valid(one)

    def _valid(self, one: Amount) -> Iterator[Change]:
        """The first and the last number that is taken."""
        question = self.question
        if question.valid is not None:
            low, high = question.valid
            for valid, at, taken in (
                ((low + one, high), low, False),
                ((low - one, high), low - one, True),
                ((low, high - one), high, False),
                ((low, high + one), high + one, True),
            ):
                yield self._change(
                    replace(question, valid=valid),
                    f"回答 {at} 时怎么办：它也可以{'' if taken else '不'}算有效（valid）",
                    f"what should happen at {at}: it could {'' if taken else 'not '}be valid",
                    "valid",
                )

    def _window(self) -> Iterator[Change]:
        question, window = self.question, self.question.window
        if window is None:
            return
        count, unit_zh, unit_en, others = _lengths(window)
        for number, length in others:
            yield self._change(
                replace(question, window=length),
                f"要满多久：{count} {unit_zh}也可以是 {number} {unit_zh}",
                f"how many {unit_en} are needed: {count} could be {number}",
                "window",
            )
        for on_limit in (True, False):
            zh = f"正好满 {count} {unit_zh}的那一天" if on_limit else f"差一天满 {count} {unit_zh}"
            en = f"exactly {count} {unit_en}" if on_limit else f"one day short of {count} {unit_en}"
            shift = Shift(question.id, window, on_limit)
            yield self._change(question, f"{zh}怎么办", f"what should happen at {en}", "window", shift=shift)
        other = Lasting.TEMPORARY if window.lasting is Lasting.PERMANENT else Lasting.PERMANENT
        yield self._change(
            replace(question, window=replace(window, lasting=other)),
            "不满期限是永久还是暂时不符合",
            "whether being inside the window fails for good or for now",
            "window",
        )


def _lengths(window: Window) -> tuple[int, str, str, Iterator[tuple[int, Window]]]:
    """How long a window is, in which unit, and the same one shorter and one longer."""
    if not window.days:
        return (
            window.months,
            "个月",
            "months",
            ((n, replace(window, months=n)) for n in (window.months - 1, window.months + 1)),
        )
    days, zh, en = (1, "天", "days") if window.days % 7 else (7, "周", "weeks")
    count = window.days // days
    return count, zh, en, ((n, replace(window, days=n * days)) for n in (count - 1, count + 1))


def _value(flow: Flow, index: int, value: Computed) -> Iterator[Change]:
    """The ranges of a value that is worked out from answers."""
    name: Text = {code: value.short.get(code, value.id) for code in ("zh", "en")}
    for ranges, zh, en, place in other_ranges(value.ranges, value.criteria, step(value.decimals)):
        changed = replace(value, ranges=ranges)
        whole = replace(flow, computed=_with(flow.computed, index, changed))
        gap: Text = {"zh": f"“{name['zh']}”：{zh}", "en": f"{name['en']}: {en}"}
        yield Change(("computed", index, "ranges", place), gap, whole, frozenset(value.takes.values()))


def other_ranges(
    ranges: tuple[Range, ...], criteria: Sequence[str], one: Amount
) -> Iterator[tuple[tuple[Range, ...], str, str, int]]:
    """Each range with another meaning or flag, and each limit by one step, both ways; where it is."""
    usual = _lasting(part.means for part in ranges)
    for place, part in enumerate(ranges):
        words = span(part.low, part.high)
        for means, zh, en in other_meanings(criteria, usual, part.means):
            other = replace(part, means=means)
            yield _with(ranges, place, other), f"{words} 意味着什么：{zh}", f"what {words} means: {en}", place
        for flag in sorted({each.flag for each in ranges if each.flag}):
            other = replace(part, flag=None if part.flag == flag else flag)
            zh, en = f"{words} 要不要提示 {flag}", f"whether {flag} goes with {words}"
            yield _with(ranges, place, other), zh, en, place
    for place, part in enumerate(ranges):
        beside = None if part.high is None else part.high + one
        above = next((n for n, each in enumerate(ranges) if each.low == beside), None)
        if part.high is None or above is None:
            continue
        for by, at in ((-one, part.high), (one, part.high + one)):
            lower = _with(ranges, place, replace(part, high=part.high + by))
            upper = replace(ranges[above], low=part.high + by + one)
            yield (
                _with(lower, above, upper),
                f"正好 {at} 时怎么办：它也可以算在{'上' if by < 0 else '下'}一段里",
                f"what should happen at exactly {at}: it could belong to the range {'above' if by < 0 else 'below'}",
                place if by < 0 else above,
            )


def other_meanings(
    criteria: Sequence[str], usual: Lasting, means: Mapping[str, Meaning]
) -> Iterator[tuple[Mapping[str, Meaning], str, str]]:
    """Every other meaning an answer could have for one criterion, and for a fail how long it lasts."""
    for criterion in criteria:
        now = means.get(criterion, Meaning(State.NA))
        for state, word in STATES.items():
            if state is now.state:
                continue
            other = Meaning(state, usual if state is State.FAILS else None)
            text = f"{STATES[now.state]} → {word}"
            yield {**means, criterion: other}, f"标准 {criterion}，{text}", f"{text} for {criterion}"
        if now.state is State.FAILS:
            lasting = Lasting.TEMPORARY if now.lasting is Lasting.PERMANENT else Lasting.PERMANENT
            was, could = _HOW_LONG[now.lasting or Lasting.PERMANENT], _HOW_LONG[lasting]
            yield (
                {**means, criterion: Meaning(State.FAILS, lasting)},
                f"标准 {criterion}，不符合是{was['zh']}，也可以是{could['zh']}",
                f"it fails {criterion} {was['en']}, which could be {could['en']}",
            )


def _usual(question: Question) -> Lasting:
    """How long fails of a question last, by its first one."""
    return _lasting(option.means for option in question.options)


def _lasting(meant: Iterable[Mapping[str, Meaning]]) -> Lasting:
    found = [meaning.lasting for means in meant for meaning in means.values() if meaning.lasting]
    return found[0] if found else Lasting.PERMANENT


def other_conditions(flow: Flow, condition: Condition) -> Iterator[tuple[Condition, str, str]]:
    """A condition reversed, with a code more or less, a part less, with `and` for `or`."""
    if isinstance(condition, Is):
        yield from _other_looks(flow, condition)
        return
    other = Any(condition.parts) if isinstance(condition, All) else All(condition.parts)
    yield other, "and 和 or 可以对换", "and and or could be exchanged"
    for place, part in enumerate(condition.parts):
        rest = condition.parts[:place] + condition.parts[place + 1 :]
        name = next(iter(part.questions()))
        yield (
            replace(condition, parts=rest),
            f"关于 {name} 的一部分可以去掉",
            f"the part about {name} could be dropped",
        )
        for changed, zh, en in other_conditions(flow, part):
            yield replace(condition, parts=_with(condition.parts, place, changed)), zh, en


def _other_looks(flow: Flow, look: Is) -> Iterator[tuple[Condition, str, str]]:
    yield (
        replace(look, negated=not look.negated),
        f"关于 {look.question} 的条件可以反过来",
        (f"the condition on {look.question} could be reversed"),
    )
    for option in flow.question_by_id[look.question].options:
        label = {code: option.label.get(code, option.code) for code in ("zh", "en")}
        there = option.code in look.codes
        zh = f"条件里可以{'没有' if there else '有'} {look.question} 的“{label['zh']}”"
        en = f'"{label["en"]}" of {look.question} could {"not " if there else ""}be in the condition'
        yield replace(look, codes=look.codes ^ {option.code}), zh, en


def _flag(flow: Flow, index: int, flag: CrossFlag) -> Iterator[Change]:
    """A remark that follows from several answers: dropped, and its condition changed."""

    def change(flags: tuple[CrossFlag, ...], zh: str, en: str) -> Change:
        gap: Text = {"zh": f"提示 {flag.flag}：{zh}", "en": f"flag {flag.flag}: {en}"}
        return Change(("flags", index, "when"), gap, replace(flow, flags=flags), flag.when.questions())

    yield change(
        flow.flags[:index] + flow.flags[index + 1 :],
        "什么时候有：可以去掉",
        "when it is set: it could be dropped",
    )
    for when, zh, en in other_conditions(flow, flag.when):
        yield change(
            _with(flow.flags, index, replace(flag, when=when)), f"什么时候有：{zh}", f"when it is set: {en}"
        )


def _with(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])
