"""Chats with scripts in the making. Each script has an application of its own in memory; nothing of it is kept."""

import asyncio
import hashlib

from bot.bootstrap import App, Clock, bootstrap
from bot.config import Settings
from bot.service.intake import Intake

#: Scripts that are being tried at the same time; of one more, the one that was tried longest ago ends.
MOST = 6


class Previews:
    """Opens an intake for a script. It lives in this process: a chat begins anew in another one."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings.model_copy(
            update={"mode": "demo", "database_url": "sqlite://", "key": None, "key_file": None}
        )
        self._clock = clock
        self._apps: dict[str, App] = {}
        self._opening = asyncio.Lock()

    async def intake(self, source: bytes) -> Intake:
        """The conversation with exactly this script; BrokenScript where it has errors."""
        key = hashlib.sha256(source).hexdigest()
        async with self._opening:
            app = self._apps.pop(key, None)
            if app is None:
                app = await asyncio.to_thread(bootstrap, self._settings, self._clock, source)
                app.start()
            self._apps[key] = app
            if len(self._apps) > MOST:
                oldest = self._apps.pop(next(iter(self._apps)))
                await asyncio.to_thread(_end, oldest)
        return app.intake

    def close(self) -> None:
        """End all of them."""
        for app in self._apps.values():
            _end(app)
        self._apps.clear()


def _end(app: App) -> None:
    app.stop()
    app.database.engine.dispose()
