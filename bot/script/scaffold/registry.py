"""A study as the API of ClinicalTrials.gov (version 2) gives it: a JSON file saved from there."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.script.scaffold.source import CannotDraft, Limits, Source, line_of, tidy

_AGE = re.compile(r"(\d{1,3}) (Year|Month|Week|Day|Hour|Minute)s?")
_CRITERIA = "protocolSection.eligibilityModule.eligibilityCriteria"
_IN_A_YEAR = {"Year": 1, "Month": 12, "Week": 52, "Day": 365, "Hour": 8766, "Minute": 525_960}


def read_registry(found: Any, today: date) -> Source:
    """The parts a draft can use; CannotDraft. Contacts and officials are not looked at (C16)."""
    if isinstance(found, Mapping) and isinstance(found.get("studies"), list):
        studies = found["studies"]
        if len(studies) != 1:
            raise CannotDraft("several_studies", {"count": str(len(studies))})
        found = studies[0]
    protocol = _part(found, "protocolSection")
    eligibility = _part(protocol, "eligibilityModule")
    criteria = eligibility.get("eligibilityCriteria")
    if not isinstance(criteria, str) or not tidy(criteria).strip():
        raise CannotDraft("no_criteria_field", {"field": _CRITERIA})
    identification = _part(protocol, "identificationModule")
    status = _part(protocol, "statusModule")
    organization = _part(identification, "organization")
    of_a_person = line_of(organization.get("class")).upper() == "INDIV"
    updated = line_of(_part(status, "lastUpdatePostDateStruct").get("date"))
    overall = line_of(status.get("overallStatus"))
    limits = _limits(line_of(eligibility.get("minimumAge")), line_of(eligibility.get("maximumAge")))
    return Source(
        title=line_of(identification.get("briefTitle")) or line_of(identification.get("officialTitle")),
        criteria=tidy(criteria),
        is_registry=True,
        site="" if of_a_person else line_of(organization.get("fullName")),
        protocol=line_of(_part(identification, "orgStudyIdInfo").get("id")),
        registry=line_of(identification.get("nctId")),
        ages=(limits,) if limits else (),
        sex=line_of(eligibility.get("sex")).upper(),
        status=overall,
        recruits=overall.upper() == "RECRUITING" if overall else None,
        months_old=_months_since(updated, today),
        updated=updated,
        accepts_healthy=eligibility.get("healthyVolunteers") in (True, "Yes", "true"),
    )


def _part(found: Any, name: str) -> Mapping[str, Any]:
    part = found.get(name) if isinstance(found, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _limits(low: str, high: str) -> Limits | None:
    """Full years: of 6 months the person is 0 years old."""
    lowest, highest = _years(low), _years(high)
    if lowest is None and highest is None:
        return None
    return Limits(lowest, highest, f"{low or 'N/A'} – {high or 'N/A'}")


def _years(text: str) -> int | None:
    found = _AGE.fullmatch(text)
    return int(found[1]) // _IN_A_YEAR[found[2]] if found else None


def _months_since(day: str, today: date) -> int | None:
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-\d{2})?", day)
    if found is None:
        return None
    return (today.year - int(found[1])) * 12 + today.month - int(found[2])
