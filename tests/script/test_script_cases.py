"""Cases are read as the interface writes them; a mistake is said with its place, and never as a traceback."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from case_mistakes import CASE_MISTAKES, CaseMistake
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.answers import Chosen, Number, Period, Skipped, chosen, month_period, number
from bot.core.flow import Flow
from bot.core.inputs import Unclear
from bot.script import cases
from bot.script.cases import Case, Cases, read_cases
from bot.script.compile import compile_script
from bot.script.rehearsal import differences, walk

TODAY = date(2026, 6, 15)
CLEAN = {"age": 35, "treated": ["none"], "pregnant": "no", "hormones": "no"}


@pytest.fixture(scope="session")
def flow(small: str) -> Flow:
    found = compile_script(small, "flow.yaml").flow
    assert found is not None
    return found


Reader = Callable[[Any], Cases]


@pytest.fixture
def reading(flow: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Reads a file: text and bytes as they are, anything else as JSON."""
    monkeypatch.chdir(tmp_path)

    def read(content: Any) -> Cases:
        file = Path("cases.yaml" if isinstance(content, str | bytes) else "cases.json")
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        return read_cases([file], flow)

    return read


@pytest.mark.parametrize(
    "mistake", CASE_MISTAKES, ids=lambda mistake: f"{mistake.message}-{CASE_MISTAKES.index(mistake)}"
)
def test_it_says_what_is_wrong(mistake: CaseMistake, reading: Reader) -> None:
    found = reading(mistake.source)
    [problem] = found.problems
    assert problem.message == mistake.message
    assert (problem.text("zh"), problem.text("en")) == (mistake.zh, mistake.en)
    line = mistake.source.split("\n")[problem.line - 1]
    assert line[problem.column - 1 :][: problem.length] == mistake.marked


def test_a_mistake_is_shown_with_its_line(reading: Reader) -> None:
    found = reading("- id: x\n  answers:\n    pregnant: bogus\n")
    assert found.report("zh") == (
        "cases.yaml:3:15: 问题“pregnant”不能回答“bogus”；可以写：yes、no、na、skip。 [cases]\n"
        "    pregnant: bogus\n"
        "              ^~~~~"
    )


def test_a_mistake_in_json_names_its_case(reading: Reader) -> None:
    answers = {"age": "old", "pregnant": ["no"]}
    found = reading([{"id": "x", "answers": answers}, {"answers": {"sex": 1}}, {"id": 3, "today": 4}])
    assert found.report().splitlines() == [
        'cases.json: x: question "age" cannot be answered with "old"; write a whole number such as 36, or one of: skip [cases]',
        'cases.json: x: question "pregnant" cannot be answered with "[…]"; use one of: yes, no, na, skip [cases]',
        'cases.json: #2: this case has no "id"; add "id: …" [keys]',
        'cases.json: #2: there is no question "sex"; use one of: age, treated, pregnant, hormones, hormones_last [cases]',
        'cases.json: 3: "4" is not a day; write for example 2026-06-15 (from 1950 to 2199) [cases]',
    ]
    assert reading([{"id": "x"}, {"id": "x"}]).report("zh") == (
        "cases.json: x: 用例编号“x”用了两次，第一次在 cases.json: x；请给其中一个换编号。 [cases]"
    )
    assert reading({"id": "x"}).report().startswith('cases.json: this is "key: value" lines; write a list')


def test_every_mistake_of_every_file_is_told(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- {id: x, today: soon, answers: {age: old}}\n- {id: x}", "utf-8")
    (tmp_path / "b.yaml").write_text("- {id: x}\n- [", "utf-8")
    (tmp_path / "c.yaml").write_text("- {id: x}\n- {id: c, like: d}", "utf-8")
    files = [tmp_path / name for name in ("a.yaml", "b.yaml", "c.yaml", "nowhere.yaml", ".")]
    problems = read_cases(files, flow).problems
    assert [(Path(p.file).name, p.line, p.message) for p in problems] == [
        ("a.yaml", 1, "not_a_day"),
        ("a.yaml", 1, "unknown_answer"),
        ("a.yaml", 2, "case_twice"),
        ("b.yaml", 2, "yaml_other"),
        ("c.yaml", 1, "case_twice"),
        ("c.yaml", 2, "unknown_case"),
        ("nowhere.yaml", 0, "unreadable_file"),
        (tmp_path.name, 0, "unreadable_file"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty_file"),
        ("- {id: 研究}".encode("gbk"), "looks_gbk"),
        ("- {id: x}".encode("utf-16"), "utf16"),
        (b"\xff\xff", "not_utf8"),
        (b"#" * (cases.MOST_BYTES + 1), "too_big"),
        ("- " + "[" * 100 + "]" * 100, "too_deep"),
        ("[" * 100_000 + "]" * 100_000, "too_deep"),
        ('[{"id": "x", "id": "y"}]', "duplicate_key"),
        ("- !!python/object:os.system {id: x}", "tag"),
    ],
    ids=["nothing", "gbk", "utf16", "bytes", "huge", "deep", "deep_json", "json", "tag"],
)
def test_a_file_that_holds_no_cases(content: Any, message: str, reading: Reader) -> None:
    assert [problem.message for problem in reading(content).problems] == [message]


def test_a_byte_order_mark_and_an_empty_list_are_no_mistake(reading: Reader) -> None:
    for text in ("\ufeff- {id: x}", '\ufeff[{"id": "x"}]'):
        (case,) = reading(text.encode()).cases
        assert case == Case("x", "zh", {})
    assert reading("[]") == Cases((), (), {"cases.yaml": "[]"})


def test_ids_come_back_as_they_were_given(reading: Reader) -> None:
    given = [7, "7a", "08", -1, 10**30, "", "\ud83d\ude00", "x\ud83d"]
    found = reading([{"id": id} for id in given if id != ""])
    assert [case.id for case in found.cases] == [7, "7a", "08", -1, 10**30, "😀", "x�"]
    found = reading("- {id: 7}\n- {id: '8'}\n- {id: 09}\n- {id: 1.5}\n- {id: no}")
    assert [case.id for case in found.cases] == [7, "8", "09", "1.5", "no"]


def test_what_is_not_said_is_left_empty(reading: Reader) -> None:
    nothing = dict.fromkeys(("language", "like", "answers", "edits", "today", "earlier", "expect"))
    assert reading([{"id": "x", **nothing}]).cases == (Case("x", "zh", {}),)


def test_remarks_are_not_looked_at(reading: Reader) -> None:
    remarks = {"note": {"deep": [1, {"a": None}]}, "because": "E10", "why": 3, "about": [], "comment": True}
    assert reading([{"id": "x", **remarks}]).cases == (Case("x", "zh", {}),)


@pytest.mark.parametrize(
    ("question", "written", "answer"),
    [
        ("age", "35", number(35)),
        ("age", '"35"', number(35)),
        ("age", "1990", number(1990)),
        ("age", "-1", number(-1)),
        ("age", "skip", Skipped()),
        ("age", "{min: 34, max: 35}", Number(34, 35)),
        ("pregnant", "no", chosen("no")),
        ("treated", "cream", chosen("cream")),
        ("treated", "[cream, unsure]", Chosen(("cream", "unsure"))),
        ("hormones_last", "2026-03-05", Period(date(2026, 3, 5), date(2026, 3, 5))),
        ("hormones_last", "2026-03", month_period(2026, 3)),
        ("hormones_last", "2025", Period(date(2025, 1, 1), date(2025, 12, 31))),
        ("hormones_last", "{start: 2026-03-05, end: 2026-04}", Period(date(2026, 3, 5), date(2026, 4, 30))),
        ("hormones_last", "current", chosen("current")),
        ("hormones_last", "2026-02-30", Unclear()),
        ("hormones_last", "2026-13", Unclear()),
        ("hormones_last", "0000", Unclear()),
    ],
)
def test_an_answer_is_read_as_the_question_takes_it(
    question: str, written: str, answer: Any, reading: Reader
) -> None:
    found = reading(f"- id: x\n  answers: {{{question}: {written}}}\n")
    assert found.report() == ""
    assert found.cases[0].answers == {question: answer}


def test_what_a_program_writes_with_aliases_is_read(reading: Reader) -> None:
    found = reading(
        "- id: x\n  answers: &id001\n    age: &id002 35\n- id: y\n  answers: *id001\n- &c {id: z}\n"
    )
    assert [case.answers for case in found.cases] == [{"age": number(35)}, {"age": number(35)}, {}]


def test_a_case_is_like_another_in_any_file_and_changes_what_it_says_itself(
    flow: Flow, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text("- {id: b, like: 1, answers: {age: 36}}", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("- {id: 1, answers: {age: 35, pregnant: no}}", encoding="utf-8")
    found = read_cases([tmp_path / "a.yaml", tmp_path / "b.yaml"], flow)
    assert found.cases[0].answers == {"age": number(36), "pregnant": chosen("no")}


# what comes out


def result_of(found: Cases, flow: Flow) -> dict[str, Any]:
    (case,) = found.cases
    return walk(flow, case, TODAY).to_dict()


def test_a_question_without_an_answer_counts_as_skipped(reading: Reader, flow: Flow) -> None:
    result = result_of(reading([{"id": "x"}]), flow)
    assert (result["verdict"], result["criteria"]["I1"]) == ("needs_review", "open")
    assert result["asked"] == ["age", "treated", "pregnant", "hormones"]


@pytest.mark.parametrize(
    ("question", "value", "criterion"),
    [
        ("age", 0, "I1"),
        ("age", 130, "I1"),
        ("age", 1990, "I1"),
        ("hormones_last", "2026-07-01", "E5"),
        ("hormones_last", "9999-12-31", "E5"),
        ("hormones_last", "2026-02-30", "E5"),
        ("hormones_last", "1066-10", "E5"),
    ],
)
def test_what_the_chat_does_not_take_is_left_open(
    question: str, value: Any, criterion: str, reading: Reader, flow: Flow
) -> None:
    answers = {**CLEAN, "hormones": "yes", "hormones_last": "2020-01", question: value}
    result = result_of(reading([{"id": "x", "answers": answers}]), flow)
    assert (result["verdict"], result["criteria"][criterion]) == ("needs_review", "open")
    assert result["asked"][-1] == "hormones_last"


def test_an_edit_that_the_chat_does_not_take_leaves_the_answer_as_it_was(reading: Reader, flow: Flow) -> None:
    edits = [
        {"id": "hormones_last", "value": "2020-01"},  # not asked
        {"id": "age", "value": 200},
        {"id": "age", "value": 0},
        {"id": "pregnant", "value": "skip"},
        {"id": "treated", "value": ["none", "cream"]},
    ]
    result = result_of(reading([{"id": "x", "answers": CLEAN, "edits": edits}]), flow)
    states = {id: result["criteria"][id] for id in ("I1", "E4", "E10")}
    assert states == {"I1": "open", "E4": "open", "E10": "open"}  # `treated` decides I1 too
    result = result_of(reading([{"id": "x", "answers": CLEAN, "edits": edits[:3]}]), flow)
    assert result["verdict"] == "likely_match"


def test_a_minor_says_no_more_now_and_earlier(reading: Reader, flow: Flow) -> None:
    earlier = {"answers": {"age": 17}, "today": "2026-01-01"}
    result = result_of(reading([{"id": "x", "answers": {"age": 17}, "earlier": earlier}]), flow)
    assert (result["verdict"], result["fails"], result["flags"]) == ("not_match", {"I1": "temporary"}, [])


def test_an_earlier_run_is_remembered(reading: Reader, flow: Flow) -> None:
    earlier = {"answers": {**CLEAN, "pregnant": "yes"}, "today": "2026-06-01"}
    result = result_of(reading([{"id": "x", "answers": CLEAN, "earlier": earlier}]), flow)
    assert (result["verdict"], result["flags"]) == (
        "needs_review",
        ["changed_answer", "doctor_to_confirm"][:1],
    )


@pytest.mark.parametrize(
    ("expect", "zh", "en"),
    [
        ("likely_match", [], []),
        ({"verdict": "likely_match"}, [], []),
        ("not_match", ["初筛结论：预期 可能不适合（not_match），实际 可能适合（likely_match）"], ["verdict: expected not_match, is likely_match"]),
        ({"criteria": {"I1": "meets", "E4": "open"}}, ["E4：预期 待核实（open），实际 符合（meets）"], ["E4: expected open, is meets"]),
        ({"open": ["E4", "E10"]}, ["待核实的标准：预期 E10, E4，实际 无"], ["open: expected E10, E4, is none"]),
        ({"open": [], "flags": [], "fails": {}, "come_back": None}, [], []),
        ({"flags": ["near_limit"]}, ["提示：预期 near_limit，实际 无"], ["flags: expected near_limit, is none"]),
        ({"fails": {"E5": "2027-01-10"}}, ["不符合的标准：预期 E5 2027-01-10，实际 无"], ["fails: expected E5 2027-01-10, is none"]),
        ({"fails": {"E5": "permanent"}}, ["不符合的标准：预期 E5 permanent，实际 无"], ["fails: expected E5 permanent, is none"]),
        ({"come_back": "2027-01-10"}, ["再来日期：预期 2027-01-10，实际 无"], ["come_back: expected 2027-01-10, is none"]),
        ({"asked": 4}, [], []),
        ({"asked": ["age", "treated", "pregnant", "hormones"]}, [], []),
        ({"asked": 5}, ["问到的题：预期 5，实际 4"], ["asked: expected 5, is 4"]),
        ({"asked": ["age"]}, ["问到的题：预期 age，实际 age, treated, pregnant, hormones"], ["asked: expected age, is age, treated, pregnant, hormones"]),
    ],
)  # fmt: skip
def test_what_is_expected_is_compared(
    expect: Any, zh: list[str], en: list[str], reading: Reader, flow: Flow
) -> None:
    found = reading([{"id": "x", "answers": CLEAN, "expect": expect}])
    assert found.report() == ""
    result = walk(flow, found.cases[0], TODAY)
    assert differences(found.cases[0], result, "zh") == zh
    assert differences(found.cases[0], result, "en") == en


# whatever is in the file

KEYS = st.sampled_from(
    [*cases.CASE.known, *cases.EXPECT.known, "value", "min", "max", "start", "age", "treated", "pregnant",
     "hormones_last", "I1", "E5", "x"]
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        ["skip", "yes", "no", "none", "cream", "current", "unsure", "2026-03", "2026-03-05", "9999-12-31",
         "0001-01-01", "not_match", "meets", "temporary", "en", "\ud83d", 35, 17, 200, "age", "treated", "a"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
GOOD = [
    {"id": "a", "language": "en", "answers": CLEAN, "today": "2026-06-15", "expect": {"verdict": "likely_match"}},
    {"id": 2, "like": "a", "answers": {"hormones": "yes", "hormones_last": "2026-03"}, "expect": "not_match"},
    {"id": "c", "like": "a", "edits": [{"id": "age", "value": 60}, {"id": "pregnant", "value": "na"}]},
    {"id": "d", "earlier": {"answers": {"pregnant": "yes"}, "today": "2026-01-01"}},
]  # fmt: skip


def change(value: Any, data: st.DataObject) -> Any:
    """The value with one place of it changed."""
    match value:
        case dict() | list() if value and data.draw(st.integers(0, 4)):
            keys = list(value) if isinstance(value, dict) else list(range(len(value)))
            key = data.draw(st.sampled_from(keys))
            changed = value.copy()
            match data.draw(st.integers(0, 9)):
                case 0:
                    del changed[key]
                case 1 if isinstance(value, dict):
                    changed[data.draw(KEYS)] = data.draw(VALUES)
                case 1:
                    changed.append(value[key])
                case _:
                    changed[key] = change(value[key], data)
            return changed
    return data.draw(VALUES)


def check(content: bytes, flow: Flow, folder: Path) -> None:
    """Results, or problems that can be shown."""
    file = folder / "cases"
    file.write_bytes(content)
    found = read_cases([file], flow)
    for language in ("zh", "en"):
        assert bool(found.report(language)) == bool(found.problems)
        found.report(language).encode()
    if not found.problems:
        for case in found.cases:
            result = walk(flow, case, TODAY)
            assert json.dumps({"id": case.id, **result.to_dict()}, ensure_ascii=False).encode()
            assert all(line.encode() for line in differences(case, result))


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_changed_cases_are_walked_or_explained(
    data: st.DataObject, flow: Flow, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content: Any = GOOD
    for _ in range(data.draw(st.integers(1, 3))):
        content = change(content, data)
    check(json.dumps(content).encode(), flow, tmp_path_factory.getbasetemp())


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_slips_in_a_file_are_walked_or_explained(
    data: st.DataObject, flow: Flow, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = json.dumps(GOOD, indent=1, ensure_ascii=False)
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 20))
    put = data.draw(
        st.text(st.sampled_from("{}[]&*!:,-#'\"\\\t\n 是\ufeff\x00") | st.characters(), max_size=4)
    )
    text = text[:at] + put + text[at + gone :]
    check(text.encode("utf-8", "surrogatepass"), flow, tmp_path_factory.getbasetemp())
