"""Everything that is handed off as one Bundle: the study once, then lead by lead. All references resolve inside."""

import json
from collections.abc import Iterator

from bot.export.fhir.consent import consent
from bot.export.fhir.criteria import criteria
from bot.export.fhir.names import BASE, Resource, id_of, moment
from bot.export.fhir.patient import patient
from bot.export.fhir.questionnaire import questionnaire
from bot.export.fhir.response import response
from bot.export.fhir.study import research_study
from bot.export.fhir.subject import research_subject
from bot.export.fhir.task import task
from bot.leads.hand_off import HandedLead, HandOff


def bundle(handed: HandOff) -> Resource:
    """A collection. Ids come from ours, so that a second export updates what the first one brought."""
    resources = [*_studies(handed), *(each for lead in handed.leads for each in _lead(lead, handed))]
    named = id_of("leads", handed.leads[0].lead.code) if len(handed.leads) == 1 else "leads"
    return {
        "resourceType": "Bundle",
        "id": named,
        "meta": {"lastUpdated": moment(handed.made_at), **_demo(handed)},
        "type": "collection",
        "timestamp": moment(handed.made_at),
        "entry": [
            {"fullUrl": f"{BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources
        ],
    }


def bundle_file(handed: HandOff) -> bytes:
    """As a file."""
    return json.dumps(bundle(handed), ensure_ascii=False, indent=1).encode()


def _demo(handed: HandOff) -> Resource:
    """Whoever gets a demonstration must see that nobody in it is real."""
    test = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
    return {"tag": [test]} if handed.demo else {}


def _studies(handed: HandOff) -> Iterator[Resource]:
    for study in dict.fromkeys(flow.id for flow in handed.flows):
        flows = [flow for flow in handed.flows if flow.id == study]
        yield research_study(flows, handed.recruits.get(study, False))
        for flow in flows:
            yield criteria(flow)
            yield questionnaire(flow, handed.demo)


def _lead(lead: HandedLead, handed: HandOff) -> Iterator[Resource]:
    yield patient(lead)
    if not lead.withdrawn:
        yield response(lead)
    if not lead.not_match:
        yield research_subject(lead)
    for given in lead.consents:
        yield consent(lead, given, handed.zone, handed.kept_until.get(lead.lead.study))
    yield task(lead)
