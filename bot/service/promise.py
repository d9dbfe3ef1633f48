"""What a lead's person is told of where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.text import fill
from bot.i18n import N_, Translator
from bot.service.messages import Line
from bot.service.when import moment_words, visit_words

LATE = N_(
    "We said the study team would contact you by {was}. They have not done so yet, and we are sorry. They now plan to contact you by {by}."
)
#: When that day has passed too, none is promised any more.
LATE_AGAIN = N_("The study team has not contacted you yet, and we are sorry.")
CALL_INSTEAD = N_("If you do not want to wait, you can call {phone}.")

#: By the lead's status; a new lead has its promise instead.
STANDS = {
    "contacting": N_("The study team has tried to reach you and will try again."),
    "reached": N_("The study team has spoken with you and will tell you what comes next."),
    "considering": N_("You are thinking it over. Take the time you need; the study team will ask again."),
    "waiting_list": N_("You are on the waiting list. The study team will contact you when it is your turn."),
    "visit_booked": N_("Your visit to the study team: {visit}."),
    "visit_booked_at": N_("Your visit to the study team: {visit}. Place: {place}."),
    "attended": N_("You have been to the study team. They will tell you what comes next."),
    "no_show": N_("You could not come to your visit. The study team will contact you about another day."),
    "consented": N_(
        "You have signed the consent form. The study doctor still decides whether you can join; the team will tell you what comes next."
    ),
    "enrolled": N_("You are in the study. To stop taking part, or for anything else, call {phone}."),
    "closed": N_(
        "Your registration is closed. To be in touch again, call the study team, or tap “Change the time” to register again."
    ),
}
#: Of the waiting list, by what there is no room in (bot.service.capacity).
WAITING: Mapping[str, str] = {
    "week": N_(
        "You are on the waiting list. The team can contact no more people this week and will contact you in the weeks after."
    ),
    "study": N_(
        "You are on the waiting list. The team will contact you if a place becomes free; that may not happen."
    ),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """By when somebody was to be contacted, and by when they are now; `by` is None when that has passed too."""

    was: datetime
    by: datetime | None
    late: bool = False


def standing_words(
    language: str,
    tr: Translator,
    zone: ZoneInfo,
    status: str,
    visit: datetime | None,
    full: str,
    site: Mapping[str, str],
) -> tuple[Line, ...]:
    """Where somebody stands whom the study team has already begun to contact; nothing for a new lead.

    `full`: what there is no room in now.
    """
    if status == "new":
        return ()
    place = site.get(f"visit_place_{language}", "")
    if status == "waiting_list" and full:
        words = WAITING[full]
    elif status == "visit_booked" and place:
        words = STANDS["visit_booked_at"]
    else:
        words = STANDS.get(status, STANDS["closed"])
    when = visit_words(visit, zone, language) if visit else ""
    return (Line(fill(tr(words), {"visit": when, "place": place, "phone": site["phone"]})),)


def late_words(
    language: str, tr: Translator, zone: ZoneInfo, promise: Promise, phone: str
) -> tuple[Line, ...]:
    """That a promise was not kept, said honestly."""
    if promise.by is None:
        lines = [Line(tr(LATE_AGAIN))]
    else:
        values = {
            "was": moment_words(promise.was, zone, language),
            "by": moment_words(promise.by, zone, language),
        }
        lines = [Line(fill(tr(LATE), values))]
    if phone:
        lines.append(Line(fill(tr(CALL_INSTEAD), {"phone": phone})))
    return tuple(lines)
