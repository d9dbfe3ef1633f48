"""What changed between two versions of a flow: for participants, for the criteria, and in its records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import partial
from itertools import islice
from typing import Any

from bot.core.criteria import Criterion
from bot.core.flow import Computed, CrossFlag, Flow, Note, Option, Question
from bot.core.text import Text, fill
from bot.script.words import (
    ALWAYS,
    DISCLOSES,
    EXCLUSION,
    INCLUSION,
    KINDS,
    SETTLED_BY,
    STOPS,
    both,
    choice_words,
    computed_words,
    condition_words,
    criterion_words,
    exclusive_words,
    listed,
    meaning_words,
    question_words,
    range_words,
    span_words,
    stacked,
    takes_words,
    window_words,
)

#: In the order in which they are told.
AREAS: Mapping[str, Text] = {
    "participants": {"zh": "参与者看到的", "en": "What participants see"},
    "criteria": {"zh": "标准怎样判定", "en": "How criteria are judged"},
    "record": {"zh": "记录", "en": "For the record"},
}
_YES_NO: Mapping[bool, Text] = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}

#: The way to a part of a flow.
Path = tuple[str, ...]
#: Words that are only put together where something changed.
Words = Callable[[], Text]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a flow says: `value` is compared, `words` are shown; a `text` in all its languages."""

    area: str
    name: Words
    value: object
    words: Words
    text: bool = False
    #: What a part is called in a list; of a part that comes or goes as a whole.
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `old` or `new` is None where there was or is none."""

    area: str
    path: Path
    name: Text
    old: Text | None
    new: Text | None
    text: bool = False
    #: Languages in which a text stayed as it was although another changed.
    left_behind: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """As `flows diff --json` prints it."""
        return {
            "area": self.area,
            "path": list(self.path),
            "name": dict(self.name),
            "old": None if self.old is None else dict(self.old),
            "new": None if self.new is None else dict(self.new),
            "left_behind": list(self.left_behind),
        }


def diff(old: Flow, new: Flow) -> tuple[Change, ...]:
    """Every difference, participants' first. What comes or goes as a whole is one difference."""
    same = _same_parts(old, new)
    before, after = dict(_facts(old, same)), dict(_facts(new, same))
    paths = [*after, *(path for path in before if path not in after)]
    found = [
        _change(path, before.get(path), after.get(path))
        for path in paths
        if _value(before, path) != _value(after, path) and not _within_another(path, before, after)
    ]
    found += _moves(before, after)
    order = list(AREAS)
    return tuple(sorted(found, key=lambda change: order.index(change.area)))


def _same_parts(old: Flow, new: Flow) -> frozenset[Path]:
    """Questions and criteria that are the same in both; nothing more is looked at in them."""
    questions = {
        ("questions", id) for id, now in new.question_by_id.items() if old.question_by_id.get(id) == now
    }
    criteria = {
        ("criteria", id) for id, now in new.criterion_by_id.items() if old.criterion_by_id.get(id) == now
    }
    return frozenset(questions | criteria)


def _value(facts: Mapping[Path, Fact], path: Path) -> Any:
    return (facts[path].value,) if path in facts else None


def _within_another(path: Path, before: Mapping[Path, Fact], after: Mapping[Path, Fact]) -> bool:
    """Whether a whole that the part belongs to came or went."""
    wholes = [path[:length] for length in range(1, len(path))]
    return any((whole in before) is not (whole in after) for whole in wholes)


def _change(path: Path, old: Fact | None, new: Fact | None) -> Change:
    fact = new or old
    assert fact is not None
    left: tuple[str, ...] = ()
    if fact.text and old is not None and new is not None:
        was, now = old.words(), new.words()
        left = tuple(language for language in now if was.get(language) == now[language])
    return Change(
        fact.area,
        path,
        fact.name(),
        old.words() if old else None,
        new.words() if new else None,
        fact.text,
        left,
    )


def _moves(before: Mapping[Path, Fact], after: Mapping[Path, Fact]) -> Iterator[Change]:
    """One difference for each list whose common items stand in another order: the stretch of it that moved."""
    for group in dict.fromkeys(path[:-1] for path in after if path[-2:-1] in _ORDERS):
        old = [path for path in before if path[:-1] == group and path in after]
        new = [path for path in after if path[:-1] == group and path in before]
        if old == new:
            continue
        moved = [place for place, (was, now) in enumerate(zip(old, new, strict=True)) if was != now]
        stretch = slice(moved[0], moved[-1] + 1)
        name = _ORDERS[group[-1:]]
        if len(group) > 1:
            name = both(
                {"zh": "{whole}：{order}", "en": "{whole}: {order}"},
                whole=after[group[:-1]].name(),
                order=name,
            )
        yield Change(
            after[new[0]].area,
            (*group, "order"),
            name,
            _labels(before, old[stretch]),
            _labels(after, new[stretch]),
        )


#: Lists whose order means something.
_ORDERS: Mapping[Path, Text] = {
    ("questions",): {"zh": "问题的顺序", "en": "The order of the questions"},
    ("criteria",): {"zh": "标准的顺序", "en": "The order of the criteria"},
    ("options",): {"zh": "选项的顺序", "en": "the order of its choices"},
    ("notes",): {"zh": "说明的顺序", "en": "The order of the notes"},
}


def _labels(facts: Mapping[Path, Fact], paths: Sequence[Path]) -> Text:
    return listed((label for path in paths if (label := facts[path].label) is not None), _THEN)


_THEN: Text = {"zh": " → ", "en": " → "}

# what a flow says, one thing after another


def _facts(flow: Flow, same: frozenset[Path]) -> Iterator[tuple[Path, Fact]]:
    yield from _study_facts(flow)
    for criterion in flow.criteria:
        facts = _criterion_facts(criterion)
        yield from islice(facts, 1 if ("criteria", criterion.id) in same else None)
    for question in flow.questions:
        facts = _question_facts(flow, question)
        yield from islice(facts, 1 if ("questions", question.id) in same else None)
    for value in flow.computed:
        yield from _computed_facts(flow, value)
    for index, flag in enumerate(flow.flags):
        yield ("flags", str(index)), _flag_fact(flow, flag)
    for part, zh, en, area in (
        ("texts", "文字", "Text", "participants"),
        ("notice", "告知", "Notice", "participants"),
        ("glossary", "术语", "Glossary", "record"),
    ):
        for key, text in getattr(flow, part).items():
            yield (part, key), _text(area, _always({"zh": f"{zh} {key}", "en": f"{en} {key}"}), text)
    for note in flow.notes:
        yield from _note_facts(note)
    for exempt in flow.allowed:
        name = _always({"zh": f"例外：“{exempt.phrase}”", "en": f"Exception: “{exempt.phrase}”"})
        yield ("allowed", exempt.phrase), _text("record", name, exempt.reason)


def _study_facts(flow: Flow) -> Iterator[tuple[Path, Fact]]:
    study = flow.study
    yield ("flow",), _plain({"zh": "研究代号", "en": "Name of the flow"}, flow.id)
    yield ("languages",), _plain({"zh": "语言", "en": "Languages"}, "/".join(flow.languages))
    yield ("author",), _plain({"zh": "作者", "en": "Author"}, flow.author)
    yield ("protocol",), _plain({"zh": "方案编号", "en": "Protocol number"}, study.protocol)
    yield ("registry",), _plain({"zh": "登记号", "en": "Registry number"}, study.registry)
    name = _always({"zh": "研究名称", "en": "Name of the study"})
    yield ("name",), _text("participants", name, study.name)
    yield ("site",), _text("participants", _always({"zh": "机构", "en": "Site"}), study.site)
    stop = _always({"zh": "什么时候不再往下问", "en": "When the questions end"})
    yield ("stop",), Fact("criteria", stop, flow.stop, _always(STOPS[flow.stop]))


def _flag_fact(flow: Flow, flag: CrossFlag) -> Fact:
    def words() -> Text:
        sentence = {"zh": "{flag}（{criterion}）：{when}", "en": "{flag} ({criterion}): {when}"}
        when = condition_words(flow, flag.when)
        return both(sentence, flag=flag.flag, criterion=flag.criterion, when=when)

    name = _always({"zh": f"提示 {flag.flag}", "en": f"Remark {flag.flag}"})
    return Fact("criteria", name, flag, words)


def _criterion_facts(criterion: Criterion) -> Iterator[tuple[Path, Fact]]:
    id = criterion.id
    path = ("criteria", id)
    whole = _always({"zh": f"标准 {id}", "en": f"Criterion {id}"})
    words = partial(criterion_words, criterion)
    yield path, Fact("criteria", whole, None, words, text=True, label={"zh": id, "en": id})

    def name(zh: str, en: str) -> Words:
        return _always({"zh": f"标准 {id} 的{zh}", "en": f"Criterion {id}: {en}"})

    def fact(area: str, zh: str, en: str, value: object, words: Text) -> Fact:
        return Fact(area, name(zh, en), value, _always(words))

    yield (*path, "text"), _text("criteria", name("文字", "its text"), criterion.text)
    kind = INCLUSION if criterion.inclusion else EXCLUSION
    yield (*path, "kind"), fact("criteria", "类别", "its kind", criterion.inclusion, kind)
    settled, discloses = criterion.settled_by, criterion.disclose
    yield (
        (*path, "settled_by"),
        fact("criteria", "判定方式", "who settles it", settled, SETTLED_BY[settled]),
    )
    yield (*path, "reason"), _text("criteria", name("理由", "its reason"), criterion.reason)
    yield (
        (*path, "disclose"),
        fact("participants", "披露", "what an ending says", discloses, DISCLOSES[discloses]),
    )
    if criterion.ending is not None:
        yield (*path, "ending"), _text("participants", name("结尾", "its ending"), criterion.ending)
    often = criterion.often_fails
    yield (*path, "often_fails"), fact("criteria", "常不符合", "often fails", often, _YES_NO[often])
    never = criterion.never_fails
    yield (
        (*path, "never_fails"),
        fact("criteria", "不由回答判不符合", "no answer fails it", never, _YES_NO[never]),
    )


def _question_facts(flow: Flow, question: Question) -> Iterator[tuple[Path, Fact]]:
    path = ("questions", question.id)

    def whole() -> Text:
        return both({"zh": "问题“{short}”", "en": "Question “{short}”"}, short=question.short)

    def name(zh: str, en: str) -> Words:
        return lambda: both({"zh": f"{{whole}}的{zh}", "en": f"{{whole}}: {en}"}, whole=whole())

    words = partial(question_words, flow, question)
    yield path, Fact("participants", whole, None, words, text=True, label=question.short)
    for key, zh, en in _QUESTION_TEXTS:
        text = getattr(question, key)
        if text is not None:
            yield (*path, key), _text("criteria" if key == "part" else "participants", name(zh, en), text)
    for area, key, zh, en, told in _QUESTION_PARTS:
        value = getattr(question, key)
        if value is not None:
            yield (*path, key), Fact(area, name(zh, en), value, partial(told, flow, question))
    when = name("提问条件", "when it is asked")
    yield (*path, "ask_if"), Fact("participants", when, question.ask_if, partial(_when, flow, question))
    for option in question.options:
        yield from _option_facts(path, whole, option)


_QUESTION_TEXTS = (
    ("ask", "问法", "its words"),
    ("help", "说明", "its help"),
    ("short", "简称", "its short name"),
    ("preface", "引言", "its preface"),
    ("part", "所指部分", "the part it stands for"),
    ("unit", "单位", "its unit"),
)


def _when(flow: Flow, question: Question) -> Text:
    return condition_words(flow, question.ask_if) if question.ask_if else ALWAYS


def _limits(flow: Flow, question: Question) -> Text:
    return stacked([range_words(each, question.unit) for each in question.ranges])


_QUESTION_PARTS: tuple[tuple[str, str, str, str, Callable[[Flow, Question], Text]], ...] = (
    ("participants", "kind", "答法", "how it is answered", lambda _, q: KINDS[q.kind]),
    ("criteria", "criteria", "所判标准", "the criteria it decides", lambda _, q: listed(q.criteria)),
    ("criteria", "linked", "相关标准", "the criteria it is shown with", lambda _, q: listed(q.linked)),
    ("participants", "block", "分组", "its block", lambda _, q: {"zh": q.block, "en": q.block}),
    ("criteria", "exclusive", "互斥选项", "choices that stand alone", lambda _, q: exclusive_words(q)),
    ("participants", "valid", "可填范围", "the numbers it takes", lambda _, q: span_words(*(q.valid or (0, 0)), q.unit)),
    ("participants", "decimals", "小数位数", "its decimals", lambda _, q: listed([str(q.decimals)])),
    ("criteria", "ranges", "界限", "its limits", _limits),
    (
        "criteria", "window", "时间窗", "its time window",
        lambda _, q: window_words(q.window) if q.window else ALWAYS,
    ),
)  # fmt: skip


def _computed_facts(flow: Flow, value: Computed) -> Iterator[tuple[Path, Fact]]:
    path = ("computed", value.id)

    def name(zh: str, en: str) -> Words:
        words = {
            "zh": f"算出的值“{{short}}”{zh and '的' + zh}",
            "en": f"Computed value “{{short}}”{en and ': ' + en}",
        }
        return lambda: both(words, short=value.short)

    whole = partial(computed_words, flow, value)
    yield path, Fact("criteria", name("", ""), None, whole, text=True, label=value.short)
    yield (*path, "short"), _text("criteria", name("简称", "its short name"), value.short)
    from_ = name("来源", "what it is worked out from")
    takes = (value.formula, tuple(value.takes.items()))
    yield (*path, "takes"), Fact("criteria", from_, takes, partial(takes_words, flow, value))
    yield (
        (*path, "criteria"),
        Fact(
            "criteria",
            name("所判标准", "the criteria it decides"),
            value.criteria,
            partial(listed, value.criteria),
        ),
    )
    limits = partial(stacked, [range_words(each) for each in value.ranges])
    yield (*path, "ranges"), Fact("criteria", name("界限", "its limits"), value.ranges, limits)
    decimals = partial(listed, [str(value.decimals)])
    yield (*path, "decimals"), Fact("criteria", name("小数位数", "its decimals"), value.decimals, decimals)


def _option_facts(path: Path, whole: Words, option: Option) -> Iterator[tuple[Path, Fact]]:
    here = (*path, "options", option.code)

    def name() -> Text:
        words = {"zh": "{whole}的选项“{label}”", "en": "{whole}, choice “{label}”"}
        return both(words, whole=whole(), label=option.label)

    def label() -> Text:
        words = {"zh": "{whole}选项的文字（{code}）", "en": "{whole}: words of a choice ({code})"}
        return both(words, whole=whole(), code=option.code)

    def of(criterion: str) -> Text:
        words = {"zh": "{name}对 {id} 的含义", "en": "{name}: what it means for {id}"}
        return both(words, name=name(), id=criterion)

    words = partial(choice_words, option)
    yield here, Fact("participants", name, None, words, text=True, label=option.label)
    yield (*here, "label"), _text("participants", label, option.label)
    for criterion, meaning in option.means.items():
        means = partial(meaning_words, meaning)
        yield (*here, "means", criterion), Fact("criteria", partial(of, criterion), meaning, means)


def _note_facts(note: Note) -> Iterator[tuple[Path, Fact]]:
    id = note.id
    path = ("notes", id)
    name = _always({"zh": f"说明 {id}", "en": f"Note {id}"})
    yield path, Fact("record", name, None, _always(note.text), text=True, label={"zh": id, "en": id})
    yield (*path, "text"), _text("record", name, note.text)
    criteria = _always({"zh": f"说明 {id} 所涉标准", "en": f"Note {id}: its criteria"})
    yield (*path, "criteria"), Fact("record", criteria, note.criteria, partial(listed, note.criteria))
    decides = _always({"zh": f"说明 {id} 由机构决定", "en": f"Note {id}: the site decides"})
    yield (
        (*path, "site_decides"),
        Fact("record", decides, note.site_decides, _always(_YES_NO[note.site_decides])),
    )


def _always(words: Text) -> Words:
    return lambda: words


def _text(area: str, name: Words, text: Text) -> Fact:
    return Fact(area, name, text, _always(text), text=True)


def _plain(name: Text, value: str) -> Fact:
    return Fact("record", _always(name), value, _always({"zh": value, "en": value}))


# in words

_HEADING = {"zh": "== {title}（{count}）", "en": "== {title} ({count})"}
_WHOLE = {"zh": "* {name}（{sign}）", "en": "* {name} ({sign})"}
_SIGNS = {"added": {"zh": "新增", "en": "added"}, "removed": {"zh": "删去", "en": "removed"}}
_LEFT_BEHIND = {"zh": "  ！{languages} 没有跟着改", "en": "  ! {languages} did not change with it"}


def lines(changes: Sequence[Change], language: str) -> Iterator[str]:
    """Every difference in the reader's language: what, then old (-) beside new (+), what stays with =."""
    for area, title in AREAS.items():
        found = [change for change in changes if change.area == area]
        if found:
            yield fill(_HEADING[language], {"title": title[language], "count": str(len(found))})
        for change in found:
            yield from _told(change, language)


def _told(change: Change, language: str) -> Iterator[str]:
    if change.old is None or change.new is None:
        sign = _SIGNS["added" if change.old is None else "removed"][language]
        yield fill(_WHOLE[language], {"name": change.name[language], "sign": sign})
    else:
        yield f"* {change.name[language]}"
    shown = dict.fromkeys([*(change.old or {}), *(change.new or {})]) if change.text else {language: None}
    for each in shown:
        prefix = f"{each} " if change.text else ""
        for sign, line in beside(change, each):
            yield f"  {prefix}{sign} {line}"
    if change.left_behind:
        yield fill(_LEFT_BEHIND[language], {"languages": "/".join(change.left_behind)})


def beside(change: Change, language: str) -> Iterator[tuple[str, str]]:
    """The lines of a difference in one language: those that went (-), came (+) and stay (=)."""
    old, new = (
        [] if words is None else words.get(language, "").strip().split("\n")
        for words in (change.old, change.new)
    )
    for how, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            yield from (("=", line) for line in old[start:end])
        else:
            yield from (("-", line) for line in old[start:end])
            yield from (("+", line) for line in new[first:last])
