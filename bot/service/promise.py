"""What a lead's person is told of where they stand."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.text import fill
from bot.i18n import N_, Translator
from bot.service.messages import Line
from bot.service.when import moment_words

LATE = N_(
    "We said the study team would contact you by {was}. That has not happened yet, and we are sorry. They will contact you by {by}."
)
CALL_INSTEAD = N_("If you do not want to wait, you can call {phone}.")

#: By the lead's status; a new lead has its promise instead.
STANDS = {
    "contacting": N_("The study team has tried to reach you and will try again."),
    "reached": N_("The study team has spoken with you and will tell you what comes next."),
    "considering": N_("You are thinking it over. Take the time you need; the study team will ask again."),
    "waiting_list": N_("You are on the waiting list. The study team will contact you when a place is free."),
    "visit_booked": N_("Your visit to the study team: {visit}."),
    "attended": N_("You have been to the study team. They will tell you what comes next."),
    "no_show": N_("You could not come to your visit. The study team will contact you about another day."),
    "consented": N_("You have agreed to take part with the study team. They will tell you what comes next."),
    "enrolled": N_("You are in the care of the study team. Please ask them whatever you want to know."),
    "closed": N_("The study team has closed your request. If you think that is not right, please call them."),
}


def standing_words(
    language: str, tr: Translator, zone: ZoneInfo, status: str, visit: datetime | None
) -> tuple[Line, ...]:
    """Where somebody stands whom the study team has already begun to contact; nothing for a new lead."""
    if status == "new":
        return ()
    words = tr(STANDS.get(status, STANDS["closed"]))
    return (Line(fill(words, {"visit": moment_words(visit, zone, language) if visit else ""})),)


def late_words(
    language: str, tr: Translator, zone: ZoneInfo, was: datetime, by: datetime, phone: str
) -> tuple[Line, ...]:
    """That a promise was not kept, said honestly."""
    values = {"was": moment_words(was, zone, language), "by": moment_words(by, zone, language)}
    lines = [Line(fill(tr(LATE), values))]
    if phone:
        lines.append(Line(fill(tr(CALL_INSTEAD), {"phone": phone})))
    return tuple(lines)
