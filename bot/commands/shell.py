"""The person at the keyboard: their language, their settings, and what goes wrong in words."""

import itertools
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import structlog
import typer
from pydantic import ValidationError
from rich.console import Console

from bot.bootstrap import App, BrokenScript, bootstrap
from bot.channels.telegram.errors import TelegramRefused
from bot.commands.troubles import KEY_MADE, sentence, wrong_setting
from bot.config import Settings
from bot.core.text import fill
from bot.i18n import Translator, Translators
from bot.leads.site import BadFact
from bot.service.facts import refusal
from bot.service.names import BadName
from bot.service.publishing import Refused
from bot.service.staff import BadAccount, NoSuchStaff, NotAllowed
from bot.store.database import Trouble

FINE, PROBLEMS, WRONG_USE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Shell:
    """The language of the person at the keyboard, and how to speak to them."""

    language: str
    console: Console

    @classmethod
    def of(cls, language: str) -> "Shell":
        """For whoever asked for this language; the terminal's own unless it is one of ours."""
        spoken = language if language in translators() else _own_language()
        return cls(spoken, Console(soft_wrap=True))

    def settings(self) -> Settings:
        """The settings, or an exit that says which variable is wrong."""
        try:
            return Settings()
        except ValidationError as problems:
            for problem in problems.errors():
                self.fail(wrong_setting(problem, self.tr))
            raise typer.Exit(WRONG_USE) from None

    @property
    def tr(self) -> Translator:
        """The translator of the person's language."""
        return translators()[self.language]

    def put_together(self, settings: Settings) -> App:
        """The parts. Whoever makes the key hears that a copy must be kept."""
        parts = bootstrap(settings)
        if parts.made_key:
            self.key_made(settings)
        return parts

    def key_made(self, settings: Settings) -> None:
        """The key is new: what to do with it."""
        self.fail(fill(self.tr(KEY_MADE), {"path": str(settings.key_path)}))

    def fail(self, words: str) -> None:
        """A sentence on standard error."""
        # Without emoji=False ":100:" in "flow.yaml:100:7" would be a picture.
        Console(stderr=True, soft_wrap=True, highlight=False, emoji=False).print(words, markup=False)

    def trouble(self, reason: str, detail: str = "") -> None:
        """A known trouble in words."""
        self.fail(sentence(reason, detail, self.tr))

    @contextmanager
    def careful(self) -> Iterator[None]:
        """Turns what a person can mend into a sentence and an exit code."""
        try:
            yield
        except Trouble as trouble:
            self.trouble(trouble.reason, trouble.detail)
            raise typer.Exit(WRONG_USE) from None
        except Refused as refused:
            self.trouble(refused.reason, refused.detail)
            raise typer.Exit(WRONG_USE if refused.reason == "which_study" else PROBLEMS) from None
        except BrokenScript as broken:
            self.fail(broken.compiled.report(self.language))
            raise typer.Exit(PROBLEMS) from None
        except TelegramRefused as refused:
            self.fail(self.tr(refused.sentence))
            raise typer.Exit(WRONG_USE) from None
        except NoSuchStaff as missing:
            self.trouble("no_such_staff", str(missing))
            raise typer.Exit(WRONG_USE) from None
        except NotAllowed as missing:
            self.trouble("no_such_role", str(missing))
            raise typer.Exit(WRONG_USE) from None
        except BadAccount as bad:
            self.trouble(bad.reason, bad.detail)
            raise typer.Exit(WRONG_USE) from None
        except BadName as bad:
            self.trouble(bad.reason, f"{bad.name[:20]}…")
            raise typer.Exit(WRONG_USE) from None
        except BadFact as bad:
            self.fail(refusal(bad, self.tr))
            raise typer.Exit(WRONG_USE) from None
        except BrokenPipeError:
            raise typer.Exit(FINE) from None


@cache
def translators() -> Translators:
    return Translators(Settings.model_construct().locales)


def language_of(words: Sequence[str]) -> str:
    """The language that the words of a command ask for, before they are parsed."""
    for option, value in itertools.pairwise([*(part for word in words for part in word.split("=", 1)), ""]):
        if option == "--language":
            return value
    return ""


def _own_language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if spoken.startswith("zh") else "en"


@contextmanager
def opened(shell: Shell, command: str) -> Iterator[App]:
    """The parts for a command that looks at or changes the stored data. Who it is refused to stands in the trail."""
    quiet_logs(logging.ERROR)
    settings = shell.settings()
    demo_dir = settings.data_dir / "demo"
    if settings.mode == "demo" and settings.database_url is None and demo_dir.is_dir():
        settings = settings.model_copy(update={"data_dir": demo_dir})
    parts = shell.put_together(settings)
    try:
        yield parts
    except Refused as refused:
        if refused.who:
            parts.staff.refused(refused.who, command.partition(" ")[2])
        raise
    finally:
        parts.database.engine.dispose()


def moment(parts: App, at: datetime) -> str:
    """A time as it is at the site."""
    return f"{at.astimezone(parts.settings.zone):%Y-%m-%d %H:%M}"


def quiet_logs(level: int) -> None:
    """Logs go to standard error: keys and ids, never what somebody wrote."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for talkative in ("alembic", "transitions", "uvicorn"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
