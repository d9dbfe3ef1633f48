"""Settings from the environment and a `.env` file."""

from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

_SHIPPED = Path(__file__).parent / "_shipped"
_SECRETS = ("telegram_token", "webhook_secret", "key")
#: What may come as a file and is read at once; the key's file is read, or made, with its database.
_FROM_FILES = ("telegram_token", "webhook_secret", "database_url")
#: This machine, as an address names it.
LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: Listening there is listening on every address of this machine; a browser cannot go there.
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not chosen


class Settings(BaseSettings):
    """Every `PRESCREEN_…` variable; a secret may also come as a file named by `PRESCREEN_…_FILE`."""

    model_config = SettingsConfigDict(env_prefix="PRESCREEN_", env_file=".env", extra="ignore")

    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    listen: str = "127.0.0.1:8080"
    database_url: str | None = None
    data_dir: Path = Path("data")
    key: SecretStr | None = None
    telegram_token_file: Path | None = None
    webhook_secret_file: Path | None = None
    database_url_file: Path | None = None
    key_file: Path | None = None
    flows_dir: Path = Path("flows")
    locales_dir: Path | None = None
    mode: Literal["live", "demo"] = "live"
    timezone: str = "Asia/Shanghai"
    #: Within the days a rehearsal can take place on.
    today: date | None = Field(default=None, ge=date(1950, 1, 1), le=date(2199, 12, 31))

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is not a time zone such as Asia/Shanghai") from None
        return value

    @field_validator("listen")
    @classmethod
    def _is_address(cls, value: str) -> str:
        host, colon, port = value.rpartition(":")
        if not colon or not host or not port.isdecimal() or int(port) > 65535:
            raise ValueError("is not host:port such as 127.0.0.1:8080")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _is_public(cls, value: str | None) -> str | None:
        """Telegram posts to https alone; http is for tests on this machine."""
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
            good = secure and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise ValueError("is not an address such as https://bot.example.org")
        return value

    @field_validator(*(f"{name}_file" for name in _FROM_FILES))
    @classmethod
    def _is_readable(cls, value: Path | None) -> Path | None:
        if value is not None:
            _text(value)
        return value

    @model_validator(mode="after")
    def _read_files(self) -> "Settings":
        for name in _FROM_FILES:
            file = getattr(self, f"{name}_file")
            if file is not None:
                text = _text(file)
                setattr(self, name, SecretStr(text) if name in _SECRETS else text)
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def host(self) -> str:
        """Where the server listens."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port it listens on; 0 takes a free one."""
        return int(self.listen.rpartition(":")[2])

    @property
    def address(self) -> str:
        """Where people reach the pages: the public address, or this machine's own."""
        base = self.webhook_url or browser_address(self.host, self.port)
        return "/".join(base.split("/")[:3])

    @property
    def database(self) -> str:
        """The database's address; a SQLite file in the data directory unless set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'prescreen.db'}"

    @property
    def key_path(self) -> Path:
        """The file of the key; in the data directory unless set."""
        return self.key_file or self.data_dir / "key"

    @property
    def flows(self) -> Path:
        """The folder of flow scripts; the shipped ones when none is set and there is none here."""
        here = "flows_dir" in self.model_fields_set or self.flows_dir.is_dir()
        return self.flows_dir if here else _SHIPPED / "flows"

    @property
    def locales(self) -> Path:
        """The folder of catalogues."""
        if self.locales_dir is not None:
            return self.locales_dir
        here = Path(__file__).parent.parent / "locales"
        return here if here.is_dir() else _SHIPPED / "locales"

    def masked(self) -> dict[str, str]:
        """For `prescreen config`: every variable, secrets masked."""
        shown = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in _SECRETS and value is not None:
                value = "********"
            elif name == "database_url" and value:
                value = _without_password(value)
            shown[f"PRESCREEN_{name.upper()}"] = "" if value is None else str(value)
        return shown


def _text(file: Path) -> str:
    """What stands in a secret's file; there must be something."""
    try:
        text = file.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise PydanticCustomError("unreadable", "cannot be read: {why}", {"why": problem.strerror}) from None
    except UnicodeDecodeError:
        raise PydanticCustomError("unreadable", "cannot be read: {why}", {"why": "UTF-8"}) from None
    if not text:
        raise PydanticCustomError("empty", "is empty")
    return text


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, login = head.partition("://")
    return f"{scheme}://{login.partition(':')[0]}:********@{tail}"


def browser_address(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    if host in (*LOOPBACK, *EVERYWHERE):
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
