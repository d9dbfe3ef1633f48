"""The form on the reports' page by which leads are handed off to another system."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.text import fill
from bot.i18n import N_
from bot.service.hand_off import FORMATS, LoginAgain, Wanted
from bot.service.publishing import Refused
from bot.service.views import StaffMember
from bot.staff.flows import REFUSALS
from bot.staff.frame import HEADERS, LOGIN_AGAIN, Frame

#: Content type and file name by format.
FILES: Mapping[str, tuple[str, str]] = {
    "fhir": ("application/fhir+json", "leads.fhir.json"),
    "redcap": ("application/zip", "leads-redcap.zip"),
}
#: The form's words for the purposes.
PURPOSES: Mapping[str, str] = {
    "site_edc": N_("The hospital's own study data base"),
    "sponsor_named_in_notice": N_("The sponsor, who is named in the notice"),
    "ethics": N_("The ethics committee"),
    "participant_request": N_("The participant, who asked for their data"),
    "other": N_("Somebody else"),
}
NO_DAY = N_("This is not a day such as 2026-06-15: {detail}.")


class Handing(Protocol):
    """The part of the staff service this form needs."""

    async def hand_off_for(self, wanted: Wanted, format: str, member: StaffMember) -> bytes:
        """The file, after it was written into the trail. Refused, LoginAgain."""


class ReportsPage(Protocol):
    """The page the form stands on."""

    async def show(self, request: Request, status: int = 200, **more: object) -> Response:
        """The page, with what was wrong with a form."""


class HandOffForm:
    """The endpoint."""

    def __init__(self, handing: Handing, frame: Frame, page: ReportsPage) -> None:
        self._handing = handing
        self._frame = frame
        self._page = page

    async def hand_off(self, request: Request) -> Response:
        """Leads as a file, as the form asks for them."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        format = form.get("format", "")
        format = format if format in FORMATS else FORMATS[0]
        try:
            made = await self._handing.hand_off_for(_wanted(form), format, member)
        except _BadDay as bad:
            return await self._again(request, form, NO_DAY, bad.text, 422)
        except LoginAgain:
            return self._frame.message(request, LOGIN_AGAIN)
        except Refused as refused:
            await self._frame.note_refusal(request, refused)
            return await self._again(request, form, REFUSALS[refused.reason], refused.detail, 409)
        kind, name = FILES[format]
        named = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(made, media_type=kind, headers={**HEADERS, **named})

    async def _again(
        self, request: Request, form: Mapping[str, str], words: str, detail: str, status: int
    ) -> Response:
        why = fill(self._frame.tr(request)(words), {"detail": detail})
        return await self._page.show(request, status, handed=form, handed_why=why)


class _BadDay(Exception):
    """A day that a browser's form cannot send by itself."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _wanted(form: Mapping[str, str]) -> Wanted:
    identified = form.get("identified") == "yes"
    purpose = form.get("purpose", "")
    if identified and not purpose:
        raise Refused("what_for")
    return Wanted(
        study=form.get("study", ""),
        since=_day(form.get("from", "")),
        until=_day(form.get("to", "")),
        identified=identified,
        purpose=purpose,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _BadDay(text[:20]) from None


def routes(handing: Handing, frame: Frame, page: ReportsPage) -> list[Route]:
    """`/staff/reports/hand-off`."""
    form = HandOffForm(handing, frame, page)
    return [Route("/staff/reports/hand-off", form.hand_off, methods=["POST"])]
