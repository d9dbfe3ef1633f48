"""Where a source disagrees with itself or leaves something open: what a person has to settle before the script runs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.text import Text, fill
from bot.script.scaffold.criteria import Item, Split
from bot.script.scaffold.snippets import Snippets
from bot.script.scaffold.source import LEFT_OUT, Limits, Source

#: An entry that nobody touched for so many months may be out of date.
OLD = 6
#: So many of a kind are listed in a sentence.
MOST_LISTED = 5
#: More ideas than this in one criterion are to be asked apart.
MOST_IDEAS = 2

SENTENCES: Mapping[str, Text] = {
    "ages_differ": {
        "zh": "来源里有不止一个年龄范围：{ages}。脚本按标准写的“{used}”。请确认。",
        "en": "The source gives more than one age range: {ages}. The script follows the criterion: {used}. Please confirm.",
    },
    "ages_only_listed": {
        "zh": "年龄范围“{used}”只写在登记信息里，标准里没有；草稿把它列为I0。请确认。",
        "en": "The age range {used} stands in the entry but in no criterion; the draft lists it as I0. Please confirm.",
    },
    "ages_disagree": {
        "zh": "来源里有几个不同的年龄范围：{ages}，标准里没有写。草稿没有写年龄题，请确认后补上。",
        "en": "The source gives different age ranges, {ages}, and no criterion names one. The draft has no question on age; please confirm and add it.",
    },
    "minors": {
        "zh": "来源允许未满18岁的人参加（{used}）。这个机器人只面向成年人，年龄从18岁问起。",
        "en": "The source admits people under 18 ({used}). This bot is for adults only and asks for an age from 18 on.",
    },
    "more_than_age": {
        "zh": "这条标准除了年龄还有别的内容，年龄题问不到。请另写一题，或者在理由里写明由谁判断。",
        "en": "This criterion says more than an age, which the question on age does not cover. Write another question, or say in the reason who judges it.",
    },
    "healthy": {
        "zh": "登记信息写“接受健康志愿者”，可是{criteria}要求有某种疾病或诊断。请确认。",
        "en": "The entry accepts healthy volunteers, but {criteria} asks for a disease or a diagnosis. Please confirm.",
    },
    "one_sex": {
        "zh": "登记信息写只收一种性别（{sex}），标准里不一定有。机器人不问性别，请写明由谁确认。",
        "en": "The entry admits one sex only ({sex}), which the criteria may not say. The bot asks nobody about sex; say who confirms it.",
    },
    "excludes": {
        "zh": "这条入选标准写的是“排除……”：医生排除了才算符合，不能反过来判。",
        "en": "This inclusion criterion rules something out: it is met when a doctor has ruled that out, and must not be turned around.",
    },
    "no_window": {
        "zh": "这条标准说的是过去的事，却没有写时间范围。请确认是任何时候都算，还是只算最近多久。",
        "en": "This criterion speaks of the past without a time limit. Please confirm whether it means ever or within some time.",
    },
    "several_ideas": {
        "zh": "这一条里有好几件事（大约{count}件）。每件事单独问一题，或者写明哪些由谁判断。",
        "en": "This criterion holds several things (about {count}). Ask each in a question of its own, or say who judges which.",
    },
    "commonplace_and_more": {
        "zh": "这条标准提到{topic}，但还有别的内容，所以没有套用现成的题。",
        "en": "This criterion names {topic} and more, so no ready-made question was used.",
    },
    "not_recruiting": {
        "zh": "来源写的招募状态是“{status}”。没有确认在招募，机器人不会问健康问题。",
        "en": 'The source gives the status "{status}". Until recruiting is confirmed the bot asks no health question.',
    },
    "no_status": {
        "zh": "来源没有写招募状态。请确认。",
        "en": "The source does not say whether the study recruits. Please confirm.",
    },
    "old": {
        "zh": "来源已经很久没有更新（{updated}）。请和研究方案核对。",
        "en": "The source has not been updated for long ({updated}). Please compare it with the protocol.",
    },
    "no_headings": {
        "zh": "来源没有分入选和排除标准。草稿全部列为I1、I2……，请逐条写明是哪一种，并改编号。",
        "en": "The source does not say which criteria include and which exclude. The draft lists all of them as I1, I2 …; say for each which it is and renumber.",
    },
    "one_kind": {
        "zh": "来源里只找到一种标准（{kind}）。请和方案核对有没有漏掉。",
        "en": "Only one kind of criteria was found ({kind}). Compare with the protocol whether any are missing.",
    },
    "several_groups": {
        "zh": "来源给不同的人群分别列了标准：{groups}。草稿把它们排在一起，请核对。",
        "en": "The source has criteria for different groups: {groups}. The draft lists them together; please check.",
    },
    "left": {
        "zh": "标准后面还有{count}行文字没有用。请看看里面有没有标准。",
        "en": "{count} lines after the criteria were not used. See whether there are criteria among them.",
    },
    "people": {
        "zh": "来源里的姓名、电话或邮箱没有写进来，原处是“…”。联系方式只写在机构设置里。",
        "en": "Names, phones or e-mail addresses of the source were left out, where there is “…” now. Contact details are site settings only.",
    },
}
#: Commonplace criteria by name, as a sentence calls them.
TOPICS: Mapping[str, Text] = {
    "pregnancy": {"zh": "怀孕和哺乳", "en": "pregnancy and breastfeeding"},
    "other_trial": {"zh": "参加其他研究", "en": "another study"},
    "consent": {"zh": "知情同意", "en": "informed consent"},
    "investigator": {"zh": "研究者的判断", "en": "the investigator's judgement"},
    "cooperation": {"zh": "配合研究", "en": "cooperation"},
}
_KINDS: Mapping[bool, Text] = {
    True: {"zh": "入选标准", "en": "inclusion"},
    False: {"zh": "排除标准", "en": "exclusion"},
}

_DISEASE = re.compile(
    r"(?i)diagnos|disease|disorder|patients? with|suffering from|syndrome|确诊|诊断|患有|患者|疾病"
)
_RULES_OUT = re.compile(r"(?i)^(?:exclusion of|excluding|excludes?\b|absence of|ruled? out|排除)")
_PAST = re.compile(
    r"(?i)\bprevious(?:ly)?\b|\bprior\b|\bhistory of\b|\bever\b|\bpast\b|既往|曾|病史|史(?=$|[，,；;。.、])|以前|过去"
)
_WINDOW = re.compile(
    r"(?i)\d+\s*(?:-|–)?\s*(?:days?|weeks?|months?|years?|hours?|天|日|周|个?月|年|小时)|"
    r"(?:one|two|three|four|five|six|twelve|half a)\s+(?:days?|weeks?|months?|years?)|[一二三四五六七八九十半两]\s*(?:天|周|个月|年)"
)
_BETWEEN_IDEAS = re.compile(r"(?i)[,，、;；\n]|\bor\b|\band/or\b|\band\b|或者?|以及|和|及")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing to settle: a sentence with its values, and the criteria it is about."""

    name: str
    criteria: tuple[str, ...] = ()
    values: Mapping[str, str | Text] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The sentence in Chinese or English."""
        filled = {
            name: each if isinstance(each, str) else each[language] for name, each in self.values.items()
        }
        return fill(SENTENCES[self.name][language], filled)


def conflicts(
    source: Source, found: Split, used: Limits | None, age: Item | None, library: Snippets
) -> Iterator[Conflict]:
    """Everything to settle, of the study first, then of each criterion. `age`: the criterion the ages are asked for."""
    yield from _ages(source, used, age)
    yield from _study(source, found)
    for item in found.items:
        known = library.known(item.text, item.inclusion)
        if item.inclusion and _RULES_OUT.match(item.text):
            yield Conflict("excludes", (item.id,))
        if item is age:
            if _says_more_than_age(item.text, used):
                yield Conflict("more_than_age", (item.id,))
            continue
        if known is None:
            yield from _criterion(item, library)


def _ages(source: Source, used: Limits | None, age: Item | None) -> Iterator[Conflict]:
    ages = dict.fromkeys((limits.low, limits.high) for limits in source.ages)
    listed = "; ".join(limits.written for limits in source.ages[:MOST_LISTED])
    if used is None:
        if len(ages) > 1:
            yield Conflict("ages_disagree", (), {"ages": listed})
        elif any((limits.low or 0) < 18 for limits in source.ages):
            yield Conflict("minors", (), {"used": listed})
        return
    where = (age.id,) if age else ("I0",)
    if age is None:
        yield Conflict("ages_only_listed", where, {"used": used.written})
    elif any(pair != (used.low, used.high) for pair in ages):
        yield Conflict("ages_differ", where, {"ages": listed, "used": used.written})
    if (used.low or 0) < 18:
        yield Conflict("minors", where, {"used": used.written})


def _study(source: Source, found: Split) -> Iterator[Conflict]:
    sick = [item.id for item in found.items if item.inclusion and _DISEASE.search(item.text)]
    kinds = {item.inclusion for item in found.items}
    if source.recruits is None:
        yield Conflict("no_status")
    elif not source.recruits:
        yield Conflict("not_recruiting", (), {"status": source.status})
    if source.months_old is not None and source.months_old >= OLD:
        yield Conflict("old", (), {"updated": source.updated})
    if source.accepts_healthy and sick:
        yield Conflict("healthy", tuple(sick[:1]), {"criteria": sick[0]})
    if source.sex in ("FEMALE", "MALE"):
        yield Conflict("one_sex", (), {"sex": source.sex})
    if not found.has_headings:
        yield Conflict("no_headings")
    elif len(kinds) == 1:
        yield Conflict("one_kind", (), {"kind": _KINDS[kinds.pop()]})
    if found.groups:
        yield Conflict("several_groups", (), {"groups": "; ".join(found.groups[:MOST_LISTED])})
    if found.left:
        yield Conflict("left", (), {"count": str(found.left)})
    touched = tuple(item.id for item in found.items if LEFT_OUT in item.text)
    if touched or LEFT_OUT in source.title or LEFT_OUT in source.site:
        yield Conflict("people", touched)


def _criterion(item: Item, library: Snippets) -> Iterator[Conflict]:
    if mentioned := library.mentioned(item.text, item.inclusion):
        yield Conflict("commonplace_and_more", (item.id,), {"topic": TOPICS[mentioned.name]})
    if _PAST.search(item.text) and not _WINDOW.search(item.text):
        yield Conflict("no_window", (item.id,))
    ideas = len(parts_of(item.text))
    if ideas > MOST_IDEAS:
        yield Conflict("several_ideas", (item.id,), {"count": str(ideas)})


def parts_of(text: str) -> Sequence[str]:
    """The things a criterion names, roughly: what stands between commas and "or"."""
    return [part for part in _BETWEEN_IDEAS.split(text) if any(letter.isalpha() for letter in part)]


def _says_more_than_age(text: str, used: Limits | None) -> bool:
    left = text.replace(used.written, " ") if used else text
    known = r"(?i)\b(?:aged?|ages|between|from|years?|old|of|and|or|older|over|men|women|male|female|adults?|patients?|"
    known += r"subjects?|participants?|people|persons?|who|are|is|at|least|any|either|sex|gender|both|inclusive|full|in|the|a)\b"
    left = re.sub(
        known
        + r"|年龄|周?岁|男女|不限|性别|男性|女性|均可|患者|受试者|参与者|成年人|两端|含|包括|以上|以下|在|的|者|为|之间",
        " ",
        left,
    )
    return any(letter.isalpha() for letter in left)
