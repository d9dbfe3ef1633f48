"""Chats with scripts in the making. Each script has an application of its own in memory; nothing of it is kept."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.bootstrap import App, BrokenScript, Clock, bootstrap
from bot.channels.web.chat import Preview
from bot.config import Settings

#: Scripts that are being tried at the same time; of one more, the one that was tried longest ago ends.
MOST = 6


@dataclass(eq=False)
class _Tried:
    """A script that is being tried. Without an application: it has errors, and that need not be found out again."""

    opening: asyncio.Task[App | None]
    #: A chat belongs to this very application: in a later one, and in another process, it begins anew.
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    users: int = 0
    over: bool = False


class Previews:
    """Opens a chat with a script. It lives in this process: a chat begins anew in another one."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings.model_copy(
            update={"mode": "demo", "database_url": "sqlite://", "key": None, "key_file": None}
        )
        self._clock = clock
        self._tried: dict[str, _Tried] = {}
        #: Alembic makes the tables of one database at a time.
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def chat(self, source: bytes) -> AsyncIterator[Preview | None]:
        """The conversation with exactly this script, which does not end meanwhile; None where it has errors."""
        tried = self._find(hashlib.sha256(source).hexdigest(), source)
        tried.users += 1
        try:
            # Others may wait for the same one when this request is given up.
            app = await asyncio.shield(tried.opening)
            yield None if app is None else Preview(app.intake, tried.name)
        finally:
            tried.users -= 1
            await self._end_unused(tried)

    def _find(self, key: str, source: bytes) -> _Tried:
        tried = self._tried.pop(key, None)
        if tried is None or (tried.opening.done() and tried.opening.exception()):
            tried = _Tried(asyncio.create_task(self._open(source)))
        self._tried[key] = tried
        return tried

    async def _open(self, source: bytes) -> App | None:
        async with self._opening:
            return await asyncio.to_thread(self._begin, source)

    def _begin(self, source: bytes) -> App | None:
        try:
            app = bootstrap(self._settings, self._clock, source)
        except BrokenScript:
            return None
        app.start()
        return app

    async def _end_unused(self, last: _Tried) -> None:
        """End what is one too many, once nobody is waiting for its answer any more."""
        ended = [last] if last.over else []
        while len(self._tried) > MOST:
            oldest = self._tried.pop(next(iter(self._tried)))
            oldest.over = True
            ended.append(oldest)
        for each in ended:
            if not each.users:
                await asyncio.wait([each.opening])
                await asyncio.to_thread(_end, each)

    def close(self) -> None:
        """End all of them."""
        for tried in self._tried.values():
            _end(tried)
        self._tried.clear()


def _end(tried: _Tried) -> None:
    opened = tried.opening.done() and not tried.opening.cancelled() and tried.opening.exception() is None
    if opened and (app := tried.opening.result()) is not None:
        app.stop()
