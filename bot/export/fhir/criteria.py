"""The criteria of a version as a Group that is described, not counted."""

from bot.core.criteria import Criterion, State
from bot.core.flow import Flow, Question
from bot.core.meaning import is_age
from bot.export.fhir.names import Resource, first_language, version_id, worded

UCUM = "http://unitsofmeasure.org"


def criteria_id(flow: Flow) -> str:
    """One for each version."""
    return version_id(flow, "criteria")


def criteria(flow: Flow) -> Resource:
    """A characteristic for each criterion, the protocol's number before its words; `exclude` for exclusions."""
    return {
        "resourceType": "Group",
        "id": criteria_id(flow),
        "language": first_language(flow),
        "type": "person",
        "actual": False,
        "name": f"Criteria {flow.study.protocol}",
        "characteristic": [
            {
                "code": worded("text", criterion.text, flow, before=f"{criterion.id} "),
                **_value(criterion, flow),
                "exclude": not criterion.inclusion,
            }
            for criterion in flow.criteria
        ],
    }


def _value(criterion: Criterion, flow: Flow) -> Resource:
    ages = [question for question in flow.questions if is_age(question) and criterion.id in question.criteria]
    within = _ages(ages[0], criterion) if ages and criterion.inclusion else {}
    # An inclusion such as "other diseases ruled out" is true when they are ruled out: its words say so (C7).
    return {"valueRange": within} if within else {"valueBoolean": True}


def _ages(question: Question, criterion: Criterion) -> Resource:
    """The years that meet it, where they are all between two limits."""
    met = [
        each
        for each in question.ranges
        if criterion.id in each.means and each.means[criterion.id].state is State.MEETS
    ]
    lows, highs = [each.low for each in met], [each.high for each in met]
    low = min((value for value in lows if value is not None), default=None)
    high = max((value for value in highs if value is not None), default=None)
    limits = {"low": None if None in lows else low, "high": None if None in highs else high}
    return {
        name: {"value": int(value), "unit": "a", "system": UCUM, "code": "a"}
        for name, value in limits.items()
        if value is not None
    }
