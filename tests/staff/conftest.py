"""The stage for the tests of the staff pages."""

from collections.abc import Iterator

import pytest

from bot.previews import Previews
from bot.server import web_routes
from tests.service.stage import Stage
from tests.web.stage import Server
from tests.web.stage import browser as browser
from tests.web.stage import translators as translators


@pytest.fixture
def server(live: Stage) -> Iterator[Server]:
    """Everything of the product that a browser can reach."""
    previews = Previews(live.app.settings, live.clock)
    running = Server(web_routes(live.app, previews))
    running.previews = previews  # type: ignore[attr-defined]
    yield running
    running.stop()
    previews.close()
