"""Scripts: what is wrong with them, and their rehearsals."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from bot.bootstrap import BrokenScript, clock_of, read_script
from bot.commands.options import Json
from bot.commands.shell import FINE, PROBLEMS, WRONG_USE, Shell
from bot.config import Settings
from bot.core.text import fill
from bot.i18n import N_
from bot.script.cases import day_of, read_cases
from bot.script.compile import Compiled
from bot.script.library import SCRIPT_NAME
from bot.script.problems import Problem, render_all, workflow_command
from bot.script.rehearsal import differences, walk
from bot.script.walk import Walk, walk_script
from bot.script.witness import Witness, witness
from bot.script.written import to_json, written
from bot.store.database import Trouble

app = typer.Typer()


def script_path(flow: str, settings: Settings) -> Path:
    """A script by its file, its folder or its name; Trouble."""
    for path in (Path(flow), Path(flow) / SCRIPT_NAME, settings.flows / flow / SCRIPT_NAME):
        if path.is_file():
            return path
    raise Trouble("no_such_flow", flow)


def given_day(text: str) -> date | None:
    """The day an option names; Trouble."""
    if text and day_of(text) is None:
        raise Trouble("no_day", text)
    return day_of(text)


class Form(Enum):
    """How problems are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@app.command(help=N_("Say what is wrong with scripts, where, and what would be right."))
def check(
    context: typer.Context,
    flows: list[str],
    form: Annotated[
        Form, typer.Option("--format", help=N_("For people, for programs, or for GitHub."))
    ] = Form.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help=N_("Warnings count as errors."))] = False,
) -> None:
    shell: Shell = context.obj
    with shell.careful():
        settings = shell.settings()
        today = clock_of(settings)().astimezone(settings.zone).date()
        checked = [Checked.of(read_script(script_path(flow, settings)), today) for flow in flows]
        problems = [problem for each in checked for problem in each.problems]
        match form:
            case Form.TEXT:
                for each in checked:
                    sys.stdout.writelines(f"{line}\n" for line in _checked(each, shell))
            case Form.JSON:
                listed = [problem.to_dict(shell.language) for problem in problems]
                sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
            case Form.GITHUB:
                sys.stdout.writelines(f"{workflow_command(each, shell.language)}\n" for each in problems)
    fine = all(each.fine for each in checked) and not (strict and problems)
    raise typer.Exit(FINE if fine else PROBLEMS)


@dataclass(frozen=True, slots=True)
class Checked:
    """A script, and what a walk through it found; one with errors is not walked."""

    compiled: Compiled
    walked: Walk | None
    seconds: float

    @classmethod
    def of(cls, compiled: Compiled, today: date) -> "Checked":
        """Walk it, and say how long that took."""
        begun = perf_counter()
        walked = None if compiled.script is None else walk_script(compiled.script, today)
        return cls(compiled, walked, perf_counter() - begun)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Those of the script, then those of its paths."""
        return (*self.compiled.problems, *(self.walked.problems if self.walked else ()))

    @property
    def fine(self) -> bool:
        """No error: the script can be used."""
        return all(problem.severity != "error" for problem in self.problems)


def _checked(checked: Checked, shell: Shell) -> Iterator[str]:
    compiled, walked = checked.compiled, checked.walked
    if checked.problems:
        yield render_all(checked.problems, compiled.source, shell.language).rstrip()
    if walked is not None:
        words = shell.tr(
            N_(
                "{file}: walked {paths} paths of up to {longest} questions in {states} merged states, {seconds} s"
            )
        )
        values = {
            "file": compiled.file,
            "paths": f"{walked.paths:,}",
            "longest": str(walked.longest),
            "states": f"{walked.states:,}",
            "seconds": f"{checked.seconds:.1f}",
        }
        yield fill(words, values)
    if compiled.flow is not None and checked.fine:
        words = shell.tr(N_("{file}: fine ({criteria} criteria, {questions} questions)"))
        values = {
            "file": compiled.file,
            "criteria": str(len(compiled.flow.criteria)),
            "questions": str(len(compiled.flow.questions)),
        }
        yield fill(words, values)


@app.command(
    help=N_("Walk the rehearsals beside a script and say where the result is not what was expected.")
)
def rehearse(
    context: typer.Context,
    flow: str,
    cases: Annotated[
        list[Path] | None, typer.Argument(help=N_("Files with cases; the script's own unless given."))
    ] = None,
    as_json: Json = False,
    today: Annotated[str, typer.Option(help=N_("For cases that name no day, YYYY-MM-DD."))] = "",
    witnessed: Annotated[
        bool,
        typer.Option("--witness", help=N_("Say which meanings of the script no rehearsal would notice.")),
    ] = False,
) -> None:
    shell: Shell = context.obj
    with shell.careful():
        settings = shell.settings()
        day = given_day(today) or clock_of(settings)().astimezone(settings.zone).date()
        path = script_path(flow, settings)
        compiled = read_script(path)
        if compiled.flow is None:
            raise BrokenScript(compiled)
        folder = path.parent / "rehearsals"
        found = read_cases(cases or sorted(folder.glob("*.yaml")), compiled.flow)
        if found.problems:
            shell.fail(found.report(shell.language))
            raise typer.Exit(WRONG_USE)
        if witnessed:
            assert compiled.script is not None
            tried = witness(compiled.script, found.cases, day)
            sys.stdout.write(
                _witness_json(tried, shell) if as_json else _witness_text(tried, compiled, shell)
            )
            raise typer.Exit(PROBLEMS if tried.unwitnessed else FINE)
        results, wrong = [], 0
        for case in found.cases:
            result = walk(compiled.flow, case, day)
            differs = differences(case, result, shell.language)
            wrong += bool(differs)
            results.append({"id": case.id, **result.to_dict()})
            if not as_json:
                mark = "✗" if differs else "✓"
                sys.stdout.write(f"{mark} {case.id}: {result.verdict.value}\n")
                sys.stdout.writelines(f"    {line}\n" for line in differs)
        if as_json:
            sys.stdout.write(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
        else:
            words = shell.tr(N_("{count} rehearsals, {wrong} not as expected"))
            sys.stdout.write(fill(words, {"count": str(len(found.cases)), "wrong": str(wrong)}) + "\n")
    raise typer.Exit(PROBLEMS if wrong else FINE)


def _witness_text(found: Witness, compiled: Compiled, shell: Shell) -> str:
    """What nobody has said, the proposed cases, and how many changes were tried."""
    parts = []
    if found.problems:
        parts.append(render_all(found.problems, compiled.source, shell.language).rstrip() + "\n\n")
    if found.cases:
        words = shell.tr(
            N_("Proposed cases. `expect` is what comes out now: a person must judge whether it is right.")
        )
        parts.append(f"# {words}\n\n")
        parts += [written(case, found.gaps_of(case)) + "\n" for case in found.cases]
    words = shell.tr(
        N_(
            "{tried} changes tried: {noticed} noticed, {invisible} show in no answers, {missing} nobody would notice"
        )
    )
    noticed = found.tried - found.invisible - len(found.unwitnessed)
    numbers = {
        "tried": found.tried,
        "noticed": noticed,
        "invisible": found.invisible,
        "missing": len(found.unwitnessed),
    }
    parts.append(fill(words, {name: str(number) for name, number in numbers.items()}) + "\n")
    if found.not_counted:
        words = shell.tr(N_("{count} rehearsals are not as expected and do not count: {ids}"))
        ids = ", ".join(map(str, found.not_counted))
        parts.append(fill(words, {"count": str(len(found.not_counted)), "ids": ids}) + "\n")
    return "".join(parts)


def _witness_json(found: Witness, shell: Shell) -> str:
    printed = {
        "tried": found.tried,
        "invisible": found.invisible,
        "unwitnessed": [
            {**problem.to_dict(shell.language), "case": one.case.id if one.case else None}
            for problem, one in zip(found.problems, found.unwitnessed, strict=True)
        ],
        "cases": [to_json(case) for case in found.cases],
        "not_counted": list(found.not_counted),
    }
    return json.dumps(printed, ensure_ascii=False, indent=1) + "\n"
