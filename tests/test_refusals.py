"""Every reason for which a step is refused has its sentence, on the command line and on the pages."""

import ast
from pathlib import Path

import pytest

from bot.commands.troubles import TROUBLES
from bot.service.names import BadName, check_names
from bot.staff.flows import REFUSALS

SERVICE = Path(__file__).parents[1] / "bot" / "service"
#: The names a version has beside its hash, which `nothing_{name}` is said of.
NAMES = ("published", "approved")


def reasons() -> set[str]:
    """What the service refuses with: every word in a `Refused(…)`, or given to one as its reason, also by `admitted(…)`."""
    found: set[str] = set()
    for path in SERVICE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=str(reason)), *_]):
                    found.add(reason)
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.JoinedStr(), *_]):
                    found |= {f"nothing_{name}" for name in NAMES}
                case ast.Call(
                    func=ast.Name(id="admitted"),
                    args=[*_, ast.Constant(str(unknown)), ast.Constant(str(role))],
                ):
                    found |= {unknown, role}
                case ast.Assign(targets=[ast.Name(id="reason")], value=ast.IfExp() as either):
                    found |= {each.value for each in (either.body, either.orelse)}  # type: ignore[attr-defined]  # two words
    return found


def test_what_is_refused_is_known() -> None:
    assert {"own_version", "not_present", "broken_version", "nothing_published", "not_approved"} <= reasons()
    assert {
        "no_exporter",
        "not_for_export",
        "no_auditor",
        "not_for_audit",
        "no_reader",
        "no_admin",
    } <= reasons()


@pytest.mark.parametrize("sentences", [TROUBLES, REFUSALS], ids=["commands", "pages"])
def test_every_reason_has_its_sentence(sentences: dict[str, str]) -> None:
    assert reasons() - sentences.keys() == set()


@pytest.mark.parametrize("name", [" ", "x" * 51])
def test_every_bad_name_has_its_sentence(name: str) -> None:
    with pytest.raises(BadName) as caught:
        check_names(name)
    assert caught.value.reason in TROUBLES.keys() & REFUSALS.keys()
