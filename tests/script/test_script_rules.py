"""Rules where an example of the mistake is not all there is to say."""

from collections.abc import Callable

import pytest

from bot.script.compile import Compiled, compile_script
from bot.script.problems import hint_criterion

Changed = Callable[[str, str], Compiled]

CLAIM = "这种疗法安全有效。"


def found(compiled: Compiled) -> list[tuple[str, int, int]]:
    return [(problem.message, problem.line, problem.column) for problem in compiled.problems]


def messages(compiled: Compiled) -> list[str]:
    return [problem.message for problem in compiled.problems]


def test_an_exception_with_a_reason_lets_a_claim_pass(small: str) -> None:
    source = small.replace("研究介绍。", CLAIM)
    assert messages(compile_script(source, "x")) == ["claim"]
    exception = (
        "\nallowed_phrases:\n  - {phrase: 安全有效, reason: {zh: 引用标题, en: A title that is quoted}}\n"
    )
    assert messages(compile_script(source + exception, "x")) == []
    without_reason = "\nallowed_phrases:\n  - {phrase: 安全有效}\n"
    assert messages(compile_script(source + without_reason, "x")) == ["missing_key"]


def test_a_block_is_marked_at_the_very_word(small: str) -> None:
    block = "hello:\n    zh: |-\n      您好。\n      您{phon}好。安全有效，您好。\n    en: >-\n      Hello.\n      You {phone} good. Hello."
    compiled = compile_script(small.replace("hello: {zh: 您好。, en: Hello.}", block), "x")
    start = small.split("\n").index("  hello: {zh: 您好。, en: Hello.}") + 1
    assert ("unknown_placeholder", start + 3, 8) in found(compiled)
    assert ("claim", start + 3, 16) in found(compiled)
    shown = compiled.report("en").split("\n")
    (at,) = [number for number, line in enumerate(shown) if "[claims]" in line]
    assert shown[at + 1 : at + 3] == ["      您{phon}好。安全有效，您好。", " " * 18 + "^~~~~~~~"]


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("e10", ("I1", "E10"), 'did you mean "E10"?'),
        ("E1O", ("I1", "E10"), 'did you mean "E10"?'),
        ("Ｅ １０", ("I1", "E10"), 'did you mean "E10"?'),
        ("E15", ("I1", "E4", "E14"), 'the nearest is "E14"; use one of: I1, E4, E14'),
        ("X15", ("I1", "E14"), "use one of: I1, E14"),
        ("Ex", ("I1", "E14"), "use one of: I1, E14"),
        ("E15", (), "there are none here yet"),
    ],
)
def test_a_criterion_nobody_knows(word: str, known: tuple[str, ...], hint: str) -> None:
    assert hint_criterion(word, known)["en"] == hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("en: Hello.}", "en: Hello}}"),
        ("en: Hello.}", 'en: "Hello" there}'),
        ("author: test team", 'author: a "b'),
        ("languages: [zh, en]", 'languages: [zh, "en]'),
    ],
)
def test_brackets_with_and_without_quotation_marks(changed: Changed, old: str, new: str) -> None:
    assert changed(old, new).problems or "author" in new


def test_the_quotation_mark_that_is_missing_is_found_in_a_later_line(changed: Changed) -> None:
    compiled = changed("hello: {zh: 您好。, en: Hello.}", 'hello: {zh: "您好。",\n    en: "Hello.}')
    assert [(problem.message, problem.values.get("word")) for problem in compiled.problems] == [
        ("quote_missing", "Hello.")
    ]


def test_where_a_language_has_another_name_problems_are_at_the_text(small: str) -> None:
    compiled = compile_script(
        small.replace("{zh: 研究介绍。", "{cn: 安全有效。").replace("{zh: 您好。", "{zhh: 安全有效。"), "x"
    )
    assert "claim" in messages(compiled)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("请您至少再走30分钟。", "Please walk at least 30 more minutes."),
        ("至少走30分钟。", "Walk at least 30 minutes."),
        ("走至少30分钟。", "Walk at the least 30 minutes, at least."),
    ],
)
def test_a_comparison_away_from_its_number(changed: Changed, zh: str, en: str) -> None:
    assert messages(changed("{zh: 研究介绍。, en: About the study.}", f'{{zh: {zh}, en: "{en}"}}')) == []


def test_both_labels_of_an_option_are_one_problem(changed: Changed) -> None:
    compiled = changed(
        '{code: "yes", label: {zh: 怀孕了, en: "Yes"}}',
        '{code: "yes", label: {zh: 没怀孕呢, en: "Not at all"}}',
    )
    assert messages(compiled).count("label_not_yes") == 1
    assert "text_misses_language" in messages(
        changed('{code: "yes", label: {zh: 怀孕了, en: "Yes"}}', '{code: "yes", label: {zh: 怀孕了}}')
    )


def test_lasting_of_one_option_that_does_not_fail(changed: Changed) -> None:
    compiled = changed(
        "label: {zh: 没有, en: Never}, means: meets",
        "label: {zh: 没有, en: Never}, means: meets, lasting: permanent",
    )
    assert messages(compiled) == ["lasting_unused"]


def test_a_follow_up_with_too_many_ways_is_let_pass(small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.script.reach.MOST_WAYS", 1)
    assert messages(compile_script(small.replace("unsure: open}\n\n", "unsure: next}\n\n"), "x")) == []


def test_a_date_without_a_window_is_not_told_twice(changed: Changed) -> None:
    assert messages(changed("    window: {months: 12}\n", "")) == ["missing_key_of_kind"]


@pytest.mark.parametrize(
    ("criterion", "meanings", "inverted"),
    [
        ("{zh: 妊娠期, en: Pregnant}", '{"yes": meets, "no": fails, na: na}', True),
        ("{zh: 妊娠期, en: Pregnant}", '{"yes": meets, "no": open, na: na}', True),
        ("{zh: 没有采取避孕措施, en: Without contraception}", '{"yes": meets, "no": fails, na: na}', False),
        ("{zh: 已排除妊娠, en: Pregnancy is ruled out}", '{"yes": meets, "no": fails, na: na}', False),
    ],
)
def test_what_is_inverted_and_what_is_not(small: str, criterion: str, meanings: str, inverted: bool) -> None:
    source = small.replace("{zh: 妊娠期, en: Pregnant}", criterion).replace(
        '{"yes": fails, "no": meets, na: na}', meanings
    )
    assert ("inverted" in messages(compile_script(source, "x"))) == inverted


@pytest.mark.parametrize(
    ("ask", "meanings", "inverted"),
    [
        ("{zh: 您愿意签字吗？, en: Are you willing to sign?}", '{"yes": fails, "no": meets, na: na}', True),
        (
            "{zh: 您签字了吗？, en: Have you signed the consent form?}",
            '{"yes": fails, "no": meets, na: na}',
            True,
        ),
        ("{zh: 您有大病吗？, en: Are you seriously ill?}", '{"yes": fails, "no": meets, na: na}', False),
        (
            "{zh: 您没有签字吗？, en: " + "Haven't you signed the consent form?}",
            '{"yes": fails, "no": meets, na: na}',
            False,
        ),
    ],
)
def test_an_inclusion_is_inverted_only_where_the_question_asks_for_it(
    small: str, ask: str, meanings: str, inverted: bool
) -> None:
    source = small.replace(
        "settled_by: visit\n    reason: {zh: 访视时办理, en: Done at the visit}",
        "settled_by: questions\n    reason: {zh: 本人知道, en: People know it}",
    )
    source = source.replace("criteria: [E4]\n    kind: single", "criteria: [I2]\n    kind: single").replace(
        '{"yes": fails, "no": meets, na: na}', meanings
    )
    source = source.replace("{zh: 您现在怀孕了吗？, en: Are you pregnant now?}", ask)
    source = source.replace('{zh: 怀孕了, en: "Yes"}', '{zh: 有, en: "Yes"}').replace(
        '{zh: 没有怀孕, en: "No"}', '{zh: 没有, en: "No"}'
    )
    assert ("inverted" in messages(compile_script(source, "x"))) == inverted


@pytest.mark.parametrize(("words", "told"), [("61–64", False), ("61–65", True), ("很近", False)])
def test_a_note_says_how_far_beside_the_limits_a_person_checks(small: str, words: str, told: bool) -> None:
    source = small.replace(
        "      - {from: 61, means: fails, lasting: permanent}\n",
        "      - {from: 61, to: 64, means: open}\n      - {from: 65, means: fails, lasting: permanent}\n",
    ).replace(
        "{zh: 上限以方案为准, en: The limit is the protocol's}",
        f'{{zh: "由协调员核实：{words}", en: "A person checks: {words}"}}',
    )
    problems = [found for found in compile_script(source, "x").problems if found.rule == "limits"]
    assert [found.text() for found in problems] == [
        "what a person checks here ends at 64, note C1 in line 18 says otherwise; make them agree"
    ] * told
    assert [found.text("zh") for found in problems] == [
        "这里由人核实的一段到 64，说明 C1（第 18 行）写的却不是；请让两处一致。"
    ] * told
    assert all("to: 64" in source.split("\n")[found.line - 1] for found in problems)
