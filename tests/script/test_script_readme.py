"""The guides for staff show each rule with a bad example and what is really said of it."""

import difflib
from functools import cache
from pathlib import Path

import pytest
from measured import MISTAKES as MEASURED_MISTAKES
from measured import measured
from script_mistakes import MISTAKES, Mistake
from walks import script_from, walk

from bot.script.compile import compile_script
from bot.script.messages import ASKED, CATALOGUE
from bot.script.problems import Problem, render
from bot.script.rules import RULES, Rule
from bot.script.script import Script

FLOWS = Path(__file__).parents[2] / "flows"
SMALL = (Path(__file__).parent / "small" / "flow.yaml").read_text("utf-8")
GUIDES = {"en": FLOWS / "README.md", "zh": FLOWS / "README.zh.md"}
START, END = "<!-- rules: written by pytest --update -->", "<!-- end of rules -->"
#: Each with the script it is made in.
ALL_MISTAKES = [
    *((SMALL, mistake) for mistake in MISTAKES),
    *((measured(SMALL), mistake) for mistake in MEASURED_MISTAKES),
]
#: Rules of other files than a script.
ELSEWHERE = {"cases"}


def example(rule: str) -> tuple[Problem, str]:
    """A problem that the rule finds, and the script it is found in."""
    if rule == "file":
        return compile_script(SMALL, "flows/README.md").problems[0], SMALL
    if rule == "folder":
        return compile_script(SMALL, "flows/big/flow.yaml").problems[0], SMALL
    if rule == "walk":
        source = SMALL.replace("    ask_if: pregnant != na\n", "")
        return walk(script_from(source)).problems[0], source
    good, mistake = next(
        (source, each) for source, each in ALL_MISTAKES if CATALOGUE[each.message].rule == rule
    )
    source = good.replace(mistake.old, mistake.new, 1)
    problems = compile_script(source, "flow.yaml").problems
    return next(problem for problem in problems if problem.message == mistake.message), source


def written(language: str) -> str:
    """The part of a guide that is about the rules."""
    parts = [START, ""]
    for rule, sentence in ASKED.items():
        if rule not in ELSEWHERE:
            problem, source = example(rule)
            shown = render(problem, source.split("\n"), language)
            parts += [f"**`{rule}`** {sentence[language]}", "", "```text", shown, "```", ""]
    return "\n".join([*parts, END])


@pytest.mark.parametrize("language", GUIDES)
def test_the_guide_shows_what_is_really_said(language: str, request: pytest.FixtureRequest) -> None:
    guide = GUIDES[language].read_text("utf-8")
    before, _, rest = guide.partition(START)
    _, _, after = rest.partition(END)
    fresh = before + written(language) + after
    if request.config.getoption("--update"):
        GUIDES[language].write_text(fresh, "utf-8")
    elif fresh != guide:
        stale = "\n".join(difflib.unified_diff(guide.split("\n"), fresh.split("\n"), lineterm="", n=1))
        pytest.fail(f"{GUIDES[language].name} is stale: run pytest --update\n{stale[:2000]}")


def test_every_rule_says_what_it_asks_for() -> None:
    # What no rehearsal would notice is said by `rehearse --witness`, what is wrong with a workbook by `flows take`;
    # a script is right all the same.
    assert set(ASKED) == {sentence.rule for sentence in CATALOGUE.values()} - {"witness", "sheet"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__module__.rpartition(".")[2])
def test_a_rule_has_a_sentence_and_an_example(rule: Rule) -> None:
    """A new rule cannot arrive without the mistake that it finds."""
    module = __import__(rule.__module__, fromlist=["check"])
    assert module.__doc__
    assert "\n" not in module.__doc__.strip()
    if rule.__module__.endswith(".folder"):
        script = script_at("flows/big/flow.yaml", SMALL)
        assert script is not None
        assert list(rule(script))
        return
    assert any(finds(rule, source, mistake) for source, mistake in ALL_MISTAKES)


def finds(rule: Rule, source: str, mistake: Mistake) -> bool:
    script = script_at("flow.yaml", source.replace(mistake.old, mistake.new, 1))
    return script is not None and any(problem.message == mistake.message for problem in rule(script))


@cache
def script_at(file: str, source: str) -> Script | None:
    """What the rules are given, also where they find something wrong."""
    given: list[Script] = []

    def look(script: Script) -> list[Problem]:
        given.append(script)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.script.compile.RULES", (look,))
        compile_script(source, file)
    return given[0] if given else None
