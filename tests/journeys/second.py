"""A second study, as small as one can be: two questions."""

_TEXTS = {
    "hello": ("您好！我是一项睡眠研究的自动助手，不是医生。", "Hello! I am the automated helper of a sleep study, not a doctor."),
    "about": ("这项研究想了解怎样睡得更好。", "The study is about sleeping better."),
    "consent_health": ("您同意我们使用您的健康回答吗？", "Do you agree that we use your health answers?"),
    "consent_abroad": ("您同意消息经过境外的服务器吗？", "Do you agree that messages pass through servers abroad?"),
    "contact_ask": ("可以请睡眠研究团队联系您吗？", "May the sleep team contact you?"),
    "likely_match": ("谢谢！这项睡眠研究也许适合您。", "Thank you! The sleep study may fit you."),
    "needs_review": ("谢谢！有几点要和您核实。", "Thank you! The team needs to check a few points."),
    "not_match": (
        "这项睡眠研究目前可能不适合您。回答会在{delete_days}天内删除。电话{phone}。",
        "The sleep study may not fit you now. Answers go within {delete_days} days. Call {phone}.",
    ),
    "come_back": ("可以从{date}起再来看看。", "You can check again from {date} on."),
    "under_age": ("这项研究只面向成年人。", "This study is for adults."),
    "for_someone_else": ("请让本人回答。", "Please let the person answer."),
    "already_enrolled": ("请致电研究医生{ae_phone}，或拨打120。", "Please call the study doctor: {ae_phone}, or 120."),
    "no_consent": ("好的，没有保存您的信息。可致电{phone}。", "That is fine. Nothing is kept. You can call {phone}."),
    "not_interested": ("好的，睡眠研究团队不会联系您。", "That is fine. The sleep team will not contact you."),
    "stopped": ("已经停止。", "We have stopped."),
    "not_recruiting": ("睡眠研究现在不招募。", "The sleep study is not recruiting now."),
    "withdrawn": ("好的，我们不会再联系您。", "That is fine. We will not contact you again."),
    "unwell": ("请致电研究医生{ae_phone}，或拨打120。", "Please call the study doctor: {ae_phone}, or 120."),
}  # fmt: skip
_NOTICE = {
    "purpose": ("目的：看看睡眠研究是否可能适合您。", "Why: to see if the sleep study may fit you."),
    "sensitive": ("敏感信息：睡眠。", "Sensitive: your sleep."),
    "collect": ("收集什么：您的回答。", "What we collect: your answers."),
    "use": ("用来做什么：招募。", "Use: to recruit."),
    "who": ("谁能看：睡眠研究团队。", "Who sees it: the sleep team."),
    "screened_out": (
        "如果不适合：{delete_days}天内删除。",
        "If it is not a fit: deleted within {delete_days} days.",
    ),
    "keep": ("保存多久：招募结束后{keep_days}天。", "How long: {keep_days} days after recruitment."),
    "outcome": ("会告诉您什么：是否可能适合。", "What you will hear: if it may fit."),
    "may_skip": ("可以不答：每题都可以跳过。", "You may skip any question."),
    "own_answers": ("请您本人回答。", "Please answer for yourself."),
    "abroad": ("传到境外：消息经过Telegram。", "Abroad: messages pass through Telegram."),
    "rights": ("您的权利：发 /delete 删除。", "Your rights: send /delete to delete."),
    "contact": ("联系我们：{phone}。", "Contact: {phone}."),
}


def _texts(texts: dict[str, tuple[str, str]]) -> str:
    return "\n".join(f'  {name}: {{zh: "{zh}", en: "{en}"}}' for name, (zh, en) in texts.items())


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
    text: {{zh: 睡眠差。, en: Sleeps badly.}}
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
    - {{code: unsure, label: {{zh: 不确定, en: "Not sure"}}}}
questions:
  - id: sleep
    criteria: [I1]
    kind: single
    block: start
    short: {{zh: 睡眠, en: Sleep}}
    ask: {{zh: 您睡眠差吗？, en: "Do you sleep badly?"}}
    help: {{zh: 一周三次以上。, en: Three times a week or more.}}
    options: does
    means: {{"yes": meets, "no": fails, unsure: open}}
    lasting: temporary
  - id: nights
    criteria: [E1]
    kind: single
    block: start
    short: {{zh: 夜班, en: Night work}}
    ask: {{zh: 您上夜班吗？, en: "Do you work at night?"}}
    help: {{zh: 偶尔也算。, en: Now and then counts too.}}
    options: does
    means: {{"yes": fails, "no": meets, unsure: open}}
    lasting: temporary
texts:
{_texts(_TEXTS)}
notice:
{_texts(_NOTICE)}
"""
