"""The site facts in words: what each is for, how its value is written, and why one is refused."""

from collections.abc import Mapping
from difflib import get_close_matches

from bot.core.text import fill
from bot.i18n import N_, Translator
from bot.leads.site import FACTS, BadFact

PURPOSES: Mapping[str, str] = {
    "recruiting": N_("whether the study takes participants now"),
    "status_checked_on": N_("the day on which somebody confirmed that it recruits; it holds for 90 days"),
    "ended_on": N_("the day on which recruiting ended; from then on it is counted how long leads are kept"),
    "phone": N_("the coordinators' phone, for participants"),
    "ae_phone": N_("the study doctor's phone, for participants who feel unwell"),
    "ethics_phone": N_("the ethics committee's phone"),
    "delete_days": N_(
        "after how many days the answers of somebody who does not fit or does not want to are deleted"
    ),
    "stop_days": N_("after how many days the answers of a conversation that was not finished are deleted"),
    "keep_days": N_("how many days a lead is kept after recruiting ended"),
    "hours": N_("the coordinators' working hours"),
    "first_contact_days": N_("within how many working days a lead is called first"),
    "alert_chat": N_("the Telegram group that is told of new leads and requests"),
    "claim_minutes": N_("for how many minutes nobody else works on a lead that somebody took"),
    "tries_per_day": N_("how often on one day somebody is tried"),
    "quiet": N_("the hours in which people are called and written to, on every day of the week"),
    "follow_up_days": N_(
        "within how many working days something is done with whoever thinks it over or was at a visit"
    ),
    "days_off": N_("days on which nobody works, besides the public holidays that are known"),
    "days_worked": N_("days on which the team works although they are weekend or holiday"),
    "second_person": N_("who is named to the alert chat when something is late; empty for anybody"),
    "escalate_hours": N_("after how many hours of working time a second person is told of what is late"),
    "urgent_minutes": N_("after how many minutes a second person is told of an urgent request nobody took"),
    "weekly_cap": N_(
        "how many new leads a week the team can call; who comes after that is offered a place on the waiting list; empty for no limit"
    ),
    "places": N_(
        "how many people the study can take; once so many are enrolled, others are offered a place on the waiting list; empty for no limit"
    ),
    "visit_place_zh": N_("where visits take place, in Chinese, for participants"),
    "visit_place_en": N_("where visits take place, in English, for participants"),
}

FORMS: Mapping[str, str] = {
    "yes_no": N_("yes or no"),
    "day": N_("a day such as 2026-06-15, not in the future; empty for none"),
    "phone": N_("a phone number such as 0591-5550101, with at least 5 digits"),
    "days": N_("a whole number of days, 0 to 9999"),
    "few_days": N_("a whole number of days, 1 to 9"),
    "minutes": N_("a whole number of minutes, 5 to 999"),
    "few": N_("a whole number, 1 to 9"),
    "hours": N_("hours such as 08:00-12:00 14:30-17:30"),
    "chat": N_("a chat's number such as -1001234567890; empty for none"),
    "span": N_("hours such as 09:00-20:00"),
    "dates": N_("up to 40 days such as 2026-12-24 2026-12-25, with a space between them; empty for none"),
    "name": N_("the name of a registered coordinator or admin; empty for none"),
    "count": N_("a whole number from 1 to 9999; empty for no limit"),
    "text": N_("words, up to 100 characters; empty for none"),
}

#: Why a study is not open.
SHUT: Mapping[str, str] = {
    "no_version": N_("no version of its script is published"),
    "not_recruiting": N_("recruiting is not set to yes"),
    "not_confirmed": N_("nobody has confirmed on which day it still recruited"),
    "confirmed_long_ago": N_("that it recruits was confirmed more than 90 days ago"),
    "facts_missing": N_("settings marked below are still needed"),
}

UNKNOWN = N_("There is no site fact {name}. The facts are: {names}.")
MEANT = N_("There is no site fact {name}; did you mean {close}?")
UNFIT_HERE = N_("“{value}” does not fit. It is {form}.")
UNFIT = N_('{name} cannot be "{value}". It is {form}.')


def described(name: str, tr: Translator) -> str:
    """What a fact is for and how its value is written."""
    words = {"purpose": tr(PURPOSES[name]), "form": tr(FORMS[FACTS[name].form])}
    return fill(tr(N_("{purpose}: {form}")), words)


def unfit(bad: BadFact, tr: Translator) -> str:
    """What is wrong with a value, where it stands beside the name of its fact."""
    return fill(tr(UNFIT_HERE), {"value": bad.value, "form": tr(FORMS[FACTS[bad.name].form])})


def refusal(bad: BadFact, tr: Translator) -> str:
    """What is wrong with a fact or its value, and what would be right."""
    if bad.name in FACTS:
        form = tr(FORMS[FACTS[bad.name].form])
        return fill(tr(UNFIT), {"name": bad.name, "value": bad.value, "form": form})
    if close := get_close_matches(bad.name, FACTS, 1):
        return fill(tr(MEANT), {"name": bad.name, "close": close[0]})
    return fill(tr(UNKNOWN), {"name": bad.name, "names": ", ".join(FACTS)})
