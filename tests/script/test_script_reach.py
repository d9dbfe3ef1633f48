"""Which answers lead to a question, and what is said when none does."""

from collections.abc import Callable

import pytest

from bot.core.flow import Any, Is
from bot.script.compile import Compiled, compile_script
from bot.script.reach import ways

Changed = Callable[[str, str], Compiled]


def messages(compiled: Compiled) -> list[str]:
    return [problem.message for problem in compiled.problems]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("hormones = yes and pregnant not in [na]", []),
        ("hormones = yes and treated in [none, unsure]", []),
        ("hormones = yes and treated = cream", []),
        ("hormones = yes and pregnant = yes", ["never_reached"]),
        ("hormones = yes and treated != none", []),
        ("hormones = yes or hormones != yes", ["next_leads_nowhere"]),
        ("pregnant in [yes, no, na]", ["next_without_question", "condition_always"]),
        ("hormones = yes or treated = none", []),
    ],
)
def test_conditions(changed: Changed, condition: str, found: list[str]) -> None:
    assert messages(changed("hormones = yes and pregnant not in [na]", condition)) == found


@pytest.mark.parametrize(
    ("stop", "found"), [("ask_all", []), ("end_of_block", []), ("first_fail", ["never_reached"])]
)
def test_where_the_questions_stop(small: str, stop: str, found: list[str]) -> None:
    source = small.replace("first_fail", stop).replace("and pregnant not in [na]", "and pregnant = yes")
    assert messages(compile_script(source, "small.yaml")) == found
    source = source.replace("block: history\n    preface", "block: other\n    preface")
    expected = ["never_reached"] if stop != "ask_all" else []
    assert messages(compile_script(source, "small.yaml")) == expected


def test_a_question_that_depends_on_a_question_that_depends_on_another(changed: Changed) -> None:
    flow = changed("ask_if: pregnant != na", "ask_if: pregnant = no").flow
    assert flow is not None
    found = ways(flow, Is("hormones", frozenset({"yes"})))
    assert found is not None
    assert {tuple(way.codes) for way in found} == {("pregnant",), ("pregnant", "hormones")}


def test_numbers_and_dates_have_answers_without_a_code(changed: Changed) -> None:
    flow = changed("first_fail", "ask_all").flow
    assert flow is not None
    found = ways(flow, Any((Is("hormones_last", frozenset({"current"})), Is("age", frozenset({"x"})))))
    assert found is not None
    assert frozenset() in {way.codes.get("hormones_last") for way in found}


def test_what_cannot_be_told_is_let_pass(small: str) -> None:
    flow = compile_script(small, "small.yaml").flow
    assert flow is not None
    assert ways(flow, Is("nobody", frozenset({"x"}))) is None
    codes = [f"c{number}" for number in range(8)]
    options = "".join(
        f"      - {{code: {code}, label: {{zh: 药{code}, en: Drug {code}}}, means: open}}\n" for code in codes
    )
    many = small.replace(
        "    options:\n      - {code: none,", f"    options:\n{options}      - {{code: none,"
    )
    flow = compile_script(many, "small.yaml").flow
    assert flow is not None
    assert ways(flow, Is("treated", frozenset(codes))) is None
    assert (
        messages(
            compile_script(
                many.replace("= yes and pregnant not in [na]", f"= yes and treated in [{', '.join(codes)}]"),
                "x",
            )
        )
        == []
    )


def test_too_many_ways_are_not_walked(small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.script.reach.MOST_WAYS", 3)
    flow = compile_script(small, "small.yaml").flow
    assert flow is not None
    assert ways(flow, Is("hormones", frozenset({"yes"}))) is None
