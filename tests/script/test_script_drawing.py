"""A script drawn: every question, answer and criterion is there, in order, and no words reach out of their place."""

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.async_api import Browser

from bot.core.criteria import State
from bot.core.flow import All, Flow, Is, Kind, Meaning, Option, Question, Stop
from bot.script.compile import compile_script
from bot.script.drawing import drawing, mermaid
from bot.script.drawing.measure import width, wrapped
from bot.script.outcomes import computed_outcomes, outcomes
from tests.melasma import shipped
from tests.script.conftest import SMALL
from tests.service.stage import ROOT
from tests.web.stage import browser as browser

SAMPLE = ROOT / "flows" / "sample-blood-pressure" / "flow.yaml"
SVG = "{http://www.w3.org/2000/svg}"


def compiled(source: str) -> Flow:
    flow = compile_script(source, "flow.yaml").flow
    assert flow is not None
    return flow


MELASMA = compiled(shipped())
PRESSURE = compiled(SAMPLE.read_text(encoding="utf-8"))
FLOW = compiled(SMALL.read_text(encoding="utf-8"))


def words(svg: str) -> list[str]:
    """Every line of words, as they were drawn."""
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def with_question(id: str, **more: Any) -> Flow:
    return replace(FLOW, questions=tuple(replace(q, **more) if q.id == id else q for q in FLOW.questions))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_script_is_drawn_whole_and_in_order(language: str) -> None:
    svg = drawing(MELASMA, language)
    drawn = [group.attrib["id"] for group in ElementTree.fromstring(svg).iter(f"{SVG}g")]
    assert drawn == [f"question-{question.id}" for question in MELASMA.questions]
    said = "".join(re.sub(r"\s", "", line) for line in words(svg))
    for question in MELASMA.questions:
        for text in (question.short, question.ask, *(option.label for option in question.options)):
            assert re.sub(r"\s", "", text[language]) in said
    for criterion in MELASMA.criteria:
        assert criterion.id in said


def test_answers_stand_with_what_they_mean_and_lead_to() -> None:
    told = words(drawing(FLOW, "en"))
    assert "fails for good 61 or more" in told
    assert "a minor: all is erased 17 or less" in told
    assert "goes on to question 5 Yes" in told
    assert "meets at least 12 months ago" in told
    assert "fails until then less than 12 months ago" in told
    # An answer that means several things says of which criterion.
    assert "E10 fails for good, I1 meets Cream" in told
    assert "asked only if the answer to “Pregnancy” is" in told


@pytest.mark.parametrize(
    ("stop", "rule", "leaving"),
    [
        (Stop.FIRST_FAIL, "The questions end at the first answer that fails a criterion.", 6),
        (Stop.END_OF_BLOCK, "After an answer that fails a criterion the questions end with its block.", 6),
        (Stop.ASK_ALL, "Every question is asked.", 1),
    ],
)
def test_failing_answers_lead_to_an_ending_unless_all_is_asked(stop: Stop, rule: str, leaving: int) -> None:
    svg = drawing(replace(FLOW, stop=stop), "en")
    assert any(line.startswith(rule) for line in words(svg))
    # The answer of a minor leaves in any case.
    assert svg.count("<circle") == leaving


def test_an_ending_that_nothing_leads_to_is_not_drawn() -> None:
    assert "Under age" in words(drawing(FLOW, "en"))
    age = FLOW.question_by_id["age"]
    adults = tuple(replace(part, erases=False) for part in age.ranges)
    assert "Under age" not in words(drawing(with_question("age", ranges=adults), "en"))
    assert "under_age" not in mermaid(with_question("age", ranges=adults), "en")


def test_lines_to_follow_ups_do_not_lie_on_each_other() -> None:
    """Two that cross and one that lies apart: two lanes are enough."""

    def asked(id: str, *earlier: str) -> Question:
        when = All(tuple(Is(each, frozenset({"no"})) for each in earlier)) if earlier else None
        return replace(FLOW.question_by_id["pregnant"], id=id, ask_if=when)

    flow = replace(
        FLOW,
        questions=(
            asked("a"), asked("b"), asked("c", "a"), asked("d", "b"), asked("e"), asked("f", "e", "nowhere"),
        ),
    )  # fmt: skip
    lines = re.findall(r'<polyline points="([^"]+)"[^>]*#0b6b63', drawing(flow, "en"))
    corners = [[tuple(map(float, point.split(","))) for point in line.split()] for line in lines]
    assert len(corners) == 3
    spans = [(line[1][0], line[1][1], line[2][1]) for line in corners]
    assert len({x for x, _, _ in spans}) == 2
    for x, top, bottom in spans:
        assert not [other for other in spans if other[0] == x and top < other[1] <= bottom]


def test_words_of_a_script_are_only_words() -> None:
    nasty = '</text><script>alert("1")</script> & #'
    odd = Option("odd", {"zh": nasty, "en": nasty}, {"E4": Meaning(State.OPEN)})
    flow = with_question("pregnant", options=(odd,), kind=Kind.MULTI, short={"zh": nasty, "en": nasty})
    said = "".join(re.sub(r"\s", "", line) for line in words(drawing(flow, "en")))
    assert re.sub(r"\s", "", nasty) in said
    assert 'open: #lt;/text#gt;#lt;script#gt;alert(#quot;1#quot;)#lt;/script#gt; & #35;"]' in mermaid(
        flow, "en"
    )


def test_a_follow_up_nobody_asks_and_an_answer_without_meaning_are_told_as_they_are() -> None:
    """A draft may be wrong in ways the checker tells."""
    has = FLOW.question_by_id["hormones"]
    odd = replace(has, options=(*has.options, Option("x", {"zh": "别的", "en": "Else"}, {})))
    alone = replace(FLOW, questions=(odd,))
    found = [(each.kind, each.meaning["en"], each.answers["en"]) for each in outcomes(alone, odd)]
    assert found == [
        ("meets", "meets", "No"),
        ("na", "none", "Else"),
        ("open", "open", "Not sure"),
        ("not_asked", "only leads to a follow-up question", "Yes"),
    ]


def test_a_value_worked_out_stands_behind_the_answers_it_takes() -> None:
    svg = drawing(PRESSURE, "en")
    drawn = [group.attrib["id"] for group in ElementTree.fromstring(svg).iter(f"{SVG}g")]
    assert drawn[drawn.index("question-weight") + 1] == "computed-bmi"
    told = words(svg)
    assert "BMI a computed value" in told
    assert "worked out from Height, Weight" in told
    assert "goes into BMI 25 to 300 kg" in told
    assert "fails for the time being 18.4 or less · 35 or more" in told
    nodes = {
        name: node
        for node, name in re.findall(r'    (q\d+)\["(?:\d+ )?(Height|Weight|BMI) ', mermaid(PRESSURE, "en"))
    }
    edges = mermaid(PRESSURE, "en").splitlines()
    for taken in ("Height", "Weight"):
        assert f"  {nodes[taken]} -.-> {nodes['BMI']}" in edges
    assert f'  {nodes["BMI"]} -- "18.4 or less · 35 or more" --> not_match' in edges


def test_a_value_of_questions_that_are_not_there_is_left_out() -> None:
    """In a draft."""
    bmi = replace(PRESSURE.computed[0], takes={"height": "nowhere", "weight": "weight"})
    flow = replace(PRESSURE, computed=(bmi, replace(bmi, id="other", takes={"height": "nowhere"})))
    assert 'id="computed-bmi"' in drawing(flow, "en")
    assert 'id="computed-other"' not in drawing(flow, "en")
    assert "-.->" in mermaid(flow, "en")


def test_of_one_criterion_only_what_the_answers_mean_for_it_is_told() -> None:
    treated = FLOW.question_by_id["treated"]
    assert [(found.kind, found.answers["en"]) for found in outcomes(FLOW, treated, "I1")] == [
        ("meets", "Never · Cream"),
        ("open", "Not sure"),
    ]
    bmi, weight = PRESSURE.computed[0], PRESSURE.question_by_id["weight"]
    assert [found.kind for found in computed_outcomes(bmi, "I4")] == ["meets", "fails"]
    assert [found.meaning["en"] for found in outcomes(PRESSURE, weight, "I4")] == ["goes into BMI"]
    assert outcomes(PRESSURE, weight, "I1") == []


def test_a_condition_on_a_question_that_is_not_there_draws_no_line() -> None:
    flow = with_question("hormones", ask_if=Is("nowhere", frozenset({"x"})))
    assert "“nowhere” is “x”" in " ".join(words(drawing(flow, "en")))
    assert '"the answer to “nowhere”' not in mermaid(flow, "en")


def test_units_and_windows_are_told_as_they_were_given() -> None:
    told = words(drawing(PRESSURE, "zh"))
    assert any("毫米汞柱" in line for line in told)
    assert any(line.startswith("符合 满 8 周") for line in told)
    assert any(line.startswith("符合 满 6 个月") for line in told)


def test_a_small_script_as_mermaid() -> None:
    assert mermaid(FLOW, "en").splitlines() == [
        "flowchart TD",
        '  begin(["After the consent"])',
        '  subgraph block0 ["start"]',
        '    q1["1 Age (I1)<br/>meets: 18 to 59 · 60<br/>fails for good: 61 or more<br/>a minor: all is erased: 17 or less"]',
        "  end",
        '  subgraph block1 ["history"]',
        '    q2["2 Treatment (E10, I1)<br/>meets: Never<br/>open: Not sure<br/>E10 fails for good, I1 meets: Cream"]',
        '    q3["3 Pregnancy (E4)<br/>meets: No<br/>does not apply: Does not apply<br/>fails for the time being: Yes"]',
        '    q4["4 Pills (E5)<br/>meets: No<br/>open: Not sure<br/>goes on to question 5: Yes"]',
        '    q5["5 Last use (E5)<br/>meets: at least 12 months ago<br/>fails until then: less than 12 months ago<br/>fails for the time being: Still using it"]',
        "  end",
        '  checks(["Checks the answers"])',
        '  likely_match["Likely match"]',
        '  needs_review["Needs review"]',
        '  not_match["Not a match"]',
        '  under_age["Under age"]',
        "  begin --> q1",
        "  q1 --> q2",
        "  q2 --> q3",
        "  q3 --> q4",
        "  q4 --> q5",
        "  q5 --> checks",
        "  checks --> likely_match",
        "  checks --> needs_review",
        "  checks --> not_match",
        '  q3 -. "the answer to “Pregnancy” is not “Does not apply”" .-> q4',
        '  q4 -. "the answer to “Pills” is “Yes” and the answer to “Pregnancy” is not “Does not apply”" .-> q5',
        '  q3 -. "the answer to “Pills” is “Yes” and the answer to “Pregnancy” is not “Does not apply”" .-> q5',
        '  q1 -- "61 or more" --> not_match',
        '  q1 -- "17 or less" --> under_age',
        '  q2 -- "Cream" --> not_match',
        '  q3 -- "Yes" --> not_match',
        '  q5 -- "less than 12 months ago" --> not_match',
        '  q5 -- "Still using it" --> not_match',
    ]
    assert "not_match" in mermaid(FLOW, "zh")
    assert '"Cream" --> not_match' not in mermaid(replace(FLOW, stop=Stop.ASK_ALL), "en")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Have you ever been treated?", ["Have you ever", "been treated?"]),
        ("您今年几周岁？（周岁）好", ["您今年几周岁？", "（周岁）好"]),
        ("abcdefghijklmnopqrstuvwxyz", ["abcdefghijklm", "nopqrstuvwxyz"]),
        ("One two · Three", ["One two ·", "Three"]),
        ("好", ["好"]),
        ("", [""]),
    ],
)
def test_words_are_wrapped_where_their_language_does(text: str, lines: list[str]) -> None:
    assert wrapped(text, 10, 80) == lines
    assert all(width(line, 10) <= 90 for line in lines)


def test_what_stands_before_takes_room_on_the_first_line() -> None:
    assert wrapped("Yes, a doctor told me", 10, 120, 60) == ["Yes, a", "doctor told me"]
    assert wrapped("Yes", 10, 120, 119) == ["", "Yes"]


#: Boxes and words as a browser lays them out, those of one group together.
MEASURE = """() => [...document.querySelectorAll("g")].map(group => {
    const box = shape => { const b = shape.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height] }
    return [group.id, box(group.querySelector("rect")), [...group.querySelectorAll("text")].map(box)]
})"""


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("flow", [MELASMA, PRESSURE, FLOW], ids=["melasma", "pressure", "small"])
async def test_in_a_browser_no_words_reach_out_of_their_card_or_over_others(
    browser: Browser, flow: Flow, language: str
) -> None:
    page = await browser.new_page()
    await page.set_content(drawing(flow, language))
    for id, (left, top, right, bottom), texts in await page.evaluate(MEASURE):
        for box in texts:
            assert left <= box[0], id
            assert box[2] <= right, id
            assert top <= box[1], id
            assert box[3] <= bottom, id
        apart = [(a, b) for a in texts for b in texts if a < b]
        assert not [pair for pair in apart if overlap(*pair)], id
    await page.close()


def overlap(a: list[float], b: list[float]) -> bool:
    """Whether two lines of words share more than the air around their letters."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across > 1 and down > 6
