"""What a script compiles to, and how its problems are reported together."""

import re
from collections.abc import Callable
from hashlib import sha256
from inspect import cleandoc
from pathlib import Path

import pytest

from bot.core.criteria import Criterion, Disclose, Lasting, SettledBy, State
from bot.core.flow import All, Any, CrossFlag, Flow, Is, Kind, Meaning, Note, Range, Stop, Window
from bot.script.compile import NOTICE, TEXTS, Compiled, compile_script
from bot.script.library import read_file, script_files

Changed = Callable[[str, str], Compiled]
MEETS, OPEN, NEXT = Meaning(State.MEETS), Meaning(State.OPEN), Meaning(State.NOT_ASKED)
FOR_GOOD, FOR_NOW = Meaning(State.FAILS, Lasting.PERMANENT), Meaning(State.FAILS, Lasting.TEMPORARY)


@pytest.fixture(scope="module")
def flow(small: str) -> Flow:
    compiled = compile_script(small, "flows/small/flow.yaml")
    assert compiled.report("en") == ""
    assert compiled.flow is not None
    return compiled.flow


def test_the_facts_of_the_study(flow: Flow) -> None:
    assert (flow.id, flow.languages, flow.author, flow.stop) == (
        "small",
        ("zh", "en"),
        "test team",
        Stop.FIRST_FAIL,
    )
    assert flow.study.name == {"zh": "小研究", "en": "Small study"}
    assert (flow.study.protocol, flow.study.registry) == ("T-1", "")
    text = {"zh": "上限以方案为准", "en": "The limit is the protocol's"}
    assert flow.notes == (Note("C1", ("I1",), text, site_decides=True),)
    assert flow.glossary == {"melasma": {"zh": "黄褐斑", "en": "melasma"}}


def test_the_texts_are_in_the_order_they_are_shown(flow: Flow) -> None:
    assert tuple(flow.texts) == TEXTS
    assert tuple(flow.notice) == NOTICE
    assert flow.notice["contact"] == {"zh": "联系{phone}", "en": "Contact {phone}"}


def test_a_criterion(flow: Flow) -> None:
    assert flow.criterion_by_id["E5"] == Criterion(
        id="E5",
        inclusion=False,
        text={"zh": "近12个月用过避孕药", "en": "Birth control pills in the past 12 months"},
        settled_by=SettledBy.QUESTIONS,
        reason={"zh": "本人知道", "en": "People know it"},
        disclose=Disclose.DATE_ONLY,
        often_fails=True,
    )
    assert flow.criterion_by_id["I1"].ending == {"zh": "年龄不合适。", "en": "The age does not fit."}


def test_a_number(flow: Flow) -> None:
    age = flow.question_by_id["age"]
    assert (age.kind, age.block, age.valid) == (Kind.NUMBER, "start", (1, 120))
    assert age.ranges == (
        Range(None, 17, {"I1": FOR_NOW}, erases=True),
        Range(18, 59, {"I1": MEETS}),
        Range(60, 60, {"I1": MEETS}, flag="near_limit"),
        Range(61, None, {"I1": FOR_GOOD}),
    )


def test_a_choice_with_a_meaning_for_each_criterion(flow: Flow) -> None:
    treated = flow.question_by_id["treated"]
    assert (treated.kind, treated.criteria) == (Kind.MULTI, ("E10", "I1"))
    assert treated.exclusive == {"none", "unsure"}
    assert [(option.code, option.means) for option in treated.options] == [
        ("none", {"E10": MEETS, "I1": MEETS}),
        ("cream", {"E10": FOR_GOOD, "I1": MEETS}),
        ("unsure", {"E10": OPEN, "I1": OPEN}),
    ]


def test_a_choice_from_an_answer_set(flow: Flow) -> None:
    hormones = flow.question_by_id["hormones"]
    assert hormones.linked == ("E4",)
    assert [(option.code, option.means) for option in hormones.options] == [
        ("yes", {"E5": NEXT}),
        ("no", {"E5": MEETS}),
        ("unsure", {"E5": OPEN}),
    ]
    assert hormones.options[0].label == {"zh": "有", "en": "Yes"}


def test_a_date(flow: Flow) -> None:
    last = flow.question_by_id["hormones_last"]
    assert (last.kind, last.window) == (Kind.DATE, Window(12, Lasting.TEMPORARY))
    assert last.ask_if == All(
        (Is("hormones", frozenset({"yes"})), Is("pregnant", frozenset({"na"}), negated=True))
    )
    assert [(option.code, option.means) for option in last.options] == [("current", {"E5": FOR_NOW})]


def test_a_flag(flow: Flow) -> None:
    when = Any(
        (
            Is("treated", frozenset({"cream", "unsure"})),
            Is("pregnant", frozenset({"no"}), negated=True),
        )
    )
    assert flow.flags == (CrossFlag("doctor_to_confirm", when, "I2"),)


def test_what_may_be_left_out(compiled: Compiled) -> None:
    """
    study:
      name: {zh: 小研究, en: Small study}
      site: {zh: 测试医院, en: Test hospital}
      protocol: T-1
      registry: NCT00000000

    settings: {}

    notes:
      - {id: C2, criteria: [], text: {zh: 说明, en: Note}}
    """
    assert compiled.report("en") == ""
    assert compiled.flow is not None
    assert compiled.flow.study.registry == "NCT00000000"
    assert compiled.flow.stop is Stop.FIRST_FAIL
    assert compiled.flow.notes[0].criteria == ()
    assert not compiled.flow.notes[0].site_decides


def test_other_values_of_the_same_keys(changed: Changed) -> None:
    compiled = changed("stop: first_fail", "stop: ask_all")
    assert compiled.flow is not None
    assert compiled.flow.stop is Stop.ASK_ALL
    compiled = changed("    window: {months: 12}", "    window: {months: 12}\n    lasting: permanent")
    assert compiled.flow is not None
    assert compiled.flow.question_by_id["hormones_last"].window == Window(12, Lasting.PERMANENT)


def test_a_third_language_needs_text_only(small: str) -> None:
    source = small.replace("languages: [zh, en]", "languages: [zh, en, zh-Hant]")
    compiled = compile_script(source, "small.yaml")
    assert {problem.message for problem in compiled.problems} == {"text_misses_language"}
    assert compiled.problems[0].text("zh") == "这段文字缺少 zh-Hant ；请补上“zh-Hant: …”。"
    compiled = compile_script(re.sub("zh: (.*?), en: ", r"zh: \1, zh-Hant: \1, en: ", source), "small.yaml")
    assert compiled.report("en") == ""
    assert compiled.flow is not None
    assert compiled.flow.texts["hello"]["zh-Hant"] == "您好。"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_hash_does_not_depend_on_the_editor(small: str, line_end: str, mark: bytes) -> None:
    source = mark + small.replace("\n", line_end).encode()
    compiled = compile_script(source, "flows/small/flow.yaml")
    assert compiled.flow is not None
    assert compiled.flow.hash == sha256(small.encode()).hexdigest()
    assert compiled.source == small


def test_every_problem_is_reported_in_file_order(compiled: Compiled) -> None:
    """
    answer_sets:
      has:
        - {code: "yes", label: {zh: 有, enn: "Yes"}}
        - {code: "no", label: {zh: 没有, en: "No"}}
    questions:
      - id: 年龄
        criteria: [I1, E4, E5, E10]
        kind: sinlge
        short: {zh: 年龄, en: Age}
        ask: {zh: 您今年几周岁？, en: How old are you?}
        help: {zh: "请打{电话}。", en: Send a number.}

    flags:
      - {flag: remark, when: "old = yes", criterion: I2}
    """
    assert compiled.flow is None
    assert compiled.report("zh") == cleandoc("""
        flow.yaml:2:3: 提醒：没有问题用到“has”这组选项；不需要就删掉。 [unused]
          has:
          ^~~
        flow.yaml:3:36: 没有“enn”这种语言；您是不是想写“en”？ [languages]
            - {code: "yes", label: {zh: 有, enn: "Yes"}}
                                            ^~~
        flow.yaml:6:9: “年龄”不能用作编号；请用小写英文字母开头，后面只用小写字母、数字和下划线，例如 other_trial。 [ids]
          - id: 年龄
                ^~~~
        flow.yaml:8:11: 这里不能写“sinlge”；您是不是想写“single”？ [values]
            kind: sinlge
                  ^~~~~~
        flow.yaml:11:19: 没有“{电话}”这个占位符；可以写：{phone}、{ae_phone}、{ethics_phone}、{delete_days}、{stop_days}、{keep_days}。 [placeholders]
            help: {zh: "请打{电话}。", en: Send a number.}
                            ^~~~~~
        flow.yaml:14:27: 没有“old”这个问题；可以写：年龄。 [conditions]
          - {flag: remark, when: "old = yes", criterion: I2}
                                  ^~~
    """)
    assert compiled.report("en") == cleandoc("""
        flow.yaml:2:3: warning: no question uses the answer set "has"; delete it if it is not needed [unused]
          has:
          ^~~
        flow.yaml:3:36: there is no language "enn"; did you mean "en"? [languages]
            - {code: "yes", label: {zh: 有, enn: "Yes"}}
                                            ^~~
        flow.yaml:6:9: "年龄" cannot be an id; start with a lower-case letter and use only lower-case letters, digits and _, for example other_trial [ids]
          - id: 年龄
                ^~~~
        flow.yaml:8:11: "sinlge" cannot be used here; did you mean "single"? [values]
            kind: sinlge
                  ^~~~~~
        flow.yaml:11:19: there is no placeholder "{电话}"; use one of: {phone}, {ae_phone}, {ethics_phone}, {delete_days}, {stop_days}, {keep_days} [placeholders]
            help: {zh: "请打{电话}。", en: Send a number.}
                            ^~~~~~
        flow.yaml:14:27: there is no question "old"; use one of: 年龄 [conditions]
          - {flag: remark, when: "old = yes", criterion: I2}
                                  ^~~
    """)


def test_what_was_reported_as_yaml_is_not_reported_again(changed: Changed) -> None:
    for old, new in (
        ("hello: {zh: 您好。, en: Hello.}", "hello: *text"),
        ("settings:\n  stop: first_fail", "settings: *settings"),
        ("stop: first_fail", "stop: *stop"),
        ("criteria: [E10, I1]", "criteria: [E10, I1, *more]"),
    ):
        assert [problem.message for problem in changed(old, new).problems] == ["alias"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("{months: 12}", "{months: }", "a whole number"),
        ("  - id: C1", "  - id:", "a word"),
        ("settings:\n  stop: first_fail", "settings:", '"key: value" lines'),
        ("languages: [zh, en]", "languages:", 'a list ([…], or lines that start with "- ")'),
        ('when: "treated in [cream, unsure] or pregnant != no"', "when: ''", "a condition"),
        ("site_decides: true", "site_decides: ~", "true or false"),
    ],
)
def test_a_key_without_a_value(changed: Changed, old: str, new: str, wanted: str) -> None:
    [problem] = changed(old, new).problems
    assert (
        problem.text("en") == f"there is nothing here; write {wanted}, or delete the line if it is not needed"
    )


def test_without_questions_only_the_rest_is_checked(compiled: Compiled) -> None:
    """
    questions: later
    settings: {stop: never}
    """
    assert [problem.message for problem in compiled.problems] == ["wrong_shape", "not_one_of"]


def test_answer_sets_may_be_left_out(small: str) -> None:
    start, end = small.index("answer_sets:"), small.index("questions:")
    choice = "options: [{code: a, label: {zh: 甲, en: A}, means: next}, {code: b, label: {zh: 乙, en: B}, means: open}]"
    source = small[:start] + small[end:].replace("options: has", choice).replace(
        '    means: {"yes": next, "no": meets, unsure: open}\n', ""
    )
    compiled = compile_script(source.replace("hormones = yes", "hormones = a"), "small.yaml")
    assert compiled.report("en") == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    criteria: [E4]\n", "    critera: [E4]\n"),
        ("    ending: {zh", "    endng: {zh"),
        ("    settled_by: visit", "    setled_by: visit"),
        ("    options:\n      - {code: none", "    option:\n      - {code: none"),
        ("    lasting: permanent\n", "    lastng: permanent\n"),
    ],
)
def test_a_misspelt_key_is_read_as_what_was_meant(changed: Changed, old: str, new: str) -> None:
    assert [problem.message for problem in changed(old, new).problems] == ["unknown_key"]


def test_a_wrong_question_does_not_make_others_wrong(changed: Changed) -> None:
    """Others may refer to it all the same."""
    compiled = changed("    kind: single\n", "    kind: 单选\n")
    assert [problem.message for problem in compiled.problems] == ["not_one_of"]
    compiled = changed('means: {"yes": fails, "no": meets, na: na}', "means: fails")
    assert [problem.message for problem in compiled.problems] == ["wrong_shape"]
    compiled = changed("    lasting: permanent\n", "    lasting: forever\n")
    assert [problem.message for problem in compiled.problems] == ["not_one_of"]
    compiled = changed("- {to: 17, means", "- {too: 17, means")
    assert [problem.message for problem in compiled.problems] == ["unknown_key"]


def test_the_scripts_of_a_folder(tmp_path: Path, small: str) -> None:
    for name in ("small", "broken"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "flow.yaml").write_text(small if name == "small" else "flow: [", encoding="utf-8")
    (tmp_path / "README.md").write_text("for staff", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    broken, good = map(read_file, script_files(tmp_path))
    assert broken.flow is None
    assert broken.file == str(tmp_path / "broken" / "flow.yaml")
    assert good.flow is not None
    assert list(script_files(tmp_path / "nowhere")) == []
