"""The words people read: whole in both languages, neutral, and never a promise."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.answers import Answer, Number, Period, Skipped, amount, chosen, from_value, number
from bot.core.computed import Worked
from bot.core.criteria import State
from bot.core.events import Choice, Prompt, Prompted, Redrawn, Said, Settled, Wants
from bot.core.flow import Computed, Flow, Kind
from bot.core.inputs import COMMANDS
from bot.core.meaning import Finding, findings
from bot.core.phases import CONTACT, ENDINGS, GATES, PHASES
from bot.core.prompts import _GATE_CHOICES, _OVERLAY_CHOICES
from bot.core.screening import screen
from bot.core.text import Text
from bot.i18n import Translators, messages_of
from bot.leads.site import Site
from bot.script.library import read_file
from bot.service import wording
from bot.service.messages import Outgoing
from bot.service.promise import Promise
from bot.service.wording import (
    COMMAND_WORDS,
    CONSENT_WORDS,
    DEMO,
    LABELS,
    LABELS_IN,
    PROMPTS,
    SAFETY_LINE,
    SAID,
    LeadWords,
    Scene,
    Wording,
    day_words,
    period_words,
    worked_words,
)
from tests.core.small import asks, flow
from tests.service.stage import MELASMA, PHONES, ROOT

TODAY = date(2026, 6, 15)
FUZHOU = ZoneInfo("Asia/Shanghai")
TRANSLATORS = Translators(ROOT / "locales")
WORDING = Wording(TRANSLATORS)
LANGUAGES = ["zh", "en"]
PLACEHOLDER = re.compile(r"\{[a-z_]*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def melasma() -> Flow:
    compiled = read_file(MELASMA)
    assert compiled.flow
    return compiled.flow


FLOW = melasma()
DUE = datetime(2026, 6, 16, 9, 30, tzinfo=UTC)
PROMISE = Promise(DUE, DUE)
CLEAN: dict[str, Any] = {"age": 35, "face_patches": "yes", "melasma_dx": "yes", "treated_before": ["none"]}


def scene(values: dict[str, Any] | None = None, **more: Any) -> Scene:
    """A scene of the trial in which these answers were given."""
    answers = {question: from_value(value) for question, value in (values or CLEAN).items()}
    screening = more.pop("screening", screen(FLOW, answers, TODAY))
    settings: dict[str, Any] = {
        "flow": FLOW,
        "offered": {FLOW.id: FLOW},
        "site": Site(PHONES, FUZHOU).all(),
        "zone": FUZHOU,
        "salt": "ab12",
        "demo": False,
        "abroad": True,
        "channel": "telegram",
        "answers": answers,
        "screening": screening,
        "lead": LeadWords("L-7QK4-X9M3", PROMISE),
        "contact": ("林女士", "+8613800138000", "evening"),
        "consents": (("consent_health", datetime(2026, 6, 15, 2, 0, tzinfo=UTC)),),
    }
    return Scene(**settings | more)


def words(outgoing: Outgoing) -> str:
    return "\n".join(line.text for line in outgoing.lines)


def said(what: str, language: str, where: Scene | None = None, question: str | None = None) -> str:
    return words(WORDING.render(Said(what, language, question), where or scene()))


def prompted(kind: str, language: str, where: Scene | None = None, **more: Any) -> Outgoing:
    choices = tuple(Choice(id) for id in (_GATE_CHOICES.get(kind) or _OVERLAY_CHOICES.get(kind) or ()))
    if kind in ("hello", "language"):
        choices = (Choice("zh"), Choice("en"))
    if kind == "study":
        choices = (Choice(FLOW.id),)
    prompt = Prompt(7, kind, choices=more.pop("choices", choices), **more)
    return WORDING.render(Prompted(prompt, language), where or scene())


def is_whole(text: str, language: str) -> bool:
    """No placeholder is left, and English has no Chinese in it but what is so on purpose."""
    assert text.strip()
    assert not PLACEHOLDER.search(text), text
    plain = text.replace("请选择语言", "").replace("切换语言", "").replace("林女士", "")
    return bool(CHINESE.search(text)) if language == "zh" else not CHINESE.search(plain)


# every text, in both languages

KINDS = sorted({*PHASES, *_OVERLAY_CHOICES, *PROMPTS, "hello"} - {"asking"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("demo", [False, True], ids=["live", "demo"])
def test_every_prompt_is_whole_with_its_buttons(kind: str, language: str, demo: bool) -> None:
    more: dict[str, Any] = {}
    if kind == "minor":
        more = {"question": "age", "previous": number(17)}
    elif kind == "conflict":
        more = {"question": "treated_before", "previous": chosen("none", "topical_rx")}
    elif kind == "edit":
        more = {"choices": tuple(Choice(id) for id in CLEAN), "controls": (".back",)}
    outgoing = prompted(kind, language, scene(demo=demo, phase=kind if kind in PHASES else "asking"), **more)
    assert is_whole(words(outgoing), language)
    for row in outgoing.rows:
        for button in row:
            assert button.label
            assert not PLACEHOLDER.search(button.label)
            assert len(button.data.encode()) <= 64
    assert outgoing.prompt == 7


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", [*SAID, "about", "help", "privacy", "status", "mydata"])
def test_every_fixed_message_is_whole(what: str, language: str) -> None:
    assert is_whole(said(what, language), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", [*SAID, "help", "privacy", "status", "mydata"])
def test_every_fixed_message_is_whole_before_a_study_is_known(what: str, language: str) -> None:
    nothing: dict[str, Any] = {"site": {}, "lead": None, "contact": ("", "", ""), "consents": ()}
    assert is_whole(said(what, language, scene(flow=None, screening=None, **nothing)), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", ["closed", "emergency", "self_harm"])
def test_a_message_without_any_study_is_whole(what: str, language: str) -> None:
    assert is_whole(words(WORDING.fixed(what, language)), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phase", PHASES)
def test_the_status_of_every_phase_is_whole(phase: str, language: str) -> None:
    assert is_whole(said("status", language, scene(phase=phase)), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", [question.id for question in FLOW.questions])
def test_every_question_is_whole_with_its_help_and_answers(question: str, language: str) -> None:
    asked = FLOW.question_by_id[question]
    choices = tuple(Choice(option.code) for option in asked.options)
    prompt = Prompt(
        7,
        "question",
        choices=choices,
        controls=(".skip", ".back", ".help"),
        question=question,
        position=(7, 28),
        previous=Skipped(),
    )
    outgoing = WORDING.render(Prompted(prompt, language), scene())
    assert is_whole(words(outgoing), language)
    assert "7" in outgoing.lines[0].text
    assert "28" in outgoing.lines[0].text
    assert asked.ask[language] in [line.text for line in outgoing.lines if line.style == "strong"]
    labels = [button.label for row in outgoing.rows for button in row]
    assert len(labels) == len(choices) + 3
    assert all(len(label) <= 64 for label in labels)
    assert is_whole(said("question_help", language, question=question), language)
    for option in asked.options:
        assert option.label[language] in WORDING.answer(asked, chosen(option.code), language)


def test_every_id_of_a_button_has_words() -> None:
    ids = {id for choices in (*_GATE_CHOICES.values(), *_OVERLAY_CHOICES.values()) for id in choices}
    named = set(LABELS) | {id for _, id in LABELS_IN}
    assert ids - named == set()
    assert tuple(COMMAND_WORDS) == COMMANDS
    for text in (
        *LABELS.values(),
        *LABELS_IN.values(),
        *COMMAND_WORDS.values(),
        *CONSENT_WORDS.values(),
        SAFETY_LINE,
        DEMO,
    ):
        assert TRANSLATORS["zh"](text) != text or "·" in text


@pytest.mark.parametrize(
    ("id", "zh", "en"),
    [
        (".tens:30", "30–39", "30–39"),
        (".tens:80", "80+", "80+"),
        (".number:35", "35", "35"),
        (".year:2025", "2025年", "2025"),
        (".month:2025-03", "2025年3月", "March 2025"),
        (".before:2022", "2022年以前", "Before 2022"),
    ],
)
def test_the_pages_of_a_picker_have_words(id: str, zh: str, en: str) -> None:
    prompt = Prompt(7, "question", choices=(Choice(id),), question="age", picker="open")
    labels = WORDING.labels(prompt, scene())
    assert labels[id] == tuple({"zh": zh, "en": en}[language] for language in TRANSLATORS)


def test_what_is_typed_is_compared_with_the_labels_of_every_language() -> None:
    prompt = Prompt(7, "question", choices=(Choice("yes"),), controls=(".skip",), question="face_patches")
    labels = WORDING.labels(prompt, scene())
    option = FLOW.question_by_id["face_patches"].option("yes")
    assert option is not None
    assert set(labels["yes"]) == {option.label["zh"], option.label["en"]}
    assert set(labels[".skip"]) == {"跳过", "Skip"}


def test_ticks_are_drawn_on_several_choices_only() -> None:
    def labels(question: str, code: str, ticked: bool) -> list[str]:
        prompt = Prompt(7, "question", choices=(Choice(code, ticked),), question=question)
        outgoing = WORDING.render(Redrawn(prompt, "en"), scene())
        assert outgoing.op == "redraw"
        return [button.label for row in outgoing.rows for button in row]

    assert labels("treated_before", "none", True)[0].startswith("☑ ")
    assert labels("treated_before", "none", False)[0].startswith("☐ ")
    assert not labels("face_patches", "yes", True)[0].startswith(("☑", "☐"))


def test_a_contact_button_asks_for_the_persons_own_number() -> None:
    outgoing = prompted("contact_phone", "zh", wants=Wants.PHONE, controls=(".share", ".back"))
    shared = {button.data.rsplit(":", 1)[1]: button.share for row in outgoing.rows for button in row}
    assert shared == {".share": True, ".back": False}


# answers in words


@pytest.mark.parametrize(
    ("answer", "zh", "en"),
    [
        (Period(date(2026, 3, 5), date(2026, 3, 5)), "2026年3月5日", "5 March 2026"),
        (Period(date(2024, 2, 1), date(2024, 2, 29)), "2024年2月", "February 2024"),
        (Period(date(2025, 1, 1), date(2025, 12, 31)), "2025年", "2025"),
        (Period(date(1950, 1, 1), date(2021, 12, 31)), "2022年以前", "Before 2022"),
    ],
)
def test_a_period_is_written_as_one_writes_it(answer: Period, zh: str, en: str) -> None:
    assert (period_words(answer.start, answer.end, "zh"), period_words(answer.start, answer.end, "en")) == (
        zh,
        en,
    )


@pytest.mark.parametrize(
    ("question", "answer", "zh", "en"),
    [
        ("age", number(35), "35", "35"),
        ("age", Number(35, 36), "35–36", "35–36"),
        ("age", Skipped(), "跳过", "skipped"),
        ("face_patches", chosen("gone"), "gone", "gone"),
    ],
)
def test_an_answer_is_written_in_the_readers_language(
    question: str, answer: Answer, zh: str, en: str
) -> None:
    asked = FLOW.question_by_id[question]
    assert [WORDING.answer(asked, answer, language) for language in LANGUAGES] == [zh, en]


KG = {"zh": "公斤", "en": "kg"}


def asked_for(**more: Any) -> Scene:
    """A scene in which one number is asked for."""
    weight = asks("weight", "I4", kind=Kind.NUMBER, valid=(30, 300), **more)
    one = flow(weight)
    return scene(flow=one, offered={one.id: one}, screening=screen(one, {}, TODAY))


def test_a_number_is_shown_in_its_unit() -> None:
    weight = asks("weight", "I4", kind=Kind.NUMBER, valid=(30, 300), unit=KG, decimals=1)
    for answer, zh, en in [
        (number(amount("65.5")), "65.5公斤", "65.5 kg"),
        (Number(65, 66), "65–66公斤", "65–66 kg"),
    ]:
        assert [WORDING.answer(weight, answer, language) for language in LANGUAGES] == [zh, en]


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        ({"unit": KG}, "请直接发数字，单位是公斤。", "Please type just the number, in kg."),
        ({}, "请直接发一个数字。", "Please type just the number."),
    ],
)
def test_a_number_is_asked_for_in_its_unit(more: dict[str, Any], zh: str, en: str) -> None:
    for language, hint in (("zh", zh), ("en", en)):
        prompt = Prompt(1, "question", Wants.NUMBER, controls=(".skip",), question="weight", position=(1, 1))
        assert hint in words(WORDING.render(Prompted(prompt, language), asked_for(**more)))


@pytest.mark.parametrize(
    ("low", "high", "state", "shown"),
    [
        (Fraction(22), Fraction(22), State.MEETS, "22.0"),
        (Fraction(1845, 100), Fraction(1845, 100), State.OPEN, "18.45"),  # 18.5 would hide why it is open
        (Fraction(1845, 100), Fraction(1845, 100), State.MEETS, "18.5"),
        (Fraction(655_000, 168**2), Fraction(655_000, 168**2), State.MEETS, "23.2"),
        (Fraction(18), Fraction(19), State.OPEN, "18.0–19.0"),
    ],
)
def test_a_value_that_was_worked_out_is_shown_to_its_decimals(
    low: Fraction, high: Fraction, state: State, shown: str
) -> None:
    bmi = Computed("bmi", {"zh": "体重指数", "en": "BMI"}, "bmi", {}, ("I4",), ())
    assert worked_words(Worked(bmi, low, high, {"I4": Finding(state)})) == shown


def test_an_answered_prompt_shows_what_was_chosen_without_buttons() -> None:
    prompt = Prompt(
        7,
        "question",
        choices=(Choice("yes"),),
        controls=(".skip",),
        question="face_patches",
        position=(2, 28),
    )
    for settled, last in [
        (Settled(prompt, "en", None, chosen("yes")), "✓ Yes"),
        (Settled(prompt, "en", ".skip"), "✓ Skip"),
        (
            Settled(replace(prompt, kind="contact_name", question=None), "en", None, chosen("林女士")),
            "✓ 林女士",
        ),
    ]:
        outgoing = WORDING.render(settled, scene())
        assert (outgoing.op, outgoing.rows, outgoing.prompt) == ("settle", (), 7)
        assert outgoing.lines[-1].text == last
    untouched = WORDING.render(Settled(prompt, "en"), scene())
    assert not [line for line in untouched.lines if line.text.startswith("✓")]


def test_the_check_list_names_every_answer() -> None:
    text = words(prompted("checking", "zh"))
    for question in CLEAN:
        assert FLOW.question_by_id[question].short["zh"] in text
    assert "35" in text


def test_a_person_sees_what_is_kept_of_them() -> None:
    text = said("mydata", "en")
    for part in (
        "35",
        "林女士",
        "+86 138 0013 8000",
        "Weekday evenings",
        "L-7QK4-X9M3",
        "15 June 2026 10:00",
        "/delete",
    ):
        assert part in text
    bare = scene(screening=None, contact=("", "", ""), lead=None, consents=(), answers={})
    assert "L-7QK4" not in said("mydata", "en", bare)


# endings


def failing() -> Iterator[tuple[str, dict[str, Any]]]:
    """For every answer that fails, the answers that lead to it."""
    for question in FLOW.questions:
        values: dict[str, Any] = {}
        for parent in question.ask_if.questions() if question.ask_if else ():
            options = [option.code for option in FLOW.question_by_id[parent].options]
            holds = [c for c in options if question.ask_if.holds({parent: frozenset({c})}).value == "yes"]  # type: ignore[union-attr]
            values[parent] = holds[0]
        answers: list[Any] = [option.code for option in question.options]
        answers += [end for span in question.ranges for end in (span.low, span.high) if end is not None]
        if question.window:
            answers += ["2026-06", "2026-01-10"]
        for answer in answers:
            value = [answer] if question.kind is Kind.MULTI else answer
            found = findings(question, from_value(value), TODAY)
            if any(finding.fail for finding in found.values()) and not (
                isinstance(answer, int) and answer < 18
            ):
                yield f"{question.id}={answer}", {**values, question.id: value}


FAILING = list(failing())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("values", [values for _, values in FAILING], ids=[name for name, _ in FAILING])
def test_an_ending_names_no_criterion_but_the_public_age_limits(
    values: dict[str, Any], language: str
) -> None:
    where = scene(values)
    assert where.screening is not None
    fails = set(where.screening.fails)
    text = words(prompted("not_match", language, where))
    neutral = FLOW.texts["not_match"][language]
    filled = "\n".join(
        line for line in neutral.replace("{phone}", PHONES["phone"]).strip().split("\n") if line
    )
    assert not re.search(r"\b[IE]\d{1,2}\b", text)
    if fails == {"I1"} and "age" in values:
        assert "18" in text
        assert "60" in text
    elif fails == {"E5"} and where.screening.come_back:
        assert text.startswith(filled.split("{")[0][:20])
        assert day_words(where.screening.come_back, language) in text
    elif fails != {"I1"}:
        assert not re.search(r"20\d\d", text)
        for question in FLOW.questions:
            assert question.short[language] not in text or question.short[language] in neutral


def test_there_is_a_failing_answer_for_most_criteria() -> None:
    failed = {
        id
        for _, values in FAILING
        for id in screen(FLOW, {q: from_value(v) for q, v in values.items()}, TODAY).fails
    }
    assert {"I1", "E4", "E5", "E6", "E10", "E11"} <= failed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_come_back_date_is_shown_only_when_nothing_but_the_pills_stands_against_it(language: str) -> None:
    day = day_words(date(2027, 1, 10), language)
    pills = {"hormones": "pill", "hormones_last": "2026-01-10"}
    assert day in words(prompted("not_match", language, scene(pills)))
    for more in ({"keloid": "doctor"}, {"pregnant": "yes"}, {"age": 61}, {"hormones_last": "current"}):
        text = words(prompted("not_match", language, scene({**pills, **more})))
        assert day not in text
        assert "2027" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_over_60_has_its_own_ending_and_a_minor_another(language: str) -> None:
    over = words(prompted("not_match", language, scene({"age": 61})))
    assert "60" in over
    assert over != words(prompted("not_match", language, scene({"keloid": "doctor"})))
    minor = words(prompted("under_age", language, scene(screening=None, lead=None)))
    assert minor == FLOW.texts["under_age"][language].replace("{phone}", PHONES["phone"]).strip().replace(
        "\n\n", "\n"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ending_after_consent_names_somebody_to_call_or_a_way_back(language: str) -> None:
    for kind in (
        "not_match",
        "not_interested",
        "stopped",
        "withdrawn",
        "not_recruiting",
        "enrolled",
        "queued",
    ):
        text = words(prompted(kind, language, scene({"keloid": "doctor"})))
        assert any(mark in text for mark in (*PHONES.values(), "/start", "/delete", "/human")), (kind, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_a_channel_that_goes_abroad_speaks_of_it_in_the_notice(language: str) -> None:
    abroad = FLOW.notice["abroad"][language].split("{")[0]
    assert abroad in said("notice", language)
    assert abroad not in said("notice", language, scene(abroad=False))


def test_a_consent_is_known_by_the_words_that_were_shown() -> None:
    here = WORDING.consent_hash("consent_health", "zh", scene())
    assert here == WORDING.consent_hash("consent_health", "zh", scene())
    others = [
        WORDING.consent_hash("consent_health", "en", scene()),
        WORDING.consent_hash("consent_abroad", "zh", scene()),
        WORDING.consent_hash("contact", "zh", scene()),
        WORDING.consent_hash("consent_health", "zh", scene(abroad=False)),
        WORDING.consent_hash(
            "consent_health", "zh", scene(site={**Site(PHONES, FUZHOU).all(), "delete_days": "14"})
        ),
    ]
    assert len({here, *others}) == 6


def hash_with(language: str, words: str, instead: str) -> str:
    """The hash of the interface words where one message of one language reads otherwise."""
    changed = dict(TRANSLATORS.items())
    changed[language] = lambda message: instead if message == words else TRANSLATORS[language](message)
    return Wording(changed).interface_hash()  # type: ignore[arg-type]


def test_an_approval_is_of_the_interface_words_too() -> None:
    assert WORDING.interface_hash() == Wording(TRANSLATORS).interface_hash()
    assert len(WORDING.interface_hash()) == 64
    assert hash_with("zh", "Skip", TRANSLATORS["zh"]("Skip")) == WORDING.interface_hash()
    assert hash_with("zh", "The queue is empty.", "…") == WORDING.interface_hash()  # staff read it


PARTICIPANTS = sorted({words for module in wording.SPEAKING for words in messages_of(module)})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whatever_word_of_the_interface_changes_the_approval_is_of_others(language: str) -> None:
    hashes = {hash_with(language, words, "…") for words in PARTICIPANTS[::7]}
    assert len(hashes | {WORDING.interface_hash()}) == len(PARTICIPANTS[::7]) + 1


def test_the_interface_words_are_listed_whole_and_each_once() -> None:
    listed = [text for texts in WORDING.interface_words().values() for text in texts]
    assert sorted(text["en"] for text in listed) == sorted(TRANSLATORS["en"](words) for words in PARTICIPANTS)
    assert sorted(text["zh"] for text in listed) == sorted(TRANSLATORS["zh"](words) for words in PARTICIPANTS)
    assert WORDING.interface_words()["safety"][0]["en"].startswith("If you feel very unwell now, call 120")


def test_every_table_and_sentence_is_among_the_interface_words() -> None:
    tables = (wording.LABELS, wording.LABELS_IN, wording.PROMPTS, wording.SAID, wording.CONSENT_WORDS)
    tables = (*tables, wording.COMMAND_WORDS)
    assert {words for table in tables for words in table.values()} <= {*PARTICIPANTS}
    alone = (wording.SAFETY_LINE, wording.DEMO, wording.DEMO_NOBODY, wording.ANSWERS_GO, wording.STILL_QUEUED)
    assert {*alone, wording.DESCRIPTION, wording.SHORT_DESCRIPTION} <= {*PARTICIPANTS}
    assert {
        "Then tap “Done”.",
        "The team plans to contact you by {by} ({zone}). If it takes longer, you can call {phone}.",
        "That is all I need to ask. Please check your answers:",
        "You have answered {asked} of about {total} questions.",
        "This is what we keep about you:",
        "Study team: {phone}. Ethics committee: {ethics_phone}.",
    } <= {*PARTICIPANTS}


BOT = ROOT / "bot"
#: What is said to the person who runs the bot or to staff, never to a participant.
FOR_OPERATORS = {BOT / "channels" / "telegram" / "errors.py", BOT / "service" / "facts.py"}


def test_no_other_module_has_words_for_participants() -> None:
    """Else an approval would not hold for them."""
    modules = {*(BOT / "service").glob("*.py"), *(BOT / "channels" / "telegram").glob("*.py")}
    modules |= {file for part in ("core", "leads", "reading", "store") for file in (BOT / part).rglob("*.py")}
    speaking = {module for module in modules if messages_of(module)}
    assert speaking == {*wording.SPEAKING, *FOR_OPERATORS}


# what is never said

PROMISES = re.compile(
    r"eligib|qualif(?:y|ied|ies)|\baccepted\b|合格|入选(?!标准)|符合条件|您符合|可以入组|治愈|\bcure",
    re.IGNORECASE,
)


def patient_texts(flow: Flow) -> Iterator[tuple[str, Text]]:
    """All that a participant can read of a script."""
    yield from flow.texts.items()
    yield from flow.notice.items()
    yield "study", flow.study.name
    for criterion in flow.criteria:
        if criterion.ending:
            yield f"{criterion.id} ending", criterion.ending
    for question in flow.questions:
        for name, text in (
            ("ask", question.ask),
            ("help", question.help),
            ("short", question.short),
            ("preface", question.preface),
        ):
            if text:
                yield f"{question.id} {name}", text
        for option in question.options:
            yield f"{question.id} {option.code}", option.label


def test_nobody_is_ever_called_eligible() -> None:
    """Only the investigator decides: not in the script, not in the interface, in no language."""
    found = [
        (where, language, text[language])
        for where, text in patient_texts(FLOW)
        for language in FLOW.languages
        if PROMISES.search(text[language])
    ]
    for catalogue in sorted((ROOT / "locales").glob("*/LC_MESSAGES/*.po")):
        found += [
            (catalogue.parts[-3], "", line)
            for line in Path(catalogue).read_text(encoding="utf-8").splitlines()
            if PROMISES.search(line)
        ]
    assert found == []


@pytest.mark.parametrize("text", ["You are eligible", "您符合条件", "您已入选", "合格", "you qualify"])
def test_the_scan_would_find_a_promise(text: str) -> None:
    assert PROMISES.search(text)


def test_every_phase_has_a_text_of_its_own() -> None:
    """The phases that are not the questions themselves."""
    heard = {kind: words(prompted(kind, "en")) for kind in (*GATES[1:], *CONTACT, *ENDINGS)}
    assert len(set(heard.values())) == len(heard)
