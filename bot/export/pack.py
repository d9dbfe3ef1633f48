"""The ethics committee's document: a version of a script whole, with what it was compared with, as one HTML file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.core.criteria import Criterion, SettledBy
from bot.core.flow import Computed, Flow, Question
from bot.core.text import Text
from bot.i18n import N_, Translators
from bot.script import words
from bot.script.diff import AREAS, Change, beside, diff
from bot.script.life import Version
from bot.script.outcomes import Outcome, answers, computed_outcomes, outcomes, ranges, settles

#: The languages that the document itself is written in; a script may have more.
_OURS = ("zh", "en")
#: The texts of a script in the order in which people meet them, with what each is for.
TEXTS: Mapping[str, Mapping[str, str]] = {
    "before": {
        "hello": N_("The first words"),
        "about": N_("What the study is"),
    },
    "consents": {
        "consent_health": N_("Consent to health answers"),
        "consent_abroad": N_("Consent to the transfer abroad, asked only where messages go abroad"),
    },
    "results": {
        "likely_match": N_("Likely match: nothing fails, nothing is open"),
        "needs_review": N_("Needs review: nothing fails, something is open"),
        "contact_ask": N_("Asked after these two: whether the team may get in touch"),
        "not_match": N_("Not a match: something fails"),
        "come_back": N_("Added where every fail passes on a day that can be named"),
    },
    "endings": {
        "under_age": N_("Under 18"),
        "for_someone_else": N_("Somebody answers for another person"),
        "already_enrolled": N_("Somebody is in the study already"),
        "no_consent": N_("A consent was declined"),
        "not_interested": N_("The person does not want to be contacted"),
        "stopped": N_("The person stopped"),
        "not_recruiting": N_("The study does not recruit"),
        "withdrawn": N_("The person took back that they may be contacted"),
    },
    "safety": {"unwell": N_("Somebody in the study feels unwell")},
}
NOTICE: Mapping[str, str] = {
    "purpose": N_("Purpose"),
    "sensitive": N_("Sensitive data"),
    "collect": N_("What is collected"),
    "use": N_("What it is used for"),
    "who": N_("Who sees it"),
    "screened_out": N_("When it is not a fit"),
    "keep": N_("How long it is kept"),
    "outcome": N_("What the person hears"),
    "may_skip": N_("Skipping and stopping"),
    "own_answers": N_("Own answers only"),
    "abroad": N_("Abroad, shown only where messages go abroad"),
    "rights": N_("Rights"),
    "contact": N_("Contact"),
}
#: What stands in braces in the texts of a script; the site fills it in.
FILLED_IN: Mapping[str, str] = {
    "{phone}": N_("phone of the study team"),
    "{ae_phone}": N_("phone of the study doctor"),
    "{ethics_phone}": N_("phone of the ethics committee"),
    "{delete_days}": N_("days until the answers of somebody who does not fit are deleted"),
    "{stop_days}": N_("days until the answers of somebody who stopped are deleted"),
    "{keep_days}": N_("days after the end of recruiting until a lead is deleted"),
    "{date}": N_("the day from which the person can come back"),
}
#: Where the interface says its words.
PLACES: Mapping[str, str] = {
    "safety": N_("In an emergency"),
    "prompts": N_("What the bot asks beside the questions"),
    "buttons": N_("Buttons"),
    "said": N_("What the bot says"),
    "commands": N_("Commands in the menu"),
    "descriptions": N_("On the bot's page"),
    "other": N_("Everything else"),
}


@dataclass(frozen=True, slots=True)
class Interface:
    """The words of the interface that participants see, by where they are said, and the hash that names them all."""

    hash: str
    words: Mapping[str, Sequence[Text]]


@dataclass(frozen=True, slots=True)
class Pack:
    """What the document tells of. `before` is the version that was approved last before this one."""

    version: Version
    interface: Interface
    before: Version | None
    today: date
    zone: tzinfo


def pack(found: Pack, translators: Translators, language: str = "both") -> str:
    """The document; `language` zh, en, or both: all of the script's languages side by side."""
    flow = found.version.flow
    paper = _Paper(translators, flow.languages if language == "both" else (language,))
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("pack.html").render(
        pack=found,
        flow=flow,
        version=found.version,
        tr=paper.tr,
        say=paper.say,
        columns=paper.languages,
        moment=lambda at: _moment(at, found.zone),
        texts=TEXTS,
        notice=NOTICE,
        filled_in=FILLED_IN,
        places=PLACES,
        areas=AREAS,
        changes=diff(found.before.flow, flow) if found.before else (),
        words=words,
        answers=lambda question: list(answers(flow, question)),
        beside=lambda change: _beside(change, paper.languages),
        numbers={question.id: number for number, question in enumerate(flow.questions, 1)},
        settled=lambda criterion: _settled(flow, criterion),
        worked_out=lambda question: [value for value in flow.computed if settles(flow, value) is question],
        of_ranges=ranges,
        linked=lambda criterion: [question for question in flow.questions if criterion.id in question.linked],
        asked=SettledBy.QUESTIONS,
    )


class _Paper:
    """Words of the document and of the script in the languages it is made in."""

    def __init__(self, translators: Translators, languages: Sequence[str]) -> None:
        self._translators = translators
        self.languages = tuple(languages)
        self._own = [language for language in _OURS if language in languages]

    def tr(self, message: str) -> Markup:
        """A heading or a sentence of the document itself."""
        return self.say({language: self._translators[language](message) for language in self._own})

    def say(self, text: Text) -> Markup:
        """Short words, one language behind the other; once where they are the same."""
        shown = {text[language]: language for language in reversed(self._own) if language in text}
        spans = (
            Markup('<span lang="{}">{}</span>').format(language, escape(words))
            for words, language in reversed(shown.items())
        )
        return Markup(" ").join(spans)


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _settled(flow: Flow, criterion: Criterion) -> list[tuple[Question | Computed, list[Outcome]]]:
    """The questions and computed values that decide a criterion, and what they mean for it."""
    found: list[tuple[Question | Computed, list[Outcome]]] = [
        (question, outcomes(flow, question, criterion.id))
        for question in flow.questions
        if criterion.id in question.criteria
    ]
    found += [
        (value, computed_outcomes(value, criterion.id))
        for value in flow.computed
        if criterion.id in value.criteria
    ]
    return found


def _beside(change: Change, languages: Sequence[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A difference by language, line by line."""
    for language in languages:
        if language in (change.old or {}) or language in (change.new or {}):
            yield language, list(beside(change, language))
