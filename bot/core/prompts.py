"""What the person is asked now: computed from the flow, the answers and the conversation's state."""

from collections.abc import Mapping
from datetime import date

from bot.core.answers import Answer, Chosen, from_value
from bot.core.conversation import Conversation
from bot.core.events import Choice, Prompt, Wants
from bot.core.flow import Flow, Kind, Question
from bot.core.meaning import is_age
from bot.core.phases import ENDINGS, TRACELESS
from bot.core.screening import Screening

#: After so many texts that were not understood the prompt shows buttons for everything (a plain number or date
#: is still read: it is the words of one of them), and after so many a person is offered.
BUTTONS_ONLY_AFTER = 2
OFFER_HUMAN_AFTER = 3
#: How many years the year picker goes back before it says "earlier".
YEARS_SHOWN = 5
FIRST_DECADE, LAST_DECADE = 10, 80
#: So many numbers at most are shown as buttons; others are typed.
MOST_NUMBERS = 20

TIMES = ("morning", "afternoon", "evening", "weekend", "any")

_YES_NO = ("yes", "no")
_GATE_CHOICES: Mapping[str, tuple[str, ...]] = {
    "for_self": ("self", "other", "enrolled"),
    "adult": _YES_NO,
    "consent_health": ("agree", "decline"),
    "consent_abroad": ("agree", "decline"),
    "checking": ("finish", "edit"),
    "contact_wish": _YES_NO,
    "contact_how": ("chat", "phone"),
    "contact_time": TIMES,
    "queued": ("change_phone", "change_time", "withdraw", "again"),
    "not_match": ("check", "delete"),
    "not_interested": ("again", "delete"),
    "stopped": ("again", "delete"),
    "replaced": ("again", "delete"),
    "withdrawn": ("again", "delete"),
    "not_recruiting": ("delete",),
}
_OVERLAY_CHOICES: Mapping[str, tuple[str, ...]] = {
    "minor": ("confirm", "change"),
    "conflict": ("change", "keep"),
    "delete": ("delete_all", "keep"),
    "delete_which": ("delete_study", "delete_all", "keep"),
    "stop": ("stop", "pause", "go_on"),
    "restart": ("restart", "go_on"),
    "switch": ("go_on", "switch"),
    "withdraw": ("withdraw", "keep"),
    "minor_gate": ("confirm", "change"),
    "pause": ("go_on",),
    "safety": ("go_on",),
    "resume": ("go_on",),
    "reply": (),
    "pass_on": ("pass_on", "no"),
}


def prompt_for(
    conversation: Conversation,
    flow: Flow | None,
    studies: tuple[str, ...],
    languages: tuple[str, ...],
    screening: Screening | None,
    answers: Mapping[str, Answer],
    today: date,
    shares_contact: bool,
    has_open_lead: bool,
    team_reads: bool = False,
    takes_part: bool = False,
) -> Prompt:
    """The prompt that stands, whatever happened before; the same state always gives the same prompt."""
    number, overlay, phase = conversation.prompt, conversation.overlay, conversation.phase
    if overlay == "language" or (not overlay and phase == "language"):
        kind = "language" if overlay or number > 1 else "hello"  # one says hello once
        # The language that was guessed comes first.
        codes = sorted(languages, key=lambda code: code != conversation.language)
        return Prompt(number, kind, choices=tuple(Choice(code) for code in codes))
    if overlay == "edit" and screening:
        choices = tuple(Choice(question.id) for question in screening.asked)
        return Prompt(number, "edit", choices=choices, controls=(".back",))
    if overlay in ("minor", "conflict") or (not overlay and phase == "asking"):
        assert flow is not None
        assert screening is not None
        question = question_now(conversation, flow, screening)
        assert question is not None
        if not overlay:
            return _question_prompt(conversation, question, screening, answers, today)
        choices = tuple(Choice(id) for id in _OVERLAY_CHOICES[overlay])
        pending = from_value(conversation.pending)
        return Prompt(number, overlay, choices=choices, question=question.id, previous=pending)
    if overlay == "reply":
        return Prompt(number, overlay, Wants.MESSAGE, controls=(".back",))
    if overlay == "pass_on":  # whoever goes on typing adds to it
        choices = tuple(Choice(id) for id in _OVERLAY_CHOICES[overlay])
        return Prompt(number, overlay, Wants.MESSAGE, choices, text=conversation.message)
    if overlay:
        human = (".human",) if overlay == "safety" else ()
        choices = tuple(Choice(id) for id in _OVERLAY_CHOICES[overlay])
        return Prompt(number, overlay, choices=choices, controls=human)
    if phase == "study":
        return Prompt(number, "study", choices=tuple(Choice(id) for id in studies), controls=(".back",))
    if phase == "contact_name":
        return Prompt(number, phase, Wants.NAME, controls=(*_human(conversation, phase), ".skip", ".back"))
    if phase == "contact_phone":
        share = (".share",) if shares_contact else ()
        return Prompt(number, phase, Wants.PHONE, controls=(*_human(conversation, phase), *share, ".back"))
    # Whoever is in the queue finds the way back to their place from every other ending.
    elsewhere = phase in ENDINGS and phase not in ("queued", "withdrawn")
    place = (Choice("queue"),) if has_open_lead and elsewhere else ()
    if phase in TRACELESS:
        return Prompt(number, phase, Wants.NOTHING, place)
    first = conversation.renewing and phase == "consent_health"
    back = (".back",) if phase in _WITH_BACK and not first else ()
    own = () if phase == "queued" and takes_part else _GATE_CHOICES[phase]
    choices = (*place, *(Choice(id) for id in own))
    wants = Wants.MESSAGE if phase == "queued" and team_reads else Wants.CHOICE
    return Prompt(number, phase, wants, choices, controls=(*_human(conversation, phase), *back))


_WITH_BACK = ("for_self", "adult", "consent_health", "consent_abroad", "contact_how", "contact_time")


def question_now(conversation: Conversation, flow: Flow, screening: Screening) -> Question | None:
    """The question that stands: the one reopened by Back or Edit, else the first without an answer."""
    if conversation.reopened:
        return flow.question_by_id.get(conversation.reopened)
    return screening.next


def _human(conversation: Conversation, key: str) -> tuple[str, ...]:
    return (".human",) if conversation.tries.get(key, 0) >= OFFER_HUMAN_AFTER else ()


def _question_prompt(
    conversation: Conversation,
    question: Question,
    screening: Screening,
    answers: Mapping[str, Answer],
    today: date,
) -> Prompt:
    tries = conversation.tries.get(question.id, 0)
    picker = conversation.picker
    if not picker and tries >= BUTTONS_ONLY_AFTER and has_picker(question):
        picker = "open"
    multi = question.kind is Kind.MULTI
    controls = [*_human(conversation, question.id)]
    if multi and conversation.draft:
        controls.append(".done")
    if has_picker(question) and not picker:
        controls.append(".pick")
    if question.id in answers:
        controls.append(".keep")
    controls += [".skip", ".back", ".help"]
    if picker:
        choices = picker_choices(question, picker, today)
    else:
        choices = tuple(Choice(option.code, option.code in conversation.draft) for option in question.options)
    return Prompt(
        number=conversation.prompt,
        kind="question",
        wants=_wants(question),
        choices=choices,
        controls=tuple(controls),
        question=question.id,
        # Whoever changes an answer of a run that is complete is at no place in it.
        position=(0, 0) if conversation.reopened and not screening.next else screening.position_of(question),
        picker=picker,
        previous=answers.get(question.id),
    )


def _wants(question: Question) -> Wants:
    return {Kind.NUMBER: Wants.NUMBER, Kind.DATE: Wants.DATE}.get(question.kind, Wants.CHOICE)


def has_picker(question: Question) -> bool:
    """Whether there are buttons for what is typed: for dates, an age, and numbers that are few."""
    return question.kind is Kind.DATE or is_age(question) or bool(_few_numbers(question))


def _few_numbers(question: Question) -> range:
    if question.kind is not Kind.NUMBER or question.valid is None or question.decimals:
        return range(0)
    numbers = range(int(question.valid[0]), int(question.valid[1]) + 1)
    return numbers if len(numbers) <= MOST_NUMBERS else range(0)


def picker_choices(question: Question, picker: str, today: date) -> tuple[Choice, ...]:
    """The pages of a picker: decade → year of age, a few numbers, year → month and the question's own options."""
    own = tuple(Choice(option.code) for option in question.options)
    match picker.split(":"):
        case ["open"] if question.kind is Kind.NUMBER and not is_age(question):
            return tuple(Choice(f".number:{value}") for value in _few_numbers(question))
        case ["open"] if question.kind is Kind.NUMBER:
            return tuple(Choice(f".tens:{tens}") for tens in range(FIRST_DECADE, LAST_DECADE + 1, 10))
        case ["tens", tens]:
            low = int(tens)
            high = int(question.valid[1]) if low == LAST_DECADE and question.valid else low + 9
            return tuple(Choice(f".number:{value}") for value in range(low, min(high, low + 19) + 1))
        case ["year", year]:
            last = today.month if int(year) == today.year else 12
            return tuple(Choice(f".month:{year}-{month:02}") for month in range(1, last + 1))
        case _:
            years = range(today.year, today.year - YEARS_SHOWN, -1)
            before = Choice(f".before:{today.year - YEARS_SHOWN + 1}")
            return (*(Choice(f".year:{year}") for year in years), before, *own)


def ticked(conversation: Conversation, question: Question) -> Answer:
    """The answer that the ticks of a multi-choice question make, in the script's order."""
    return Chosen(tuple(option.code for option in question.options if option.code in conversation.draft))
