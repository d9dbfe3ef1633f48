"""The pages of the site facts, with the button that stops recruiting."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.i18n import N_
from bot.service.sites import SiteView
from bot.service.staff import NotAllowed
from bot.service.views import StaffMember
from bot.staff.frame import NOT_FOUND, Frame, see_other

MEANWHILE = N_(
    "Somebody else has changed this meanwhile; it is now {value}. If yours is right, save once more."
)


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
        """Facts that were changed are set. What does not fit is told beside its field, and what was typed stays there."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        study, language = request.path_params["study"], self._frame.language(request)
        if "name" in form:  # the button that stops recruiting
            refused = await self._sites.set(study, form["name"], form.get("value", ""), language, member)
            if refused:
                return await self._study(
                    request, {form["name"]: (form.get("value", ""), refused)}, status=422
                )
            return see_other(f"/staff/site/{study}?saved={form['name']}")
        view = await self._sites.site(study, language, member)
        if view is None:
            return self._frame.message(request, NOT_FOUND)
        if not view.may_set:
            raise NotAllowed(member.id)
        saved: list[str] = []
        kept: dict[str, tuple[str, str]] = {}
        for fact in view.facts:
            typed, seen = form.get(f"fact-{fact.name}"), form.get(f"seen-{fact.name}")
            if typed is None or typed.strip() == seen or typed.strip() == fact.value:
                continue
            if fact.value != seen:
                why = self._frame.tr(request)(MEANWHILE).format(value=fact.value or "–")
            else:
                why = await self._sites.set(study, fact.name, typed, language, member)
            if why:
                kept[fact.name] = typed, why
            else:
                saved.append(fact.name)
        if kept:
            return await self._study(request, kept, saved, status=422)
        return see_other(f"/staff/site/{study}?saved={','.join(saved) or 'nothing'}")

    async def _study(
        self,
        request: Request,
        refused: Mapping[str, tuple[str, str]] | None = None,
        saved: Sequence[str] = (),
        status: int = 200,
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
            saved=saved or request.query_params.get("saved", "").split(","),
        )


def routes(sites: Sites, frame: Frame) -> list[Route]:
    """`/staff/site` and one page below it for each study."""
    pages = SitePages(sites, frame)
    return [
        Route("/staff/site", pages.studies),
        Route("/staff/site/{study}", pages.study, methods=["GET"]),
        Route("/staff/site/{study}", pages.change, methods=["POST"]),
    ]
