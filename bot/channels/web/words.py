"""The chat page's own words. The page holds them in every language and follows the chat's."""

from enum import Enum

from bot.i18n import N_


class Closed(Enum):
    """Why there is no chat with a script in the making."""

    LOGGED_OUT = "logged out"
    NO_SCRIPT = "no script"
    HAS_ERRORS = "has errors"


#: What is said of it. The page looks again every few seconds.
CLOSED = {
    Closed.LOGGED_OUT: N_("Your session has ended. Log in again, then this chat opens by itself."),
    Closed.NO_SCRIPT: N_("There is no script of this study any more, so there is nothing to try."),
    Closed.HAS_ERRORS: N_("The script has problems now. Once they are mended, the chat begins anew here by itself."),
}  # fmt: skip

#: In the order of the menu.
COMMANDS = (
    "help",
    "unwell",
    "human",
    "back",
    "pause",
    "language",
    "status",
    "restart",
    "stop",
    "privacy",
    "mydata",
    "delete",
)

WORDS = {
    "title": N_("Study prescreening"),
    "subtitle": N_("Automated, not a person"),
    "log": N_("Conversation"),
    "menu": N_("Menu"),
    "input": N_("Your message"),
    "send": N_("Send"),
    "you": N_("You:"),
    "buttons": N_("Answers"),
    "lost": N_("Connection lost. Trying again…"),
    "refused": N_("This could not be sent. Please try again."),
    "cookies": N_("This chat needs cookies. Please allow them for this page and load it again."),
    "noscript": N_("This chat needs JavaScript. Please switch it on, or call the study team instead."),
    "loading": N_("Opening the chat…"),
    "new": N_("New chat"),
    "new_ask": N_("Start a new chat as another person? This chat will no longer be shown here."),
    "cancel": N_("Cancel"),
    "help": N_("Help"),
    "human": N_("Ask a person"),
    "back": N_("Back"),
    "pause": N_("Pause"),
    "language": N_("中文 / English"),
    "status": N_("Where am I?"),
    "restart": N_("Start over"),
    "stop": N_("Stop"),
    "privacy": N_("Privacy"),
    "mydata": N_("My data"),
    "delete": N_("Delete my data"),
    "unwell": N_("I feel unwell"),
}
