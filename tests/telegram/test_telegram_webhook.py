"""The webhook: who may post, what, and when it is acknowledged."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.errors import BadToken, BadWebhook, BadWebhookPath, BadWebhookSecret
from bot.channels.telegram.webhook import (
    MAX_BYTES,
    PATH,
    SECRET_HEADER,
    check_webhook,
    register,
    webhook_route,
)
from bot.service.messages import Text
from tests.botapi import BotApi, serving

SECRET = "s3cret_of-the-webhook"
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "N."},
        "text": "canary",
    },
}


@pytest.fixture
async def url(face: TelegramFace) -> AsyncIterator[str]:
    async with serving(Starlette(routes=[webhook_route(face, SECRET)])) as base:
        yield base + PATH


async def post(url: str, body: bytes | AsyncIterator[bytes], secret: str | bytes | None = SECRET) -> int:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(url, content=body, headers=headers)).status_code  # type: ignore[arg-type]


async def test_telegram_posts_and_is_answered_after_the_commit(
    api: BotApi, face: TelegramFace, intake: Any, url: str
) -> None:
    await register(face.bot, url, SECRET)
    anna = api.person()
    held = intake.hold(anna)
    anna.send("1")
    anna.send("2")
    await api.until(lambda: intake.tried)
    assert api.posted == []
    held.set()
    await api.until(lambda: not api.pending)
    assert intake.contents == [Text("1"), Text("2")]
    assert [status for _, status in api.posted] == [200, 200]


async def test_what_was_not_committed_comes_again(
    api: BotApi, face: TelegramFace, intake: Any, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await register(face.bot, url, SECRET)
    intake.fail = lambda incoming: len(intake.tried) < 3
    anna = api.person()
    anna.send("canary")
    anna.send("2")
    await api.until(lambda: not api.pending)
    assert [status for _, status in api.posted] == [500, 500, 200, 200]
    assert intake.contents == [Text("canary"), Text("2")]
    assert "was not committed" in caplog.text
    assert "canary" not in caplog.text


async def test_it_registers_with_what_waits(api: BotApi, face: TelegramFace, intake: Any, url: str) -> None:
    anna = api.person()
    anna.send("1")
    await register(face.bot, url, SECRET)
    await intake.has(1)
    [call] = api.of("setWebhook")
    assert call.params["secret_token"] == SECRET
    assert call.params["max_connections"] == "40"
    assert call.params["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_it_says_what_is_wrong_with_the_address(api: BotApi, face: TelegramFace) -> None:
    with pytest.raises(BadWebhook) as caught:
        await register(face.bot, "http://hospital.example/telegram/webhook", SECRET)
    assert "PRESCREEN_WEBHOOK_URL" in caught.value.sentence
    api.token = "1:other"
    with pytest.raises(BadToken):
        await register(face.bot, "https://hospital.example/telegram/webhook", SECRET)


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("https://bot.example.org", "https://bot.example.org/telegram/webhook"),
        ("https://bot.example.org/", "https://bot.example.org/telegram/webhook"),
        ("https://bot.example.org:8443", "https://bot.example.org:8443/telegram/webhook"),
        ("https://bot.example.org/telegram/webhook", "https://bot.example.org/telegram/webhook"),
        ("https://bot.example.org/telegram/webhook/", "https://bot.example.org/telegram/webhook"),
    ],
)
def test_an_address_without_its_path_gets_it(url: str, whole: str) -> None:
    assert check_webhook(url, SECRET) == whole


@pytest.mark.parametrize("path", ["/webhook", "/telegram", "/telegram/webhook2", "/x/telegram/webhook"])
def test_an_address_where_nothing_answers_is_refused(path: str) -> None:
    with pytest.raises(BadWebhookPath) as caught:
        check_webhook(f"https://bot.example.org{path}", SECRET)
    assert "/telegram/webhook" in caught.value.sentence


@pytest.mark.parametrize("secret", ["", "two words", "geheim-ü", "a" * 257, "line\n"])
def test_a_secret_that_telegram_would_refuse_is_named(secret: str) -> None:
    with pytest.raises(BadWebhookSecret) as caught:
        check_webhook("https://bot.example.org", secret)
    assert "PRESCREEN_WEBHOOK_SECRET" in caught.value.sentence
    assert check_webhook("https://bot.example.org", "aZ0_-" * 51 + "z")


@pytest.mark.parametrize(
    "secret", [None, "", "wrong", SECRET + "x", SECRET.upper(), "geheim-ü".encode("latin-1")]
)
async def test_it_answers_only_telegram(secret: str | bytes | None, intake: Any, url: str) -> None:
    assert await post(url, json.dumps(UPDATE).encode(), secret) == 401
    assert intake.tried == []


async def test_it_takes_post_only(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(url, headers={SECRET_HEADER: SECRET})).status_code == 405


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"update_id": ' + b"9" * 5000 + b"}"],
    ids=["empty", "cut", "list", "null", "string", "bytes", "deep", "huge-number"],
)
async def test_it_refuses_what_is_no_object(body: bytes, intake: Any, url: str) -> None:
    assert await post(url, body) == 400
    assert intake.tried == []


async def test_it_acknowledges_what_it_cannot_read(intake: Any, url: str) -> None:
    assert await post(url, b'{"update_id": 5, "message": {"text": 3}}') == 200
    assert await post(url, b"{}") == 200
    assert intake.tried == []


async def test_a_body_too_long_is_refused_with_and_without_its_length(intake: Any, url: str) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * (MAX_BYTES // 10)

    assert await post(url, b" " * (MAX_BYTES + 1)) == 413
    assert await post(url, chunks()) == 413
    assert await post(url, json.dumps(UPDATE).encode().ljust(MAX_BYTES)) == 200
    assert intake.contents == [Text("canary")]
