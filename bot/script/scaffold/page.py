"""A study as it stands on a trial's page: plain text, copied from a browser."""

import re

from bot.script.scaffold.source import Limits, Source, line_of, tidy

_LABELS = {
    "protocol": re.compile(
        r"(?i)(?:study id|protocol (?:id|number|no\.?)|方案(?:编)?号|研究编号)\s*[:：]?\s*(.*)"
    ),
    "registry": re.compile(r"(?i)(?:nct (?:id|number)|registry (?:id|number)|注册号|登记号)\s*[:：]?\s*(.*)"),
    "status": re.compile(
        r"(?i)(?:(?:recruitment |overall |study )?status|招募状态|研究状态|状态)\s*[:：]?\s*(.*)"
    ),
    "title": re.compile(r"(?i)(?:(?:brief |official |study )?title|研究名称|研究题目|题目)\s*[:：]\s*(.*)"),
}
_NCT = re.compile(r"\bNCT\d{8}\b")
_SPONSOR = re.compile(
    r"(?i)^(?:sponsored by|sponsor\s*[:：]|申办(?:者|方|单位)\s*[:：]?|主办单位\s*[:：]?)\s*(.+)$"
)
_UPDATED = re.compile(
    r"(?i)(?:last updated|更新于|最后更新)\s*[:：]?\s*(?:(?:about )?(\d+|an?)\s*(day|week|month|year|天|周|个?月|年)s?)"
)
_AGES = re.compile(
    r"(?i)^(?:ages?\s*[:：]?\s*)?(\d{1,3})\s*(?:-|–|~|to|至|到)\s*(\d{1,3})\s*(?:years?(?: old)?|周?岁)\.?$"
)
_AT_LEAST = re.compile(
    r"(?i)^(?:ages?\s*[:：]?\s*)?(\d{1,3})\s*(?:years?(?: old)? (?:and|or) (?:older|over)|\+ years?|周?岁及?以上)\.?$"
)
#: Words a line has that no name of a study has: menus, buttons, notices about cookies.
_NO_TITLE = re.compile(r"(?i)cookie|privacy|log ?in|sign ?up|search|menu|home|隐私|登录|搜索|首页")
_ORGANISATION = re.compile(
    r"(?i)universit|hospital|institut|clinic|cent(?:er|re)|college|school|\binc\b|\bltd\b|gmbh|foundation|"
    r"group|pharma|laborator|compan|council|ministry|医院|大学|学院|研究所|研究院|中心|公司|基金会|集团|卫生"
)
_RECRUITS = re.compile(r"(?i)^(?:recruiting|open|正在招募|招募中)$")
_HEALTHY = re.compile(
    r"(?i)accepts? healthy volunteers\s*[:：]?\s*yes|healthy volunteers\s*[:：]\s*(?:yes|accepted)|接受健康(?:志愿者|受试者)\s*[:：]\s*是"
)
_IN_MONTHS = {"day": 0, "天": 0, "week": 0, "周": 0, "month": 1, "月": 1, "个月": 1, "year": 12, "年": 12}


def read_page(text: str) -> Source:
    """The parts a draft can use; whatever a page does not say stays "". Criteria are looked for in the whole text."""
    plain = tidy(text)
    lines = [" ".join(line.split()) for line in plain.split("\n")]
    found = {name: _labelled(lines, pattern) for name, pattern in _LABELS.items()}
    sponsor = next((match[1] for line in lines if (match := _SPONSOR.match(line))), "")
    status, nct = found["status"], _NCT.search(plain)
    return Source(
        title=found["title"] or _title(lines),
        criteria=plain,
        is_registry=False,
        site=line_of(sponsor) if _ORGANISATION.search(sponsor) else "",
        protocol=found["protocol"] if re.search(r"\d", found["protocol"]) else "",
        registry=nct[0] if nct else found["registry"] if re.search(r"\d", found["registry"]) else "",
        ages=tuple(dict.fromkeys(limits for line in lines if (limits := _limits(line)))),
        status=status,
        recruits=bool(_RECRUITS.match(status)) if status else None,
        months_old=_months_old(plain),
        updated=next((line for line in lines if _UPDATED.search(line)), ""),
        accepts_healthy=bool(_HEALTHY.search(plain)),
    )


def _labelled(lines: list[str], label: re.Pattern[str]) -> str:
    """What stands behind a label, in its line or in the next one that is not empty."""
    for place, line in enumerate(lines):
        if match := label.fullmatch(line):
            following = next((later for later in lines[place + 1 : place + 4] if later), "")
            return (match[1] or following)[:120]
    return ""


def _title(lines: list[str]) -> str:
    """The first line that may be the name of a study, above the line that names its sponsor; "" if none may."""
    end = next((place for place, line in enumerate(lines) if _SPONSOR.match(line)), 0)
    named = [line for line in lines[:end] if 20 <= len(line.encode()) <= 300 and not _NO_TITLE.search(line)]
    return named[-1] if named else ""


def _limits(line: str) -> Limits | None:
    if match := _AGES.match(line):
        return Limits(int(match[1]), int(match[2]), line)
    if match := _AT_LEAST.match(line):
        return Limits(int(match[1]), None, line)
    return None


def _months_old(text: str) -> int | None:
    match = _UPDATED.search(text)
    if match is None:
        return None
    count = 1 if match[1].lower() in ("a", "an") else min(int(match[1][:4]), 9999)
    return count * _IN_MONTHS[match[2].lower()]
