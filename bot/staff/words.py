"""Words for the codes the desk hands out, and times as people read them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from bot.i18n import N_, Translator
from bot.service.views import QueueRow
from bot.service.wording import LABELS, phone_words

KINDS: Mapping[str, str] = {
    "lead": N_("Lead"),
    "unwell": N_("Feels unwell"),
    "human": N_("Asks for a person"),
    "check": N_("Wants a person to check"),
}
VERDICTS: Mapping[str, str] = {
    "likely_match": N_("Likely match"),
    "needs_review": N_("Needs review"),
    "not_match": N_("Not a match"),
}
OUTCOMES: Mapping[str, str] = {
    **VERDICTS,
    "": N_("Not finished"),
    "not_interested": N_("Not interested"),
    "stopped": N_("Stopped"),
    "not_recruiting": N_("Not recruiting"),
    "withdrawn": N_("Withdrawn"),
}
STATUSES: Mapping[str, str] = {
    "new": N_("New"),
    "contacting": N_("Being contacted"),
    "reached": N_("Reached"),
    "considering": N_("Thinks it over"),
    "waiting_list": N_("On the waiting list"),
    "visit_booked": N_("Visit booked"),
    "attended": N_("Came to the visit"),
    "no_show": N_("Did not come"),
    "consented": N_("Consented to the study"),
    "enrolled": N_("Enrolled"),
    "phone_ineligible": N_("No fit, found by phone"),
    "declined": N_("Declined"),
    "screen_failed": N_("Screening failed"),
    "could_not_reach": N_("Could not be reached"),
    "duplicate": N_("Duplicate"),
    "withdrawn": N_("Withdrawn"),
    "study_closed": N_("Study closed"),
    "closed": N_("Closed"),
}
#: The steps of a lead's life, as buttons say them.
LEAD_STEPS: Mapping[str, str] = {
    "consider": N_("Thinks it over"),
    "wait": N_("Put on the waiting list"),
    "book": N_("Book a visit"),
    "attend": N_("Came to the visit"),
    "miss": N_("Did not come"),
    "consent": N_("Consented to the study"),
    "enrol": N_("Enrolled"),
    "fail_screening": N_("Screening failed"),
    "find_ineligible": N_("Found to be no fit"),
    "decline": N_("Declines"),
    "give_up": N_("Give up: not reached"),
    "mark_duplicate": N_("Duplicate of another lead"),
    "close_study": N_("Study closed"),
    "reopen": N_("Reopen"),
}
#: What is to be done next with a lead.
NEXT: Mapping[str, str] = {
    "answer": N_("Answer them"),
    "first_call": N_("First call"),
    "first_call_weekend": N_("First call, at the weekend"),
    "try_again": N_("Try again"),
    "call_back": N_("Call back"),
    "settle": N_("Settle what comes next"),
    "follow_up": N_("Ask how it stands"),
    "waiting": N_("Look for a place"),
    "visit_to_come": N_("Visit to come"),
    "visit": N_("Note how the visit went"),
    "rebook": N_("Offer another visit"),
    "give_up": N_("May be given up"),
}
#: What came of a request.
HOW: Mapping[str, str] = {
    "spoken": N_("Spoken with"),
    "doctor": N_("The study doctor has it"),
    "not_reached": N_("Could not be reached"),
    "nothing": N_("Nothing was needed"),
}
CHANNELS: Mapping[str, str] = {"phone": N_("Phone"), "chat": N_("Chat"), "visit": N_("In person")}
TRIES: Mapping[str, str] = {
    "no_answer": N_("No answer"),
    "message_left": N_("Message left"),
    "wrong_number": N_("Wrong number"),
    "call_back": N_("Call back at"),
    "reached": N_("Reached"),
}
#: Why somebody ends who fails no criterion (Q-8).
REASONS: Mapping[str, str] = {
    "distance": N_("Too far away"),
    "time": N_("No time"),
    "not_interested": N_("No interest"),
    "study_full": N_("Study full"),
    "other_site": N_("Goes to another site"),
}
#: What became of a message to a person.
SENDING: Mapping[str, str] = {
    "on_its_way": N_("on its way"),
    "sent": N_("sent"),
    "failed": N_("did not arrive: the person has blocked the bot, or Telegram refused it"),
}
#: What a check came to, in words that say the same of inclusions and exclusions.
CHECKED: Mapping[str, str] = {
    "meets": N_("Fine for taking part"),
    "fails": N_("Rules it out"),
    "open": N_("Still open"),
}
DONE: Mapping[str, str] = {
    "attempt": N_("Try"),
    "step": N_("Step"),
    "check": N_("Checked"),
    "note": N_("Note"),
    "undo": N_("Taken back"),
    "news": N_("From the person"),
    "overdue": N_("Overdue"),
    "escalated": N_("A second person was told"),
    "told_visit": N_("The person was told of the visit in the chat"),
    "told_late": N_("The person was told that it takes longer"),
}
#: What a person did themselves.
NEWS: Mapping[str, str] = {
    "withdrawn": N_("Withdrew; wants no contact any more"),
    "phone": N_("Gave another phone number"),
    "time": N_("Chose another time to be called"),
    "run": N_("Answered the questions again"),
}
#: A word and a shape, so that nothing hangs on colour.
STATES: Mapping[str, tuple[str, str]] = {
    "meets": ("✓", N_("Meets")),
    "fails": ("✕", N_("Fails")),
    "open": ("?", N_("Open")),
    "na": ("–", N_("Does not apply")),
    "clinician": ("◇", N_("For the team")),
    "not_asked": ("○", N_("Not asked")),
}
#: The same beside an exclusion, where "meets" would read the wrong way round.
EXCLUSION_STATES: Mapping[str, str] = {
    "meets": N_("Not excluded"),
    "fails": N_("Excluded by it"),
}
SETTLED_BY: Mapping[str, str] = {
    "questions": N_("by the questions"),
    "coordinator": N_("by the coordinator"),
    "visit": N_("at the visit"),
    "investigator": N_("by the investigator"),
}
FLAGS: Mapping[str, tuple[str, str]] = {
    "near_limit": (
        N_("Near a limit"),
        N_("The answer lies at the edge of what the protocol allows. Check it soon."),
    ),
    "doctor_to_confirm": (
        N_("Doctor to confirm"),
        N_("A doctor named more than one condition. The study doctor should tell them apart."),
    ),
    "changed_answer": (
        N_("Changed answer"),
        N_("An earlier run of the same person failed here with another answer. Ask once more what is right."),
    ),
    "found_to_fail": (
        N_("Found not to fit"),
        N_(
            "A check found a criterion that rules it out. Close the lead as no fit by phone, or check once more."
        ),
    ),
    "possible_duplicate": (
        N_("Possible duplicate"),
        N_("The same contact stands in another lead. Compare both before calling."),
    ),
}
REACH: Mapping[str, str] = {"chat": N_("Chat"), "phone": N_("Phone")}
#: As the person chose them.
TIMES: Mapping[str, str] = {
    time: LABELS[time] for time in ("morning", "afternoon", "evening", "weekend", "any")
}
#: The site facts by name.
FACTS: Mapping[str, str] = {
    "recruiting": N_("Recruiting"),
    "status_checked_on": N_("Recruiting confirmed on"),
    "ended_on": N_("Recruiting ended on"),
    "phone": N_("Study team's phone"),
    "ae_phone": N_("Study doctor's phone"),
    "ethics_phone": N_("Ethics committee's phone"),
    "delete_days": N_("Days kept: no fit"),
    "stop_days": N_("Days kept: not finished"),
    "keep_days": N_("Days kept: leads"),
    "hours": N_("Working hours"),
    "first_contact_days": N_("First call within"),
    "alert_chat": N_("Alert chat"),
    "claim_minutes": N_("A lead is one's own for"),
    "tries_per_day": N_("Tries per day"),
    "quiet": N_("People are called and written to between"),
    "follow_up_days": N_("Followed up within"),
    "days_off": N_("Days off besides the public holidays"),
    "days_worked": N_("Days worked although they are off"),
    "second_person": N_("Told when something is late"),
    "escalate_hours": N_("A second person is told after"),
    "urgent_minutes": N_("An urgent request waits at most"),
    "weekly_cap": N_("New leads a week"),
    "places": N_("Places in the study"),
    "visit_place_zh": N_("Place of visits, in Chinese"),
    "visit_place_en": N_("Place of visits, in English"),
}
#: The parts of a script, as a card is headed.
CARDS: Mapping[str, str] = {
    "question": N_("Question"),
    "criterion": N_("Criterion"),
    "answers": N_("Shared answers"),
    "study": N_("Study"),
    "settings": N_("Settings"),
    "texts": N_("Texts"),
    "notice": N_("Privacy notice"),
    "glossary": N_("Glossary"),
    "note": N_("Note"),
    "flags": N_("Remarks for the coordinator"),
    "computed": N_("Computed value"),
}
#: The keys of a script.
KEYS: Mapping[str, str] = {
    "id": N_("Id"),
    "kind": N_("Kind"),
    "block": N_("Block"),
    "criteria": N_("Criteria it decides"),
    "linked": N_("Also shown with"),
    "ask_if": N_("Asked only if"),
    "short": N_("Short name"),
    "preface": N_("Shown before the question"),
    "ask": N_("The question"),
    "help": N_("Help"),
    "part": N_("Which part of the criterion"),
    "text": N_("Text"),
    "settled_by": N_("Settled by"),
    "reason": N_("Reason"),
    "code": N_("Code"),
    "label": N_("Button"),
    "from": N_("From"),
    "to": N_("To"),
    "means": N_("What it means"),
    "options": N_("Answers"),
    "exclusive": N_("Not together with others"),
    "lasting": N_("If it fails"),
    "erases": N_("Under age: erase all answers"),
    "flag": N_("Remark for the coordinator"),
    "valid": N_("Possible values"),
    "ranges": N_("Range"),
    "window": N_("Minimum time since"),
    "months": N_("Months"),
    "weeks": N_("Weeks"),
    "days": N_("Days"),
    "unit": N_("Unit"),
    "decimals": N_("Decimals"),
    "computed": N_("Worked out from answers"),
    "formula": N_("Formula"),
    "height": N_("Height"),
    "weight": N_("Weight"),
    "disclose": N_("What a participant is told of it"),
    "ending": N_("Own ending"),
    "often_fails": N_("Often fails when checked"),
    "never_fails": N_("No answer can fail it"),
    "site_decides": N_("The site must decide"),
    "name": N_("Name"),
    "site": N_("Place"),
    "protocol": N_("Protocol"),
    "registry": N_("Registry"),
    "stop": N_("When to stop asking"),
    "when": N_("When"),
    "criterion": N_("Criterion"),
    "hello": N_("Hello"),
    "about": N_("About the study"),
    "consent_health": N_("Consent: health answers"),
    "consent_abroad": N_("Consent: transfer abroad"),
    "contact_ask": N_("May the team contact you?"),
    "likely_match": N_("Likely match"),
    "needs_review": N_("Needs review"),
    "not_match": N_("Not a match"),
    "come_back": N_("Come-back date"),
    "under_age": N_("Under 18"),
    "for_someone_else": N_("For somebody else"),
    "already_enrolled": N_("In the study already"),
    "no_consent": N_("No consent"),
    "not_interested": N_("Not interested"),
    "stopped": N_("Stopped"),
    "not_recruiting": N_("Not recruiting"),
    "withdrawn": N_("Withdrawn"),
    "unwell": N_("Feels unwell"),
}
#: What a choice of a script stands for.
CHOICES: Mapping[str, str] = {
    "meets": N_("Meets"),
    "fails": N_("Fails"),
    "open": N_("Open: a person checks"),
    "na": N_("Does not apply"),
    "next": N_("Only leads to another question"),
    "single": N_("One answer"),
    "multi": N_("Several answers"),
    "number": N_("A number"),
    "date": N_("A date"),
    "permanent": N_("For good"),
    "temporary": N_("For now"),
    "questions": N_("Questions"),
    "coordinator": N_("Coordinator"),
    "visit": N_("Visit"),
    "investigator": N_("Investigator"),
    "inclusion": N_("Inclusion"),
    "exclusion": N_("Exclusion"),
    "none": N_("Nothing"),
    "topic": N_("What it is about"),
    "date_only": N_("Only the date"),
    "first_fail": N_("At the first answer that fails"),
    "end_of_block": N_("At the end of the block"),
    "ask_all": N_("Never: ask everything"),
    "true": N_("Yes"),
    "false": N_("No"),
    "bmi": N_("Body mass index: kilograms by the square of the meters"),
}
#: Where a version stands in its life.
LIFE: Mapping[str, str] = {
    "draft": N_("Draft"),
    "submitted": N_("Waits for approval"),
    "approved": N_("Approved"),
    "published": N_("Published"),
    "replaced": N_("Replaced"),
    "retired": N_("Retired"),
}
RUNNING: Mapping[str, str] = {
    "continue": N_("Running chats keep their version"),
    "re-consent": N_("Ask running chats for consent to this version"),
    "end": N_("End running chats politely"),
}
PURPOSES: Mapping[str, str] = {
    "health": N_("Use of health answers"),
    "abroad": N_("Transfer abroad through Telegram"),
    "contact": N_("Contact by the study team"),
}


class Wording:
    """One reader's words: their language, the site's zone, and now."""

    def __init__(self, language: str, tr: Translator, zone: ZoneInfo, now: datetime) -> None:
        self.language = language
        self.tr = tr
        self._zone = zone
        self._now = now

    def word(self, table: Mapping[str, str], code: str) -> str:
        """The word for a code; a code nobody knows is shown as it is."""
        return self.tr(table[code]) if code in table else code

    def flag(self, name: str) -> tuple[str, str]:
        """A flag's short name and what it means."""
        short, long = FLAGS.get(name, (name.replace("_", " "), ""))
        return self.tr(short), self.tr(long) if long else ""

    def state(self, code: str, inclusion: bool = True) -> tuple[str, str]:
        """A state's shape and word, for an exclusion in words of its own."""
        shape, name = STATES[code]
        return shape, self.tr(name if inclusion else EXCLUSION_STATES.get(code, name))

    def why(self, row: QueueRow) -> str:
        """Why a row stands where it does: what is next, how late or when, and how much is open (Q-3)."""
        next = self.next(row) if row.kind == "lead" else "answer"
        parts = [self.word(NEXT, next)] if next and row.due_at else []
        if row.overdue and row.due_at:
            late = N_("since {time}") if row.at_hour else N_("overdue {time}")
            parts.append(self.tr(late).format(time=self._span(self._now - row.due_at)))
        if row.kind == "lead" and row.verdict and row.next:
            n = len(row.open)
            parts.append(
                self.tr(
                    N_("nothing open") if not n else N_("1 open item") if n == 1 else N_("{n} open items")
                ).format(n=n)
            )
        return " · ".join(parts)

    def next(self, row: QueueRow) -> str:
        """What is to be done next; of a visit nothing before its hour."""
        is_to_come = row.next == "visit" and row.visit_at is not None and row.visit_at > self._now
        return "visit_to_come" if is_to_come else row.next

    def tried(self, row: QueueRow) -> str:
        """How often somebody was tried, and what came of the last try; "" for nobody tried."""
        if not row.tries:
            return ""
        times = self.tr(N_("1 try") if row.tries == 1 else N_("{n} tries")).format(n=row.tries)
        last = self.word(TRIES, row.last_try) if row.last_try and row.last_try != "call_back" else ""
        return f"{times}: {last}" if last else times

    def _span(self, span: timedelta) -> str:
        minutes = int(span.total_seconds() // 60)
        if minutes < 60:
            return self.tr(N_("{n} min")).format(n=minutes)
        if minutes < 48 * 60:
            return self.tr(N_("{n} h")).format(n=minutes // 60)
        return self.tr(N_("{n} d")).format(n=minutes // (24 * 60))

    def tongue(self, code: str) -> str:
        """A language's name in the reader's own."""
        try:
            return Locale.parse(code).get_display_name(self.language) or code
        except (ValueError, UnknownLocaleError):
            return code

    def phone(self, number: str) -> str:
        """A number in groups, as people read it out."""
        return phone_words(number)

    def ago(self, moment: datetime) -> str:
        """How long ago, in one unit."""
        passed = max(self._now - moment, timedelta())
        minutes = int(passed.total_seconds() // 60)
        if minutes < 1:
            return self.tr("just now")
        if minutes < 60:
            return self.tr("{n} min ago").format(n=minutes)
        if minutes < 48 * 60:
            return self.tr("{n} h ago").format(n=minutes // 60)
        return self.tr("{n} d ago").format(n=minutes // (24 * 60))

    def when(self, moment: datetime) -> str:
        """A moment in the site's zone: as short as it can be without being unclear."""
        local, today = moment.astimezone(self._zone), self._now.astimezone(self._zone)
        if local.date() == today.date():
            return self.tr("today {time}").format(time=f"{local:%H:%M}")
        if abs((local.date() - today.date()).days) < 7:
            day = format_date(local, "EEE", locale=self.language)
            return f"{day} {local:%m-%d %H:%M}"
        return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"

    def now(self) -> str:
        """This moment, in full."""
        return self.exact(self._now)

    def today(self) -> str:
        """This day at the site."""
        return f"{self._now.astimezone(self._zone):%Y-%m-%d}"

    def day(self, moment: str) -> str:
        """A moment that is kept as text, as people read it."""
        return self.when(datetime.fromisoformat(moment))

    def exact(self, moment: datetime) -> str:
        """A moment in the site's zone, in full."""
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"
