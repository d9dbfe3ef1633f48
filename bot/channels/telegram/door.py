"""A Telegram update becomes an Incoming, or nothing. Names and usernames are never read."""

import re
from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from bot.service.messages import (
    TELEGRAM,
    Content,
    Edited,
    Incoming,
    InGroup,
    Membership,
    Other,
    OwnPhone,
    Press,
    Text,
)

#: What we ask Telegram for. Anything else that comes nevertheless is acknowledged and left alone.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

_BOTNAME = re.compile(r"^(/\w+)@\w+")
#: What the bot answers in a group, to itself or to no bot in particular.
_IN_GROUP = re.compile(r"/(?:queue|lead)(?:@(?P<bot>\w+))?(?:\s|$)", re.IGNORECASE)
_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_DIGITS = re.compile(r"\d+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

#: The few fields that are needed when the whole of a message cannot be parsed.
_ESSENTIAL = ("message_id", "date", "chat", "from", "text")
_ESSENTIAL_OF_A_PRESS = ("id", "from", "chat_instance", "data")


def parse(raw: Mapping[str, Any]) -> Update | None:
    """The update, or None when nothing can be made of it. Never raises."""
    if not isinstance(raw.get("update_id"), int):
        return None
    try:
        return Update.de_json(dict(raw))
    except Exception:  # PTB raises whatever a missing or foreign field leads to
        # A message may quote, forward or carry things newer than PTB; its text still wants an answer.
        try:
            return Update.de_json(_pruned(raw))
        except Exception:
            return None


def _pruned(raw: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"update_id": raw["update_id"]}
    for kind in ("message", "edited_message"):
        if isinstance(raw.get(kind), dict):
            kept[kind] = _essence(raw[kind])
    query = raw.get("callback_query")
    if isinstance(query, dict):
        kept["callback_query"] = {key: query[key] for key in _ESSENTIAL_OF_A_PRESS if key in query}
        if isinstance(query.get("message"), dict):
            kept["callback_query"]["message"] = _essence(query["message"])
    return kept


def _essence(message: Mapping[str, Any]) -> dict[str, Any]:
    return {key: message[key] for key in _ESSENTIAL if key in message}


def read(update: Update, botname: str = "") -> Incoming | InGroup | Membership | None:
    """What a person did in a private chat, or a coordinators' command in a group.

    None for all else in groups, channels, other bots and everything else. `botname` is ours.
    """
    if update.my_chat_member:
        return _membership(update, update.my_chat_member)
    if update.callback_query:
        return _pressed(update, update.callback_query)
    if update.message and update.message.chat.type in _GROUPS:
        return _asked(update, update.message, botname)
    if update.message:
        return _wrote(update, update.message, _content(update, update.message))
    if update.edited_message:
        return _wrote(update, update.edited_message, _edited(update.edited_message))
    return None


def chat_key(raw: Mapping[str, Any]) -> int | None:
    """The chat of a raw update, for keeping a chat's updates in order; None when it has none."""
    for part in raw.values():
        if not isinstance(part, dict):
            continue
        inner = part.get("message")
        holder = inner if isinstance(inner, dict) else part
        chat = holder.get("chat")
        if isinstance(chat, dict) and isinstance(chat.get("id"), int):
            return int(chat["id"])
    return None


def language_of(code: str | None) -> str:
    """zh for every Chinese, en for every other language the client speaks, "" when it does not say."""
    if not isinstance(code, str) or not code:
        return ""
    return "zh" if re.split("[-_]", code.lower())[0] == "zh" else "en"


def _membership(update: Update, change: ChatMemberUpdated) -> Membership | None:
    """In a private chat the bot is "kicked" when the person blocks it, and a "member" otherwise."""
    status = change.new_chat_member.status
    if change.chat.type != ChatType.PRIVATE or status not in (
        ChatMemberStatus.BANNED,
        ChatMemberStatus.MEMBER,
    ):
        return None
    blocked = status == ChatMemberStatus.BANNED
    return Membership(TELEGRAM.name, str(change.chat.id), str(update.update_id), blocked)


def _pressed(update: Update, query: CallbackQuery) -> Incoming | None:
    message = query.message  # may be one that Telegram no longer keeps: chat and id are there all the same
    if message is None or message.chat.type != ChatType.PRIVATE or not isinstance(query.data, str):
        return None
    return _incoming(update, message.chat.id, query.from_user, Press(query.data, str(message.message_id)))


def _wrote(update: Update, message: Message, content: Content | None) -> Incoming | None:
    sender = message.from_user
    if content is None or sender is None or sender.is_bot or message.chat.type != ChatType.PRIVATE:
        return None
    return _incoming(update, message.chat.id, sender, content)


def _asked(update: Update, message: Message, botname: str) -> InGroup | None:
    sender, text = message.from_user, message.text or ""
    found = _IN_GROUP.match(text)
    if sender is None or sender.is_bot or not found:
        return None
    if found["bot"] and found["bot"].lower() != botname.lower():
        return None
    return InGroup(TELEGRAM.name, str(message.chat.id), str(update.update_id), _clean(text))


def _incoming(update: Update, chat: int, sender: User, content: Content) -> Incoming:
    return Incoming(
        channel=TELEGRAM.name,
        address=str(chat),
        update=str(update.update_id),
        content=content,
        language=language_of(sender.language_code),
    )


def _content(update: Update, message: Message) -> Content | None:
    if isinstance(message.text, str):
        return Text(_clean(message.text), _quoted(message))
    contact, sender = message.contact, message.from_user
    # Telegram fills in whose account a number belongs to, so this is the sender's own and not somebody else's.
    if contact and sender and contact.user_id == sender.id and isinstance(contact.phone_number, str):
        return OwnPhone(_international(contact.phone_number))
    # Pinned a message, changed the chat's timer or background…: Telegram tells us, but nobody said anything.
    return None if filters.StatusUpdate.ALL.check_update(update) else Other(_clean(message.caption or ""))


def _quoted(message: Message) -> str:
    """What the message answers, if the bot wrote it: in a private chat no other bot can have."""
    answered = message.reply_to_message
    if answered is None or answered.from_user is None or not answered.from_user.is_bot:
        return ""
    return _clean(answered.text or "")


def _edited(message: Message) -> Content | None:
    # A live location "edits" its message every few seconds.
    if message.location:
        return None
    # An edited text must not quietly change an answer that was given with it.
    return Edited(_clean(message.text or message.caption or ""))


def _clean(text: str) -> str:
    """Without a command's @botname, and without what no database can keep."""
    text = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\0", ""))
    return _BOTNAME.sub(r"\1", text)


def _international(phone: str) -> str:
    """Telegram gives numbers with their country code, on some clients without the plus sign."""
    return f"+{phone}" if _DIGITS.fullmatch(phone) else phone
