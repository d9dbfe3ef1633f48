"""Whom a lead is about, as a Patient: a code and a language. Nobody is asked for sex or date of birth."""

from bot.export.fhir.names import BASE, Resource, id_of
from bot.leads.hand_off import HandedLead

#: The lead's own code: the code list that says whose it is stays at the site.
CODES = f"{BASE}/lead-code"


def patient_id(handed: HandedLead) -> str:
    """One for each lead: nothing shows that two studies know the same person."""
    return id_of("p", handed.lead.code)


def patient(handed: HandedLead) -> Resource:
    """Name and phone only where the hand-off was asked for with identity."""
    spoken = {"coding": [{"system": "urn:ietf:bcp:47", "code": handed.lead.language}]}
    return {
        "resourceType": "Patient",
        "id": patient_id(handed),
        "identifier": [{"system": CODES, "value": handed.lead.code}],
        **({"name": [{"text": handed.name}]} if handed.name else {}),
        **({"telecom": [{"system": "phone", "value": handed.phone}]} if handed.phone else {}),
        "communication": [{"language": spoken, "preferred": True}],
    }
