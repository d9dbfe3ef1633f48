"""A draft says where a person still has to write something, and nothing else is said of such a place."""

import json
from collections.abc import Iterator

import pytest
from measured import measured
from ruamel.yaml import YAML

from bot.core.flow import Flow, Study
from bot.script.compile import compile_script
from bot.script.edit import values
from bot.script.nodes import TO_BE_WRITTEN, MapNode, read
from bot.script.script import Path, Script


def places(node, path: Path = ()) -> Iterator[Path]:
    """Everything that stands in a script: values, lists and mappings."""
    if path:
        yield path
    for name, inner in getattr(node, "entries", ()):
        yield from places(inner, (*path, name.text))
    for index, item in enumerate(getattr(node, "items", ())):
        yield from places(item, (*path, index))


def without(source: str, path: Path) -> str:
    """The script with the marker in place of one value."""
    whole = YAML(typ="safe", pure=True).load(source)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = TO_BE_WRITTEN
    return json.dumps(whole, ensure_ascii=False)


def test_every_place_of_a_script_may_be_left_to_be_written(small: str) -> None:
    source = measured(small)
    root, _ = read(source, "small.yaml")
    for path in places(root):
        compiled = compile_script(without(source, path), "small.yaml")
        rules = {problem.rule for problem in compiled.problems}
        assert "to_be_written" in rules, path
        assert compiled.flow is None
        node = Script("", root, Flow("", (), Study({}, {}, ""), (), (), {}, {})).node(*path)
        is_text = path[-1] in ("zh", "en") or (isinstance(node, MapNode) and node.get("zh"))
        if is_text and "unit" not in path:  # which a formula looks at
            assert rules == {"to_be_written"}, (path, compiled.report())


@pytest.mark.parametrize("part", ["criteria", "questions", "texts", "notice", "study"])
def test_a_whole_part_may_be_left_to_be_written(part: str, small: str) -> None:
    compiled = compile_script(without(small, (part,)), "small.yaml")
    assert [problem.text() for problem in compiled.problems if problem.rule == "to_be_written"] == [
        f'"{part}" is still to be written; write it'
    ]


def test_the_words_are_a_marker_only_where_they_stand_alone(small: str) -> None:
    changed = small.replace("en: Count the birthdays you have had.", "en: This is to_be_written later.")
    assert compile_script(changed, "small.yaml").flow
    assert [text for _, text in values(changed)].count(TO_BE_WRITTEN) == 0
