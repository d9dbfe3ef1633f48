"""What is to be done for a lead, as a Task."""

from collections.abc import Mapping

from bot.export.fhir.names import BASE, Resource, id_of, moment, reference
from bot.export.fhir.patient import patient_id
from bot.export.fhir.response import response_id
from bot.leads.hand_off import HandedLead
from bot.leads.life import CLOSED, TRIES

#: Closed for a reason that leaves nothing done.
CANCELLED = frozenset({"withdrawn", "duplicate", "study_closed"})
WORDS: Mapping[str, str] = {
    "zh": "联系初筛后的意向者",
    "en": "Contact a prescreened person",
}


def task(handed: HandedLead) -> Resource:
    """Claimed is accepted; our own status goes along by its code."""
    lead = handed.lead
    status = _status(handed)
    focus = "Patient" if handed.withdrawn else "QuestionnaireResponse"
    due = {} if lead.status in CLOSED else {"period": {"end": moment(lead.due_at)}}
    return {
        "resourceType": "Task",
        "id": id_of("t", lead.code),
        "status": status,
        "intent": "order",
        "priority": "routine",
        "code": {"text": f"{WORDS['zh']} / {WORDS['en']}"},
        "focus": reference(focus, patient_id(handed) if handed.withdrawn else response_id(handed)),
        "for": reference("Patient", patient_id(handed)),
        "authoredOn": moment(lead.created_at),
        "lastModified": moment(handed.changed_at),
        "businessStatus": {
            "coding": [{"system": f"{BASE}/CodeSystem/lead-status", "code": lead.status}],
            "text": lead.status,
        },
        "restriction": {"repetitions": TRIES, **due},
    }


def _status(handed: HandedLead) -> str:
    lead = handed.lead
    if lead.status in CLOSED:
        return "cancelled" if lead.status in CANCELLED else "completed"
    if lead.claimed_by:
        return "accepted"
    return "requested" if lead.status == "new" else "in-progress"
