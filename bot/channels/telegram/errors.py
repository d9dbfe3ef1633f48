"""Why Telegram does not work with this set-up, each with the sentence for the person who runs the bot."""

from typing import ClassVar

from bot.i18n import N_


class TelegramRefused(Exception):
    """Trying again would not help. `sentence` is a message of the catalogue and says what to do."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class BadToken(TelegramRefused):
    """The token is malformed, revoked, or unknown to this Bot API server."""

    sentence = N_(
        "Telegram does not accept the bot token. Copy it again from @BotFather (/mybots, API Token) into "
        "PRESCREEN_TELEGRAM_TOKEN; with a Bot API server of your own, check PRESCREEN_TELEGRAM_API too."
    )


class AnotherPoller(TelegramRefused):
    """Two programs read the same bot's updates; each would get only some of them."""

    sentence = N_(
        "Another program is reading this bot's messages with the same token, so this one stops. "
        "Stop the other one, or give this one a token of its own."
    )


class BadWebhook(TelegramRefused):
    """Telegram refuses the address it should send updates to."""

    sentence = N_(
        "Telegram does not accept the webhook address. PRESCREEN_WEBHOOK_URL must begin with https:// and be "
        "reachable from outside on port 443, 80, 88 or 8443. Without it, the bot uses long polling."
    )


class BadWebhookPath(TelegramRefused):
    """The webhook's address leads to a place where nothing of ours answers."""

    sentence = N_(
        "The path of PRESCREEN_WEBHOOK_URL must be /telegram/webhook: nothing answers elsewhere. "
        "It may be left out; https://bot.example.org is enough."
    )


class BadWebhookSecret(TelegramRefused):
    """Telegram takes no such secret token."""

    sentence = N_(
        "PRESCREEN_WEBHOOK_SECRET must be 1 to 256 letters A-Z and a-z, digits, _ or -. "
        "Without it, the bot makes one of its own."
    )
