"""What a flow means, in words for people: meanings, conditions, limits, in Chinese and English."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.core.answers import SKIP, Amount
from bot.core.criteria import Criterion, Disclose, Lasting, SettledBy, State
from bot.core.flow import (
    All,
    Computed,
    Condition,
    Flow,
    Is,
    Kind,
    Meaning,
    Option,
    Question,
    Range,
    Stop,
    Window,
)
from bot.core.text import Text, fill

STATES: Mapping[State, Text] = {
    State.MEETS: {"zh": "符合", "en": "meets"},
    State.FAILS: {"zh": "不符合", "en": "fails"},
    State.OPEN: {"zh": "待核实", "en": "open"},
    State.NA: {"zh": "不适用", "en": "does not apply"},
    State.CLINICIAN: {"zh": "由团队判断", "en": "for the team"},
    State.NOT_ASKED: {"zh": "只引出后面的问题", "en": "only leads to a follow-up question"},
}
LASTING: Mapping[Lasting, Text] = {
    Lasting.PERMANENT: {"zh": "一直不符合", "en": "fails for good"},
    Lasting.TEMPORARY: {"zh": "暂时不符合", "en": "fails for the time being"},
}
SETTLED_BY: Mapping[SettledBy, Text] = {
    SettledBy.QUESTIONS: {"zh": "由问题判定", "en": "by the questions"},
    SettledBy.COORDINATOR: {"zh": "由协调员核实", "en": "by the coordinator"},
    SettledBy.VISIT: {"zh": "访视时确认", "en": "at the visit"},
    SettledBy.INVESTIGATOR: {"zh": "由研究者判断", "en": "by the investigator"},
}
DISCLOSES: Mapping[Disclose, Text] = {
    Disclose.NONE: {"zh": "结尾不说明", "en": "an ending says nothing of it"},
    Disclose.DATE_ONLY: {"zh": "结尾只说可以再来的日期", "en": "an ending gives only the day to come back"},
    Disclose.TOPIC: {"zh": "结尾说明这个话题", "en": "an ending may name its topic"},
}
KINDS: Mapping[Kind, Text] = {
    Kind.SINGLE: {"zh": "单选", "en": "one choice"},
    Kind.MULTI: {"zh": "可多选", "en": "several choices"},
    Kind.NUMBER: {"zh": "数字", "en": "a number"},
    Kind.DATE: {"zh": "日期", "en": "a date"},
}
STOPS: Mapping[Stop, Text] = {
    Stop.FIRST_FAIL: {
        "zh": "出现第一个“不符合”就不再往下问",
        "en": "the questions end at the first answer that fails a criterion",
    },
    Stop.END_OF_BLOCK: {
        "zh": "出现“不符合”后，问完这一组就不再往下问",
        "en": "after an answer that fails a criterion the questions end with its block",
    },
    Stop.ASK_ALL: {"zh": "全部问完", "en": "every question is asked"},
}
#: The same as sentences.
STOP_SENTENCES: Mapping[Stop, Text] = {
    stop: {"zh": f"{words['zh']}。", "en": f"{words['en'][0].upper()}{words['en'][1:]}."}
    for stop, words in STOPS.items()
}
NOTHING: Text = {"zh": "无", "en": "none"}
ALWAYS: Text = {"zh": "每个人都问", "en": "asked of everyone"}
INCLUSION: Text = {"zh": "入选", "en": "inclusion"}
EXCLUSION: Text = {"zh": "排除", "en": "exclusion"}
SKIPPED: Text = {"zh": "跳过", "en": "Skip"}
_COMMAS: Text = {"zh": "、", "en": ", "}


def both(words: Mapping[str, str], **values: Text | str) -> Text:
    """A sentence in both languages, its placeholders filled with words of each."""
    return {
        language: fill(
            sentence,
            {name: value if isinstance(value, str) else value[language] for name, value in values.items()},
        )
        for language, sentence in words.items()
    }


def listed(parts: Iterable[Text | str], joints: Text = _COMMAS) -> Text:
    """Words one after another."""
    found = list(parts) or [NOTHING]
    return {
        language: joint.join(part if isinstance(part, str) else part[language] for part in found)
        for language, joint in joints.items()
    }


def meaning_words(meaning: Meaning) -> Text:
    """What an answer says of a criterion."""
    return LASTING[meaning.lasting] if meaning.lasting is not None else STATES[meaning.state]


def means_words(means: Mapping[str, Meaning]) -> Text:
    """What an answer says of all its criteria."""
    return listed(
        both({"zh": "{id} {how}", "en": "{id} {how}"}, id=id, how=meaning_words(meaning))
        for id, meaning in means.items()
    )


#: What a value is worked out from, by its formula.
FORMULAS: Mapping[str, Text] = {
    "bmi": {
        "zh": "{weight}（公斤）除以{height}（米）的平方",
        "en": "{weight} in kilograms by the square of {height} in meters",
    },
}


def span_words(low: Amount | None, high: Amount | None, unit: Text | None = None) -> Text:
    """Numbers from one to another, in their unit."""
    plain = _span_words(low, high)
    if unit is None or (low is None and high is None):
        return plain
    if low == high:
        return both({"zh": "{span}{unit}", "en": "{span} {unit}"}, span=plain, unit=unit)
    return both({"zh": "{span}（{unit}）", "en": "{span} ({unit})"}, span=plain, unit=unit)


def _span_words(low: Amount | None, high: Amount | None) -> Text:
    if low is None and high is None:
        return {"zh": "任何数字", "en": "any number"}
    if low == high:
        return {"zh": str(low), "en": str(low)}
    if low is None:
        return both({"zh": "{high} 及以下", "en": "{high} or less"}, high=str(high))
    if high is None:
        return both({"zh": "{low} 及以上", "en": "{low} or more"}, low=str(low))
    return both({"zh": "{low} 到 {high}", "en": "{low} to {high}"}, low=str(low), high=str(high))


def range_words(found: Range, unit: Text | None = None) -> Text:
    """A range of numbers and what it means."""
    words = {"zh": "{span}：{how}", "en": "{span}: {how}"}
    return both(words, span=span_words(found.low, found.high, unit), how=_range_meaning(found))


def _range_meaning(found: Range) -> Text:
    parts: list[Text | str] = [means_words(found.means)]
    if found.flag:
        parts.append(both({"zh": "提示 {flag}", "en": "remark {flag}"}, flag=found.flag))
    if found.erases:
        parts.append({"zh": "全部删除（未成年）", "en": "everything is erased (a minor)"})
    return listed(parts)


def window_words(window: Window) -> Text:
    """How long something must lie back."""
    words = {
        "zh": "满 {length}才符合；不满则{how}",
        "en": "met when it lies at least {length} back; else {how}",
    }
    return both(words, length=length_words(window), how=window_fails(window))


def length_words(window: Window) -> Text:
    """How long a window is, in the largest unit that fits."""
    count, zh, en = (
        (window.months, "个月", "month")
        if not window.days
        else (window.days // 7, "周", "week")
        if window.days % 7 == 0
        else (window.days, "天", "day")
    )
    return {"zh": f"{count} {zh}", "en": f"{count} {en}{'' if count == 1 else 's'}"}


def window_fails(window: Window) -> Text:
    """What holds while something does not lie back long enough."""
    if window.lasting is Lasting.TEMPORARY:
        return {"zh": "到满的那天为止不符合", "en": "fails until then"}
    return LASTING[window.lasting]


def answers(question: Question) -> Iterator[tuple[Text, Text]]:
    """Every answer that a question offers, and what it means. Skip, which all of them offer, is always open."""
    for found in question.ranges:
        yield span_words(found.low, found.high, question.unit), _range_meaning(found)
    if question.window is not None:
        yield {"zh": "日期", "en": "a date"}, window_words(question.window)
    for option in question.options:
        yield option.label, means_words(option.means)


def question_words(flow: Flow, question: Question) -> Text:
    """A question as a whole: what is asked, when, and what each answer means."""
    parts = [question.ask]
    if question.ask_if is not None:
        parts.append(asked_words(flow, question.ask_if))
    for answer, meaning in answers(question):
        parts.append(
            both({"zh": "{answer}：{meaning}", "en": "{answer}: {meaning}"}, answer=answer, meaning=meaning)
        )
    return stacked(parts)


def formula_words(flow: Flow, value: Computed) -> Text:
    """From which questions a value is worked out, and how."""
    names = {
        term: question.short if (question := flow.question_by_id.get(id)) else {"zh": id, "en": id}
        for term, id in value.takes.items()
    }
    return both(FORMULAS[value.formula], **names)


def value_words(flow: Flow, value: Computed) -> Text:
    """A computed value as a whole: how it is worked out and what its ranges mean."""
    return stacked([value.short, formula_words(flow, value), *map(range_words, value.ranges)])


def asked_words(flow: Flow, condition: Condition) -> Text:
    """That a question is asked on a condition."""
    when = condition_words(flow, condition)
    return both({"zh": "只在{when}时问", "en": "asked only if {when}"}, when=when)


def choice_words(option: Option) -> Text:
    """A choice and what it means."""
    words = {"zh": "{label}：{meaning}", "en": "{label}: {meaning}"}
    return both(words, label=option.label, meaning=means_words(option.means))


def criterion_words(criterion: Criterion) -> Text:
    """A criterion as a whole: its text, who settles it, and how."""
    words = {"zh": "{who}：{why}", "en": "{who}: {why}"}
    return stacked([criterion.text, both(words, who=SETTLED_BY[criterion.settled_by], why=criterion.reason)])


def stacked(parts: Sequence[Text]) -> Text:
    """Words on a line each."""
    return {language: "\n".join(part[language] for part in parts) for language in ("zh", "en")}


def option_words(question: Question | None, code: str) -> Text:
    """What a code is called on its button."""
    option = question.option(code) if question else None
    if option is not None:
        return option.label
    return SKIPPED if code == SKIP else {"zh": code, "en": code}


def exclusive_words(question: Question) -> Text:
    """The choices that do not go together with another one."""
    return listed(option_words(question, code) for code in sorted(question.exclusive))


def condition_words(flow: Flow, condition: Condition) -> Text:
    """When something holds."""
    if isinstance(condition, Is):
        return _is_words(flow, condition)
    joints = {"zh": "，而且", "en": " and "} if isinstance(condition, All) else {"zh": "，或者", "en": " or "}
    parts = [condition_words(flow, part) for part in condition.parts]
    nested = [isinstance(part, All) is not isinstance(condition, All) for part in condition.parts]
    return {
        language: joint.join(
            f"({words[language]})" if inner and not isinstance(part, Is) else words[language]
            for words, inner, part in zip(parts, nested, condition.parts, strict=True)
        )
        for language, joint in joints.items()
    }


def _is_words(flow: Flow, condition: Is) -> Text:
    question = flow.question_by_id.get(condition.question)
    order = [option.code for option in question.options] if question else []
    codes = sorted(
        condition.codes, key=lambda code: (code not in order, order.index(code) if code in order else 0, code)
    )
    labels = [option_words(question, code) for code in codes]
    answers: Text = {
        "zh": "或".join(f"“{label['zh']}”" for label in labels),
        "en": " or ".join(f"“{label['en']}”" for label in labels),
    }
    name: Text = question.short if question else {"zh": condition.question, "en": condition.question}
    words = (
        {"zh": "“{name}”没有答{answers}", "en": "the answer to “{name}” is not {answers}"}
        if condition.negated
        else {"zh": "“{name}”答了{answers}", "en": "the answer to “{name}” is {answers}"}
    )
    return both(words, name=name, answers=answers)
