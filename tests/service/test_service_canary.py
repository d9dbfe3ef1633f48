"""What a person says stands nowhere in plain text: not in a log, not on the screen, not in the database."""

import json
import logging
from pathlib import Path

import pytest
import structlog

from bot.commands.shell import quiet_logs
from bot.service.messages import Edited, Other, OwnPhone
from tests.service.stage import Person, Stage

NAME = "金丝雀女士"
PHONE = "13811118888"
TYPED = "canary words 金丝雀 35"
SECRETS = (NAME, "金丝雀", PHONE, "+8613811118888", "canary", "person-canary")


@pytest.fixture(autouse=True)
def logs_as_served() -> None:
    """Logs are set up as `prescreen serve` sets them up, and noisier."""
    quiet_logs(logging.DEBUG)
    yield
    structlog.reset_defaults()


async def whole_journey(stage: Stage) -> Person:
    """Everything a person can write, wherever they can write it."""
    person = Person(stage, "person-canary")
    for text in ("/start", TYPED, TYPED):
        await person.say(text)
    await person.tap("zh")
    await person.say(TYPED)
    await person.tap("self", "yes")
    await person.say(f"我想死 {TYPED}")
    await person.tap("go_on", "agree")
    for text in (TYPED, "canary 1990", "35"):
        await person.say(text)
    await person.take(Other(f"caption {TYPED}"))
    await person.take(Edited(TYPED))
    await person.tap("none", "unsure", ".done", "keep", "no", "unsure")
    for command in ("/help", "/mydata", "/status", "/privacy", "/human", "/unwell"):
        await person.say(command)
    await person.tap("go_on", "edit", "age")
    await person.say("60")
    await person.tap("finish", "yes")
    await person.say(NAME)
    await person.tap("phone")
    await person.say(f"my number is {PHONE}")
    await person.take(OwnPhone("+8613811118888"))
    await person.tap("evening")
    await person.say(TYPED)
    await person.tap("pass_on")
    await person.say("/mydata")
    return person


def stored(stage: Stage) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(stage.folder.rglob("*")) if file.is_file())


def found(where: bytes) -> list[str]:
    return [
        secret
        for secret in SECRETS
        for form in (secret.encode(), secret.encode("utf-16-le"), json.dumps(secret)[1:-1].encode())
        if form in where
    ]


async def test_nothing_a_person_says_is_written_down_in_plain_text(
    stage: Stage, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    person = await whole_journey(stage)
    assert NAME in person.heard[-1]  # the person sees what is kept
    assert "+86 138 1111 8888" in person.heard[-1]
    (row,) = [row for row in stage.app.desk.queue_now("zh") if row.kind == "lead"]
    assert (row.verdict, row.reach) == ("needs_review", "phone")
    view = stage.app.desk.lead_now(row.code, "en")
    assert view is not None
    assert (view.identity.name, view.identity.phone) == (NAME, "+8613811118888")

    printed = capfd.readouterr()
    assert found((printed.out + printed.err + caplog.text).encode()) == []
    assert found(stored(stage)) == []
    assert b"person-canary" not in stored(stage)


async def test_a_failure_is_logged_without_what_was_said(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    person = Person(stage, "person-canary")

    def breaks(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("bot.service.intake.read", breaks)
    with pytest.raises(RuntimeError):
        await person.say(TYPED)
    assert found(caplog.text.encode()) == []
    assert found(stored(stage)) == []


async def test_deleting_leaves_not_even_a_ciphertext_that_opens(stage: Stage) -> None:
    person = await whole_journey(stage)
    await person.say("/delete")
    words = await person.tap("delete_all")
    assert "删除" in words
    left = set(stage.counts())
    assert not left & {"chats", "runs", "answers", "consents", "leads", "identities", "requests", "timers"}
    assert found(stored(stage)) == []


async def test_the_scan_would_find_a_secret(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "leak.txt").write_text(f"said {NAME}", encoding="utf-8")
    assert NAME in found(stored(stage))
