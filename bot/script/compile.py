"""Compiles a script: reads every part of it, then lets the rules look at the whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath

from bot.core.criteria import Criterion, Disclose, SettledBy
from bot.core.flow import CrossFlag, Exempt, Flow, Is, Note, Stop, Study
from bot.core.text import Text
from bot.script import messages
from bot.script.computed import computed, worked_out
from bot.script.conditions import condition
from bot.script.messages import language_name
from bot.script.nodes import ListNode, MapNode, Node, Scalar, decode, read
from bot.script.problems import NOWHERE, Problem, in_file_order, problem_at, render_all
from bot.script.questions import answer_set, flag_name, question
from bot.script.rules import RULES, to_be_written
from bot.script.script import Script
from bot.script.shapes import (
    Keys,
    Log,
    Shape,
    T,
    distinct,
    fields,
    identifier,
    list_items,
    list_of,
    mapping_of,
    maybe_empty,
    name,
    one_of,
    scalar,
    text_in,
    truth,
    word_among,
    words,
)

#: Both must be there in every script; more may follow.
LANGUAGES = ("zh", "en")

#: Endings of file names that a script may have; a draft has none.
_SUFFIXES = {"", ".yaml", ".yml", ".json"}

#: The texts of a flow beside its questions.
TEXTS = (
    *("hello", "about", "consent_health", "consent_abroad", "contact_ask"),
    *("likely_match", "needs_review", "not_match", "come_back", "under_age", "for_someone_else"),
    *("already_enrolled", "no_consent", "not_interested", "stopped", "not_recruiting", "withdrawn", "unwell"),
)
#: The parts of the notice, in the order they are shown.
NOTICE = (
    *("purpose", "sensitive", "collect", "use", "who", "screened_out", "keep", "outcome"),
    *("may_skip", "own_answers", "abroad", "rights", "contact"),
)

SCRIPT = Keys(
    messages.THE_SCRIPT,
    required=("format", "flow", "languages", "author", "study", "criteria", "questions", "texts", "notice"),
    optional=("settings", "notes", "answer_sets", "computed", "flags", "glossary", "allowed_phrases"),
)
STUDY = Keys(messages.STUDY, required=("name", "site", "protocol"), optional=("registry",))
SETTINGS = Keys(messages.SETTINGS, required=(), optional=("stop",))
NOTE = Keys(messages.A_NOTE, required=("id", "criteria", "text"), optional=("site_decides",))
CRITERION = Keys(
    messages.A_CRITERION,
    required=("id", "kind", "text", "settled_by", "reason"),
    optional=("disclose", "ending", "often_fails", "never_fails"),
)
ALLOWED = Keys(messages.AN_ALLOWED_PHRASE, required=("phrase", "reason"))
FLAG = Keys(messages.A_FLAG, required=("flag", "when", "criterion"))

flow_id = identifier("[a-z][a-z0-9-]*", "bad_flow_id", 32)
criterion_id = identifier("[IE][0-9]{1,3}[a-z]?", "bad_criterion_id", 8)
note_id = identifier("[A-Z][A-Za-z]*[0-9]{1,3}", "bad_note_id", 16)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of a script. There is a flow exactly when no problem is an error.

    `script` is the flow with its nodes, for whoever looks further.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    source: str
    file: str
    script: Script | None = None

    def report(self, language: str = "en") -> str:
        """Every problem with its line, for people."""
        return render_all(self.problems, self.source, language)


@dataclass(eq=False)
class BrokenScript(Exception):
    """A script that does not compile; `compiled` says where and what."""

    compiled: Compiled


def compile_script(source: bytes | str, file: str, rules: bool = True) -> Compiled:
    """Compiles a script; always returns, with every problem in file order.

    `rules` False: only what cannot be read is a problem. So runs a version that was held to the rules when it came in.
    """
    text, _ = decode(source, file)
    if (name := PurePath(file)).suffix.lower() not in _SUFFIXES:
        found = problem_at(file, NOWHERE, "not_a_script", name=name.name)
        return Compiled(None, (found,), text, file)
    root, problems = read(source, file)
    log = Log(file, problems)
    flow = script = None
    if isinstance(root, Scalar) and root.unwritten:  # nothing but that, and no part of it to say so
        log.report("wrong_shape", root.place, wanted=messages.KEYS_AND_VALUES, found=messages.A_SINGLE_VALUE)
    if root is not None and (mapping := mapping_of(root, log)) is not None:
        flow = _flow(mapping, log, sha256(text.encode("utf-8", "replace")).hexdigest())
        script = Script(file, mapping, flow)
        log.problems += to_be_written.check(script)
        if rules and all(isinstance(mapping.get(part), ListNode) for part in ("criteria", "questions")):
            unread = frozenset(problem.line for problem in log.problems if problem.severity == "error")
            script = replace(script, unread=unread)
            log.problems += [problem for rule in RULES for problem in rule(script)]
    if any(problem.severity == "error" for problem in log.problems):
        flow = script = None
    return Compiled(flow, in_file_order(log.problems), text, file, script)


def study_named(source: bytes | str, file: str) -> str | None:
    """The study that a script is of, also where the rest of it is not right yet."""
    root, _ = read(source, file)
    named = root.get("flow") if isinstance(root, MapNode) else None
    log = Log(file)
    found = flow_id(named, log) if named is not None else None
    return None if log.problems else found


def _flow(node: MapNode, log: Log, version: str) -> Flow:
    """The flow, with a gap wherever something was reported."""
    found = fields(node, log, SCRIPT)
    found.read("format", _format)
    languages = found.read("languages", _languages) or LANGUAGES
    text = text_in(languages)
    sets = found.read("answer_sets", _by_name(answer_set(languages))) or {}
    values = found.read("computed", _each(computed(languages))) or ()
    return Flow(
        id=found.read("flow", flow_id) or "",
        languages=languages,
        author=found.read("author", words) or "",
        study=found.read("study", _study(text)) or Study({}, {}, ""),
        stop=found.read("settings", _stop) or Stop.FIRST_FAIL,
        notes=found.read("notes", _each(_note(text))) or (),
        criteria=found.read("criteria", _each(_criterion(text))) or (),
        questions=found.read("questions", _each(question(languages, sets, worked_out(values)))) or (),
        computed=values,
        flags=found.read("flags", _each(_flag)) or (),
        texts=found.read("texts", _slots(Keys(messages.TEXTS, TEXTS), text)) or {},
        notice=found.read("notice", _slots(Keys(messages.NOTICE, NOTICE), text)) or {},
        glossary=found.read("glossary", _by_name(text)) or {},
        allowed=found.read("allowed_phrases", list_of(_exempt(text))) or (),
        hash=version,
    )


def _exempt(text: Shape[Text]) -> Shape[Exempt]:
    def read(node: Node, log: Log) -> Exempt | None:
        found = fields(node, log, ALLOWED)
        reason = found.read("reason", text)
        phrase = found.read("phrase", words)
        return None if phrase is None else Exempt(phrase, reason or {})

    return read


def _format(node: Node, log: Log) -> str | None:
    found = scalar(node, log, messages.A_NUMBER)
    if found is not None and found.text != "1":
        log.report("format_unknown", found.place, word=found.text)
    return None if found is None else found.text


def _languages(node: Node, log: Log) -> tuple[str, ...] | None:
    """The languages of the script; zh and en are read even if they were forgotten."""
    found = distinct(_language)(node, log)
    if found is None:
        return None
    for language in LANGUAGES:
        if isinstance(node, ListNode) and language not in found:
            log.report("language_needed", node.place, language=language_name(language), code=language)
    return tuple(dict.fromkeys((*found, *LANGUAGES)))


def _language(node: Node, log: Log) -> str | None:
    found = scalar(node, log, messages.A_WORD)
    if found is not None and not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", found.text):
        log.report("bad_language", found.place, word=found.text)
        return None
    return None if found is None else found.text


def _each(shape: Shape[T]) -> Shape[tuple[T, ...]]:
    """Parts whose place in the list is their place in the flow: `shape` always gives one."""

    def read(node: Node, log: Log) -> tuple[T, ...] | None:
        items = list_items(node, log)
        found = [shape(item, log) for item in items or ()]
        return tuple(part for part in found if part is not None)

    return read


def _by_name(shape: Shape[T]) -> Shape[dict[str, T]]:
    """Parts under names the author chooses."""

    def read(node: Node, log: Log) -> dict[str, T] | None:
        mapping = mapping_of(node, log)
        found = {name.text: shape(value, log) for name, value in mapping.entries} if mapping else {}
        return {name: part for name, part in found.items() if part is not None}

    return read


def _slots(keys: Keys, text: Shape[Text]) -> Shape[dict[str, Text]]:
    """Texts that every script has, in the order of the keys."""

    def read(node: Node, log: Log) -> dict[str, Text]:
        found = fields(node, log, keys)
        texts = {key: found.read(key, text) for key in keys.required}
        return {key: words for key, words in texts.items() if words is not None}

    return read


def _study(text: Shape[Text]) -> Shape[Study]:
    def read(node: Node, log: Log) -> Study:
        found = fields(node, log, STUDY)
        return Study(
            name=found.read("name", text) or {},
            site=found.read("site", text) or {},
            protocol=found.read("protocol", words) or "",
            registry=found.read("registry", words) or "",
        )

    return read


def _stop(node: Node, log: Log) -> Stop:
    return fields(node, log, SETTINGS).read("stop", one_of(Stop)) or Stop.FIRST_FAIL


def _note(text: Shape[Text]) -> Shape[Note]:
    def read(node: Node, log: Log) -> Note:
        found = fields(node, log, NOTE)
        return Note(
            id=found.read("id", note_id) or "",
            criteria=found.read("criteria", maybe_empty(distinct(name))) or (),
            text=found.read("text", text) or {},
            site_decides=found.read("site_decides", truth) or False,
        )

    return read


def _criterion(text: Shape[Text]) -> Shape[Criterion]:
    kinds: Sequence[str] = ("inclusion", "exclusion")

    def read(node: Node, log: Log) -> Criterion:
        found = fields(node, log, CRITERION)
        return Criterion(
            id=found.read("id", criterion_id) or "",
            inclusion=found.read("kind", word_among(kinds)) != "exclusion",
            text=found.read("text", text) or {},
            settled_by=found.read("settled_by", one_of(SettledBy)) or SettledBy.QUESTIONS,
            reason=found.read("reason", text) or {},
            disclose=found.read("disclose", one_of(Disclose)) or Disclose.NONE,
            ending=found.read("ending", text),
            often_fails=found.read("often_fails", truth) or False,
            never_fails=found.read("never_fails", truth) or False,
        )

    return read


def _flag(node: Node, log: Log) -> CrossFlag:
    found = fields(node, log, FLAG)
    return CrossFlag(
        flag=found.read("flag", flag_name) or "",
        when=found.read("when", condition) or Is("", frozenset()),
        criterion=found.read("criterion", name) or "",
    )
