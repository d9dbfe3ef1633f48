"""What a walk found, in the checker's words and at the script's places."""

from dataclasses import dataclass
from datetime import date

from bot.script.messages import language_name, result_name
from bot.script.problems import Problem, Value, in_file_order
from bot.script.said import answer_text, said
from bot.script.script import Path, Script
from bot.script.walk.proof import Fault, Proof


@dataclass(frozen=True, slots=True)
class Walk:
    """A walked script: how many conversations there are, how many merged states were looked at, what does not hold.

    `longest` is the greatest number of questions one person can be asked without changing an answer.
    """

    paths: int
    longest: int
    states: int
    problems: tuple[Problem, ...]


def walk_script(script: Script, today: date) -> Walk:
    """Walks every path of a script that has no errors."""
    proof = Proof(script.flow, script.root, today)
    proof.run()
    problems = in_file_order(_problem(script, fault) for fault in proof.faults.values())
    return Walk(proof.paths, proof.longest, proof.states, problems)


def _problem(script: Script, fault: Fault) -> Problem:
    path, more = _PLACES.get(fault.message, _at_question)(script, fault)
    values: dict[str, Value] = {
        "answers": said(script.flow, fault.answers),
        "wanted": fault.wanted,
        "got": fault.got,
        **more,
    }
    return script.problem(fault.message, path, **values)


Place = tuple[Path, dict[str, Value]]


def _at_question(script: Script, fault: Fault) -> Place:
    question = script.flow.question_by_id[fault.about]
    answer = fault.answers.get(fault.about)
    more: dict[str, Value] = {"question": question.id}
    if answer is not None:
        more["answer"] = answer_text(question, answer)
    return _question_path(script, question.id), more


def _too_many(script: Script, fault: Fault) -> Place:
    path, more = _at_question(script, fault)
    return path, {**more, "count": int(fault.got)}


def _at_value(script: Script, fault: Fault) -> Place:
    index = next(index for index, value in enumerate(script.flow.computed) if value.id == fault.about)
    return ("computed", index, "id"), {"value": fault.about}


def _at_result(script: Script, fault: Fault) -> Place:
    """A criterion, or the last question that was answered."""
    what: dict[str, Value] = {"what": result_name(fault.about)}
    for index, criterion in enumerate(script.flow.criteria):
        if criterion.id == fault.about:
            return ("criteria", index, "id"), what
    last = next(reversed(list(fault.answers)), script.flow.questions[0].id)
    return _question_path(script, last), what


def _at_retake(script: Script, fault: Fault) -> Place:
    path, more = _at_question(script, fault)
    return path, {**more, "what": result_name(fault.part)}


def _at_follow_up(script: Script, fault: Fault) -> Place:
    question, criterion = fault.about.split()
    return _question_path(script, question), {"criterion": criterion}


def _at_text(script: Script, fault: Fault) -> Place:
    part, name, language = fault.about.split()
    words: dict[str, Value] = {"where": f"{part}: {name}", "language": language_name(language)}
    if part == "texts":
        return ("texts", name), words
    for index, criterion in enumerate(script.flow.criteria):
        if criterion.id == part:
            return ("criteria", index, "ending"), words
    return _question_path(script, part), words


def _at_list(script: Script, fault: Fault) -> Place:
    more: dict[str, Value] = {
        "language": language_name(fault.about),
        "length": int(fault.got),
        "limit": int(fault.wanted),
    }
    return ("questions",), more


def _question_path(script: Script, id: str) -> Path:
    ids = [question.id for question in script.flow.questions]
    return ("questions", ids.index(id), "id")


_PLACES = {
    "walk_too_many": _too_many,
    "walk_value": _at_value,
    "walk_outcome": _at_result,
    "walk_verdict": _at_result,
    "walk_changed_answer": _at_retake,
    "walk_unsettled": _at_follow_up,
    "walk_text_missing": _at_text,
    "walk_list_too_long": _at_list,
}
