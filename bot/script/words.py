"""What a flow means, in words for people: meanings, conditions, limits, in Chinese and English."""

from collections.abc import Iterable, Mapping, Sequence

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


def span_words(low: Amount | None, high: Amount | None, unit: Text | None = None) -> Text:
    """Numbers from one to another, with their unit."""
    if low is None and high is None:
        return {"zh": "任何数字", "en": "any number"}
    least, most = (_amount_words(end, unit) for end in (low, high))
    if low == high:
        return least
    if low is None:
        return both({"zh": "{most} 及以下", "en": "{most} or less"}, most=most)
    if high is None:
        return both({"zh": "{least} 及以上", "en": "{least} or more"}, least=least)
    return both({"zh": "{low} 到 {most}", "en": "{low} to {most}"}, low=str(low), most=most)


def _amount_words(amount: Amount | None, unit: Text | None) -> Text:
    words = (
        {"zh": "{amount}{unit}", "en": "{amount} {unit}"} if unit else {"zh": "{amount}", "en": "{amount}"}
    )
    return both(words, amount=str(amount), unit=unit or "")


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
    """How long a window is: months, weeks or days, whichever it was given in."""
    if not window.days:
        words = {"zh": "{count} 个月", "en": "{count} months"}
        return both(words, count=str(window.months))
    if window.days % 7:
        return both({"zh": "{count} 天", "en": "{count} days"}, count=str(window.days))
    return both({"zh": "{count} 周", "en": "{count} weeks"}, count=str(window.days // 7))


def window_fails(window: Window) -> Text:
    """What holds while something does not lie back long enough."""
    if window.lasting is Lasting.TEMPORARY:
        return {"zh": "到满的那天为止不符合", "en": "fails until then"}
    return LASTING[window.lasting]


def question_words(flow: Flow, question: Question) -> Text:
    """A question as a whole: what is asked, when, and what each answer means."""
    parts = [question.ask]
    if question.ask_if is not None:
        parts.append(asked_words(flow, question.ask_if))
    parts += [range_words(found, question.unit) for found in question.ranges]
    parts += [goes_into_words(value) for value in computed_from(flow, question)]
    if question.window is not None:
        dates = {"zh": "日期：{how}", "en": "a date: {how}"}
        parts.append(both(dates, how=window_words(question.window)))
    parts += [choice_words(option) for option in question.options]
    return stacked(parts)


def computed_from(flow: Flow, question: Question) -> list[Computed]:
    """The values that are worked out from a question's answer."""
    return [value for value in flow.computed if question.id in value.takes.values()]


def goes_into_words(value: Computed) -> Text:
    """That an answer goes into a value that is worked out."""
    return both({"zh": "用来算{name}", "en": "goes into {name}"}, name=value.short)


def takes_words(flow: Flow, value: Computed) -> Text:
    """What a value is worked out from."""
    named = [
        flow.question_by_id[id].short if id in flow.question_by_id else id for id in value.takes.values()
    ]
    return both({"zh": "由{questions}算出", "en": "worked out from {questions}"}, questions=listed(named))


def computed_words(flow: Flow, value: Computed) -> Text:
    """A value as a whole: what it is worked out from, and what each range of it means."""
    return stacked([value.short, takes_words(flow, value), *map(range_words, value.ranges)])


def asked_words(flow: Flow, condition: Condition) -> Text:
    """That a question is asked on a condition."""
    when = condition_words(flow, condition)
    return both({"zh": "只在{when}时问", "en": "asked only if {when}"}, when=when)


def choice_words(option: Option) -> Text:
    """A choice and what it means."""
    words = {"zh": "{label}：{meaning}", "en": "{label}: {meaning}"}
    return both(words, label=option.label, meaning=means_words(option.means))


NEVER_FAILS: Text = {
    "zh": "没有一个回答会判它不符合，只由人判断。",
    "en": "No answer fails it, only a person decides.",
}


def criterion_words(criterion: Criterion) -> Text:
    """A criterion as a whole: its text, who settles it, and how."""
    words = {"zh": "{who}：{why}", "en": "{who}: {why}"}
    settled = both(words, who=SETTLED_BY[criterion.settled_by], why=criterion.reason)
    return stacked([criterion.text, settled, *([NEVER_FAILS] if criterion.never_fails else [])])


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
