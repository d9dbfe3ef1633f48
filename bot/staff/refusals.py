"""Why something was not done, in sentences that say what to do; for pages and for chats."""

from collections.abc import Mapping

from bot.i18n import N_
from bot.service.in_hand import CannotWork
from bot.staff.words import Wording

#: Why something was not done; `{detail}` is what it is about, `{when}` until when.
REFUSALS: Mapping[str, str] = {
    "claimed": N_("{detail} works on this lead until {when}. Nothing was changed."),
    "no_such_lead": N_("There is no such lead any more."),
    "no_coordinator": N_("Nobody of that name works on leads."),
    "no_such_outcome": N_("Choose what came of it."),
    "no_such_step": N_("This step is not possible from here any more. Load the page again."),
    "tried_today": N_("There was a try today already. The next one is for another day, unless the person asked for a call back."),
    "tried_out": N_("There were {detail} tries, and that is enough. Two weeks after the last one the person may be given up; if you do reach them, write that down."),
    "withdrawn": N_("The person withdrew in the chat and wants no contact any more. Nothing was changed."),
    "past_visit": N_("This day has passed already. Give the day and time of a visit to come."),
    "no_other": N_("{detail} is not the code of another lead of this study."),
    "closed": N_("This lead is closed. Reopen it first."),
    "not_yet": N_("Not yet: a person is given up after three tries, and two weeks after the last one."),
    "nothing_done": N_("There is nothing to take back."),
    "bad_time": N_("Give a day and a time."),
    "past_call": N_("This time has passed already. Give a time to come for the call back."),
    "before_visit": N_("The visit is still to come. Note how it went once its day, or for “did not come” its hour, has passed."),
    "changed_since": N_("Something happened since you loaded the page ({detail}). Nothing was changed; look at what was done, then decide again."),
    "not_open": N_("This study takes nobody now, so nobody can be entered: {detail}."),
    "call_back_too": N_("You gave a time for a call back. Choose “Call back at” as what came of it, or empty the time."),
    "too_far": N_("That is more than a year away. Please check the year."),
    "no_chat": N_("This person has no chat with the bot. Please call instead."),
    "long_note": N_("The note has {detail} characters; up to 2000 can be kept. Please shorten it."),
    "no_visit_to_tell": N_("No visit is booked that the person has still to be told of in the chat."),
    "blocked": N_("The person has blocked the bot, so nothing was sent. Please call instead."),
    "quiet": N_("It is quiet time until {when}, and to a request nothing can wait. Please write then, or call."),
    "too_long": N_("The message has {detail} characters; up to 1000 can be sent. Please shorten it."),
    "request_closed": N_("{detail} has closed this request. Reopen it first."),
}  # fmt: skip
NEEDED: Mapping[str, str] = {
    "criterion": N_("Say which criterion it is."),
    "how": N_("Say what came of it."),
    "name": N_("Write the name by which they are called."),
    "phone": N_(
        "This is no phone number. Write it whole, with the country code where it is not a Chinese one."
    ),
    "agreed": N_("Only who has agreed to what was read out is written down. Tick it when the person did."),
    "language": N_("Choose the language and the time."),
    "visit": N_("Give the day and time of the visit."),
    "other": N_("Give the code of the other lead."),
    "reason": N_("Say why."),
    "agrees": N_("Only who agreed to it is put on the waiting list. Tick it when the person did."),
    "call_back": N_("Give the day and time of the call back."),
    "text": N_("Write something first."),
}


def because(problem: CannotWork, say: Wording) -> str:
    """Why something was not done, in the reader's words."""
    if problem.reason == "needs":
        return say.tr(NEEDED[problem.detail])
    when = say.when(problem.until) if problem.until else ""
    return say.tr(REFUSALS[problem.reason]).format(detail=problem.detail, when=when)
