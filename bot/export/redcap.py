"""Leads for REDCap: a data dictionary and a file to import, in one archive (brief, section 5.2)."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.core.answers import Amount, Answer, Chosen, Number, Period
from bot.core.flow import All, Condition, Flow, Is, Kind, Question
from bot.core.screening import Verdict
from bot.core.text import Text
from bot.leads.hand_off import HandedLead, HandOff
from bot.leads.life import STATUSES

FORM = "prescreen"
COLUMNS = (
    *("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label"),
    *("Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number"),
    *("Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)"),
    *("Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name"),
    *("Matrix Ranking?", "Field Annotation"),
)
LONGEST_NAME = 26
#: What a spreadsheet takes for a formula; a name that begins so is moved behind a space.
_FORMULA = ("=", "+", "-", "@")
README = """\
给导入 REDCap 的人 / For whoever imports this into REDCap

1. dictionary.csv 是数据字典，先导入。import.csv 每位意向者一行，后导入。
   dictionary.csv is the data dictionary: upload it first. import.csv has one row for each lead: import it second.
2. 日期格式为 YYYY-MM-DD。不要用 Excel 打开后再保存，它会改动电话和日期。
   Dates are YYYY-MM-DD. Do not open and save the files in Excel: it changes phone numbers and dates.
3. overwriteBehavior=normal 时，空白不会覆盖已有的值：这里删掉的内容，再次导入后在 REDCap 里仍然存在。
   要删除，请用 overwriteBehavior=overwrite 导入，或在 REDCap 里删除这条记录。
   With overwriteBehavior=normal a blank does not replace a value: what was erased here stays in REDCap after another import.
   To erase it there, import with overwriteBehavior=overwrite, or delete the record in REDCap.
4. 有人要求删除资料时，请也在 REDCap 里删除。Somebody who asks to be deleted must be deleted in REDCap too.
5. 这些只是初筛时本人的回答，不是本研究的知情同意书。能不能参加只由研究者决定。
   These are people's own answers at prescreening, not the study's informed consent. Only the investigator decides who can join.
"""


@dataclass(frozen=True, slots=True)
class Field:
    """A row of the data dictionary. `codes`: of a checkbox, which become columns of their own."""

    name: str
    kind: str
    label: str
    choices: str = ""
    note: str = ""
    validation: str = ""
    low: str = ""
    high: str = ""
    identifier: bool = False
    branching: str = ""
    header: str = ""
    codes: tuple[str, ...] = ()

    def row(self) -> list[str]:
        """The eighteen columns."""
        return [
            *(self.name, FORM, self.header, self.kind, self.label, self.choices, self.note),
            *(self.validation, self.low, self.high, "y" if self.identifier else "", self.branching),
            *("", "", "", "", "", ""),
        ]


def redcap_file(handed: HandOff) -> bytes:
    """The archive: dictionary, import file and what to know before importing."""
    out = io.BytesIO()
    moment = handed.made_at.astimezone(handed.zone).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("README.txt", README),
            ("dictionary.csv", dictionary(handed.flows)),
            ("import.csv", records(handed)),
        ):
            archive.writestr(zipfile.ZipInfo(name, moment), text)
    return out.getvalue()


def dictionary(flows: Sequence[Flow]) -> str:
    """The data dictionary of all these versions, the latest first."""
    return _csv([COLUMNS, *(field.row() for field in _fields(flows))])


def records(handed: HandOff) -> str:
    """One row for each lead, with every column of the dictionary; choices by their codes."""
    fields = _fields(handed.flows)
    header = [column for field in fields for column in _columns(field)]
    rows = [_record(lead, handed) for lead in handed.leads]
    complete = f"{FORM}_complete"
    return _csv(
        [[*header, complete], *([row.get(column, "") for column in (*header, complete)] for row in rows)]
    )


def name_of(key: str) -> str:
    """A field name for a key of ours: the same every time, at most 26 small letters, digits and `_`."""
    if re.fullmatch(r"[a-z](_?[a-z0-9])*", key) and len(key) <= LONGEST_NAME and not _is_ours(key):
        return key
    mark = hashlib.sha256(key.encode()).hexdigest()[:6]
    plain = re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")
    plain = plain if plain[:1].isalpha() else f"q_{plain}"
    return f"{plain[: LONGEST_NAME - 7].strip('_')}_{mark}"


_OURS = frozenset(
    {
        *("record_id", "lead_created", "lead_status", "flow_version", "lang", "verdict", "open_items"),
        *("contact_channel", "call_name", "phone", f"{FORM}_complete"),
    }
)


def _of_criterion(state: str, id: str) -> str:
    return f"{state}_{id.lower()}"


def _is_ours(key: str) -> bool:
    """Whether a question may not be called so, because a field of ours is."""
    return key in _OURS or key.startswith(("open_", "fails_"))


def _fields(flows: Sequence[Flow]) -> list[Field]:
    found = {field.name: field for field in _ours()}
    for flow in flows:
        for criterion in flow.criteria:
            for state in ("open", "fails"):
                name = _of_criterion(state, criterion.id)
                label = {
                    "open": f"{criterion.id} 待核实 / {criterion.id} open",
                    "fails": f"{criterion.id} 不符合 / {criterion.id} fails",
                }
                found.setdefault(name, Field(name, "yesno", label[state], note=_both(criterion.text)))
    for flow in flows:
        for question in flow.questions:
            for field in _asked(question, flow):
                known = found.setdefault(field.name, field)
                if known.codes and field.codes and known.codes != field.codes:
                    found[field.name] = _with_codes(known, field)
    return list(found.values())


def _ours() -> Iterator[Field]:
    yield Field("record_id", "text", "意向者编号 / Lead code")
    yield Field("lead_created", "text", "成为意向者的时间 / Lead since", validation="datetime_ymd")
    yield Field("lead_status", "radio", "状态 / Status", _choices({each: each for each in STATUSES}))
    yield Field("flow_version", "text", "流程版本 / Flow version")
    yield Field("lang", "text", "语言 / Language")
    verdicts = {each.value: each.value for each in Verdict}
    yield Field("verdict", "radio", "初筛结论 / Verdict", _choices(verdicts), note="只由研究者决定能否参加")
    yield Field("open_items", "text", "待核实的标准数 / Open criteria", validation="integer")
    reach = {"chat": "聊天 / chat", "phone": "电话 / phone"}
    yield Field("contact_channel", "radio", "联系方式 / Contact by", _choices(reach))
    yield Field("call_name", "text", "称呼 / What to call the person", identifier=True)
    yield Field("phone", "text", "电话 / Phone", identifier=True)


def _asked(question: Question, flow: Flow) -> Iterator[Field]:
    name = name_of(question.id)
    label, note = _both(question.ask), " ".join(question.criteria)
    branching = _logic(question.ask_if, flow) if question.ask_if else ""
    labels = {option.code: _both(option.label) for option in question.options}
    match question.kind:
        case Kind.SINGLE:
            yield _choice(name, "radio", label, labels, note, branching)
        case Kind.MULTI:
            yield _choice(name, "checkbox", label, labels, note, branching)
        case Kind.NUMBER:
            low, high = (str(each) for each in question.valid) if question.valid else ("", "")
            kind = "number" if question.decimals else "integer"
            for key, more in (("", ""), (".highest", "（最大 / at most）")):
                yield Field(
                    name_of(question.id + key),
                    "text",
                    label + more,
                    note=note,
                    validation=kind,
                    low=low,
                    high=high,
                    branching=branching,
                )
        case Kind.DATE:
            for key, more in (("", "（最早 / earliest）"), (".latest", "（最晚 / latest）")):
                yield Field(
                    name_of(question.id + key),
                    "text",
                    label + more,
                    note=note,
                    validation="date_ymd",
                    branching=branching,
                )
        case _:
            assert_never(question.kind)
    if question.kind in (Kind.NUMBER, Kind.DATE) and labels:
        yield _choice(name_of(f"{question.id}.instead"), "radio", label, labels, note, branching)


def _choice(name: str, kind: str, label: str, labels: Mapping[str, str], note: str, branching: str) -> Field:
    return Field(name, kind, label, _choices(labels), note, branching=branching, codes=tuple(labels))


def _with_codes(first: Field, other: Field) -> Field:
    """A choice with the codes of another version added."""
    known = dict(part.split(", ", 1) for part in first.choices.split(" | "))
    more = dict(part.split(", ", 1) for part in other.choices.split(" | "))
    both = {**more, **known}
    ordered = {code: both[code] for code in (*known, *(code for code in more if code not in known))}
    return _choice(first.name, first.kind, first.label, ordered, first.note, first.branching)


def _choices(labels: Mapping[str, str]) -> str:
    return " | ".join(f"{code}, {label.replace('|', '/')}" for code, label in labels.items())


def _both(text: Text) -> str:
    return " / ".join(dict.fromkeys(text[each] for each in ("zh", "en") if each in text)) or next(
        iter(text.values())
    )


def _logic(condition: Condition, flow: Flow) -> str:
    """REDCap's branching logic, which can say all that a script can."""
    if isinstance(condition, Is):
        question = flow.question_by_id[condition.question]
        parts = [_is(question, code, condition.negated) for code in sorted(condition.codes)]
        word = " and " if condition.negated else " or "
    else:
        parts = [_logic(part, flow) for part in condition.parts]
        word = " and " if isinstance(condition, All) else " or "
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def _is(question: Question, code: str, negated: bool) -> str:
    if question.kind is Kind.MULTI:
        return f"[{name_of(question.id)}({code})] = '{0 if negated else 1}'"
    key = question.id if question.kind is Kind.SINGLE else f"{question.id}.instead"
    return f"[{name_of(key)}] {'<>' if negated else '='} '{code}'"


def _columns(field: Field) -> list[str]:
    """A checkbox has a column for each code, with three underscores."""
    return [f"{field.name}___{code}" for code in field.codes] if field.kind == "checkbox" else [field.name]


def _record(handed: HandedLead, whole: HandOff) -> dict[str, str]:
    lead = handed.lead
    row = {
        "record_id": lead.code,
        "lead_created": f"{lead.created_at.astimezone(whole.zone):%Y-%m-%d %H:%M}",
        "lead_status": lead.status,
        "flow_version": handed.flow.hash,
        "lang": lead.language,
        "contact_channel": "phone" if lead.reach == "phone" else "chat",
        "call_name": f" {handed.name}" if handed.name.startswith(_FORMULA) else handed.name,
        "phone": handed.phone,
        f"{FORM}_complete": "0" if handed.withdrawn else "2" if handed.run.outcome else "1",
    }
    if handed.withdrawn:
        return row
    row |= {"verdict": lead.verdict, "open_items": str(len(handed.open))}
    for criterion in handed.flow.criteria:
        for state, ids in (("open", handed.open), ("fails", handed.fails)):
            row[_of_criterion(state, criterion.id)] = "1" if criterion.id in ids else "0"
    for question in handed.flow.questions:
        if answer := handed.answers.get(question.id):
            row |= _said(question, answer)
    return row


def _said(question: Question, answer: Answer) -> dict[str, str]:
    name = name_of(question.id)
    match answer:
        case Chosen(codes) if question.kind is Kind.MULTI:
            return {f"{name}___{each.code}": str(int(each.code in codes)) for each in question.options}
        case Chosen(codes):
            key = question.id if question.kind is Kind.SINGLE else f"{question.id}.instead"
            return {name_of(key): codes[0]}
        case Number(low, high):
            return {name: _plain(low), name_of(f"{question.id}.highest"): _plain(high)}
        case Period(start, end):
            return {name: start.isoformat(), name_of(f"{question.id}.latest"): end.isoformat()}
        case _:
            return {}


def _plain(value: Amount) -> str:
    return str(value) if isinstance(value, int) else f"{value:f}"


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
