"""A version of a flow as a Questionnaire: its questions and their answers in every language."""

from collections.abc import Sequence

from bot.core.flow import All, Any, Condition, Flow, Is, Kind, Option, Question
from bot.export.fhir.names import BASE, Resource, coding, first_language, id_of, version_id, worded

_CATEGORY = "http://hl7.org/fhir/StructureDefinition/questionnaire-displayCategory"
_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
_UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
#: What is answered instead of a number or a date has an item of its own: one item takes one type.
INSTEAD = ".instead"


def canonical(flow: Flow) -> str:
    """The questionnaire of a study; a response adds the version."""
    return f"{BASE}/Questionnaire/{id_of(flow.id)}"


def questionnaire(flow: Flow, demo: bool = False) -> Resource:
    """The questions in their order. `linkId` is the question's id."""
    return {
        "resourceType": "Questionnaire",
        "id": version_id(flow),
        "language": first_language(flow),
        "url": canonical(flow),
        "version": flow.hash,
        "name": "Prescreening_" + "".join(part.capitalize() for part in flow.id.split("-")),
        **worded("title", flow.study.name, flow),
        "status": "draft" if demo else "active",
        "experimental": demo,
        "subjectType": ["Patient"],
        "item": [item for question in flow.questions for item in _items(question, flow)],
    }


def _items(question: Question, flow: Flow) -> list[Resource]:
    when = _enabled(question.ask_if, flow) if question.ask_if else {}
    item: Resource = {
        "linkId": question.id,
        **worded("text", question.ask, flow),
        "type": _type(question),
        "required": False,  # everything can be skipped
        **when,
    }
    if question.kind is Kind.MULTI:
        item["repeats"] = True
    if question.kind in (Kind.SINGLE, Kind.MULTI):
        item["answerOption"] = _options(question, flow)
    if question.unit is not None:
        item["extension"] = [{"url": _UNIT, "valueCoding": {"display": question.unit["en"]}}]
    said = [(question.preface, "preface"), (question.help, "help")]
    item["item"] = [_display(f"{question.id}.{name}", name, text, flow) for text, name in said if text]
    instead = [] if "answerOption" in item else _options(question, flow)
    if not instead:
        return [item]
    return [
        item,
        {
            "linkId": question.id + INSTEAD,
            **worded("text", question.short, flow),
            "type": "choice",
            "required": False,
            **when,
            "answerOption": instead,
        },
    ]


def _type(question: Question) -> str:
    match question.kind:
        case Kind.NUMBER:
            return "decimal" if question.decimals else "integer"
        case Kind.DATE:
            return "date"
        case _:
            return "choice"


def _display(id: str, name: str, text: object, flow: Flow) -> Resource:
    if name == "help":
        extension = {"url": _CONTROL, **_concept("http://hl7.org/fhir/questionnaire-item-control", "help")}
    else:
        system = "http://hl7.org/fhir/questionnaire-display-category"
        extension = {"url": _CATEGORY, **_concept(system, "instructions")}
    return {"linkId": id, "extension": [extension], **worded("text", text, flow), "type": "display"}  # type: ignore[arg-type] # a Text: the caller leaves out what is None


def _concept(system: str, code: str) -> Resource:
    return {"valueCodeableConcept": {"coding": [{"system": system, "code": code}]}}


def _options(question: Question, flow: Flow) -> list[Resource]:
    return [{"valueCoding": _option(question, option, flow)} for option in question.options]


def _option(question: Question, option: Option, flow: Flow) -> Resource:
    return {**coding(question.id, option.code), **worded("display", option.label, flow)}


def _enabled(condition: Condition, flow: Flow) -> Resource:
    """`enableWhen`; nothing where FHIR's one list of simple comparisons cannot say it: the item is then always shown."""
    parts: Sequence[Condition] = condition.parts if isinstance(condition, All | Any) else (condition,)
    behavior = "any" if isinstance(condition, Any) else "all"
    found: list[Resource] = []
    for part in parts:
        if not isinstance(part, Is):
            return {}
        question = flow.question_by_id[part.question]
        # Of several answers FHIR does not say whether `!=` means "none of them" or "one of them".
        if part.negated and question.kind is Kind.MULTI:
            return {}
        if len(part.codes) > 1:
            wanted = "all" if part.negated else "any"
            if len(parts) > 1 and wanted != behavior:
                return {}
            behavior = wanted
        holder = question.id if question.kind in (Kind.SINGLE, Kind.MULTI) else question.id + INSTEAD
        found += [
            {
                "question": holder,
                "operator": "!=" if part.negated else "=",
                "answerCoding": coding(question.id, code),
            }
            for code in sorted(part.codes)
        ]
    several = {"enableBehavior": behavior} if len(found) > 1 else {}
    return {"enableWhen": found, **several}
