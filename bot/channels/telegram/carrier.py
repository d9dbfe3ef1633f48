"""Telegram's way out: one operation on a chat becomes the Bot API calls that carry it out."""

import logging
from collections.abc import Sequence

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram.layout import pieces
from bot.channels.telegram.patience import reason, seconds
from bot.service.delivery import Unreachable
from bot.service.messages import Button, Outgoing

log = logging.getLogger(__name__)

#: Telegram's words for a chat that no retry will reach. Any other refusal may pass.
GONE = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked from",
    "bot is not a member of",
    "bot can't initiate conversation with a user",
    "the group chat was deleted",
    "chat not found",
)
#: What an edit may meet and has nothing left to do: it was done before, or the message is no more.
ALREADY_SO = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "query is too old",
)
#: Seconds until a request that Telegram calls bad is tried again: a mistake of ours, which an update mends.
WAIT_WHEN_REFUSED = 60.0

#: Marks the id of a message that was sent with a reply keyboard.
_KEYBOARD = "k"
#: What is said when a reply keyboard has to go and there is nothing else to say.
_DONE = "✓"

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None


class TelegramCarrier:
    """Delivers to Telegram chats.

    A ref names the messages that were sent for one `send`: "12", "12,13" for a text too long for one message, and
    "k14" for one with a reply keyboard. Only a reply keyboard can ask for the person's own phone number; it excludes
    buttons on the message, and Telegram lets a bot neither edit such a message nor take its keyboard back except with
    a new message. So settling one sends what was chosen as a new message that removes the keyboard, and deletes the
    prompt: the chat then reads as after any other prompt. The other buttons of such a message are keys whose labels
    come back as typed text.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        #: Messages that went out before a later piece of the same text failed: the retry must not repeat them.
        self._halfway: dict[tuple[str, Outgoing], list[str]] = {}

    async def deliver(self, address: str, outgoing: Outgoing, ref: str) -> str:
        """Carry out one operation; see Carrier."""
        try:
            return await self._deliver(address, outgoing, outgoing.ref or ref)
        except ChatMigrated as error:  # a coordinators' group became a supergroup
            self._halfway.pop((address, outgoing), None)
            return await self.deliver(str(error.new_chat_id), outgoing, ref)
        except TelegramError as error:
            failure = unreachable(error)
            if failure.permanent or not self._halfway.get((address, outgoing)):
                self._halfway.pop((address, outgoing), None)
            raise failure from None  # the error may quote the message

    async def _deliver(self, address: str, outgoing: Outgoing, ref: str) -> str:
        match outgoing.op:
            case "send":
                return await self._send(address, outgoing, _markup(outgoing.rows))
            case "settle" if _KEYBOARD in ref:
                await self._send(address, outgoing, ReplyKeyboardRemove())
                await self._delete(address, _ids(ref))
            case "settle" if ref:
                await self._settle(int(address), outgoing, _ids(ref))
            case "redraw" | "strip" if ref and _KEYBOARD not in ref:
                markup = _inline(outgoing.rows) if outgoing.op == "redraw" else None
                await self._edit_markup(int(address), _ids(ref)[-1], markup)
            case _:
                pass  # the message was never sent, or its keyboard cannot be changed
        return ""

    async def _send(self, address: str, outgoing: Outgoing, markup: Markup) -> str:
        texts = pieces(outgoing.lines) or [_DONE]
        sent = self._halfway.setdefault((address, outgoing), [])
        for number in range(len(sent), len(texts)):
            message = await self._bot.send_message(
                int(address),
                texts[number],
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=markup if number == len(texts) - 1 else None,
            )
            sent.append(str(message.message_id))
        del self._halfway[address, outgoing]
        if isinstance(markup, ReplyKeyboardMarkup):
            sent[-1] = f"{_KEYBOARD}{sent[-1]}"
        return ",".join(sent)

    async def _settle(self, chat: int, outgoing: Outgoing, messages: Sequence[int]) -> None:
        texts = pieces(outgoing.lines)
        if len(texts) != 1 or len(messages) != 1:
            await self._edit_markup(chat, messages[-1], None)
            return
        try:
            await self._bot.edit_message_text(
                texts[0], chat, messages[0], parse_mode=ParseMode.HTML, link_preview_options=_NO_PREVIEW
            )
        except BadRequest as error:
            _pass_over(error)

    async def _edit_markup(self, chat: int, message: int, markup: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.edit_message_reply_markup(chat, message, reply_markup=markup)
        except BadRequest as error:
            _pass_over(error)

    async def _delete(self, address: str, messages: Sequence[int]) -> None:
        for message in messages:
            try:
                await self._bot.delete_message(int(address), message)
            except TelegramError as error:  # older than two days, or gone: the chat is only a little longer
                log.info("a settled prompt stays in its chat: %s", reason(error))


def unreachable(error: TelegramError) -> Unreachable:
    """What a failed call means for the delivery. `reason` holds nothing of the message."""
    words = reason(error)
    match error:
        case RetryAfter():
            return Unreachable("flood control", wait=seconds(error))
        case Forbidden() | BadRequest() if _says(error, GONE):
            return Unreachable(words, permanent=True)
        case Forbidden() | BadRequest():
            return Unreachable(words, wait=WAIT_WHEN_REFUSED, refused=True)
        case _:
            return Unreachable(words)


def _says(error: TelegramError, phrases: Sequence[str]) -> bool:
    said = error.message.lower()
    return any(phrase in said for phrase in phrases)


def _pass_over(error: BadRequest) -> None:
    if not _says(error, ALREADY_SO):
        raise error


def _ids(ref: str) -> list[int]:
    return [int(part.removeprefix(_KEYBOARD)) for part in ref.split(",")]


def _markup(rows: Sequence[Sequence[Button]]) -> Markup:
    if any(button.share for row in rows for button in row):
        keys = [
            [KeyboardButton(button.label, request_contact=button.share) for button in row] for row in rows
        ]
        return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
    return _inline(rows)


def _inline(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows])


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.data)
