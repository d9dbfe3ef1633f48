"""A Bot API double: an HTTP server that answers as Telegram's, and people who use the bot.

    async with BotApi() as api:
        face = TelegramFace(api.token, intake, api.url)
        ...
        anna = api.person(language_code="zh-hans")
        anna.send("/start")
        hello = await anna.reply()
        anna.press("English")

It runs in the event loop of the test, so a bot in the same process or in another one can talk to it, and everything
that a test waits for is a condition that is looked at whenever something happened: nothing sleeps.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "7000000001:TEST-token_of_the_double"
MAX_TEXT, MAX_DATA, MAX_UPDATES = 4096, 64, 100
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
#: How long a test waits for something before it fails.
PATIENCE = 10.0

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}

_JSON_PARAMETERS = (
    "reply_markup",
    "allowed_updates",
    "commands",
    "scope",
    "link_preview_options",
    "entities",
)
_TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "a",
    "tg-spoiler",
    "span",
    "blockquote",
}
_TOKENS = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<attributes>[^<>]*)>|(?P<text>[^<]+)|(?P<stray><)"
)
_COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")


class Refusal(Exception):
    """A Bot API error."""

    def __init__(
        self, status: int, description: str, retry_after: int | None = None, migrate_to: int | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to


def bad(description: str) -> Refusal:
    """400."""
    return Refusal(400, f"Bad Request: {description}")


def utf16(text: str) -> int:
    """Length as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class Call:
    """One request of the bot."""

    method: str
    params: dict[str, Any]
    status: int = 0
    #: When it came and when it was answered, by one clock.
    began: float = 0.0
    ended: float = 0.0

    @property
    def chat(self) -> int:
        """The chat it is about."""
        return int(self.params["chat_id"])


@dataclass(slots=True)
class Message:
    """A message in a chat as its person sees it now."""

    message_id: int
    from_bot: bool
    text: str
    #: The text with its markup, as the bot sent it.
    html: str = ""
    inline: list[list[dict[str, Any]]] = field(default_factory=list)
    keyboard: dict[str, Any] | None = None
    edited: bool = False
    #: Every inline keyboard it ever had: a client may still show an old one.
    had: list[list[list[dict[str, Any]]]] = field(default_factory=list)

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of its live inline buttons, row by row."""
        return [[button["text"] for button in row] for row in self.inline]

    @property
    def labels(self) -> list[str]:
        """The same in one list."""
        return [label for row in self.buttons for label in row]


@dataclass(slots=True)
class _Fault:
    method: str
    status: int
    description: str
    retry_after: int | None
    after: bool
    raw: str | None
    migrate_to: int | None
    skip: int


@dataclass(slots=True)
class _Webhook:
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""


class Gate:
    """Holds calls of one method until it is opened."""

    def __init__(self, api: BotApi, method: str, chat: int | None) -> None:
        self._api = api
        self._open = asyncio.Event()
        self.method, self.chat = method, chat
        #: Calls that wait here.
        self.waiting = 0

    def matches(self, call: Call) -> bool:
        """Whether the call has to wait here."""
        return call.method == self.method and (self.chat is None or call.chat == self.chat)

    async def pass_through(self) -> None:
        """Wait until the gate opens."""
        self.waiting += 1
        self._api.changed()
        await self._open.wait()
        self.waiting -= 1

    async def reached(self, calls: int = 1, seconds: float = PATIENCE) -> None:
        """Wait until so many calls wait here."""
        await self._api.until(lambda: self.waiting >= calls, seconds, f"{calls} calls of {self.method}")

    def open(self) -> None:
        """Let them through, and everything that comes."""
        self._open.set()
        if self in self._api.gates:
            self._api.gates.remove(self)


class BotApi:
    """The server. One bot, any number of people."""

    def __init__(self, token: str = TOKEN, username: str = "prescreen_test_bot") -> None:
        self.token = token
        self.username = username
        self.calls: list[Call] = []
        self.people: dict[int, Person] = {}
        self.gates: list[Gate] = []
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.answered: list[str] = []
        self.webhook = _Webhook()
        #: Seconds between two attempts at a webhook that did not answer with 200.
        self.retry_seconds = 0.02
        #: Updates that were posted to the webhook, with the status that came back (0: no answer).
        self.posted: list[tuple[int, int]] = []
        #: Message ids are counted per bot, over all its private chats.
        self.message_ids = itertools.count(1)
        self._user_ids = itertools.count(5001)
        self._update_ids = itertools.count(880001)
        self._queries = itertools.count(1)
        self._open_queries: set[str] = set()
        self._queue: list[dict[str, Any]] = []
        self._allowed: set[str] | None = None
        self._faults: list[_Fault] = []
        self._running = 0
        self._last = 0.0
        self._poll: object = None
        self._closing = False
        self._waiters: set[asyncio.Future[None]] = set()
        self._deliveries: dict[int | None, asyncio.Task[None]] = {}
        self._port = 0
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self._client: httpx.AsyncClient | None = None

    # life

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(trust_env=False, timeout=PATIENCE)
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._deliveries.values():
            task.cancel()
        await asyncio.gather(*self._deliveries.values(), return_exceptions=True)
        await self.stop()
        assert self._client
        await self._client.aclose()

    async def start(self) -> None:
        """Listen; after `stop`, on the same port again."""
        listener = _listener(self._port)
        self._port = listener.getsockname()[1]
        self._closing = False
        self._server = _Server(
            uvicorn.Config(
                Starlette(routes=[Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])]),
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))

    async def stop(self) -> None:
        """Be out of reach."""
        self._closing = True
        for gate in list(self.gates):
            gate.open()
        self.changed()
        if self._server and self._task:
            self._server.end()
            await self._task
        self._server = self._task = None

    @property
    def url(self) -> str:
        """The base URL, without /bot."""
        return f"http://127.0.0.1:{self._port}"

    # waiting

    def changed(self) -> None:
        """Something happened: whoever waits looks again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(
        self, condition: Callable[[], object], seconds: float = PATIENCE, what: str = "it"
    ) -> None:
        """Wait until the condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {seconds:g} s for {what}; calls so far: {self._story()}")
            await self._next_change(left)

    async def idle(self, quiet: float = 0.05, seconds: float = PATIENCE) -> None:
        """Wait until every update is taken, no call is being answered and none came for `quiet` seconds."""
        end = time.monotonic() + seconds
        while True:
            await self.until(
                lambda: not self._queue and not self._running, end - time.monotonic(), "idleness"
            )
            rest = self._last + quiet - time.monotonic()
            if rest <= 0:
                return
            await self._next_change(rest)

    async def _next_change(self, seconds: float) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiter, seconds)
        finally:
            self._waiters.discard(waiter)

    def _story(self) -> str:
        return ", ".join(f"{call.method} {call.status or '…'}" for call in self.calls[-12:]) or "none"

    # faults

    def fail_next(
        self,
        method: str,
        status: int = 500,
        description: str = "Internal Server Error",
        *,
        retry_after: int | None = None,
        after: bool = False,
        raw: str | None = None,
        migrate_to: int | None = None,
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """The next calls of this method fail, after `skip` that do not.

        `after`: it is carried out first, and only the answer says otherwise.
        `raw`: the body, instead of Telegram's JSON, as a proxy in between would send it.
        """
        for number in range(times):
            wait = 0 if number else skip
            fault = _Fault(method, status, description, retry_after, after, raw, migrate_to, wait)
            self._faults.append(fault)

    def hold(self, method: str, chat: int | None = None) -> Gate:
        """Calls of this method (in this chat) wait until the gate is opened."""
        gate = Gate(self, method, chat)
        self.gates.append(gate)
        return gate

    # people and updates

    def person(
        self, user_id: int = 0, language_code: str = "zh-hans", phone: str = "8613800138000"
    ) -> Person:
        """Somebody with a Telegram account."""
        user_id = user_id or next(self._user_ids)
        person = Person(self, user_id, language_code, phone)
        self.people[user_id] = person
        return person

    def group(self, chat_id: int) -> Group:
        """A group that the bot was added to."""
        group = Group(self, chat_id, "", "")
        self.people[chat_id] = group
        return group

    def push(self, update: Mapping[str, Any]) -> int:
        """Queue an update, as if it had just happened. Returns its id."""
        kinds = set(update) - {"update_id"}
        number = int(update["update_id"]) if "update_id" in update else next(self._update_ids)
        wanted = not (kinds & NOT_BY_DEFAULT) if self._allowed is None else bool(kinds & self._allowed)
        if wanted:
            self._queue.append({"update_id": number, **update})
            self._last = time.monotonic()
            self._dispatch()
            self.changed()
        return number

    @property
    def pending(self) -> list[int]:
        """The ids of updates that the bot has not acknowledged."""
        return [update["update_id"] for update in self._queue]

    def of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def open_query(self) -> str:
        """The id of a new callback query."""
        query = f"query{next(self._queries)}"
        self._open_queries.add(query)
        return query

    # the webhook

    def _dispatch(self) -> None:
        """Give every chat with waiting updates its own delivery."""
        if not self.webhook.url:
            return
        for chat in {_chat_of(update) for update in self._queue}:
            if chat not in self._deliveries:
                self._deliveries[chat] = asyncio.create_task(self._deliver(chat))

    async def _deliver(self, chat: int | None) -> None:
        """Post the updates of one chat in order, each until it is taken."""
        assert self._client
        try:
            while self.webhook.url and (update := self._first_of(chat)):
                headers = {SECRET_HEADER: self.webhook.secret} if self.webhook.secret else {}
                try:
                    status = (
                        await self._client.post(self.webhook.url, json=update, headers=headers)
                    ).status_code
                except httpx.HTTPError:
                    status = 0
                self.posted.append((update["update_id"], status))
                if status == 200:
                    self._queue.remove(update)
                else:
                    self.webhook.last_error = f"Wrong response from the webhook: {status}"
                self._last = time.monotonic()
                self.changed()
                if status != 200:
                    await asyncio.sleep(self.retry_seconds)
        finally:
            del self._deliveries[chat]

    def _first_of(self, chat: int | None) -> dict[str, Any] | None:
        return next((update for update in self._queue if _chat_of(update) == chat), None)

    # the server

    async def _serve(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return _refused(Refusal(401, "Unauthorized"))
        try:
            call = Call(request.path_params["method"], await _parameters(request), began=time.monotonic())
        except Refusal as refusal:
            return _refused(refusal)
        except ClientDisconnect:  # the bot was killed while it was asking
            return Response(status_code=400)
        self.calls.append(call)
        polls = call.method == "getUpdates"
        self._running += not polls
        self.changed()
        try:
            response = await self._answer(call)
        except Refusal as refusal:
            response = _refused(refusal)
        finally:
            self._running -= not polls
        call.status = response.status_code
        call.ended = time.monotonic()
        if not polls:
            self._last = call.ended
        self.changed()
        return response

    async def _answer(self, call: Call) -> Response:
        for gate in [gate for gate in self.gates if gate.matches(call)]:
            await gate.pass_through()
        method = getattr(self, f"_do_{call.method}", None)
        if method is None:
            raise Refusal(404, "Not Found")
        fault = next((fault for fault in self._faults if fault.method == call.method), None)
        if fault and fault.skip:
            fault.skip -= 1
        elif fault:
            self._faults.remove(fault)
            if fault.after:
                await method(call.params)
            if fault.raw is not None:
                return Response(fault.raw, fault.status)
            raise Refusal(fault.status, fault.description, fault.retry_after, fault.migrate_to)
        return JSONResponse({"ok": True, "result": await method(call.params)})

    async def _do_getMe(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._me()

    def _me(self) -> dict[str, Any]:
        number = int(self.token.split(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Prescreening", "username": self.username}

    async def _do_setWebhook(self, params: dict[str, Any]) -> bool:
        url = params.get("url", "")
        if url and not url.startswith(("https://", "http://127.0.0.1:")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.get("secret_token", "")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad("secret token contains unallowed characters")
        self._allow(params)
        self._drop(params)
        self.webhook = _Webhook(url, secret, int(params.get("max_connections", 40)))
        self._dispatch()
        return True

    async def _do_deleteWebhook(self, params: dict[str, Any]) -> bool:
        self._drop(params)
        self.webhook = _Webhook()
        return True

    async def _do_getWebhookInfo(self, params: dict[str, Any]) -> dict[str, Any]:
        return {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
            "max_connections": self.webhook.max_connections,
            **({"allowed_updates": sorted(self._allowed)} if self._allowed else {}),
            **({"last_error_message": self.webhook.last_error} if self.webhook.last_error else {}),
        }

    def _allow(self, params: dict[str, Any]) -> None:
        if "allowed_updates" in params:
            self._allowed = set(params["allowed_updates"]) or None

    def _drop(self, params: dict[str, Any]) -> None:
        if params.get("drop_pending_updates") in (True, "true", "True"):
            self._queue.clear()

    async def _do_getUpdates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook.url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        mine = self._poll = object()  # ends the request that another one may have open
        self.changed()
        self._allow(params)
        offset = int(params.get("offset", 0))
        if offset < 0:
            offset = self._queue[offset]["update_id"] if len(self._queue) >= -offset else 0
        self._queue = [update for update in self._queue if update["update_id"] >= offset]
        self._last = time.monotonic()
        self.changed()
        with contextlib.suppress(TimeoutError):
            await self.until(
                lambda: self._queue or self._poll is not mine or self._closing or self.webhook.url,
                float(params.get("timeout", 0)),
            )
        if self._poll is not mine:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        return self._queue[: min(int(params.get("limit", MAX_UPDATES)), MAX_UPDATES)]

    async def _do_sendMessage(self, params: dict[str, Any]) -> dict[str, Any]:
        person = self._person(params)
        plain, html = _text_of(params)
        markup = params.get("reply_markup")
        message = Message(next(self.message_ids), True, plain, html, inline=_inline_of(markup))
        if markup and "keyboard" in markup:
            message.keyboard = person.keyboard = _checked_keyboard(markup)
        elif markup and markup.get("remove_keyboard"):
            person.keyboard = None
        message.had.append(message.inline)
        person.messages.append(message)
        person.sent.append(message)
        return person.as_json(message)

    async def _do_editMessageText(self, params: dict[str, Any]) -> dict[str, Any]:
        person, message = self._editable(params)
        plain, html = _text_of(params)
        inline = _inline_of(params.get("reply_markup"), inline_only=True)
        if (html, inline) == (message.html, message.inline):
            raise _not_modified()
        message.text, message.html, message.edited = plain, html, True
        _redraw(message, inline)
        return person.as_json(message)

    async def _do_editMessageReplyMarkup(self, params: dict[str, Any]) -> dict[str, Any]:
        person, message = self._editable(params)
        inline = _inline_of(params.get("reply_markup"), inline_only=True)
        if inline == message.inline:
            raise _not_modified()
        _redraw(message, inline)
        return person.as_json(message)

    async def _do_deleteMessage(self, params: dict[str, Any]) -> bool:
        person = self._person(params)
        message = person.find(int(params["message_id"]))
        if message is None:
            raise bad("message to delete not found")
        person.messages.remove(message)
        return True

    async def _do_answerCallbackQuery(self, params: dict[str, Any]) -> bool:
        query = params["callback_query_id"]
        if query not in self._open_queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.answered.append(query)
        return True

    async def _do_setMyCommands(self, params: dict[str, Any]) -> bool:
        commands = params["commands"]
        for command in commands:
            if not _COMMAND.match(command["command"]):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[_scope(params), params.get("language_code", "")] = commands
        return True

    async def _do_getMyCommands(self, params: dict[str, Any]) -> list[dict[str, str]]:
        return self.commands.get((_scope(params), params.get("language_code", "")), [])

    async def _do_setMyDescription(self, params: dict[str, Any]) -> bool:
        return self._describe("description", params, 512)

    async def _do_getMyDescription(self, params: dict[str, Any]) -> dict[str, str]:
        return self._described("description", params)

    async def _do_setMyShortDescription(self, params: dict[str, Any]) -> bool:
        return self._describe("short_description", params, 120)

    async def _do_getMyShortDescription(self, params: dict[str, Any]) -> dict[str, str]:
        return self._described("short_description", params)

    def _describe(self, kind: str, params: dict[str, Any], longest: int) -> bool:
        text = params.get(kind, "")
        if utf16(text) > longest:
            raise bad("BOT_DESCRIPTION_TOO_LONG")
        self.descriptions[kind, params.get("language_code", "")] = text
        return True

    def _described(self, kind: str, params: dict[str, Any]) -> dict[str, str]:
        """A language without a description of its own has the default one."""
        own = self.descriptions.get((kind, params.get("language_code", "")))
        return {kind: self.descriptions.get((kind, ""), "") if own is None else own}

    def _person(self, params: dict[str, Any]) -> Person:
        person = self.people.get(int(params["chat_id"]))
        if person is None:
            raise bad("chat not found")
        if person.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return person

    def _editable(self, params: dict[str, Any]) -> tuple[Person, Message]:
        person = self._person(params)
        message = person.find(int(params["message_id"]))
        if message is None:
            raise bad("message to edit not found")
        if not message.from_bot or message.keyboard:
            raise bad("message can't be edited")
        return person, message


class Person:
    """Somebody who chats with the bot. What they do becomes updates; what they see is in `messages`."""

    def __init__(self, api: BotApi, user_id: int, language_code: str, phone: str) -> None:
        self.api = api
        self.user_id = user_id
        self.language_code = language_code
        self.phone = phone
        self.blocked = False
        #: The chat as it looks now, oldest first.
        self.messages: list[Message] = []
        #: Everything the bot sent, deleted or not.
        self.sent: list[Message] = []
        #: The reply keyboard under the input field.
        self.keyboard: dict[str, Any] | None = None
        self._read = 0

    # what they do

    def send(self, text: str) -> int:
        """Type something. Returns the message's id."""
        entities = []
        if command := re.match(r"/\w+(@\w+)?", text):
            entities = [{"type": "bot_command", "offset": 0, "length": command.end()}]
        return self._message(text, {"text": text, **({"entities": entities} if entities else {})})

    def answer(self, message: Message, text: str) -> int:
        """Type something in answer to a message of the chat."""
        quoted = {"reply_to_message": self.as_json(message)}
        return self._message(text, {"text": text, **quoted})

    def edit(self, message_id: int, text: str) -> None:
        """Edit an own message."""
        message = self.find(message_id)
        assert message is not None, "the message is gone"
        assert not message.from_bot, "people edit their own messages"
        message.text, message.edited = text, True
        self.api.push({"edited_message": {**self._head(message_id), "edit_date": _now(), "text": text}})

    def press(self, label: str) -> str:
        """Press a button, inline ones first, in the newest message that has it. Returns the query's id."""
        for message in reversed(self.messages):
            for button in _buttons(message.inline):
                if button["text"] == label:
                    return self._query(message, button)
        for key in _buttons((self.keyboard or {}).get("keyboard", [])):
            if key["text"] == label:
                if key.get("request_contact"):
                    self.share_contact()
                else:
                    self.send(label)
                return ""
        raise AssertionError(f"no button {label!r}; there are {self.labels}")

    def press_old(self, message_id: int, label: str) -> str:
        """Press a button that a message once had: an old client, or a finger faster than the edit."""
        message = self.find(message_id)
        assert message is not None, "the message is gone"
        for keyboard in reversed(message.had):
            for button in _buttons(keyboard):
                if button["text"] == label:
                    return self._query(message, button)
        raise AssertionError(f"message {message_id} never had a button {label!r}")

    def press_data(self, data: str, message_id: int = 0) -> str:
        """Press a button with this data under a message, or under one that Telegram no longer keeps."""
        button = {"text": "?", "callback_data": data}
        message = self.find(message_id)
        return self._query(message or Message(message_id or 1, True, ""), button, gone=message is None)

    def share_contact(self, phone: str = "", own: bool = True) -> int:
        """Share the own number, or somebody else's from the address book."""
        contact: dict[str, Any] = {"phone_number": phone or self.phone, "first_name": "N."}
        if own:
            contact["user_id"] = self.user_id
        return self._message("", {"contact": contact})

    def send_photo(self, caption: str = "") -> int:
        """Send a picture."""
        photo = [{"file_id": "f", "file_unique_id": "u", "width": 90, "height": 90, "file_size": 1000}]
        return self.send_other("photo", photo, **({"caption": caption} if caption else {}))

    def send_voice(self) -> int:
        """Send a voice message."""
        return self.send_other("voice", {"file_id": "f", "file_unique_id": "u", "duration": 2})

    def send_location(self) -> int:
        """Send a place."""
        return self.send_other("location", {"latitude": 31.2, "longitude": 121.4})

    def send_other(self, kind: str, content: Any, **more: Any) -> int:
        """Send any other kind of message."""
        return self._message("", {kind: content, **more})

    def delete(self, message_id: int) -> None:
        """Delete a message on both sides, or clear the chat of it."""
        message = self.find(message_id)
        assert message is not None, "the message is gone"
        self.messages.remove(message)

    def block(self) -> None:
        """Block the bot."""
        self._membership("member", "kicked")
        self.blocked = True

    def unblock(self) -> None:
        """Allow it again."""
        self.blocked = False
        self._membership("kicked", "member")

    # what they see

    @property
    def labels(self) -> list[str]:
        """Every live button's label: inline ones from the oldest message on, then the reply keyboard's."""
        keys = [key["text"] for key in _buttons((self.keyboard or {}).get("keyboard", []))]
        return [label for message in self.messages for label in message.labels] + keys

    @property
    def seen(self) -> list[Message]:
        """The bot's messages in the chat as it looks now."""
        return [message for message in self.messages if message.from_bot]

    def find(self, message_id: int) -> Message | None:
        """A message of the chat."""
        return next((message for message in self.messages if message.message_id == message_id), None)

    async def reply(self, seconds: float = PATIENCE) -> Message:
        """The bot's next message that was not read yet."""
        await self.api.until(lambda: len(self.sent) > self._read, seconds, "a reply")
        self._read += 1
        return self.sent[self._read - 1]

    async def replies(self, count: int, seconds: float = PATIENCE) -> list[Message]:
        """The next so many."""
        return [await self.reply(seconds) for _ in range(count)]

    async def sees(self, words: str, seconds: float = PATIENCE) -> Message:
        """The newest message of the bot with these words, as soon as there is one; all before it count as read."""
        found: list[Message] = []

        def look() -> bool:
            found[:] = [message for message in self.seen if words in message.text]
            return bool(found)

        await self.api.until(look, seconds, f"{words!r}")
        self._read = max(self._read, self.sent.index(found[-1]) + 1)
        return found[-1]

    async def offered(self, label: str, seconds: float = PATIENCE) -> None:
        """Wait until there is such a button."""
        await self.api.until(lambda: label in self.labels, seconds, f"the button {label!r}")

    async def settled(self, message: Message, seconds: float = PATIENCE) -> Message:
        """Wait until the message has no live buttons."""
        await self.api.until(lambda: not message.inline, seconds, "the buttons to go")
        return message

    # shapes

    def as_json(self, message: Message) -> dict[str, Any]:
        """A message as the Bot API shows it."""
        sender = self.api._me() if message.from_bot else self._user()
        shown = {**self._head(message.message_id), "from": sender, "text": message.text}
        if message.inline:
            shown["reply_markup"] = {"inline_keyboard": message.inline}
        return shown

    def _user(self) -> dict[str, Any]:
        user: dict[str, Any] = {"id": self.user_id, "is_bot": False, "first_name": "N."}
        return {**user, "language_code": self.language_code} if self.language_code else user

    def _head(self, message_id: int) -> dict[str, Any]:
        chat = {"id": self.user_id, "type": "private", "first_name": "N."}
        return {"message_id": message_id, "from": self._user(), "chat": chat, "date": _now()}

    def _message(self, text: str, content: dict[str, Any]) -> int:
        number = next(self.api.message_ids)
        self.messages.append(Message(number, False, text))
        self.api.push({"message": {**self._head(number), **content}})
        return number

    def _query(self, message: Message, button: dict[str, Any], gone: bool = False) -> str:
        query = self.api.open_query()
        shown = self.as_json(message)
        if gone:
            shown = {"message_id": message.message_id, "chat": shown["chat"], "date": 0}
        self.api.push(
            {
                "callback_query": {
                    "id": query,
                    "from": self._user(),
                    "message": shown,
                    "chat_instance": str(self.user_id),
                    "data": button["callback_data"],
                }
            }
        )
        return query

    def _membership(self, old: str, new: str) -> None:
        def member(status: str) -> dict[str, Any]:
            return {
                "user": self.api._me(),
                "status": status,
                **({"until_date": 0} if status == "kicked" else {}),
            }

        head = self._head(0)
        self.api.push(
            {
                "my_chat_member": {
                    "chat": head["chat"],
                    "from": head["from"],
                    "date": head["date"],
                    "old_chat_member": member(old),
                    "new_chat_member": member(new),
                }
            }
        )


class Group(Person):
    """A group with the bot in it; what is sent there is sent by a member."""

    def _head(self, message_id: int) -> dict[str, Any]:
        member = {"id": 4001, "is_bot": False, "first_name": "N."}
        chat = {"id": self.user_id, "type": "supergroup", "title": "Coordinators"}
        return {"message_id": message_id, "from": member, "chat": chat, "date": _now()}


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs the tests, and ends as soon as it is told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._end = asyncio.Event()

    async def main_loop(self) -> None:
        await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=1)

    def end(self) -> None:
        self.should_exit = True
        self._end.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """An HTTP server with this application, on a free port; gives its base URL."""
    listener = _listener()
    server = _Server(
        uvicorn.Config(app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.end()
        await task


def _listener(port: int = 0) -> socket.socket:
    # With the protocol named, asyncio turns off Nagle's algorithm, which costs 40 ms a request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def _now() -> int:
    return int(time.time())


def _buttons(rows: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [button for row in rows for button in row]


def _chat_of(update: Mapping[str, Any]) -> int | None:
    for part in update.values():
        if isinstance(part, dict):
            holder = part.get("message", part)
            if "chat" in holder:
                return int(holder["chat"]["id"])
    return None


def _redraw(message: Message, inline: list[list[dict[str, Any]]]) -> None:
    message.inline = inline
    message.had.append(inline)


def _not_modified() -> Refusal:
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )


def _refused(refusal: Refusal) -> JSONResponse:
    answer: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    told = {"retry_after": refusal.retry_after, "migrate_to_chat_id": refusal.migrate_to}
    if parameters := {name: value for name, value in told.items() if value is not None}:
        answer["parameters"] = parameters
    return JSONResponse(answer, refusal.status)


async def _parameters(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(await request.json())
    params: dict[str, Any] = dict(request.query_params)
    async with request.form() as form:
        params.update(form)
    for name in _JSON_PARAMETERS:
        if name in params:
            try:
                params[name] = json.loads(params[name])
            except ValueError:
                raise bad(f"can't parse {name} JSON object") from None
    return params


def _scope(params: dict[str, Any]) -> str:
    return str((params.get("scope") or {"type": "default"})["type"])


def _text_of(params: dict[str, Any]) -> tuple[str, str]:
    """The text without and with its markup, after Telegram's checks."""
    text, mode = params.get("text", ""), params.get("parse_mode")
    if mode not in (None, "HTML"):
        raise bad("unsupported parse_mode")
    plain = (plain_text(text) if mode else text).strip()
    if not plain:
        raise bad("message text is empty")
    if utf16(plain) > MAX_TEXT:
        raise bad("message is too long")
    return plain, text


def plain_text(html: str) -> str:
    """The text of Telegram's HTML. Raises Refusal where Telegram cannot parse it."""
    open_tags: list[str] = []
    plain = ""
    for token in _TOKENS.finditer(html):
        offset = len(html[: token.start()].encode())
        tag = (token["tag"] or "").lower()
        if token["text"] is not None:
            plain += unescape(token["text"])
        elif token["stray"] or tag not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {offset}')
        elif not token["end"]:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            raise bad(f"can't parse entities: Unmatched end tag at byte offset {offset}")
    if open_tags:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1]}\"")
    return plain


def _inline_of(markup: dict[str, Any] | None, inline_only: bool = False) -> list[list[dict[str, Any]]]:
    if not markup or "inline_keyboard" not in markup:
        if markup and inline_only:
            raise bad("inline keyboard expected")
        return []
    rows: list[list[dict[str, Any]]] = [row for row in markup["inline_keyboard"] if row]
    for button in _buttons(rows):
        if not button.get("text"):
            raise bad(
                "can't parse inline keyboard button: Text of an inline keyboard button must be non-empty"
            )
        if "url" in button:
            if not re.match(r"https?://[^/:]+\.[^/]+", button["url"]):
                raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        elif not 1 <= len(button.get("callback_data", "").encode()) <= MAX_DATA:
            raise bad("BUTTON_DATA_INVALID")
    return rows


def _checked_keyboard(markup: dict[str, Any]) -> dict[str, Any]:
    for key in _buttons(markup["keyboard"]):
        if not key.get("text"):
            raise bad("can't parse keyboard button: Text of a keyboard button must be non-empty")
    return markup
