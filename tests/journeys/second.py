"""A second study, as small as one can be."""

_TEXTS = (
    "about", "consent_health", "consent_abroad", "contact_ask", "likely_match", "needs_review", "not_match",
    "come_back", "under_age", "for_someone_else", "already_enrolled", "no_consent", "not_interested", "stopped",
    "not_recruiting", "withdrawn", "unwell",
)  # fmt: skip
_NOTICE = (
    "purpose", "sensitive", "collect", "use", "who", "screened_out", "keep", "outcome", "may_skip", "own_answers",
    "abroad", "rights", "contact",
)  # fmt: skip
_MARKS = {
    "come_back": " {date}",
    "unwell": " {ae_phone} 120",
    "already_enrolled": " {ae_phone} 120",
    "not_match": " {delete_days} {phone}",
}


def _texts(names: tuple[str, ...]) -> str:
    return "\n".join(
        f'  {name}: {{zh: "睡眠：{name}{_MARKS.get(name, "")}。", en: "Sleep: {name}{_MARKS.get(name, "")}."}}'
        for name in names
    )


SLEEP = f"""\
format: 1
flow: sleep
languages: [zh, en]
author: tests
study:
  name: {{zh: 睡眠研究, en: Sleep study}}
  site: {{zh: 测试医院, en: Test Hospital}}
  protocol: T-1
  registry: NCT00000000
settings:
  stop: first_fail
criteria:
  - id: I1
    kind: inclusion
    text: {{zh: 睡得不好。, en: Sleeps badly.}}
    settled_by: questions
    reason: {{zh: 本人回答。, en: The person says so.}}
  - id: E1
    kind: exclusion
    text: {{zh: 上夜班。, en: Works at night.}}
    settled_by: questions
    reason: {{zh: 本人回答。, en: The person says so.}}
answer_sets:
  does:
    - {{code: "yes", label: {{zh: 是, en: "Yes"}}}}
    - {{code: "no", label: {{zh: 不是, en: "No"}}}}
questions:
  - id: sleep
    criteria: [I1]
    kind: single
    block: start
    short: {{zh: 睡眠, en: Sleep}}
    ask: {{zh: 您睡得不好吗？, en: "Do you sleep badly?"}}
    help: {{zh: 一周三次以上。, en: Three times a week or more.}}
    options: does
    means: {{"yes": meets, "no": fails}}
    lasting: temporary
  - id: nights
    criteria: [E1]
    kind: single
    block: start
    short: {{zh: 夜班, en: Night work}}
    ask: {{zh: 您上夜班吗？, en: "Do you work at night?"}}
    help: {{zh: 偶尔也算。, en: Now and then counts too.}}
    options: does
    means: {{"yes": fails, "no": meets}}
    lasting: temporary
texts:
  hello: {{zh: "您好！我是睡眠研究的自动助手。", en: "Hello! I am the automated helper of a sleep study."}}
{_texts(_TEXTS)}
notice:
{_texts(_NOTICE)}
"""
