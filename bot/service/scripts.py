"""What staff see and change of the scripts in the browser: cards, problems, rehearsals, a version's steps."""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.core.text import Text
from bot.script.cards import NEW_KINDS, Card, changed, stepped, typed_in, with_question
from bot.script.cases import read_cases
from bot.script.compile import LANGUAGES, BrokenScript, study_named
from bot.script.diff import AREAS, diff
from bot.script.drawing import drawing
from bot.script.edit import CannotEdit, rewritten
from bot.script.library import SCRIPT_NAME
from bot.script.life import Standing, Version
from bot.script.nodes import file_problems, read
from bot.script.problems import Problem
from bot.script.rehearsal import differences, result
from bot.script.rows import NUMBER
from bot.script.taking import Table, take
from bot.script.words import condition_words
from bot.service.drafts import Copy, Drafts, Pulled, discard
from bot.service.looks import Looked, Looks
from bot.service.ports import Clock, Records, Store
from bot.service.publishing import STEPS, Conflict, Publishing, Refused
from bot.service.replay import Replay, Report
from bot.service.script_views import (
    BadId,
    CannotMove,
    CardChanged,
    ChangeView,
    Differences,
    DraftThere,
    HasErrors,
    HasProblem,
    NotEditable,
    OtherStudy,
    ProblemView,
    Readiness,
    Rehearsals,
    Rehearsed,
    ScriptView,
    StudyLine,
    VersionView,
    Workbook,
)
from bot.service.shelf import Shelf
from bot.service.versions import Versions
from bot.service.views import StaffMember

#: A place in a list, in the path that a step names.
_PLACE = re.compile("[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A script of the flows folder, and the files of its rehearsals."""

    source: bytes
    rehearsals: tuple[Path, ...]


class Documents(Protocol):
    """What is made of a script outside the database."""

    def sheet(self, source: bytes, name: str) -> bytes | Problem | None:
        """The script as a workbook; None where it cannot be read, a problem where one is no place for it."""

    def read_sheet(self, data: bytes, name: str) -> Table:
        """A workbook that came back."""

    def pack(self, version: Version, before: Version | None) -> str:
        """The ethics committee's document, HTML."""


def seen_as(card: Card) -> str:
    """What a card said when it was opened, for its page to bring back: of whoever saves, only changes count."""
    return json.dumps(card.said())


def typed_of(form: Mapping[str, str]) -> dict[str, str]:
    """What somebody changed on a card, of all that its page brought back."""
    return typed_in(_was(form.get("seen", "")), form)


def _was(seen: str) -> Mapping[str, str]:
    """What a card said by what its page brought back."""
    try:
        said = json.loads(seen)
    except ValueError:
        return {}
    return {str(name): str(words) for name, words in said.items()} if isinstance(said, dict) else {}


class Scripts:
    """The scripts of all studies. Who may do what is decided here, not in a page. Work that takes long has its thread."""

    def __init__(
        self,
        store: Store,
        drafts: Drafts,
        publishing: Publishing,
        shelf: Shelf,
        versions: Versions,
        documents: Documents,
        replay: Replay,
        shipped: Callable[[], Mapping[str, Shipped]],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._drafts = drafts
        self._publishing = publishing
        self._shelf = shelf
        self._versions_of = versions
        self._documents = documents
        self._replay = replay
        self._shipped = shipped
        self._clock = clock
        self._zone = zone
        self._looks = Looks()

    # reading

    async def all(self, language: str, member: StaffMember) -> Sequence[StudyLine]:
        """Every study of which there is a draft, a version or a file."""
        return await asyncio.to_thread(self._all, language)

    async def script(self, study: str, language: str, member: StaffMember) -> ScriptView | None:
        """What is worked on of a study; None where there is nothing of it."""
        return await asyncio.to_thread(self._script, study, language, member)

    async def readiness(self, study: str, language: str, member: StaffMember) -> Readiness | None:
        """What whoever submits should know, though it is no error. None: there are errors first."""
        return await asyncio.to_thread(self._readiness, study, language)

    async def rehearsals(self, study: str, language: str, member: StaffMember) -> Rehearsals | None:
        """The rehearsals beside the script, walked. HasErrors."""
        return await asyncio.to_thread(self._rehearsals, study, language)

    async def source(self, study: str, member: StaffMember) -> bytes | None:
        """What is worked on, to the byte."""
        copy = await asyncio.to_thread(self._copy, study)
        return copy.source if copy else None

    async def tried(
        self, study: str, part: str, values: Mapping[str, str], language: str, member: StaffMember
    ) -> tuple[ProblemView, ...] | None:
        """The problems of a card if it were saved as it is typed now, and those it would bring elsewhere.

        None: there is no such card. NotEditable.
        """
        return await asyncio.to_thread(self._tried, study, part, values, language)

    async def differences(self, study: str, language: str, member: StaffMember) -> Differences | None:
        """What is worked on against the version that is in use. HasErrors."""
        return await asyncio.to_thread(self._differences, study, language)

    async def replay(self, study: str, member: StaffMember) -> Report | None:
        """What past answers would come to under what is worked on; nobody is contacted. HasErrors, Refused."""
        flow = await asyncio.to_thread(self._flow, study)
        return None if flow is None else await asyncio.to_thread(self._replay.run, flow, member.id)

    async def drawing(self, study: str, language: str, member: StaffMember) -> str | None:
        """What is worked on as a picture, SVG. HasErrors."""
        flow = await asyncio.to_thread(self._flow, study)
        return None if flow is None else await asyncio.to_thread(drawing, flow, language)

    async def pack(self, study: str, hash: str, member: StaffMember) -> str:
        """The ethics committee's document of a kept version, or ("draft") of what is worked on. Refused, HasErrors."""
        return await asyncio.to_thread(self._pack, study, hash)

    async def sheet(self, study: str, member: StaffMember) -> bytes | None:
        """What is worked on as a workbook. HasErrors: it cannot be read as a script; HasProblem."""
        return await asyncio.to_thread(self._sheet, study)

    async def workbook(self, study: str, data: bytes, language: str, member: StaffMember) -> Workbook | None:
        """What an edited workbook would change; nothing is written."""
        return await asyncio.to_thread(self._workbook, study, data, language)

    async def may(self, step: str, member: StaffMember) -> bool:
        """Whether somebody's role allows a step."""
        return await asyncio.to_thread(self._may, member, step)

    # changing

    async def change(
        self, study: str, part: str, seen: str, values: Mapping[str, str], member: StaffMember
    ) -> None:
        """Save a card into the study's draft. CardChanged, NotEditable, Refused, Conflict."""
        await asyncio.to_thread(self._change, study, part, seen, values, member)

    async def step(
        self,
        study: str,
        part: str,
        seen: str,
        values: Mapping[str, str],
        step: str,
        path: str,
        member: StaffMember,
    ) -> None:
        """Save a card, and move, remove or add (`step`) what stands at a path of it. The same."""
        await asyncio.to_thread(self._change, study, part, seen, values, member, (step, path))

    async def add_question(
        self, study: str, behind: str, id: str, kind: str, criterion: str, member: StaffMember
    ) -> None:
        """A new question behind another one. Refused, Conflict, BadId."""
        await asyncio.to_thread(self._add_question, study, behind, id, kind, criterion, member)

    async def replace(self, study: str, revision: int, source: bytes, member: StaffMember) -> None:
        """A whole file becomes the draft; it need not be right yet. Conflict, OtherStudy, HasProblem, Refused."""
        await asyncio.to_thread(self._replace, study, revision, source, member)

    async def take_over(self, study: str, revision: int, version: str, member: StaffMember) -> None:
        """The draft, as it was seen, holds what the published version brought. Conflict, Refused."""
        await asyncio.to_thread(self._take_over, study, revision, version, member)

    async def discard(self, study: str, revision: int, member: StaffMember) -> None:
        """The draft goes, and the published version is worked on again. Refused, Conflict."""

        def drop() -> None:
            self._publishing.admit(member.id, "draft")
            self._store.run_now(lambda records: discard(records, study, member.id, revision, self._clock()))

        await asyncio.to_thread(drop)

    async def take_in(self, source: bytes, member: StaffMember) -> str:
        """A file becomes the draft of the study it names. DraftThere, OtherStudy, HasProblem, Refused."""
        return await asyncio.to_thread(self._take_in, source, member)

    # steps of a version's life

    async def submit(self, study: str, revision: int, member: StaffMember) -> None:
        """Keep the draft, as it was seen, as a version. Conflict, HasErrors, Refused."""
        await asyncio.to_thread(self._submit, study, revision, member)

    async def approve(self, hash: str, ethics_number: str, member: StaffMember) -> None:
        """Record an approval. Refused, BadName."""
        await asyncio.to_thread(self._publishing.approve, hash, ethics_number, member.id)

    async def publish(self, hash: str, running: str, member: StaffMember) -> None:
        """New runs take this version. Refused."""
        await asyncio.to_thread(self._publishing.publish, hash, member.id, running)

    async def roll_back(self, study: str, present: str, running: str, member: StaffMember) -> None:
        """The version before the present one is the present one again. Refused, also where that is another by now."""
        await asyncio.to_thread(self._publishing.roll_back, study, member.id, running, present)

    async def retire(self, hash: str, member: StaffMember) -> None:
        """No new run takes it any more. Refused."""
        await asyncio.to_thread(self._publishing.retire, hash, member.id)

    # how

    def _may(self, member: StaffMember, step: str) -> bool:
        try:
            self._publishing.admit(member.id, step)
        except Refused:
            return False
        return True

    def _all(self, language: str) -> list[StudyLine]:
        shipped = self._shipped()
        drafts = {study: (revision, who, at) for study, revision, who, at in self._drafts.list()}

        def kept(records: Records) -> tuple[set[str], Mapping[str, str]]:
            return {row.study for row in records.versions()}, dict(records.published())

        studies, published = self._store.run_now(kept)
        lines, kept_lines = [], self._publishing.list()
        for study in sorted({*studies, *drafts, *shipped}):
            copy = self._copy(study, shipped)
            revision, who, at = drafts.get(study, (0, "", None))
            named = _name(self._look(copy.source, walked=False), language) if copy else ""
            waiting = sum(line.study == study and line.state == "submitted" for line in kept_lines)
            lines.append(
                StudyLine(study, named or study, revision, who, at, published.get(study, ""), waiting)
            )
        return lines

    def _copy(self, study: str, files: Mapping[str, Shipped] | None = None) -> Copy | None:
        """The draft, else what is published or was kept last, else the file that was shipped."""
        try:
            return self._drafts.pull(study)
        except Refused:
            shipped = (self._shipped() if files is None else files).get(study)
            return Copy(shipped.source, Pulled(study, 0, ""), "", self._clock()) if shipped else None

    def _script(self, study: str, language: str, member: StaffMember) -> ScriptView | None:
        copy = self._copy(study)
        if copy is None:
            return None
        looked = self._look(copy.source)
        hash = hashlib.sha256(looked.compiled.source.encode("utf-8", "replace")).hexdigest()
        return ScriptView(
            study=study,
            name=_name(looked, language) or study,
            revision=copy.pulled.revision,
            saved_by=copy.who,
            saved_at=copy.at if copy.who else None,
            newer=copy.newer if copy.newer != hash else "",
            source=looked.compiled.source,
            languages=_languages(looked),
            cards=looked.cards,
            problems=tuple(_views(looked, language)),
            paths=looked.walked.paths if looked.walked else 0,
            versions=tuple(self._versions(study, hash, member)),
            steps=frozenset(step for step in ("draft", "submit", "replay") if self._may(member, step)),
            demo=self._shelf.demo,
            conditions=_conditions(looked.compiled.flow, language),
        )

    def _versions(self, study: str, same: str, member: StaffMember) -> Iterator[VersionView]:
        may = {step for step in STEPS if self._may(member, step)}
        lines = self._publishing.list()
        earlier = any(line.study == study and line.state == "replaced" for line in lines)
        for line in lines:
            if line.study != study:
                continue
            broken = line.state != "retired" and self._publishing.is_broken(line.hash)
            by_another = not self._publishing.is_author(line.hash, member.id)
            steps = set()
            for step in may & {"approve", "publish", "retire"}:
                standing = Standing(line.state, not broken, by_another, line.words_changed)
                if standing.may(step) and (step != "publish" or line.state != "published"):
                    steps.add(step)
            if line.published and earlier and "roll_back" in may:
                steps.add("roll_back")
            yield VersionView(line, frozenset(steps), line.hash == same, broken)

    def _rehearsals(self, study: str, language: str) -> Rehearsals | None:
        copy = self._copy(study)
        if copy is None:
            return None
        looked = self._look(copy.source)
        if looked.compiled.flow is None:
            raise HasErrors
        shipped = self._shipped().get(study)
        cases = read_cases(shipped.rehearsals if shipped else (), looked.compiled.flow)
        today = self._today()
        results = []
        for case in cases.cases:
            found = result(looked.compiled.flow, case, today)
            results.append(
                Rehearsed(str(case.id), found.verdict.value, tuple(differences(case, found, language)))
            )
        problems = tuple(f"{Path(problem.file).name}: {problem.text(language)}" for problem in cases.problems)
        return Rehearsals(tuple(results), problems)

    def _readiness(self, study: str, language: str) -> Readiness | None:
        try:
            found, differences = self._rehearsals(study, language), self._differences(study, language)
        except HasErrors:
            return None
        if found is None or differences is None:
            return None
        behind = tuple(change.name for change in differences.changes if change.left_behind)
        return Readiness(behind, len(found.results), found.wrong)

    def _flow(self, study: str) -> Flow | None:
        copy = self._copy(study)
        flow = self._look(copy.source, walked=False).compiled.flow if copy else None
        if copy is not None and flow is None:
            raise HasErrors
        return flow

    def _differences(self, study: str, language: str) -> Differences | None:
        flow = self._flow(study)
        if flow is None:
            return None
        try:
            current = self._in_use(study)
        except BrokenScript as broken:
            source = broken.compiled.source
            return Differences(hashlib.sha256(source.encode()).hexdigest(), (), broken=True)
        if current is None:
            return Differences("", ())
        return Differences(
            current.hash,
            tuple(
                ChangeView(
                    part=_part(change.path),
                    area=AREAS[change.area][language],
                    name=change.name[language],
                    pairs=tuple(_pairs(change.old, change.new, language, change.text)),
                    left_behind=change.left_behind,
                )
                for change in diff(current, flow)
            ),
        )

    def _in_use(self, study: str) -> Flow | None:
        """What new runs take."""
        if self._shelf.demo:
            shipped = self._shipped().get(study)
            return self._look(shipped.source, walked=False).compiled.flow if shipped else None
        try:
            return self._versions_of.find(study, "published").flow
        except Refused:
            return None

    def _pack(self, study: str, hash: str) -> str:
        if hash == "draft":
            flow = self._flow(study)
            if flow is None:
                raise Refused("nothing_kept", study)
            version = self._versions_of.of(flow)
        else:
            try:
                version = self._versions_of.find(study, hash)
            except BrokenScript:
                raise Refused("broken_version", hash[:12]) from None
        return self._documents.pack(version, self._versions_of.approved_before(version))

    def _sheet(self, study: str) -> bytes | None:
        copy = self._copy(study)
        if copy is None:
            return None
        made = self._documents.sheet(copy.source, study)
        if made is None:
            raise HasErrors
        if isinstance(made, Problem):
            raise HasProblem(made)
        return made

    def _workbook(self, study: str, data: bytes, language: str) -> Workbook | None:
        copy = self._copy(study)
        if copy is None:
            return None
        taken = take(copy.source, study, self._documents.read_sheet(data, study))
        return Workbook(
            changes=tuple(
                ChangeView(
                    part="",
                    area="",
                    name=change.place[language],
                    pairs=tuple(_pairs(change.old, change.new, language, NUMBER not in change.new)),
                    left_behind=change.left_behind,
                )
                for change in taken.changes
            ),
            notes=tuple((place[language], note) for place, note in taken.notes),
            problems=tuple(
                f"{problem.file}: {problem.text(language)}"
                for problem in (*taken.problems, *taken.compiled.problems)
            ),
            whole=taken.whole,
            source=taken.source.decode("utf-8", "replace"),
            revision=copy.pulled.revision,
        )

    def _tried(
        self, study: str, part: str, values: Mapping[str, str], language: str
    ) -> tuple[ProblemView, ...] | None:
        copy = self._copy(study)
        before = self._look(copy.source, walked=False) if copy else None
        card = _card(before, part) if before else None
        if copy is None or before is None or card is None:
            return None
        wanted = typed_of(values)
        after = self._look(_edited(copy.source, card, wanted), walked=False)
        known = {(each.rule, each.text) for each in _views(before, language) if each.part != part}
        return tuple(
            each
            for each in _views(after, language)
            if each.part == part or (each.rule, each.text) not in known
        )

    def _add_question(
        self, study: str, behind: str, id: str, kind: str, criterion: str, member: StaffMember
    ) -> None:
        self._publishing.admit(member.id, "draft")
        copy = self._copy(study)
        if copy is None:
            raise Refused("nothing_kept", study)
        looked = self._look(copy.source, walked=False)
        card = _card(looked, behind)
        if card is None or card.kind != "question" or not re.fullmatch("[a-z][a-z0-9_]{0,31}", id):
            raise BadId(id)
        parts = {each.part for each in looked.cards}
        if kind not in NEW_KINDS or f"question.{id}" in parts or f"criterion.{criterion}" not in parts:
            raise BadId(id)
        try:
            languages = _languages(looked)
            add = partial(
                with_question, behind=card, id=id, kind=kind, criterion=criterion, languages=languages
            )
            after = rewritten(copy.source, add)
        except CannotEdit:
            raise CannotMove from None
        self._drafts.push(after, member.id, copy.pulled)

    def _change(
        self,
        study: str,
        part: str,
        seen: str,
        values: Mapping[str, str],
        member: StaffMember,
        step: tuple[str, str] | None = None,
    ) -> None:
        self._publishing.admit(member.id, "draft")
        copy = self._copy(study)
        if copy is None:
            raise Refused("nothing_kept", study)
        looked = self._look(copy.source, walked=False)
        card = _card(looked, part)
        was = _was(seen)
        wanted = typed_in(was, values)
        now = card.said() if card else {}
        # A step names places of a list, so nothing else may have moved them.
        beaten = (
            now != was if step else any(now.get(name) not in (was[name], wanted[name]) for name in wanted)
        )
        if card is None or beaten:
            raise CardChanged(copy.who, copy.at)
        after = _edited(copy.source, card, wanted)
        if step is not None:
            within = step[1].split("/") if step[1] else []
            way = (*card.path, *(int(each) if _PLACE.fullmatch(each) else each for each in within))
            move = partial(stepped, card=card, step=step[0], path=way, languages=_languages(looked))
            try:
                after = rewritten(after, move)
            except CannotEdit:
                raise CannotMove from None
        if after != copy.source:
            self._drafts.push(after, member.id, copy.pulled)

    def _replace(self, study: str, revision: int, source: bytes, member: StaffMember) -> None:
        self._publishing.admit(member.id, "draft")
        copy = self._copy(study)
        if copy is None or _study_of(source) != study:
            raise OtherStudy
        self._drafts.push(source, member.id, replace(copy.pulled, revision=revision))

    def _take_over(self, study: str, revision: int, version: str, member: StaffMember) -> None:
        self._publishing.admit(member.id, "draft")
        copy = self._drafts.pull(study)
        if version != copy.pulled.published:
            raise Refused("not_present", version[:12])
        if copy.pulled.revision != revision:
            raise Conflict("drafted", copy.who, copy.at)
        self._drafts.push(copy.source, member.id, replace(copy.pulled, based_on=version))

    def _take_in(self, source: bytes, member: StaffMember) -> str:
        self._publishing.admit(member.id, "draft")
        study = _study_of(source)
        if study is None:
            raise OtherStudy
        try:
            return self._drafts.push(source, member.id).study
        except Conflict as conflict:
            raise DraftThere(conflict.who, conflict.at) from None

    def _submit(self, study: str, revision: int, member: StaffMember) -> None:
        self._publishing.admit(member.id, "submit")
        copy = self._copy(study)
        if copy is None:
            raise Refused("nothing_kept", study)
        if copy.pulled.revision != revision:
            raise Conflict("drafted", copy.who, copy.at)
        looked = self._look(copy.source)
        if looked.has_errors:
            raise HasErrors
        self._publishing.submit(looked.compiled.source.encode(), member.id, revision)

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _look(self, source: bytes, walked: bool = True) -> Looked:
        return self._looks.at(source, self._today(), walked)


def _study_of(source: bytes) -> str | None:
    """The study that a file names. HasProblem: it cannot be read as a script at all."""
    for problem in file_problems(source, SCRIPT_NAME):
        raise HasProblem(problem)
    root, problems = read(source, SCRIPT_NAME)
    if root is None and problems:
        raise HasProblem(problems[0])
    return study_named(source, SCRIPT_NAME)


def _name(looked: Looked, language: str) -> str:
    """The study's name, also where the rest of the script is not right yet."""
    card = _card(looked, "study.study")
    return card.says("name", language) if card else ""


def _part(path: Sequence[str]) -> str:
    """The card a difference is on."""
    kinds = {"questions": "question", "criteria": "criterion", "notes": "note"}
    if path[0] in kinds and len(path) > 1:
        return f"{kinds[path[0]]}.{path[1]}"
    return f"{path[0]}.{path[0]}" if path[0] in ("texts", "notice", "study", "settings", "glossary") else ""


def _conditions(flow: Flow | None, language: str) -> dict[str, str]:
    """When each question is asked that is not asked of everybody."""
    return {
        question.id: condition_words(flow, question.ask_if)[language]
        for question in (flow.questions if flow else ())
        if flow is not None and question.ask_if is not None
    }


def _pairs(old: Text | None, new: Text | None, language: str, text: bool) -> Iterator[tuple[str, str, str]]:
    """Old beside new in every language; of what is no text in the reader's."""
    before, after = old or {}, new or {}
    if not text:
        words = next((each for each in (language, *before, *after) if each in {**before, **after}), language)
        yield "", before.get(words, ""), after.get(words, "")
        return
    for each in dict.fromkeys((*before, *after)):
        yield each, before.get(each, ""), after.get(each, "")


def _languages(looked: Looked) -> tuple[str, ...]:
    return looked.compiled.flow.languages if looked.compiled.flow else LANGUAGES


def _card(looked: Looked, part: str) -> Card | None:
    return next((card for card in looked.cards if card.part == part), None)


def _edited(source: bytes, card: Card, values: Mapping[str, str]) -> bytes:
    try:
        return rewritten(source, lambda text: changed(text, card, values))
    except CannotEdit as problem:
        raise NotEditable("/".join(map(str, problem.path))) from None


def _views(looked: Looked, language: str) -> Iterator[ProblemView]:
    at = {card.part: card for card in looked.cards}
    for problem in sorted(looked.problems, key=lambda each: (each.line, each.column)):
        spot = looked.spots.of(problem)
        yield ProblemView(
            line=problem.line,
            severity=problem.severity,
            rule=problem.rule,
            text=problem.text(language),
            part=spot.part,
            path="/".join(map(str, spot.path[len(at[spot.part].path) if spot.part else 0 :])),
        )
