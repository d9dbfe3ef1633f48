"""Who works here: roles, login links and sessions."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.refused import COMMAND, Refused
from bot.service.shelf import Shelf
from bot.service.views import Session, StaffMember

ROLES = ("coordinator", "editor", "approver", "auditor", "admin")
#: Who works on leads.
WORKS = frozenset({"coordinator", "admin"})
#: Who may see the queue and what somebody answered: health data, for who works with it and who audits that.
SEES_LEADS = frozenset({"coordinator", "auditor", "admin"})
#: Who may see who somebody is.
SEES_IDENTITY = frozenset({"coordinator", "admin"})
#: Who may take the prescreening log out of the house.
EXPORTS = frozenset({"coordinator", "auditor", "admin"})
#: Who may register people and let them in.
REGISTERS = frozenset({"admin"})
#: The number of a person's account.
_ACCOUNT = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
LINK_FOR = timedelta(minutes=10)
SESSION_FOR = timedelta(hours=10)


class NotAllowed(Exception):
    """The role may not do this."""


class NoSuchStaff(Exception):
    """Nobody of that name is registered."""


@dataclass(eq=False)
class BadAccount(Exception):
    """A Telegram account that is none (`reason` bad_account) or somebody else's (`account_taken`, `detail` says whose)."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who works here, as Telegram knows them."""

    name: str
    role: str
    language: str

    @property
    def member(self) -> StaffMember:
        """The same for the service."""
        return StaffMember(self.name, self.name, self.role in EXPORTS)


def account(records: Records, telegram: str) -> Account | None:
    """Whose account it is; None: nobody's who works here."""
    row = records.staff_by_account(telegram)
    return Account(row.name, row.role, row.language) if row else None


def note_refused(records: Records, name: str, what: str, now: datetime) -> None:
    """Somebody wanted what is not for their role. `what` is a command or an address, never what they wrote."""
    who = f"staff:{name}"[:64]
    records.note(who, who, "refused", {"what": what}, now)


def registered(records: Records) -> dict[str, str]:
    """Everybody who is registered, with their role."""
    return {row.name: row.role for row in records.staff()}


def admitted(records: Records, who: str, roles: frozenset[str], unknown: str, refused: str) -> str:
    """The role of whoever acts by their name. Refused: `unknown`, nobody of that name is registered; `refused`, by role."""
    role = registered(records).get(who)
    if role is None:
        raise Refused(unknown, who, who)
    if role not in roles:
        raise Refused(refused, f"{who} ({role})", who)
    return role


def works_on_leads(records: Records, shelf: Shelf, member: StaffMember) -> bool:
    """By role; in the demonstration everybody."""
    return shelf.demo or registered(records).get(member.id) in WORKS


def sees_identity(records: Records, shelf: Shelf, member: StaffMember | None) -> bool:
    """By role; in the demonstration, where nobody is real, everybody. Nobody of no name."""
    return shelf.demo or (member is not None and registered(records).get(member.id) in SEES_IDENTITY)


def admit_worker(records: Records, shelf: Shelf, member: StaffMember) -> None:
    """NotAllowed: does not work on leads."""
    if not works_on_leads(records, shelf, member):
        raise NotAllowed(member.id)


def admit_reader(records: Records, shelf: Shelf, member: StaffMember | None) -> None:
    """NotAllowed: neither works on leads nor audits how others do. A command is somebody's with the keys."""
    if member is not None and not shelf.demo and registered(records).get(member.id) not in SEES_LEADS:
        raise NotAllowed(member.id)


class Staff:
    """Registers people and lets them in."""

    def __init__(self, store: Store, clock: Clock, demo: bool = False) -> None:
        self._store = store
        self._clock = clock
        self._demo = demo

    def admit(self, who: str) -> None:
        """Live, whoever is named as the one who registers people is a registered admin. Refused, BadName.

        `command` is whoever has the keys to the machine, as it must be for the first admin.
        """
        check_names(who)
        if who == COMMAND or self._demo:
            return
        self._store.run_now(lambda records: admitted(records, who, REGISTERS, "no_admin", "not_for_staff"))

    def add(
        self,
        name: str,
        role: str,
        telegram: str | None = None,
        language: str | None = None,
        by: str = COMMAND,
    ) -> str:
        """Register a member of staff, or give them another role, which ends their sessions and links.

        `telegram`: the number of their own account there, "" for none any more; None leaves it, as with the language.
        Returns the role they had, "" when they were not registered; NotAllowed, BadName, BadAccount.
        """
        check_names(name)
        if role not in ROLES:
            raise NotAllowed(role)
        if telegram and not _ACCOUNT.fullmatch(telegram):
            raise BadAccount("bad_account")

        def add(records: Records) -> str:
            now, subject, who = self._clock(), f"staff:{name}"[:64], _who(by)
            before = registered(records).get(name, "")
            if role != before:
                records.add_staff(name, role, now)
                records.note(subject, who, "role" if before else "added", {"role": role, "was": before}, now)
            if telegram is not None:
                owner = account(records, telegram) if telegram else None
                if owner and owner.name != name:
                    raise BadAccount("account_taken", owner.name)
                records.set_account(name, telegram)
                records.note(subject, who, "linked" if telegram else "unlinked", {}, now)
            if language is not None:
                records.change_staff(name, language=language)
            return before

        return self._store.run_now(add)

    def linked(self) -> frozenset[str]:
        """Whose own Telegram account is known."""
        return self._store.run_now(
            lambda records: frozenset(row.name for row in records.staff() if row.telegram is not None)
        )

    async def note_refused(self, member: StaffMember, what: str) -> None:
        """Somebody wanted what is not for their role."""
        await self._store.run(lambda records: note_refused(records, member.id, what, self._clock()))

    def refused(self, name: str, command: str) -> None:
        """The same of a command."""
        self._store.run_now(lambda records: note_refused(records, name, command, self._clock()))

    def all(self) -> dict[str, str]:
        """Everybody who is registered, with their role."""
        return self._store.run_now(registered)

    def remove(self, name: str, by: str = COMMAND) -> None:
        """Ends their sessions and links; NoSuchStaff."""

        def remove(records: Records) -> None:
            if name not in registered(records):
                raise NoSuchStaff(name)
            records.remove_staff(name, self._clock())
            records.note(f"staff:{name}"[:64], _who(by), "removed", {}, self._clock())

        self._store.run_now(remove)

    def link(self, name: str, by: str = COMMAND) -> str:
        """The token of a one-time login link; NoSuchStaff."""
        token = secrets.token_urlsafe(24)

        def make(records: Records) -> None:
            if name not in registered(records):
                raise NoSuchStaff(name)
            now = self._clock()
            records.add_token(name, "link", token, now + LINK_FOR, now)
            records.note(f"staff:{name}"[:64], _who(by), "link_made", {}, now)

        self._store.run_now(make)
        return token

    async def login(self, token: str) -> Session | None:
        """A session for a link that was not used before."""
        cookie = secrets.token_urlsafe(32)

        def use(records: Records) -> Session | None:
            now = self._clock()
            name = records.use_link(token, now)
            if name is None:
                return None
            records.add_token(name, "session", cookie, now + SESSION_FOR, now)
            records.note(f"staff:{name}"[:64], f"staff:{name}", "logged_in", {}, now)
            return Session(cookie, _member(name, registered(records)[name], now), now + SESSION_FOR)

        return await self._store.run(use)

    async def session(self, cookie: str) -> StaffMember | None:
        """Who a session belongs to; None when it is over."""

        def find(records: Records) -> StaffMember | None:
            row = records.session(cookie, self._clock())
            return _member(row.name, row.role, row.made_at) if row else None

        return await self._store.run(find)

    async def logout(self, cookie: str) -> None:
        """End a session."""

        def end(records: Records) -> None:
            now = self._clock()
            row = records.session(cookie, now)
            records.end_session(cookie)
            if row is not None:
                records.note(f"staff:{row.name}"[:64], f"staff:{row.name}", "logged_out", {}, now)

        await self._store.run(end)


def _who(by: str) -> str:
    return by if by == COMMAND else f"staff:{by}"


def _member(name: str, role: str, since: datetime) -> StaffMember:
    return StaffMember(name, name, role in EXPORTS, since, role in SEES_LEADS, role in WORKS)
