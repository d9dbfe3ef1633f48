"""Members of staff, their links and sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.store import tables as t
from bot.store.records.base import Base

#: By this accounts are looked up.
_ACCOUNT = "staff_telegram"


class StaffRecords(Base):
    """Who works here."""

    def add_staff(self, name: str, role: str, now: datetime) -> None:
        """A member of staff; the same name again changes the role, and brings back who was removed."""
        self._db.execute(delete(t.staff_tokens).where(t.staff_tokens.c.name == name))
        again = update(t.staff).where(t.staff.c.name == name).values(role=role, added_at=now, removed_at=None)
        if self._db.execute(again.returning(t.staff.c.name)).first() is None:
            self._db.execute(insert(t.staff).values(name=name, role=role, added_at=now))

    def remove_staff(self, name: str, now: datetime) -> None:
        """Ends somebody's sessions and links, and forgets their account. The name stays, for the trail."""
        self._db.execute(delete(t.staff_tokens).where(t.staff_tokens.c.name == name))
        gone = {"removed_at": now, "telegram_hash": None, "telegram": None}
        self._db.execute(update(t.staff).where(t.staff.c.name == name).values(**gone))

    def staff(self) -> list[Row[Any]]:
        """All members of staff, without who was removed."""
        query = select(t.staff).where(t.staff.c.removed_at.is_(None))
        return list(self._db.execute(query.order_by(t.staff.c.name)))

    def change_staff(self, name: str, **values: Any) -> None:
        """Change columns of a member of staff."""
        self._db.execute(update(t.staff).where(t.staff.c.name == name).values(**values))

    def set_account(self, name: str, telegram: str) -> None:
        """Somebody's own Telegram account, "" for none. No two have the same."""
        hashed = self._vault.lookup(_ACCOUNT, telegram) if telegram else None
        sealed = self._vault.seal(telegram.encode(), f"staff.telegram:{name}") if telegram else None
        self.change_staff(name, telegram_hash=hashed, telegram=sealed)

    def staff_by_account(self, telegram: str) -> Row[Any, Any, Any] | None:
        """Whose Telegram account it is: name, role and language; None: nobody's who works here."""
        query = select(t.staff.c.name, t.staff.c.role, t.staff.c.language).where(
            t.staff.c.telegram_hash == self._vault.lookup(_ACCOUNT, telegram), t.staff.c.removed_at.is_(None)
        )
        return self._db.execute(query).first()

    def account_of(self, name: str) -> str:
        """The Telegram account of somebody who works here; "" where none is known."""
        query = select(t.staff.c.telegram).where(t.staff.c.name == name, t.staff.c.removed_at.is_(None))
        sealed = self._db.scalars(query).first()
        return self._vault.open(sealed, f"staff.telegram:{name}").decode() if sealed else ""

    def add_token(self, name: str, kind: str, token: str, expires_at: datetime, now: datetime) -> None:
        """A one-time link or a session, by keyed hash."""
        row = {
            "token_hash": self._vault.lookup(kind, token),
            "name": name,
            "kind": kind,
            "expires_at": expires_at,
            "made_at": now,
        }
        self._db.execute(insert(t.staff_tokens).values(**row))

    def use_link(self, token: str, now: datetime) -> str | None:
        """Whose link it is; a link works once, only before it expires, and not for who was removed."""
        still_there = select(t.staff.c.name).where(t.staff.c.removed_at.is_(None))
        query = (
            update(t.staff_tokens)
            .where(
                t.staff_tokens.c.token_hash == self._vault.lookup("link", token),
                t.staff_tokens.c.used_at.is_(None),
                t.staff_tokens.c.expires_at > now,
                t.staff_tokens.c.name.in_(still_there),
            )
            .values(used_at=now)
            .returning(t.staff_tokens.c.name)
        )
        return self._db.scalars(query).first()

    def session(self, token: str, now: datetime) -> Row[Any, Any, Any] | None:
        """The member of staff of a session that has not expired; nobody who was removed."""
        query = select(t.staff.c.name, t.staff.c.role, t.staff_tokens.c.made_at).join(
            t.staff_tokens, t.staff_tokens.c.name == t.staff.c.name
        )
        query = query.where(
            t.staff_tokens.c.token_hash == self._vault.lookup("session", token),
            t.staff_tokens.c.expires_at > now,
            t.staff.c.removed_at.is_(None),
        )
        return self._db.execute(query).first()

    def end_session(self, token: str) -> None:
        """Log out."""
        hashed = self._vault.lookup("session", token)
        self._db.execute(delete(t.staff_tokens).where(t.staff_tokens.c.token_hash == hashed))
