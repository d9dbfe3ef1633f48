"""The page from which the prescreening log is taken."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.text import fill
from bot.i18n import N_
from bot.service.log import FORMATS, Asked
from bot.service.publishing import Refused
from bot.service.views import StaffMember
from bot.staff import hand_off
from bot.staff.flows import REFUSALS, XLSX
from bot.staff.frame import HEADERS, OLD_FORM, Frame

#: Content types by format.
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX,
    "html": "text/html; charset=utf-8",
}
#: What a browser's form can send that is no export.
NO_DAY = N_("This is not a day such as 2026-06-15: {detail}.")
NO_MASK = N_("The limit for small numbers is a whole number from 0 to 999.")


class PrescreeningLog(Protocol):
    """The part of the staff service this page needs."""

    async def studies(self, member: StaffMember) -> Sequence[str]:
        """What to choose from. Refused: the role may not."""

    async def export_for(self, asked: Asked, format: str, language: str, member: StaffMember) -> bytes:
        """The file, after it was written into the trail. Refused."""


class ReportPages:
    """The endpoints."""

    def __init__(self, log: PrescreeningLog, frame: Frame) -> None:
        self._log = log
        self._frame = frame

    async def reports(self, request: Request) -> Response:
        """What can be taken."""
        return await self._page(request, {}, "", 200)

    async def log(self, request: Request) -> Response:
        """The prescreening log as a file, as the form asks for it."""
        member = await self._frame.member(request)
        if member is None:
            return self._frame.closed(request)
        form = await self._frame.form(request)
        if form is None:
            return self._frame.message(request, OLD_FORM)
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
            why = fill(self._frame.tr(request)(REFUSALS[refused.reason]), {"detail": refused.detail})
            return await self._page(request, form, why, 409)
        named = {"Content-Disposition": f'attachment; filename="prescreening-log.{format}"'}
        return Response(made, media_type=TYPES[format], headers={**HEADERS, **named})

    async def _page(self, request: Request, form: Mapping[str, str], why: str, status: int) -> Response:
        return await self.show(request, status, form=form, why=why)

    async def show(self, request: Request, status: int = 200, **more: object) -> Response:
        """The page; `more` is what was wrong with one of its forms."""
        member = await self._frame.member(request)
        if member is None:
            return self._frame.closed(request)
        try:
            studies = await self._log.studies(member)
        except Refused:
            return await self._frame.not_yours(request, member)
        nothing: Mapping[str, object] = {"form": {}, "why": "", "handed": {}, "handed_why": ""}
        values = {**nothing, "studies": studies, "purposes": hand_off.PURPOSES, **more}
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


def routes(log: PrescreeningLog, handing: hand_off.Handing, frame: Frame) -> list[Route]:
    """`/staff/reports`."""
    pages = ReportPages(log, frame)
    return [
        Route("/staff/reports", pages.reports, methods=["GET"]),
        Route("/staff/reports/log", pages.log, methods=["POST"]),
        *hand_off.routes(handing, frame, pages),
    ]
