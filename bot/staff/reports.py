"""The page of the reports, their files, and the form by which the prescreening log is taken."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.text import fill
from bot.i18n import N_
from bot.service.log import FORMATS, Asked
from bot.service.publishing import Refused
from bot.service.reports import FORMATS as TAKEN
from bot.service.reports import Shown
from bot.service.views import StaffMember
from bot.staff import hand_off
from bot.staff.flows import REFUSALS, XLSX
from bot.staff.frame import HEADERS, NOT_FOUND, NOT_YOURS, Frame

#: Content types by format.
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX,
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
}
#: Why somebody may not even look.
CLOSED = ("no_exporter", "not_for_export")
#: What a browser's form can send that is no export.
NO_DAY = N_("This is not a day such as 2026-06-15: {detail}.")
NO_MASK = N_("The limit for small numbers is a whole number from 0 to 999.")


class PrescreeningLog(Protocol):
    """The part of the staff service this page needs."""

    async def studies(self, member: StaffMember) -> Sequence[str]:
        """What to choose from. Refused: the role may not."""

    async def export_for(self, asked: Asked, format: str, language: str, member: StaffMember) -> bytes:
        """The file, after it was written into the trail. Refused."""


class Reports(Protocol):
    """The same for the pictures."""

    async def shown(self, asked: Asked, language: str, member: StaffMember) -> Shown:
        """A report to look at. Refused: the role may not, or nothing is kept of this."""

    async def taken(
        self, asked: Asked, name: str, format: str, language: str, member: StaffMember
    ) -> bytes | None:
        """A picture or table as a file, after it was written into the trail. Refused."""


class ReportPages:
    """The endpoints."""

    def __init__(self, log: PrescreeningLog, reports: Reports, frame: Frame) -> None:
        self._log = log
        self._reports = reports
        self._frame = frame

    async def reports(self, request: Request) -> Response:
        """What can be taken."""
        return await self._page(request, {}, "", 200)

    async def log(self, request: Request) -> Response:
        """The prescreening log as a file, as the form asks for it."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        format = form.get("format", "")
        format = format if format in FORMATS else FORMATS[0]
        try:
            asked = _asked(form)
            language = self._frame.language(request)
            made = await self._log.export_for(asked, format, language, member)
        except _BadForm as bad:
            why = fill(self._frame.tr(request)(bad.words), {"detail": bad.detail})
            return await self._page(request, form, why, 422)
        except Refused as refused:
            await self._frame.note_refusal(request, refused)
            why = fill(self._frame.tr(request)(REFUSALS[refused.reason]), {"detail": refused.detail})
            return await self._page(request, form, why, 409)
        named = {"Content-Disposition": f'attachment; filename="prescreening-log.{format}"'}
        return Response(made, media_type=TYPES[format], headers={**HEADERS, **named})

    async def taken(self, request: Request) -> Response:
        """One picture or table as a file."""
        member = await self._frame.member(request)
        name, _, format = request.path_params["file"].rpartition(".")
        if format not in TAKEN:
            return self._frame.message(request, NOT_FOUND)
        try:
            asked = _asked(request.query_params)
            made = await self._reports.taken(asked, name, format, self._frame.language(request), member)
        except _BadForm:
            return self._frame.message(request, NOT_FOUND)
        except Refused as refused:
            await self._frame.note_refusal(request, refused)
            if refused.reason in CLOSED:
                return self._frame.message(request, NOT_YOURS)
            return self._frame.message(request, NOT_FOUND)
        if made is None:
            return self._frame.message(request, NOT_FOUND)
        study = re.sub(r"[^A-Za-z0-9_-]", "", asked.study) or "report"
        named = {"Content-Disposition": f'attachment; filename="{study}-{name}.{format}"'}
        return Response(made, media_type=TYPES[format], headers={**HEADERS, **named})

    async def _page(self, request: Request, form: Mapping[str, str], why: str, status: int) -> Response:
        return await self.show(request, status, form=form, why=why)

    async def show(self, request: Request, status: int = 200, **more: object) -> Response:
        """The page; `more` is what was wrong with one of its forms."""
        member = await self._frame.member(request)
        tr, shown, wrong = self._frame.tr(request), None, ""
        studies: Sequence[str] = ()
        try:
            studies = await self._log.studies(member)
            shown = await self._reports.shown(
                _asked(request.query_params), self._frame.language(request), member
            )
        except _BadForm as bad:
            wrong = fill(tr(bad.words), {"detail": bad.detail})
        except Refused as refused:
            await self._frame.note_refusal(request, refused)
            if refused.reason in CLOSED:
                return self._frame.message(request, NOT_YOURS)
            wrong = fill(tr(REFUSALS[refused.reason]), {"detail": refused.detail})
        nothing: Mapping[str, object] = {"form": {}, "why": "", "handed": {}, "handed_why": ""}
        values = {
            **nothing,
            "studies": studies,
            "purposes": hand_off.PURPOSES,
            "shown": shown,
            "wrong": wrong,
            "asked": request.query_params,
            "query": _query(request.query_params, self._frame.language(request)),
            **more,
        }
        return self._frame.page(request, "reports.html", status, member=member, **values)


class _BadForm(Exception):
    """Something in the form that is not what its field is for."""

    def __init__(self, words: str, detail: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.detail = detail


def _asked(form: Mapping[str, str]) -> Asked:
    mask = form.get("mask", "").strip() or "0"
    if not (mask.isascii() and mask.isdecimal() and len(mask) < 4):
        raise _BadForm(NO_MASK)
    return Asked(
        study=form.get("study", ""),
        since=_day(form.get("from", "")),
        until=_day(form.get("to", "")),
        version=form.get("version", "").strip(),
        mask=int(mask),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _BadForm(NO_DAY, text[:20]) from None


def _query(asked: Mapping[str, str], language: str) -> str:
    """What the files of a page are asked for with."""
    given = {name: asked[name] for name in ("study", "from", "to", "mask") if asked.get(name)}
    return urlencode({**given, "lang": language})


def routes(log: PrescreeningLog, reports: Reports, handing: hand_off.Handing, frame: Frame) -> list[Route]:
    """`/staff/reports`."""
    pages = ReportPages(log, reports, frame)
    return [
        Route("/staff/reports", pages.reports, methods=["GET"]),
        Route("/staff/reports/log", pages.log, methods=["POST"]),
        *hand_off.routes(handing, frame, pages),
        Route("/staff/reports/{file}", pages.taken, methods=["GET"]),
    ]
