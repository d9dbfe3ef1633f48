"""The pages of the scripts: cards, problems, rehearsals, versions, for people who use no files."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.i18n import N_
from bot.service.names import BadName
from bot.service.publishing import Conflict, Refused
from bot.service.replay import Report
from bot.service.script_views import (
    BadId,
    CannotMove,
    CardChanged,
    Differences,
    DraftThere,
    HasErrors,
    HasProblem,
    NotEditable,
    OtherStudy,
    ProblemView,
    Readiness,
    Rehearsals,
    ScriptView,
    StudyLine,
    Workbook,
)
from bot.service.scripts import seen_as, typed_of
from bot.service.shelf import RUNNING
from bot.service.views import StaffMember
from bot.staff.frame import HEADERS, NOT_FOUND, OLD_FORM, Frame, is_ours, see_other

NO_CARD = (
    404,
    N_("There is no such card"),
    N_("Somebody may have removed it. Go back to the script to see what is there now."),
)
#: Problems shown at a time: after a slip in the first line there may be thousands.
MOST_SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A document that brings its own style, and nothing else.
_OWN_STYLE = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
}

#: Why a step was not taken, in the reader's language; `{detail}` is what it is about.
REFUSALS: Mapping[str, str] = {
    "own_version": N_("You wrote this version, saved its draft or brought it in, so somebody else must approve it."),
    "no_exporter": N_("You are not registered as staff any more. Ask your administrator."),
    "no_auditor": N_("You are not registered as staff any more. Ask your administrator."),
    "no_reader": N_("You are not registered as staff any more. Ask your administrator."),
    "no_admin": N_("You are not registered as staff any more. Ask your administrator."),
    "not_for_staff": N_("Your role does not allow this. Ask somebody who has the role, or your administrator for it."),
    "not_for_leads": N_("Your role does not allow this. Ask somebody who has the role, or your administrator for it."),
    "nothing_of": N_("Nothing in the trail is of {detail}."),
    "not_staff": N_("You are not registered as staff any more. Ask your administrator."),
    "not_entitled": N_("Your role does not allow this. Ask somebody who has the role, or your administrator for it."),
    "not_for_export": N_("Your role does not allow this. Ask somebody who has the role, or your administrator for it."),
    "no_studies": N_("There is no study yet. Bring a script in first."),
    "several_studies": N_("There are several studies ({detail}). Choose one."),
    "not_for_identity": N_("Names and phones are for coordinators and administrators. Without them it can be handed off by code."),
    "not_for_audit": N_("Your role does not allow this. Ask somebody who has the role, or your administrator for it."),
    "not_in_notice": N_("Participants were not told of such a recipient, so nothing is handed off. Choose another purpose, or ask your administrator."),
    "what_for": N_("With names and phones it must be said to whom and what for. Choose a purpose."),
    "which_study": N_("A REDCap project is of one study: choose it."),
    "no_such_lead": N_("There is no lead {detail}."),
    "days_reversed": N_("The last day is before the first: {detail}. Exchange them."),
    "not_approved": N_("This version is not approved, so it cannot be published."),
    "retired_version": N_("This version was retired. Submit a new one instead."),
    "not_present": N_("Another version is in use by now, so nothing was changed. Look at the versions below, and decide again."),
    "nothing_before": N_("No earlier approved version was published, so there is none to go back to."),
    "nothing_kept": N_("Nothing is kept of this study yet. Bring a script in first."),
    "no_such_version": N_("There is no such version any more. Load the page again."),
    "broken_version": N_("The checker finds errors in this version ({detail}) that it did not know when the version was kept, so it can only be retired. Mend them in the draft, and submit that."),
    "nothing_published": N_("No version of this study is published."),
    "nothing_approved": N_("No version of this study is approved."),
    "nothing_draft": N_("There is no draft of this study."),
    "nothing_to_compare": N_("No version of this study is published or approved yet, so there is nothing to compare with."),
    "approved_already": N_("This version is approved already: {detail}. An approval is not replaced."),
    "blank_name": N_("The ethics number is missing."),
    "no_number": N_("An ethics number has a letter or a digit at least. Give the number of the approval."),
    "too_long": N_("The ethics number is too long: it has at most 50 characters."),
    "has_errors": N_("There are errors to fix first."),
    "changed_since": N_("{who} changed the script at {when}, after you had opened it. Nothing of yours was saved. Compare, and save again what you want to keep."),
    "draft_there": N_("There is a draft of this study already ({who}, {when}), and your file would replace it. Open the study, compare, and upload the file on its page “File”. Nothing was changed."),
    "card_changed": N_("This card was changed after you had opened it (last by {who}, {when}). Your words are still below; what stands in the script now is shown beside them. Save again to keep yours."),
    "not_editable": N_("A value of this card stands in the file in a way that cannot be changed here: {detail}. Change it under “File”."),
    "cannot_move": N_("It cannot be moved or removed: it is the first, the last, or the only one here."),
    "bad_id": N_("“{detail}” cannot be the id of a new question: it is taken, or is not made of small letters, digits and _, beginning with a letter."),
    "other_study": N_("This file is not a script of this study, or its first lines cannot be read. Nothing was changed."),
    "has_problem": N_("This was not done, and nothing was changed: {detail}"),
    "no_file": N_("Choose a file first."),
}  # fmt: skip


class Scripts(Protocol):
    """The part of the staff service these pages need."""

    async def all(self, language: str, member: StaffMember) -> Sequence[StudyLine]: ...
    async def script(self, study: str, language: str, member: StaffMember) -> ScriptView | None: ...
    async def readiness(self, study: str, language: str, member: StaffMember) -> Readiness | None: ...
    async def rehearsals(self, study: str, language: str, member: StaffMember) -> Rehearsals | None: ...
    async def source(self, study: str, member: StaffMember) -> bytes | None: ...
    async def tried(
        self, study: str, part: str, values: Mapping[str, str], language: str, member: StaffMember
    ) -> tuple[ProblemView, ...] | None: ...
    async def may(self, step: str, member: StaffMember) -> bool: ...
    async def differences(self, study: str, language: str, member: StaffMember) -> Differences | None: ...
    async def replay(self, study: str, member: StaffMember) -> Report | None: ...
    async def drawing(self, study: str, language: str, member: StaffMember) -> str | None: ...
    async def pack(self, study: str, hash: str, member: StaffMember) -> str: ...
    async def sheet(self, study: str, member: StaffMember) -> bytes | None: ...
    async def workbook(
        self, study: str, data: bytes, language: str, member: StaffMember
    ) -> Workbook | None: ...
    async def change(
        self, study: str, part: str, seen: str, values: Mapping[str, str], member: StaffMember
    ) -> None: ...
    async def step(
        self,
        study: str,
        part: str,
        seen: str,
        values: Mapping[str, str],
        step: str,
        path: str,
        member: StaffMember,
    ) -> None: ...
    async def add_question(
        self, study: str, behind: str, id: str, kind: str, criterion: str, member: StaffMember
    ) -> None: ...
    async def replace(self, study: str, revision: int, source: bytes, member: StaffMember) -> None: ...
    async def take_over(self, study: str, revision: int, version: str, member: StaffMember) -> None: ...
    async def discard(self, study: str, revision: int, member: StaffMember) -> None: ...
    async def take_in(self, source: bytes, member: StaffMember) -> str: ...
    async def submit(self, study: str, revision: int, member: StaffMember) -> None: ...
    async def approve(self, hash: str, ethics_number: str, member: StaffMember) -> None: ...
    async def publish(self, hash: str, running: str, member: StaffMember) -> None: ...
    async def roll_back(self, study: str, present: str, running: str, member: StaffMember) -> None: ...
    async def retire(self, hash: str, member: StaffMember) -> None: ...


class FlowPages:
    """The endpoints."""

    def __init__(self, scripts: Scripts, frame: Frame) -> None:
        self._scripts = scripts
        self._frame = frame

    # reading

    async def studies(self, request: Request, why: str = "", status: int = 200) -> Response:
        """Every study with where its script stands."""
        member = await self._frame.member(request)
        lines = await self._scripts.all(self._frame.language(request), member)
        may = await self._scripts.may("draft", member)
        return self._frame.page(
            request, "scripts.html", status, member=member, lines=lines, why=why, may_draft=may
        )

    async def script(self, request: Request, why: str = "", status: int = 200) -> Response:
        """One script: its problems, its next step, its cards."""
        member = await self._frame.member(request)
        language = self._frame.language(request)
        ready = await self._scripts.readiness(request.path_params["study"], language, member)
        return await self._view(
            request,
            "script.html",
            status,
            why=why,
            ready=ready,
            removed=request.query_params.get("removed", "").partition(".")[2],
        )

    async def versions(self, request: Request, why: str = "", status: int = 200) -> Response:
        """Every kept version with what may be done with it."""
        return await self._view(request, "versions.html", status, why=why)

    async def part(self, request: Request) -> Response:
        """One card."""
        return await self._part(request)

    async def file(
        self,
        request: Request,
        why: str = "",
        status: int = 200,
        typed: str | None = None,
        seen: int | None = None,
    ) -> Response:
        """The whole file: to read, to change, to take away and to bring back.

        `typed` was not saved: it stays, beside what differs where the draft is not the `seen` one any more.
        """
        return await self._view(request, "file.html", status, why=why, typed=typed, seen=seen)

    async def try_it(self, request: Request) -> Response:
        """A chat with what is worked on."""
        return await self._view(request, "try.html")

    async def download(self, request: Request) -> Response:
        """The file."""
        member = await self._frame.member(request)
        study = request.path_params["study"]
        source = await self._scripts.source(study, member)
        if source is None:
            return self._frame.message(request, NOT_FOUND)
        named = {"Content-Disposition": f'attachment; filename="{study}.yaml"'}
        return Response(source, media_type="application/yaml", headers={**HEADERS, **named})

    async def rehearsals(self, request: Request) -> Response:
        """What the rehearsals beside the script come to with it."""
        member = await self._frame.member(request)
        language = self._frame.language(request)
        try:
            found = await self._scripts.rehearsals(request.path_params["study"], language, member)
        except HasErrors:
            found = None
        return await self._view(request, "rehearsals.html", rehearsals=found)

    async def changes(
        self, request: Request, why: str = "", status: int = 200, report: Report | None = None
    ) -> Response:
        """What is worked on against what is in use."""
        member = await self._frame.member(request)
        language = self._frame.language(request)
        try:
            found = await self._scripts.differences(request.path_params["study"], language, member)
        except HasErrors:
            found = None
        return await self._view(request, "changes.html", status, differences=found, why=why, report=report)

    async def replay(self, request: Request) -> Response:
        """What past answers would come to under what is worked on."""
        study = request.path_params["study"]
        found: list[Report] = []

        async def judge(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            report = await self._scripts.replay(study, member)
            if report is None:
                raise OtherStudy
            found.append(report)
            return ""

        answer = await self._do(request, judge, self.changes)
        return await self.changes(request, report=found[0]) if found else answer

    async def take_over(self, request: Request) -> Response:
        """Somebody says that the draft holds the version that was published after it was begun."""
        study = request.path_params["study"]

        async def take(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            await self._scripts.take_over(study, _revision(form), form.get("version", ""), member)
            return f"/staff/flows/{study}/changes"

        return await self._do(request, take, self.changes)

    async def graph(self, request: Request) -> Response:
        """The script as a picture."""
        return await self._view(request, "drawing.html")

    async def picture(self, request: Request) -> Response:
        """The picture itself."""

        async def draw(study: str, member: StaffMember) -> Response | None:
            svg = await self._scripts.drawing(study, self._frame.language(request), member)
            return None if svg is None else Response(svg, media_type="image/svg+xml", headers=_OWN_STYLE)

        return await self._document(request, draw)

    async def pack(self, request: Request) -> Response:
        """The ethics committee's document."""

        async def pack(study: str, member: StaffMember) -> Response:
            html = await self._scripts.pack(study, request.path_params["version"], member)
            return HTMLResponse(html, headers=_OWN_STYLE)

        return await self._document(request, pack)

    async def sheet(self, request: Request) -> Response:
        """The script as a workbook."""

        async def sheet(study: str, member: StaffMember) -> Response | None:
            data = await self._scripts.sheet(study, member)
            named = {"Content-Disposition": f'attachment; filename="{study}.xlsx"'}
            return None if data is None else Response(data, media_type=XLSX, headers={**HEADERS, **named})

        return await self._document(request, sheet)

    async def workbook(self, request: Request) -> Response:
        """What a workbook that came back would change; the next page takes it."""
        study = request.path_params["study"]
        found: list[Workbook] = []

        async def look(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            if not file:
                raise NoFile
            language = self._frame.language(request)
            taken = await self._scripts.workbook(study, file, language, member)
            if taken is None:
                raise OtherStudy
            found.append(taken)
            return ""

        answer = await self._do(request, look, self.file)
        return await self._view(request, "workbook.html", workbook=found[0]) if found else answer

    # changing

    async def save(self, request: Request) -> Response:
        """Saves a card. What could not be saved is said, and what was typed stays."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        study, part = request.path_params["study"], request.path_params["part"]
        step, _, path = form.get("step", "").partition(" ")
        try:
            if step == "question":
                part = f"question.{form.get('id', '')}"
                await self._scripts.add_question(
                    study,
                    request.path_params["part"],
                    form.get("id", ""),
                    form.get("kind", ""),
                    form.get("criterion", ""),
                    member,
                )
            elif step:
                await self._scripts.step(study, part, form.get("seen", ""), form, step, path, member)
            else:
                await self._scripts.change(study, part, form.get("seen", ""), form, member)
        except CardChanged as other:
            why = self._why(request, "card_changed", who=other.who, at=other.at)
            return await self._part(request, form, why, status=409)
        except (Conflict, NotEditable, CannotMove, BadId, Refused, BadName) as problem:
            await self._frame.note_refusal(request, problem)
            return await self._part(request, form, self._because(request, problem), status=409)
        if step == "remove" and not path:
            return see_other(f"/staff/flows/{study}?removed={part}")
        if step in ("up", "down") and not path:
            return see_other(f"/staff/flows/{study}#{part}")
        return see_other(f"/staff/flows/{study}/parts/{part}?saved=1{_anchor(step, path)}")

    async def try_out(self, request: Request) -> Response:
        """The problems there would be, as JSON, while somebody types."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        study, part = request.path_params["study"], request.path_params["part"]
        try:
            found = await self._scripts.tried(study, part, form, self._frame.language(request), member)
        except NotEditable as problem:
            await self._frame.note_refusal(request, problem)
            return JSONResponse({"why": self._because(request, problem)}, headers=HEADERS)
        if found is None:
            return JSONResponse({}, 404, headers=HEADERS)
        tr = self._frame.tr(request)
        return JSONResponse(
            {
                "problems": [
                    {"path": each.path, "severity": each.severity, "text": each.text, "rule": each.rule}
                    for each in [each for each in found if each.part == part][:MOST_SHOWN]
                ],
                "elsewhere": [
                    {"part": each.part, "severity": each.severity, "text": each.text}
                    for each in [each for each in found if each.part != part][:MOST_SHOWN]
                ],
                "fine": tr("No problem."),
            },
            headers=HEADERS,
        )

    async def take_in(self, request: Request) -> Response:
        """A file becomes the draft of the study it names."""

        async def take(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            if not file:
                raise NoFile
            return f"/staff/flows/{await self._scripts.take_in(file, member)}"

        return await self._do(request, take, self.studies)

    async def replace(self, request: Request) -> Response:
        """A whole file, typed or brought, becomes this study's draft."""
        study = request.path_params["study"]
        typed: list[str] = []
        seen: list[int] = []

        async def take(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            seen.append(_revision(form))
            source = file or form.get("source", "").replace("\r\n", "\n").encode()
            with suppress(UnicodeDecodeError):  # what is no text cannot be shown to be saved again
                typed.append(source.decode())
            await self._scripts.replace(study, seen[0], source, member)
            return f"/staff/flows/{study}"

        async def again(request: Request, why: str, status: int) -> Response:
            return await self.file(request, why, status, typed[0] if typed else None, seen[0])

        return await self._do(request, take, again)

    async def discard(self, request: Request) -> Response:
        """The draft goes."""
        study = request.path_params["study"]

        async def drop(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            await self._scripts.discard(study, _revision(form), member)
            return f"/staff/flows/{study}"

        return await self._do(request, drop, self.script)

    # steps

    async def submit(self, request: Request) -> Response:
        """The draft is kept as a version."""
        study = request.path_params["study"]

        async def submit(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            await self._scripts.submit(study, _revision(form), member)
            return f"/staff/flows/{study}/versions"

        return await self._do(request, submit, self.script)

    async def step(self, request: Request) -> Response:
        """A version is approved, published, retired, or the one before comes back."""
        study = request.path_params["study"]

        async def step(member: StaffMember, form: Mapping[str, str], file: bytes) -> str:
            hash, running = form.get("version", ""), form.get("running", "continue")
            match form.get("step"):
                case "approve":
                    await self._scripts.approve(hash, form.get("ethics_number", "").strip(), member)
                case "publish" if running in RUNNING:
                    await self._scripts.publish(hash, running, member)
                case "roll_back" if running in RUNNING:
                    await self._scripts.roll_back(study, hash, running, member)
                case "retire":
                    await self._scripts.retire(hash, member)
            return f"/staff/flows/{study}/versions"

        return await self._do(request, step, self.versions)

    # how

    async def _do(
        self,
        request: Request,
        act: Callable[[StaffMember, Mapping[str, str], bytes], Any],
        again: Callable[[Request, str, int], Any],
    ) -> Response:
        """What a form asks for; refused, the page it came from says why."""
        member = await self._frame.member(request)
        async with self._frame.sent(request) as sent:
            if not is_ours(sent.get("form_token"), self._frame.secret(request)):
                return self._frame.message(request, OLD_FORM)
            texts = {name: value for name, value in sent.items() if isinstance(value, str)}
            file = sent.get("file")
            content = b"" if file is None or isinstance(file, str) else await file.read()
        try:
            done: str = await act(member, texts, content)
        except (
            Conflict,
            DraftThere,
            NotEditable,
            Refused,
            BadName,
            HasErrors,
            HasProblem,
            OtherStudy,
            NoFile,
        ) as problem:
            await self._frame.note_refusal(request, problem)
            answer: Response = await again(request, self._because(request, problem), 422)
            return answer
        return see_other(done)

    def _because(self, request: Request, problem: Exception) -> str:
        match problem:
            case Conflict(who=who, at=at):
                return self._why(request, "changed_since", who=who, at=at)
            case DraftThere(who=who, at=at):
                return self._why(request, "draft_there", who=who, at=at)
            case BadId(id=id):
                return self._why(request, "bad_id", detail=id)
            case CannotMove():
                return self._why(request, "cannot_move")
            case NotEditable(name=name):
                return self._why(request, "not_editable", detail=name)
            case Refused(reason=reason, detail=detail):
                return self._why(request, reason, detail=detail)
            case BadName(reason=reason):
                return self._why(request, reason)
            case HasProblem(problem=found):
                line = self._frame.tr(request)("line {n}").format(n=found.line)
                said = found.text(self._frame.language(request))
                return self._why(request, "has_problem", detail=f"{line}: {said}" if found.line else said)
            case HasErrors():
                return self._why(request, "has_errors")
            case NoFile():
                return self._why(request, "no_file")
            case _:
                return self._why(request, "other_study")

    def _why(
        self, request: Request, reason: str, detail: str = "", who: str = "", at: datetime | None = None
    ) -> str:
        when = self._frame.say(request).when(at) if at else ""
        return self._frame.tr(request)(REFUSALS[reason]).format(detail=detail, who=who, when=when)

    async def _document(
        self, request: Request, make: Callable[[str, StaffMember], Awaitable[Response | None]]
    ) -> Response:
        """Something made of the script; a script with errors, or that is not there, has none."""
        member = await self._frame.member(request)
        try:
            made = await make(request.path_params["study"], member)
        except (HasErrors, HasProblem, Refused) as problem:
            await self._frame.note_refusal(request, problem)
            return await self.script(request, self._because(request, problem), 409)
        return made or self._frame.message(request, NOT_FOUND)

    async def _part(
        self, request: Request, typed: Mapping[str, str] | None = None, why: str = "", status: int = 200
    ) -> Response:
        member = await self._frame.member(request)
        study, part = request.path_params["study"], request.path_params["part"]
        view = await self._scripts.script(study, self._frame.language(request), member)
        card = view.card(part) if view else None
        if view is None:
            return self._frame.message(request, NOT_FOUND)
        if card is None:
            return self._frame.message(request, NO_CARD)
        alike = [each for each in view.cards if each.kind == card.kind]
        place = alike.index(card)
        return self._frame.page(
            request,
            "part.html",
            status,
            member=member,
            view=view,
            card=card,
            place=place + 1,
            before=alike[place - 1] if place else None,
            after=alike[place + 1] if place + 1 < len(alike) else None,
            seen=seen_as(card),
            typed=typed_of(typed or {}),
            why=why,
            saved="saved" in request.query_params,
        )

    async def _view(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        member = await self._frame.member(request)
        language = self._frame.language(request)
        view = await self._scripts.script(request.path_params["study"], language, member)
        if view is None:
            return self._frame.message(request, NOT_FOUND)
        return self._frame.page(
            request, template, status, member=member, view=view, most_shown=MOST_SHOWN, **values
        )


def _anchor(step: str, path: str) -> str:
    """Where on its page a step led: to the item that moved, or that is new."""
    list_path, _, place = path.rpartition("/")
    if not place.isdecimal() or len(place) > 5:
        return ""
    return (
        f"#{list_path}/{int(place) + {'add': 1, 'down': 1, 'up': -1}[step]}"
        if step in ("add", "up", "down")
        else ""
    )


def _revision(form: Mapping[str, str]) -> int:
    """The draft's revision that a page was made from; 0 where there was none."""
    number = form.get("revision", "")
    return int(number) if re.fullmatch("[0-9]{1,9}", number) else 0


class NoFile(Exception):
    """Nothing was chosen to bring in."""


def routes(scripts: Scripts, frame: Frame) -> list[Route]:
    """`/staff/flows` and what lies below it for each study."""
    pages = FlowPages(scripts, frame)
    study = "/staff/flows/{study}"
    return [
        Route("/staff/flows", pages.studies, methods=["GET"]),
        Route("/staff/flows", pages.take_in, methods=["POST"]),
        Route(study, pages.script, methods=["GET"]),
        Route(study, pages.submit, methods=["POST"]),
        Route(f"{study}/parts/{{part}}", pages.part, methods=["GET"]),
        Route(f"{study}/parts/{{part}}", pages.save, methods=["POST"]),
        Route(f"{study}/parts/{{part}}/try", pages.try_out, methods=["POST"]),
        Route(f"{study}/try", pages.try_it),
        Route(f"{study}/rehearsals", pages.rehearsals),
        Route(f"{study}/versions", pages.versions, methods=["GET"]),
        Route(f"{study}/versions", pages.step, methods=["POST"]),
        Route(f"{study}/discard", pages.discard, methods=["POST"]),
        Route(f"{study}/file", pages.file, methods=["GET"]),
        Route(f"{study}/file", pages.replace, methods=["POST"]),
        Route(f"{study}/flow.yaml", pages.download),
        Route(f"{study}/changes", pages.changes, methods=["GET"]),
        Route(f"{study}/changes", pages.replay, methods=["POST"]),
        Route(f"{study}/changes/holds", pages.take_over, methods=["POST"]),
        Route(f"{study}/drawing", pages.graph),
        Route(f"{study}/drawing.svg", pages.picture),
        Route(f"{study}/pack/{{version}}", pages.pack),
        Route(f"{study}/sheet.xlsx", pages.sheet),
        Route(f"{study}/sheet", pages.workbook, methods=["POST"]),
    ]
