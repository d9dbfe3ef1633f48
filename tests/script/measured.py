"""The small script with a height, a weight and the BMI worked out from them, and what can be wrong with these."""

from script_mistakes import Mistake

_CRITERION = """  - id: I3
    kind: inclusion
    text: {zh: 体重指数18.5至30.0, en: BMI from 18.5 to 30.0}
    settled_by: questions
    reason: {zh: 由身高体重算出, en: Worked out from height and weight}

answer_sets:
"""
_QUESTIONS = """
  - id: height
    criteria: [I3]
    kind: number
    short: {zh: 身高, en: Height}
    ask: {zh: 您多高？, en: How tall are you?}
    help: {zh: 不穿鞋。, en: Without shoes.}
    unit: {zh: 厘米, en: cm}
    decimals: 1
    valid: {from: 100, to: 250}

  - id: weight
    criteria: [I3]
    kind: number
    short: {zh: 体重, en: Weight}
    ask: {zh: 您多重？, en: How much do you weigh?}
    help: {zh: 不穿外套。, en: Without a coat.}
    unit: {zh: 公斤, en: kg}
    decimals: 1
    valid: {from: 30, to: 300.0}

computed:
  - id: bmi
    short: {zh: 体重指数, en: BMI}
    formula: bmi
    from: {height: height, weight: weight}
    criteria: [I3]
    ranges:
      - {to: 18.4, means: fails}
      - {from: 18.5, to: 30.0, means: meets}
      - {from: 30.1, means: fails}
    lasting: temporary

flags:
"""


def measured(small: str) -> str:
    """The small script with them."""
    return small.replace("answer_sets:\n", _CRITERION, 1).replace("\nflags:\n", _QUESTIONS, 1)


MISTAKES = [
    Mistake(
        "not_decimal",
        "{from: 18.5, to: 30.0, means",
        "{from: 18.55, to: 30.0, means",
        "18.55",
        "“18.55”不是最多 1 位小数的数；请写成例如 18.5。",
        '"18.55" is not a number with at most 1 decimals; write for example 18.5',
    ),
    Mistake(
        "decimal_range",
        "to: 300.0",
        "to: 99999999",
        "99999999",
        "99999999 超出了范围；请写 -1000000 到 1000000 之间的数。",
        "99999999 is out of range; write a number from -1000000 to 1000000",
    ),
    Mistake(
        "no_value",
        "to: 300.0",
        "to: ",
        "to",
        "这里没有内容；请写上一个数，不需要就删掉这一行。",
        "there is nothing here; write a number, or delete the line if it is not needed",
    ),
    Mistake(
        "not_one_of",
        "formula: bmi",
        "formula: bmj",
        "bmj",
        "这里不能写“bmj”；可以写：bmi。",
        '"bmj" cannot be used here; use one of: bmi',
    ),
    Mistake(
        "missing_key",
        "from: {height: height, weight: weight}",
        "from: {height: height}",
        "{height: height}",
        "from缺少字段“weight”；请补上一行“weight: …”。",
        'from has no "weight"; add "weight: …"',
    ),
    Mistake(
        "unknown_key",
        "{from: 30.1, means: fails}",
        "{from: 30.1, means: fails, erases: true}",
        "erases",
        "这一段没有“erases”这个字段；可以写：means、from、to、lasting、flag。",
        'this range has no key "erases"; use one of: means, from, to, lasting, flag',
    ),
    Mistake(
        "condition_unknown",
        "{height: height, weight: weight}",
        "{height: heigth, weight: weight}",
        "heigth",
        "没有“heigth”这个问题；您是不是想写“height”？",
        'there is no question "heigth"; did you mean "height"?',
    ),
    Mistake(
        "computed_not_number",
        "{height: height, weight: weight}",
        "{height: pregnant, weight: weight}",
        "pregnant",
        "公式要用“pregnant”，它却不是数字题；请换成 kind 为 number 的问题。",
        'the formula takes "pregnant", which is no question for a number; name one of kind number',
    ),
    Mistake(
        "computed_unit",
        "unit: {zh: 公斤, en: kg}",
        "unit: {zh: 斤, en: jin}",
        "weight",
        "公式里的 weight 以 kg 为单位，问题“weight”却不是；请给这道题写上单位 kg。",
        'the formula takes weight in kg, question "weight" does not ask for that; give the question the unit kg',
    ),
    Mistake(
        "unit_differs",
        "unit: {zh: 公斤, en: kg}",
        "unit: {zh: 厘米, en: kg}",
        "厘米",
        "中文的单位是“厘米”，英文的单位是“kg”；请写成同一个单位。",
        'the unit is "厘米" in Chinese and "kg" in English; give both the same unit',
    ),
    Mistake(
        "limit_differs",
        "{from: 18.5, to: 30.0, means: meets}\n      - {from: 30.1,",
        "{from: 18.5, to: 30.1, means: meets}\n      - {from: 30.2,",
        "{from: 18.5, to: 30.1, means: meets}",
        "这里的界限是 30.1，标准 I3 的 text（第 LINE 行）写的却不是；请让两处一致，以方案为准。",
        "the limit here is 30.1, the text of criterion I3 in line LINE says otherwise; "
        "make them agree with the protocol",
    ),
    Mistake(
        "all_fail",
        "to: 30.0, means: meets}",
        "to: 30.0, means: fails}",
        "I3",
        "问题“bmi”的每个明确回答都让标准 I3 不符合，谁都过不了；请让符合的回答写 meets。",
        'every firm answer to "bmi" fails criterion I3, so nobody passes; give the answer that fits the meaning meets',
    ),
    Mistake(
        "lasting_unused",
        "{to: 18.4, means: fails}\n      - {from: 18.5, to: 30.0, means: meets}\n      - {from: 30.1, means: fails}",
        "{to: 18.4, means: open}\n      - {from: 18.5, to: 30.0, means: meets}\n      - {from: 30.1, means: open}",
        "temporary",
        "“bmi”写了 lasting，可是没有一个回答是 fails；请让不符合的回答写 fails，或者删掉 lasting。",
        '"bmi" has lasting, but none of its answers fails; give the answer that does not fit the meaning fails, '
        "or delete lasting",
    ),
    Mistake(
        "fails_after_all",
        "settled_by: questions\n    reason: {zh: 由身高体重算出",
        "settled_by: questions\n    never_fails: true\n    reason: {zh: 由身高体重算出",
        "true",
        "标准 I3 写了 never_fails: true，可是第 LINE 行的问题“bmi”有回答是 fails；请改成 open，或者删掉 never_fails。",
        'criterion I3 says never_fails: true, but an answer to "bmi" in line LINE fails it; '
        "write open there, or delete never_fails",
    ),
    Mistake(
        "computed_zero",
        "{from: 100, to: 250}",
        "{from: 0, to: 250}",
        "height",
        "公式里的 height 必须大于 0，问题“height”却接受更小的数；请改正这道题的 valid。",
        'the formula needs height to be more than 0, question "height" accepts less; '
        "correct the valid of that question",
    ),
    Mistake(
        "computed_criterion",
        "  - id: weight\n    criteria: [I3]",
        "  - id: weight\n    criteria: [I1]\n    ranges: [{means: meets}]",
        "weight",
        "问题“weight”没有写标准 I3，跳过它时就没有人知道；请在这道题的 criteria 里加上 I3。",
        'question "weight" does not name criterion I3, so skipping it would go unnoticed; '
        "add I3 to the criteria of that question",
    ),
    Mistake(
        "unknown_criterion",
        "    criteria: [I3]\n    ranges",
        "    criteria: [I3, I9]\n    ranges",
        "I9",
        "没有“I9”这条标准；最接近的是“I3”。可以写：I1、I2、E4、E5、E10、I3。",
        'there is no criterion "I9"; the nearest is "I3"; use one of: I1, I2, E4, E5, E10, I3',
    ),
    Mistake(
        "value_outside",
        "{from: 30.1, means: fails}",
        "{from: 30.1, means: fails}\n      - {from: 500, means: fails}",
        "{from: 500, means: fails}",
        "算出来的值在 4.8 到 300.0 之间，这一段不会用到；请删掉它或改正数字。",
        "the value lies between 4.8 and 300.0, so this range is never used; delete it or correct the numbers",
    ),
    Mistake(
        "value_gap",
        "{from: 30.1, means: fails}",
        "{from: 30.2, means: fails}",
        "{from: 30.2, means: fails}",
        "没有一段包括 30.1；请让 ranges 盖住可能算出来的每个值。",
        "no range covers 30.1; let the ranges cover every value that can come out",
    ),
    Mistake(
        "value_gap",
        "{from: 30.1, means: fails}",
        "{from: 30.1, to: 90, means: fails}",
        "-",
        "没有一段包括 90.1–300.0；请让 ranges 盖住可能算出来的每个值。",
        "no range covers 90.1–300.0; let the ranges cover every value that can come out",
    ),
    Mistake(
        "range_overlap",
        "{from: 30.1, means: fails}",
        "{from: 30, means: fails}",
        "{from: 30, means: fails}",
        "30 已经在第 LINE 行的那一段里；每个数只能属于一段。",
        "30 is already covered by the range in line LINE; a number may belong to one range only",
    ),
    Mistake(
        "no_lasting",
        "    lasting: temporary\n\nflags",
        "\nflags",
        "fails",
        "“≤18.4”是 fails，却没有说明会不会变；请补上 lasting: permanent（不会变）或 lasting: temporary（以后可能符合）。",
        '"≤18.4" means fails, but not for how long; add lasting: permanent, or lasting: temporary if it can pass',
    ),
    Mistake(
        "next_in_range",
        "to: 30.0, means: meets",
        "to: 30.0, means: next",
        "next",
        "“18.5–30”的含义是 next，可是数字题不能引出追问；请写 meets、fails、open 或 na。",
        '"18.5–30" means next, but a number opens no follow-up; write meets, fails, open or na',
    ),
    Mistake(
        "duplicate_id",
        "- id: bmi",
        "- id: height",
        "height",
        "“height”用了两次，第一次在第 LINE 行；请给其中一个换编号。",
        '"height" is used twice, first in line LINE; give one of them another id',
    ),
    Mistake(
        "missing_key_of_kind",
        "  - id: weight\n    criteria: [I3]",
        "  - id: weight\n    criteria: [I3, I1]",
        "id",
        "kind 为 number 的问题需要“ranges”；请补上“ranges: …”。",
        'a question of kind number needs "ranges"; add "ranges: …"',
    ),
    Mistake(
        "key_of_other_kind",
        "kind: single\n    block: history\n    preface",
        "kind: single\n    unit: {zh: 周, en: weeks}\n    block: history\n    preface",
        "unit",
        "“unit”只用于 kind 为 number 的问题，这个问题的 kind 是 single；请删掉它或改正 kind。",
        '"unit" goes with questions of kind number, this one is of kind single; delete it or correct the kind',
    ),
    Mistake(
        "window_one_of",
        "{months: 12}",
        "{months: 12, weeks: 2}",
        "{months: 12, weeks: 2}",
        "window 里要写 months、weeks 或 days 中的一个；请只留一个。",
        "a window is counted in months, weeks or days; give exactly one of them",
    ),
    Mistake(
        "window_one_of",
        "{months: 12}",
        "{}",
        "{}",
        "window 里要写 months、weeks 或 days 中的一个；请只留一个。",
        "a window is counted in months, weeks or days; give exactly one of them",
    ),
]
#: A value that decides what the team settles is said twice: of the value, and of the questions it is worked out from.
OF_THE_TEAM = Mistake(
    "value_of_team",
    "    settled_by: questions\n    reason: {zh: 由身高体重算出",
    "    settled_by: visit\n    reason: {zh: 由身高体重算出",
    "I3",
    "“bmi”要判断标准 I3，可是它写的是 settled_by: visit；请把这条标准写成 settled_by: questions。",
    '"bmi" decides criterion I3, which says settled_by: visit; write settled_by: questions with the criterion',
)
