"""Cards of scripts with numbers in a unit, computed values, and of drafts: what is shown, and what a change writes."""

from decimal import Decimal
from pathlib import Path

import pytest
from measured import measured

from bot.script.cards import Card, Field, cards_of, changed
from bot.script.compile import compile_script
from bot.script.nodes import read

SAMPLE = Path(__file__).parents[2] / "flows" / "sample-blood-pressure" / "flow.yaml"


def card(source: str, part: str) -> Card:
    root, _ = read(source, "flow.yaml")
    return next(card for card in cards_of(root) if card.part == part)


def fields(source: str, part: str) -> dict[str, Field]:
    found = card(source, part)
    return {found.name(field.path): field for field in found.fields()}


def test_a_number_shows_its_unit_and_decimals_and_offers_them_where_it_has_none(small: str) -> None:
    source = measured(small)
    height = {row.key: row for row in card(source, "question.height").rows}
    assert [field.value for field in height["unit"].fields] == ["厘米", "cm"]
    assert height["decimals"].fields[0].value == "1"
    age = {row.key: row for row in card(source, "question.age").rows}
    assert age["unit"].optional
    assert [field.value for field in age["unit"].fields] == ["", ""]
    pregnant = {row.key for row in card(source, "question.pregnant").rows}
    assert not {"unit", "decimals"} & pregnant


def test_a_computed_value_is_a_card_with_its_formula_terms_and_ranges(small: str) -> None:
    found = card(measured(small), "computed.bmi")
    formula = next(row for row in found.rows if row.key == "formula")
    assert formula.fields[0].choices == ("bmi",)
    assert [(group.key, group.title) for group in found.groups] == [
        ("from", ""),
        ("ranges", "–18.4"),
        ("ranges", "18.5–30.0"),
        ("ranges", "30.1–"),
    ]
    keys = [row.key for row in found.groups[1].rows]
    assert "flag" in keys
    assert "erases" not in keys


@pytest.mark.parametrize(
    ("part", "name", "words", "line"),
    [
        ("computed.bmi", "ranges/1/to", "29.9", "{from: 18.5, to: 29.9, means: meets}"),
        ("computed.bmi", "ranges/1/to", "29", "{from: 18.5, to: 29, means: meets}"),
        ("question.weight", "valid/to", "250.5", "valid: {from: 30, to: 250.5}"),
        ("question.weight", "unit/zh", "千克", "unit: {zh: 千克, en: kg}"),
    ],
)
def test_a_change_is_written_as_a_person_would(
    small: str, part: str, name: str, words: str, line: str
) -> None:
    source = measured(small)
    after = changed(source, card(source, part), {name: words})
    added = set(after.split("\n")) - set(source.split("\n"))
    assert [each.strip().removeprefix("- ") for each in added] == [line]


def test_what_a_draft_leaves_open_is_empty_until_somebody_writes_it() -> None:
    source = SAMPLE.read_text("utf-8").replace(
        "    settled_by: visit\n    reason:\n"
        "      zh: 机器人不问。在知情同意访视时由研究医生当面确认。\n"
        "      en: Never asked by the bot. The study doctor confirms it in person at the consent visit.\n",
        "    settled_by: to_be_written\n    reason: to_be_written\n",
    )
    shown = fields(source, "criterion.I6")
    assert shown["settled_by"].value == ""
    assert (shown["reason/zh"].value, shown["reason/en"].value) == ("", "")
    found = card(source, "criterion.I6")
    assert (
        changed(source, found, {name: "" for name in shown if "settled_by" in name or "reason" in name})
        == source
    )
    after = changed(
        source,
        found,
        {
            "settled_by": "visit",
            "reason/zh": "访视时办理。",
            "reason/en": "Done at the visit.",
        },
    )
    assert "    settled_by: visit\n    reason: {zh: 访视时办理。, en: Done at the visit.}\n" in after
    assert compile_script(after, "flow.yaml").report() == ""


def test_a_text_of_a_draft_is_written_in_both_languages() -> None:
    source = "languages: [zh, en]\ntexts:\n  hello: to_be_written\n"
    shown = fields(source, "texts.texts")
    assert {name: field.value for name, field in shown.items()} == {
        "hello/zh": "",
        "hello/en": "",
    }
    after = changed(source, card(source, "texts.texts"), {"hello/zh": "您好。", "hello/en": "Hello."})
    assert after == "languages: [zh, en]\ntexts:\n  hello: {zh: 您好。, en: Hello.}\n"


def test_a_number_is_a_number_to_the_digit(small: str) -> None:
    source = measured(small)
    after = changed(source, card(source, "computed.bmi"), {"ranges/2/from": "35.0"})
    assert "{from: 35.0, means: fails}" in after
    assert Decimal("35.0") == 35


def test_a_window_is_counted_in_another_unit_at_once(small: str) -> None:
    found = card(small, "question.hormones_last")
    window = next(group for group in found.groups if group.key == "window")
    assert [(row.key, row.fields[0].value) for row in window.rows] == [
        ("months", "12"),
        ("weeks", ""),
        ("days", ""),
    ]
    path = found.name(window.path)
    after = changed(small, found, {f"{path}/months": "", f"{path}/weeks": "8"})
    assert after == small.replace("window: {months: 12}", "window: {weeks: 8}")
