"""A script in rows, and what a table of them that somebody edited would change."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.script.compile import compile_script
from bot.script.rows import NUMBER, Part, Rows, rows_of
from bot.script.taking import Cell, Change, Returned, Table, Taken, take


def laid_out(source: str | bytes) -> Rows:
    rows = rows_of(source, "flow.yaml")
    assert rows is not None
    return rows


def table(source: str | bytes, edits: dict[str, dict[str, str]] | None = None) -> Table:
    """The rows of a script as they come back, with other words in some cells."""
    rows = laid_out(source)
    edits = edits or {}
    assert set(edits) <= {row.key for row in rows.rows}
    returned = tuple(
        Returned(
            row.part,
            row.key,
            f"t.xlsx {row.key}",
            {
                language: Cell(
                    edits.get(row.key, {}).get(language, text), text, f"t.xlsx {row.key}/{language}"
                )
                for language, text in row.values.items()
            },
        )
        for row in rows.rows
    )
    return Table("t.xlsx", rows.study, rows.version, returned)


def taken(source: str, edits: dict[str, dict[str, str]]) -> Taken:
    return take(source.encode(), "flow.yaml", table(source, edits))


def differing(old: str, new: bytes) -> list[tuple[str, str]]:
    """The lines that are not as they were."""
    lines = zip(old.split("\n"), new.decode().split("\n"), strict=True)
    return [(was, now) for was, now in lines if was != now]


# rows


def test_every_text_and_limit_has_a_row_with_a_place_for_people(small: str) -> None:
    rows = {row.key: row for row in laid_out(small).rows}
    ask = rows["questions.pregnant.ask"]
    assert (ask.part, ask.path) == (Part.TEXTS, ("questions", 2, "ask"))
    assert ask.values == {"zh": "您现在怀孕了吗？", "en": "Are you pregnant now?"}
    assert ask.place == {"zh": "问题 pregnant · 提问", "en": "question pregnant · ask"}
    places = {key: row.place["en"] for key, row in rows.items()}
    assert places["questions.pregnant.options.yes.label"] == "question pregnant · option yes · button"
    assert places["answer_sets.has.no.label"] == "answer set has · no · button"
    assert places["texts.about"] == "text about"
    assert places["glossary.melasma"] == "term melasma"
    assert rows["criteria.I1.text"].part is rows["notes.C1.text"].part is Part.CRITERIA
    limit = rows["questions.age.ranges.2.to"]
    assert (limit.part, limit.values) == (Part.LIMITS, {NUMBER: "59"})
    assert limit.place == {
        "zh": "问题 age · 范围 2 · 到 (meets)",
        "en": "question age · range 2 · to (meets)",
    }
    assert rows["questions.hormones_last.window.months"].values == {NUMBER: "12"}
    texts = {wording.path for wording in compile_script(small, "flow.yaml").script.wordings()}
    assert texts <= {row.path for row in rows.values()}
    assert len(rows) == len(laid_out(small).rows)


def test_a_text_that_is_not_there_yet_has_an_empty_cell(small: str) -> None:
    source = small.replace("{zh: 治疗, en: Treatment}", "{zh: 治疗}").replace("en: Pregnancy}", "en: null}")
    rows = {row.key: row for row in laid_out(source).rows}
    assert rows["questions.treated.short"].values == {"zh": "治疗", "en": ""}
    assert rows["questions.pregnant.short"].values == {"zh": "怀孕", "en": ""}


def test_a_language_that_a_script_has_beside_the_two_has_a_column(small: str) -> None:
    rows = laid_out(small.replace("languages: [zh, en]", "languages: [zh, en, vi]"))
    assert rows.languages == ("zh", "en", "vi")
    assert rows.rows[0].values["vi"] == ""


def test_codes_that_look_like_languages_are_no_texts(small: str) -> None:
    source = small.replace('means: {"yes": fails, "no": meets, na: na}', "means: {zh: meets, en: fails}")
    assert "questions.pregnant.means" not in {row.key for row in laid_out(source).rows}


def test_what_has_no_name_of_its_own_goes_by_number(small: str) -> None:
    source = small.replace("  - id: treated\n", "  - id: age\n").replace("code: cream", "code: [x]")
    keys = {row.key for row in laid_out(source + "odd: [{zh: 甲, en: A}, word]\n").rows}
    assert {"questions.1.ask", "questions.2.ask", "questions.2.options.2.label", "odd.1"} <= keys


def test_a_script_that_yaml_cannot_read_has_no_rows() -> None:
    assert rows_of("a: [", "flow.yaml") is None
    assert rows_of("- a\n", "flow.yaml") is None
    found = rows_of("a: b\n", "flow.yaml")
    assert found is not None
    assert (found.study, found.rows, found.languages) == ("", (), ("zh", "en"))


# what changes


def test_without_edits_nothing_changes_to_the_byte(small: str) -> None:
    source = small.encode()
    result = take(source, "flow.yaml", table(small))
    assert (result.changes, result.notes, result.problems, result.source) == ((), (), (), source)
    assert result.whole
    assert result.compiled.problems == ()


def test_a_text_and_a_limit_are_changed_and_nothing_else(small: str) -> None:
    result = taken(
        small,
        {
            "questions.age.valid.to": {NUMBER: "１１０"},
            "questions.pregnant.ask": {"zh": " 您目前怀孕了吗？\n", "en": "Are you pregnant at present?"},
        },
    )
    assert differing(small, result.source) == [
        ("    valid: {from: 1, to: 120}", "    valid: {from: 1, to: 110}"),
        (
            "    ask: {zh: 您现在怀孕了吗？, en: Are you pregnant now?}",
            "    ask: {zh: 您目前怀孕了吗？, en: Are you pregnant at present?}",
        ),
    ]
    limit, ask = result.changes
    assert (limit.old, limit.new, limit.left_behind) == ({NUMBER: "120"}, {NUMBER: "110"}, ())
    assert ask == Change(
        ("questions", 2, "ask"),
        {"zh": "问题 pregnant · 提问", "en": "question pregnant · ask"},
        {"zh": "您现在怀孕了吗？", "en": "Are you pregnant now?"},
        {"zh": "您目前怀孕了吗？", "en": "Are you pregnant at present?"},
    )
    assert result.compiled.flow is not None


def test_a_text_whose_other_language_stayed_is_marked(small: str) -> None:
    (change,) = taken(small, {"texts.about": {"en": "About our study."}}).changes
    assert change.left_behind == ("zh",)


def test_a_translation_that_was_missing_is_filled_in(small: str) -> None:
    source = small.replace("{zh: 治疗, en: Treatment}", "{zh: 治疗}")
    result = taken(source, {"questions.treated.short": {"en": "Treatment"}})
    assert result.source.decode() == small
    assert [change.left_behind for change in result.changes] == [()]


def test_the_checker_says_what_it_thinks_of_the_result(small: str) -> None:
    result = taken(small, {"questions.age.ranges.2.to": {NUMBER: "64"}})
    assert {problem.rule for problem in result.compiled.problems} == {"ranges"}
    assert result.whole
    assert "to: 64" in result.source.decode()


def test_a_number_that_is_written_otherwise_is_the_same(small: str) -> None:
    assert taken(small, {"questions.age.valid.to": {NUMBER: "120.0"}}).changes == ()


def test_what_somebody_noted_is_passed_on(small: str) -> None:
    came = table(small)
    noted = replace(came.rows[0], note="这个名字对吗？")
    result = take(small.encode(), "flow.yaml", replace(came, rows=(noted, *came.rows[1:])))
    assert result.notes == (({"zh": "研究 · 名称", "en": "study · name"}, "这个名字对吗？"),)
    assert result.changes == ()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_keeps_its_line_ends_and_byte_order_mark(small: str, mark: str, end: str) -> None:
    source = mark + small.replace("\n", end)
    result = taken(source, {"texts.about": {"zh": "介绍。\n两行。", "en": "About."}})
    after = result.source.decode()
    assert after.startswith(mark + "format")
    assert set(after.replace(end, "")) & {"\r", "\n"} == set()
    assert '{zh: "介绍。\\n两行。", en: About.}' in after


def test_a_file_of_mixed_line_ends_keeps_them(small: str) -> None:
    source = small.replace("\n", "\r\n", 30)
    after = taken(source, {"texts.about": {"zh": "介绍。", "en": "About."}}).source
    assert differing(source, after) == [
        ("  about: {zh: 研究介绍。, en: About the study.}", "  about: {zh: 介绍。, en: About.}")
    ]


# what is wrong with a table


def messages(result: Taken) -> list[str]:
    return [problem.message for problem in result.problems]


@pytest.mark.parametrize("word", ["", "sixty", "2026-12-03"])
def test_a_limit_that_is_no_number(small: str, word: str) -> None:
    result = taken(small, {"questions.age.valid.to": {NUMBER: word}})
    assert (messages(result), result.changes, result.whole) == (["sheet_not_a_number"], (), False)
    assert result.problems[0].file == "t.xlsx questions.age.valid.to/number"


def test_a_table_of_another_study(small: str) -> None:
    result = take(small.encode(), "flow.yaml", replace(table(small), study="other"))
    assert (messages(result), result.changes, result.whole) == (["sheet_of_other_study"], (), False)


def test_a_table_without_rows_has_only_its_own_problems(small: str) -> None:
    assert messages(take(small.encode(), "flow.yaml", Table("t.xlsx"))) == []
    result = take(b"a: [", "flow.yaml", table(small))
    assert (messages(result), result.source, result.compiled.flow) == ([], b"a: [", None)


def test_keys_that_are_unknown_or_there_twice(small: str) -> None:
    came = table(small, {"texts.about": {"zh": "介绍。", "en": "About."}})
    first, second, third, *rest = came.rows
    rows = (first, replace(second, key=first.key), replace(third, key="notes.C9.text"), *rest)
    result = take(small.encode(), "flow.yaml", replace(came, rows=rows))
    assert messages(result) == [
        "sheet_rows_missing",
        "sheet_row_twice",
        "sheet_row_twice",
        "sheet_row_unknown",
    ]
    assert result.problems[0].values["count"] == 2
    assert not result.whole
    assert [change.path for change in result.changes] == [("texts", "about")]


def test_rows_that_are_gone_stay_in_the_script(small: str) -> None:
    came = table(small, {"texts.about": {"zh": "介绍。", "en": "About."}})
    rows = tuple(row for row in came.rows if row.key != "texts.hello" and row.part is not Part.LIMITS)
    result = take(small.encode(), "flow.yaml", replace(came, rows=rows))
    (gone,) = result.problems
    assert gone.severity == "warning"
    assert "lacks 1 of its rows (text hello)" in gone.text("en")
    assert "文字 hello" in gone.text("zh")
    assert result.whole
    assert "您好。" in result.source.decode()


def test_a_script_that_changed_since_keeps_its_changes(small: str) -> None:
    """The table is of an older version: only what nobody else changed is taken."""
    came = table(
        small,
        {
            "texts.about": {"zh": "介绍。", "en": "About."},
            "texts.hello": {"zh": "你们好。", "en": "Hello there."},
        },
    )
    now = small.replace("en: Hello.", "en: Welcome.").replace("en: Stopped.", "en: We have stopped.")
    result = take(now.encode(), "flow.yaml", came)
    assert messages(result) == ["sheet_of_other_version", "sheet_both_changed"]
    assert not result.whole
    assert result.problems[1].file == "t.xlsx texts.hello/en"
    assert '"Welcome."' in result.problems[1].text("en")
    assert "We have stopped." in result.source.decode()
    assert {change.path for change in result.changes} == {("texts", "hello"), ("texts", "about")}


def test_a_script_in_which_the_same_was_changed_already(small: str) -> None:
    came = table(small, {"texts.about": {"zh": "介绍。", "en": "About."}})
    now = small.replace("{zh: 研究介绍。, en: About the study.}", "{zh: 介绍。, en: About.}")
    result = take(now.encode(), "flow.yaml", came)
    assert (messages(result), result.changes, result.whole) == (["sheet_of_other_version"], (), True)


@pytest.mark.parametrize(("made_with", "now_with"), [("zh, en", "zh, en, vi"), ("zh, en, vi", "zh, en")])
def test_a_language_that_came_or_went_since_is_left_alone(small: str, made_with: str, now_with: str) -> None:
    then, now = (small.replace("[zh, en]", f"[{languages}]") for languages in (made_with, now_with))
    result = take(now.encode(), "flow.yaml", table(then, {"texts.about": {"zh": "介绍。", "en": "About."}}))
    assert [change.path for change in result.changes] == [("texts", "about")]
    assert messages(result) == ["sheet_of_other_version"]


def test_a_place_that_cannot_be_changed_is_named_and_the_rest_is_shown(small: str) -> None:
    source = small.replace("texts:\n", "texts:\n  hello: {zh: 您好。, en: Hello.}\n")
    came = table(source, {"texts.hello": {"zh": "欢迎。", "en": "Hello."}, "texts.about": {"zh": "介绍。"}})
    result = take(source.encode(), "flow.yaml", came)
    assert messages(result) == ["sheet_cannot_edit"]
    assert "文字 hello" in result.problems[0].text("zh")
    assert not result.whole
    assert "zh: 介绍。" in result.source.decode()


# whatever is written


WORDS = some.text(max_size=30).filter(lambda words: words.strip())


@settings(max_examples=30, deadline=None)
@given(some.data())
def test_any_words_are_taken_to_the_letter(small: str, data: some.DataObject) -> None:
    """As the script reads them: without what is around them, with the one kind of line end."""
    rows = [row for row in laid_out(small).rows if row.part is not Part.LIMITS]
    chosen = data.draw(
        some.lists(some.sampled_from(rows), min_size=1, max_size=3, unique_by=lambda row: row.key)
    )
    edits = {row.key: {"zh": data.draw(WORDS), "en": data.draw(WORDS)} for row in chosen}
    result = taken(small, edits)
    assert result.problems == ()
    after = {row.key: row.values for row in laid_out(result.source).rows}
    for key, texts in edits.items():
        assert after.pop(key) == {
            language: words.replace("\r\n", "\n").replace("\r", "\n").strip()
            for language, words in texts.items()
        }
    assert after.items() <= {row.key: row.values for row in laid_out(small).rows}.items()
