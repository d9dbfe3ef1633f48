"""A lead as a ResearchSubject. A verdict of the bot makes nobody one: there is none for a not_match."""

from collections.abc import Mapping

from bot.export.fhir.names import Resource, id_of, reference
from bot.export.fhir.patient import patient_id
from bot.export.fhir.study import study_id
from bot.leads.hand_off import HandedLead

#: `ineligible` and `on-study` are the investigator's words: only what is decided at the visit leads to them.
STATUSES: Mapping[str, str] = {
    "new": "candidate",
    "contacting": "candidate",
    "reached": "candidate",
    "considering": "candidate",
    "waiting_list": "candidate",
    "visit_booked": "screening",
    "attended": "screening",
    "no_show": "screening",
    "consented": "pending-on-study",
    "enrolled": "on-study",
    "screen_failed": "ineligible",
    # A coordinator's finding on the phone is not the investigator's.
    "phone_ineligible": "not-registered",
    "could_not_reach": "not-registered",
    "duplicate": "not-registered",
    "study_closed": "not-registered",
    "declined": "withdrawn",
    "withdrawn": "withdrawn",
}


def research_subject(handed: HandedLead) -> Resource:
    """Where the lead stands. `consent` is left out: FHIR means the study's own, which is signed at the visit."""
    return {
        "resourceType": "ResearchSubject",
        "id": id_of("rs", handed.lead.code),
        "status": STATUSES[handed.lead.status],
        "study": reference("ResearchStudy", study_id(handed.flow)),
        "individual": reference("Patient", patient_id(handed)),
    }
