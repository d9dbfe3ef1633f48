"""Typed text in Chinese and English: what is plain is read, what is not is unclear, never guessed."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from bot.bootstrap import read_lexicon
from bot.core.answers import Period, amount, chosen, from_value, number
from bot.core.events import Choice, Prompt, Wants
from bot.core.flow import Kind
from bot.core.inputs import (
    COMMANDS,
    Alarmed,
    Answered,
    Commanded,
    GavePhone,
    Input,
    Named,
    Picked,
    Started,
    Unclear,
    Wrote,
)
from bot.reading.normal import normal, tight
from bot.reading.numerals import whole_number
from bot.reading.reader import Expected, read, read_age, read_day, read_phone
from bot.reading.safety import KINDS, Lexicon, alarm
from tests.core.small import YES_FAILS, asks, asks_age, asks_last

LEXICON = read_lexicon()
LABELS = {
    "yes": ("有", "Yes"),
    "no": ("没有", "No"),
    "unsure": ("不确定", "Not sure"),
    ".skip": ("跳过", "Skip"),
    ".back": ("上一题", "Back"),
    ".human": ("找人工", "Ask for a person"),
}
SINGLE = asks("a", "E1", YES_FAILS)
CHOICE = Expected(
    Prompt(3, "question", choices=tuple(Choice(id) for id in ("yes", "no", "unsure")), question="a"),
    SINGLE,
    LABELS,
)
AGE = Expected(Prompt(3, "question", Wants.NUMBER, question="age"), asks_age(), {".skip": ("跳过", "Skip")})
LAST = Expected(
    Prompt(3, "question", Wants.DATE, choices=(Choice("current"),), question="last"),
    asks_last(),
    {"current": ("还在用", "Still using it"), ".skip": ("跳过", "Skip")},
)
NAME = Expected(
    Prompt(3, "contact_name", Wants.NAME), None, {".skip": ("跳过", "Skip"), ".back": ("返回", "Back")}
)
PHONE = Expected(Prompt(3, "contact_phone", Wants.PHONE), None, {".back": ("返回", "Back")})
SEVERAL = Expected(
    Prompt(3, "question", choices=tuple(Choice(id) for id in ("none", "cream", "laser")), question="t"),
    asks("t", "E10", {"none": "meets", "cream": "fails", "laser": "fails"}, Kind.MULTI),
    {
        "none": ("没治过", "Never"),
        "cream": ("药膏", "Cream"),
        "laser": ("激光", "Laser"),
        ".done": ("选好了", "Done"),
    },
)
EVERYWHERE = [CHOICE, AGE, LAST, NAME, PHONE, SEVERAL]


def heard(text: str, expected: Expected = CHOICE) -> Input:
    return read(text, expected, LEXICON)


# ages


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("35", 35),
        ("３５", 35),
        ("三十五", 35),
        ("35岁", 35),
        ("35歲", 35),
        ("35周岁", 35),
        ("我35岁", 35),
        ("我今年三十五岁。", 35),
        ("今年 35 岁", 35),
        (" 35 ", 35),
        ("35.", 35),
        ("十八", 18),
        ("二十", 20),
        ("六十", 60),
        ("六十一周岁", 61),
        ("九", 9),
        ("一百", 100),
        ("一百零五", 105),
        ("一百一十", 110),
        ("I am 35", 35),
        ("I'm 35 years old", 35),
        ("im 35", 35),
        ("35 years old", 35),
        ("35 yo", 35),
        ("35 y/o", 35),
        ("0", 0),
        ("1990", 1990),  # a whole number; the range refuses it
    ],
)
def test_it_reads_plain_ages(text: str, age: int) -> None:
    assert heard(text, AGE) == Answered(number(age))


@pytest.mark.parametrize(
    "text",
    [
        "35左右", "大概35", "35多", "三十多岁", "三十来岁", "快35了", "35-36", "35 or 36", "35或36", "三十五六",
        "虚岁62", "虛歲62", "62虚岁", "属马的", "1990年生", "90后", "about 35", "35ish", "mid thirties", "-35", "3 5 7 9 1",
        "12345", "35.5", "一百五", "三五", "两", "十十", "零", "年龄", "thirty-five", "٣٥", "³⁵岁半", "35岁 女", "",
    ],
)  # fmt: skip
def test_it_does_not_guess_an_age(text: str) -> None:
    assert heard(text, AGE) == Unclear()
    assert read_age(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("007", 7), ("9999", 9999), ("十", 10), ("十一", 11), ("二十", 20), ("九十九", 99),
        ("两百", 200), ("一百零一", 101), ("一百二十三", 123), ("一百五", None), ("三百零五十", 350),
        ("", None), ("12345", None), ("百", None), ("abc", None), ("万", None), ("〇", None), ("五", 5),
    ],
)  # fmt: skip
def test_it_reads_whole_numbers(text: str, value: int | None) -> None:
    assert whole_number(text) == value


# days


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-05", "2026-03-05"),
        ("2026/3/5", "2026-03-05"),
        ("2026.3.5", "2026-03-05"),
        ("2026年3月5日", "2026-03-05"),
        ("2026年03月05日", "2026-03-05"),
        ("２０２６年３月５日", "2026-03-05"),
        ("２０２６－０３－０５", "2026-03-05"),
        ("2026年3月5", "2026-03-05"),
        (" 2026 年 3 月 5 日。", "2026-03-05"),
        ("2024-02-29", "2024-02-29"),
        ("2026-03", "2026-03"),
        ("2026年3月", "2026-03"),
        ("2026/03", "2026-03"),
        ("2026.3", "2026-03"),
    ],
)
def test_it_reads_days_and_months_in_digits(text: str, value: str) -> None:
    assert heard(text, LAST) == Answered(from_value(value))


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29", "2026-13-01", "2026-00", "2026年13月", "2026-3-32", "0000-01-01", "去年", "上个月", "三个月前", "2025",
        "2025年", "5/3/2026", "03-05", "3月5日", "2026年春天", "2026-03左右", "2026-03 or 04", "March 2026", "约2026-03", "last week",
    ],
)  # fmt: skip
def test_it_does_not_guess_a_day(text: str) -> None:
    assert heard(text, LAST) == Unclear()
    assert read_day(text) is None


def test_an_option_of_a_date_question_can_be_typed() -> None:
    assert heard("还在用", LAST) == heard("still using it", LAST) == Picked("current")


# numbers with a unit

CM, KG, MMHG = {"zh": "厘米", "en": "cm"}, {"zh": "公斤", "en": "kg"}, {"zh": "毫米汞柱", "en": "mmHg"}


def measured(text: str, unit: dict[str, str] | None, decimals: int = 0) -> Input:
    question = asks("size", "I3", kind=Kind.NUMBER, valid=(1, 300), unit=unit, decimals=decimals)
    prompt = Prompt(3, "question", Wants.NUMBER, question="size")
    return heard(text, Expected(prompt, question, {".skip": ("跳过", "Skip")}))


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("168", CM, "168"),
        ("168cm", CM, "168"),
        ("168 CM", CM, "168"),
        ("168㎝", CM, "168"),
        ("168厘米", CM, "168"),
        ("168 公分", CM, "168"),
        ("168 centimeters.", CM, "168"),
        ("１６８", CM, "168"),
        ("一百六十八厘米", CM, "168"),
        ("168.0", CM, "168"),
        ("65.5", KG, "65.5"),
        ("65.5公斤", KG, "65.5"),
        ("65.50 kg", KG, "65.5"),
        ("65．5千克", KG, "65.5"),
        ("65.5 Kilos", KG, "65.5"),
        ("六十五公斤", KG, "65"),
        ("150", MMHG, "150"),
        ("150mmHg", MMHG, "150"),
        ("150 毫米汞柱", MMHG, "150"),
        ("7", None, "7"),
        ("9999", None, "9999"),  # the question's range refuses it
    ],
)
def test_it_reads_a_plain_number_with_or_without_its_unit(
    text: str, unit: dict[str, str] | None, value: str
) -> None:
    assert measured(text, unit, decimals=1) == Answered(number(amount(value)))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1.68m", CM),
        ("1米68", CM),
        ("5'6", CM),
        ("168-170", CM),
        ("about 168", CM),
        ("168 kg", CM),
        ("130斤", KG),
        ("130 lb", KG),
        ("65,5", KG),
        ("65.55", KG),
        (".5", KG),
        ("-5", KG),
        ("六十五点五", KG),
        ("150/90", MMHG),
        ("150岁", MMHG),
        ("7 cups", None),
        ("cm", CM),
    ],
)
def test_another_unit_or_anything_else_is_unclear(text: str, unit: dict[str, str] | None) -> None:
    assert measured(text, unit, decimals=1) == Unclear()


def test_decimals_of_a_whole_number_are_unclear() -> None:
    assert measured("168.5", CM) == Unclear()
    assert measured("168.0", CM) == Answered(number(168))


# labels and numbers


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("有", "yes"),
        ("没有", "no"),
        ("没有。", "no"),
        ("不 确 定", "unsure"),
        ("yes", "yes"),
        ("YES!", "yes"),
        ("ｙｅｓ", "yes"),
        ("Not  Sure", "unsure"),
        ("notsure", "unsure"),
        ("☐ No", "no"),
        ("☑ 有", "yes"),
        ("1", "yes"),
        ("２", "no"),
        ("3.", "unsure"),
        ("03", "unsure"),
        ("跳过", ".skip"),
        ("back", ".back"),
        ("Ask for a person", ".human"),
    ],
)
def test_it_reads_a_button_by_its_words_in_any_language_or_by_its_number(text: str, choice: str) -> None:
    assert heard(text) == Picked(choice)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "4",
        "99",
        "100",
        "maybe",
        "是",
        "有一点",
        "没有怀孕",
        "yes and no",
        "1 2",
        "1,2",
        "no no",
        "??",
        "…",
        "👍",
    ],
)
def test_what_is_not_exactly_a_button_is_unclear(text: str) -> None:
    assert heard(text) == Unclear()


def test_a_number_is_not_a_button_where_numbers_are_answers() -> None:
    assert heard("1", AGE) == Answered(number(1))
    picker = Prompt(3, "question", choices=(Choice(".tens:30"),), question="age", picker="open")
    assert heard("1", Expected(picker, asks_age(), {".tens:30": ("30–39",)})) == Unclear()
    assert heard("30–39", Expected(picker, asks_age(), {".tens:30": ("30–39",)})) == Picked(".tens:30")


def test_with_buttons_only_an_age_is_not_read() -> None:
    strict = Prompt(3, "question", Wants.CHOICE, question="age", picker="open")
    assert heard("35", Expected(strict, asks_age(), {})) == Unclear()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1,3", ("none", "laser")),
        ("药膏、激光", ("cream", "laser")),
        ("激光，药膏", ("cream", "laser")),
        ("激光和药膏", ("cream", "laser")),
        ("cream; laser", ("cream", "laser")),
        ("2 3", ("cream", "laser")),
        ("２、３", ("cream", "laser")),
    ],
)
def test_it_reads_several_options_when_it_knows_all_of_them(text: str, codes: tuple[str, ...]) -> None:
    assert heard(text, SEVERAL) == Answered(chosen(*codes))


@pytest.mark.parametrize("text", ["药膏、针灸", "1,4", "1,1", "药膏 cream", "1,done", ",", "药膏，跳过"])
def test_several_of_which_one_is_unknown_are_unclear(text: str) -> None:
    assert heard(text, SEVERAL) == Unclear()


def test_one_of_several_is_a_button() -> None:
    assert heard("药膏", SEVERAL) == Picked("cream")


# names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("林女士", "林女士"),
        ("  Ms  Lin ", "Ms Lin"),
        ("O'Neill-Ström", "O'Neill-Ström"),
        ("نور", "نور"),
        ("欧阳·娜娜", "欧阳·娜娜"),
        ("林\u202e女士", "林 女士"),
        ("\u2066Lin\u2069", "Lin"),
        ("Lin\x00\x1b[31m", "Lin 31m"),
        ("<b>Lin</b>", "b Lin b"),
        ('<script>alert("x")</script>', 'script alert("x") script'),
        ("林\n女士", "林 女士"),
        ("@lin", "lin"),
        ("林\ud800女", "林 女"),
        ("Lin 2", "Lin 2"),
    ],
)
def test_a_name_is_kept_as_written_without_what_could_do_harm(text: str, name: str) -> None:
    assert heard(text, NAME) == Named(name)
    name.encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "12345",
        "13800138000",
        "林13800138000",
        "…",
        "😀",
        "\u200b\u200e",
        "a" * 41,
        "林" * 41,
        "<>",
        "-",
    ],
)
def test_what_cannot_be_a_name_is_unclear(text: str) -> None:
    assert heard(text, NAME) == Unclear()


def test_a_button_is_not_a_name() -> None:
    assert heard("跳过", NAME) == Picked(".skip")


# phones


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("＋８６１３８００１３８０００", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("0591-83333333", "+8659183333333"),
        ("(0591) 83333333", None),
        ("+1 (202) 555-0123", "+12025550123"),
        ("+852 5123 4567", "+85251234567"),
        ("13800138000。", "+8613800138000"),
        ("我的电话13800138000", None),
        ("1380013800", None),
        ("138001380001", None),
        ("12345678901", None),
        ("120", None),
        ("+86", None),
        ("13800138000 or 13900139000", None),
        ("微信号lin", None),
        ("+999999999999", None),
        ("", None),
    ],
)
def test_a_phone_is_e164_or_unclear(text: str, phone: str | None) -> None:
    assert read_phone(text, "CN") == phone
    assert heard(text, PHONE) == (GavePhone(phone) if phone else Unclear())


def test_without_a_country_code_the_region_counts() -> None:
    assert read_phone("202-555-0123", "US") == "+12025550123"


# commands


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "start"])
@pytest.mark.parametrize("expected", EVERYWHERE, ids=["choice", "age", "day", "name", "phone", "several"])
def test_every_command_is_heard_everywhere(command: str, expected: Expected) -> None:
    assert heard(f"/{command}", expected) == heard(f"/{command.upper()} now", expected) == Commanded(command)


def test_start_carries_where_its_link_hung() -> None:
    assert heard("/start") == Started()
    assert heard("/start  melasma-exosome-poster ") == Started("melasma-exosome-poster")
    assert heard("/start " + "x" * 200) == Started("x" * 64)


@pytest.mark.parametrize("text", ["/", "/nonsense", "/停止", "／stop", "stop"])
def test_an_unknown_command_is_unclear(text: str) -> None:
    assert heard(text) == Unclear()


# safety

PHRASES = [(kind, phrase) for kind, phrases in LEXICON.phrases.items() for phrase in phrases]


def test_the_phrases_are_in_order() -> None:
    assert set(LEXICON.phrases) == set(KINDS)
    assert len(PHRASES) == len({phrase for _, phrase in PHRASES})
    assert all(phrase == normal(phrase) and "'" not in phrase for _, phrase in PHRASES)


@pytest.mark.parametrize(("kind", "phrase"), PHRASES, ids=lambda value: value)
def test_every_phrase_is_heard_within_any_text(kind: str, phrase: str) -> None:
    graver = KINDS[: KINDS.index(kind) + 1]
    for text in (
        phrase,
        phrase.upper(),
        f"医生您好，{phrase}！怎么办？" if not phrase.isascii() else f"Hello - {phrase}, help",
    ):
        found = alarm(text, LEXICON)
        assert found in graver
        for expected in EVERYWHERE:
            assert heard(text, expected) == Alarmed(found)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我不想活了", "self_harm"),
        ("我 不 想 活 了", "self_harm"),
        ("我想死，活著沒意思", "self_harm"),
        ("想自殺", "self_harm"),
        ("I don't want to live", "self_harm"),
        ("I dont want to live any more", "self_harm"),
        ("KILL   MYSELF", "self_harm"),
        ("I can’t breathe", "emergency"),  # as phones write it
        ("I can`t breathe", "emergency"),
        ("don’t want to live", "self_harm"),
        ("i can't breathe!!", "emergency"),
        ("ｃａｎｎｏｔ　ｂｒｅａｔｈｅ", "emergency"),
        ("chest-pain", "emergency"),
        ("喘不過氣", "emergency"),
        ("我妈晕倒了", "emergency"),
        ("呼吸\u200b困难", "emergency"),
        ("做完激光后不舒服", "unwell"),
        ("side effects from the study", "unwell"),
        ("side effects from the study, and I want to die", "self_harm"),  # the gravest first
        ("我胸痛，不想活了", "self_harm"),
        ("/stop 我不想活了", "self_harm"),
        ("x" * 5000 + " 我想死 " + "y" * 5000, "self_harm"),
    ],
)
def test_alarming_words_are_heard_however_they_are_written(text: str, kind: str) -> None:
    for expected in EVERYWHERE:
        assert heard(text, expected) == Alarmed(kind)


@pytest.mark.parametrize(
    "text",
    [
        "有",
        "没有怀孕",
        "我怕痛",
        "strokes of luck",
        "emergencies exist",
        "I study hard",
        "林自强",
        "35",
        "suicid",
        "heat stroked",
    ],
)
def test_ordinary_words_raise_no_alarm(text: str) -> None:
    assert alarm(text, LEXICON) is None


def test_an_empty_lexicon_raises_none() -> None:
    assert alarm("我想死", Lexicon({})) is None


@pytest.mark.parametrize("expected", EVERYWHERE, ids=["choice", "age", "day", "name", "phone", "several"])
def test_a_story_is_not_an_answer(expected: Expected) -> None:
    assert heard("我" * 301, expected) == Unclear()
    assert heard(" \n\t ", expected) == Unclear()


# the form that is compared


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (" ＡＢＣ　ｄｅ ", "abc de"),
        ("Hello,  World!", "hello, world"),
        ("“有。”", "有"),
        ("a\u200bb\u202ec", "abc"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("１２３", "123"),
        ("!!!", ""),
    ],
)
def test_width_case_spaces_and_closing_marks_do_not_matter(text: str, plain: str) -> None:
    assert normal(text) == plain
    assert tight(text) == plain.replace(" ", "")


# properties

anything = some.text(alphabet=some.characters(), max_size=400)


@given(anything, some.sampled_from(EVERYWHERE))
@example("\ud800", NAME)
@example("/\ud800", CHOICE)
@example("2026-٠٣-٠٥", LAST)
@example("²", AGE)
def test_no_text_makes_it_fail(text: str, expected: Expected) -> None:
    found = heard(text, expected)
    assert found == heard(text, expected)
    if isinstance(found, Named):
        assert found.name.encode()
        assert found.name == found.name.strip()


def wide(text: str) -> str:
    """Half-width characters as the full-width ones of a Chinese keyboard."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


plain = some.text(alphabet=some.sampled_from("0123456789-/.年月日岁三十五 YESno跳过+有,、"), max_size=14)


@given(plain, some.sampled_from([CHOICE, AGE, LAST, PHONE, SEVERAL]))
def test_full_width_reads_like_half_width(text: str, expected: Expected) -> None:
    if not text.startswith("/"):
        assert unicodedata.normalize("NFKC", wide(text)) == unicodedata.normalize("NFKC", text)
        assert heard(wide(text), expected) == heard(text, expected)


@given(some.integers(1, 120))
def test_every_age_is_read_in_digits_and_in_words(age: int) -> None:
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = age // 100, age // 10 % 10, age % 10
    words = "一百" * hundreds
    if tens:
        words += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    words += digits[ones] if ones else ""
    for text in (str(age), wide(str(age)), f"{age}岁", words, f"{words}岁", f"I'm {age} years old"):
        assert read_age(text) == number(age), text


@given(some.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    ):
        assert read_day(text) == Period(day, day)


def kinds(values: Any) -> set[str]:
    return {type(value).__name__ for value in values}


def test_a_twin_of_each_reading_is_unclear() -> None:
    """One word more, and it is not plain any more."""
    for text, expected in [
        ("35", AGE),
        ("2026-03-05", LAST),
        ("没有", CHOICE),
        ("13800138000", PHONE),
        ("1,2", SEVERAL),
    ]:
        assert kinds([heard(text, expected)]) <= {"Answered", "Picked", "GavePhone"}
        assert heard(f"可能是{text}吧", expected) == Unclear()
        assert heard(f"not {text}", expected) == Unclear()


MESSAGE = Expected(
    Prompt(7, "queued", Wants.MESSAGE, (Choice("yes"), Choice("no"))),
    None,
    {id: LABELS[id] for id in ("yes", "no")},
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("周五可以吗？", Wrote("周五可以吗？")),
        ("  two\nlines \x00\u202e\ud800 ", Wrote("two\nlines")),
        ("x" * 1000, Wrote("x" * 1000)),
        ("x" * 1001, Unclear()),
        ("\x00", Unclear()),
        (" ", Unclear()),
        ("/human", Commanded("human")),
        ("没有", Picked("no")),  # a button's words are that button
        ("2", Picked("no")),
        ("胸口好痛", Alarmed("emergency")),
    ],
)
def test_a_message_to_the_team_is_taken_as_it_is_written(text: str, found: Input) -> None:
    assert read(text, MESSAGE, LEXICON) == found
