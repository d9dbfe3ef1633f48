"""Numbers, comparison words, denials and phrases in both languages."""

import pytest

from bot.script.wording.amounts import Amount, amounts
from bot.script.wording.compare import aligned, loosely_equal, unequal, unmatched
from bot.script.wording.lexicon import listed, phrases


def read(text: str, language: str) -> list[str]:
    """The amounts of a text in short: value, unit, comparison."""
    return [
        f"{amount.value} {amount.unit} {amount.bound}".strip()
        for amount in amounts(text, language)
        if not amount.soft
    ]


@pytest.mark.parametrize(
    ("zh", "en", "found"),
    [
        ("过去12个月", "in the past 12 months", ["12.0 month back"]),
        ("过去１２个月", "the last twelve months", ["12.0 month back"]),
        ("半年", "half a year", ["6.0 month"]),
        ("两周以上", "two weeks or more", ["2.0 week min"]),
        ("至少三十天", "at least thirty days", ["30.0 day min"]),
        ("超过18周岁", "over 18 years of age", ["18.0 age over"]),
        ("不到五小时", "less than five hours", ["5.0 hour under"]),
        ("百分之五以内", "within 5 percent", ["5.0 percent max"]),
        ("50%", "50 %", ["50.0 percent"]),
        ("1565纳米", "1,565 nm", ["1565.0 nm"]),
        ("2026年", "2026", ["2026.0"]),
        ("2026-03-05 起", "from 2026-03-05", ["2026-03-05"]),
        ("3.5毫米", "3.5 mm", ["3.5 mm"]),
        ("十五次", "15 times", ["15.0 times"]),
        ("一天两次", "twice a day", None),
        ("25度以下", "25 degrees or below", ["25.0 degree max"]),
        ("两三天", "two or three days", ["3.0 day"]),
        ("三个月以上", "for three months or more", ["3.0 month min"]),
        ("18岁和60岁", "18 and 60 years old", None),
        ("一个月", "a month", []),
        ("三种病，两端", "three diseases, both ends", []),
        ("E10、2024YF028、Riehl", "E10, 2024YF028", []),
    ],
)
def test_numbers_are_read_alike(zh: str, en: str, found: list[str] | None) -> None:
    assert read(zh, "zh") == read(en, "en") or found is None
    if found is not None:
        assert read(zh, "zh") == found
    assert unmatched(list(amounts(zh, "zh")), list(amounts(en, "en")))[:2] == ([], [])


def test_a_year_and_a_half_is_eighteen_months() -> None:
    assert read("一年半", "zh") == ["18.0 month"]
    (amount,) = amounts("18 months", "en")
    assert next(amounts("一年半", "zh")).agrees(amount)


def test_what_is_no_number_or_no_known_language() -> None:
    assert list(amounts("百零", "zh")) == []
    assert list(amounts("12 Monate", "de")) == []


def test_placeholders_are_compared_but_not_counted() -> None:
    (amount,) = amounts("within {delete_days} days", "en")
    assert (amount.value, amount.bound, amount.soft) == ("{delete_days}", "max", True)
    assert amount.size == ("{delete_days}", "day")


@pytest.mark.parametrize(
    ("zh", "en", "only_zh", "only_en"),
    [
        ("12个月", "6 months", ["12个月"], ["6 months"]),
        ("12个月", "12 weeks", ["12个月"], ["12 weeks"]),
        ("12个月，再说一次12个月", "12 months", [], []),
        ("1年", "12 months", [], []),
        ("2次", "twice, in two parts", [], []),
        ("共30人", "30 people, 60 planned", [], ["60"]),
        ("18到60周岁", "18 to 60 years", [], []),
    ],
)
def test_numbers_without_a_partner(zh: str, en: str, only_zh: list[str], only_en: list[str]) -> None:
    left, right, _ = unmatched(list(amounts(zh, "zh")), list(amounts(en, "en")))
    assert [amount.words for amount in left] == only_zh
    assert [amount.words for amount in right] == only_en


@pytest.mark.parametrize(
    ("zh", "en", "differs"),
    [
        ("至少12个月", "at least 12 months", False),
        ("至少12个月", "more than 12 months", True),
        ("至少12个月", "12 months", True),
        ("12个月以上", "less than 12 months", True),
        ("12个月内", "in the past 12 months", False),
        ("{keep_days}天内", "until at most {keep_days} days after recruitment ends", False),
        ("{keep_days}天后", "within {keep_days} days", True),
        ("12个月前", "12 months ago", False),
        ("12个月内", "for 12 months", False),
        ("12个月以上", "for 12 months", True),
        ("十几分钟", "over ten minutes", False),
        ("十几分钟", "about ten minutes", False),
        ("二十多天", "less than 20 days", True),
        ("一个月以上", "within 1 month", True),
        ("满18周岁", "18 years", False),
    ],
)
def test_comparisons(zh: str, en: str, differs: bool) -> None:
    _, _, pairs = unmatched(list(amounts(zh, "zh")), list(amounts(en, "en")))
    assert pairs
    assert bool(list(unequal(pairs))) == differs


@pytest.mark.parametrize(
    ("zh", "en", "loose"),
    [
        ("25度以下", "below 25 degrees", True),
        ("60岁以上", "over 60 years old", True),
        ("不超过60岁", "under 60 years old", False),
        ("60岁以上", "under 60 years old", False),
    ],
)
def test_comparisons_that_may_be_meant_alike(zh: str, en: str, loose: bool) -> None:
    _, _, pairs = unmatched(list(amounts(zh, "zh")), list(amounts(en, "en")))
    assert [loosely_equal(*pair) for pair in unequal(pairs)] == [loose]


def test_an_amount_is_shown_with_its_comparison() -> None:
    said = {
        language: [each.said for each in amounts(text, language)]
        for language, text in (("zh", "至少12个月"), ("en", "12 months or more"))
    }
    assert said == {"zh": ["至少12个月"], "en": ["12 months or more"]}
    assert Amount(0, "3", 3.0).said == ""


@pytest.mark.parametrize(
    ("zh", "en", "stretches"),
    [
        ("甲。乙！", "A. B!", [("甲。", "A."), ("乙！", " B!")]),
        ("甲。乙。", "A and B.", [("甲。乙。", "A and B.")]),
        ("甲\n乙。丙。", "A\nB, C.", [("甲\n", "A\n"), ("乙。丙。", "B, C.")]),
        ("甲\n乙", "A", [("甲\n乙", "A")]),
        (
            "不是甲，也不是乙。",
            "It is not A, and it is not B.",
            [("不是甲，", "It is not A,"), ("也不是乙。", " and it is not B.")],
        ),
        ("甲", "A 3.5 b", [("甲", "A 3.5 b")]),
    ],
)
def test_sentences_that_belong_together(zh: str, en: str, stretches: list[tuple[str, str]]) -> None:
    assert [(zh[first], en[second]) for first, second in aligned(zh, en)] == stretches


@pytest.mark.parametrize(
    ("text", "language", "denies"),
    [
        ("没有", "zh", True),
        ("不适合", "zh", True),
        ("有没有", "zh", False),
        ("不确定", "zh", False),
        ("感到不舒服", "zh", False),
        ("非剥脱", "zh", False),
        ("Untreated", "en", True),
        ("Not sure", "en", False),
        ("None of these", "en", True),
        ("It doesn't fit", "en", True),
        ("It doesn’t fit", "en", True),
        ("nothing", "en", True),
        ("nonetheless, another notable note, non-ablative", "en", False),
        ("non-ablative", "en", False),
        ("ne pas", "fr", False),
    ],
)
def test_denials(text: str, language: str, denies: bool) -> None:
    assert listed("negation").among(text, language) == denies


def test_a_list_of_phrases() -> None:
    found = phrases({"zh": ["最后…名"], "en": ["cure*", "no cost"], "except": {"en": ["no cure"]}})
    assert [hit.words for hit in found.hits("最后 三 名！最后。名", "zh")] == ["最后 三 名"]
    assert [(hit.start, hit.words, hit.end) for hit in found.hits("Curettage, no\ncost, secure", "en")] == [
        (0, "Curettage", 9),
        (11, "no\ncost", 18),
    ]
    assert not found.among("no cure", "en")
    assert not found.among("最后", "fr")
