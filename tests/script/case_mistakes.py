"""Mistakes in cases of the small script: what is written, the characters that are marked, and what is said."""

from typing import NamedTuple


class CaseMistake(NamedTuple):
    """A file of cases with one mistake."""

    message: str
    source: str
    marked: str
    zh: str
    en: str


CASE_MISTAKES = [
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {pregnant: bogus}}",
        "bogus",
        "问题“pregnant”不能回答“bogus”；可以写：yes、no、na、skip。",
        'question "pregnant" cannot be answered with "bogus"; use one of: yes, no, na, skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {hormones: unsre}}",
        "unsre",
        "问题“hormones”不能回答“unsre”；您是不是想写“unsure”？",
        'question "hormones" cannot be answered with "unsre"; did you mean "unsure"?',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {pregnant: true}}",
        "true",
        "问题“pregnant”不能回答“true”；可以写：yes、no、na、skip。",
        'question "pregnant" cannot be answered with "true"; use one of: yes, no, na, skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {pregnant: [yes, no]}}",
        "[yes, no]",
        "问题“pregnant”不能回答“[…]”；可以写：yes、no、na、skip。",
        'question "pregnant" cannot be answered with "[…]"; use one of: yes, no, na, skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {pregnant: 2026-03-05}}",
        "2026-03-05",
        "问题“pregnant”不能回答“2026-03-05”；可以写：yes、no、na、skip。",
        'question "pregnant" cannot be answered with "2026-03-05"; use one of: yes, no, na, skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {age: thirty}}",
        "thirty",
        "问题“age”不能回答“thirty”；请写整数，例如 36，或者写：skip。",
        'question "age" cannot be answered with "thirty"; write a whole number such as 36, or one of: skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {age: 36.5x}}",
        "36.5x",
        "问题“age”不能回答“36.5x”；请写整数，例如 36，或者写：skip。",
        'question "age" cannot be answered with "36.5x"; write a whole number such as 36, or one of: skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {age: {min: 30, max: old}}}",
        "{min: 30, max: old}",
        "问题“age”不能回答“{…}”；请写整数，例如 36，或者写：skip。",
        'question "age" cannot be answered with "{…}"; write a whole number such as 36, or one of: skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {age: {min: 30}}}",
        "{min: 30}",
        "问题“age”不能回答“{…}”；请写整数，例如 36，或者写：skip。",
        'question "age" cannot be answered with "{…}"; write a whole number such as 36, or one of: skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {hormones_last: 35}}",
        "35",
        "问题“hormones_last”不能回答“35”；请写日期或月份，例如 2026-03-05、2026-03，或者写：current、skip。",
        'question "hormones_last" cannot be answered with "35"; write a day such as 2026-03-05 or a month such as 2026-03, or one of: current, skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {treated: [cream, creme]}}",
        "creme",
        "问题“treated”不能回答“creme”；您是不是想写“cream”？",
        'question "treated" cannot be answered with "creme"; did you mean "cream"?',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {age: }}",
        "age",
        "问题“age”不能回答“”；请写整数，例如 36，或者写：skip。",
        'question "age" cannot be answered with ""; write a whole number such as 36, or one of: skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, edits: [{id: pregnant, value: maybe}]}",
        "maybe",
        "问题“pregnant”不能回答“maybe”；可以写：yes、no、na、skip。",
        'question "pregnant" cannot be answered with "maybe"; use one of: yes, no, na, skip',
    ),
    CaseMistake(
        "unknown_answer",
        "- {id: x, answers: {treated: []}}",
        "[]",
        "问题“treated”不能回答“[]”；可以写：none、cream、unsure、skip。",
        'question "treated" cannot be answered with "[]"; use one of: none, cream, unsure, skip',
    ),
    CaseMistake(
        "listed_twice",
        "- {id: x, answers: {treated: [cream, cream]}}",
        "cream",
        "“cream”在这个列表里写了两次；请删掉一个。",
        '"cream" is in this list twice; delete one of them',
    ),
    CaseMistake(
        "unknown_question",
        "- {id: x, answers: {pregnent: no}}",
        "pregnent",
        "没有“pregnent”这个问题；您是不是想写“pregnant”？",
        'there is no question "pregnent"; did you mean "pregnant"?',
    ),
    CaseMistake(
        "unknown_question",
        "- {id: x, edits: [{id: face, value: no}]}",
        "face",
        "没有“face”这个问题；可以写：age、treated、pregnant、hormones、hormones_last。",
        'there is no question "face"; use one of: age, treated, pregnant, hormones, hormones_last',
    ),
    CaseMistake(
        "missing_key",
        "- {id: x, edits: [{id: age}]}",
        "{id: age}",
        "这处修改缺少字段“value”；请补上一行“value: …”。",
        'this edit has no "value"; add "value: …"',
    ),
    CaseMistake(
        "wrong_shape",
        "- {id: x, edits: {age: 35}}",
        "{age: 35}",
        "这里写的是“字段: 内容”；应该写列表（[…] 或每行以“- ”开头）。",
        'this is "key: value" lines; write a list ([…], or lines that start with "- ") instead',
    ),
    CaseMistake(
        "unknown_key",
        "- {id: x, awnsers: {age: 35}}",
        "awnsers",
        "这个用例没有“awnsers”这个字段；您是不是想写“answers”？",
        'this case has no key "awnsers"; did you mean "answers"?',
    ),
    CaseMistake(
        "missing_key",
        "- {answers: {age: 35}}",
        "{answers: {age: 35}}",
        "这个用例缺少字段“id”；请补上一行“id: …”。",
        'this case has no "id"; add "id: …"',
    ),
    CaseMistake(
        "no_value",
        "- {id: , answers: {age: 35}}",
        "id",
        "这里没有内容；请写上一个词，不需要就删掉这一行。",
        "there is nothing here; write a word, or delete the line if it is not needed",
    ),
    CaseMistake(
        "case_twice",
        "- {id: 7}\n- {id: y}\n- {id: '7'}",
        "'7'",
        "用例编号“7”用了两次，第一次在 cases.yaml:1；请给其中一个换编号。",
        'the case id "7" is used twice, first at cases.yaml:1; give one of them another id',
    ),
    CaseMistake(
        "unknown_case",
        "- {id: clean}\n- {id: y, like: claen}",
        "claen",
        "没有“claen”这个用例；您是不是想写“clean”？",
        'there is no case "claen"; did you mean "clean"?',
    ),
    CaseMistake(
        "not_one_of",
        "- {id: x, language: fr}",
        "fr",
        "这里不能写“fr”；可以写：zh、en。",
        '"fr" cannot be used here; use one of: zh, en',
    ),
    *(
        CaseMistake(
            "not_a_day",
            f"- {{id: x, today: {day}}}",
            day,
            f"“{day}”不是日期；请写成例如 2026-06-15（1950年至2199年）。",
            f'"{day}" is not a day; write for example 2026-06-15 (from 1950 to 2199)',
        )
        for day in ("someday", "2026-02-30", "2026-6-15", "20260615", "9999-12-31", "1066-10-14")
    ),
    CaseMistake(
        "wrong_shape",
        "- {id: x, today: [2026-06-15]}",
        "[2026-06-15]",
        "这里写的是列表（[…] 或每行以“- ”开头）；应该写一个日期。",
        'this is a list ([…], or lines that start with "- "); write a day instead',
    ),
    CaseMistake(
        "missing_key",
        "- {id: x, earlier: {answers: {age: 35}}}",
        "{answers: {age: 35}}",
        "earlier 部分缺少字段“today”；请补上一行“today: …”。",
        'earlier has no "today"; add "today: …"',
    ),
    CaseMistake(
        "not_one_of",
        "- {id: x, expect: eligible}",
        "eligible",
        "这里不能写“eligible”；可以写：likely_match、needs_review、not_match。",
        '"eligible" cannot be used here; use one of: likely_match, needs_review, not_match',
    ),
    CaseMistake(
        "unknown_key",
        "- {id: x, expect: {result: not_match}}",
        "result",
        "expect 部分没有“result”这个字段；可以写：verdict、criteria、open、fails、flags、come_back、asked。",
        'expect has no key "result"; use one of: verdict, criteria, open, fails, flags, come_back, asked',
    ),
    CaseMistake(
        "unknown_criterion",
        "- {id: x, expect: {criteria: {e4: meets}}}",
        "e4",
        "没有“e4”这条标准；您是不是想写“E4”？",
        'there is no criterion "e4"; did you mean "E4"?',
    ),
    CaseMistake(
        "not_one_of",
        "- {id: x, expect: {criteria: {E4: met}}}",
        "met",
        "这里不能写“met”；您是不是想写“meets”？",
        '"met" cannot be used here; did you mean "meets"?',
    ),
    CaseMistake(
        "unknown_criterion",
        "- {id: x, expect: {open: [E99]}}",
        "E99",
        "没有“E99”这条标准；可以写：I1、I2、E4、E5、E10。",
        'there is no criterion "E99"; use one of: I1, I2, E4, E5, E10',
    ),
    CaseMistake(
        "not_one_of",
        "- {id: x, expect: {fails: {E5: forever}}}",
        "forever",
        "这里不能写“forever”；可以写：permanent、temporary、2026-12-31。",
        '"forever" cannot be used here; use one of: permanent, temporary, 2026-12-31',
    ),
    CaseMistake(
        "not_one_of",
        "- {id: x, expect: {flags: [nearlimit]}}",
        "nearlimit",
        "这里不能写“nearlimit”；您是不是想写“near_limit”？",
        '"nearlimit" cannot be used here; did you mean "near_limit"?',
    ),
    CaseMistake(
        "not_a_day",
        "- {id: x, expect: {come_back: soon}}",
        "soon",
        "“soon”不是日期；请写成例如 2026-06-15（1950年至2199年）。",
        '"soon" is not a day; write for example 2026-06-15 (from 1950 to 2199)',
    ),
    CaseMistake(
        "not_whole",
        "- {id: x, expect: {asked: all}}",
        "all",
        "“all”不是整数；请写成例如 18。",
        '"all" is not a whole number; write for example 18',
    ),
    CaseMistake(
        "wrong_shape",
        "id: x",
        "id",
        "这里写的是“字段: 内容”；应该写列表（[…] 或每行以“- ”开头）。",
        'this is "key: value" lines; write a list ([…], or lines that start with "- ") instead',
    ),
    CaseMistake(
        "wrong_shape",
        "- x",
        "x",
        "这里写的是单独一个值；应该写“字段: 内容”。",
        'this is a single value; write "key: value" lines instead',
    ),
    CaseMistake(
        "alias",
        "- {id: x, answers: *base}",
        "*base",
        "“*base”是 YAML 的引用，脚本里不能用；请把内容写出来，如果是文字请加上双引号。",
        '"*base" is a YAML alias, which scripts do not use; write the content out, or put the text in quotes',
    ),
    CaseMistake(
        "alias",
        "- {id: x, answers: &base {age: *base}}",
        "*base",
        "“*base”是 YAML 的引用，脚本里不能用；请把内容写出来，如果是文字请加上双引号。",
        '"*base" is a YAML alias, which scripts do not use; write the content out, or put the text in quotes',
    ),
]
