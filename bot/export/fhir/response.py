"""What a person answered in one run, as a QuestionnaireResponse. What they skipped, or were not asked, is absent."""

from bot.core.answers import Amount, Answer, Chosen, Number, Period, to_value
from bot.core.flow import Kind, Question
from bot.export.fhir.names import BASE, Resource, coding, first_language, id_of, moment, reference
from bot.export.fhir.patient import patient_id
from bot.export.fhir.questionnaire import INSTEAD, canonical
from bot.leads.hand_off import HandedLead

#: An answer known only to lie between two values; FHIR has none for a question that takes one.
BETWEEN = f"{BASE}/StructureDefinition/answer-between"


def response_id(handed: HandedLead) -> str:
    """One for each run."""
    return id_of("qr", handed.run.id)


def response(handed: HandedLead) -> Resource:
    """The answers that count, in the questionnaire's order."""
    flow = handed.flow
    language = handed.run.language if handed.run.language in flow.languages else first_language(flow)
    person = reference("Patient", patient_id(handed))
    answered = [(question, handed.answers.get(question.id)) for question in flow.questions]
    items = [item for question, answer in answered if answer for item in _items(question, answer, language)]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": response_id(handed),
        "language": language,
        "questionnaire": f"{canonical(flow)}|{flow.hash}",
        "status": _status(handed),
        "subject": person,
        "authored": moment(handed.authored_at),
        "source": person,
        **({"item": items} if items else {}),
    }


def _status(handed: HandedLead) -> str:
    match handed.run.outcome:
        case None:
            return "in-progress"
        case "stopped" | "withdrawn":
            return "stopped"
        case _:
            return "amended" if handed.amended else "completed"


def _items(question: Question, answer: Answer, language: str) -> list[Resource]:
    match answer:
        case Chosen(codes):
            own = question.kind in (Kind.SINGLE, Kind.MULTI)
            answers = [{"valueCoding": _chosen(question, code, language)} for code in codes]
            return [{"linkId": question.id if own else question.id + INSTEAD, "answer": answers}]
        case Number(low, high) if low == high:
            value = {"valueDecimal": _plain(low)} if question.decimals else {"valueInteger": int(low)}
            return [{"linkId": question.id, "answer": [value]}]
        case Number(low, high):
            between = {"low": {"value": _plain(low)}, "high": {"value": _plain(high)}}
            return [_between(question, {"valueRange": between})]
        case Period(start, end):
            told = to_value(answer)
            if isinstance(told, str):  # a day, a month or a year, which a FHIR date can be
                return [{"linkId": question.id, "answer": [{"valueDate": told}]}]
            span = {"start": start.isoformat(), "end": end.isoformat()}
            return [_between(question, {"valuePeriod": span})]
        case _:
            return []


def _between(question: Question, value: Resource) -> Resource:
    return {"linkId": question.id, "extension": [{"url": BETWEEN, **value}]}


def _chosen(question: Question, code: str, language: str) -> Resource:
    option = question.option(code)
    display = {"display": option.label[language]} if option else {}
    return {**coding(question.id, code), **display}


def _plain(value: Amount) -> int | float:
    return value if isinstance(value, int) else float(value)
