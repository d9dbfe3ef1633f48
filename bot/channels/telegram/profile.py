"""What Telegram shows of the bot before anybody writes: its commands and descriptions, per language."""

import logging
from collections.abc import Mapping

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.channels.telegram.patience import reason
from bot.core.inputs import COMMANDS
from bot.i18n import Translator
from bot.service.wording import COMMAND_WORDS, DESCRIPTION, SHORT_DESCRIPTION

log = logging.getLogger(__name__)

#: The language of clients that speak none of ours.
FALLBACK = "en"


async def register_profile(bot: Bot, translators: Mapping[str, Translator]) -> None:
    """Bring Telegram's copy up to date, writing only what differs: it allows few such changes a day.

    A failure is logged and left for the next start: the bot works without.
    """
    for code, language in [("", FALLBACK), *((code, code) for code in translators)]:
        tr = translators[language]
        try:
            await _commands(bot, code, tr)
            await _descriptions(bot, code, tr)
        except TelegramError as error:
            log.warning(
                "the bot's profile (%s) was not brought up to date: %s", code or "default", reason(error)
            )


async def _commands(bot: Bot, code: str, tr: Translator) -> None:
    # Participants write in private chats; a coordinators' group has no use for these.
    scope = BotCommandScopeAllPrivateChats()
    wanted = tuple(BotCommand(command, tr(COMMAND_WORDS[command])) for command in COMMANDS)
    if await bot.get_my_commands(scope, code) != wanted:
        await bot.set_my_commands(wanted, scope, code)


async def _descriptions(bot: Bot, code: str, tr: Translator) -> None:
    if (await bot.get_my_description(code)).description != tr(DESCRIPTION):
        await bot.set_my_description(tr(DESCRIPTION), code)
    if (await bot.get_my_short_description(code)).short_description != tr(SHORT_DESCRIPTION):
        await bot.set_my_short_description(tr(SHORT_DESCRIPTION), code)
