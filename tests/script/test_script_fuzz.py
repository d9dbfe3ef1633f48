"""Whatever is in the file, the checker answers with a flow or with problems."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.script.compile import Compiled, compile_script
from bot.script.nodes import read

ODD = "：，。“”｛｝　\t\r\x00\x1b\ufeff\u2028\x85{}[]&*!|>%@`'\"#-?:,\\\n  éab1是😀"
CONTENT = st.text(st.sampled_from(ODD) | st.characters(), max_size=8)


@st.composite
def edits(draw: st.DrawFn, good: str) -> bytes:
    """The small script after a few slips of the keyboard."""
    text = good
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(text)))
        line = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 6)):
            case 0:
                text = text[:at] + text[at + draw(st.integers(1, 40)) :]
            case 1:
                text = text[:at] + draw(CONTENT) + text[at:]
            case 2:
                lines[line], lines[other] = lines[other], lines[line]
                text = "\n".join(lines)
            case 3:
                lines[line] = " " * draw(st.integers(0, 6)) + lines[line].lstrip()
                text = "\n".join(lines)
            case 4:
                del lines[line : line + draw(st.integers(1, 20))]
                text = "\n".join(lines)
            case 5:
                lines.insert(other, lines[line])
                text = "\n".join(lines)
            case _:
                key, _, _ = lines[line].partition(":")
                lines[line] = f"{key}: {draw(CONTENT)}"
                text = "\n".join(lines)
    source = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(source)))
        source = source[:at] + draw(st.binary(max_size=4)) + source[at:]
    return source


def check(compiled: Compiled) -> None:
    assert (compiled.flow is None) == any(problem.severity == "error" for problem in compiled.problems)
    places = [(problem.line, problem.column) for problem in compiled.problems]
    assert places == sorted(places)
    lines = compiled.source.split("\n")
    for problem in compiled.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.length >= 1
    for language in ("zh", "en"):
        assert compiled.report(language).count("\n") <= 3 * len(compiled.problems)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_slips_of_the_keyboard(small: str, data: st.DataObject) -> None:
    check(compile_script(data.draw(edits(small)), "flow.yaml"))


@given(st.binary(max_size=200) | st.text(st.sampled_from(ODD), max_size=60).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_anything_at_all(source: bytes) -> None:
    check(compile_script(source, "flow.yaml"))


@given(st.text(st.sampled_from(ODD), max_size=60) | st.text())
@example("to_be_written")
@settings(max_examples=200, deadline=None)
def test_any_text(source: str) -> None:
    node, problems = read(source, "x.yaml")
    assert node is not None or problems
    check(compile_script(source, "x.yaml"))


VALUES = st.recursive(
    st.sampled_from(
        ["''", "'x'", "1", "no", "~", "'您好'", "'{phone}'", "I1", "yes", "age = yes", "2026-03-05"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(["zh", "en", "id", "means", "to", "x"]), inner), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=6,
)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_value_of_any_shape_anywhere(small: str, data: st.DataObject) -> None:
    """Every value of the small script in turn, replaced by one of another shape."""
    lines = small.rstrip().split("\n")
    line = data.draw(st.sampled_from([at for at, words in enumerate(lines) if ": " in words]))
    key, _, _ = lines[line].partition(": ")
    key = key.replace("{", "")
    lines[line] = f"{key}: {data.draw(VALUES)}"
    check(compile_script("\n".join(lines), "flow.yaml"))
