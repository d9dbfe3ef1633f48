"""What a coordinator reads out to somebody who phones in before anything of them is kept."""

from bot.i18n import N_, Translator

READ_OUT = (
    N_("Are you 18 or older, and do you ask for yourself?"),
    N_(
        "May the study team write down your name, your phone number and what you say about your health, to see whether the study may be something for you and to call you?"
    ),
    N_(
        "You do not have to, your care stays the same either way, and you can take it back at any time with a call."
    ),
)


def read_out(tr: Translator) -> str:
    """All of it in one language, as it is kept by its hash."""
    return "\n".join(tr(words) for words in READ_OUT)
