"""A draft from a registry entry or a trial's page: everything in the ledger, nothing invented, never a traceback."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.commands.new_flow import REFUSALS
from bot.script.compile import compile_script
from bot.script.library import read_file
from bot.script.nodes import TO_BE_WRITTEN, ListNode, MapNode, Scalar, read
from bot.script.scaffold.ages import limits_in
from bot.script.scaffold.conflicts import SENTENCES, TOPICS, Conflict
from bot.script.scaffold.criteria import split
from bot.script.scaffold.draft import Draft, draft_from
from bot.script.scaffold.snippets import snippets
from bot.script.scaffold.source import CannotDraft

SOURCES = Path(__file__).parent / "sources"
SAMPLE = Path(__file__).parents[2] / "flows" / "sample-blood-pressure"
TODAY = date(2026, 6, 15)


def drafted(content: bytes | str, flow: str = "try-it") -> Draft:
    return draft_from(content.encode() if isinstance(content, str) else content, flow, TODAY)


def registry(criteria: str, **eligibility: Any) -> str:
    module = {"eligibilityCriteria": criteria, **eligibility}
    return json.dumps({"protocolSection": {"eligibilityModule": module}})


def ledger(draft: Draft) -> dict[str, tuple[str, dict[str, str]]]:
    """By criterion who settles it, and its text."""
    root, problems = read(draft.text, "draft.yaml")
    assert isinstance(root, MapNode), problems
    criteria = root.get("criteria")
    assert isinstance(criteria, ListNode)
    found = {}
    for each in criteria.items:
        assert isinstance(each, MapNode)
        parts: dict[str, Any] = {name.text: value for name, value in each.entries}
        text = {name.text: value.text for name, value in parts["text"].entries}
        found[parts["id"].text] = (parts["settled_by"].text, text)
    return found


def asked(draft: Draft) -> list[str]:
    root, _ = read(draft.text, "draft.yaml")
    assert isinstance(root, MapNode)
    questions: Any = root.get("questions")
    if isinstance(questions, Scalar):
        assert questions.text == TO_BE_WRITTEN
        return []
    return [each.get("id").text for each in questions.items]


def is_a_draft(draft: Draft) -> None:
    """It compiles, with nothing wrong but what is still to be written."""
    compiled = compile_script(draft.text, "draft.yaml")
    assert {problem.rule for problem in compiled.problems} == {"to_be_written"}, compiled.report()
    assert compiled.flow is None
    for conflict in draft.conflicts:
        for language in ("zh", "en"):
            assert conflict.text(language)


def is_a_draft_or_a_sentence(make: Callable[[], Draft]) -> None:
    try:
        draft = make()
    except CannotDraft as refused:
        known = refused.reason in REFUSALS
    else:
        is_a_draft(draft)
        known = True
    assert known


@pytest.mark.parametrize(
    ("file", "settled", "questions", "to_settle"),
    [
        (
            "bullets.json",
            "I1 questions, I2 ?, I3 visit, E1 questions, E2 questions, E3 ?",
            "age pregnant breastfeeding other_trial",
            "",
        ),
        (
            "nested.json",
            "I1 questions, I2 ?, I3 visit, E1 ?, E2 investigator",
            "age",
            "not_recruiting, old, healthy I2, several_ideas I2, no_window E1, several_ideas E1",
        ),
        ("no-headings.json", "I1 ?, I2 ?, I3 ?", "", "no_status, no_headings"),
        (
            "chinese.json",
            "I1 questions, I2 ?, I3 visit, E1 questions, E2 questions, E3 ?, E4 investigator",
            "age pregnant breastfeeding other_trial",
            "no_window E3, several_ideas E3",
        ),
        ("minors.json", "I1 ?, E1 ?", "", "minors, one_sex"),
        ("one-line.json", "I1 questions, I2 ?, I3 visit", "age", "ages_differ I1, one_kind"),
        (
            "groups.json",
            "I1 ?, I2 ?, E1 ?, E2 visit, E3 ?",
            "",
            "several_groups, people E1, several_ideas E3",
        ),
        ("in-a-list.json", "I1 questions, I2 ?, E1 ?", "age", "excludes I2"),
        (
            "page.txt",
            "I1 questions, I2 ?, E1 visit, E2 ?, E3 questions",
            "age other_trial",
            "ages_differ I1, not_recruiting, old, left, no_window E2",
        ),
        (
            "page-chinese.txt",
            "I1 questions, I2 ?, I3 visit, E1 ?, E2 questions, E3 investigator",
            "age pregnant breastfeeding",
            "left",
        ),
    ],
)
def test_a_source_becomes_a_draft(file: str, settled: str, questions: str, to_settle: str) -> None:
    draft = drafted((SOURCES / file).read_bytes())
    is_a_draft(draft)
    found = {id: by.replace(TO_BE_WRITTEN, "?") for id, (by, _) in ledger(draft).items()}
    assert ", ".join(f"{id} {by}" for id, by in found.items()) == settled
    assert " ".join(asked(draft)) == questions
    assert ", ".join(" ".join((c.name, *c.criteria)) for c in draft.conflicts) == to_settle
    assert (draft.criteria, draft.unsettled) == (len(found), list(found.values()).count("?"))


@pytest.mark.parametrize("file", sorted(path.name for path in SOURCES.iterdir()))
def test_nobodys_name_phone_or_address_is_in_a_draft(file: str) -> None:
    text = drafted((SOURCES / file).read_bytes()).text
    assert not [word for word in ("Jane", "jane@", "555", "示例\n", "5550100") if word in text]


def test_the_shipped_sample_was_made_this_way() -> None:
    draft = drafted((SAMPLE / "source.json").read_bytes(), "sample-blood-pressure")
    is_a_draft(draft)
    flow = read_file(SAMPLE / "flow.yaml").flow
    assert flow
    assert list(ledger(draft)) == [criterion.id for criterion in flow.criteria]
    assert {*asked(draft)} <= {*flow.question_by_id}
    assert draft.conflicts == ()


def test_a_criterion_keeps_the_words_of_its_source_and_the_other_language_is_to_be_written() -> None:
    english = ledger(drafted((SOURCES / "nested.json").read_bytes()))
    assert english["I2"][1] == {
        "zh": TO_BE_WRITTEN,
        "en": "Diagnosis of knee pain, all of:\n- pain on most days\n- stiffness <30 minutes",
    }
    chinese = ledger(drafted((SOURCES / "chinese.json").read_bytes()))
    assert chinese["E3"][1] == {"zh": "既往有严重过敏史、哮喘或心脏病史", "en": TO_BE_WRITTEN}


def test_the_age_question_takes_the_limits_of_the_criterion() -> None:
    text = drafted((SOURCES / "page.txt").read_bytes()).text
    assert "{from: 18, to: 19, means: fails, lasting: temporary}" in text
    assert "{from: 20, to: 69, means: meets}" in text
    assert "{from: 70, to: 70, means: meets, flag: near_limit}" in text
    assert "{from: 71, means: fails, lasting: permanent}" in text
    assert "people aged 20 to 70" in text
    assert "20到70周岁" in text


@pytest.mark.parametrize(
    ("low", "high", "ranges"),
    [
        ("18 Years", None, ["{from: 18, means: meets}"]),
        ("65 Years", "65 Years", ["{from: 18, to: 64, ", "{from: 65, to: 65, ", "{from: 66, "]),
        (None, "70 Years", ["{from: 18, to: 69, ", "{from: 70, to: 70, ", "{from: 71, "]),
    ],
)
def test_limits_of_the_entry_alone_are_a_criterion_of_their_own(
    low: str | None, high: str | None, ranges: list[str]
) -> None:
    ages = {name: age for name, age in (("minimumAge", low), ("maximumAge", high)) if age}
    draft = drafted(registry("Inclusion Criteria:\n* Snores\nExclusion Criteria:\n* Tea", **ages))
    is_a_draft(draft)
    assert ledger(draft)["I0"][0] == "questions"
    assert "ages_only_listed" in [conflict.name for conflict in draft.conflicts]
    for part in ranges:
        assert part in draft.text


@pytest.mark.parametrize(
    ("criterion", "more"),
    [
        ("Aged 18 to 60 years with good overall health.", True),
        ("Men and women aged 18 to 60 years", False),
        ("18至60周岁，男女不限", False),
        ("年龄18～60周岁，身体健康", True),
    ],
)
def test_what_an_age_question_does_not_cover_is_pointed_out(criterion: str, more: bool) -> None:
    page = f"Study NCT01234567\nInclusion Criteria\n1. {criterion}\nExclusion Criteria\n1. Tea"
    draft = drafted(page)
    assert 'registry: "NCT01234567"' in draft.text
    assert ("more_than_age" in [conflict.name for conflict in draft.conflicts]) is more


def test_limits_that_differ_and_are_in_no_criterion_are_not_asked() -> None:
    page = "Ages\n18-80 Years\n20 to 70 Years\n30 years and older\nInclusion Criteria\n1. Snores\n2. Sleeps"
    draft = drafted(page)
    assert asked(draft) == []
    assert draft.conflicts[0].name == "ages_disagree"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Aged 18 to 60 years with good overall health", 18, 60),
        ("18-65 years old", 18, 65),
        ("Age: 18 – 65", 18, 65),
        ("Between 40 and 75 years of age", 40, 75),
        ("Age ≥ 18 years", 18, None),
        ("At least 50 years old", 50, None),
        ("50 years or older", 50, None),
        ("Adults up to 70 years", None, 70),
        ("≥18 years and ≤75 years", 18, 75),
        ("年龄18～60周岁", 18, 60),
        ("18至60岁，男女不限", 18, 60),
        ("18周岁及以上", 18, None),
        ("不超过70岁", None, 70),
    ],
)
def test_ages_are_read_as_criteria_word_them(text: str, low: int | None, high: int | None) -> None:
    found = limits_in(text)
    assert found
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "BMI 18 to 30",
        "Smoked for 10 to 20 cigarettes",
        "Men aged 18 to 60 years, women aged 18 to 50 years",
        "Older than 18 years",
        "Aged 80 to 18 years",
        "Aged 18 to 150 years",
        "At least 150 years",
        "Average pain",
        "≥70 years and ≤60 years",
        "Of legal age",
    ],
)
def test_what_is_no_plain_range_of_ages_is_not_read(text: str) -> None:
    assert limits_in(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Pregnant or lactating women.", "pregnancy"),
        ("妊娠期或哺乳期妇女", "pregnancy"),
        ("Patients currently participating in other clinical studies.", "other_trial"),
        ("正在参加其他临床试验者", "other_trial"),
        ("Patients who refuse to sign the informed consent form to participate in the trial.", "consent"),
        ("自愿参加并签署知情同意书", "consent"),
        ("Unable or unwilling to comply with study procedures", "cooperation"),
        ("依从性差，不能配合随访者", "cooperation"),
        ("Other reasons deemed unsuitable for the clinical study by the investigator.", "investigator"),
        ("研究者认为不适合参加本试验的其他情况", "investigator"),
        ("Pregnant or breastfeeding women, or those with epilepsy", None),
        ("Pregnant women", None),
        ("Took part in another clinical study within 30 days", None),
        ("Participation in another clinical trial within the past 3 months", None),
        ("Investigators and their families", None),
        ("Consent by a court", None),
        ("Migraine", None),
    ],
)
def test_a_criterion_is_commonplace_only_if_it_says_nothing_else(text: str, name: str | None) -> None:
    known = snippets().known(text, inclusion=False)
    assert (known.name if known else None) == name


def test_a_commonplace_among_other_things_is_pointed_out() -> None:
    criteria = "Inclusion Criteria:\n* Snores\nExclusion Criteria:\n* Pregnant or breastfeeding, or epilepsy"
    (found,) = [c for c in drafted(registry(criteria)).conflicts if c.name == "commonplace_and_more"]
    assert found.text("en").startswith("This criterion names pregnancy and breastfeeding and more")
    assert found.text("zh").startswith("这条标准提到怀孕和哺乳")


def test_two_criteria_that_say_the_same_share_their_questions() -> None:
    twice = "Exclusion Criteria:\n* Pregnant or lactating women\n* Lactating or pregnant patients"
    draft = drafted(registry(f"Inclusion Criteria:\n* Snores\n{twice}"))
    is_a_draft(draft)
    assert asked(draft) == ["pregnant", "breastfeeding"]
    assert "criteria: [E1, E2]" in draft.text


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Inclusion Criteria\n- a 1\n- b\n  - c\n- d", "a 1\n  c|b\n- c|d"),
        ("1. Inclusion criteria:\n① one\n② two\n2. Exclusion criteria:\n① three", "one|two|three"),
        ("【纳入标准】\n一、甲\n二、乙\n【排除标准】\n1．丙", "甲|乙|丙"),
        ("INCLUSION:\n(a) one\n(b) two\nii) deeper", "one|two\n- deeper"),
        ("Inclusion Criteria:\nOne line\nanother line", "One line|another line"),
        ("Key Inclusion Criteria (both arms)\n\n* One\nthat goes on\n\n  and on", "One that goes on and on"),
        ("Inclusion Criteria: 1. One 2. Two\n3. Three", "One|Two|Three"),
        ("Inclusion Criteria: has 1. One and 3. Three", "has 1. One and 3. Three"),
        ("入选标准：1、甲；2、乙。排除标准：1、丙；2、丁。", "甲|乙。|丙|丁。"),
        ("Inclusion Criteria\n* 2.5 mg a day\n* -", "2.5 mg a day|-"),
        ("Inclusion Criteria\nPatients must have:\n* one\n* two", "Patients must have:|one|two"),
    ],
)
def test_lists_are_split_as_they_are_written(text: str, items: str) -> None:
    if items.startswith("a 1"):
        items = "a 1|b\n- c|d"
    assert [item.text for item in split(text, is_page=False).items] == items.split("|")


def test_a_page_ends_where_its_list_does() -> None:
    page = "Inclusion Criteria\n\n1. One\n\nTrial design\n\n1 arm"
    found = split(page, is_page=True)
    assert ([item.text for item in found.items], found.left) == (["One"], 2)
    assert [item.text for item in split("Inclusion Criteria\n* a\nContact: x\ny", False).items] == ["a"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no_criteria"),
        (b"just words", "no_criteria"),
        (b"Inclusion Criteria\n\n\n", "no_criteria"),
        (b"\x00\x01\x02", "not_text"),
        (b"\xff\xfe\x00", "not_text"),
        (b"\xff\xff\xff", "not_text"),
        (b"{", "broken_json"),
        (b"[" * 100_000, "broken_json"),
        (b"{}", "no_criteria_field"),
        (b"[1]", "no_criteria_field"),
        (b'{"protocolSection": {"eligibilityModule": {"eligibilityCriteria": " "}}}', "no_criteria_field"),
        (b'{"studies": []}', "several_studies"),
        (b'{"studies": [{}, {}]}', "several_studies"),
        (registry("Inclusion Criteria:\n").encode(), "no_criteria"),
        (registry("\n".join(f"* c{n}" for n in range(301))).encode(), "too_many"),
        (b"x" * (256 * 1024 + 1), "too_big"),
    ],
)
def test_what_is_no_study_is_told_in_a_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(CannotDraft) as refused:
        drafted(content)
    assert refused.value.reason == reason


@pytest.mark.parametrize("flow", ["", "Study", "a b", "9", "x" * 33, "研究"])
def test_a_folder_that_cannot_name_a_flow_is_refused(flow: str) -> None:
    with pytest.raises(CannotDraft, match=r"^$|") as refused:
        drafted((SOURCES / "page.txt").read_bytes(), flow)
    assert refused.value.reason == "bad_flow_id"


def test_other_encodings_are_read() -> None:
    text = (SOURCES / "page-chinese.txt").read_text(encoding="utf-8")
    as_utf8 = drafted(text).text
    assert {drafted(text.encode(encoding)).text for encoding in ("utf-8-sig", "gb18030", "utf-16")} == {
        as_utf8
    }


def test_every_sentence_is_there_in_both_languages() -> None:
    for name, words in SENTENCES.items():
        assert set(words) == {"zh", "en"}, name
    for topic in snippets().commonplace:
        assert set(TOPICS[topic.name]) == {"zh", "en"}
    assert Conflict("left", (), {"count": "3"}).text("zh").startswith("标准后面还有3行")


_PIECES = st.sampled_from(
    [
        *(
            "Inclusion Criteria",
            "Exclusion Criteria:",
            "入选标准：",
            "排除标准",
            "**Inclusion Criteria:**",
            "\n",
            "\n\n",
        ),
        *(
            "* ",
            "- ",
            "1. ",
            "2) ",
            "（1）",
            "①",
            "一、",
            "a. ",
            "  ",
            "\t",
            "Yes",
            "No",
            "Contact: ",
            "Sponsored by ",
        ),
        *(
            "Pregnant or lactating women",
            "aged 18 to 60 years",
            "年龄18～60周岁",
            "history of",
            "Last updated 8 months ago",
        ),
        *(
            "{phone}",
            "{",
            "}",
            ": ",
            "#",
            "&a",
            "*a",
            "!tag",
            "|",
            '"',
            "'",
            "\\",
            "\\>",
            "&lt;",
            "to_be_written",
            "---",
            "...",
        ),
        *(
            "\x00",
            "\x07",
            "\u2028",
            "\ufeff",
            "\ud800",
            "😀",
            "Dr. Jane Example",
            "x@example.org",
            "Status",
            "Study ID",
        ),
    ]
)
_TEXT = st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40).map("".join)
_SETTINGS = settings(
    max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@_SETTINGS
@given(_TEXT)
@example("Inclusion Criteria\n1. to_be_written\n2. a: b #c\nExclusion Criteria\n- {phone}")
def test_any_page_is_a_draft_or_a_sentence(text: str) -> None:
    is_a_draft_or_a_sentence(lambda: drafted(text.encode("utf-8", "surrogatepass")))


@_SETTINGS
@given(
    _TEXT, st.dictionaries(st.sampled_from(["minimumAge", "maximumAge", "sex", "healthyVolunteers"]), _TEXT)
)
@example("a", {"minimumAge": "18 Years", "maximumAge": "6 Months"})
@example("a", {"minimumAge": "130 Years"})
def test_any_entry_is_a_draft_or_a_sentence(criteria: str, eligibility: dict[str, str]) -> None:
    module = {**eligibility, "eligibilityCriteria": criteria}
    named = {
        "briefTitle": criteria,
        "orgStudyIdInfo": {"id": criteria},
        "organization": {"fullName": criteria},
    }
    entry = {"identificationModule": named, "statusModule": criteria, "eligibilityModule": module}
    is_a_draft_or_a_sentence(lambda: drafted(json.dumps({"protocolSection": entry})))


@_SETTINGS
@given(st.binary(max_size=200))
def test_any_bytes_are_a_draft_or_a_sentence(content: bytes) -> None:
    is_a_draft_or_a_sentence(lambda: drafted(content))
