"""The messages on a lead's page: what is written to its person through the bot."""

from collections.abc import Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.service.in_hand import CannotWork
from bot.service.letters import Told
from bot.service.views import StaffMember
from bot.staff.frame import Frame, see_other
from bot.staff.refusals import because


class Relay(Protocol):
    """The part of the staff service this form needs."""

    async def write(self, code: str, text: str, member: StaffMember) -> Told: ...
    async def answer_request(self, code: str, text: str, member: StaffMember) -> Told: ...


class LeadPage(Protocol):
    """The page that the form stands on; `typed` is what somebody wrote that was not sent."""

    async def lead(
        self,
        request: Request,
        why: str = "",
        status: int = 200,
        form: Mapping[str, str] | None = None,
        typed: str = "",
    ) -> Response: ...


class RelayForms:
    """The form below the messages."""

    def __init__(self, relay: Relay, frame: Frame, page: LeadPage) -> None:
        self._relay = relay
        self._frame = frame
        self._page = page

    async def write(self, request: Request) -> Response:
        """A message goes, or waits. What is not possible is said on the page, and what was typed stays there."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        code, text = request.path_params["code"], form.get("text", "")
        is_request = code.startswith("R-")
        try:
            if is_request:
                told = await self._relay.answer_request(code, text, member)
            else:
                told = await self._relay.write(code, text, member)
            if told.state == "blocked":
                raise CannotWork("blocked")
        except CannotWork as problem:
            return await self._page.lead(request, because(problem, self._frame.say(request)), 409, typed=text)
        return see_other(f"/staff/leads/{code}{'?answered=yes' if is_request else ''}#messages")


def routes(relay: Relay, frame: Frame, page: LeadPage) -> list[Route]:
    """What the form posts to."""
    return [Route("/staff/leads/{code}/messages", RelayForms(relay, frame, page).write, methods=["POST"])]
