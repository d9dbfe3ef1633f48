"""The pages of the site facts, with the button that stops recruiting."""

from collections.abc import Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.service.sites import SiteView
from bot.service.views import StaffMember
from bot.staff.frame import NOT_FOUND, Frame, see_other


class Sites(Protocol):
    """The part of the staff service these pages need."""

    async def all(self, language: str, member: StaffMember) -> Sequence[SiteView]:
        """Every study."""

    async def site(self, study: str, language: str, member: StaffMember) -> SiteView | None:
        """One study; None when nothing of it is kept."""

    async def set(self, study: str, name: str, value: str, language: str, member: StaffMember) -> str:
        """Set a fact; why it cannot be, or "". NotAllowed."""


class SitePages:
    """The endpoints."""

    def __init__(self, sites: Sites, frame: Frame) -> None:
        self._sites = sites
        self._frame = frame

    async def studies(self, request: Request) -> Response:
        """Every study with whether it recruits."""
        member = await self._frame.member(request)
        views = await self._sites.all(self._frame.language(request), member)
        return self._frame.page(request, "sites.html", member=member, sites=views)

    async def study(self, request: Request) -> Response:
        """One study's facts."""
        return await self._study(request)

    async def change(self, request: Request) -> Response:
        """One fact is set. What does not fit is told beside its field, and what was typed stays there."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        study, name, value = request.path_params["study"], form.get("name", ""), form.get("value", "")
        refused = await self._sites.set(study, name, value, self._frame.language(request), member)
        if refused:
            return await self._study(request, {name: (value, refused)}, status=422)
        return see_other(f"/staff/site/{study}?saved={name}")

    async def _study(
        self, request: Request, refused: dict[str, tuple[str, str]] | None = None, status: int = 200
    ) -> Response:
        member = await self._frame.member(request)
        view = await self._sites.site(request.path_params["study"], self._frame.language(request), member)
        if view is None:
            return self._frame.message(request, NOT_FOUND)
        return self._frame.page(
            request,
            "site.html",
            status,
            member=member,
            view=view,
            refused=refused or {},
            saved=request.query_params.get("saved", ""),
        )


def routes(sites: Sites, frame: Frame) -> list[Route]:
    """`/staff/site` and one page below it for each study."""
    pages = SitePages(sites, frame)
    return [
        Route("/staff/site", pages.studies),
        Route("/staff/site/{study}", pages.study, methods=["GET"]),
        Route("/staff/site/{study}", pages.change, methods=["POST"]),
    ]
