"""From events to words: what the script says in the person's language, and the interface's own.

Every interface word that a participant of a live study can see is in this module: an approval holds for all of them.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from bot.core.answers import Answer, Chosen, Number, Period, Skipped, month_period, to_value
from bot.core.computed import Worked
from bot.core.criteria import Disclose, State
from bot.core.events import Choice, Prompt, Prompted, Redrawn, Said, Settled
from bot.core.flow import Flow, Kind, Question
from bot.core.inputs import COMMANDS
from bot.core.meaning import EARLIEST, is_age
from bot.core.phases import CONSENTS, ENDINGS, GATES, RUN, TRACELESS
from bot.core.screening import Screening
from bot.core.text import Text, fill
from bot.i18n import N_, Translator, Translators, messages_of
from bot.reading.phone import phone_words as phone_words  # staff pages write numbers likewise
from bot.service import capacity, promise, read_out
from bot.service.messages import Button, Line, Outgoing
from bot.service.promise import Promise, late_words, standing_words
from bot.service.when import MONTHS, day_words, moment_words, visit_words

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
MAX_LABEL = 64

#: Buttons of the interface, by id.
LABELS: Mapping[str, str] = {
    ".skip": N_("Skip"),
    ".back": N_("Back"),
    ".help": N_("Help"),
    ".done": N_("Done"),
    ".pick": N_("Choose with buttons"),
    ".human": N_("Ask for a person"),
    ".share": N_("Share my phone number"),
    "self": N_("For myself"),
    "other": N_("For someone else"),
    "enrolled": N_("I am already in this study"),
    "yes": N_("Yes"),
    "no": N_("No"),
    "agree": N_("I agree"),
    "decline": N_("I do not agree"),
    "finish": N_("All correct, see the result"),
    "edit": N_("Change an answer"),
    "chat": N_("In this chat"),
    "phone": N_("By phone"),
    "morning": N_("Weekday mornings"),
    "afternoon": N_("Weekday afternoons"),
    "evening": N_("Weekday evenings"),
    "weekend": N_("Weekends"),
    "any": N_("Any time"),
    "change_phone": N_("Change my phone number"),
    "change_time": N_("Change the time"),
    "withdraw": N_("Do not contact me"),
    "check": N_("Ask a person to check this"),
    "delete": N_("Delete my data"),
    "again": N_("Start again"),
    "queue": N_("My place in the queue"),
    ".keep": N_("Keep my answer"),
    "confirm": N_("Yes, that is right"),
    "change": N_("Change my answer"),
    "keep": N_("Keep it as it is"),
    "delete_all": N_("Delete everything"),
    "delete_study": N_("Delete this study only"),
    "stop": N_("Stop now"),
    "pause": N_("Pause"),
    "go_on": N_("Go on"),
    "restart": N_("Yes, start again"),
    "switch": N_("Go to the other study"),
    "pass_on": N_("Pass it on"),
}
#: Where one id needs other words in one prompt.
LABELS_IN: Mapping[tuple[str, str], str] = {
    ("adult", "yes"): N_("18 or older"),
    ("adult", "no"): N_("Under 18"),
    ("contact_wish", "yes"): N_("Yes, you may contact me"),
    ("contact_wish", "no"): N_("No, thank you"),
    ("withdraw", "keep"): N_("You may still contact me"),
    ("delete", "keep"): N_("Keep my data"),
    ("delete_which", "keep"): N_("Keep my data"),
    ("restart", "go_on"): N_("Not now"),
    ("pass_on", "no"): N_("No, leave it"),
    ("withdraw", "withdraw"): N_("Yes, do not contact me"),
}

PROMPTS: Mapping[str, str] = {
    "language": N_("Please choose a language · 请选择语言"),
    "study": N_("Which study would you like to know about?"),
    "for_self": N_("Are you answering for yourself?"),
    "adult": N_("Are you 18 or older?"),
    "contact_name": N_("What may we call you? A surname is enough, for example Ms Lin."),
    "contact_how": N_("How may the study team reach you?"),
    "contact_phone": N_("Which phone number may we call? Please type it, for example 13800138000."),
    "contact_time": N_("When does it suit you best?"),
    "edit": N_("Which answer would you like to change? Tap its number."),
    "minor": N_("You answered {answer}. Is that your age in full years?"),
    "minor_gate": N_(
        "You chose “Under 18”. Then I delete what you told me before, and nobody will contact you. Is that right?"
    ),
    "conflict": N_("You chose “{answer}”. These do not seem to go together. Would you like to change it?"),
    "delete": N_("Delete your answers, your contact details and your consents? This cannot be undone."),
    "delete_which": N_("What would you like to delete? This cannot be undone."),
    "stop": N_("Would you like to stop? You can also pause and come back later."),
    "restart": N_("Start again from the beginning? You would answer all questions anew."),
    "switch": N_("You have not finished the questions of another study. What would you like to do?"),
    "withdraw": N_("The study team will not contact you any more. Is that right?"),
    "pause": N_(
        "All right, we pause here. Your answers are kept. Come back when it suits you and tap “Go on”."
    ),
    "safety": N_(
        "Take care of yourself first; the study can wait. When you would like to go on, tap “Go on”."
    ),
    "resume": N_("When you are ready, you can go on here."),
    "reply": N_("Please write what the study team should know, up to 1000 characters."),
    "pass_on": N_("Pass this on to the study team?"),
    "replaced": N_(
        "The questions of this study have changed, so we stop here. It is not because of your answers. "
        "They will be deleted within {stop_days} days; to delete them now, send /delete. "
        "If you like, you can start again with the new questions, or call {phone}."
    ),
    "left": N_("All right, we stop here, and nothing of this is kept. To begin again, send /start."),
}

SAID: Mapping[str, str] = {
    "unclear": N_(
        "Sorry, I only know the answers on the buttons. Please tap one of them. "
        "To ask a question or for a person, send /human."
    ),
    "unclear_number": N_(
        "Please send just one number. If you do not know it, tap “Skip”. To ask a question, send /human."
    ),
    "unclear_age": N_(
        "Please send your age in full years, that is the birthdays you have had, for example 36. "
        "You can also tap the buttons. To ask a question, send /human."
    ),
    "year_not_age": N_("Please send your age, not the year of birth, for example 36."),
    "unclear_date": N_(
        "Please write year and month, for example 2025-11, or the day if you remember it: 2025-11-08. "
        "You can also tap the buttons. To ask a question, send /human."
    ),
    "future_date": N_("That day has not come yet. Please check it and try again."),
    "unclear_name": N_(
        "Please send only what to call you, for example Ms Lin. To ask a question, send /human."
    ),
    "unclear_phone": N_(
        "I could not read that as a phone number. Please send only the number, for example 13800138000. "
        "To ask a question, send /human."
    ),
    "out_of_range": N_("That cannot be right. Please check it and try again."),
    "left_open": N_("We leave this question open. A person can clear it up with you."),
    "changed": N_("The information about this study has changed. Please read it again before we go on."),
    "renewed": N_(
        "The information about this study has changed. Please read it again before we go on. "
        "If you do not agree to it, your answers so far are deleted."
    ),
    "stale": N_("That button belongs to an earlier message. Here is where we are:"),
    "over": N_("That conversation is over and nothing of it is kept. We can start again:"),
    "no_files": N_("Please do not send photos, voice messages, files or locations. I have not kept it."),
    "no_edits": N_(
        "Changing an earlier message does not change your answer. To change an answer, send /back."
    ),
    "welcome_back": N_("Welcome back. We go on where you stopped."),
    "first": N_("There is nothing before this."),
    "nothing_to_pause": N_("There is nothing to pause."),
    "already_over": N_("The questions have already ended. To delete your data, send /delete."),
    "after_end": N_(
        "Thank you. The questions are over, and nobody reads messages here. "
        "To come back, send /start. To ask for a person, send /human."
    ),
    "after_queued": N_(
        "Thank you for writing. Nobody reads messages here. To change the phone or the time, use the buttons; "
        "for anything else, call {phone}."
    ),
    "unclear_message": N_(
        "A message to the study team is plain text of up to 1000 characters. Please write it like that."
    ),
    "passed_on": N_("Passed on. They read it during working hours; if it cannot wait, call {phone}."),
    "not_passed_on": N_("I have not passed it on, and it is not kept."),
    "nobody_reads": N_(
        "I have not passed it on: the study team does not read messages here any more. You can call {phone}."
    ),
    "human": N_(
        "I have told the study team that you would like a person. They will get in touch during working hours; please watch this chat. If it is urgent, call {phone}."
    ),
    "asked": N_("I have noted that you would like a person to answer."),
    "check": N_(
        "I have asked the study team to check this. They will get in touch during working hours; please watch this chat. You can also call {phone}."
    ),
    "offer_person": N_("If you would rather speak to a person, send /human."),
    "offer_human": N_(
        "It is fine to skip or to be unsure. If you would rather speak to a person, send /human."
    ),
    "reminder": N_("You have not finished the questions. You can go on whenever you like, or send /stop."),
    "evidence_added": N_("You are in our queue already. I have added your new answers there."),
    "contact_changed": N_("I have changed that."),
    "deleted": N_(
        "Your answers and contact details are deleted and we will not contact you. "
        "Please clear the old messages in this chat yourself."
    ),
    "deleted_study": N_(
        "Your answers and contact details for this study are deleted, and its team will not contact you. "
        "What you told me for another study is still kept. Please clear the old messages in this chat yourself."
    ),
    "emergency": N_(
        "If you feel very unwell now, call 120 (in China) or your local emergency number, "
        "or go to the emergency room. Nobody reads this chat live."
    ),
    "self_harm": N_(
        "I am sorry that you feel this way, and your safety matters. Please call the crisis line 12356 (in China), "
        "120 or your local emergency number now. Tell someone near you."
    ),
    "unwell": N_(
        "If you are in the study and feel unwell, call the study doctor now: {ae_phone}. If it is serious, call 120. "
        "I have put this at the top of the team's list, but do not wait for me."
    ),
    "closed": N_("This study is not open here. I have no questions for you."),
}
#: What must be seen before anything else on the screen.
URGENT = ("emergency", "self_harm", "unwell")
#: Beside every text that was not understood: a list of phrases is no safety net (R-25).
WITH_SAFETY_LINE = ("out_of_range", "year_not_age", "future_date", "after_end", "after_queued", "passed_on")
SAFETY_LINE = N_("In an emergency call 120 or your local emergency number. Nobody reads this chat live.")
DEMO = N_("Demonstration: this is not a real study conversation. Nobody will contact you.")
#: What follows for the answers when recruiting stops while somebody is answering (R-7, R-11).
ANSWERS_GO = N_(
    "Your answers so far will be deleted within {stop_days} days. To delete them now, send /delete."
)
STILL_QUEUED = N_("You agreed earlier that the study team may contact you; that stands (code {code}).")
LEAD_STAYS = N_("The study team may still contact you, as you agreed.")
ASKED_FOR: Mapping[str, str] = {
    "human": N_(
        "You asked for a person on {day}; the study team will see it. It is kept for 7 days at most."
    ),
    "check": N_(
        "You asked on {day} for a person to check this; the study team will see it. It is kept for 7 days at most."
    ),
    "unwell": N_(
        "You said on {day} that you felt unwell; the study team sees it first. It is kept for 7 days at most."
    ),
}
VISIT_GOES = N_("Your visit on {when} is cancelled too. Please do not come then.")
REQUEST_GOES = N_(
    "Your request for a person is deleted too, so the team will not see it. "
    "If you feel unwell, call {ae_phone} or 120."
)
DEMO_NOBODY = N_("This is a demonstration: nobody receives it.")
NOT_ANSWERED = N_("skipped")

#: Before the person's own words.
YOU_WROTE = N_("You wrote: {text}")
#: Above a message of the study team, which has no name of its own (Q-6).
FROM_TEAM = N_("From the study team:")
REPLY = N_("Reply")
#: What nobody needs to type anew, by code. It may stand on a lock screen: no disease, no study.
CANNED: Mapping[str, str] = {
    "tried_to_call": N_("We tried to call you. When would it suit you? You can answer here."),
    "please_call": N_("Please call us when it suits you: {phone}."),
    "one_more_answer": N_("We have one more question for you. May we call you, and when would it suit you?"),
    "visit": N_("Your visit is on {when}. If you cannot come, please tell us here or call {phone}."),
    "thanks": N_("Thank you. We need nothing more from you for now."),
}
#: Of a visit: that it is booked, that it is on another day now, and the day before.
VISIT: Mapping[str, str] = {
    "booked": N_("Your visit is on {when}."),
    "moved": N_("Your visit has been moved to {when}."),
    "tomorrow": N_("A reminder: your visit is tomorrow, {when}."),
    "today": N_("A reminder: your visit is today, {when}."),
}
VISIT_PLACE = N_("Place: {place}.")
NO_VISIT = N_(
    "Your visit on {when} is cancelled. Please do not come then. We will contact you about a new time. If you have questions, tell us here or call {phone}."
)
VISIT_ELSE = N_("If you cannot come, please tell us here or call {phone}.")
#: Below an answer to somebody of whom there is nothing but a request.
ONE_WAY = N_(
    "Please do not reply here; nobody reads replies to this message. To reach the team, send /human or call {phone}."
)

#: What the command menu says.
COMMAND_WORDS: Mapping[str, str] = {
    "start": N_("Start, or go on where you stopped"),
    "language": N_("Change the language · 切换语言"),
    "back": N_("Back to the question before"),
    "pause": N_("Pause; your answers are kept"),
    "help": N_("Help and contacts"),
    "human": N_("Ask for a person of the study team"),
    "unwell": N_("I feel unwell or have a problem in the study"),
    "status": N_("Where things stand"),
    "stop": N_("Stop the questions"),
    "restart": N_("Start again from the beginning"),
    "privacy": N_("What happens with my answers"),
    "mydata": N_("Show what is stored about me"),
    "delete": N_("Delete my answers and contact details"),
}


#: Telegram shows up to 120 characters on the bot's page and beside shared links.
SHORT_DESCRIPTION = N_(
    "Asks a few questions to see whether a clinical study may suit you. Run by a hospital study team. Not medical advice."
)
#: Up to 512 characters, shown in the empty chat before Start is pressed.
DESCRIPTION = N_(
    "This bot belongs to a hospital study team. It asks, in Chinese or English, what you can answer yourself about "
    "taking part in a clinical study; the study doctors decide afterwards.\n\n"
    "Before any health question it explains what happens with your answers and asks for your consent. You can skip "
    "questions, stop at any time and have everything deleted. Messages pass through Telegram's servers.\n\n"
    "It is not for emergencies and gives no medical advice."
)


QUESTIONS_TO = N_("For questions you can call {phone}.")

#: The modules whose words participants see.
SPEAKING = tuple(
    Path(module)
    for module in (__file__, str(promise.__file__), str(read_out.__file__), str(capacity.__file__))
)
#: Where the interface says what; the rest is said in between.
_PLACES: Mapping[str, Sequence[str]] = {
    "safety": (*(SAID[what] for what in URGENT), SAFETY_LINE, REQUEST_GOES),
    "prompts": tuple(PROMPTS.values()),
    "buttons": (*LABELS.values(), *LABELS_IN.values()),
    "said": tuple(SAID.values()),
    "standing": (
        promise.LATE,
        promise.LATE_AGAIN,
        promise.CALL_INSTEAD,
        *promise.STANDS.values(),
        *promise.WAITING.values(),
        VISIT_GOES,
        *ASKED_FOR.values(),
    ),
    "read out": read_out.READ_OUT,
    "full": tuple(capacity.FULL.values()),
    "commands": tuple(COMMAND_WORDS.values()),
    "descriptions": (SHORT_DESCRIPTION, DESCRIPTION),
    "team": (
        YOU_WROTE,
        FROM_TEAM,
        REPLY,
        *CANNED.values(),
        *VISIT.values(),
        VISIT_PLACE,
        NO_VISIT,
        VISIT_ELSE,
        ONE_WAY,
    ),
}


@dataclass(frozen=True, slots=True)
class LeadWords:
    """What a person may know of their place in the queue."""

    code: str
    #: By when the team said it would be in touch.
    promise: Promise
    by_phone: bool = False
    status: str = "new"
    visit_at: datetime | None = None
    #: Whether the team reads what they write.
    is_read: bool = False
    #: What there is no room in now: see bot.service.capacity.
    full: str = ""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run beside the present one that is still kept."""

    started_at: datetime
    flow: Flow
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Scene:
    """All that the words of one turn may refer to."""

    flow: Flow | None
    offered: Mapping[str, Flow]
    site: Mapping[str, str]
    zone: ZoneInfo
    salt: str
    demo: bool
    abroad: bool
    channel: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    screening: Screening | None = None
    lead: LeadWords | None = None
    #: What there is no room in: see bot.service.capacity.
    full: str = ""
    contact: tuple[str, str, str] = ("", "", "")
    consents: tuple[tuple[str, datetime], ...] = ()
    #: Whether the person has runs beside this one, and (for /mydata) what was said in them.
    has_earlier: bool = False
    earlier: tuple[EarlierRun, ...] = ()
    #: What the person asked for and when, as far as this turn speaks of it.
    requests: tuple[tuple[str, datetime], ...] = ()
    #: What the person wrote to the study team, for /mydata.
    messages: tuple[tuple[str, datetime], ...] = ()
    phase: str = ""
    overlay: str = ""


class Wording:
    """Renders events. Text of the study comes from its script, the rest from the catalogues."""

    def __init__(self, translators: Translators) -> None:
        self._translators = translators

    def render(self, event: Prompted | Redrawn | Settled | Said, scene: Scene) -> Outgoing:
        """One event as one operation on the chat."""
        words = _Words(self._translators[event.language], event.language, scene)
        match event:
            case Prompted(prompt):
                return Outgoing("send", words.prompt(prompt), words.rows(prompt), prompt.number)
            case Redrawn(prompt):
                return Outgoing("redraw", words.prompt(prompt), words.rows(prompt), prompt.number)
            case Settled(prompt, _, choice, answer):
                return Outgoing("settle", words.settled(prompt, choice, answer), (), prompt.number)
            case Said(what, _, question):
                return Outgoing("send", words.said(what, question))

    def fixed(self, what: str, language: str) -> Outgoing:
        """A fixed message that needs nothing of a study."""
        return Outgoing("send", (Line(self._translators[language](SAID[what])),))

    def from_team(self, text: str, language: str, reply: str = "", phone: str = "") -> Outgoing:
        """A message of the study team. `reply` is the data of a button to answer with; without it none is read."""
        tr = self._translators[language]
        lines = (Line(tr(FROM_TEAM), "strong"), Line(text))
        if not reply:
            return Outgoing("send", (*lines, Line(fill(tr(ONE_WAY), {"phone": phone}), "faint")))
        return Outgoing("send", lines, ((Button(reply, tr(REPLY)),),))

    def canned(self, language: str, phone: str, visit: str) -> dict[str, str]:
        """The replies nobody needs to type, in one language, by code; the one about a visit where there is one."""
        tr, values = self._translators[language], {"phone": phone, "when": visit}
        return {code: fill(tr(words), values) for code, words in CANNED.items() if visit or code != "visit"}

    def visit(self, what: str, at: datetime, zone: ZoneInfo, site: Mapping[str, str], language: str) -> str:
        """What is said of a visit: one of VISIT, and where it is."""
        tr = self._translators[language]
        words = [fill(tr(VISIT[what]), {"when": visit_words(at, zone, language)})]
        if place := site.get(f"visit_place_{language}"):
            words.append(fill(tr(VISIT_PLACE), {"place": place}))
        words.append(fill(tr(VISIT_ELSE), {"phone": site["phone"]}))
        return ("" if language == "zh" else " ").join(words)

    def no_visit(self, at: datetime, zone: ZoneInfo, site: Mapping[str, str], language: str) -> str:
        """What is said when a visit that somebody was told of does not stand."""
        values = {"when": visit_words(at, zone, language), "phone": site["phone"]}
        return fill(self._translators[language](NO_VISIT), values)

    def labels(self, prompt: Prompt, scene: Scene) -> dict[str, tuple[str, ...]]:
        """The words of every live button in every language, for reading what is typed."""
        found: dict[str, tuple[str, ...]] = {}
        for id in (*(choice.id for choice in prompt.choices), *prompt.controls):
            found[id] = tuple(
                _Words(self._translators[language], language, scene).label(prompt, id)
                for language in self._translators
            )
        return found

    def consent_hash(self, purpose: str, language: str, scene: Scene) -> str:
        """SHA-256 of the words shown before a consent was given, as rendered (brief, 3.3)."""
        words = _Words(self._translators[language], language, scene)
        kind = "contact_wish" if purpose == "contact" else purpose
        notice = words.said("notice", None) if kind == "consent_health" else ()
        text = "\n".join(line.text for line in (*notice, *words.prompt(Prompt(0, kind))))
        return hashlib.sha256(text.encode()).hexdigest()

    def answer(self, question: Question, answer: Answer, language: str) -> str:
        """An answer in words, as it stands in the check list and on the lead."""
        return answer_words(question, answer, language, self._translators[language])

    def interface_words(self) -> Mapping[str, Sequence[Text]]:
        """All that `interface_hash` names, each once, by where it is said."""
        left = _spoken()
        found: dict[str, Sequence[Text]] = {}
        for place, messages in (*_PLACES.items(), ("other", tuple(left))):
            here = [words for words in dict.fromkeys(messages) if words in left]
            left = [words for words in left if words not in here]
            found[place] = [
                {language: tr(words) for language, tr in self._translators.items()} for words in here
            ]
        return found

    def interface_hash(self) -> str:
        """Names the interface words that participants see, those of SPEAKING; an approval records it."""
        everything = _spoken()
        said = {
            language: {words: tr(words) for words in everything} for language, tr in self._translators.items()
        }
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _spoken() -> list[str]:
    return sorted({words for module in SPEAKING for words in messages_of(module)})


def answer_words(question: Question, answer: Answer, language: str, tr: Translator) -> str:
    """An answer in words."""
    match answer:
        case Skipped():
            return tr(NOT_ANSWERED)
        case Chosen(codes):
            options = [question.option(code) for code in codes]
            # 、 stands inside labels too.
            joint = "；" if language == "zh" else "; "
            return joint.join(
                option.label[language] if option else code
                for option, code in zip(options, codes, strict=True)
            )
        case Number(low, high):
            value = str(low) if low == high else f"{low}–{high}"
            return with_unit(value, question.unit, language)
        case Period(start, end):
            return period_words(start, end, language)


def with_unit(value: str, unit: Text | None, language: str) -> str:
    """A number in its unit as one writes it: 168厘米, 168 cm."""
    return value if unit is None else f"{value}{'' if language == 'zh' else ' '}{unit[language]}"


def worked_words(value: Worked) -> str:
    """A computed value to its decimals; to one more where that shows why it is open."""
    decimals = value.computed.decimals
    shown = dict.fromkeys(_rounded(end, decimals) for end in (value.low, value.high))
    undecided = any(finding.state is State.OPEN for finding in value.findings.values())
    if undecided and value.low == value.high and len(shown) == 1:
        shown = {_rounded(value.low, decimals + 1): None}
    return "–".join(shown)


def _rounded(value: Fraction, decimals: int) -> str:
    """Half up, with all its decimals: 22.0."""
    units = floor(value * 10**decimals + Fraction(1, 2))
    return f"{Decimal(units).scaleb(-decimals):f}"


def period_words(start: date, end: date, language: str) -> str:
    """A day, a month, a year or a span, as one writes it."""
    if start == end:
        return day_words(start, language)
    if start.day == 1 and end == month_period(start.year, start.month).end:
        return (
            f"{start.year}年{start.month}月"
            if language == "zh"
            else f"{MONTHS[start.month - 1]} {start.year}"
        )
    value = to_value(Period(start, end))
    if isinstance(value, str):
        return f"{value}年" if language == "zh" else value
    if start == EARLIEST and (end.month, end.day) == (12, 31):
        return f"{end.year + 1}年以前" if language == "zh" else f"Before {end.year + 1}"
    return f"{day_words(start, language)} – {day_words(end, language)}"


class _Words:
    """One event in one language."""

    def __init__(self, tr: Translator, language: str, scene: Scene) -> None:
        self.tr = tr
        self.language = language
        self.scene = scene

    def study_text(self, name: str, **more: str) -> str:
        """A text of the script."""
        assert self.scene.flow is not None
        return self.fill(self.scene.flow.texts[name], **more)

    def fill(self, text: Text, **more: str) -> str:
        return fill(text[self.language], {**self.site_values(), **more})

    def site_values(self) -> dict[str, str]:
        values = dict(self.scene.site)
        for name, words in (
            ("phone", self.tr(N_("(the study team's phone)"))),
            ("ae_phone", self.tr(N_("(the study doctor's phone)"))),
            ("ethics_phone", self.tr(N_("(the ethics committee's phone)"))),
        ):
            values[name] = values.get(name) or words
        return values

    # prompts

    def prompt(self, prompt: Prompt) -> tuple[Line, ...]:
        """The lines of a prompt."""
        lines = self._prompt(prompt)
        if prompt.kind in TRACELESS and self.scene.has_earlier:
            lines = (*lines, self._kept())
        if prompt.kind == "not_recruiting" and self.scene.screening is not None:
            lines = (*lines, Line(self.fill({self.language: self.tr(ANSWERS_GO)})))
        elsewhere = prompt.kind in ENDINGS and prompt.kind not in ("queued", "withdrawn")
        if elsewhere and self.scene.lead is not None:
            lines = (*lines, Line(fill(self.tr(STILL_QUEUED), {"code": self.scene.lead.code})))
        if prompt.kind in ("delete", "delete_which") and self.scene.requests:
            lines = (Line(self.fill({self.language: self.tr(REQUEST_GOES)})), *lines)
        if prompt.kind in ("delete", "delete_which", "withdraw") and (off := self._visit_off()):
            lines = (*lines, Line(off))
        if prompt.kind == "restart" and self.scene.lead is not None:
            lines = (*lines, Line(self.tr(LEAD_STAYS)))
        if prompt.kind == "hello" or prompt.kind in ENDINGS:
            lines = self._with_demo(lines)
        return lines

    def _visit_off(self) -> str:
        """That a visit goes with the wish for no contact; "" where none stands."""
        lead = self.scene.lead
        if lead is None or lead.status != "visit_booked" or lead.visit_at is None:
            return ""
        when = visit_words(lead.visit_at, self.scene.zone, self.language)
        return fill(self.tr(VISIT_GOES), {"when": when})

    def _with_demo(self, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return (Line(self.tr(DEMO), "faint"), *lines) if self.scene.demo else lines

    def _prompt(self, prompt: Prompt) -> tuple[Line, ...]:
        kind = prompt.kind
        match kind:
            case "hello":
                return self._hello()
            case "question":
                return self._question(prompt)
            case "consent_health" | "consent_abroad":
                return (Line(self.study_text(kind), "strong"),)
            case "safety":
                return (Line(self.tr(PROMPTS[kind])),)
            case "checking":
                return self._check_list()
            case "contact_wish":
                verdict = self.scene.screening.verdict.value if self.scene.screening else "needs_review"
                room = (Line(self.tr(capacity.FULL[self.scene.full])),) if self.scene.full else ()
                asked = _last_strong(self.study_text("contact_ask"))
                return (*_lines(self.study_text(verdict)), *room, *asked)
            case "not_match":
                return _lines(*self._not_match())
            case "queued":
                return self._queued()
            case "not_screened":
                return _lines(self.study_text("for_someone_else"))
            case "enrolled":
                return _lines(self.study_text("already_enrolled"))
            case "no_consent" | "not_interested" | "stopped" | "withdrawn" | "under_age" | "not_recruiting":
                return _lines(self.study_text(kind))
            case "pause" if self.scene.phase in (*GATES, *CONSENTS):
                words = N_("All right, we pause here. Come back within a day and tap “Go on”.")
                return (Line(self.tr(words), "strong"),)
            case "pass_on":
                wrote = Line(fill(self.tr(YOU_WROTE), {"text": prompt.text}), "headed")
                return (wrote, Line(self.tr(PROMPTS[kind]), "strong"))
            case "replaced":
                return (Line(self.fill({self.language: self.tr(PROMPTS[kind])})),)
            case "minor" | "conflict":
                return (Line(fill(self.tr(PROMPTS[kind]), {"answer": self._pending(prompt)}), "strong"),)
            case _:
                return (Line(self.tr(PROMPTS[kind]), "strong"),)

    def _hello(self) -> tuple[Line, ...]:
        hello = _lines(self.study_text("hello")) if self.scene.flow is not None else self._greeting()
        return (*hello, Line(self.tr(PROMPTS["language"]), "strong"))

    def _greeting(self) -> tuple[Line, ...]:
        """Before a study is chosen."""
        words = N_("Hello! I am an automated helper for clinical studies, not a doctor or a person.")
        return (Line(self.tr(words)), Line(self.tr(SAFETY_LINE)))

    def _question(self, prompt: Prompt) -> tuple[Line, ...]:
        question = self._asked(prompt)
        place, total = prompt.position
        position = self.tr(N_("Question {place} of about {total}") if total else N_("Changing an answer"))
        lines = [Line(fill(position, {"place": str(place), "total": str(total)}), "faint")]
        if question.preface and total:
            lines.append(Line(self.fill(question.preface)))
        lines.append(Line(self.fill(question.ask), "strong"))
        if (prompt.choices or prompt.controls) and not prompt.picker:
            lines += [Line(hint, "faint") for hint in self._hints(question)]
        if prompt.previous is not None:
            before = answer_words(question, prompt.previous, self.language, self.tr)
            lines.append(Line(fill(self.tr(N_("Your answer so far: {answer}")), {"answer": before}), "faint"))
        return tuple(lines)

    def _hints(self, question: Question) -> Sequence[str]:
        """How to answer, where it is not plain from the buttons."""
        match question.kind:
            case Kind.NUMBER if is_age(question):
                return (self.tr(N_("Please type just a number, for example 36.")),)
            case Kind.NUMBER if question.unit:
                words = self.tr(N_("Please type just the number, in {unit}."))
                return (fill(words, {"unit": question.unit[self.language]}),)
            case Kind.NUMBER:
                return (self.tr(N_("Please type just the number.")),)
            case Kind.DATE:
                return (self.tr(N_("Please type a day such as 2026-03-05 or a month such as 2026-03.")),)
            case Kind.MULTI:
                return (self.tr(N_("Then tap “Done”.")),)
            case Kind.SINGLE:
                return ()

    def _notice(self) -> tuple[Line, ...]:
        assert self.scene.flow is not None
        slots = [slot for slot in self.scene.flow.notice if slot != "abroad" or self.scene.abroad]
        return tuple(Line(self.fill(self.scene.flow.notice[slot]), "headed") for slot in slots)

    def _check_list(self) -> tuple[Line, ...]:
        assert self.scene.screening is not None
        lines = [Line(self.tr(N_("That is all I need to ask. Please check your answers:")), "strong")]
        rows = self._rows(self.scene.screening.asked, self.scene.answers)
        return (*lines, Line("\n".join(rows)), Line(self.tr(N_("Is everything right?")), "strong"))

    def _rows(self, asked: Sequence[Question], answers: Mapping[str, Answer]) -> list[str]:
        colon = "：" if self.language == "zh" else ": "
        return [
            f"{number}. {question.short[self.language]}{colon}"
            + answer_words(question, answers[question.id], self.language, self.tr)
            for number, question in enumerate(asked, 1)
        ]

    def _not_match(self) -> tuple[str, ...]:
        """Neutral, no criterion named, except where the script discloses its topic (brief, 3.4)."""
        screening, flow = self.scene.screening, self.scene.flow
        if screening is None or flow is None:
            return (self.study_text("not_match"),)
        failed = [flow.criterion_by_id[id] for id in screening.fails]
        only = failed[0] if len(failed) == 1 else None
        if only and only.disclose is Disclose.TOPIC and only.ending:
            return (self.fill(only.ending),)
        dated = screening.come_back is not None and all(c.disclose is Disclose.DATE_ONLY for c in failed)
        if not dated or screening.come_back is None:
            return (self.study_text("not_match"),)
        day = day_words(screening.come_back, self.language)
        return (self.study_text("not_match"), self.study_text("come_back", date=day))

    def _queued(self) -> tuple[Line, ...]:
        lead = self.scene.lead
        if lead is None:
            return (Line(self.tr(N_("You are in our queue."))),)
        stands = standing_words(
            self.language,
            self.tr,
            self.scene.zone,
            lead.status,
            lead.visit_at,
            lead.full,
            self.site_values(),
        )
        thanks = N_("Thank you! The study team has your registration.")
        if self.scene.demo:
            thanks = N_("Thank you! In a real study the team would now have your registration.")
        code = self.tr(N_("Your reference code: {code}. Have it at hand when you call."))
        has_begun = bool(stands) and lead.status != "waiting_list"
        lines = [] if has_begun and not self.scene.demo else [Line(self.tr(thanks))]
        lines.append(Line(fill(code, {"code": lead.code}), "strong"))
        lines += self._contact_lines()
        if self.scene.demo:
            lines.append(Line(self.tr(DEMO_NOBODY)))
        elif stands:
            asks = () if lead.status == "enrolled" else (self.fill({self.language: self.tr(QUESTIONS_TO)}),)
            lines += [*stands, *map(Line, asks)]
        elif lead.promise.late:
            phone = self.site_values()["phone"]
            lines += late_words(self.language, self.tr, self.scene.zone, lead.promise, phone)
        else:
            promise = self.tr(
                N_(
                    "The team plans to contact you by {by} ({zone}). If it takes longer, you can call {phone}."
                )
            )
            values = {
                "by": self._moment(lead.promise.was),
                "zone": self._zone(),
                "phone": self.site_values()["phone"],
            }
            lines.append(Line(fill(promise, values)))
        if lead.is_read and not self.scene.demo:
            lines.append(
                Line(
                    self.tr(
                        N_(
                            "To tell the team something, just write it here. They read it during working hours."
                        )
                    )
                )
            )
        return tuple(lines)

    def _contact_lines(self) -> list[Line]:
        name, phone, when = self.scene.contact
        lead, in_chat = self.scene.lead, LABELS["chat"]
        found = (
            (N_("Name: {value}"), name),
            (N_("Phone: {value}"), phone_words(phone)),
            (N_("Contact: {value}"), self.tr(in_chat) if lead and not lead.by_phone else ""),
            (N_("Time: {value}"), self.tr(LABELS[when]) if when else ""),
        )
        return [Line(fill(self.tr(words), {"value": value})) for words, value in found if value]

    def _kept(self) -> Line:
        """What stays of somebody who has no run now."""
        if self.scene.has_earlier:
            words = N_(
                "What you told me before this is still kept. To see it, send /mydata; to delete it, /delete."
            )
            return Line(self.tr(words))
        return Line(self.tr(N_("We keep nothing about you.")))

    def _moment(self, at: datetime) -> str:
        return moment_words(at, self.scene.zone, self.language)

    def _zone(self) -> str:
        """The site's zone as people there call it."""
        if self.scene.zone.key == "Asia/Shanghai":
            return self.tr(N_("Beijing time"))
        return get_timezone_name(self.scene.zone, locale=self.language)

    def _pending(self, prompt: Prompt) -> str:
        question = self._asked(prompt)
        return answer_words(question, prompt.previous, self.language, self.tr) if prompt.previous else ""

    def _asked(self, prompt: Prompt) -> Question:
        assert self.scene.flow is not None
        assert prompt.question is not None
        return self.scene.flow.question_by_id[prompt.question]

    # a prompt that is done

    def settled(self, prompt: Prompt, choice: str | None, answer: Answer | None) -> tuple[Line, ...]:
        """The prompt's lines and what was chosen."""
        plain = Prompt(
            prompt.number, prompt.kind, question=prompt.question, position=prompt.position, previous=None
        )
        if prompt.kind in ("minor", "conflict", "pass_on"):
            plain = prompt
        lines = self.prompt(plain)
        if answer is not None and prompt.question:
            chosen = answer_words(self._asked(prompt), answer, self.language, self.tr)
        elif isinstance(answer, Chosen):
            chosen = answer.codes[0]
        elif choice is not None:
            chosen = self.label(prompt, choice)
        else:
            return lines
        return (*lines, Line(f"✓ {chosen}", "strong"))

    # buttons

    def rows(self, prompt: Prompt) -> tuple[tuple[Button, ...], ...]:
        """Choices first, each as wide as its words need; controls below."""
        choices = [self._button(prompt, choice) for choice in prompt.choices]
        per_row = self._per_row(prompt, choices)
        rows = [tuple(choices[i : i + per_row]) for i in range(0, len(choices), per_row)]
        controls = {id: self._button(prompt, Choice(id)) for id in prompt.controls}
        for wide in (".done", ".pick", ".keep", ".human", ".share"):
            if wide in controls:
                rows.append((controls.pop(wide),))
        if controls:
            rows.append(tuple(controls.values()))
        return tuple(rows)

    def _per_row(self, prompt: Prompt, choices: list[Button]) -> int:
        longest = max((_width(button.label) for button in choices), default=0)
        if prompt.kind == "edit":
            return 6
        if prompt.picker:
            return 5 if longest <= 3 else 3 if longest <= 11 else 2 if longest <= 14 else 1
        return 3 if longest <= 8 and len(choices) >= 3 else 2 if longest <= 14 else 1

    def _button(self, prompt: Prompt, choice: Choice) -> Button:
        label = self.label(prompt, choice.id)
        if prompt.question and self._is_multi(prompt) and not choice.id.startswith("."):
            label = f"{'☑' if choice.ticked else '☐'} {label}"
        data = f"{self.scene.salt}:{prompt.number}:{choice.id}"
        return Button(data, label[:MAX_LABEL], share=choice.id == ".share")

    def _is_multi(self, prompt: Prompt) -> bool:
        return prompt.kind == "question" and self._asked(prompt).kind.value == "multi"

    def label(self, prompt: Prompt, id: str) -> str:
        """A button's words."""
        match id.split(":"):
            case [".tens", tens]:
                return f"{tens}–{int(tens) + 9}" if int(tens) < 80 else f"{tens}+"
            case [".number", value]:
                return value
            case [".year", year]:
                return f"{year}年" if self.language == "zh" else year
            case [".before", year]:
                words = N_("Before {year}")
                return fill(self.tr(words), {"year": year})
            case [".month", month]:
                span = month_period(int(month[:4]), int(month[5:]))
                return period_words(span.start, span.end, self.language)
        if prompt.kind in ("hello", "language"):
            return LANGUAGE_NAMES.get(id, id)
        if prompt.kind == "study" and id in self.scene.offered:
            return self.scene.offered[id].study.name[self.language]
        if prompt.kind == "edit" and not id.startswith("."):
            return str([choice.id for choice in prompt.choices].index(id) + 1) if prompt.choices else id
        if prompt.kind == "question" and prompt.question:
            option = self._asked(prompt).option(id)
            if option:
                return option.label[self.language]
        if id == "change_phone" and self.scene.lead is not None and not self.scene.lead.by_phone:
            return self.tr(N_("Give a phone number"))
        return self.tr(LABELS_IN.get((prompt.kind, id), LABELS.get(id, id)))

    # fixed messages

    def said(self, what: str, question: str | None) -> tuple[Line, ...]:
        """A fixed message by name."""
        match what:
            case "hello":
                return self._with_demo(
                    _lines(self.study_text("hello")) if self.scene.flow else self._greeting()
                )
            case "notice":
                return self._notice()
            case "about":
                return _lines(self.study_text("about"))
            case "question_help":
                return self._question_help(question)
            case "help":
                return self._help()
            case "privacy":
                return self._privacy()
            case "status":
                return self._status()
            case "mydata":
                return self._my_data()
        words = SAID[what]
        text = self.fill({self.language: self.tr(words)})
        if what == "unwell" and self.scene.flow is not None:
            text = self.study_text("unwell")
        lines = _lines(text)
        if what in URGENT:
            lines = tuple(Line(line.text, "strong") for line in lines)
        if what in WITH_SAFETY_LINE or what.startswith("unclear"):
            lines = (*lines, Line(self.tr(SAFETY_LINE), "faint"))
        if self.scene.demo and what in ("unwell", "human", "check", "passed_on"):
            lines = (*lines, Line(self.tr(DEMO_NOBODY), "strong"))
        return lines

    def _question_help(self, id: str | None) -> tuple[Line, ...]:
        assert self.scene.flow is not None
        assert id is not None
        return (Line(self.fill(self.scene.flow.question_by_id[id].help)),)

    def _help(self) -> tuple[Line, ...]:
        values = self.site_values()
        text = self.tr(
            N_(
                "I ask questions one after another to see if a study may fit you. "
                "Tap a button, or type its words or its number. You may skip any question."
            )
        )
        commands = "\n".join(
            f"/{name} – {self.tr(COMMAND_WORDS[name])}" for name in COMMANDS if name not in ("start", "help")
        )
        contact = self.tr(N_("Study team: {phone}. Ethics committee: {ethics_phone}."))
        return (
            Line(text),
            Line(commands),
            Line(fill(contact, values)),
            Line(self.tr(SAFETY_LINE), "faint"),
        )

    def _privacy(self) -> tuple[Line, ...]:
        if self.scene.flow is None:
            return (
                Line(self.tr(N_("You will see the privacy notice of a study before its first question."))),
            )
        return self._notice()

    def _status(self) -> tuple[Line, ...]:
        scene = self.scene
        if scene.lead is not None and scene.phase not in RUN:
            return self._queued()
        if scene.phase == "asking" and scene.screening is not None:
            asked = len(scene.screening.asked)
            total = asked + scene.screening.remaining
            words = self.tr(N_("You have answered {asked} of about {total} questions."))
            answered = (Line(fill(words, {"asked": str(asked), "total": str(total)})),)
            return (*answered, *self._queued()) if scene.lead is not None else answered
        if scene.phase == "checking":
            answered = (Line(self.tr(N_("You have answered all questions."))),)
            return (*answered, *self._queued()) if scene.lead is not None else answered
        if scene.phase.startswith("contact") and scene.lead is None:
            return (Line(self.tr(N_("The questions are done. Now it is about how to reach you."))),)
        if scene.phase in (
            "stopped",
            "replaced",
            "not_match",
            "not_interested",
            "withdrawn",
            "not_recruiting",
        ):
            if requests := self._request_lines():
                return (Line(self.tr(N_("The questions are over."))), *requests)
            words = N_("The questions are over. The study team will not contact you on its own.")
            return (Line(self.tr(words)),)
        begun = Line(self.tr(N_("The questions have not begun yet.")))
        return (begun, *(self._request_lines() or (self._kept(),)))

    def _request_lines(self) -> tuple[Line, ...]:
        """What the person asked for; the team sees it."""
        return tuple(
            Line(fill(self.tr(ASKED_FOR[kind]), {"day": self._moment(at)}))
            for kind, at in self.scene.requests
        )

    def _my_data(self) -> tuple[Line, ...]:
        scene = self.scene
        if not (scene.screening or any(scene.contact) or scene.earlier or scene.consents):
            nothing = N_("Apart from what keeps this chat open, we keep nothing about you.")
            return (Line(self.tr(nothing)), *self._request_lines())
        lines = [Line(self.tr(N_("This is what we keep about you:")), "strong")]
        if scene.screening is not None and scene.screening.asked:
            lines.append(self._check_list()[1])
        lines += [*self._contact_lines(), *self._request_lines()]
        if scene.lead is not None and scene.lead.visit_at is not None:
            visit, when = promise.STANDS["visit_booked"], scene.lead.visit_at
            lines.append(Line(fill(self.tr(visit), {"visit": visit_words(when, scene.zone, self.language)})))
        if scene.lead is not None:
            lines.append(Line(fill(self.tr(N_("Your reference code: {code}")), {"code": scene.lead.code})))
        for run in scene.earlier:
            title = fill(self.tr(N_("Your answers of {day}:")), {"day": self._moment(run.started_at)})
            asked = [question for question in run.flow.questions if question.id in run.answers]
            lines.append(Line("\n".join((title, *self._rows(asked, run.answers)))))
        if scene.messages:
            wrote = self.tr(N_("What you wrote to the study team:"))
            lines += [
                Line(wrote),
                *(Line(f"{self._moment(at)} · {text}") for text, at in scene.messages),
            ]
        for purpose, at in scene.consents:
            lines.append(Line(fill(self.tr(CONSENT_WORDS[purpose]), {"day": self._moment(at)})))
        lines.append(
            Line(
                self.tr(
                    N_("Besides these, the ID of this chat, to answer you. To delete it all, send /delete.")
                )
            )
        )
        return tuple(lines)


CONSENT_WORDS: Mapping[str, str] = {
    "consent_health": N_("You agreed to the use of your health answers: {day}"),
    "consent_abroad": N_("You agreed that messages pass abroad: {day}"),
    "contact": N_("You agreed to be contacted: {day}"),
}


def _lines(*texts: str) -> tuple[Line, ...]:
    return tuple(Line(paragraph) for text in texts for paragraph in text.strip().split("\n") if paragraph)


def _last_strong(text: str) -> tuple[Line, ...]:
    lines = _lines(text)
    return (*lines[:-1], Line(lines[-1].text, "strong"))


def _width(label: str) -> int:
    """Display width: a Chinese character counts two."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in label)
