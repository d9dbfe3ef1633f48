"""The stage for the tests of the chat."""

from tests.web.stage import browser as browser
from tests.web.stage import translators as translators
